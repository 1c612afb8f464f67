"""A pop-up on somebody else's page: when it comes, how it looks, whom it asks what, and on which pages it may stand. Pure.

What it asks, and in which words, is its collection point's, as of every point. How it is drawn is for whoever serves it.
"""

import enum
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from yesword.domain.collecting.points import BadPointError, PointDefinition

MOST_DAYS: Final = 365
_MOST_CLOSES: Final = 10
_MOST_AFTER: Final = {"delay": 3600, "scroll": 100, "exit": 3600, "click": 0}
_ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?")
_LOCAL: Final = frozenset({"localhost", "127.0.0.1"})
_PERSONAL: Final = re.compile(r"@|%40|[0-9]{7,}|[A-Za-z0-9]{20,}")
_LONGEST_PAGE: Final = 300


class Way(enum.StrEnum):
    """What a person does in it."""

    FORM = "form"  # types a number and ticks the box
    TEXT = "text"  # types nothing: a link writes the text, or a camera does


class Trigger(enum.StrEnum):
    """When it comes. An element of the page opens it as well, whichever is chosen."""

    DELAY = "delay"  # after so many seconds
    SCROLL = "scroll"  # after so many hundredths of the page
    EXIT = "exit"  # when the pointer leaves by the top; where there is none, after so many seconds
    CLICK = "click"  # never by itself


class Theme(enum.StrEnum):
    AUTO = "auto"  # as the visitor's system is
    LIGHT = "light"
    DARK = "dark"


class Position(enum.StrEnum):
    """On a phone all of them come from below."""

    CENTRE = "centre"  # before everything else on the page
    CORNER = "corner"  # the page goes on beside it
    BOTTOM = "bottom"


class Audience(enum.StrEnum):
    NOBODY = "nobody"  # nobody known: the whole offer
    READER = "reader"  # may be written to by e-mail, and not texted
    MEMBER = "member"  # is in, was asked, or said no: nothing is shown


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderWords:
    """What readers of the brand's e-mail are told in place of the usual heading and reason."""

    title: str = ""
    benefit: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PopupOptions:
    form: str  # key of the hosted form that says the same, for browsers without a script
    origins: tuple[str, ...]  # of the pages that may show it, such as https://shop.example
    way: Way = Way.FORM
    trigger: Trigger = Trigger.DELAY
    after: int = 8  # seconds, or hundredths of the page
    every_days: int = 30
    most_closes: int = 3
    theme: Theme = Theme.AUTO
    position: Position = Position.CORNER
    readers: tuple[tuple[str, ReaderWords], ...] = ()  # language → words

    def words_for_readers(self, language: str) -> ReaderWords:
        return dict(self.readers).get(language, ReaderWords())


class NoSiteError(BadPointError):
    """The collection point cannot be published: it says on which site it stands nowhere; give one, such as https://shop.example."""

    code = "bad_popup_no_site"


class BadSiteError(BadPointError):
    """The collection point cannot be published: {site} is no address of a site, such as https://shop.example."""

    code = "bad_popup_site"


class UnsafeSiteError(BadPointError):
    """The collection point cannot be published: {site} is not safe; a number is typed there, so it has to be https."""

    code = "bad_popup_unsafe_site"


class BadDelayError(BadPointError):
    """The collection point cannot be published: it comes after 0 to {most}, and not after {after}."""

    code = "bad_popup_delay"


class BadRestError(BadPointError):
    """The collection point cannot be published: it comes once in 1 to {most} days."""

    code = "bad_popup_rest"


class BadClosesError(BadPointError):
    """The collection point cannot be published: it stays away after it was closed 1 to {most} times."""

    code = "bad_popup_closes"


def check_options(options: PopupOptions) -> None:
    """Raises BadPointError at the first thing that is not as it has to be."""
    if not options.origins:
        raise NoSiteError
    for each in options.origins:
        if not _ORIGIN.fullmatch(each):
            raise BadSiteError(site=each)
        if each.startswith("http:") and urlsplit(each).hostname not in _LOCAL:
            raise UnsafeSiteError(site=each)
    if not 0 <= options.after <= _MOST_AFTER[options.trigger.value]:
        raise BadDelayError(most=_MOST_AFTER[options.trigger.value], after=options.after)
    if not 1 <= options.every_days <= MOST_DAYS:
        raise BadRestError(most=MOST_DAYS)
    if not 1 <= options.most_closes <= _MOST_CLOSES:
        raise BadClosesError(most=_MOST_CLOSES)


def write_options(options: PopupOptions) -> tuple[tuple[str, str], ...]:
    """As the settings of a point hold them."""
    values = {
        "form": options.form,
        "origins": " ".join(options.origins),
        "way": options.way.value,
        "trigger": options.trigger.value,
        "after": str(options.after),
        "every_days": str(options.every_days),
        "most_closes": str(options.most_closes),
        "theme": options.theme.value,
        "position": options.position.value,
    }
    for language, words in options.readers:
        values |= {f"reader_title.{language}": words.title, f"reader_benefit.{language}": words.benefit}
    return tuple(sorted((name, value) for name, value in values.items() if value))


def read_options(definition: PointDefinition) -> PopupOptions:
    """Of a version that was published as a pop-up."""
    values = dict(definition.settings)
    readers = {
        each: ReaderWords(
            title=values.get(f"reader_title.{each}", ""), benefit=values.get(f"reader_benefit.{each}", "")
        )
        for each in definition.languages
    }
    return PopupOptions(
        form=values["form"],
        origins=tuple(values.get("origins", "").split()),
        way=Way(values["way"]),
        trigger=Trigger(values["trigger"]),
        after=int(values["after"]),
        every_days=int(values["every_days"]),
        most_closes=int(values["most_closes"]),
        theme=Theme(values["theme"]),
        position=Position(values["position"]),
        readers=tuple((each, words) for each, words in readers.items() if words != ReaderWords()),
    )


def page_address(told: str, origins: tuple[str, ...]) -> str:
    """The page that showed it, as it is kept: without what follows a question mark, and with no part of its path that
    may name a person. Empty where it is on none of the sites.
    """
    try:
        scheme, place, path, _query, _fragment = urlsplit(told[:2000])
    except ValueError:
        return ""
    origin = f"{scheme}://{place}".lower()
    if origin not in origins or not path.isascii() or not path.isprintable() or " " in path:
        return ""
    parts = ("~" if _PERSONAL.search(each) else each for each in path.split("/"))
    return f"{origin}{'/'.join(parts) or '/'}"[:_LONGEST_PAGE]


def origin_of(address: str) -> str:
    """Of an address as people paste it, with or without a path; as it stands where it is none."""
    text = address.strip().lower()
    scheme, place, *_rest = urlsplit(text if "://" in text else f"https://{text}")
    return f"{scheme}://{place}" if place else text


def snippet(address: str, point: str, form_address: str, words: str, *, has_visitor: bool = False) -> str:
    """What a site puts into its page. `address`: of the script; `words`: of the plain link, already escaped."""
    visitor = ' data-visitor="…"' if has_visitor else ""
    return (
        f'<script src="{address}" data-point="{point}"{visitor} async></script>\n'
        f'<noscript><a href="{form_address}">{words}</a></noscript>'
    )


def policy(origin: str) -> str:
    """What the Content-Security-Policy of the page has to allow, at least."""
    return f"script-src {origin}; connect-src {origin}"
