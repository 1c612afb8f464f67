"""The figures of a brand: how many people stand how, what waits, what is uncertain, who stopped lately."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain import codec
from yesword.domain.events import ConsentEvent
from yesword.domain.ids import BrandId, ProgramId, bucket_of, stamp_at
from yesword.domain.times import from_micros, to_micros
from yesword.reporting.standings import Standing, Tally
from yesword.store import programs
from yesword.store.database import Session
from yesword.store.opening import Store

STOP_DAYS: Final = 7
NEWEST: Final = 12
_PAGE: Final = 5_000
_LOOKED_BACK: Final = (timedelta(minutes=10), timedelta(hours=6), timedelta(days=7), timedelta(days=36_500))


@dataclass(frozen=True, kw_only=True, slots=True)
class RecentEvent:
    event: ConsentEvent
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Counted at `at`; counting a large brand takes seconds, so whoever shows them keeps them for a while."""

    at: datetime
    people: int
    programs: Mapping[ProgramId, Mapping[Standing, int]]
    waiting: int
    uncertain: int
    stops: tuple[int, ...]  # of each of the last seven times 24 hours, oldest first
    newest: tuple[RecentEvent, ...]  # of all people, newest first


def count(store: Store, brand: BrandId, at: datetime) -> Figures:
    """Through the standing table, one page of it after the other, so that nobody is kept waiting for long."""
    tally = Tally([each.id for each in programs.of_brand(brand)], at)
    cursor = -1
    with store.database.read() as session:
        while page := session.rows(
            "brand_standings_after",
            brand_id=brand,
            cursor_bucket=bucket_of(cursor),
            cursor=cursor,
            count=_PAGE,
        ):
            for _, stored in page:
                tally.add(bytes(stored))
            cursor = page[-1][0]
        return Figures(
            at=at,
            people=tally.people,
            programs=tally.counts,
            waiting=_one(session, "count_waiting", brand) + _one(session, "count_held", brand),
            uncertain=_one(session, "count_uncertain", brand),
            stops=_stops(session, brand, at),
            newest=tuple(newest_events(session, brand, at, NEWEST)),
        )


def newest_events(session: Session, brand: BrandId, at: datetime, most: int) -> Sequence[RecentEvent]:
    """The newest events of all people of the brand, newest first."""
    rows: list[tuple[int, int, bytes]] = []
    for span in _LOOKED_BACK:
        since = at - span
        rows = [
            (row[0], row[1], bytes(row[2]))
            for row in session.rows(
                "events_lately", brand_id=brand, stamp=stamp_at(since), since=to_micros(since), count=most
            )
        ]
        if len(rows) == most:
            break
    return [
        RecentEvent(event=codec.loads(ConsentEvent, body), recorded_at=from_micros(recorded_at))
        for _, recorded_at, body in rows
    ]


def _one(session: Session, query: str, brand: BrandId) -> int:
    row = session.first(query, brand_id=brand)
    return int(row[0]) if row else 0


def _stops(session: Session, brand: BrandId, at: datetime) -> tuple[int, ...]:
    since = at - timedelta(days=STOP_DAYS)
    rows = session.rows("stops_by_day", brand_id=brand, stamp=stamp_at(since), since=to_micros(since))
    stops = [0] * STOP_DAYS
    for day, number in rows:
        stops[min(int(day), STOP_DAYS - 1)] += number  # what is recorded while we count belongs to the last
    return tuple(stops)
