"""Appending to the record: the only place where consent events are written.

Each event gets its number under the standing's lock, is folded into the state, cut into six sections, salted, sealed and
hashed into a ledger entry, and put into the outbox, all in the caller's transaction. Nothing has to be filled in later.
"""

import functools
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from yesword.consent.journaling import journal
from yesword.consent.reassigned import name_for
from yesword.consent.telling import Changed, tell_others
from yesword.domain import codec, composing, ids
from yesword.domain.events import (
    CONFIRM_LINK,
    Actor,
    Basis,
    ConsentEvent,
    EventKind,
    Grade,
    Limits,
    Preferences,
    Scope,
)
from yesword.domain.ids import ContactId, EventId, bucket_of
from yesword.domain.parties import Provenance, Relation
from yesword.domain.phone import telling_digits
from yesword.domain.programs import Program
from yesword.domain.retention import shipped_policies
from yesword.domain.state import EMPTY, ConsentState, apply
from yesword.domain.times import iso_millis, to_micros
from yesword.ledger.entry import JsonObject, SectionValue, Written, make_entry, written
from yesword.store import departures
from yesword.store.contacts import Contact
from yesword.store.database import Row, Session
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
    if not changes:
        return {}
    seals = seals or store.vault.seals(contact.id for contact, _ in changes)
    standings = lock(session, [contact.id for contact, _ in changes])
    composed = []
    for contact, drafts in sorted(changes, key=lambda change: change[0].id):
        before, state_bytes, last_leaf = standings[contact.id]  # a contact always has a standing
        place = _Place(
            seq=before,
            state=ConsentState.from_bytes(bytes(state_bytes)),
            leaf=bytes(last_leaf) if last_leaf is not None else None,
        )
        composed.append(_compose(store, brand, contact, drafts, place, seals[contact.id], at))
    return append_ready(store, session, composed)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Composed:
    """Events of one contact that are folded, hashed and sealed, and only have to be put into the store."""

    contact: Contact
    recorded: Recorded
    events: Sequence[Mapping[str, object]]
    settled: Mapping[str, object]
    at: datetime

    @property
    def changed(self) -> Changed:
        return self.contact, self.recorded.events, self.recorded.state

    @property
    def stands(self) -> Row:
        """Where the record stands once it is in the store, as `standings_to_write` has it."""
        return self.settled["seq"], self.settled["state"], self.settled["last_leaf"]


def compose_first(
    store: Store, brand: BrandRow, contact: Contact, drafts: Sequence[Draft], seal: Seal, at: datetime
) -> Composed:
    """The first events of somebody who is about to be met. What costs time is done before a transaction begins.

    It may be appended only in the very transaction in which the contact is made, or its places may be taken.
    """
    return _compose(store, brand, contact, drafts, _Place(), seal, at)


def append_ready(store: Store, session: Session, composed: Sequence[Composed]) -> dict[ContactId, Recorded]:
    """Put composed events into the store."""
    events = [event for each in composed for event in each.events]
    journal(store, session, ((each.contact, each.recorded.events) for each in composed))
    session.put("insert_event", events)
    session.put("insert_outbox", events)
    session.put("settle_standing", [each.settled for each in composed])
    if session.known is not None:
        session.known.update((_place_of(each.contact.id), each.stands) for each in composed)
    session.put_off(((store, each.at, each.changed) for each in composed), tell_others)
    session.put_off(
        ((each.contact.id, each.recorded.events, each.recorded.state) for each in composed), departures.note
    )
    return {each.contact.id: each.recorded for each in composed}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Place:
    """Where a record stands before more is appended to it."""

    seq: int = 0
    state: ConsentState = EMPTY
    leaf: bytes | None = None


def _compose(
    store: Store,
    brand: BrandRow,
    contact: Contact,
    drafts: Sequence[Draft],
    place: _Place,
    seal: Seal,
    at: datetime,
) -> Composed:
    recorded_at = to_micros(at)
    state, leaf = place.state, place.leaf
    made, events = [], []
    for seq, draft in enumerate(drafts, place.seq + 1):
        wording = _wording(draft, contact)
        event = _event(store, contact, draft, seq, wording)
        state = apply(state, event)
        body = codec.dumps(event)
        told = event_section(event, draft.program.key if draft.program else None, leaf, body, at)
        name = name_for(contact, event, state)
        entry = make_entry(_sections(event, {**told, **draft.says}, draft, wording, contact, name, brand))
        leaf = entry.leaf_hash
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
                "recorded_at": recorded_at,
                "created_at": recorded_at,
                "body": body,
                "entry": entry.entry,
                "leaf_hash": entry.leaf_hash,
                "sealed": _sealed(entry.disclosures, seal, brand.origin, event.id),
            }
        )
        made.append(event)
    return Composed(
        contact=contact,
        recorded=Recorded(events=tuple(made), state=state),
        events=events,
        settled={
            "bucket": contact.bucket,
            "contact_id": contact.id,
            "seq": place.seq + len(drafts),
            "state": state.to_bytes(),
            "stop_seq": state.stop_seq_for(None),
            "last_leaf": leaf,
        },
        at=at,
    )


def lock(session: Session, contact_ids: Sequence[ContactId]) -> dict[ContactId, Row]:
    """Where these records stand, locked until the transaction ends: seq, state and last leaf."""
    known = session.known or {}
    asked = [each for each in contact_ids if _place_of(each) not in known]
    found = {each: known[_place_of(each)] for each in contact_ids if _place_of(each) in known}
    if asked:
        buckets = sorted({bucket_of(each) for each in asked}) if session.vendor == "postgresql" else 0
        rows = session.rows("standings_to_write", ids=session.ids(asked), buckets=buckets)
        found |= {ContactId(row[0]): row[1:] for row in rows}
        if session.known is not None:
            session.known.update((_place_of(each), found[each]) for each in asked if each in found)
    return found


def _place_of(contact: ContactId) -> object:
    return "standing", contact


def seal_place(origin: str, event_id: int) -> bytes:
    """Binds sealed disclosures to their ledger and event; the index in the tree is given only later."""
    return f"disclosures:{origin}:{event_id}".encode()


def open_sections(seal: Seal, sealed: bytes, origin: str, event_id: int) -> list[str]:
    """The disclosures of an event, as they were hashed."""
    return codec.loads(list, seal.open(sealed, seal_place(origin, event_id)))


def _sealed(disclosures: Sequence[str], seal: Seal, origin: str, event_id: int) -> bytes:
    # As `codec` writes a list of texts: in base64url nothing needs escaping.
    return seal.close(('["' + '","'.join(disclosures) + '"]').encode(), seal_place(origin, event_id))


def _event(store: Store, contact: Contact, draft: Draft, seq: int, wording: str | None) -> ConsentEvent:
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
        disclosure=None if wording is None else disclosure_digest(wording),
        reason=draft.reason,
        relation=draft.relation,
        provenance=draft.provenance,
    )


def _wording(draft: Draft, contact: Contact) -> str | None:
    if draft.wording is not None:
        return _without_number(draft.wording, contact.number)
    if draft.program is None or draft.language is None or draft.kind not in _SHOWS_WORDING:
        return None
    return composing.disclosure(draft.program, draft.language)


_SHOWS_WORDING = {EventKind.REQUESTED, EventKind.GRANTED, EventKind.CONFIRMED, EventKind.RENEWED}


def _without_number(wording: str, number: str | None) -> str:
    """The digest of a wording stands in the open, so whoever tries all numbers must not find the one in it.

    As it was given, it stays in the sealed evidence.
    """
    if number is None:
        return wording
    own = telling_digits(number)
    return _DIGITS.sub(
        lambda found: "…" if own in "".join(filter(str.isdecimal, found[0])) else found[0], wording
    )


_DIGITS: Final = re.compile(r"\+?\(?[0-9](?:[\s()./-]*[0-9]){6,}")


# Within a batch the same few times come again and again.
_iso: Final = functools.lru_cache(maxsize=256)(iso_millis)


def event_section(
    event: ConsentEvent, program_key: str | None, previous: bytes | None, body: bytes, recorded_at: datetime
) -> JsonObject:
    """The section that says what happened. Ids are text: JSON numbers end at 2^53.

    Under the digest of the stored row stands all of it, also what is not told here, such as scopes and limits.
    """
    return {
        "id": ids.to_text("evt", event.id),
        "type": event.kind.value,
        "occurred_at": _iso(event.occurred_at),
        "received_at": _iso(event.received_at),
        "recorded_at": _iso(recorded_at),
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
    event: ConsentEvent,
    told: JsonObject,
    draft: Draft,
    wording: str | None,
    contact: Contact,
    name: str | None,
    brand: BrandRow,
) -> Mapping[str, SectionValue | Written]:
    """The six sections of the proof format."""
    program = draft.program
    sections: dict[str, SectionValue | Written] = {
        "event": told,
        "terms": _terms(
            brand.name,
            brand.country,
            (program.purpose,) if program else (),
            event.scope.categories or (program.categories if program else ()),
            event.basis,
        ),
    }
    if event.kind is not EventKind.ERASED:  # which is about nobody any more
        sections["subject"] = {
            "phone": contact.number,
            "name": name,
            "subject_id": contact.subject,
            "verified_by": _verified_by(event),
        }
        sections["context"] = draft.context
        sections["evidence"] = list(draft.evidence)
    if wording is not None:
        key, version = (program.key, program.version) if program else ("", 0)
        sections["notice"] = _notice(key, version, event.language, event.disclosure, wording)
    return sections


def _verified_by(event: ConsentEvent) -> str | None:
    """What showed that the number is the person's."""
    if event.actor is not Actor.HANDSET:
        return None
    return CONFIRM_LINK if event.route == CONFIRM_LINK else "inbound_text"


@functools.lru_cache(maxsize=64)
def _notice(program: str, version: int, language: str | None, digest: str | None, wording: str) -> Written:
    """The same few wordings are shown to everybody."""
    return written({"id": program, "version": version, "lang": language, "sha256": digest, "text": wording})


@functools.lru_cache(maxsize=256)
def _terms(
    controller: str,
    jurisdiction: str,
    purposes: tuple[str, ...],
    categories: tuple[str, ...],
    basis: Basis | None,
) -> Written:
    """Few are different, and many events have each."""
    return written(
        {
            "controller": controller,
            "purposes": purposes,
            "categories": categories,
            "legal_basis": basis.value if basis else None,
            "jurisdiction": jurisdiction,
            "retention_policy_id": "+".join(each.id for each in shipped_policies().of(jurisdiction)),
        }
    )


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
    text = written(row)
    data = text.encode()
    return {
        "kind": kind,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "media_type": "application/json",
        "ref": ref,
        "row": text,
    }
