"""Contests as they begin: written, checked and announced. How they end is in `contest_draws`, who enters in `sending.contest_answers`.

What a contest is, and how winners are drawn, stands in `domain.collecting`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.collect import points
from yesword.collect.contest_refusals import (
    AnnouncedContestError,
    ContestKeyTakenError,
    NoSuchContestError,
    PastContestError,
    UnplainTermsError,
)
from yesword.collect.points import Point
from yesword.domain import codec
from yesword.domain.collecting.ages import age_gate
from yesword.domain.collecting.contests import (
    ContestDefinition,
    State,
    check,
    plain,
    state_of,
    yes_words,
)
from yesword.domain.collecting.points import Confirming, PointDefinition, PointKind, Wording
from yesword.domain.ids import BrandId, ContactId
from yesword.domain.linting.contests import consent_text, lint_terms
from yesword.domain.linting.finding import Finding, Severity
from yesword.domain.linting.sentences import Said
from yesword.domain.programs import Program
from yesword.domain.rules import RuleBook
from yesword.store import contests, models, programs
from yesword.store.contests import EntryRow
from yesword.store.database import Session

HEARD: Final = timedelta(days=30)  # so long after closing, a text to it is told that it is over


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


# --- finding -------------------------------------------------------------------------------------------------


def find(key: str) -> Contest:
    row = models.Contest.objects.filter(key=key).first()
    if row is None:
        raise NoSuchContestError(key=key)
    return contest_of(row)


def by_id(contest: int) -> Contest:
    return contest_of(models.Contest.objects.get(pk=contest))


def of_brand(brand: BrandId) -> Sequence[Contest]:
    """Newest first."""
    return [contest_of(row) for row in models.Contest.objects.filter(brand_id=brand).order_by("-pk")]


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
        _refuse_late_change(contest_of(row), at)
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
    return contest_of(row)


def announce(contest: Contest, at: datetime, *, despite: bool = False, by: int | None = None) -> Contest:
    """From now its page is there, and texts with its keyword are its own. `despite`: findings of the law were weighed.
    `by`: the user who announces it.

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
    point = _publish_terms(contest, definition, by) if definition.asks else None
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


def _publish_terms(contest: Contest, definition: ContestDefinition, by: int | None) -> Point:
    return points.publish(contest.brand, f"contest-{contest.key}"[:60], _terms(definition), by=by)


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
        if row.pk != contest and contest_of(row).definition.closes_at > at:
            words += row.keywords.split()
    return words


def entries_of(session: Session, contact: ContactId) -> Sequence[tuple[Contest, EntryRow]]:
    """What a person has entered, as far as it is kept; oldest first."""
    return [(by_id(each.contest), each) for each in contests.of_contact(session, contact)]


def contest_of(row: models.Contest) -> Contest:
    """As it stands in the store."""
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
