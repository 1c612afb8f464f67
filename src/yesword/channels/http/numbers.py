"""Numbers as several providers write them, without their plus, and our own reference in the address for reports."""

from typing import Final
from urllib.parse import parse_qsl, urlencode

from yesword.domain.heard_numbers import is_digits

_REFERENCE: Final = "reference"
_SHORTEST: Final = 8  # digits of a number with its country; a short code has fewer


def bare(address: str) -> str:
    """Without its plus; a name or a short code as it is."""
    return address.removeprefix("+")


def full(address: str) -> str:
    """With its plus, where it is a number with its country; a name or a short code as it is."""
    if not is_digits(address) or len(address) < _SHORTEST:
        return address
    if address.startswith("00"):
        return f"+{address[2:]}"
    return address if address.startswith("0") else f"+{address}"


def with_reference(url: str, message_id: int) -> str:
    return f"{url}?{urlencode({_REFERENCE: message_id})}"


def reference_in(query: str) -> int | None:
    return read_reference(dict(parse_qsl(query)).get(_REFERENCE))


def read_reference(text: object) -> int | None:
    """Our own id, as a provider echoes it; None for what we did not write."""
    if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 20:
        return int(text)
    return None
