"""When a text that asks for consent may go, by the number alone: what a page says at night to whoever typed one.

Nobody is looked up, so the answer is the same whether the number is known or not. Whoever is known may be elsewhere, and
then the gate holds their text to the hours there.
"""

from dataclasses import dataclass
from datetime import datetime

from yesword.consent.asking import REQUEST_HELD
from yesword.domain.facts import MessageFacts
from yesword.domain.gate.case import Case
from yesword.domain.gate.waits import waiting
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.phone import PhoneNumber
from yesword.domain.places import places_for
from yesword.domain.programs import Program
from yesword.domain.state import EMPTY
from yesword.sending.weighing import Background, Offer, Scales
from yesword.store import contacts, programs

_UTC = "UTC"


@dataclass(frozen=True, kw_only=True, slots=True)
class AskingTime:
    """When the question of such a number goes, and on whose clocks that is told."""

    at: datetime | None  # None: at no lawful hour while the form still counts
    zone: str


def asking_time(scales: Scales, program: Program, number: PhoneNumber, at: datetime) -> AskingTime:
    """`at` itself where it may go now."""
    places = places_for(number)
    offer = Offer(
        brand=scales.brand(program.brand),
        program=program,
        program_facts=scales.program_facts(program),
        sender=programs.sender_of(program),
        message=MessageFacts(
            message_class=MessageClass.SERVICE,
            kind=MessageKind.CONSENT_REQUEST,
            categories=program.categories,
        ),
    )
    facts = scales.facts(
        offer, contacts.unmet(program.brand, number, at), EMPTY, Background(), text=None, at=at
    )
    found = waiting(Case(facts, scales.rules, at))
    opens_at = at if found is None else found.until
    if opens_at is not None and opens_at > at + REQUEST_HELD:
        opens_at = None
    # Of several zones the first: a number tells a country or a region, and whose clocks these are is said.
    return AskingTime(
        at=None if opens_at is None else max(opens_at, at), zone=places[0].zone if places else _UTC
    )
