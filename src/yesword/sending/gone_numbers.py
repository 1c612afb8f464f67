"""Lists of numbers that were given up or passed on: whatever was agreed to before that day is not the present owner's word.

A list comes as a file: carriers' daily files of deactivations, and answers of the US Reassigned Numbers Database, which says
of a number and a date whether it was permanently disconnected since (47 CFR 64.1200(l)-(m); FCC 18-177, para. 19: "yes",
"no" or "no data"). A file is known by a digest, and read once; what a crash interrupted goes on where it was.
"""

import enum
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

import structlog

from yesword.collect.imports import known_files
from yesword.collect.number_files import NumberLine, open_numbers
from yesword.consent import Act, Withdrawn, invalidate
from yesword.domain.errors import YeswordError
from yesword.domain.events import DEACTIVATED, GONE_LIST, REASSIGNED, Actor
from yesword.domain.ids import BrandId, ContactId, bucket_of
from yesword.domain.state import ConsentState
from yesword.sending.draining import drain_all
from yesword.store import contacts, programs
from yesword.store.database import Session
from yesword.store.models import AuditEntry, Brand, GoneFile
from yesword.store.opening import Store

log = structlog.get_logger("yesword.gone_numbers")

_SLICE: Final = 25  # people of one transaction: a STOP never waits for a list
_LINES: Final = 500  # after which it is noted how far it is
_EVERYBODYS: Final = BrandId(0)  # a list is about all brands
_SETTLED: Final = timedelta(minutes=1)  # a file that was changed since is still being written
_ENDINGS: Final = frozenset((".csv", ".txt", ".tsv"))
_DAY_IN_NAME: Final = re.compile(r"(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])[-_]?(0[1-9]|[12]\d|3[01])(?!\d)")
_STILL: Final = frozenset(("no", "no data", "nodata", "active", "not found", "unknown", "0", "false"))
_DAY: Final = timedelta(days=1)


class NoDateError(YeswordError):
    """The file has no column with dates, and none stands in its name. Say with --date when its numbers were given up."""

    code = "gone_without_date"


class DayToComeError(YeswordError):
    """{day} is still to come, so no number can have been given up then. Say with --date when they were."""

    code = "gone_in_future"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Gone:
    """One entry. `before`: whatever was agreed to earlier was agreed to by somebody else."""

    line: int
    number: str  # E.164
    before: datetime
    reason: str


class Refused(enum.Enum):
    """An entry that is not believed."""

    FUTURE = "future"  # its day is still to come
    UNDATED = "undated"  # nobody can tell since when: whoever has the number now may have agreed after that


class GoneFeed(Protocol):
    """Where lists of such numbers come from."""

    @property
    def name(self) -> str:
        """By which it is known again, and which tells nothing of what is in it."""

    def entries(self, after: int) -> Iterator[Gone | Refused | None]:
        """Those behind this many lines; None for a line that says of no number that it is gone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What came of a list."""

    lines: int
    passed_over: int  # no number, or one that is not gone
    future: int  # refused, since their day is still to come
    undated: int  # refused, since nobody can tell since when
    strangers: int  # numbers that no brand here has
    ended: int
    newer: int  # whatever they agreed to is newer than the list says
    already: int
    is_known: bool = False  # the same file was read before; nothing was done
    is_trial: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DroppedFile:
    """The feed that is a file."""

    name: str
    path: Path
    country: str | None
    at: datetime
    day: datetime | None  # of entries without a date

    def entries(self, after: int) -> Iterator[Gone | Refused | None]:
        """Raises an ImportFileError."""
        lines = open_numbers(self.path, country=self.country, at=self.at).lines()
        for each in islice(lines, after, None):
            yield self._read(each)

    def _read(self, line: NumberLine) -> Gone | Refused | None:
        if line.number is None or line.kind in _STILL:
            return None
        if line.is_ahead:
            return Refused.FUTURE
        # A "yes" of the database is about the date that was asked: since when, nobody says, so up to now.
        is_answer = line.kind in ("yes", "y", "true", "1")
        if is_answer:
            before = self.at
        elif line.at is not None:
            before = line.at + _DAY if line.is_day else line.at
        elif self.day is not None and not line.is_unclear:
            before = self.day + _DAY
        else:
            return Refused.UNDATED
        is_reassigned = is_answer or "reassign" in line.kind
        return Gone(
            line=line.line,
            number=line.number.e164,
            before=min(before, self.at),
            reason=REASSIGNED if is_reassigned else DEACTIVATED,
        )


def drop(
    store: Store, path: Path, at: datetime, *, country: str | None = "US", day: datetime | None = None
) -> DroppedFile:
    """A file as a feed. `day`: when its numbers were given up, where they do not say; else the day in its name.

    Raises an ImportFileError, NoDateError or DayToComeError.
    """
    found = open_numbers(path, country=country, at=at)
    if day is not None and day > at + _DAY:
        raise DayToComeError(day=day.date())
    day = day or _day_of(path.name, at)
    if day is None and not found.has_dates:
        raise NoDateError
    name = known_files.names(store, _EVERYBODYS, found.digest)[0]
    return DroppedFile(name=name, path=path, country=country, at=at, day=day)


def read(
    store: Store,
    feed: GoneFeed,
    at: datetime,
    *,
    user: int | None = None,
    is_trial: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Void what the list says. The same list once more does nothing; one that was interrupted goes on.

    A trial counts what would be done, and does not.
    """
    row = GoneFile.objects.filter(name=feed.name).first()
    if row is not None and row.ended_at is not None and not is_trial:
        return _report(Counter(row.counts), row.lines, is_known=True)
    counts: Counter[str] = Counter({} if row is None or is_trial else row.counts)
    done = 0 if row is None or is_trial else row.lines
    if row is None and not is_trial:
        # Two who read the same list at once do the same, and end nothing twice.
        row, _ = GoneFile.objects.get_or_create(name=feed.name, defaults={"began_at": at, "by_id": user})
    entries = feed.entries(done)
    while some := list(islice(entries, _LINES)):
        gone = [each for each in some if isinstance(each, Gone)]
        counts["passed_over"] += some.count(None)
        for refused in Refused:
            counts[refused.value] += some.count(refused)
        for brand in Brand.objects.order_by("pk").values_list("pk", flat=True):
            counts += _void(store, BrandId(brand), gone, at, is_trial=is_trial)
        counts["strangers"] += _strangers(store, gone)
        done += len(some)
        if row is not None and not is_trial:
            row.lines, row.counts = done, dict(counts)
            row.save(update_fields=["lines", "counts"])
        progress(done)
    if row is not None and not is_trial:
        with store.database.write():
            row.ended_at = at
            row.save(update_fields=["ended_at"])
            AuditEntry.objects.create(
                user_id=user, action="gone_numbers.read", subject=f"list {row.pk}", detail=dict(counts)
            )
    return _report(counts, done, is_trial=is_trial)


def look(
    store: Store, at: datetime, told: set[tuple[str, int, int]], environ: Mapping[str, str] = os.environ
) -> int:
    """Read the files that were dropped. `told`: those of which nothing more is to be known, by name, size and change."""
    written = environ.get("YESWORD_GONE_FOLDER")
    if not written or not Path(written).is_dir():
        return 0
    read_now = 0
    for path in sorted(Path(written).iterdir()):
        if path.suffix.lower() not in _ENDINGS or not path.is_file():
            continue
        found = path.stat()
        stamp = (path.name, found.st_size, found.st_mtime_ns)
        changed = datetime.fromtimestamp(found.st_mtime, UTC)
        if stamp in told or at - changed < _SETTLED:
            continue
        told.add(stamp)
        try:
            report = read(store, drop(store, path, at, day=_day_of(path.name, at) or _midnight(changed)), at)
        except YeswordError as error:
            log.warning("gone_list_not_read", code=error.code)
            continue
        if not report.is_known:
            log.info("gone_list_read", lines=report.lines, ended=report.ended)
            read_now += 1
    return read_now


def _void(store: Store, brand: BrandId, gone: list[Gone], at: datetime, *, is_trial: bool) -> Counter[str]:
    by_number = {each.number: each for each in sorted(gone, key=lambda each: each.before)}
    with store.database.read() as session:
        known = contacts.find_many(store, session, brand, list(by_number))
    people = sorted((contact, by_number[number]) for number, contact in known.items())
    counts: Counter[str] = Counter()
    for start in range(0, len(people), _SLICE):
        some = people[start : start + _SLICE]
        if is_trial:
            with store.database.read() as session:
                ids = [contact for contact, _ in some]
                states = contacts.standings(session, ids)
                met = contacts.read_many(store, session, ids)
            counts.update(_judged(states[one].state, each, met[one].created_at) for one, each in some)
            continue
        stops: list[tuple[ContactId, Withdrawn]] = []
        with store.database.write() as session:
            for contact, each in some:
                counts[_end(store, session, contact, each, at, stops)] += 1
        drain_all(store, stops)
    return counts


def _strangers(store: Store, gone: list[Gone]) -> int:
    """How many of these no brand has."""
    left = {each.number for each in gone}
    for brand in Brand.objects.values_list("pk", flat=True):
        with store.database.read() as session:
            left -= set(contacts.find_many(store, session, BrandId(brand), sorted(left)))
    return len(left)


def _judged(state: ConsentState, gone: Gone, known_since: datetime) -> str:
    if state.is_erased or state.invalid_since is not None:
        return "already"
    times = [
        *(each.since for each in state.grants),
        *(each.since for stop in state.withdrawals for each in stop.ended),
    ]
    times += [each.asked_at for each in state.requests]
    # Somebody who had and has nothing keeps a name that may be the former owner's: it is hidden, too.
    return "ended" if any(each < gone.before for each in times or [known_since]) else "newer"


def _end(
    store: Store,
    session: Session,
    contact: ContactId,
    gone: Gone,
    at: datetime,
    stops: list[tuple[ContactId, Withdrawn]],
) -> str:
    row = session.first("raise_standing", events=0, bucket=bucket_of(contact), contact_id=contact)
    person = contacts.read(store, session, contact)
    if row is None or person is None or person.erased_at is not None:
        return "already"
    became = _judged(ConsentState.from_bytes(bytes(row[1])), gone, person.created_at)
    if became != "ended":
        return became
    act = Act(
        actor=Actor.CARRIER,
        route=GONE_LIST,
        occurred_at=gone.before,
        received_at=at,
        language=person.language,
        context={"before": gone.before.isoformat(timespec="seconds")},
    )
    brand = programs.brand(person.brand)
    stops.append((contact, invalidate(store, session, brand, person, act, at, reason=gone.reason)))
    return became


def _report(counts: Counter[str], lines: int, *, is_known: bool = False, is_trial: bool = False) -> Report:
    return Report(
        lines=lines,
        passed_over=counts["passed_over"],
        future=counts["future"],
        undated=counts["undated"],
        strangers=counts["strangers"],
        ended=counts["ended"],
        newer=counts["newer"],
        already=counts["already"],
        is_known=is_known,
        is_trial=is_trial,
    )


def _day_of(name: str, at: datetime) -> datetime | None:
    """None also for one that is still to come."""
    found = _DAY_IN_NAME.search(name)
    try:
        day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC) if found else None
    except ValueError:
        return None
    return None if day is None or day > at + _DAY else day


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
