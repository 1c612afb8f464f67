"""How contests end: closed with a digest that fixes who takes part, drawn from a later seed, and deleted again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.collect import points
from yesword.collect.contest_refusals import (
    ClosedTwiceError,
    DrawnTwiceError,
    EarlySeedError,
    FutureSeedError,
    NotAnnouncedError,
    NotClosedError,
    NothingToDrawError,
    SeedDueError,
    StillOpenError,
)
from yesword.collect.contests import Contest, contest_of
from yesword.domain.collecting import drawing
from yesword.domain.collecting.contests import UNDRAWN_DAYS
from yesword.domain.collecting.draw_files import Commitment, DrawFile, Drawn
from yesword.proof.contests import state_closed, state_drawn
from yesword.store import contests as rows
from yesword.store import models
from yesword.store.contests import EntryRow, Fixed
from yesword.store.database import Session
from yesword.store.opening import Store

_LATE: Final = timedelta(minutes=10)  # a text that was sent in time may come later
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """As it stands, or as it stood when it closed."""

    counts: Mapping[str, int]  # option → how many; "" for answers in own words
    entered: int
    yeses: Mapping[str, int]  # how somebody said yes → how many; "" for those who did not


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Winner:
    place: int
    digest: str
    entry: EntryRow | None  # None where it was deleted


def close(
    store: Store,
    contest: Contest,
    at: datetime,
    *,
    is_early: bool = False,
    seed_source: str = "",
    seed_due_at: datetime | None = None,
) -> Commitment:
    """Fix who takes part, and publish the digest of the list. Nothing enters after that, and nothing leaves the list.

    `seed_source`, `seed_due_at`: where the seed comes from, if that changed. Raises NotAnnouncedError, StillOpenError,
    ClosedTwiceError, SeedDueError.
    """
    if not contest.is_announced:
        raise NotAnnouncedError(name=contest.name)
    if at <= contest.closes_at and not is_early:
        raise StillOpenError(name=contest.name, until=_said(contest.closes_at))
    definition = contest.definition
    source, due = seed_source or definition.seed_source, seed_due_at or definition.seed_due_at
    if definition.winners and (due is None or due <= at):
        raise SeedDueError(name=contest.name, due="?" if due is None else _said(due))
    with store.database.write() as session:
        rows.lock(session, contest.id)
        before = rows.commitment(session, contest.id)
        if before is not None:
            raise ClosedTwiceError(name=contest.name, at=_said(before.commitment.committed_at))
        leaves = rows.fill_leaves(session, contest.id)
        what = Commitment(
            list_digest=drawing.list_digest(contest.key, leaves),
            entries=len(leaves),
            committed_at=at,
            source=source if definition.winners else "",
            seed_due_at=due if definition.winners else None,
        )
        counts = rows.counts(session, contest.id)
        rows.commit(session, contest.id, what, counts)
        fixed = Fixed(commitment=what, counts=counts, entered=sum(counts.values()))
        terms = rows.terms_digest(session, contest.id)
        state_closed(store, session, contest.brand, contest.key, terms, fixed)
        if at <= contest.closes_at:
            models.Contest.objects.filter(pk=contest.id).update(closed_at=at)
        if contest.point is not None:
            points.set_open(contest.point.key, is_open=False)
    return what


def draw(store: Store, contest: Contest, seed: str, source: str, seed_at: datetime, at: datetime) -> Drawn:
    """Draw the winners, once. `source`: who published the seed, and where; empty: whoever was announced.

    Raises NothingToDrawError, NotClosedError, DrawnTwiceError, EarlySeedError, FutureSeedError, EmptySeedError.
    """
    said = drawing.plain_seed(seed)
    with store.database.write() as session:
        rows.lock(session, contest.id)
        fixed = rows.commitment(session, contest.id)
        if fixed is None:
            raise NotClosedError(name=contest.name)
        if not contest.definition.winners or not fixed.commitment.entries:
            raise NothingToDrawError(name=contest.name)
        before = rows.drawn(session, contest.id)
        if before is not None:
            raise DrawnTwiceError(name=contest.name, at=_said(before.drawn_at))
        if seed_at <= fixed.commitment.committed_at:
            committed = _said(fixed.commitment.committed_at)
            raise EarlySeedError(seed_at=_said(seed_at), committed_at=committed)
        if seed_at > at:
            raise FutureSeedError(seed_at=_said(seed_at))
        what = Drawn(
            seed=said,
            source=source.strip() or fixed.commitment.source,
            seed_at=seed_at,
            drawn_at=at,
            winners=drawing.winners(
                contest.key, rows.leaves(session, contest.id), said, contest.definition.winners
            ),
        )
        rows.keep_draw(session, contest.id, what)
        list_digest = fixed.commitment.list_digest
        state_drawn(store, session, contest.brand, contest.key, list_digest, what)
    return what


def winners(session: Session, contest: Contest) -> Sequence[Winner]:
    drawn = rows.drawn(session, contest.id)
    return [
        Winner(place=place, digest=each, entry=rows.of_digest(session, contest.id, each))
        for place, each in enumerate(() if drawn is None else drawn.winners, start=1)
    ]


def results(session: Session, contest: Contest) -> Results:
    fixed: Fixed | None = rows.commitment(session, contest.id)
    found = rows.counts(session, contest.id) if fixed is None else fixed.counts
    counts = {each.word: found.get(each.word, 0) for each in contest.definition.options} or dict(found)
    return Results(counts=counts, entered=sum(found.values()), yeses=rows.yeses(session, contest.id))


def exported(session: Session, contest: Contest) -> DrawFile:
    """What anybody may check. Raises NotClosedError."""
    fixed = rows.commitment(session, contest.id)
    if fixed is None:
        raise NotClosedError(name=contest.name)
    return DrawFile(
        contest=contest.key,
        name=contest.name,
        brand=contest.program.brand_name,
        opens_at=contest.definition.opens_at,
        closes_at=contest.closes_at,
        places=contest.definition.winners,
        entries=tuple(rows.leaves(session, contest.id)),
        commitment=fixed.commitment,
        drawn=rows.drawn(session, contest.id),
    )


# --- as time goes by -----------------------------------------------------------------------------------------


def keep_time(store: Store, at: datetime) -> int:
    """Close contests whose time is over, and delete entries whose time is. How many contests it touched.

    One whose seed was published before it could be closed waits for somebody to name another.
    """
    touched = 0
    for row in models.Contest.objects.filter(is_announced=True, winners_deleted_at=None):
        contest = contest_of(row)
        with store.database.read() as session:
            fixed = rows.commitment(session, contest.id)
            drawn = rows.drawn(session, contest.id)
        if fixed is None:
            due = contest.definition.seed_due_at
            if at > contest.closes_at + _LATE and (not contest.definition.winners or (due and at < due)):
                close(store, contest, at)
                touched += 1
            continue
        touched += _delete_due(store, contest, fixed, drawn, at)
    return touched


def others_due(contest: Contest, fixed: Fixed, drawn: Drawn | None) -> datetime:
    """When the entries that did not win are deleted."""
    draws = contest.definition.winners > 0 and fixed.commitment.entries > 0
    if draws and drawn is None:
        return fixed.commitment.committed_at + UNDRAWN_DAYS * _A_DAY
    since = fixed.commitment.committed_at if drawn is None else drawn.drawn_at
    return since + contest.definition.keeps_days * _A_DAY


def winners_due(contest: Contest, fixed: Fixed, drawn: Drawn | None) -> datetime:
    if drawn is None:
        return others_due(contest, fixed, drawn)
    return drawn.drawn_at + contest.definition.winners_days * _A_DAY


def _delete_due(store: Store, contest: Contest, fixed: Fixed, drawn: Drawn | None, at: datetime) -> int:
    is_over = at >= winners_due(contest, fixed, drawn)
    if not is_over and (contest.others_deleted_at or at < others_due(contest, fixed, drawn)):
        return 0
    kept = frozenset() if is_over or drawn is None else frozenset(drawn.winners)
    with store.database.write() as session, store.database.overwriting():
        rows.lock(session, contest.id)
        rows.delete_entries(session, contest.id, but=kept)
        changes: dict[str, datetime] = {"others_deleted_at": contest.others_deleted_at or at}
        if is_over:
            changes["winners_deleted_at"] = at
        models.Contest.objects.filter(pk=contest.id).update(**changes)
    return 1


def _said(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
