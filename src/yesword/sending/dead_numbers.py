"""Numbers of which carriers say that nobody has them: what was said, and the end of consent where it is said often enough.

One such answer may be a carrier's mistake, so it takes several, on different days. A text that arrived since, or one that
came from the number, takes them all back. What ends goes the way of a wrong number: it never comes back by itself, and
what was known of whoever had the number is hidden from whoever has it next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from yesword.channels.errors import CarrierError
from yesword.consent import Act, invalidate
from yesword.domain.events import DEAD_NUMBER, Actor
from yesword.domain.ids import BrandId, ContactId, bucket_of, to_text
from yesword.domain.state import ConsentState
from yesword.domain.times import from_micros, to_micros
from yesword.store import contacts, models, programs
from yesword.store.database import Session
from yesword.store.models import AuditEntry
from yesword.store.opening import Store

log = structlog.get_logger("yesword.dead_numbers")

PERMANENT: Final = frozenset({CarrierError.UNKNOWN_SUBSCRIBER, CarrierError.DEACTIVATED})
LOOKED_BACK: Final = timedelta(days=180)
_MOST_ERRORS: Final = 500
_SLICE: Final = 25  # people of one transaction: a STOP never waits for a list
_MOST: Final = 2**31 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What carriers said of one person's number since anything showed that somebody is there."""

    days: int
    errors: int
    first_at: datetime
    last_at: datetime
    meaning: CarrierError  # the newest
    limit: int  # on so many days it has to be said; 0: nothing ends by itself
    is_over: bool  # the number is known not to be theirs any more

    @property
    def is_enough(self) -> bool:
        return 0 < self.limit <= self.days


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    contact: ContactId
    finding: Finding


def judge(store: Store, people: Iterable[ContactId], at: datetime) -> int:
    """End the consents of those whose number was said to be nobody's on enough days. How many."""
    wanted, ended = sorted(set(people)), 0
    for start in range(0, len(wanted), _SLICE):
        with store.database.write() as session:
            ended += sum(_end(store, session, each, at) for each in wanted[start : start + _SLICE])
    return ended


def sweep(store: Store, at: datetime) -> int:
    """Judge everybody of whom a carrier said so lately: also after a crash, or when the limit was changed."""
    ended = 0
    for brand, limit in models.Brand.objects.values_list("pk", "gone_after"):
        if limit:
            ended += judge(store, _people(store, BrandId(brand), at, _MOST), at)
    return ended


def found_of(store: Store, contact: ContactId, brand: BrandId) -> Finding | None:
    """What carriers said of one person's number; None where they said nothing of the kind, or it is there after all."""
    with store.database.read() as session:
        return _found(session, contact, _limit(brand))


def lines(store: Store, brand: BrandId, at: datetime, count: int) -> list[Line]:
    """The newest findings of a brand, those that have ended something among them."""
    limit = _limit(brand)
    people = _people(store, brand, at, count)
    with store.database.read() as session:
        found = [(each, _found(session, each, limit)) for each in people]
    return [Line(contact=each, finding=finding) for each, finding in found if finding is not None]


def keep_limit(brand: BrandId, days: int, user: int | None) -> None:
    """From now on it has to be said on so many days; 0: nothing ends by it. An audit row says who wanted that."""
    models.Brand.objects.filter(pk=brand).update(gone_after=days)
    AuditEntry.objects.create(
        user_id=user, action="dead_numbers.limit", subject=f"brand {brand}", detail={"days": days}
    )


def contacts_of(session: Session, messages: Sequence[int]) -> list[ContactId]:
    """Whose these texts were."""
    buckets = sorted({bucket_of(each) for each in messages}) if session.vendor == "postgresql" else 0
    rows = session.rows("contacts_of_messages", ids=session.ids(messages), buckets=buckets)
    return [ContactId(row[0]) for row in rows]


def _people(store: Store, brand: BrandId, at: datetime, count: int) -> list[ContactId]:
    with store.database.read() as session:
        rows = session.rows("dead_numbers", brand_id=brand, since=to_micros(at - LOOKED_BACK), count=count)
    return [ContactId(row[0]) for row in rows]


def _limit(brand: BrandId) -> int:
    return models.Brand.objects.values_list("gone_after", flat=True).get(pk=brand)


def _found(session: Session, contact: ContactId, limit: int) -> Finding | None:
    rows = session.rows("dead_errors", bucket=bucket_of(contact), contact_id=contact, count=_MOST_ERRORS)
    if not rows:
        return None
    moments = [from_micros(row[0]) for row in rows]
    state = contacts.standings(session, [contact])[contact].state
    return Finding(
        days=len({each.date() for each in moments}),
        errors=len(moments),
        first_at=moments[-1],
        last_at=moments[0],
        meaning=CarrierError(rows[0][1]),
        limit=limit,
        is_over=state.invalid_since is not None or state.is_erased,
    )


def _end(store: Store, session: Session, contact: ContactId, at: datetime) -> bool:
    row = session.first("raise_standing", events=0, bucket=bucket_of(contact), contact_id=contact)
    person = contacts.read(store, session, contact)
    if row is None or person is None or person.erased_at is not None:
        return False
    state = ConsentState.from_bytes(bytes(row[1]))
    finding = _found(session, contact, _limit(person.brand))
    if finding is None or not finding.is_enough or state.is_erased or state.invalid_since is not None:
        return False
    act = Act(
        actor=Actor.CARRIER,
        route=DEAD_NUMBER,
        occurred_at=finding.last_at,
        received_at=at,
        language=person.language,
        context={"days": finding.days, "errors": finding.errors},
    )
    brand = programs.brand(person.brand)
    invalidate(store, session, brand, person, act, at, reason=finding.meaning.value)
    AuditEntry.objects.create(
        action="number.dead",
        subject=to_text("con", contact),
        detail={"days": finding.days, "errors": finding.errors, "meaning": finding.meaning.value},
    )
    log.info("number_is_nobodys", days=finding.days, meaning=finding.meaning.value)
    return True
