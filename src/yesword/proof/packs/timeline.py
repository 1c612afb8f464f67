"""What a reader wants to know of a dossier: what happened and when, in which words, how well it is backed, how it stood.

Pure: sentences come out as ids with arguments, and are rendered by whoever writes them down.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from yesword.domain.decisions import Sentence
from yesword.domain.events import ConsentEvent, EventKind, Grade
from yesword.domain.evidence import Graded
from yesword.ledger.bracketing import bracket
from yesword.ledger.packs import Standing, standing_at

if TYPE_CHECKING:  # whoever checks a pack reads a timeline, and has no store
    from yesword.proof.packs.dossier import Dossier, FiledEvent
    from yesword.proof.packs.earlier import EarlierDossier


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


def told(
    dossier: "Dossier",
    at: datetime,
    *,
    show: Sequence[str],
    earlier: "Sequence[EarlierDossier]" = (),
    forgotten: datetime | None = None,
) -> Timeline:
    """`show` names the sections that this reader may see; `forgotten`: when an earlier record was erased for good."""
    is_anew = bool(earlier) or forgotten is not None
    wordings = _wordings(dossier)
    numbers = {each.sha256: each.number for each in wordings}
    words = {each.sha256: each.words for each in dossier.evidence if each.words}
    return Timeline(
        at=at,
        state=(
            *_state(dossier, at, is_anew=is_anew),
            *_kept(dossier),
            *_earlier(earlier, at, forgotten),
            *(_missing(dossier, earlier) if "evidence" in show else ()),
        ),
        lines=tuple(
            _line(dossier, each, numbers, words if "evidence" in show else {}) for each in dossier.events
        ),
        wordings=wordings,
    )


# --- how it stood --------------------------------------------------------------------------------------------


def _state(dossier: "Dossier", at: datetime, *, is_anew: bool = False) -> Iterator[Sentence]:
    """`is_anew`: the number was on record before. As what had reached us by then says; what happened before and came later could bind nobody then."""
    events = [each.event for each in dossier.events]
    known = [each for each in events if each.received_at <= at]
    contact = dossier.contact
    if is_anew and contact.created_at > at and not known:
        yield Sentence.of("state.not_begun", begun_on=_day(contact.created_at))
    else:
        yield state_told(standing_at(events, dossier.program.id, at))
    if len(known) < len(events):
        yield Sentence.of("state.later", count=len(events) - len(known))


def _kept(dossier: "Dossier") -> Iterator[Sentence]:
    erased_at, until = dossier.contact.erased_at, dossier.kept_until
    if erased_at is not None and until is not None:
        yield Sentence.of("state.kept", erased_on=_day(erased_at), until_on=until.isoformat())


def _missing(dossier: "Dossier", earlier: "Sequence[EarlierDossier]") -> Iterator[Sentence]:
    """That files which these events name are not here, though they should be."""
    if count := sum(len(each.lost) for each in (dossier, *(kept.dossier for kept in earlier))):
        yield Sentence.of("pack.missing", count=count)


def state_told(standing: Standing) -> Sentence:
    """How somebody stood, as a sentence."""
    since = _day(standing.since) if standing.since else ""
    match standing.code:
        case "granted" | "withdrawn":
            return Sentence.of(f"state.{standing.code}", seq=standing.seq or 0, since_on=since)
        case "other_owner" | "refused":
            return Sentence.of(f"state.{standing.code}", since_on=since)
        case "ended":
            return Sentence.of("state.ended", ended_on=since)
        case _:
            return Sentence.of(f"state.{standing.code}")


def _earlier(
    earlier: "Sequence[EarlierDossier]", at: datetime, forgotten: datetime | None
) -> Iterator[Sentence]:
    """What else was on record under the number, which was erased since."""
    for each in earlier:
        yield Sentence.of(
            "state.earlier",
            erased_on=_day(each.kept.erased_at),
            until_on=each.kept.until.isoformat(),
            pack=each.id,
        )
        yield from _state(each.dossier, at)
    if forgotten is not None:
        yield Sentence.of("state.forgotten", erased_in=f"{forgotten:%Y-%m}")


# --- what happened -------------------------------------------------------------------------------------------


def _line(
    dossier: "Dossier",
    filed: "FiledEvent",
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


def _facts(filed: "FiledEvent", numbers: Mapping[str, int], words: Mapping[str, str]) -> Iterator[Sentence]:
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


def _digests(filed: "FiledEvent") -> Iterator[str]:
    found = filed.sections.get("evidence")
    items = found if isinstance(found, Sequence) else ()
    yield from (str(item.get("sha256", "")) for item in items if isinstance(item, Mapping))


def _place(dossier: "Dossier", filed: "FiledEvent") -> Iterator[Sentence]:
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


def _wordings(dossier: "Dossier") -> tuple[Wording, ...]:
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
