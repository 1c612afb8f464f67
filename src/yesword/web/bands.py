"""Lawful hours as stretches of time: of each place where a person may be, and of all of them at once.

The gate's own plans and doors are asked, so that what is drawn is what will be decided. Nothing is fetched here, and
consent is not looked at: only hours, and what a consent lifts of them.
"""

import enum
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from yesword.domain.facts import GateFacts
from yesword.domain.gate.case import Case
from yesword.domain.gate.plan import Closure, Plan, Waiting
from yesword.domain.gate.waits import waiting
from yesword.domain.hours import Clock, is_open, next_open, open_until, zone
from yesword.domain.places import Place
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model import Rule

_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)


class Door(enum.StrEnum):
    OPEN = "open"
    PARTLY = "partly"  # open in some of the places, and shut in others: nothing goes
    SHUT = "shut"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    door: Door
    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceBand:
    place: Place
    name: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HourRule:
    """A rule about hours, with the places that it holds in."""

    rule: Rule
    names: tuple[str, ...]
    is_lifted: bool  # by the person's consent


@dataclass(frozen=True, kw_only=True, slots=True)
class Bands:
    """`places` is empty where nobody knows where the person is."""

    since: datetime
    until: datetime
    places: tuple[PlaceBand, ...]
    everywhere: tuple[Stretch, ...]
    rules: tuple[HourRule, ...]


def window(first: date, days: int, zone_name: str) -> tuple[datetime, datetime]:
    """From midnight to midnight on the clocks of a zone: a day on which these change has 23 or 25 hours."""
    tz = zone(zone_name)
    since, until = (
        datetime.combine(day, time(), tz).astimezone(UTC) for day in (first, first + timedelta(days=days))
    )
    return since, until


def bands(facts: GateFacts, book: RuleBook, since: datetime, until: datetime) -> Bands:
    """What the hours of every place say between two moments, for the text and the person of these facts."""
    parts = list(_parts(facts, book, since, until))
    places = tuple(dict.fromkeys(facts.contact.places))
    names = {each.place: each.name for part in parts for each in part.plan.rules.places}
    rows = [
        PlaceBand(
            place=place,
            name=names.get(place, place.country),
            stretches=_merged(_of_place(part, place) for part in parts),
        )
        for place in places
    ]
    return Bands(
        since=since,
        until=until,
        places=tuple(rows),
        everywhere=_everywhere([row.stretches for row in rows], since, until),
        rules=tuple(_rules(parts)),
    )


def hours_only(facts: GateFacts) -> GateFacts:
    """The same question of somebody who was never texted and chose no frequency, so that only hours make it wait."""
    return replace(facts, preferences=None, contact=replace(facts.contact, recent=(), last_text_at=None))


def earliest(facts: GateFacts, book: RuleBook, at: datetime) -> Waiting:
    """The first lawful moment by the hours alone, with the gate's own reasons for what forbids it before."""
    return waiting(Case(hours_only(facts), book, at)) or Waiting(until=at)


@dataclass(frozen=True, kw_only=True, slots=True)
class DoorNow:
    door: Door
    changes_at: (
        datetime | None
    )  # from when texts may go, or until when; None: not within two weeks, or two days


def door_now(facts: GateFacts, book: RuleBook, at: datetime) -> DoorNow:
    """How it stands everywhere at once at a moment, and when that changes."""
    stretches = bands(facts, book, at, at + 2 * _DAY).everywhere
    first = stretches[0]
    if first.door is Door.OPEN:
        return DoorNow(door=Door.OPEN, changes_at=first.until if len(stretches) > 1 else None)
    opens_at = next((each.since for each in stretches if each.door is Door.OPEN), None)
    return DoorNow(door=first.door, changes_at=opens_at or earliest(facts, book, at).until)


def stretch_at(stretches: Iterable[Stretch], at: datetime) -> Stretch | None:
    return next((each for each in stretches if each.since <= at < each.until), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """A part of the time in which the same rules are in force, with those that hold for this person's consent."""

    since: datetime
    until: datetime
    plan: Plan
    lifted: frozenset[str]  # ids of rules


def _parts(facts: GateFacts, book: RuleBook, since: datetime, until: datetime) -> Iterator[_Part]:
    at = since
    while at < until:
        case = Case(facts, book, at)
        end = min(until, case.plan.rules.until)
        lifted = frozenset(each.rule.id for each in case.plan.openings if case.lifts(each))
        yield _Part(since=at, until=end, plan=case.plan, lifted=lifted)
        at = end


def _of_place(part: _Part, place: Place) -> Iterator[Stretch]:
    openings = [
        each
        for each in part.plan.openings
        if each.place == place and each.rule.is_enforced and each.rule.id not in part.lifted
    ]
    clocks = tuple(dict.fromkeys(each.clock for each in openings))
    closures = [each for each in part.plan.closures if _reaches(each, place) and each.rule.is_enforced]
    for each in _open_or_shut(clocks, part.since, part.until):
        yield from _without(closures, each)


def _reaches(closure: Closure, place: Place) -> bool:
    told = closure.proclaimed
    return told.country == place.country and (
        None in (told.region, place.region) or told.region == place.region
    )


def _open_or_shut(clocks: Sequence[Clock], since: datetime, until: datetime) -> Iterator[Stretch]:
    at = since
    while at < until:
        if all(is_open(week, zone_name, at) for week, zone_name in clocks):
            # Where the clocks change before the hours end, `open_until` looks no further than now.
            end = max(open_until(clocks, at), at + _MINUTE) if clocks else until
            yield Stretch(door=Door.OPEN, since=at, until=min(end, until))
        else:
            end = next_open(clocks, at) or until
            yield Stretch(door=Door.SHUT, since=at, until=min(end, until))
        at = min(end, until)


def _without(closures: Sequence[Closure], stretch: Stretch) -> Iterator[Stretch]:
    """The stretch, shut while an emergency is declared."""
    borders = {stretch.since, stretch.until}
    for each in closures:
        borders |= {
            moment
            for moment in (each.proclaimed.starts_at, each.proclaimed.ends_at)
            if stretch.since < moment < stretch.until
        }
    ordered = sorted(borders)
    for low, high in itertools.pairwise(ordered):
        is_closed = any(each.holds(low) for each in closures)
        yield Stretch(door=Door.SHUT if is_closed else stretch.door, since=low, until=high)


def _merged(parts: Iterable[Iterable[Stretch]]) -> tuple[Stretch, ...]:
    """Neighbours that are alike as one."""
    found: list[Stretch] = []
    for part in parts:
        for each in part:
            if found and found[-1].door is each.door:
                found[-1] = replace(found[-1], until=each.until)
            else:
                found.append(each)
    return tuple(found)


def _everywhere(rows: Sequence[tuple[Stretch, ...]], since: datetime, until: datetime) -> tuple[Stretch, ...]:
    if not rows:
        return (Stretch(door=Door.SHUT, since=since, until=until),)
    borders = sorted({moment for row in rows for each in row for moment in (each.since, each.until)})
    found = []
    for low, high in itertools.pairwise(borders):
        doors = {each.door for row in rows if (each := stretch_at(row, low)) is not None}
        door = Door.PARTLY if len(doors) > 1 else next(iter(doors))
        found.append(Stretch(door=door, since=low, until=high))
    return _merged([found])


def _rules(parts: Sequence[_Part]) -> Iterator[HourRule]:
    """Every rule about hours that speaks, those that decide first."""
    found: dict[str, tuple[Rule, dict[str, None], bool]] = {}
    for part in parts:
        speaking = [(each.rule, each.name) for each in part.plan.openings]
        speaking += [(each.rule, each.name) for each in part.plan.closures]
        for rule, name in speaking:
            found.setdefault(rule.id, (rule, {}, rule.id in part.lifted))[1][name] = None
    for rule, names, is_lifted in sorted(found.values(), key=lambda each: not each[0].is_enforced):
        yield HourRule(rule=rule, names=tuple(names), is_lifted=is_lifted)


def shares(
    stretches: Sequence[Stretch], since: datetime, until: datetime
) -> list[tuple[Stretch, float, float]]:
    """Each stretch with where it begins and how wide it is, in percent of the time between two moments."""
    place = _place_between(since, until)
    return [(each, place(each.since), place(each.until) - place(each.since)) for each in stretches]


def _place_between(since: datetime, until: datetime) -> Callable[[datetime], float]:
    whole = (until - since).total_seconds()
    return lambda moment: (moment - since).total_seconds() * 100 / whole


def percent(moment: datetime, since: datetime, until: datetime) -> float:
    return _place_between(since, until)(moment)


def ticks(first: date, days: int, zone_name: str, every_h: int) -> list[tuple[datetime, str]]:
    """Hours on the wall of a zone, at which a chart is marked; an hour that a change skips is left out."""
    tz = zone(zone_name)
    found = []
    for day in range(days):
        for hour in range(0, 24, every_h):
            wall = datetime.combine(first + timedelta(days=day), time(hour), tz)
            moment = wall.astimezone(UTC)
            if moment.astimezone(tz).hour == hour:
                found.append((moment, f"{hour:02}:00"))
    return found


def hours_of(day: date, zone_name: str) -> int:
    since, until = window(day, 1, zone_name)
    return round((until - since).total_seconds() / 3600)
