"""Links, phone numbers and e-mail addresses in a text, and which links go through a shortener that anybody may use."""

import csv
import functools
import re
from importlib import resources
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.linting.patterns import Span

# With a scheme or www; or a domain with a path behind it; or one that ends as shops' domains do.
_LINK: Final = re.compile(
    r"https?://[^\s<>\"”»]+|(?<![\w@.])www\.[^\s<>\"”»]+"
    r"|(?<![\w@.])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}/[^\s<>\"”»]*"
    r"|(?<![\w@.])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:com|net|org|info|biz|shop|store|app|io|eu|us|uk|ca|au|ie|nl|be|se|dk|no|fi|de|at|ch|fr|es|it|pt|pl|br)(?![\w.-]*\w)",
    re.IGNORECASE,
)
_HOST: Final = re.compile(r"(?:https?://)?(?:www\.)?([^/:?#]+)", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Eight to fifteen figures, or seven in the groups that people write numbers in; no date, no price, no order number.
_PHONE: Final = re.compile(
    r"(?<![\w/.,+-])(?:\+|00)[1-9](?:[ ().-]{0,2}\d){6,13}(?!\d)"
    r"|(?<![\w/.,+-])\(?0\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}(?![\w-])"
    r"|(?<![\w/.,+-])(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)"
)


class ShortenerListError(YeswordError):
    """Row {row} of the list of shorteners is not understood: {problem}. Correct the list."""

    code = "bad_shortener_list"


@functools.cache
def shorteners() -> frozenset[str]:
    text = resources.files(__package__).joinpath("shorteners.csv").read_text("utf-8")
    return read_shorteners(text)


def read_shorteners(text: str) -> frozenset[str]:
    rows = csv.reader(text.splitlines())
    if next(rows, None) != ["domain", "note"]:
        raise ShortenerListError(row=1, problem="the columns are not domain and note")
    found: set[str] = set()
    for number, row in enumerate(rows, start=2):
        if len(row) != 2 or not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", row[0]) or row[0] in found:
            raise ShortenerListError(row=number, problem=row)
        found.add(row[0])
    return frozenset(found)


def links(text: str) -> tuple[Span, ...]:
    if "." not in text:
        return ()
    found = []
    for match in _LINK.finditer(text):
        start, end = match.span()
        while end > start and text[end - 1] in ".,;:!?)'":  # the sentence's own
            end -= 1
        found.append((start, end))
    return tuple(found)


def without_links(text: str) -> str:
    """The text with blanks for its links, character for character as long."""
    for start, end in links(text):
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def host(link: str) -> str:
    match = _HOST.match(link)
    return match[1].casefold() if match else ""


def shortened(text: str) -> tuple[Span, ...]:
    """Links of public shorteners: carriers block them, because nobody can see where they lead."""
    return tuple(span for span in links(text) if host(text[slice(*span)]) in shorteners())


def phone_numbers(text: str) -> tuple[Span, ...]:
    return tuple(match.span() for match in _PHONE.finditer(text))


def emails(text: str) -> tuple[Span, ...]:
    return tuple(match.span() for match in _EMAIL.finditer(text)) if "@" in text else ()
