"""QR codes as drawings within a page: they load nothing, and print sharply."""

from urllib.parse import quote

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

_QUIET = 4  # modules of white around it, as the standard asks


def drawing(content: str, label: str) -> SafeString:
    """One SVG, dark on white whatever the colours of the page: cameras need it so."""
    code = segno.make(content, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix]
    side = len(rows) + 2 * _QUIET
    path = "".join(_runs(number, row) for number, row in enumerate(rows))
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{}v{}h-{}z"/><path fill="#000" d="{}"/></svg>',
        label, side, side, side, side, side, path,
    )  # fmt: skip


def _runs(number: int, row: bytes) -> str:
    """The dark stretches of a row, each as one bar."""
    found, start = [], None
    for place, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            found.append(f"M{start + _QUIET} {number + _QUIET}h{place - start}v1h-{place - start}z")
            start = None
    return "".join(found)


def text_link(sender: str, body: str) -> str:
    """Opens the writing of a text, on iOS and on Android alike: either reads its own part of `?&`."""
    return f"sms:{sender}?&body={quote(body)}"


def text_code(sender: str, body: str) -> str:
    """The same for a camera."""
    return f"SMSTO:{sender}:{body}"
