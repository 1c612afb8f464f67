"""What a reader wants to know of a dossier: what happened and when, in which words, how well it is backed, how it stood.

Pure: sentences come out as ids with arguments, and are rendered by whoever writes them down.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from yesword.domain.decisions import Sentence
from yesword.domain.events import ConsentEvent, EventKind, Grade
from yesword.domain.evidence import Graded
from yesword.domain.ids import ProgramId
from yesword.domain.state import ConsentState, fold
from yesword.ledger.bracketing import bracket
from yesword.proof.evidence.opening import items_in
from yesword.proof.packs.dossier import Dossier, FiledEvent


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """A wording as it was shown."""

    number: int  # as the timeline calls it
    language: str
    version: int  # 0: not the program's own
    sha256: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Line:
    """One event, as it is told."""

    id: str
    seq: int
    at: Sentence
    title: Sentence
    facts: tuple[Sentence, ...]
    grade: Grade | None  # None: of what neither gives nor seeks consent, and of other programs
    backing: tuple[Sentence, ...]  # why this grade, why not a better one, and remarks
    unproved: tuple[Sentence, ...]
    place: tuple[Sentence, ...]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Timeline:
    at: datetime  # the moment that was asked about
    state: tuple[Sentence, ...]
    lines: tuple[Line, ...]
    wordings: tuple[Wording, ...]


def told(dossier: Dossier, at: datetime, *, show: Sequence[str]) -> Timeline:
    """`show` names the sections that this reader may see."""
    wordings = _wordings(dossier)
    numbers = {each.sha256: each.number for each in wordings}
    words = {each.sha256: each.words for each in dossier.evidence if each.words}
    return Timeline(
        at=at,
        state=tuple(_state(dossier, at)),
        lines=tuple(
            _line(dossier, each, numbers, words if "evidence" in show else {}) for each in dossier.events
        ),
        wordings=wordings,
    )


# --- how it stood --------------------------------------------------------------------------------------------


def _state(dossier: Dossier, at: datetime) -> Iterator[Sentence]:
    """As what had reached us by then says; what happened before and came later could bind nobody then."""
    events = [each.event for each in dossier.events]
    known = [each for each in events if each.received_at <= at]
    yield _standing(fold(known), known, dossier.program.id, at)
    if len(known) < len(events):
        yield Sentence.of("state.later", count=len(events) - len(known))


def _standing(
    state: ConsentState, known: Sequence[ConsentEvent], program: ProgramId, at: datetime
) -> Sentence:
    seqs = {each.id: each.seq for each in known}
    if state.is_erased:
        return Sentence.of("state.erased")
    if state.invalid_since is not None:
        return Sentence.of("state.other_owner", since_on=_day(state.invalid_since))
    grant = state.grant_for(program)
    if grant is not None:
        ends_at = grant.limits.ends_at
        if ends_at is not None and ends_at <= at:
            return Sentence.of("state.ended", ended_on=_day(ends_at))
        return Sentence.of("state.granted", seq=seqs.get(grant.event, grant.seq), since_on=_day(grant.since))
    stop, request = state.withdrawal_for(program), state.request_for(program)
    if stop is not None and (request is None or request.seq < stop.seq):
        return Sentence.of("state.withdrawn", seq=stop.seq, since_on=_day(stop.at))
    if request is not None:
        return Sentence.of("state.pending" if at <= request.lapses_at else "state.lapsed")
    refusal = next((each for each in state.refusals if each.program in (None, program)), None)
    if refusal is not None:
        return Sentence.of("state.refused", since_on=_day(refusal.at))
    return Sentence.of("state.none")


# --- what happened -------------------------------------------------------------------------------------------


def _line(
    dossier: Dossier,
    filed: FiledEvent,
    numbers: Mapping[str, int],
    words: Mapping[str, str],
) -> Line:
    event = filed.event
    graded = dossier.grades.get(event.id) if filed.is_concerned else None
    return Line(
        id=filed.id,
        seq=event.seq,
        at=_moment("happened.at", event.occurred_at),
        title=Sentence.of(f"happened.{event.kind.value}"),
        facts=tuple(_facts(filed, numbers, words)),
        grade=graded.grade if graded is not None and event.kind in _GRADED else None,
        backing=tuple(_backing(event, graded)) if filed.is_concerned else (),
        unproved=() if graded is None else graded.does_not_prove,
        place=tuple(_place(dossier, filed)),
    )


_GRADED: Final = frozenset(
    {EventKind.REQUESTED, EventKind.GRANTED, EventKind.CONFIRMED, EventKind.RENEWED, EventKind.WITHDRAWN}
)


def _facts(filed: FiledEvent, numbers: Mapping[str, int], words: Mapping[str, str]) -> Iterator[Sentence]:
    event = filed.event
    if not filed.is_concerned:
        yield Sentence.of("happened.other")
        return
    yield Sentence.of("happened.by", actor=f"actor.{event.actor.value}", method=event.route)
    if abs((event.received_at - event.occurred_at).total_seconds()) >= 1:
        yield _moment("happened.received", event.received_at)
    if event.scope.program is None:
        yield Sentence.of("happened.brand")
    if event.reason:
        yield Sentence.of("happened.reason", reason=event.reason)
    for digest in _digests(filed):
        if digest in words:
            yield Sentence.of("happened.words", words=words[digest])
    if event.disclosure is not None:
        number = numbers.get(event.disclosure)
        lost = Sentence.of("pack.wording.lost", digest=event.disclosure)
        yield lost if number is None else Sentence.of("pack.wording.shown", number=number)
    if filed.erased:
        yield Sentence.of("happened.closed", sections=", ".join(filed.erased))


def _backing(event: ConsentEvent, graded: Graded | None) -> Iterator[Sentence]:
    if graded is not None:
        yield from graded.reasons
        yield from graded.why_not_better
    if event.grade is not None and (graded is None or graded.grade is not event.grade):
        yield Sentence.of("happened.grade.recorded", grade=event.grade.value)
    if graded is not None:
        yield from graded.remarks


def _digests(filed: FiledEvent) -> Iterator[str]:
    yield from (str(item.get("sha256", "")) for item in items_in(filed.sections))


def _place(dossier: Dossier, filed: FiledEvent) -> Iterator[Sentence]:
    if filed.index is None:
        yield Sentence.of("place.waiting")
        return
    yield Sentence.of("place.number", number=filed.index + 1, size=dossier.checkpoint.size)
    ends = bracket(filed.index, dossier.sightings)
    if ends.not_before is not None:
        yield _moment("place.not_before", ends.not_before.at, by=ends.not_before.by)
    if ends.not_after is not None:
        yield _moment("place.not_after", ends.not_after.at, by=ends.not_after.by)


# --- the wordings --------------------------------------------------------------------------------------------


def _wordings(dossier: Dossier) -> tuple[Wording, ...]:
    """Each once, in the order in which it was first shown."""
    found: dict[str, Wording] = {}
    for each in dossier.events:
        digest = each.event.disclosure
        if digest is None or digest in found or not each.is_concerned:
            continue
        notice = each.sections.get("notice")
        known = dossier.wordings.get(digest)
        if isinstance(notice, Mapping):
            version = notice.get("version")
            found[digest] = Wording(
                number=len(found) + 1,
                language=str(notice.get("lang") or each.event.language or ""),
                version=version if isinstance(version, int) else 0,
                sha256=digest,
                text=str(notice.get("text", "")),
            )
        elif known is not None:  # the brand's own words stay, whoever was erased
            found[digest] = Wording(
                number=len(found) + 1,
                language=known.language,
                version=known.version,
                sha256=digest,
                text=known.text,
            )
    return tuple(found.values())


def _moment(sentence: str, at: datetime, **more: str) -> Sentence:
    utc = at.astimezone(UTC)
    return Sentence.of(sentence, day_on=_day(at), time=utc.strftime("%H:%M:%S"), **more)


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()
