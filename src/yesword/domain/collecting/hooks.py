"""What other systems tell of a person's answer: a shop, a lead ad, an application form. One shape for all of them.

Another system's word is not the person's own: it can grant with source, date and wording at hand, at most at grade D; it
can refuse and end at once; and it never lifts a stop.
"""

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from yesword.domain.collecting.points import PointKind
from yesword.domain.errors import YeswordError

MOST_BYTES: Final = 1_000_000  # of one call; an order with hundreds of lines has less
MOST_PEOPLE: Final = 200  # of one call
_MOST_CHARS: Final = 500  # of one value that is kept
CLOCKS_DIFFER: Final = timedelta(minutes=10)


class Provider(enum.StrEnum):
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    META = "meta"
    GOOGLE = "google"
    TIKTOK = "tiktok"
    GREENHOUSE = "greenhouse"
    ATS = "ats"  # any system for applications, by our own format

    @property
    def kind(self) -> PointKind:
        """Of the collection points that it may speak for."""
        if self in (Provider.SHOPIFY, Provider.WOOCOMMERCE):
            return PointKind.CHECKOUT
        return PointKind.APPLICATION if self in (Provider.GREENHOUSE, Provider.ATS) else PointKind.LEAD_AD


class Wish(enum.StrEnum):
    """What the person is said to want of one program."""

    YES = "yes"
    NO = "no"
    UNSAID = "unsaid"
    ENDED = "ended"  # they were in, and left where it was asked


class Course(enum.StrEnum):
    """What becomes of the order or application that texts may inform about."""

    OPENS = "opens"
    CLOSES = "closes"
    NEITHER = "neither"


class UnreadableHookError(YeswordError):
    """What was sent cannot be read: {what}. Compare it with the example in docs/how-to."""

    code = "hook_unreadable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fields:
    """Where a form has what, by the names that its fields have there. Empty: the provider's usual one."""

    number: str = ""
    name: str = ""
    mail: str = ""
    consent: str = ""
    general: str = ""  # the second question of an application


USUAL: Final = Fields()


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Told:
    """One person's answer, as the other system tells it. Nothing in it is checked yet but its form."""

    ref: str  # of the order, lead or application there
    origin: str  # which system, and by which of its messages
    number: str = ""
    country: str = ""  # of a number that does not say it
    name: str = ""
    mail: str = ""
    language: str = ""
    wish: Wish = Wish.UNSAID
    general: Wish = Wish.UNSAID
    said_at: datetime | None = None
    is_confirmed: bool = False  # they claim that the handset itself said yes to them
    form: str = ""
    is_test: bool = False
    course: Course = Course.NEITHER
    closing: str = ""  # why it closes: fulfilled, cancelled, hired …
    row: Mapping[str, str] = field(default_factory=dict)  # what backs it, as given


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """A lead of which only the id came: the rest has to be fetched."""

    ref: str
    form: str
    created_at: datetime | None


# --- reading what came ---------------------------------------------------------------------------------------


def parse(body: bytes) -> Mapping[str, Any]:
    """A JSON object. Raises UnreadableHookError."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableHookError(what="it is no JSON") from None
    if not isinstance(found, dict):
        raise UnreadableHookError(what="it is no JSON object")
    return found


def part(found: Any, *path: str) -> Mapping[str, Any]:
    """An object within an object; empty where there is none, as most parts are optional everywhere."""
    for each in path:
        found = found.get(each) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def listed(found: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects of a list. Raises UnreadableHookError where there are more than one call may have."""
    value = found.get(name)
    items = [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
    if len(items) > MOST_PEOPLE:
        raise UnreadableHookError(what=f"more than {MOST_PEOPLE} in {name}")
    return items


def text(value: Any) -> str:
    """A value as one line that may be kept: no control characters, and no longer than a value ever needs to be."""
    if value is None or isinstance(value, (Mapping, list)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    said = "".join(char if char.isprintable() else " " for char in str(value))
    return " ".join(said.split())[:_MOST_CHARS]


def moment(value: Any) -> datetime | None:
    """ISO 8601 with its zone, or seconds since 1970; None where it says no moment for certain."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        if isinstance(value, int | float) or (isinstance(value, str) and value.isdecimal()):
            return datetime.fromtimestamp(int(value), UTC)
        found = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return None
    return found.astimezone(UTC) if found.tzinfo is not None else None


def utc_moment(value: Any) -> datetime | None:
    """The same of a field that its provider documents as UTC, without saying so in it."""
    said = text(value)
    return moment(said) or moment(f"{said}Z") if said else None


_YES: Final = frozenset(
    ["yes", "y", "true", "1", "on", "accepted", "agree", "agreed", "checked", "opt_in", "opt-in", "subscribed", "ja", "j", "ja!", "oui", "si", "sí", "sim"]
)  # fmt: skip
_NO: Final = frozenset(
    [
        "no",
        "n",
        "false",
        "0",
        "off",
        "declined",
        "disagree",
        "unchecked",
        "opt_out",
        "opt-out",
        "not_subscribed",
        "nee",
        "nej",
        "nein",
        "non",
    ]
)


def wish(value: Any) -> Wish:
    """A yes or a no, if that is what it plainly is. The first word counts: forms answer "Yes, text me offers"."""
    if isinstance(value, list):
        found = {wish(each) for each in value}
        return found.pop() if len(found) == 1 else Wish.UNSAID
    words = text(value).lower().replace(",", " ").replace(".", " ").replace(";", " ").split()
    if not words:
        return Wish.UNSAID
    if words[0] in _YES:
        return Wish.YES
    return Wish.NO if words[0] in _NO else Wish.UNSAID
