"""How well the events of a person are backed, by all that is kept of them: for receipts, packs, pages and commands.

How evidence is weighed stands in the domain; here it is fetched. The grade that was written when an event was recorded
stays there; this one is computed anew, so that it can say why, and what it does not prove.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from yesword.domain.decisions import Argument, Sentence
from yesword.domain.errors import YeswordError
from yesword.domain.events import Actor, ConsentEvent, EventKind, Grade
from yesword.domain.evidence import Evidence, EvidenceKind, Graded, Happening, grade
from yesword.domain.evidence.presentation import Finding
from yesword.domain.ids import EventId, to_text
from yesword.domain.linting.finding import Severity
from yesword.domain.state import EMPTY, ConsentState, apply
from yesword.ledger.entry import JsonObject, JsonValue, SectionValue
from yesword.proof.evidence.opening import items_in, record_of
from yesword.proof.proofs import vouched
from yesword.store import ledgers
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store

_KINDS: Final = frozenset(each.value for each in EvidenceKind)
_SEVERITIES: Final = frozenset(each.value for each in Severity)


class NoSuchEventError(YeswordError):
    """There is no event {id} in the record of this person. Copy it whole from a receipt or a list."""

    code = "evidence_no_such_event"


def graded(store: Store, contact: Contact, event: EventId) -> Graded | None:
    """How well one event is backed; None where its evidence was erased, so that nobody can say. Raises NoSuchEventError."""
    found = graded_record(store, contact)
    if event not in found:
        raise NoSuchEventError(id=to_text("evt", event))
    return found[event]


def graded_record(store: Store, contact: Contact) -> Mapping[EventId, Graded | None]:
    """The same of every event of a person, oldest first."""
    found: dict[EventId, Graded | None] = {}
    state = EMPTY
    with store.database.read() as session:
        record = list(record_of(store, session, contact))
        witnessed = _witnessed(session, [each.event.id for each in record])
        for each in record:
            state = apply(state, each.event)
            happening = Happening.of(
                each.event, upholds=_upheld(state, each.event), is_witnessed=each.event.id in witnessed
            )
            found[each.event.id] = grade(happening, evidence_in(each.sections)) if each.has_evidence else None
    return found


def _witnessed(session: Session, events: Iterable[EventId]) -> set[int]:
    """The events that stand under a checkpoint which a witness has signed."""
    places = ledgers.places(session, events)
    return {event for event, place in places.items() if vouched(session, place).witnesses}


def _upheld(state: ConsentState, event: ConsentEvent) -> Grade | None:
    """Of a renewal that nobody answered: the grade of the grant that went on."""
    if event.kind is not EventKind.RENEWED or event.actor is not Actor.SYSTEM:
        return None
    return next((grant.grade for grant in state.grants if grant.event == event.answers), None)


# --- evidence as the record holds it -------------------------------------------------------------------------


def evidence_in(sections: Mapping[str, SectionValue]) -> tuple[Evidence, ...]:
    """The evidence of an event, from its opened sections. What is of no known kind is left out."""
    context = sections.get("context")
    lacks = context.get("lacks") if isinstance(context, Mapping) else None
    return evidence_of(items_in(sections), tuple(map(str, lacks)) if isinstance(lacks, list) else ())


def evidence_of(items: Iterable[JsonObject], lacks: tuple[str, ...] = ()) -> tuple[Evidence, ...]:
    """The same of items that are about to be recorded. `lacks`: what a row of a file does not say."""
    return tuple(
        Evidence(
            kind=EvidenceKind(str(item["kind"])),
            sha256=str(item.get("sha256", "")),
            lacks=lacks if item["kind"] == EvidenceKind.IMPORT_ROW.value else (),
            findings=tuple(_findings(item.get("findings"))),
        )
        for item in items
        if item.get("kind") in _KINDS
    )


def told(findings: Iterable[Finding]) -> list[JsonValue]:
    """Findings as the record holds them: they stay when the file that they were found in goes."""
    return [
        {
            "code": each.code,
            "severity": each.severity.value,
            "is_contradiction": each.is_contradiction,
            "sentence": each.sentence.id,
            "args": [[name, value] for name, value in each.sentence.args],  # in their order
        }
        for each in findings
    ]


def _findings(listed: JsonValue) -> Iterator[Finding]:
    for each in listed if isinstance(listed, list) else ():
        if not isinstance(each, Mapping) or each.get("severity") not in _SEVERITIES:
            continue
        yield Finding(
            code=str(each.get("code", "")),
            severity=Severity(str(each["severity"])),
            sentence=Sentence(id=str(each.get("sentence", "")), args=tuple(_args(each.get("args")))),
            is_contradiction=each.get("is_contradiction") is True,
        )


def _args(listed: JsonValue) -> Iterator[tuple[str, Argument]]:
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, list) and len(each) == 2:
            name, value = each
            yield str(name), value if isinstance(value, int) else str(value)
