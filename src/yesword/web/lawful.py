"""Lawful hours in words, and as a chart with its table: stretches in, `parts` out.

The stretches are worked out in `bands`; nothing is fetched or decided here.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from yesword.domain.hours import zone
from yesword.domain.places import PlaceEvidence
from yesword.web import parts
from yesword.web.bands import (
    Bands,
    Door,
    DoorNow,
    PlaceBand,
    Stretch,
    hours_of,
    percent,
    shares,
    stretch_at,
    ticks,
)
from yesword.web.formats import zone_name
from yesword.web.legal_terms import term
from yesword.web.telling import plain_day

DAYS: Final = 2
_EVERY_H: Final = 6
_USUAL_HOURS: Final = 24


def local(at: datetime, zone_key: str) -> datetime:
    return at.astimezone(zone(zone_key))


def changes(now: DoorNow, zone_key: str, at: datetime, *, names_zone: bool) -> str:
    """From when texts may go, or until when: `until 20:00`, `from 09:00 on 23 November 2026`."""
    if now.changes_at is None:
        return _("at any hour") if now.door is Door.OPEN else _("not in the next two weeks")
    told = _moment(now.changes_at, zone_key, at)
    if names_zone:
        told = f"{told} ({zone_name(zone_key)})"
    return (
        _("until {time}").format(time=told) if now.door is Door.OPEN else _("from {time}").format(time=told)
    )


def _moment(moment: datetime, zone_key: str, at: datetime) -> str:
    """The hour; and the day, where it is not that of `at`."""
    there, here = local(moment, zone_key), local(at, zone_key)
    if there.date() == here.date():
        return f"{there:%H:%M}"
    if there.date() == here.date() + timedelta(days=1):
        return _("{time} tomorrow").format(time=f"{there:%H:%M}")
    return _("{time} on {day}").format(time=f"{there:%H:%M}", day=plain_day(there.date()))


def chart(found: Bands, first: date, zone_key: str, at: datetime, title: str) -> parts.HoursChart:
    """Two days on the clock of one zone. `at` is now; where it lies outside, now is not drawn."""
    is_now = found.since <= at < found.until
    days = [first + timedelta(days=each) for each in range(DAYS)]
    return parts.HoursChart(
        title=title,
        zone=zone_key,
        rows=[_row(each, found, at if is_now else None) for each in found.places],
        everywhere=_everywhere(found, zone_key, at if is_now else None),
        days=[_day(each, found, zone_key) for each in days],
        ticks=[
            parts.HoursTick(at=round(percent(moment, found.since, found.until), 3), label=label)
            for moment, label in ticks(first, DAYS, zone_key, _EVERY_H)
        ],
        now=round(percent(at, found.since, found.until), 3) if is_now else None,
        notes=list(_notes(days, zone_key)),
        table=list(_table(found, zone_key)),
    )


def _day(day: date, found: Bands, zone_key: str) -> parts.HoursTick:
    start = datetime(day.year, day.month, day.day, tzinfo=zone(zone_key))
    return parts.HoursTick(at=round(percent(start, found.since, found.until), 3), label=plain_day(day))


def _notes(days: Sequence[date], zone_key: str) -> Iterator[str]:
    for day in days:
        hours = hours_of(day, zone_key)
        if hours != _USUAL_HOURS:
            yield _("On {day} the clocks change in this zone: the day has {hours} hours.").format(
                day=plain_day(day), hours=hours
            )


def _row(band: PlaceBand, found: Bands, at: datetime | None) -> parts.HoursRow:
    place = band.place
    says, door = _says(band.stretches, place.zone, at)
    return parts.HoursRow(
        label=band.name,
        detail=_("{zone}, by {evidence}").format(zone=zone_name(place.zone), evidence=term(place.evidence)),
        bars=_bars(band.stretches, found),
        door=door,
        says=says,
        now=f"{local(at, place.zone):%H:%M}" if at is not None else "",
    )


def _everywhere(found: Bands, zone_key: str, at: datetime | None) -> parts.HoursRow:
    says, door = _says(found.everywhere, zone_key, at)
    return parts.HoursRow(
        label=_("Everywhere they may be") if len(found.places) != 1 else _("So texts may go"),
        detail=_("{zone}; hatched where it is open in some of these places only").format(
            zone=zone_name(zone_key)
        )
        if any(each.door is Door.PARTLY for each in found.everywhere)
        else zone_name(zone_key),
        bars=_bars(found.everywhere, found),
        door=door,
        says=says,
        now=f"{local(at, zone_key):%H:%M}" if at is not None else "",
    )


def _says(stretches: Sequence[Stretch], zone_key: str, at: datetime | None) -> tuple[str, str]:
    here = stretch_at(stretches, at) if at is not None else None
    if here is None or at is None:
        return "", ""
    if here.door is Door.OPEN:
        ends = here.until if here is not stretches[-1] else None
        return changes(DoorNow(door=here.door, changes_at=ends), zone_key, at, names_zone=False), here.door
    opens = next((each.since for each in stretches if each.since > at and each.door is Door.OPEN), None)
    if opens is None:
        return "", here.door
    return changes(DoorNow(door=here.door, changes_at=opens), zone_key, at, names_zone=False), here.door


def _bars(stretches: Sequence[Stretch], found: Bands) -> list[parts.HoursBar]:
    return [
        parts.HoursBar(door=each.door.value, start=round(start, 3), width=round(width, 3))
        for each, start, width in shares(stretches, found.since, found.until)
        if each.door is not Door.SHUT
    ]


def _table(found: Bands, zone_key: str) -> Iterator[parts.HoursStretch]:
    for band in found.places:
        yield from _stretches(band.name, band.stretches, band.place.zone)
    if len(found.places) > 1:
        yield from _stretches(_("Everywhere they may be"), found.everywhere, zone_key)


def _stretches(name: str, stretches: Sequence[Stretch], zone_key: str) -> Iterator[parts.HoursStretch]:
    for each in stretches:
        yield parts.HoursStretch(
            place=name, since=each.since, until=each.until, zone=zone_key, door=each.door.value
        )


def places_word(found: Bands) -> str:
    """How sure it is where the person is."""
    stated = {PlaceEvidence.STATED_ZONE, PlaceEvidence.STATED_ADDRESS}
    if not found.places:
        return _("Nobody knows where this person is.")
    if len(found.places) == 1:
        band = found.places[0]
        said = (
            _("They are in {place}, by {evidence}.")
            if band.place.evidence in stated
            else _("They are presumably in {place}, by {evidence}.")
        )
        return said.format(place=band.name, evidence=term(band.place.evidence))
    return _(
        "They may be in any of these {count} places or time zones, so texts go only when it is lawful in all of them."
    ).format(count=len(found.places))
