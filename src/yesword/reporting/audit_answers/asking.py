"""What a carrier asks: about which numbers, texted from which source, and by when it wants to know."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain import phone
from yesword.domain.errors import YeswordError
from yesword.domain.phone import PhoneError

CLOCK: Final = timedelta(hours=24)
MOST_NUMBERS: Final = 5_000

_BETWEEN: Final = re.compile(r"[,;\t\r\n]+")
_MARKS: Final = "\ufeff\"' "
_LONGEST_SHOWN: Final = 40


class NoNumbersError(YeswordError):
    """There is no telephone number in the list. Give those that the carrier asks about, one a line."""

    code = "audit_without_numbers"


class TooManyNumbersError(YeswordError):
    """The list holds {count} numbers, and one answer takes {most}. Part it, and answer each part."""

    code = "audit_too_many_numbers"


class UnknownSourceError(YeswordError):
    """No program of {brand} has ever texted from {sender}. Its senders: {known}."""

    code = "audit_unknown_source"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Who asks about texts from where."""

    sender: str
    asked_at: datetime
    carrier: str = ""
    reference: str = ""  # the carrier's own
    campaign: str = ""  # as it is registered with the carriers

    @property
    def due_at(self) -> datetime:
        return self.asked_at + CLOCK


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Unread:
    """What stood in the list and is no telephone number."""

    given: str
    why: str  # an error's code


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Asked:
    """Each number once, in the order in which it came."""

    numbers: tuple[str, ...]  # E.164
    unread: tuple[Unread, ...] = ()
    heading: str = ""  # what came first without a digit, and was taken for no number


def read_numbers(text: str, country: str | None) -> Asked:
    """A list as somebody pastes it: numbers on lines of their own, or parted by commas, semicolons or tabs.

    `country`: of numbers without their country code. What is no number is kept, so that nothing is lost unseen; a
    heading in the first place is told apart. Raises NoNumbersError, TooManyNumbersError, UnknownCountryError.
    """
    cells = [found for each in _BETWEEN.split(text) if (found := each.strip(_MARKS))]
    heading = ""
    if cells and not any(character.isdigit() for character in cells[0]):
        heading, *cells = cells
    numbers: dict[str, None] = {}
    unread: dict[str, Unread] = {}
    for cell in cells:
        try:
            numbers[phone.parse(cell, country=country).e164] = None
        except phone.UnknownCountryError:
            raise
        except PhoneError as error:
            unread[cell] = Unread(given=cell[:_LONGEST_SHOWN], why=error.code)
        if len(numbers) + len(unread) > MOST_NUMBERS:
            raise TooManyNumbersError(count=len(cells), most=MOST_NUMBERS)
    if not numbers:
        raise NoNumbersError
    return Asked(numbers=tuple(numbers), unread=tuple(unread.values()), heading=heading[:_LONGEST_SHOWN])


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """How a 24-hour clock stands."""

    left: timedelta  # below zero: late by so much

    @property
    def is_overdue(self) -> bool:
        return self.left < timedelta()


def clock(due_at: datetime, at: datetime) -> Clock:
    return Clock(left=due_at - at)
