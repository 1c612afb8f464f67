"""A person's story as a consent record takes it in: events folded for real, a German brand and an American one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from factories.events import CLUB, at
from yesword.domain.events import ConsentEvent, EventKind
from yesword.domain.ids import ProgramId, to_text
from yesword.domain.state import EMPTY, apply
from yesword.proof.records import (
    ConsentRecordInput,
    Notice,
    Party,
    Purpose,
    Recipient,
    RecordedEvent,
    SubjectRef,
)

ORIGIN = "sms.example/ledger/brand"
RECORD_ID = UUID("6f0c4a5e-8a0b-4c57-9a39-0d6a3a6f8f10")
RECEIPT_ID = UUID("0d1c9f0a-3f59-4b35-8a6b-4f2f4a8d9f3e")
WORDING = "Ja, Angebote per SMS von Brand, bis zu vier im Monat. „STOP“ beendet."
DIGEST = sha256(WORDING.encode()).hexdigest()

_SHOWS_WORDING = (EventKind.REQUESTED, EventKind.GRANTED, EventKind.CONFIRMED)

BRAND = Party(
    name="Brand GmbH",
    address="Lange Straße 1, 10115 Berlin",
    country="DE",
    email="privacy@brand.example",
    phone="+49 30 5550100",
    url="https://brand.example",
)
HOST = Party(
    name="Text Hosting AB",
    address="Storgatan 2, 111 23 Stockholm",
    country="SE",
    email="privacy@sms.example",
    phone="",
    url="https://sms.example/",
)
CARRIER = Recipient(name="Carrier AG", url="https://carrier.example")
STORE = replace(BRAND, name="Store Inc.", address="1 Main St, Tampa, FL 33602", country="US")


def recorded(
    events: Sequence[ConsentEvent], program: ProgramId = CLUB, **changes: Any
) -> tuple[RecordedEvent, ...]:
    """Those events that speak of the program, each with the grant that the real fold says stood after it."""
    state, found = EMPTY, []
    for place, event in enumerate(events):
        state = apply(state, event)
        if event.scope.program not in (None, program):
            continue
        grant = state.grant_for(program)
        fields: dict[str, Any] = {
            "id": to_text("evt", event.id),
            "seq": event.seq,
            "kind": event.kind,
            "actor": event.actor,
            "method": event.route,
            "occurred_at": event.occurred_at,
            "received_at": event.received_at,
            "rests_on": None if grant is None else to_text("evt", grant.event),
            "log_origin": ORIGIN,
            "leaf_hash": sha256(str(event.id).encode()).digest(),
            "leaf_index": 500 + place,
            "program": None if event.scope.program is None else "club",
            "basis": event.basis,
            "grade": event.grade,
            "reason": event.reason,
            "answers": None if event.answers is None else to_text("evt", event.answers),
            "ends_at": event.lapses_at or event.limits.ends_at,
            "notice": DIGEST if event.kind in _SHOWS_WORDING else None,
        }
        found.append(RecordedEvent(**(fields | changes)))
    return tuple(found)


def german(story: Sequence[ConsentEvent], **changes: Any) -> ConsentRecordInput:
    fields: dict[str, Any] = {
        "id": RECORD_ID,
        "created_at": at(0.5),
        "subject": SubjectRef(id="b7f0c1d2"),
        "program": "club",
        "service": "Club",
        "controller": BRAND,
        "purposes": (Purpose(key="offers", description="Angebote per SMS", is_promotional=True),),
        "categories": ("shoes",),
        "jurisdictions": ("DE",),
        "is_under_gdpr": True,
        "rules": ("de.uwg-7.2",),
        "notices": (
            Notice(id="club", version=7, language="de", date=date(2026, 1, 1), sha256=DIGEST, text=WORDING),
        ),
        "events": recorded(story),
        "processors": (HOST,),
        "recipients": (CARRIER,),
        "stored_in": ("DE", "SE"),
        "retention": "P5Y",
        "withdraw_url": "https://brand.example/stop",
        "withdraw_how": "STOP an 800123",
        "rights_url": "https://brand.example/privacy#rights",
        "policy_url": "https://brand.example/privacy",
    }
    return ConsentRecordInput(**(fields | changes))


def american(story: Sequence[ConsentEvent], **changes: Any) -> ConsentRecordInput:
    fields: dict[str, Any] = {
        "controller": STORE,
        "jurisdictions": ("US", "US-FL"),
        "stored_in": ("US",),
        "is_under_gdpr": False,
        "rules": ("us.tcpa.cs", "us-fl.501.059.cs"),
        "processors": (),
    }
    return german(story, **(fields | changes))
