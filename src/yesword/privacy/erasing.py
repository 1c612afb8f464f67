"""Erasing a person. To erase is to stop first, then to destroy the key under which everything of theirs is sealed.

The order is such that a crash between any two steps leaves something that `finish` can end: everything of the brand is
withdrawn and the number suppressed; nothing is on its way any more; the number is found no longer; what may change
becomes nothing, in one transaction with the event that says so; the key is destroyed.

Where the law lets or makes the brand keep its proof, the proof alone is sealed anew, under a key of legal holds, until
its day comes. What becomes of it stands in the record, and the person can be told why.

The journal learns of it before anything is lost, so that a store which is put back can be told: see `erasing_again`. What
outlives it says nothing of whose number it was: see `erasing_journal`.
"""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from yesword.collect.imports import uploaded
from yesword.consent import Act, Withdrawn, append, withdraw
from yesword.consent.record import Draft, open_sections, seal_place
from yesword.domain import codec
from yesword.domain.errors import YeswordError
from yesword.domain.events import Actor, ConsentEvent, EventKind, Grade, Scope
from yesword.domain.evidence.kinds import KEPT_OF_ERASED, EvidenceKind
from yesword.domain.ids import ContactId, EventId, from_text
from yesword.domain.retention import Override, Retention, decide
from yesword.domain.state import ConsentState
from yesword.domain.times import to_micros
from yesword.ledger.entry import JsonObject, open_disclosure
from yesword.privacy import kept_proof, traces
from yesword.privacy.erasing_journal import (
    LAPSED,
    digests_of,
    first_month,
    forget_asked,
    line_of,
    own_mail,
    remember,
    suppress,
)
from yesword.sending import inbound_parts
from yesword.sending.draining import drain
from yesword.store import audits, contacts, erasures, invitees, ledgers, programs, triage
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.erasures import DONE, HELD, KEYLESS, STOPPED, WIPED, ErasureRow
from yesword.store.opening import Store
from yesword.store.sealing import Seal, place
from yesword.store.vault import HoldKeyMissingError

ROUTE: Final = "erasure"

REQUESTED: Final = "request"  # the person asked for it
RETENTION: Final = "retention"  # its time was over
OPERATOR: Final = "operator"

# Sections of an event that are its proof; the context, and evidence of how somebody behaved, go.
_PROOF: Final = frozenset({"event", "subject", "notice", "evidence", "terms"})
_KEPT_FILES: Final = frozenset(kind.value for kind in KEPT_OF_ERASED)


class NobodyToEraseError(YeswordError):
    """There is nobody to erase: no such person, or they were erased already."""

    code = "nobody_to_erase"


class StillSendingError(YeswordError):
    """A text to this person is still being handed over. They are stopped; what is left of the erasure ends by itself within minutes, or call it again."""

    code = "erasure_still_sending"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What would become of a person's data."""

    contact: ContactId
    retention: Retention
    events: int
    jurisdictions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """Who wants it, and why."""

    ground: str  # REQUESTED, RETENTION, OPERATOR, LAPSED
    by: int | None = None  # a user
    overrides: tuple[Override, ...] = ()  # periods that the brand has set


def plan(store: Store, contact_id: ContactId, at: datetime, overrides: Iterable[Override] = ()) -> Plan:
    """What an erasure would do now. Changes nothing. Raises NobodyToEraseError."""
    with store.database.read() as session:
        contact, events = _read(store, session, contact_id)
        last_use = erasures.last_use(session, contact_id)
    where = _jurisdictions(contact, programs.brand(contact.brand).country)
    # A bare claim that they agreed is no consent, so there is nothing in it to prove.
    agreed = (event for event in events if event.kind in _GRANTS and event.grade is not Grade.E)
    grants = [event.received_at for event in agreed]
    stops = [event.received_at for event in events if event.kind in _STOPS]
    retention = decide(
        jurisdictions=where,
        last_grant_at=max(grants, default=None),
        last_use_at=last_use,
        withdrawn_at=max(stops, default=None),
        asked_at=at,
        overrides=overrides,
    )
    return Plan(contact=contact_id, retention=retention, events=len(events), jurisdictions=where)


def erase(store: Store, contact_id: ContactId, wish: Wish, at: datetime) -> ErasureRow:
    """Erase a person, or all but the proof that must be kept. Calling it again goes on where it stopped.

    Raises NobodyToEraseError, and StillSendingError when a text was on its way for too long: the stop stands then.
    """
    with store.database.read() as session:
        known = erasures.read(session, contact_id)
    if known is None or known.stage == HELD:
        is_over = known is not None and known.retain_until is not None and known.retain_until <= at
        if known is not None and not is_over:
            return known
        known = _stop(store, contact_id, wish, at, is_over=is_over)
    else:
        remember(store, known)
    _erase_merged(store, contact_id, wish, at)
    return go_on(store, known, at)


def _erase_merged(store: Store, contact_id: ContactId, wish: Wish, at: datetime) -> None:
    """Those who were found to be this contact, with what was recorded of them before. First: `finish` finds the contact."""
    with store.database.read() as session:
        others = invitees.merged_of(session, contact_id)
    for each in others:
        with contextlib.suppress(NobodyToEraseError):
            erase(store, each, wish, at)


def finish(store: Store, at: datetime) -> int:
    """End what a crash or a slow carrier left half done. The number of people."""
    with store.database.read() as session:
        begun = erasures.unfinished(session)
    return sum(_is_ended(store, each, at) for each in begun)


def _is_ended(store: Store, row: ErasureRow, at: datetime) -> bool:
    try:
        remember(store, row)
        _erase_merged(store, row.contact, Wish(ground=row.ground, by=row.asked_by), at)
        go_on(store, row, at)
    except (StillSendingError, HoldKeyMissingError):
        return False
    return True


def go_on(store: Store, row: ErasureRow, at: datetime) -> ErasureRow:
    """All that comes after the stop. Raises StillSendingError."""
    if row.stage in (STOPPED, KEYLESS):
        _wipe(store, row, at)
    if row.stage in (STOPPED, KEYLESS, WIPED):
        store.vault.destroy(row.contact, to_micros(at))
        store.database.scrub()
        with store.database.write() as session:
            erasures.move(session, row.contact, HELD if row.retain_until else DONE, at)
    with store.database.read() as session:
        ended = erasures.read(session, row.contact)
    assert ended is not None
    return ended


def _stop(store: Store, contact_id: ContactId, wish: Wish, at: datetime, *, is_over: bool) -> ErasureRow:
    """Nothing more goes to them, and nothing will when their number comes back: before anything is lost."""
    # Of a question that nobody answered there is no consent to prove.
    has_no_proof = is_over or wish.ground == LAPSED
    retention = None if has_no_proof else plan(store, contact_id, at, wish.overrides).retention
    with store.database.write() as session:
        held = erasures.read(session, contact_id)
        contact = contacts.read(store, session, contact_id)
        if contact is None and held is not None and is_over:
            brand = programs.brand(held.brand)  # a store that was put back never knew them
        elif contact is None or (contact.erased_at is not None and not is_over):
            raise NobodyToEraseError
        else:
            brand = programs.brand(contact.brand)
        is_suppressed = wish.ground != LAPSED or _has_refused(session, contact_id)
        number = contact.number if contact is not None and is_suppressed else None
        gone = suppress(store, session, brand.id, number, own_mail(store, session, contact_id), at)
        # Whoever never joined leaves nothing, and a lapse is no stop of theirs: they may sign up again.
        if contact is not None and not is_over and wish.ground != LAPSED:
            act = Act(
                actor=Actor.PERSON if wish.ground == REQUESTED else Actor.SYSTEM,
                route=ROUTE,
                occurred_at=at,
                received_at=at,
                language=contact.language,
            )
            withdraw(store, session, brand, contact, act, at, reason=wish.ground)
        row = ErasureRow(
            contact=contact_id,
            brand=brand.id,
            stage=STOPPED,
            ground=wish.ground,
            policy=retention.policy if retention else "",
            citation=retention.citation if retention else "",
            asked_at=at,
            asked_by=wish.by,
            retain_until=retention.retain_until if retention else None,
            done_at=None,
        )
        erasures.enter(session, row)
        session.after_commit(lambda: store.journal.write_erased(line_of(row), gone))
        until = None if row.retain_until is None else row.retain_until.date().isoformat()
        traces.leave(
            "erase", traces.about(contact_id), wish.by, ground=wish.ground, policy=row.policy, until=until
        )
    if contact is not None and contact.number is not None:
        uploaded.take_out(store, contact.number)  # here, too: what follows may be done on another machine
    return row


def _has_refused(session: Session, contact: ContactId) -> bool:
    """They said never, or had stopped: that outlives them."""
    state = contacts.standings(session, [contact])[contact].state
    return bool(state.refusals or state.withdrawals)


def _wipe(store: Store, row: ErasureRow, at: datetime) -> None:
    with store.database.read() as session:
        contact = contacts.read(store, session, row.contact)
    if contact is None:
        _forget_absent(store, row)
        return
    with store.database.read() as session:
        state = contacts.standings(session, [row.contact])[row.contact].state
    if not drain(store, row.contact, _everything(state)):
        raise StillSendingError
    with store.database.write() as session:
        digests = digests_of(store, session, contact)
        since = first_month(session, contact, digests, at)
    store.journal.forget_stops(digests, since)
    if contact.number is not None:
        uploaded.take_out(store, contact.number)
    _wipe_rows(store, row, contact, at)
    store.journal.forget_stops(digests, since)  # one that came in meanwhile


def _wipe_rows(store: Store, row: ErasureRow, contact: Contact, at: datetime) -> None:
    with store.database.write() as session, store.database.overwriting():
        if not _is_ours(session, contact):
            return  # the dispatcher goes on with what a command has begun, too: somebody else was faster
        old, new = _keys(store, row)
        if row.retain_until is not None and contact.number is not None:
            kept_proof.enter(store, contact.brand, contact.number, contact.id)
        brand = programs.brand(contact.brand)
        kept_texts = _seal_anew(session, row.contact, old, new if row.retain_until else None, brand.origin)
        draft = Draft(
            kind=EventKind.ERASED,
            scope=Scope(),
            actor=Actor.SYSTEM,
            route=ROUTE,
            occurred_at=row.asked_at,
            received_at=at,
            reason=row.ground,
            says=_erased_places(session, row),
        )
        blank = replace(contact, number=None, name="")
        append(store, session, brand, blank, [draft], at, seal=new)
        held = new if row.retain_until and old else None
        erasures.inbound_bodies(session, row.contact, old, held, kept_texts)
        erasures.blobs(session, row.contact, old, held, _KEPT_FILES)
        audits.forget_about(store, row.contact, at)
        forget_asked(session, row)
        if contact.number is not None:
            inbound_parts.wipe(store, session, contact.brand, contact.number)
        triage.close(session, row.contact, row.asked_by, at)
        erasures.wipe(session, contact, at, _held_number(contact, new) if row.retain_until else None)
        erasures.move(session, row.contact, WIPED)


def _is_ours(session: Session, contact: Contact) -> bool:
    """Locked, so that of two who go on with one erasure the second finds that it is done."""
    session.first("raise_standing", events=0, bucket=contact.bucket, contact_id=contact.id)
    begun = erasures.read(session, contact.id)
    return begun is not None and begun.stage in (STOPPED, KEYLESS)


def _keys(store: Store, row: ErasureRow) -> tuple[Seal | None, Seal]:
    """The key under which everything is sealed, and the one that takes its place."""
    found = store.vault.seal(row.contact)
    if row.stage == KEYLESS and found is not None:
        return None, found  # it has taken the place of the other one already, which opened what is here
    new = store.vault.forget(row.contact, is_held=row.retain_until is not None)
    return (None if row.stage == KEYLESS else found), new


def _forget_absent(store: Store, row: ErasureRow) -> None:
    """Of somebody whom a store that was put back never knew, only the vault may still know something."""
    if row.retain_until is None:
        store.vault.forget(row.contact)
    with store.database.write() as session:
        erasures.move(session, row.contact, WIPED)


def _held_number(contact: Contact, seal: Seal) -> bytes | None:
    if contact.number is None:
        return None
    return seal.close(contact.number.encode(), place("number", contact.id))


def _seal_anew(
    session: Session, contact: ContactId, old: Seal | None, held: Seal | None, origin: str
) -> set[int]:
    """Seal the proof of each event under the key of legal holds, or nothing. The texts that are evidence of one."""
    texts: set[int] = set()
    for event, _, sealed in list(erasures.events(session, contact)):
        kept: list[str] = []
        if sealed is not None and held is not None and old is not None:
            for disclosure in open_sections(old, sealed, origin, event):
                name, value = open_disclosure(disclosure)
                if name in _PROOF:
                    kept.append(disclosure)
                if name == "evidence":
                    texts.update(_texts_in(value))
        anew = held.close(codec.dumps(kept), seal_place(origin, event)) if held and kept else None
        erasures.reseal(session, event, anew)
    return texts


def _texts_in(evidence: object) -> Iterable[int]:
    for each in evidence if isinstance(evidence, Sequence) else ():
        if isinstance(each, dict) and each.get("kind") == EvidenceKind.INBOUND_TEXT.value:
            yield from_text("inb", each["ref"])


def _erased_places(session: Session, row: ErasureRow) -> JsonObject:
    """Which entries of the log say nothing from now on, and on what ground. Nothing of it is about anyone."""
    events = [event for event, _, _ in erasures.events(session, row.contact)]
    places = ledgers.places(session, events)
    return {
        "erased": sorted(place.index for place in places.values()),
        "policy": row.policy or None,
        "retain_until": None if row.retain_until is None else row.retain_until.date().isoformat(),
        "by": "user" if row.asked_by is not None else None,
    }


def _everything(state: ConsentState) -> Withdrawn:
    """What covers every text that was planned before now."""
    return Withdrawn(event=EventId(0), seq=state.seq + 1, program=None)


def _read(store: Store, session: Session, contact_id: ContactId) -> tuple[Contact, list[ConsentEvent]]:
    contact = contacts.read(store, session, contact_id)
    if contact is None or contact.erased_at is not None:
        raise NobodyToEraseError
    return contact, [codec.loads(ConsentEvent, body) for _, body, _ in erasures.events(session, contact_id)]


def _jurisdictions(contact: Contact, brand_country: str) -> tuple[str, ...]:
    found = [contact.country, brand_country]
    for each in contact.places:
        found += [each.country, *([each.region] if each.region else [])]
    return tuple(dict.fromkeys(place for place in found if place))


_GRANTS: Final = frozenset({EventKind.GRANTED, EventKind.CONFIRMED, EventKind.RENEWED})
_STOPS: Final = frozenset({EventKind.WITHDRAWN, EventKind.INVALIDATED})
