"""Appending to the record: the only place where consent events are written.

Each event gets its number under the standing's lock, is folded into the state, cut into six sections, salted, sealed and
hashed into a ledger entry, and put into the outbox, all in the caller's transaction. Nothing has to be filled in later.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from yesword.consent.journaling import journal
from yesword.domain import codec, composing, ids
from yesword.domain.events import Actor, Basis, ConsentEvent, EventKind, Grade, Limits, Preferences, Scope
from yesword.domain.ids import ContactId, EventId, bucket_of
from yesword.domain.parties import Provenance, Relation
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState, apply
from yesword.domain.times import iso_millis, to_micros
from yesword.ledger.entry import JsonObject, SectionValue, canonical, make_entry
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow, disclosure_digest
from yesword.store.sealing import Seal


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Draft:
    """An event that is about to happen, with its evidence. Ids, numbers and hashes are given when it is appended."""

    kind: EventKind
    scope: Scope
    actor: Actor
    route: str
    occurred_at: datetime
    received_at: datetime
    program: Program | None = None
    basis: Basis | None = None
    grade: Grade | None = None
    limits: Limits = Limits()
    preferences: Preferences | None = None
    answers: EventId | None = None
    lapses_at: datetime | None = None
    language: str | None = None
    reason: str | None = None
    relation: Relation | None = None  # to the brand, where the person is a customer
    provenance: Provenance = Provenance.OWN
    context: JsonObject = field(default_factory=dict)
    evidence: Sequence[JsonObject] = ()
    wording: str | None = None  # what was shown, where it was not the program's own disclosure
    says: JsonObject = field(default_factory=dict)  # more members of the section `event`


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    events: tuple[ConsentEvent, ...]
    state: ConsentState

    @property
    def seq(self) -> int:
        return self.state.seq


def append(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    drafts: Sequence[Draft],
    at: datetime,
    *,
    seal: Seal | None = None,
) -> Recorded:
    """Append events to one contact's record, in order. `seal`: another key than the contact's, which is about to go."""
    seals = None if seal is None else {contact.id: seal}
    return append_many(store, session, brand, [(contact, drafts)], at, seals=seals)[contact.id]


def append_many(
    store: Store,
    session: Session,
    brand: BrandRow,
    changes: Sequence[tuple[Contact, Sequence[Draft]]],
    at: datetime,
    *,
    seals: Mapping[ContactId, Seal] | None = None,
) -> dict[ContactId, Recorded]:
    """Append to many records at once, taking the locks in ascending order, so that two batches never deadlock."""
    recorded = {}
    events: list[dict[str, object]] = []
    settled: list[dict[str, object]] = []
    seals = seals or store.vault.seals(contact.id for contact, _ in changes)
    for contact, drafts in sorted(changes, key=lambda change: change[0].id):
        row = session.first(
            "raise_standing", events=len(drafts), bucket=contact.bucket, contact_id=contact.id
        )
        assert row is not None, "a contact always has a standing"
        state = ConsentState.from_bytes(bytes(row[1]))
        leaf = bytes(row[2]) if row[2] is not None else None
        first = row[0] - len(drafts) + 1
        made = []
        for seq, draft in enumerate(drafts, first):
            event = _event(store, contact, draft, seq)
            state = apply(state, event)
            body = codec.dumps(event)
            told = event_section(event, draft.program.key if draft.program else None, leaf, body, at)
            entry = make_entry(_sections(event, {**told, **draft.says}, draft, contact, brand))
            leaf = entry.leaf_hash
            sealed = _sealed(entry.disclosures, seals[contact.id], brand.origin, event.id)
            events.append(
                {
                    "bucket": contact.bucket,
                    "id": event.id,
                    "event_id": event.id,
                    "brand_id": event.brand,
                    "contact_id": event.contact,
                    "seq": event.seq,
                    "kind": event.kind.value,
                    "program_id": event.scope.program,
                    "received_at": to_micros(event.received_at),
                    "recorded_at": to_micros(at),
                    "created_at": to_micros(at),
                    "body": body,
                    "entry": entry.entry,
                    "leaf_hash": entry.leaf_hash,
                    "sealed": sealed,
                }
            )
            made.append(event)
        settled.append(
            {
                "bucket": contact.bucket,
                "contact_id": contact.id,
                "state": state.to_bytes(),
                "stop_seq": state.stop_seq_for(None),
                "last_leaf": leaf,
            }
        )
        recorded[contact.id] = Recorded(events=tuple(made), state=state)
    journal(store, session, ((contact, recorded[contact.id].events) for contact, _ in changes))
    session.many("insert_event", events)
    session.many("insert_outbox", events)
    session.many("settle_standing", settled)
    return recorded


def seal_place(origin: str, event_id: int) -> bytes:
    """Binds sealed disclosures to their ledger and event; the index in the tree is given only later."""
    return f"disclosures:{origin}:{event_id}".encode()


def open_sections(seal: Seal, sealed: bytes, origin: str, event_id: int) -> list[str]:
    """The disclosures of an event, as they were hashed."""
    return codec.loads(list, seal.open(sealed, seal_place(origin, event_id)))


def _sealed(disclosures: Sequence[str], seal: Seal, origin: str, event_id: int) -> bytes:
    return seal.close(codec.dumps(list(disclosures)), seal_place(origin, event_id))


def _event(store: Store, contact: Contact, draft: Draft, seq: int) -> ConsentEvent:
    return ConsentEvent(
        id=EventId(store.ids.make(bucket_of(contact.id))),
        brand=contact.brand,
        contact=contact.id,
        seq=seq,
        kind=draft.kind,
        scope=draft.scope,
        actor=draft.actor,
        route=draft.route,
        occurred_at=draft.occurred_at,
        received_at=draft.received_at,
        program_version=draft.program.version if draft.program else None,
        basis=draft.basis,
        grade=draft.grade,
        limits=draft.limits,
        preferences=draft.preferences,
        answers=draft.answers,
        lapses_at=draft.lapses_at,
        language=draft.language,
        disclosure=_wording_digest(draft),
        reason=draft.reason,
        relation=draft.relation,
        provenance=draft.provenance,
    )


def _wording(draft: Draft) -> str | None:
    if draft.wording is not None:
        return draft.wording
    if draft.program is None or draft.language is None or draft.kind not in _SHOWS_WORDING:
        return None
    return composing.disclosure(draft.program, draft.language)


_SHOWS_WORDING = {EventKind.REQUESTED, EventKind.GRANTED, EventKind.CONFIRMED, EventKind.RENEWED}


def _wording_digest(draft: Draft) -> str | None:
    wording = _wording(draft)
    return None if wording is None else disclosure_digest(wording)


def event_section(
    event: ConsentEvent, program_key: str | None, previous: bytes | None, body: bytes, recorded_at: datetime
) -> JsonObject:
    """The section that says what happened. Ids are text: JSON numbers end at 2^53.

    Under the digest of the stored row stands all of it, also what is not told here, such as scopes and limits.
    """
    return {
        "id": ids.to_text("evt", event.id),
        "type": event.kind.value,
        "occurred_at": iso_millis(event.occurred_at),
        "received_at": iso_millis(event.received_at),
        "recorded_at": iso_millis(recorded_at),
        "program": program_key,
        "method": event.route,
        "seq": event.seq,
        "prev": previous.hex() if previous else None,
        "actor": event.actor.value,
        "basis": event.basis.value if event.basis else None,
        "grade": event.grade.value if event.grade else None,
        "answers": ids.to_text("evt", event.answers) if event.answers else None,
        "reason": event.reason,
        "row_sha256": hashlib.sha256(body).hexdigest(),
        **_background(event),
    }


def _sections(
    event: ConsentEvent, told: JsonObject, draft: Draft, contact: Contact, brand: BrandRow
) -> Mapping[str, SectionValue]:
    """The six sections of the proof format."""
    program = draft.program
    sections: dict[str, SectionValue] = {
        "event": told,
        "terms": {
            "controller": brand.name,
            "purposes": [program.purpose] if program else [],
            "categories": list(program.categories) if program else [],
            "legal_basis": event.basis.value if event.basis else None,
            "jurisdiction": brand.country,
            "retention_policy_id": "default",
        },
    }
    if event.kind is not EventKind.ERASED:  # which is about nobody any more
        sections["subject"] = {
            "phone": contact.number,
            "name": contact.name or None,
            "subject_id": contact.subject,
            "verified_by": "inbound_text" if event.actor is Actor.HANDSET else None,
        }
        sections["context"] = draft.context
        sections["evidence"] = list(draft.evidence)
    wording = _wording(draft)
    if wording is not None:
        sections["notice"] = {
            "id": program.key if program else "",
            "version": program.version if program else 0,
            "lang": event.language,
            "sha256": event.disclosure,
            "text": wording,
        }
    return sections


def _background(event: ConsentEvent) -> JsonObject:
    """What few events have: how the person is a customer, and that the consent was not given to the brand itself."""
    found: dict[str, SectionValue] = {}
    if event.relation is not None:
        found["relation"] = {
            "origin": event.relation.origin.value,
            "at": iso_millis(event.relation.at),
            "was_told": event.relation.was_told,
            "is_same_entity": event.relation.is_same_entity,
            "categories": list(event.relation.categories),
        }
    if event.provenance is not Provenance.OWN:
        found["provenance"] = event.provenance.value
    return found


def text_evidence(kind: str, body: str, row_id: int) -> JsonObject:
    """What an inbound text leaves in the record: its digest under the entry's own salt, and where it is kept."""
    data = body.encode(errors="replace")
    return {
        "kind": kind,
        "sha256": disclosure_digest(data.decode()),
        "size": len(data),
        "media_type": "text/plain; charset=utf-8",
        "ref": ids.to_text("inb", row_id),
    }


def row_evidence(kind: str, row: JsonObject, ref: str) -> JsonObject:
    data = canonical(row)
    return {
        "kind": kind,
        "sha256": disclosure_digest(data.decode()),
        "size": len(data),
        "media_type": "application/json",
        "ref": ref,
        "row": row,
    }
