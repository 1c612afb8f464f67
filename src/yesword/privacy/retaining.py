"""The retention job: what is due goes, and people whose proof need not be kept any longer are erased.

It works in pages and short transactions, keeps its place in the store, and may be stopped at any moment: the next run
goes on where it was. What somebody has asked to be kept as it is, is left alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from yesword.consent.record import open_sections, seal_place
from yesword.domain import codec
from yesword.domain.events import ConsentEvent, EventKind
from yesword.domain.evidence.addresses import KEPT_FOR, purge_after
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.ids import BUCKETS, EPOCH_MS, ContactId, bucket_of, from_text
from yesword.domain.retention import Override
from yesword.domain.state import ConsentState
from yesword.domain.times import to_micros
from yesword.ledger.entry import open_disclosure
from yesword.privacy import erasing, traces
from yesword.privacy.erasing import RETENTION, NobodyToEraseError, StillSendingError, Wish
from yesword.privacy.periods import HOUSE, Periods
from yesword.store import contacts, erasures, models, programs
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.sealing import Seal

PAGE: Final = 500
_MANY: Final = 1_000_000  # a dry run counts, and moves nobody out of the way
# What of the circumstances says where somebody was, and with what. A section goes as a whole, or its digest would not fit.
_WHEREABOUTS: Final = frozenset({"ip", "ua", "geo"})
_STAMP_BITS: Final = 12  # of an id, below its milliseconds
_BUCKET_BITS: Final = 53
_MARGIN: Final = timedelta(days=1)  # between the clock that made an id and the one that wrote the row

# In this order; the names stand in the store.
HALF_DONE: Final = "half_done"
HOLDS: Final = "holds"
ADDRESSES: Final = "addresses"
FILES: Final = "files"
TEXTS: Final = "texts"
PEOPLE: Final = "people"
STEPS: Final = (HALF_DONE, HOLDS, ADDRESSES, FILES, TEXTS, PEOPLE)

Progress = Callable[[str, Mapping[str, int]], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What went, or in a dry run would go, by kind. Not `is_done`: it was stopped, and goes on the next time."""

    counts: Mapping[str, int]
    is_done: bool


def _quiet(_step: str, _counts: Mapping[str, int]) -> None:
    return


def _never() -> bool:
    return False


def run(
    store: Store,
    at: datetime,
    *,
    is_dry_run: bool = False,
    progress: Progress = _quiet,
    is_stopped: Callable[[], bool] = _never,
    periods: Periods = HOUSE,
    overrides: Iterable[Override] = (),
    by: int | None = None,
) -> Done:
    """Do all that is due at `at`. `progress` hears of each page; `is_stopped` is asked before each."""
    job = _Job(
        store=store,
        at=at,
        periods=periods,
        overrides=tuple(overrides),
        is_dry_run=is_dry_run,
        place=_begun(at, periods, is_dry_run=is_dry_run),
        floor=_last_start(),
    )
    counts = dict.fromkeys(COUNTED, 0) | job.place.counts
    for step in STEPS[STEPS.index(job.place.step) :]:
        is_last = False
        while not is_last:
            if is_stopped():
                return Done(counts=counts, is_done=False)
            page = _STEPS[step](job)
            for name, count in page.counts.items():
                counts[name] += count
            is_last = page.is_last
            _keep_place(job, step, page, counts)
            progress(step, counts)
    if not is_dry_run:
        store.database.scrub()
        with store.database.write():
            job.place.ended_at = at
            job.place.save()
            traces.leave("retention.done", f"retention {job.place.pk}", by, **counts)
    return Done(counts=counts, is_done=True)


COUNTED: Final = (
    "finished",  # erasures that a crash or a slow carrier had left half done
    "holds_ended",
    "addresses",
    "files",
    "inbound_texts",
    "sent_texts",
    "erased",
    "kept",  # silent people whose proof is not over
    "still_sending",
)


@dataclass(kw_only=True, slots=True)
class _Job:
    store: Store
    at: datetime
    periods: Periods
    overrides: tuple[Override, ...]
    is_dry_run: bool
    place: models.RetentionRun
    floor: datetime | None  # when the last run that was done began; before it, all was looked at


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """One page of a step: what went, and where the next one begins."""

    cursor: int = -1
    is_last: bool = True
    counts: Mapping[str, int] = field(default_factory=dict)


def _begun(at: datetime, periods: Periods, *, is_dry_run: bool) -> models.RetentionRun:
    """The run that was stopped, or a new one. A dry run looks from the front, and leaves no place."""
    left = models.RetentionRun.objects.filter(ended_at=None).order_by("-pk").first()
    if left is not None and not is_dry_run:
        return left
    made = models.RetentionRun(started_at=at, step=STEPS[0], cursor=-1, texts_until=at - periods.texts)
    made.counts = {}
    return made


def _keep_place(job: _Job, step: str, page: _Page, counts: Mapping[str, int]) -> None:
    """Where the next page begins: behind the last step there is none, so that it is looked at once more after a crash."""
    following = STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]
    job.place.step, job.place.cursor = (following, -1) if page.is_last else (step, page.cursor)
    job.place.counts = dict(counts)
    if not job.is_dry_run:
        with job.store.database.write():
            job.place.save()


def _last_start() -> datetime | None:
    last = models.RetentionRun.objects.exclude(ended_at=None).order_by("-started_at").first()
    return None if last is None else last.started_at


def _last_texts_until() -> datetime | None:
    last = models.RetentionRun.objects.exclude(ended_at=None).order_by("-texts_until").first()
    return None if last is None else last.texts_until


# --- erasures that are due -------------------------------------------------------------------------------------


def _half_done(job: _Job) -> _Page:
    """All of them at once: there are few, and each is one person."""
    if job.is_dry_run:
        with job.store.database.read() as session:
            return _Page(counts={"finished": len(erasures.unfinished(session))})
    return _Page(counts={"finished": erasing.finish(job.store, job.at)})


def _holds(job: _Job) -> _Page:
    """Proof that was kept, and need not be any longer."""
    with job.store.database.read() as session:
        most = _MANY if job.is_dry_run else PAGE
        due = [row.contact for row in erasures.at_their_end(session, job.at, most)]
    if job.is_dry_run:
        return _Page(counts={"holds_ended": len(due)})
    ended, sending = _erase(job, due)
    is_last = len(due) < PAGE or not ended  # none went: the next round finds the same ones
    return _Page(is_last=is_last, counts={"holds_ended": ended, "still_sending": sending})


def _erase(job: _Job, people: Iterable[ContactId]) -> tuple[int, int]:
    """How many went, and how many are still being texted."""
    wish = Wish(ground=RETENTION, overrides=job.overrides)
    erased = sending = 0
    for contact in people:
        try:
            erasing.erase(job.store, contact, wish, job.at)
            erased += 1
        except StillSendingError:
            sending += 1
        except NobodyToEraseError:
            continue  # somebody else was faster
    return erased, sending


# --- addresses, and what else says where somebody was ----------------------------------------------------------


def _addresses(job: _Job) -> _Page:
    """An address is due when the handset confirms, or 30 days on: whatever is younger than the last run can be it."""
    floor = 0 if job.floor is None else to_micros(job.floor - KEPT_FOR - _MARGIN)
    with job.store.database.read() as session:
        rows = session.rows(
            "events_since",
            cursor=job.place.cursor,
            cursor_bucket=bucket_of(job.place.cursor),
            floor=floor,
            count=PAGE,
        )
        seals = dict(job.store.vault.seals({ContactId(row[1]) for row in rows}))
        due = [
            (row, kept, seal)
            for row in rows
            if (seal := seals.get(ContactId(row[1]))) is not None
            and (kept := _without_address(session, row, seal, job.at)) is not None
        ]
    if due and not job.is_dry_run:
        with job.store.database.write() as session, job.store.database.overwriting():
            for row, kept, seal in due:
                _reseal(session, row, kept, seal)
    return _Page(
        cursor=rows[-1][0] if rows else -1,
        is_last=len(rows) < PAGE,
        counts={"addresses": len(due)},
    )


def _without_address(session: Session, row: Sequence[Any], seal: Seal, at: datetime) -> list[str] | None:
    """The disclosures of an event that stay, where its circumstances are due; None where they are not."""
    event = codec.loads(ConsentEvent, bytes(row[2]))
    disclosures = open_sections(seal, bytes(row[3]), _origin(event), event.id)
    opened = [(each, open_disclosure(each)) for each in disclosures]
    tells_where = any(
        name == "context" and isinstance(value, Mapping) and not _WHEREABOUTS.isdisjoint(value)
        for _, (name, value) in opened
    )
    if not tells_where:
        return None
    due_at = purge_after(
        claim_period=None, confirmed_at=_confirmed_at(session, event), collected_at=event.received_at
    )
    return [each for each, (name, _) in opened if name != "context"] if due_at <= at else None


def _origin(event: ConsentEvent) -> str:
    return programs.brand(event.brand).origin


def _confirmed_at(session: Session, event: ConsentEvent) -> datetime | None:
    rows = session.rows("events_of_contact", bucket=bucket_of(event.contact), contact_id=event.contact)
    answers = (codec.loads(ConsentEvent, bytes(row[1])) for row in rows)
    return next(
        (
            each.received_at
            for each in answers
            if each.kind is EventKind.CONFIRMED and each.answers == event.id
        ),
        None,
    )


def _reseal(session: Session, row: Sequence[Any], kept: list[str], seal: Seal) -> None:
    event = codec.loads(ConsentEvent, bytes(row[2]))
    session.run(
        "reseal_unchanged",
        bucket=bucket_of(event.id),
        id=event.id,
        was=row[3],
        sealed=seal.close(codec.dumps(kept), seal_place(_origin(event), event.id)),
    )


# --- files -----------------------------------------------------------------------------------------------------


def _files(job: _Job) -> _Page:
    with job.store.database.read() as session:
        rows = session.rows(
            "files_due",
            now=to_micros(job.at),
            cursor=job.place.cursor,
            cursor_bucket=bucket_of(job.place.cursor),
            count=PAGE,
        )
    ids = [row[0] for row in rows]
    if ids and not job.is_dry_run:
        with job.store.database.write() as session, job.store.database.overwriting():
            for each in ids:
                session.run("wipe_blob", bucket=bucket_of(each), id=each, sealed=None)
    return _Page(cursor=ids[-1] if ids else -1, is_last=len(ids) < PAGE, counts={"files": len(ids)})


# --- texts that prove nothing ----------------------------------------------------------------------------------


def _texts(job: _Job) -> _Page:
    """One bucket; the cursor counts them."""
    bucket = job.place.cursor + 1
    until = job.place.texts_until
    floor = _last_texts_until()
    span = {
        "bucket": bucket,
        "floor": -1 if floor is None else to_micros(floor),
        "until": to_micros(until),
        "top": _last_id(bucket, until + _MARGIN),
    }
    first = (bucket << _BUCKET_BITS) - 1 if floor is None else _last_id(bucket, floor - _MARGIN)
    inbound = _empty(job, "old_inbound", first, span)
    sent = _empty(job, "old_bodies", first, span)
    return _Page(
        cursor=bucket,
        is_last=bucket == BUCKETS - 1,
        counts={"inbound_texts": inbound, "sent_texts": sent},
    )


def _empty(job: _Job, query: str, first: int, span: Mapping[str, int]) -> int:
    after, count = first, 0
    while True:
        with job.store.database.read() as session:
            rows = session.rows(query, after=after, count=PAGE, **span)
            ids = [row[0] for row in rows]
            if query == "old_inbound":
                proofs = _texts_that_prove(job.store, session, {ContactId(row[1]) for row in rows})
                ids = [each for each in ids if each not in proofs]
        if ids and not job.is_dry_run:
            with job.store.database.write() as session, job.store.database.overwriting():
                for each in ids:
                    _empty_one(session, query, each)
        count += len(ids)
        if len(rows) < PAGE:
            return count
        after = rows[-1][0]


def _empty_one(session: Session, query: str, row_id: int) -> None:
    if query == "old_inbound":
        session.run("empty_inbound", bucket=bucket_of(row_id), id=row_id)
        session.run("empty_triage_note", bucket=bucket_of(row_id), id=row_id)
    else:
        session.run("empty_body", bucket=bucket_of(row_id), id=row_id)


def _texts_that_prove(store: Store, session: Session, people: set[ContactId]) -> set[int]:
    """The inbound texts to which events of these people point as their evidence."""
    found: set[int] = set()
    seals = dict(store.vault.seals(people))
    for contact, seal in seals.items():
        for row in session.rows("events_of_contact", bucket=bucket_of(contact), contact_id=contact):
            if row[2] is None:
                continue
            origin = _origin(codec.loads(ConsentEvent, bytes(row[1])))
            for disclosure in open_sections(seal, bytes(row[2]), origin, row[0]):
                name, value = open_disclosure(disclosure)
                if name == "evidence" and isinstance(value, Sequence):
                    found |= {
                        from_text("inb", str(each["ref"]))
                        for each in value
                        if isinstance(each, Mapping) and each.get("kind") == EvidenceKind.INBOUND_TEXT.value
                    }
    return found


def _last_id(bucket: int, moment: datetime) -> int:
    """The last id that a bucket can have had at a moment."""
    stamp = max(0, int(moment.astimezone(UTC).timestamp() * 1000) - EPOCH_MS)
    return (bucket << _BUCKET_BITS) | min(((stamp + 1) << _STAMP_BITS) - 1, (1 << _BUCKET_BITS) - 1)


# --- people ----------------------------------------------------------------------------------------------------


def _people(job: _Job) -> _Page:
    """Those who may not be texted, of whom nothing was heard for long, and whose proof nobody needs any more."""
    before = job.at - job.periods.silence
    with job.store.database.read() as session:
        rows = session.rows(
            "people_made_before",
            cursor=job.place.cursor,
            cursor_bucket=bucket_of(job.place.cursor),
            before=to_micros(before),
            count=PAGE,
        )
        ids = [ContactId(row[0]) for row in rows]
        standings = contacts.standings(session, ids)
        silent = [
            each
            for each in ids
            if each in standings
            and not _is_live(standings[each].state, job.at)
            and not _is_heard_of(session, each, before)
        ]
    over = [each for each in silent if _is_over(job, each)]
    kept = len(silent) - len(over)
    erased, sending = (len(over), 0) if job.is_dry_run else _erase(job, over)
    return _Page(
        cursor=ids[-1] if ids else -1,
        is_last=len(ids) < PAGE,
        counts={"erased": erased, "kept": kept, "still_sending": sending},
    )


def _is_live(state: ConsentState, at: datetime) -> bool:
    """Whether they may still be texted, or were asked and may answer."""
    is_granted = any(
        state.grant_for(grant.scope.program) is not None
        and (grant.limits.ends_at is None or grant.limits.ends_at > at)
        for grant in state.grants
    )
    return is_granted or any(request.lapses_at > at for request in state.requests)


def _is_heard_of(session: Session, contact: ContactId, since: datetime) -> bool:
    row = session.first(
        "heard_of_since", bucket=bucket_of(contact), contact_id=contact, since=to_micros(since)
    )
    return row is None or bool(row[0])


def _is_over(job: _Job, contact: ContactId) -> bool:
    try:
        return not erasing.plan(job.store, contact, job.at, job.overrides).retention.is_kept
    except NobodyToEraseError:
        return False


_STEPS: Final[Mapping[str, Callable[[_Job], _Page]]] = {
    HALF_DONE: _half_done,
    HOLDS: _holds,
    ADDRESSES: _addresses,
    FILES: _files,
    TEXTS: _texts,
    PEOPLE: _people,
}
