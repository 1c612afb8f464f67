"""The retention job: what is due goes, and people whose proof need not be kept any longer are erased.

It works in pages and short transactions, keeps its place in the store, and may be stopped at any moment: the next run
goes on where it was. What somebody has asked to be kept as it is, is left alone.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.ids import ContactId, bucket_of
from yesword.domain.retention import Override
from yesword.domain.state import ConsentState
from yesword.domain.times import to_micros
from yesword.privacy import erasing, prospects, purging, traces
from yesword.privacy.erasing import RETENTION, NobodyToEraseError, StillSendingError, Wish
from yesword.privacy.periods import HOUSE, Periods
from yesword.privacy.purging import Job, Page
from yesword.store import contacts, erasures, models
from yesword.store.database import Session
from yesword.store.opening import Store

PAGE: Final = 500
_MANY: Final = 1_000_000  # a dry run counts, and moves nobody out of the way
# In this order; the names stand in the store.
HALF_DONE: Final = "half_done"
HOLDS: Final = "holds"
ADDRESSES: Final = "addresses"
FILES: Final = "files"
UPLOADS: Final = "uploads"
TEXTS: Final = "texts"
PROSPECTS: Final = "prospects"
PEOPLE: Final = "people"
STEPS: Final = (HALF_DONE, HOLDS, ADDRESSES, FILES, UPLOADS, TEXTS, PROSPECTS, PEOPLE)

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
    with_people: bool = True,
) -> Done:
    """Do all that is due at `at`; without `with_people`, nobody is erased whom no request and no held proof names. `progress` hears of each page; `is_stopped` is asked before each."""
    job = Job(
        store=store,
        at=at,
        periods=periods,
        overrides=tuple(overrides),
        is_dry_run=is_dry_run,
        place=_begun(at, periods, is_dry_run=is_dry_run),
        last_began=_newest("started_at"),
        texts_from=_newest("texts_until"),
        page=PAGE,
    )
    counts = dict.fromkeys(COUNTED, 0) | job.place.counts
    for step in STEPS[STEPS.index(job.place.step) :]:
        is_last = step == PEOPLE and not with_people
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
            _save(job.place)
            traces.leave("retention.done", f"retention {job.place.pk}", by, **counts)
    return Done(counts=counts, is_done=True)


COUNTED: Final = (
    "finished",  # erasures that a crash or a slow carrier had left half done
    "holds_ended",
    "addresses",
    "files",
    "uploads",
    "inbound_texts",
    "sent_texts",
    "lapsed",  # people who signed up and never said yes
    "erased",
    "kept",  # silent people whose proof is not over
    "still_sending",
)


def _begun(at: datetime, periods: Periods, *, is_dry_run: bool) -> models.RetentionRun:
    """The run that was stopped, or a new one. A dry run looks from the front, and leaves no place."""
    left = models.RetentionRun.objects.filter(ended_at=None).order_by("-pk").first()
    if left is not None and not is_dry_run:
        return left
    made = models.RetentionRun(started_at=at, step=STEPS[0], cursor=-1, texts_until=at - periods.texts)
    made.counts = {}
    return made


def _keep_place(job: Job, step: str, page: Page, counts: Mapping[str, int]) -> None:
    """Where the next page begins: behind the last step there is none, so that it is looked at once more after a crash."""
    following = STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]
    job.place.step, job.place.cursor = (following, -1) if page.is_last else (step, page.cursor)
    job.place.counts = dict(counts)
    if not job.is_dry_run:
        with job.store.database.write():
            _save(job.place)


def _save(place: models.RetentionRun) -> None:
    """Whether it is whole, somebody else may say meanwhile."""
    place.save(update_fields=None if place.pk is None else ["step", "cursor", "counts", "ended_at"])


def _newest(moment: str) -> datetime | None:
    """Of the runs that are done, and left out nobody who is to be looked at now."""
    done = models.RetentionRun.objects.exclude(ended_at=None).filter(is_whole=True).order_by(f"-{moment}")
    found: datetime | None = done.values_list(moment, flat=True).first()
    return found


# --- erasures that are due -------------------------------------------------------------------------------------


def _half_done(job: Job) -> Page:
    """All of them at once: there are few, and each is one person."""
    if job.is_dry_run:
        with job.store.database.read() as session:
            return Page(counts={"finished": len(erasures.unfinished(session))})
    return Page(counts={"finished": erasing.finish(job.store, job.at)})


def _holds(job: Job) -> Page:
    """Proof that was kept, and need not be any longer."""
    with job.store.database.read() as session:
        most = _MANY if job.is_dry_run else PAGE
        due = [row.contact for row in erasures.at_their_end(session, job.at, most)]
    if job.is_dry_run:
        return Page(counts={"holds_ended": len(due)})
    ended, sending = _erase(job, due)
    is_last = len(due) < PAGE or not ended  # none went: the next round finds the same ones
    return Page(is_last=is_last, counts={"holds_ended": ended, "still_sending": sending})


def _erase(job: Job, people: Iterable[ContactId]) -> tuple[int, int]:
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


# --- people ----------------------------------------------------------------------------------------------------


def _people(job: Job) -> Page:
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
    return Page(
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


def _is_over(job: Job, contact: ContactId) -> bool:
    try:
        return not erasing.plan(job.store, contact, job.at, job.overrides).retention.is_kept
    except NobodyToEraseError:
        return False


_STEPS: Final[Mapping[str, Callable[[Job], Page]]] = {
    HALF_DONE: _half_done,
    HOLDS: _holds,
    ADDRESSES: purging.addresses,
    FILES: purging.files,
    UPLOADS: purging.uploads,
    TEXTS: purging.texts,
    PROSPECTS: prospects.forget,
    PEOPLE: _people,
}
