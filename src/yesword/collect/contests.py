"""Contests as they run: written, announced, closed with a digest that fixes who takes part, drawn, and deleted again.

Who enters is in `sending.contest_answers`. What a contest is, and how winners are drawn, stands in `domain.collecting`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.collect import points
from yesword.collect.points import Point
from yesword.domain import codec
from yesword.domain.collecting import drawing
from yesword.domain.collecting.ages import age_gate
from yesword.domain.collecting.contest_errors import ContestError
from yesword.domain.collecting.contests import (
    UNDRAWN_DAYS,
    ContestDefinition,
    State,
    check,
    plain,
    state_of,
    yes_words,
)
from yesword.domain.collecting.draw_files import Commitment, DrawFile, Drawn
from yesword.domain.collecting.points import Confirming, PointDefinition, PointKind, Wording
from yesword.domain.ids import BrandId, ContactId
from yesword.domain.linting.contests import consent_text, lint_terms
from yesword.domain.linting.finding import Finding, Severity
from yesword.domain.linting.sentences import Said
from yesword.domain.programs import Program
from yesword.domain.rules import RuleBook
from yesword.store import contests, models, programs
from yesword.store.contests import EntryRow, Fixed
from yesword.store.database import Session
from yesword.store.opening import Store

LATE: Final = timedelta(minutes=10)  # a text that was sent in time may come later
HEARD: Final = timedelta(days=30)  # so long after closing, a text to it is told that it is over
A_DAY: Final = timedelta(days=1)


class NoSuchContestError(ContestError):
    """There is no contest {key}. `yesword contest list` shows those that there are."""

    code = "no_such_contest"


class ContestKeyTakenError(ContestError):
    """The name {key} in the address is taken by another contest. Choose another."""

    code = "contest_key_taken"


class AnnouncedContestError(ContestError):
    """{name} is open, or was. What people were told when they entered does not change any more."""

    code = "contest_is_open"


class BadTermsError(ContestError):
    """The contest cannot be announced as its terms are."""

    code = "contest_terms"


class PastContestError(BadTermsError):
    """{name} cannot be announced: it would have closed already. Give it a time that is still to come."""

    code = "contest_past"


class UnplainTermsError(BadTermsError):
    """The terms of {name} do not do: ({language}) {what} Mend them; what a yes means has to be plain."""

    code = "contest_terms_unplain"


class NotAnnouncedError(ContestError):
    """{name} was never announced, so nobody has entered it. Announce it first."""

    code = "contest_not_announced"


class StillOpenError(ContestError):
    """{name} is open until {until}. People were told so; to close it earlier, say so expressly."""

    code = "contest_still_open"


class ClosedTwiceError(ContestError):
    """{name} was closed at {at}, and its list is fixed."""

    code = "contest_closed"


class SeedDueError(ContestError):
    """The seed of {name} was to be published at {due}, which is over: it would be known before the list is fixed. Name a seed that comes later."""

    code = "contest_seed_due"


class NothingToDrawError(ContestError):
    """{name} draws nobody: it is a vote, or nobody took part."""

    code = "nothing_to_draw"


class NotClosedError(ContestError):
    """{name} is not closed yet. Its list has to be fixed and published before there is a seed."""

    code = "contest_not_closed"


class DrawnTwiceError(ContestError):
    """{name} was drawn at {at}. A draw stands: the same seed draws the same winners."""

    code = "contest_drawn"


class EarlySeedError(ContestError):
    """The seed was published at {seed_at}, and the list was fixed at {committed_at}: whoever fixed it could have known the seed. Take one that came later."""

    code = "seed_too_early"


class FutureSeedError(ContestError):
    """The seed cannot have been published at {seed_at}, which is still to come."""

    code = "seed_in_future"


@dataclass(frozen=True, kw_only=True, slots=True)
class Contest:
    id: int
    key: str
    brand: BrandId
    sender: int
    definition: ContestDefinition
    program: Program  # the version whose words people saw
    is_announced: bool
    point: Point | None  # where the terms of a yes are pinned; None where nobody is asked
    closed_at: datetime | None  # before its time
    others_deleted_at: datetime | None
    winners_deleted_at: datetime | None

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def closes_at(self) -> datetime:
        return self.closed_at or self.definition.closes_at

    @property
    def yes_words(self) -> tuple[str, ...]:
        return yes_words(self.definition, self.program)


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


# --- finding -------------------------------------------------------------------------------------------------


def find(key: str) -> Contest:
    row = models.Contest.objects.filter(key=key).first()
    if row is None:
        raise NoSuchContestError(key=key)
    return _contest(row)


def by_id(contest: int) -> Contest:
    return _contest(models.Contest.objects.get(pk=contest))


def of_brand(brand: BrandId) -> Sequence[Contest]:
    """Newest first."""
    return [_contest(row) for row in models.Contest.objects.filter(brand_id=brand).order_by("-pk")]


def standing(session: Session, contest: Contest, at: datetime) -> State:
    return state_of(
        contest.definition,
        at,
        is_announced=contest.is_announced,
        is_committed=contests.commitment(session, contest.id) is not None,
        is_drawn=contests.drawn(session, contest.id) is not None,
        closed_at=contest.closed_at,
    )


# --- writing and announcing ----------------------------------------------------------------------------------


def draft(brand: BrandId, key: str, definition: ContestDefinition, at: datetime) -> Contest:
    """Keep it, new or changed. Nobody sees it before it is announced; one that was is announced anew.

    Raises BadContestError, LeavingWordError, ContestKeyTakenError, AnnouncedContestError.
    """
    row = models.Contest.objects.filter(key=key).first()
    if row is not None and row.brand_id != brand:
        raise ContestKeyTakenError(key=key)
    if row is not None:
        _refuse_late_change(_contest(row), at)
    program = programs.version(definition.program, definition.program_version)
    check(definition, program, _taken(program, None if row is None else row.pk, at))
    if row is None:
        row = models.Contest(brand_id=brand, key=key)
    row.name, row.program_id = definition.name, definition.program
    row.sender_id = programs.sender_of(program).id
    row.definition, row.is_announced = definition.to_bytes(), False
    row.point, row.point_digest = None, ""
    row.keywords = f" {' '.join(plain(each) for each in definition.keywords)} "
    row.save()
    return _contest(row)


def announce(contest: Contest, at: datetime, *, despite: bool = False) -> Contest:
    """From now its page is there, and texts with its keyword are its own. `despite`: findings of the law were weighed.

    What a yes means is pinned as a version of a collection point, which the evidence of each yes names. Raises
    BadTermsError, BadContestError, AnnouncedContestError.
    """
    _refuse_late_change(contest, at)
    if contest.definition.closes_at <= at:
        raise PastContestError(name=contest.name)
    check(contest.definition, contest.program, _taken(contest.program, contest.id, at))
    for language in contest.definition.languages:
        for each in findings(contest.definition, contest.program, language, at):
            if each.severity is Severity.ERROR and (is_of_house(each) or not despite):
                raise UnplainTermsError(name=contest.name, language=language, what=Said(each.sentence))
    definition = with_age(contest.definition, contest.program, at)
    point = _publish_terms(contest, definition) if definition.asks else None
    models.Contest.objects.filter(pk=contest.id).update(
        is_announced=True,
        definition=definition.to_bytes(),
        point_id=None if point is None else point.id,
        point_digest="" if point is None else point.digest,
    )
    return by_id(contest.id)


def findings(
    definition: ContestDefinition, program: Program, language: str, at: datetime
) -> tuple[Finding, ...]:
    """What the linter says of the terms, by the law of the brand's country and by the house."""
    packs = RuleBook.load().packs
    return lint_terms(definition, program, language, (program.brand_country,), packs, at.date())


def terms_text(contest: Contest, language: str) -> str:
    """What the terms say of a yes, before they are pinned."""
    return consent_text(contest.definition, contest.program, language)


def is_of_house(finding: Finding) -> bool:
    """Nobody may answer for these: without them a yes would not be one."""
    return finding.code.startswith("contest.")


def with_age(definition: ContestDefinition, program: Program, at: datetime) -> ContestDefinition:
    """From what age people may take part: the strictest that contest, program and law ask."""
    found = age_gate(
        _terms(definition),
        program,
        (program.brand_country,),
        RuleBook.load().packs,
        at.astimezone(UTC).date(),
    )
    if found is None:
        return definition
    return replace(definition, minimum_age=found.minimum, is_by_birth_date=found.is_by_birth_date)


def _publish_terms(contest: Contest, definition: ContestDefinition) -> Point:
    return points.publish(contest.brand, f"contest-{contest.key}"[:60], _terms(definition))


def _terms(definition: ContestDefinition) -> PointDefinition:
    return PointDefinition(
        kind=PointKind.CONTEST,
        name=definition.name,
        program=definition.program,
        program_version=definition.program_version,
        confirming=Confirming.NONE,
        wordings=tuple(
            (language, Wording(title=said.title, benefit=said.prize, consent=said.consent))
            for language, said in definition.wordings
        ),
        minimum_age=definition.minimum_age,
        settings=(("contest", definition.digest),),
    )


def _refuse_late_change(contest: Contest, at: datetime) -> None:
    if contest.is_announced and contest.definition.opens_at <= at:
        raise AnnouncedContestError(name=contest.name)


def _taken(program: Program, contest: int | None, at: datetime) -> list[str]:
    """Words that mean something on the sender: keywords of programs, and of contests that are not closed."""
    sender = programs.sender_of(program).id
    words = [word for each in programs.on_sender(sender) for word in each.keywords]
    others = models.Contest.objects.filter(sender_id=sender, is_announced=True, closed_at=None)
    for row in others:
        if row.pk != contest and _contest(row).definition.closes_at > at:
            words += row.keywords.split()
    return words


# --- closing and drawing -------------------------------------------------------------------------------------


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
        contests.lock(session, contest.id)
        before = contests.commitment(session, contest.id)
        if before is not None:
            raise ClosedTwiceError(name=contest.name, at=_said(before.commitment.committed_at))
        leaves = contests.fill_leaves(session, contest.id)
        what = Commitment(
            list_digest=drawing.list_digest(contest.key, leaves),
            entries=len(leaves),
            committed_at=at,
            source=source if definition.winners else "",
            seed_due_at=due if definition.winners else None,
        )
        contests.commit(session, contest.id, what, contests.counts(session, contest.id))
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
        contests.lock(session, contest.id)
        fixed = contests.commitment(session, contest.id)
        if fixed is None:
            raise NotClosedError(name=contest.name)
        if not contest.definition.winners or not fixed.commitment.entries:
            raise NothingToDrawError(name=contest.name)
        before = contests.drawn(session, contest.id)
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
                contest.key, contests.leaves(session, contest.id), said, contest.definition.winners
            ),
        )
        contests.keep_draw(session, contest.id, what)
    return what


def winners(session: Session, contest: Contest) -> Sequence[Winner]:
    drawn = contests.drawn(session, contest.id)
    return [
        Winner(place=place, digest=each, entry=contests.of_digest(session, contest.id, each))
        for place, each in enumerate(() if drawn is None else drawn.winners, start=1)
    ]


def results(session: Session, contest: Contest) -> Results:
    fixed: Fixed | None = contests.commitment(session, contest.id)
    found = contests.counts(session, contest.id) if fixed is None else fixed.counts
    counts = {each.word: found.get(each.word, 0) for each in contest.definition.options} or dict(found)
    return Results(counts=counts, entered=sum(found.values()), yeses=contests.yeses(session, contest.id))


def exported(session: Session, contest: Contest) -> DrawFile:
    """What anybody may check. Raises NotClosedError."""
    fixed = contests.commitment(session, contest.id)
    if fixed is None:
        raise NotClosedError(name=contest.name)
    return DrawFile(
        contest=contest.key,
        name=contest.name,
        brand=contest.program.brand_name,
        opens_at=contest.definition.opens_at,
        closes_at=contest.closes_at,
        places=contest.definition.winners,
        entries=tuple(contests.leaves(session, contest.id)),
        commitment=fixed.commitment,
        drawn=contests.drawn(session, contest.id),
    )


# --- as time goes by -----------------------------------------------------------------------------------------


def keep_time(store: Store, at: datetime) -> int:
    """Close contests whose time is over, and delete entries whose time is. How many contests it touched.

    One whose seed was published before it could be closed waits for somebody to name another.
    """
    touched = 0
    for row in models.Contest.objects.filter(is_announced=True, winners_deleted_at=None):
        contest = _contest(row)
        with store.database.read() as session:
            fixed = contests.commitment(session, contest.id)
            drawn = contests.drawn(session, contest.id)
        if fixed is None:
            due = contest.definition.seed_due_at
            if at > contest.closes_at + LATE and (not contest.definition.winners or (due and at < due)):
                close(store, contest, at)
                touched += 1
            continue
        touched += _delete_due(store, contest, fixed, drawn, at)
    return touched


def others_due(contest: Contest, fixed: Fixed, drawn: Drawn | None) -> datetime:
    """When the entries that did not win are deleted."""
    draws = contest.definition.winners > 0 and fixed.commitment.entries > 0
    if draws and drawn is None:
        return fixed.commitment.committed_at + UNDRAWN_DAYS * A_DAY
    since = fixed.commitment.committed_at if drawn is None else drawn.drawn_at
    return since + contest.definition.keeps_days * A_DAY


def winners_due(contest: Contest, fixed: Fixed, drawn: Drawn | None) -> datetime:
    if drawn is None:
        return others_due(contest, fixed, drawn)
    return drawn.drawn_at + contest.definition.winners_days * A_DAY


def _delete_due(store: Store, contest: Contest, fixed: Fixed, drawn: Drawn | None, at: datetime) -> int:
    is_over = at >= winners_due(contest, fixed, drawn)
    if not is_over and (contest.others_deleted_at or at < others_due(contest, fixed, drawn)):
        return 0
    kept = frozenset() if is_over or drawn is None else frozenset(drawn.winners)
    with store.database.write() as session, store.database.overwriting():
        contests.lock(session, contest.id)
        contests.delete_entries(session, contest.id, but=kept)
        changes: dict[str, datetime] = {"others_deleted_at": contest.others_deleted_at or at}
        if is_over:
            changes["winners_deleted_at"] = at
        models.Contest.objects.filter(pk=contest.id).update(**changes)
    return 1


def entries_of(session: Session, contact: ContactId) -> Sequence[tuple[Contest, EntryRow]]:
    """What a person has entered, as far as it is kept; oldest first."""
    return [(by_id(each.contest), each) for each in contests.of_contact(session, contact)]


def _said(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _contest(row: models.Contest) -> Contest:
    definition = codec.loads(ContestDefinition, bytes(row.definition))
    return Contest(
        id=row.pk,
        key=row.key,
        brand=BrandId(row.brand_id),
        sender=row.sender_id,
        definition=definition,
        program=programs.version(definition.program, definition.program_version),
        is_announced=row.is_announced,
        point=points.by_digest(row.point_digest) if row.point_digest else None,
        closed_at=row.closed_at,
        others_deleted_at=row.others_deleted_at,
        winners_deleted_at=row.winners_deleted_at,
    )
