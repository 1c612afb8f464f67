"""Facts for the gate, short to write: a granted promotional campaign to a person in Amsterdam at noon, but for what
a test says otherwise."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from yesword.domain.events import Basis, Grade, Scope
from yesword.domain.facts import (
    BrandFacts,
    ContactFacts,
    GateFacts,
    MessageFacts,
    ProgramFacts,
    SenderFacts,
    SentFact,
    TextFacts,
)
from yesword.domain.ids import EventId, ProgramId
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.places import Place, PlaceEvidence
from yesword.domain.programs import Frequency
from yesword.domain.state import ConsentState, Grant, Request, Withdrawal

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)  # a Monday; 12:00 in Amsterdam
CLUB = ProgramId(7)
EVENTS = ProgramId(8)


def place(country: str, zone: str, region: str | None = None) -> Place:
    return Place(country=country, region=region, zone=zone, evidence=PlaceEvidence.COUNTRY)


AMSTERDAM = place("NL", "Europe/Amsterdam")
MIAMI = place("US", "America/New_York", "US-FL")
PENSACOLA = place("US", "America/Chicago", "US-FL")
HOUSTON = place("US", "America/Chicago", "US-TX")


def grant(program: ProgramId | None = CLUB, **changes: Any) -> Grant:
    usual = Grant(
        event=EventId(1),
        seq=1,
        scope=Scope(program=program),
        basis=Basis.EXPRESS_WRITTEN,
        grade=Grade.A,
        since=datetime(2026, 11, 1, tzinfo=UTC),
        is_confirmed=True,
    )
    return replace(usual, **changes)


def granted(*grants: Grant, **changes: Any) -> ConsentState:
    return replace(ConsentState(seq=1, grants=grants or (grant(),)), **changes)


def stopped(
    at: datetime = NOON, program: ProgramId | None = None, *, seq: int = 2, route: str = "reply"
) -> ConsentState:
    stop = Withdrawal(event=EventId(seq), seq=seq, scope=Scope(program=program), at=at, route=route)
    return ConsentState(seq=seq, withdrawals=(stop,), stops=((program, seq),))


def requested(at: datetime = NOON, *, lapses_at: datetime, from_handset: bool = True) -> ConsentState:
    request = Request(
        event=EventId(5),
        seq=5,
        scope=Scope(program=CLUB),
        asked_at=at,
        lapses_at=lapses_at,
        is_from_handset=from_handset,
    )
    return ConsentState(seq=5, requests=(request,))


def message(kind: MessageKind = MessageKind.CAMPAIGN, **changes: Any) -> MessageFacts:
    return replace(MessageFacts(message_class=MessageClass.PROMOTIONAL, kind=kind), **changes)


def service(kind: MessageKind, **changes: Any) -> MessageFacts:
    return message(kind, message_class=MessageClass.SERVICE, **changes)


def sent(at: datetime, program: ProgramId | None = CLUB, subject: str = "") -> SentFact:
    return SentFact(at=at, program=program, subject=subject, message_class=MessageClass.PROMOTIONAL)


PROGRAM = ProgramFacts(
    id=CLUB,
    version=1,
    key="club",
    purpose="offers",
    categories=("shoes",),
    frequency=Frequency(count=20, days=30),
)
SENDER = SenderFacts(address="800123", kind="short_code", can_receive=True)
NAME_AS_SENDER = SenderFacts(address="Acme", kind="alphanumeric", can_receive=False)
TEXT = TextFacts(encoding="GSM-7", segments=1, names_brand=True, has_way_out=True, has_way_out_elsewhere=True)


def question(
    *,
    asked: MessageFacts | None = None,
    state: ConsentState | None = None,
    places: tuple[Place, ...] = (AMSTERDAM,),
    contact: dict[str, Any] | None = None,
    **changes: Any,
) -> GateFacts:
    person = ContactFacts(
        country=places[0].country if places else "NL",
        may_text=True,
        places=places,
        state=granted() if state is None else state,
    )
    facts = GateFacts(
        message=asked or message(),
        brand=BrandFacts(country="NL"),
        contact=replace(person, **(contact or {})),
        program=PROGRAM,
        sender=SENDER,
        text=TEXT,
    )
    return replace(facts, **changes)
