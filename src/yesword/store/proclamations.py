"""Proclaimed emergencies and holidays as rows: entered, ended, and read as the gate is told of them.

What is entered stays: a decision of the past can be explained by it. A proclamation that was entered in error, or that
was lifted early, gets an end.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.facts import Cause, Proclamation
from yesword.domain.hours import zone
from yesword.domain.places import country_zones
from yesword.domain.places.regions import read_land, read_region, state_of, zones_of
from yesword.store import models

# A holiday is over somewhere when it still lasts a few zones to the west.
_LASTS_ELSEWHERE: Final = timedelta(days=1)


class UnknownProclamationError(YeswordError):
    """There is no proclamation {number}. `yesword proclaim list` shows those that there are."""

    code = "unknown_proclamation"


class ProclamationEndsFirstError(YeswordError):
    """The proclamation would end before it begins. Look at the two moments, and at their time zones."""

    code = "proclamation_ends_first"


class ProclamationOverError(YeswordError):
    """Proclamation {number} ended {ended_at} already; its end is not moved. Enter another one where it goes on."""

    code = "proclamation_over"


def read_place(stated: str) -> tuple[str, str | None]:
    """Country and region of `US`, `US-NY` or `PR`, as places have them. Raises a `PlaceError`."""
    if "-" not in stated:
        return state_of(read_land(stated))
    region = read_region(stated)
    return region[:2], region


def day_in(place: tuple[str, str | None], day: date) -> tuple[datetime, datetime]:
    """The moments at which it is that day on every clock of the place, and on none another day."""
    country, region = place
    zones = country_zones(country) if region is None else zones_of(region)
    starts = [_midnight(day, name) for name in zones]
    ends = [_midnight(day + timedelta(days=1), name) for name in zones]
    return max(starts), min(ends)


def _midnight(day: date, zone_name: str) -> datetime:
    return datetime.combine(day, time(), zone(zone_name)).astimezone(UTC)


def proclaim(proclaimed: Proclamation, entered_by: str, at: datetime) -> models.Proclamation:
    """Enter it. Raises `ProclamationEndsFirstError`."""
    if proclaimed.ends_at <= proclaimed.starts_at:
        raise ProclamationEndsFirstError
    return models.Proclamation.objects.create(
        cause=proclaimed.cause.value,
        country=proclaimed.country,
        region=proclaimed.region or "",
        starts_at=proclaimed.starts_at,
        ends_at=proclaimed.ends_at,
        name=proclaimed.name,
        entered_by=entered_by[:80],
        entered_at=at,
    )


def end(number: int, at: datetime) -> models.Proclamation:
    """End it at this moment; one that has not begun never does. Raises where it is over already."""
    row = models.Proclamation.objects.filter(pk=number).first()
    if row is None:
        raise UnknownProclamationError(number=number)
    was_over = row.ended_at or row.ends_at
    if was_over <= at:
        raise ProclamationOverError(number=number, ended_at=f"{was_over:%Y-%m-%d %H:%M} UTC")
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    return row


def newest_first() -> list[models.Proclamation]:
    return list(models.Proclamation.objects.order_by("-pk"))


def not_over(at: datetime) -> tuple[Proclamation, ...]:
    """Those that hold at this moment or later, in the order in which they were entered.

    A holiday is a day and no span of hours: one that was ended is none, even for the rest of that day.
    """
    rows = models.Proclamation.objects.filter(ends_at__gt=at - _LASTS_ELSEWHERE).order_by("pk")
    return tuple(_as_fact(row) for row in rows if not _is_over(row, at))


def _is_over(row: models.Proclamation, at: datetime) -> bool:
    if row.cause == Cause.HOLIDAY:
        return row.ended_at is not None and row.ended_at <= at
    ends_at = row.ends_at if row.ended_at is None else min(row.ends_at, row.ended_at)
    return ends_at <= max(at, row.starts_at)


def _as_fact(row: models.Proclamation) -> Proclamation:
    is_holiday = row.cause == Cause.HOLIDAY
    return Proclamation(
        cause=Cause(row.cause),
        country=row.country,
        region=row.region or None,
        starts_at=row.starts_at,
        ends_at=row.ends_at if row.ended_at is None or is_holiday else min(row.ends_at, row.ended_at),
        name=row.name,
    )
