"""How well an event is backed, why not better, and what that does not prove.

A grade is about evidence, not about law: what a law asks of it is for the gate. Every event gets an answer, whoever acted
and by whatever route; what is not known counts as not there.

A yes behind the link of a question counts as one that was texted: its word cannot be guessed, went to that handset in a
text and to nobody else, works once and for a day, and only a button gives the yes, so that no preview does. It shows
possession as a code does that was sent and typed in; like a code, it can be passed on, which its grade says it does not
rule out.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.decisions import Sentence
from yesword.domain.events import CONFIRM_LINK, READ, Actor, Basis, ConsentEvent, EventKind, Grade
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.evidence.presentation import Finding
from yesword.domain.linting.finding import Severity
from yesword.domain.parties import Provenance

CODE: Final = "code"  # the route of a code that went to the handset and was typed in elsewhere
_PROVEN: Final = frozenset({CODE, CONFIRM_LINK})  # routes that only what came to the handset opens
LATER: Final = timedelta(minutes=5)  # carriers and retries take less

_ASKS: Final = frozenset({EventKind.REQUESTED, EventKind.GRANTED, EventKind.CONFIRMED, EventKind.RENEWED})
# On these the person's act is itself what they want; nobody had to put a question in certain words.
_WITHOUT_WORDING: Final = frozenset({Basis.CUSTOMER, Basis.CONVERSATION, Basis.TRIGGER})
_CONTEXT: Final = frozenset(
    {
        EvidenceKind.INBOUND_TEXT,
        EvidenceKind.FORM_VERSION,
        EvidenceKind.PAGE_RENDER,
        EvidenceKind.PRESENTATION_PROBE,
        EvidenceKind.EMAIL,
        EvidenceKind.REPLAY,
    }
)
_BY_CLIENT: Final = frozenset({EvidenceKind.PRESENTATION_PROBE, EvidenceKind.REPLAY})
_ELSEWHERE: Final = frozenset({Actor.IMPORT, Actor.API})  # another system acted, and we saw nothing
_WITHOUT_WILL: Final = frozenset({Actor.CARRIER, Actor.SYSTEM})
_KNOWN_LACKS: Final = frozenset({"source", "date", "wording", "confirmation", "purchase"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One piece of evidence, as far as its grade goes."""

    kind: EvidenceKind
    sha256: str = ""  # of a disclosure: the wording's
    lacks: tuple[str, ...] = ()  # of an imported row: source, date, wording, confirmation, purchase
    findings: tuple[Finding, ...] = ()  # of a presentation probe


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """An event as it is graded: about to be recorded, or long since."""

    kind: EventKind
    actor: Actor
    route: str
    occurred_at: datetime
    received_at: datetime
    basis: Basis | None = None
    disclosure: str | None = None  # SHA-256 of the wording that the event is pinned to
    provenance: Provenance = Provenance.OWN
    upholds: Grade | None = None  # of a renewal by silence: the grade of the grant that goes on
    is_witnessed: bool = False  # somebody else has signed for the ledger with this event in it

    @classmethod
    def of(
        cls, event: ConsentEvent, *, upholds: Grade | None = None, is_witnessed: bool = False
    ) -> "Happening":
        return cls(
            kind=event.kind,
            actor=event.actor,
            route=event.route,
            occurred_at=event.occurred_at,
            received_at=event.received_at,
            basis=event.basis,
            disclosure=event.disclosure,
            provenance=event.provenance,
            upholds=upholds,
            is_witnessed=is_witnessed,
        )

    @property
    def asks(self) -> bool:
        """Whether it gives or seeks a permission, rather than ending or limiting one."""
        return self.kind in _ASKS

    @property
    def needs_wording(self) -> bool:
        return self.asks and self.basis not in _WITHOUT_WORDING


@dataclass(frozen=True, kw_only=True, slots=True)
class Graded:
    grade: Grade
    reasons: tuple[Sentence, ...]  # why this grade
    why_not_better: tuple[Sentence, ...]  # what the next grades would need, the nearest first; none for A
    does_not_prove: tuple[Sentence, ...]  # never empty
    remarks: tuple[Sentence, ...]


def grade(happening: Happening, evidence: Iterable[Evidence] = ()) -> Graded:
    case = _Case(happening=happening, evidence=tuple(evidence))
    obstacles: list[Sentence] = []
    reached = Grade.E
    for step, blocking in _STEPS:
        found = _below_upheld(case, step) if case.is_silence else list(blocking(case))
        if not found:
            reached = step
            break
        obstacles = [*found, *obstacles]
    return Graded(
        grade=reached,
        reasons=tuple(_reasons(case, reached)),
        why_not_better=tuple(dict.fromkeys(obstacles)),
        does_not_prove=tuple(_unproved(case, reached)),
        remarks=tuple(dict.fromkeys(_remarks(case))),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    happening: Happening
    evidence: tuple[Evidence, ...]

    def of(self, *kinds: EvidenceKind) -> list[Evidence]:
        return [each for each in self.evidence if each.kind in kinds]

    def has(self, kinds: Collection[EvidenceKind]) -> bool:
        return any(each.kind in kinds for each in self.evidence)

    @property
    def findings(self) -> Iterator[Finding]:
        return (finding for each in self.evidence for finding in each.findings)

    @property
    def is_silence(self) -> bool:
        """A reminder that nobody answered: it neither strengthens nor weakens what it reminded of."""
        happening = self.happening
        is_by_us = happening.kind is EventKind.RENEWED and happening.actor is Actor.SYSTEM
        return is_by_us and happening.upholds is not None and happening.provenance.may_grant

    @property
    def is_nobodys_yes(self) -> bool:
        """A clock or a carrier is said to have agreed."""
        return self.happening.asks and self.happening.actor in _WITHOUT_WILL

    @property
    def is_of_handset(self) -> bool:
        """The handset acted, and what it did is kept."""
        happening = self.happening
        is_kept = happening.route in _PROVEN or self.has({EvidenceKind.INBOUND_TEXT})
        return happening.actor is Actor.HANDSET and is_kept


# --- the steps, the best first: what stands in the way of each -----------------------------------------------


def _in_the_way_of_a(case: _Case) -> Iterator[Sentence]:
    yield from _bought(case)
    if case.happening.actor is not Actor.HANDSET:
        yield Sentence.of("lacking.handset")
    elif not case.is_of_handset:
        yield Sentence.of("lacking.inbound_text")
    yield from _unpinned(case)


def _in_the_way_of_b(case: _Case) -> Iterator[Sentence]:
    yield from _bought(case)
    if case.happening.actor not in (Actor.HANDSET, Actor.PERSON):
        yield Sentence.of("lacking.own_act")
    yield from _unpinned(case)
    if not case.has(_CONTEXT):
        yield Sentence.of("lacking.context")
    yield from _shown_badly(case, Severity.ERROR)


def _in_the_way_of_c(case: _Case) -> Iterator[Sentence]:
    yield from _bought(case)
    yield from _contradicted(case)
    if case.is_nobodys_yes:
        yield Sentence.of("lacking.own_act")
    if case.has({EvidenceKind.SCAN, EvidenceKind.RECORDING}):
        return
    if not case.happening.asks and case.happening.actor in _WITHOUT_WILL:
        return
    if case.has({EvidenceKind.ATTESTATION}):
        yield from _unpinned(case)
    else:
        yield Sentence.of("lacking.witness")


def _in_the_way_of_d(case: _Case) -> Iterator[Sentence]:
    """Source, date and wording: of a file, as its row has them; of our own record, as we wrote it down."""
    yield from _bought(case)
    yield from _contradicted(case)
    if case.is_nobodys_yes:
        yield Sentence.of("lacking.own_act")
    rows = case.of(EvidenceKind.IMPORT_ROW)
    if case.happening.actor in _ELSEWHERE and not rows:
        yield Sentence.of("lacking.row")
    elif case.happening.actor in _ELSEWHERE:
        fullest = min(rows, key=lambda row: len(row.lacks))
        yield from (Sentence.of(_lack(each)) for each in fullest.lacks)
    yield from _unpinned(case)


_STEPS: Final[Sequence[tuple[Grade, Callable[[_Case], Iterator[Sentence]]]]] = (
    (Grade.A, _in_the_way_of_a),
    (Grade.B, _in_the_way_of_b),
    (Grade.C, _in_the_way_of_c),
    (Grade.D, _in_the_way_of_d),
)


def _lack(part: str) -> str:
    return f"lacking.{part}" if part in _KNOWN_LACKS else "lacking.something"


def _below_upheld(case: _Case, step: Grade) -> list[Sentence]:
    return [] if case.happening.upholds is step else [Sentence.of("lacking.own_act")]


def _bought(case: _Case) -> Iterator[Sentence]:
    if case.happening.asks and not case.happening.provenance.may_grant:
        yield Sentence.of("lacking.own_consent")


def _unpinned(case: _Case) -> Iterator[Sentence]:
    happening = case.happening
    if not happening.needs_wording:
        return
    shown = {each.sha256 for each in case.of(EvidenceKind.DISCLOSURE) if each.sha256}
    if happening.disclosure is None:
        yield Sentence.of("lacking.wording")
    elif shown and happening.disclosure not in shown:
        yield Sentence.of("lacking.same_wording")


def _contradicted(case: _Case) -> Iterator[Sentence]:
    """The handset answers for itself: what a form did before it asked takes nothing from a yes that was texted."""
    if case.happening.asks and not case.is_of_handset:
        yield from (each.sentence for each in case.findings if each.is_contradiction)


def _shown_badly(case: _Case, severity: Severity) -> Iterator[Sentence]:
    if case.happening.asks:
        yield from (each.sentence for each in case.findings if each.severity is severity)


# --- what is said of it --------------------------------------------------------------------------------------


def _reasons(case: _Case, reached: Grade) -> Iterator[Sentence]:
    happening = case.happening
    if case.is_silence and reached is not Grade.E:
        yield Sentence.of("graded.upheld", grade=reached.value)
        return
    match reached:
        case Grade.A if happening.route == CODE and not case.has({EvidenceKind.INBOUND_TEXT}):
            yield Sentence.of("graded.a.code")
        case Grade.A if happening.route == CONFIRM_LINK:
            yield Sentence.of("graded.a.link")
        case Grade.A:
            yield Sentence.of("graded.a" if happening.needs_wording else "graded.a.act")
        case Grade.B:
            yield Sentence.of("graded.b" if happening.needs_wording else "graded.b.act")
        case Grade.C:
            kinds = (EvidenceKind.SCAN, EvidenceKind.RECORDING, EvidenceKind.ATTESTATION)
            found = [kind for kind in kinds if case.has({kind})]
            yield from (Sentence.of(f"graded.c.{kind.value}") for kind in found)
            if not found:
                yield Sentence.of(f"graded.c.{happening.actor.value}")
        case Grade.D:
            yield Sentence.of("graded.d.row" if happening.actor in _ELSEWHERE else "graded.d.recorded")
        case Grade.E:
            yield Sentence.of("graded.e")


def _unproved(case: _Case, reached: Grade) -> Iterator[Sentence]:
    happening = case.happening
    if reached is Grade.E:
        yield Sentence.of("unproved.agreed" if happening.asks else "unproved.happened")
    if reached is Grade.D:
        yield Sentence.of("unproved.seen")
    if reached is Grade.C:
        yield Sentence.of("unproved.true")
    if happening.actor is Actor.HANDSET:
        yield Sentence.of("unproved.holder")
        if happening.route == CONFIRM_LINK:
            yield Sentence.of("unproved.passed_on")
    elif happening.actor is not Actor.SYSTEM:
        yield Sentence.of("unproved.owner")
    if happening.needs_wording:
        yield Sentence.of("unproved.read")
    yield Sentence.of("unproved.nothing_after")


def _remarks(case: _Case) -> Iterator[Sentence]:
    happening = case.happening
    yield from _timing(happening.received_at - happening.occurred_at)
    if not happening.is_witnessed:
        yield Sentence.of("remark.not_yet_witnessed")
    if case.has(_BY_CLIENT):
        yield Sentence.of("remark.asserted_by_client")
    if happening.route in READ:
        yield Sentence.of("remark.read_from_words")
    yield from (each.sentence for each in case.findings if each.severity is not Severity.ERROR)
    if case.is_of_handset:
        yield from _shown_badly(case, Severity.ERROR)


def _timing(delay: timedelta) -> Iterator[Sentence]:
    """In the largest unit of which there are two."""
    if delay < timedelta():
        if -delay > LATER:
            yield Sentence.of("remark.dated_ahead")
        return
    if delay <= LATER:
        return
    for unit, length in _UNITS:
        if delay >= 2 * length or unit == "minutes":
            yield Sentence.of(f"remark.recorded_later.{unit}", count=delay // length)
            return


_UNITS: Final = (
    ("days", timedelta(days=1)),
    ("hours", timedelta(hours=1)),
    ("minutes", timedelta(minutes=1)),
)
