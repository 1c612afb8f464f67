"""The register of data breaches (GDPR art. 33 and 34): what happened, the clock, who was told, and whom it touched.

The clock runs for 72 hours from when the brand became aware, weekends and holidays included. Nothing is sent to an
authority from here, nor to the people: what was done is written down.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TextIO

from yesword.consent.record import open_sections
from yesword.domain import codec
from yesword.domain.errors import YeswordError
from yesword.domain.events import Actor, ConsentEvent
from yesword.domain.ids import BrandId, ContactId, ProgramId, bucket_of
from yesword.domain.times import to_micros
from yesword.ledger.entry import open_disclosure
from yesword.privacy import traces
from yesword.store import contacts, models, programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store

CLOCK: Final = timedelta(hours=72)
_PAGE: Final = 500
_ANY: Final = -1

Risk = models.Breach.Risk


class NoSuchBreachError(YeswordError):
    """There is no breach {number}. Take its number from `yesword privacy breach list`."""

    code = "no_such_breach"


class BreachClosedError(YeswordError):
    """Breach {number} is closed, and what was written of it stays. Open another one if there is more."""

    code = "breach_closed"


class BreachUnfinishedError(YeswordError):
    """Breach {number} cannot be closed yet: {missing}."""

    code = "breach_unfinished"


class BadBreachError(YeswordError):
    """The breach cannot be written down: {why}."""

    code = "bad_breach"


class NobodyMeantError(YeswordError):
    """Say who may be touched, in one way: a program, an import, a span of time or a list of numbers."""

    code = "nobody_meant"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What is known when somebody notices."""

    what: str
    noticed_at: datetime
    happened_at: datetime | None = None
    data: tuple[str, ...] = ()  # categories, such as numbers
    people: tuple[str, ...] = ()  # categories, such as members of the club
    people_count: int | None = None
    risk: Risk = Risk.LIKELY
    consequences: str = ""
    measures: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Later:
    """What is learnt or done after that; None leaves it as it is."""

    risk: Risk | None = None
    people_count: int | None = None
    consequences: str | None = None
    measures: str | None = None
    authority_told_at: datetime | None = None
    why_late: str | None = None
    people_told_at: datetime | None = None
    why_people_not_told: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    due_at: datetime
    runs: bool  # the authority has to be told, and has not been
    is_overdue: bool
    was_late: bool  # it was told, after the time


@dataclass(frozen=True, kw_only=True, slots=True)
class Touched:
    """Whom it may have touched; exactly one of the four."""

    program: ProgramId | None = None
    import_run: int | None = None
    span: tuple[datetime, datetime] | None = None
    numbers: tuple[str, ...] = ()  # E.164

    def __post_init__(self) -> None:
        said = (
            self.program is not None,
            self.import_run is not None,
            self.span is not None,
            bool(self.numbers),
        )
        if sum(said) != 1:
            raise NobodyMeantError

    @property
    def words(self) -> dict[str, object]:
        """For the trace: what was asked, and never the numbers."""
        if self.span is not None:
            return {"span": [each.isoformat() for each in self.span]}
        if self.numbers:
            return {"numbers": len(self.numbers)}
        return {"program": self.program} if self.program is not None else {"import": self.import_run}


def clock(breach: models.Breach, at: datetime) -> Clock:
    due_at = breach.noticed_at + CLOCK
    told_at = breach.authority_told_at
    runs = breach.risk != Risk.UNLIKELY and told_at is None
    return Clock(
        due_at=due_at,
        runs=runs,
        is_overdue=runs and at > due_at,
        was_late=told_at is not None and told_at > due_at,
    )


def open_breach(
    store: Store, brand: BrandId, found: Found, by: int | None, at: datetime, *, is_dry_run: bool = False
) -> models.Breach:
    """Write a breach down, or with `is_dry_run` only say what would be. The clock has been running since it was noticed."""
    _look(found, at)
    breach = models.Breach(
        brand_id=brand,
        what=found.what.strip(),
        happened_at=found.happened_at,
        noticed_at=found.noticed_at,
        data=list(found.data),
        people=list(found.people),
        people_count=found.people_count,
        risk=found.risk,
        consequences=found.consequences,
        measures=found.measures,
        opened_by_id=by,
        opened_at=at,
    )
    if not is_dry_run:
        with store.database.write():
            breach.save()
            traces.leave("breach.opened", f"breach {breach.pk}", by, risk=breach.risk)
    return breach


def _look(found: Found, at: datetime) -> None:
    if not found.what.strip():
        raise BadBreachError(why="say what happened")
    if found.noticed_at > at:
        raise BadBreachError(why="it was noticed in the future")
    if found.happened_at is not None and found.happened_at > found.noticed_at:
        raise BadBreachError(why="it was noticed before it happened")
    if found.people_count is not None and found.people_count < 0:
        raise BadBreachError(why="fewer than no people cannot be touched")


def read(number: int) -> models.Breach:
    breach = models.Breach.objects.filter(pk=number).first()
    if breach is None:
        raise NoSuchBreachError(number=number)
    return breach


def register(brand: BrandId | None = None, *, is_open: bool = False) -> list[models.Breach]:
    """Those of a brand or of all, the open ones first, and of them the first to be due."""
    rows = models.Breach.objects.select_related("brand")
    if brand is not None:
        rows = rows.filter(brand_id=brand)
    if is_open:
        rows = rows.filter(state=models.Breach.State.OPEN)
    return sorted(rows, key=lambda each: (each.state != models.Breach.State.OPEN, each.noticed_at, each.pk))


def amend(
    store: Store, number: int, later: Later, by: int | None, at: datetime, *, is_dry_run: bool = False
) -> models.Breach:
    """Add what is learnt or done. It may be told in phases (art. 33(4)), so nothing has to come at once."""
    with store.database.write():
        breach = _still_open(number)
        changed = [
            name
            for name in later.__dataclass_fields__
            if (value := getattr(later, name)) is not None and getattr(breach, name) != value
        ]
        for name in changed:
            value = getattr(later, name)
            if isinstance(value, datetime) and not breach.noticed_at <= value <= at:
                raise BadBreachError(why="somebody was told before it was noticed, or in the future")
            setattr(breach, name, value)
        if changed and not is_dry_run:
            breach.save(update_fields=changed)
            traces.leave("breach.amended", f"breach {breach.pk}", by, fields=changed)
    return breach


def close(
    store: Store, number: int, by: int | None, at: datetime, *, is_dry_run: bool = False
) -> models.Breach:
    """Close it, once all that has to be told was told, or it is written down why not."""
    with store.database.write():
        breach = _still_open(number)
        missing = missing_for_closing(breach, at)
        if missing:
            raise BreachUnfinishedError(number=number, missing="; ".join(missing))
        if not is_dry_run:
            breach.state = models.Breach.State.CLOSED
            breach.closed_by_id, breach.closed_at = by, at
            breach.save(update_fields=["state", "closed_by", "closed_at"])
            traces.leave("breach.closed", f"breach {breach.pk}", by)
    return breach


def missing_for_closing(breach: models.Breach, at: datetime) -> list[str]:
    found = clock(breach, at)
    missing = []
    if found.runs:
        missing.append("the authority has not been told, and people are at risk")
    if found.was_late and not breach.why_late.strip():
        missing.append("the authority was told after 72 hours, and nobody says why")
    is_high = breach.risk == Risk.HIGH and breach.people_told_at is None
    if is_high and not breach.why_people_not_told.strip():
        missing.append("the risk is high, and the people were not told, nor is it said why not")
    if not breach.measures.strip():
        missing.append("nobody says what was done about it")
    return missing


def _still_open(number: int) -> models.Breach:
    breach = read(number)
    if breach.state != models.Breach.State.OPEN:
        raise BreachClosedError(number=number)
    return breach


# --- whom it touched -------------------------------------------------------------------------------------------


def people(store: Store, brand: BrandId, touched: Touched) -> Iterator[Contact]:
    """Those whom it may have touched, page by page. Whoever was erased since is not among them."""
    if touched.numbers:
        yield from _by_number(store, brand, touched.numbers)
        return
    run = None if touched.import_run is None else _run(brand, touched.import_run)
    program = run.program_id if run is not None else touched.program
    since, until = (_ANY, _ANY) if touched.span is None else (to_micros(each) for each in touched.span)
    cursor = -1
    while True:
        with store.database.read() as session:
            rows = session.rows(
                "people_touched",
                cursor=cursor,
                cursor_bucket=bucket_of(cursor),
                brand_id=brand,
                program_id=_ANY if program is None else program,
                since=since,
                until=until,
                count=_PAGE,
            )
            ids = [ContactId(row[0]) for row in rows]
            found = contacts.read_many(store, session, ids)
            chosen = ids if run is None else [each for each in ids if _came_by(store, session, each, run)]
        yield from (found[each] for each in chosen)
        if len(rows) < _PAGE:
            return
        cursor = ids[-1]


def write_people(
    store: Store, breach: models.Breach, touched: Touched, out: TextIO, by: int | None, at: datetime
) -> int:
    """CSV of those whom it may have touched, numbers in the clear. The trace is left before anybody is read."""
    with store.database.write():
        detail = {**touched.words, "at": at.isoformat()}
        traces.leave("breach.people_exported", f"breach {breach.pk}", by, **detail)
    rows = csv.writer(out)
    rows.writerow(("contact", "number", "name", "language", "country"))
    count = 0
    for count, person in enumerate(people(store, BrandId(breach.brand_id), touched), start=1):  # noqa: B007 - the count is told
        rows.writerow(
            (
                traces.about(person.id),
                person.number or "",
                _cell(person.name),
                person.language,
                person.country,
            )
        )
    return count


def _cell(text: str) -> str:
    """A name that a spreadsheet would take for a formula is none."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def _by_number(store: Store, brand: BrandId, numbers: Sequence[str]) -> Iterator[Contact]:
    for start in range(0, len(numbers), _PAGE):
        with store.database.read() as session:
            found = contacts.find_many(store, session, brand, numbers[start : start + _PAGE])
            yield from contacts.read_many(store, session, found.values()).values()


def _run(brand: BrandId, number: int) -> models.ImportRun:
    run = models.ImportRun.objects.filter(pk=number, brand_id=brand).first()
    if run is None:
        raise NobodyMeantError
    return run


def _came_by(store: Store, session: Session, contact: ContactId, run: models.ImportRun) -> bool:
    """Whether some event says that it came from the very file of the import."""
    origin = programs.brand(run.brand_id).origin
    seal = store.vault.seal(contact)
    rows = session.rows("events_of_contact", bucket=bucket_of(contact), contact_id=contact)
    for row in rows:
        if (
            seal is None
            or row[2] is None
            or codec.loads(ConsentEvent, bytes(row[1])).actor is not Actor.IMPORT
        ):
            continue
        for disclosure in open_sections(seal, bytes(row[2]), origin, row[0]):
            name, value = open_disclosure(disclosure)
            if name == "context" and isinstance(value, dict) and value.get("file_digest") == run.file_digest:
                return True
    return False


def left(breach: models.Breach, at: datetime) -> str:
    """How much of the clock is left, for a list."""
    found = clock(breach, at)
    if not found.runs:
        return "told late" if found.was_late else ("told" if breach.authority_told_at else "no risk")
    hours = int(abs(found.due_at - at).total_seconds() // 3600)
    return f"overdue by {hours} h" if found.is_overdue else f"{hours} h left"


def described(breach: models.Breach, at: datetime) -> dict[str, object]:
    """Everything of one, for programs."""
    found = clock(breach, at)
    moments = ("happened_at", "noticed_at", "authority_told_at", "people_told_at", "opened_at", "closed_at")
    return {
        "number": breach.pk,
        "brand": breach.brand.key,
        "what": breach.what,
        "state": breach.state,
        "risk": breach.risk,
        "data": breach.data,
        "people": breach.people,
        "people_count": breach.people_count,
        "consequences": breach.consequences,
        "measures": breach.measures,
        "why_late": breach.why_late,
        "why_people_not_told": breach.why_people_not_told,
        **{name: _iso(getattr(breach, name)) for name in moments},
        "due_at": _iso(found.due_at),
        "is_overdue": found.is_overdue,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
