"""Links, phone numbers and e-mail addresses in a text, and which links go through a shortener that anybody may use."""

import csv
import functools
import re
from importlib import resources
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.linting.patterns import Span

_LABEL: Final = r"(?:[^\W_](?:[\w-]*[^\W_])?\.)"
_TOP: Final = r"(?:xn--[a-z0-9-]*[a-z0-9]|[^\W\d_]{2,})"
# With a scheme or www; or a domain with a path behind it; or one alone, whose ending tells a domain from a full stop
# that no blank follows. In other letters than Latin the next word may follow at once: "acme.kr입니다".
_LINK: Final = re.compile(
    r"https?://[^\s<>\"”»]+|(?<![\w@.])www\.[^\s<>\"”»]+"
    rf"|(?<![\w@.]){_LABEL}+{_TOP}/[^\s<>\"”»]*"
    rf"|(?<![\w@.])(?P<bare>{_LABEL}+(?P<top>xn--[a-z0-9-]*[a-z0-9]|[a-z]{{2,}}(?![a-z0-9_])|[^\W\d_]{{2,}}))"
    r"(?![.@-]\w|@)",
    re.IGNORECASE,
)
_COUNTRY: Final = 2  # letters
_NO_WORDS: Final = frozenset({"com", "org"})  # nobody begins a sentence with these
_HOST: Final = re.compile(r"(?:https?://)?(?:www\.)?([^/:?#]+)", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Eight to fifteen figures, or seven in the groups that people write numbers in; no date, no price, no order number.
_PHONE: Final = re.compile(
    r"(?<![\w/.,+-])(?:\+|00)[1-9](?:[ ().-]{0,2}\d){6,13}(?!\d)"
    r"|(?<![\w/.,+-])\(?0\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}(?![\w-])"
    r"|(?<![\w/.,+-])(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)"
    # Free numbers that spell a word: 800-ACME, 1-800-GO-ACME.
    r"|(?<![\w/.,+-])(?:\+?1[ .-])?\(?0?(?:800|808|822|833|844|855|866|877|888|900|600)\)?-"
    r"(?=[A-Z\d-]{4})(?=[\d-]*[A-Z]+)[A-Z\d]+(?:-[A-Z\d]+)*(?![\w-])"
)


class ShortenerListError(YeswordError):
    """Row {row} of the list of shorteners is not understood: {problem}. Correct the list."""

    code = "bad_shortener_list"


class DomainListError(YeswordError):
    """The list of top-level domains is not understood at {found}. Correct the list."""

    code = "bad_domain_list"


@functools.cache
def top_level_domains() -> frozenset[str]:
    text = resources.files(__package__).joinpath("top_level_domains.txt").read_text("utf-8")
    return read_domains(text)


def read_domains(text: str) -> frozenset[str]:
    found: set[str] = set()
    for line in text.splitlines():
        for each in () if line.startswith("#") else line.split():
            if each in found or "." in each or each != each.casefold():
                raise DomainListError(found=each)
            found.add(each)
    return frozenset(found)


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
        if match["bare"] and not _is_domain(match["bare"], match["top"]):
            continue
        start, end = match.span()
        while end > start and text[end - 1] in ".,;:!?)'":  # the sentence's own
            end -= 1
        found.append((start, end))
    return tuple(found)


def _is_domain(bare: str, top: str) -> bool:
    """Whether it is a domain, and no sentence that ends without a blank, such as "today.In store", nor "e.g" and "kl.10"."""
    if not top.casefold().startswith("xn--") and top.casefold() not in top_level_domains():
        return False
    name = bare[: -len(top) - 1]
    is_sentence = top[0].isupper() and not name.isupper() and top.casefold() not in _NO_WORDS
    is_short = len(top) == _COUNTRY and len(name) == 1
    return not is_sentence and not is_short and any(each.isalpha() for each in name)


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
