"""Who is excluded: every stop of a brand as it came in, and whether it still stands; and one number, looked up.

It is read from the record, which is the only truth; there is no list beside it. Of numbers that nobody here has, only
keyed traces are kept: they can be counted and asked about, and never be listed as numbers.
"""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain import codec
from yesword.domain.events import EXCLUSION, Actor, ConsentEvent
from yesword.domain.ids import BrandId, ContactId, EventId, ProgramId
from yesword.domain.state import ConsentState, Withdrawal
from yesword.domain.times import to_micros
from yesword.store import contacts, suppressions
from yesword.store.contacts import PHONE, Contact
from yesword.store.database import Session
from yesword.store.departures import Way, way_of
from yesword.store.opening import Store
from yesword.store.suppressions import Suppression

PAGE: Final = 50
LOOKED_AT: Final = 2_000  # stops that one page may look at
_CHUNK: Final = 500
_LAST: Final = 2**63 - 1


class Route(enum.StrEnum):
    """How a stop came, as one filters by it."""

    HAND = "hand"  # by number, as `sending.excluding` does
    KEYWORD = Way.KEYWORD
    FREE_TEXT = Way.FREE_TEXT
    LINK = Way.LINK
    PAGE = Way.PAGE
    AGENT = Way.AGENT
    CARRIER = Way.CARRIER
    API = Way.API
    IMPORT = "import"
    HOUSE = "house"  # an erasure, the journal, or a trace that was there before
    OTHER = Way.OTHER


class Stands(enum.StrEnum):
    """What has become of it."""

    STANDS = "stands"
    PARTLY = "partly"  # they joined some of it again, from their own handset
    OVER = "over"  # they came back, or it had been misread, or was a slip
    ERASED = "erased"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which stops. `since` and `until` are moments; `until` is the first one that is not wanted any more."""

    program: ProgramId | None = None  # those that end it, by name or with everything of the brand
    reason: str = ""
    route: Route | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """Behind which stop one reads on."""

    at: datetime
    event: EventId


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Line:
    """One stop, and whose it is. `person` without a number: nobody can read it any more."""

    event: EventId
    at: datetime
    program: ProgramId | None  # None: everything of the brand
    reason: str
    route: Route
    stands: Stands
    person: Contact


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Page:
    lines: tuple[Line, ...]
    after: Cursor | None  # None: there are no more
    is_cut_short: bool  # so many were looked at that it ends here


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Found:
    """What is known of one number at a brand."""

    contact: ContactId | None
    stands: tuple[Withdrawal, ...]  # newest first
    trace: Suppression | None


def page(
    store: Store, brand: BrandId, wanted: Wanted, *, after: Cursor | None = None, count: int = PAGE
) -> Page:
    """The newest stops, at most `count`, of so many that one page may look at."""
    chosen: list[ConsentEvent] = []
    looked_at, cursor = 0, after
    with store.database.read() as session:
        while looked_at < LOOKED_AT:
            events = _read(session, brand, wanted, cursor)
            for event in events:
                if len(chosen) == count:
                    return Page(lines=_lines(store, session, chosen), after=cursor, is_cut_short=False)
                looked_at += 1
                cursor = Cursor(at=event.received_at, event=event.id)
                if _is_wanted(event, wanted):
                    chosen.append(event)
            if len(events) < _CHUNK:
                return Page(lines=_lines(store, session, chosen), after=None, is_cut_short=False)
        return Page(lines=_lines(store, session, chosen), after=cursor, is_cut_short=True)


def every(store: Store, brand: BrandId, wanted: Wanted) -> Iterator[Line]:
    """All of them, however many there are."""
    cursor: Cursor | None = None
    while True:
        found = page(store, brand, wanted, after=cursor)
        yield from found.lines
        cursor = found.after
        if cursor is None:
            return


def traces(store: Store, brand: BrandId) -> Mapping[str, int]:
    """Of numbers that nobody here has: why they are kept out, and how many."""
    with store.database.read() as session:
        rows = session.rows("count_traces", brand_id=brand, kind=PHONE, erased=suppressions.ERASED)
    return {cause: int(count) for cause, count in rows}


def look_up(store: Store, brand: BrandId, number: str) -> Found:
    """How one number stands, `number` as E.164."""
    with store.database.read() as session:
        contact = contacts.find(store, session, brand, number)
        trace = suppressions.find(store, session, brand, [number]).get(number)
        state = ConsentState() if contact is None else contacts.standings(session, [contact])[contact].state
    standing = [each for each in state.withdrawals if _stands(each) is not Stands.OVER]
    return Found(
        contact=contact,
        stands=tuple(sorted(standing, key=lambda each: each.seq, reverse=True)),
        trace=trace,
    )


def route_of(event: ConsentEvent) -> Route:
    if event.route == EXCLUSION:
        return Route.HAND
    if event.actor is Actor.IMPORT:
        return Route.IMPORT
    if event.actor is Actor.SYSTEM:
        return Route.HOUSE
    return Route(way_of(event).value)


def _read(session: Session, brand: BrandId, wanted: Wanted, after: Cursor | None) -> Sequence[ConsentEvent]:
    before, before_id = _LAST, _LAST
    if wanted.until is not None:
        before, before_id = to_micros(wanted.until), 0
    if after is not None:
        before, before_id = to_micros(after.at), after.event
    rows = session.rows(
        "stops_before",
        brand_id=brand,
        since=0 if wanted.since is None else to_micros(wanted.since),
        before=before,
        before_id=before_id,
        count=_CHUNK,
    )
    return [codec.loads(ConsentEvent, bytes(row[2])) for row in rows]


def _is_wanted(event: ConsentEvent, wanted: Wanted) -> bool:
    return (
        (wanted.program is None or event.scope.program in (None, wanted.program))
        and (not wanted.reason or event.reason == wanted.reason)
        and (wanted.route is None or route_of(event) is wanted.route)
    )


def _lines(store: Store, session: Session, events: Sequence[ConsentEvent]) -> tuple[Line, ...]:
    ids = [each.contact for each in events]
    people = contacts.read_many(store, session, ids)
    states = {each: row.state for each, row in contacts.standings(session, ids).items()}
    return tuple(
        Line(
            event=event.id,
            at=event.received_at,
            program=event.scope.program,
            reason=event.reason or "",
            route=route_of(event),
            stands=_what_became(people[event.contact], states[event.contact], event.id),
            person=people[event.contact],
        )
        for event in events
    )


def _what_became(person: Contact, state: ConsentState, event: EventId) -> Stands:
    if person.erased_at is not None:
        return Stands.ERASED
    found = next((each for each in state.withdrawals if each.event == event), None)
    return Stands.OVER if found is None else _stands(found)


def _stands(stop: Withdrawal) -> Stands:
    if not stop.lifted:
        return Stands.STANDS
    return Stands.PARTLY if stop.scope.program is None else Stands.OVER
