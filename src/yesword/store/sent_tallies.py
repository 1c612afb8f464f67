"""How many texts went out of which campaign, program and sender, by the minute: figures, about nobody."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.lanes import group_of
from yesword.domain.times import to_micros
from yesword.store.database import Session, Vendor

_MINUTE: Final = 60_000_000
_A_DAY: Final = 24 * 60
KEPT: Final = timedelta(days=8)  # minute by minute; before that, day by day


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Sent:
    """What one text counts for."""

    minute: int
    brand: int
    sender: int
    program: int
    campaign: int
    slot: int


def sent(
    *, at: datetime, slot: int, brand: int, sender: int, program: int | None, campaign: int | None
) -> Sent:
    return Sent(
        minute=minute_of(at),
        brand=brand,
        sender=sender,
        program=program or 0,
        campaign=campaign or 0,
        slot=slot,
    )


def slot_of(vendor: Vendor, bucket: int) -> int:
    """On PostgreSQL the group of buckets that a claim is of. SQLite has one writer, who needs one row."""
    return group_of(bucket, is_alone=vendor == "sqlite")


def add(session: Session, texts: Iterable[Sent]) -> None:
    """In one order, so that two workers never wait for each other in a circle."""
    session.many(
        "tally_sent",
        [
            {
                "minute": each.minute,
                "brand_id": each.brand,
                "sender_id": each.sender,
                "program_id": each.program,
                "campaign_id": each.campaign,
                "slot": each.slot,
                "texts": count,
            }
            for each, count in sorted(Counter(texts).items())
        ],
    )


def minute_of(at: datetime) -> int:
    return to_micros(at) // _MINUTE


def minute_from(at: datetime) -> int:
    """The first whole minute that does not begin before this moment."""
    return -(-to_micros(at) // _MINUTE)


def whole_from(since: datetime, at: datetime) -> int:
    """The first minute of a span of which all is counted: of days that are rolled up, the first whole one begins it."""
    minute = minute_of(since)
    return minute if minute >= _rolled_up_before(at) else -(-minute // _A_DAY) * _A_DAY


def roll_up(session: Session, at: datetime) -> None:
    """Make days of the minutes that no alarm looks at any more."""
    before = _rolled_up_before(at)
    if session.run("roll_up_sent", before=before):
        session.run("forget_rolled_up", before=before)


def _rolled_up_before(at: datetime) -> int:
    return minute_of(at - KEPT) // _A_DAY * _A_DAY
