"""`check`: the decision for a text that is not sent. `why`: a past decision, computed again from what was stored."""

import json
from dataclasses import dataclass
from datetime import datetime

from yesword.consent import stranger
from yesword.domain import codec
from yesword.domain.decisions import Decision, GateVersions
from yesword.domain.errors import YeswordError
from yesword.domain.explain import render, verdict_sentence
from yesword.domain.facts import GateFacts, MessageFacts
from yesword.domain.gate import decide, versions
from yesword.domain.ids import MessageId, bucket_of, to_text
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.programs import Program
from yesword.sending.weighing import Background, Offer, Scales, Weighed, asks_for_consent, backgrounds
from yesword.sending.writing import write_text
from yesword.store import contacts, programs
from yesword.store.contacts import Contact
from yesword.store.opening import Store


class NoDecisionError(YeswordError):
    """Message {message} has no decision: nobody has asked the gate about it yet, or there is no such message."""

    code = "no_decision"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recomputed:
    """A stored decision beside the same question asked again."""

    stored: Decision
    again: Decision
    facts: GateFacts
    is_same: bool  # byte for byte
    differing: tuple[str, ...]  # what of gate, packs, tz and phone is not as it was


def why(store: Store, scales: Scales, message: MessageId) -> list[Recomputed]:
    """Every decision about a message, oldest first, each computed again from its stored facts."""
    with store.database.read() as session:
        rows = session.rows("decisions_of_message", bucket=bucket_of(message), message_id=message)
    if not rows:
        raise NoDecisionError(message=to_text("msg", message))
    return [recompute(scales, bytes(body), bytes(facts), then) for _, _, _, body, facts, then in rows]


def recompute(scales: Scales, body: bytes, stored_facts: bytes, stored_versions: str) -> Recomputed:
    facts = codec.loads(GateFacts, stored_facts)
    stored = Decision.from_bytes(body)
    again = decide(facts, scales.rules, stored.at)
    then = GateVersions(**json.loads(stored_versions))
    return Recomputed(
        stored=stored,
        again=again,
        facts=facts,
        is_same=again.to_bytes() == body,
        differing=then.differing(versions(scales.rules)),
    )


def sentence_of(decision: Decision) -> str:
    """The decision in one English sentence or two, for the terminal."""
    if decision.reasons:
        return f"{render(decision.reasons[0].sentence)} {render(decision.reasons[0].remedy)}"
    return render(verdict_sentence(decision))


def check(
    store: Store,
    scales: Scales,
    person: Contact,
    program: Program,
    at: datetime,
    *,
    text: str | None = None,
    kind: MessageKind = MessageKind.CAMPAIGN,
    message_class: MessageClass | None = None,
) -> Weighed:
    """What the gate would say if this were to go to the person at that moment. Nothing is stored."""
    with store.database.read() as session:
        standings = contacts.standings(session, [person.id])
        asking = [person.id] if asks_for_consent(kind) else []
        before = backgrounds(session, standings, at, asking=asking)
        # Whoever was erased is nobody here, but their stop holds, as it does when a text is to go.
        known = standings.get(person.id)
        state = stranger(store, session, person) if known is None else known.state
    offer = Offer(
        brand=scales.brand(program.brand),
        program=program,
        program_facts=scales.program_facts(program),
        sender=programs.sender_of(program),
        message=MessageFacts(
            message_class=message_class or program.message_class, kind=kind, categories=program.categories
        ),
    )
    background = before.get(person.id, Background())
    if text is None:
        return scales.weigh(offer, person, state, background, None, at)
    return write_text(scales, offer, text, person, state, background, at).weighed
