"""Consent events in the order of a story: each builder gives one whole event, minutes apart by its place."""

from datetime import UTC, datetime, timedelta
from typing import Any

from yesword.domain.events import FREE_TEXT, Actor, Basis, ConsentEvent, EventKind, Grade, Scope
from yesword.domain.ids import BrandId, ContactId, EventId, ProgramId

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLUB = ProgramId(1)
NEWS = ProgramId(2)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def event(kind: EventKind, seq: int, program: ProgramId | None = CLUB, **changes: Any) -> ConsentEvent:
    """One event of Acme and one contact, by the handset unless said otherwise, received `seq` minutes into the story."""
    received_at = changes.pop("received_at", at(seq))
    fields: dict[str, Any] = {
        "id": EventId(1000 + seq),
        "brand": BrandId(1),
        "contact": ContactId(7),
        "seq": seq,
        "kind": kind,
        "scope": Scope(program=program),
        "actor": Actor.HANDSET,
        "route": "reply",
        "occurred_at": received_at,
        "received_at": received_at,
    }
    return ConsentEvent(**(fields | changes))


def granted(seq: int, program: ProgramId | None = CLUB, **changes: Any) -> ConsentEvent:
    defaults = {"basis": Basis.EXPRESS_WRITTEN, "grade": Grade.A, "route": "keyword"}
    return event(changes.pop("kind", EventKind.GRANTED), seq, program, **(defaults | changes))


def imported(seq: int, program: ProgramId | None = CLUB, **changes: Any) -> ConsentEvent:
    defaults = {"basis": Basis.EXPRESS, "grade": Grade.D, "actor": Actor.IMPORT, "route": "import"}
    return event(EventKind.GRANTED, seq, program, **(defaults | changes))


def requested(seq: int, program: ProgramId | None = CLUB, **changes: Any) -> ConsentEvent:
    return event(EventKind.REQUESTED, seq, program, **({"lapses_at": at(seq + 60)} | changes))


def confirmed(seq: int, request: ConsentEvent, **changes: Any) -> ConsentEvent:
    defaults = {
        "basis": Basis.EXPRESS_WRITTEN,
        "grade": Grade.A,
        "answers": request.id,
        "scope": request.scope,
    }
    return event(EventKind.CONFIRMED, seq, request.scope.program, **(defaults | changes))


def withdrawn(seq: int, program: ProgramId | None = None, **changes: Any) -> ConsentEvent:
    return event(EventKind.WITHDRAWN, seq, program, **changes)


def read_as_stop(seq: int, program: ProgramId | None = None, **changes: Any) -> ConsentEvent:
    """A stop that was read from free text, and so may have been misread."""
    return withdrawn(seq, program, route=FREE_TEXT, **changes)


def corrected(seq: int, stop: ConsentEvent, **changes: Any) -> ConsentEvent:
    defaults = {"actor": Actor.AGENT, "route": "triage", "reason": "they wrote: stop by at five"}
    return event(EventKind.CORRECTED, seq, stop.scope.program, **(defaults | {"answers": stop.id} | changes))
