"""Facts for a text that nobody has planned: what the gate is told when somebody only asks.

A question says what consent it supposes; here that becomes a state that holds exactly this and no more.
"""

import enum
from dataclasses import replace
from datetime import datetime

from yesword.domain.composing import text_facts
from yesword.domain.events import Basis, Grade, Scope
from yesword.domain.facts import BrandFacts, ContactFacts, GateFacts, MessageFacts, SenderFacts, TextFacts
from yesword.domain.ids import EventId
from yesword.domain.messages import KINDS, MessageClass, MessageKind, Standing
from yesword.domain.parties import Origin, Relation
from yesword.domain.places import Place
from yesword.domain.state import EMPTY, ConsentState, Grant, Request, Withdrawal

_SUPPOSED = EventId(0)


class Supposed(enum.StrEnum):
    """The consent that a question supposes."""

    EXPRESS_WRITTEN = "express_written"
    EXPRESS = "express"
    CUSTOMER = "customer"
    CONVERSATION = "conversation"
    TRIGGER = "trigger"
    NONE = "none"


USUAL_CLASS = {
    MessageKind.CAMPAIGN: MessageClass.PROMOTIONAL,
    MessageKind.REMINDER: MessageClass.INFORMATIONAL,
    MessageKind.SURVEY: MessageClass.INFORMATIONAL,
    MessageKind.CODE: MessageClass.TRANSACTIONAL,
    MessageKind.CONSENT_REQUEST: MessageClass.SERVICE,
    MessageKind.INVITATION: MessageClass.PROMOTIONAL,
    MessageKind.RENEWAL: MessageClass.INFORMATIONAL,
    MessageKind.WELCOME: MessageClass.SERVICE,
    MessageKind.STOP_REPLY: MessageClass.SERVICE,
    MessageKind.HELP_REPLY: MessageClass.SERVICE,
    MessageKind.REPLY: MessageClass.CONVERSATIONAL,
}


def usual_kind(consent: Supposed, message_class: MessageClass | None) -> MessageKind:
    """What a text is for, when only its class or the consent is told."""
    if message_class is MessageClass.CONVERSATIONAL or (
        consent is Supposed.CONVERSATION and message_class in (None, MessageClass.SERVICE)
    ):
        return MessageKind.REPLY
    if consent is Supposed.TRIGGER and message_class is not MessageClass.PROMOTIONAL:
        return MessageKind.REMINDER
    return MessageKind.CAMPAIGN


def supposing(
    consent: Supposed,
    *,
    kind: MessageKind,
    message_class: MessageClass | None,
    country: str,
    may_text: bool,
    places: tuple[Place, ...],
    brand: BrandFacts,
    at: datetime,
    text: TextFacts | None = None,
    sender: SenderFacts | None = None,
) -> GateFacts:
    """The facts of a first text to a person of whom nothing is known but the supposed consent, given at `at`.

    A request, a stop or a text of the person that the kind answers is supposed too, unless consent is `none`.
    """
    is_given = consent is not Supposed.NONE
    message = MessageFacts(
        message_class=message_class or USUAL_CLASS[kind],
        kind=kind,
        categories=(SIMILAR,) if consent is Supposed.CUSTOMER else (),
        answers=_SUPPOSED if is_given and KINDS[kind].rests_on is Standing.WITHDRAWAL else None,
        conversation_at=at if _is_conversation(consent, kind) else None,
        trigger="supposed" if _is_triggered(consent, kind) else None,
    )
    contact = ContactFacts(
        country=country,
        may_text=may_text,
        places=places,
        state=_state(consent, kind, at) if is_given else EMPTY,
        registries=None,
    )
    return GateFacts(message=message, brand=brand, contact=contact, text=text, sender=sender)


def _is_conversation(consent: Supposed, kind: MessageKind) -> bool:
    is_answer = KINDS[kind].rests_on is Standing.CONVERSATION
    return consent is Supposed.CONVERSATION or (is_answer and consent is not Supposed.NONE)


def _is_triggered(consent: Supposed, kind: MessageKind) -> bool:
    is_code = KINDS[kind].rests_on is Standing.TRIGGER
    return consent is Supposed.TRIGGER or (is_code and consent is not Supposed.NONE)


def _state(consent: Supposed, kind: MessageKind, at: datetime) -> ConsentState:
    standing = KINDS[kind].rests_on
    if standing is Standing.WITHDRAWAL:
        stop = Withdrawal(event=_SUPPOSED, seq=1, scope=Scope(), at=at, route="supposed")
        return ConsentState(seq=1, withdrawals=(stop,))
    if standing is Standing.REQUEST:
        # Nothing says that the person has just texted, so the hour is held to.
        request = Request(event=_SUPPOSED, seq=1, scope=Scope(), asked_at=at, lapses_at=at)
        return ConsentState(seq=1, requests=(request,))
    basis = Basis(consent.value)
    grant = Grant(
        event=_SUPPOSED,
        seq=1,
        scope=Scope(),
        basis=basis,
        grade=Grade.B if basis in (Basis.EXPRESS_WRITTEN, Basis.EXPRESS) else Grade.C,
        since=at,
        relation=_bought(at) if basis is Basis.CUSTOMER else None,
    )
    return ConsentState(seq=1, grants=(grant,))


SIMILAR = "what was bought"


def _bought(at: datetime) -> Relation:
    """A customer as laws would have it: of this very company, told that refusing is free, texted about the like."""
    return Relation(origin=Origin.SALE, at=at, was_told=True, categories=(SIMILAR,))


def wording_of(text: str, labels: tuple[tuple[str, str], ...]) -> TextFacts:
    """What can be told of a bare text. No brand is known to look for, so naming it is taken as given.

    `labels` are those that rules ask about, with their positions.
    """
    return replace(text_facts(text, "", labels), names_brand=True)
