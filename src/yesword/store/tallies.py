"""How many came in at a collection point, by which link, day by day: figures, about nobody. And who came by which, which is
forgotten with them.
"""

import enum
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.domain.ids import ContactId, EventId, bucket_of
from yesword.domain.times import to_micros
from yesword.store.database import Session

EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Tallied(enum.StrEnum):
    CODE = "code"  # a page showed a code to text
    ASKED = "asked"  # a text asked
    NOTED = "noted"  # a request that sends nothing
    JOINED = "joined"


def add(session: Session, point: int, source: str, what: Tallied, at: datetime) -> None:
    session.run("tally_point", point_id=point, source=source, day=_day(at), what=what.value)


def joined(
    session: Session, point: int, source: str, event: EventId, contact: ContactId, at: datetime
) -> None:
    """Count somebody who came in, and note by which grant, so that it shows whether they leave again soon."""
    add(session, point, source, Tallied.JOINED, at)
    session.run(
        "insert_arrival_by_point",
        bucket=bucket_of(event),
        event_id=event,
        contact_id=contact,
        point_id=point,
        source=source,
        arrived_at=to_micros(at),
    )


def read(session: Session, point: int, since: datetime = EVER) -> Mapping[str, Mapping[Tallied, int]]:
    """Tag of the link ("" for none) → what → how many."""
    found: dict[str, dict[Tallied, int]] = {}
    for source, what, count in session.rows("tallies_of_point", point_id=point, since=_day(since)):
        found.setdefault(source, {})[Tallied(what)] = int(count)
    return found


def _day(at: datetime) -> int:
    return (at.astimezone(UTC) - EVER) // timedelta(days=1)
