"""Lanes: the queues within the queue. All texts of a lane have the same urgency, sender, program and country, so that what
holds back one of them holds back all, and a claim need not look at them one by one.

A lane is a number whose order is: group of buckets, urgency, then the rest. What is urgent is one range of the index.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Self

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BUCKETS

_COUNTRY_BITS: Final = 10  # two letters
_ID_BITS: Final = 22  # of a program, and of a sender
_PRIORITY_BITS: Final = 3
_ID_END: Final = 1 << _ID_BITS
_PRIORITY_SHIFT: Final = _COUNTRY_BITS + 2 * _ID_BITS
_GROUP_SHIFT: Final = _PRIORITY_SHIFT + _PRIORITY_BITS

GROUPS: Final = (
    16  # buckets are claimed in groups, so that one contact is never claimed by two workers at once
)
GROUP_BUCKETS: Final = BUCKETS // GROUPS
URGENT: Final = 1  # codes and answers; from the next priority on, texts that we start ourselves


def group_of(bucket: int, *, is_alone: bool) -> int:
    """`is_alone`: one worker claims everything, as on SQLite, so that there is one group."""
    return 0 if is_alone else bucket // GROUP_BUCKETS


class UnlanedError(YeswordError):
    """Program {program} and sender {sender} have no lane: ids go up to {most}."""

    code = "unlaned"


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Lane:
    """Where a queued text stands. `program` is 0 where it has none, `country` empty where the number tells none."""

    group: int
    priority: int
    country: str
    program: int
    sender: int

    @property
    def is_urgent(self) -> bool:
        return self.priority <= URGENT

    @property
    def course(self) -> Self:
        """The same lane over all groups of buckets."""
        return replace(self, group=0)

    @property
    def number(self) -> int:
        return number_of(self.group, self.priority, self.country, self.program, self.sender)

    @classmethod
    def of_number(cls, number: int) -> Self:
        ids, place = number & ((1 << 2 * _ID_BITS) - 1), number >> 2 * _ID_BITS
        return cls(
            group=number >> _GROUP_SHIFT,
            priority=(number >> _PRIORITY_SHIFT) & ((1 << _PRIORITY_BITS) - 1),
            country=_country(place & ((1 << _COUNTRY_BITS) - 1)),
            program=ids >> _ID_BITS,
            sender=ids & (_ID_END - 1),
        )


@lru_cache(maxsize=4096)
def number_of(group: int, priority: int, country: str, program: int, sender: int) -> int:
    """The number of a lane: asked for every text that is queued."""
    if not (0 <= program < _ID_END and 0 <= sender < _ID_END):
        raise UnlanedError(program=program, sender=sender, most=_ID_END - 1)
    place = group << _PRIORITY_BITS | priority
    place = place << _COUNTRY_BITS | _country_number(country)
    return (place << _ID_BITS | program) << _ID_BITS | sender


def _country_number(country: str) -> int:
    """0 for what is no country of two letters: numbers of no country at all have the code 001."""
    if len(country) != 2 or not ("A" <= country[0] <= "Z" and "A" <= country[1] <= "Z"):
        return 0
    return (ord(country[0]) - 65) * 26 + ord(country[1]) - 64


def _country(number: int) -> str:
    return chr((number - 1) // 26 + 65) + chr((number - 1) % 26 + 65) if number else ""
