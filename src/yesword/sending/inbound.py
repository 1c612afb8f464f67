"""A text from a person: kept, understood, acted on, answered. It may be acknowledged to the carrier when this says so.

A redelivered text is the same text: it changes nothing, but a stop drains again, for the first delivery may have died
between its commit and its drain.
"""

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from yesword.channels.ports import InboundText
from yesword.collect.reversing import Meant
from yesword.consent import Act, Withdrawn, meet
from yesword.consent.record import text_evidence
from yesword.domain import phone
from yesword.domain.events import FREE_TEXT, OTHER_OWNER, REPLY, Actor
from yesword.domain.ids import BrandId, ContactId, EventId, InboundId, bucket_of, to_text
from yesword.domain.languages import language_of
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState
from yesword.domain.times import to_micros
from yesword.domain.triage import kinds_said, triage_kind
from yesword.domain.understanding import Intent, Kind, PendingKind
from yesword.ledger.entry import JsonObject
from yesword.sending.draining import drain_all
from yesword.sending.listening import brands_meant, hear, read
from yesword.sending.page_answers import ANSWERS_PAGE, answer_page, page_meant
from yesword.sending.reacting import Reaction, react
from yesword.sending.stopping import has_other_owner
from yesword.sending.thread import Thread, languages_of_answer
from yesword.store import contacts, programs, triage
from yesword.store.contacts import Contact, NewContact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import SenderRow
from yesword.store.sealing import place


@dataclass(frozen=True, kw_only=True, slots=True)
class Handled:
    """What became of a text. `withdrawn` must be drained before the text is acknowledged."""

    what: str
    withdrawn: tuple[tuple[ContactId, Withdrawn], ...] = ()


class _GoneError(Exception):
    """The person was erased between being found and being locked: they write as somebody whom nobody knows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Understood:
    """A text as it was read, before anything is locked."""

    number: phone.PhoneNumber
    sender: SenderRow
    here: list[Program]
    intent: Intent
    is_talking: bool
    brands: Sequence[BrandId]
    fresh: Sequence[NewContact]
    page: Meant | None = None  # that shows the code which this text is


def receive(store: Store, account: int, text: InboundText, at: datetime) -> Handled:
    """Keep and act on a text, in one transaction. Everything but the drain."""
    sender = programs.sender_by_address(account, text.to_address)
    here = programs.on_sender(sender.id) if sender else []
    try:
        number = phone.parse(text.sender_number, country=None)
    except phone.PhoneError:
        number = None
    if sender is None or not here or number is None:
        with store.database.write() as session:
            _take(session, account, text, at, "nobody")
        return Handled(what="nobody")
    while True:
        understood = _understand(store, sender, here, number, text, at)
        with contextlib.suppress(_GoneError):
            return _act_on(store, account, understood, text, at)


def _understand(
    store: Store,
    sender: SenderRow,
    here: list[Program],
    number: phone.PhoneNumber,
    text: InboundText,
    at: datetime,
) -> _Understood:
    brands = list(dict.fromkeys(program.brand for program in here))
    with store.database.read() as session:
        known = {brand: contacts.find(store, session, brand, number.e164) for brand in brands}
        standings = contacts.standings(session, [each for each in known.values() if each is not None])
        people = contacts.read_many(store, session, standings)
        states = {
            brand: standings[each].state if each in standings else ConsentState()
            for brand, each in known.items()
        }
        hearing = hear(session, here, known, states, at)
        page = page_meant(store, session, sender.id, here, text.text, number, at)
    hints = [person.language for person in people.values()] or [language_of(number.country)]
    intent = read(text.text, hints, hearing) if page is None else ANSWERS_PAGE
    chosen = brands_meant(intent, hearing) if page is None else [page.brand]
    return _Understood(
        number=number,
        sender=sender,
        here=here,
        intent=intent,
        is_talking=hearing.pending is PendingKind.CONVERSATION,
        brands=chosen,
        fresh=[_prepare(store, brand, number) for brand in chosen if known[brand] is None],
        page=page,
    )


def _act_on(store: Store, account: int, was: _Understood, text: InboundText, at: datetime) -> Handled:
    with store.database.write() as session:
        if not _take(session, account, text, at, ""):
            return _again(session, account, text)
        for person in was.fresh:
            meet(store, session, programs.brand(person.brand), [person], at)
        ids = [contacts.find(store, session, brand, was.number.e164) for brand in was.brands]
        if None in ids:
            raise _GoneError
        people = contacts.read_many(store, session, [each for each in ids if each is not None])
        withdrawn: list[tuple[ContactId, Withdrawn]] = []
        whats = []
        for contact in sorted(people.values(), key=lambda each: each.id):
            thread = _thread(store, session, contact, was.here, was.sender, was.intent, text, at)
            thread = replace(thread, is_talking=was.is_talking)
            page = was.page
            reaction = react(thread) if page is None else Reaction(what=answer_page(thread, page))
            _keep(thread, text, reaction)
            whats.append(reaction.what)
            withdrawn += [(contact.id, each) for each in reaction.withdrawn]
        handled = Handled(what=whats[0] if whats else "nobody", withdrawn=tuple(withdrawn))
        _settle(session, account, text, handled)
    return handled


def may_acknowledge(store: Store, handled: Handled, at: datetime) -> bool:
    """Drain what the text withdrew. False: the carrier should try again."""
    return drain_all(store, handled.withdrawn, at)


def _take(session: Session, account: int, text: InboundText, at: datetime, handled: str) -> bool:
    is_new = session.run(
        "take_inbound_ref", account_id=account, provider_id=text.provider_id, received_at=to_micros(at)
    )
    if is_new and handled:
        session.run(
            "settle_inbound_ref",
            account_id=account,
            provider_id=text.provider_id,
            handled=json.dumps([handled, []]),
        )
    return bool(is_new)


def _settle(session: Session, account: int, text: InboundText, handled: Handled) -> None:
    stops = [[contact, stop.event, stop.seq, stop.program] for contact, stop in handled.withdrawn]
    session.run(
        "settle_inbound_ref",
        account_id=account,
        provider_id=text.provider_id,
        handled=json.dumps([handled.what, stops]),
    )


def _again(session: Session, account: int, text: InboundText) -> Handled:
    row = session.first("inbound_ref", account_id=account, provider_id=text.provider_id)
    what, stops = json.loads(row[0]) if row and row[0] else ("nobody", [])
    return Handled(
        what=what,
        withdrawn=tuple(
            (ContactId(contact), Withdrawn(event=EventId(event), seq=seq, program=program))
            for contact, event, seq, program in stops
        ),
    )


def _prepare(store: Store, brand: BrandId, number: phone.PhoneNumber) -> NewContact:
    ((contact_id, seal),) = contacts.prepare(store, brand, [number.e164])
    return NewContact(
        id=contact_id,
        seal=seal,
        number=number,
        brand=brand,
        language=language_of(number.country),
        source="inbound_text",
    )


def _thread(
    store: Store,
    session: Session,
    person: Contact,
    here: Sequence[Program],
    sender: SenderRow,
    intent: Intent,
    text: InboundText,
    at: datetime,
) -> Thread:
    row_id = InboundId(store.ids.make(bucket_of(person.id)))
    own = [program for program in here if program.brand == person.brand]
    # Locked before it is read: two texts at once must not both be the first STOP, or both open a question.
    standing = session.first("raise_standing", events=0, bucket=person.bucket, contact_id=person.id)
    assert standing is not None, "a contact always has a standing"
    language, pair = languages_of_answer(person, own[0], intent, text.text, at)
    act = Act(
        actor=Actor.HANDSET,
        route=_route(intent),
        occurred_at=text.received_at,
        # A carrier's clock may be ahead of ours; what has not happened yet can be neither answered nor confirmed.
        received_at=min(text.received_at, at),
        language=language,
        evidence=[text_evidence("inbound_text", text.text, row_id)],
        context={
            "to": text.to_address,
            "account_message": text.provider_id,
            "inbound": to_text("inb", row_id),
            **(_how_read(intent) if intent.is_withdrawal else {}),
        },
    )
    return Thread(
        store=store,
        session=session,
        brand=programs.brand(person.brand),
        contact=person,
        state=ConsentState.from_bytes(bytes(standing[1])),
        programs=own,
        sender=sender,
        intent=intent,
        inbound=row_id,
        text=text.text,
        act=act,
        at=at,
        pair=pair,
    )


def _route(intent: Intent) -> str:
    if intent.is_withdrawal:
        if intent.is_exact:
            return REPLY
        return OTHER_OWNER if has_other_owner(intent) else FREE_TEXT
    return _ROUTES.get(intent.kind, "text")


_ROUTES: Final = {
    Kind.KEYWORD: "keyword",
    Kind.OPT_IN: REPLY,
    Kind.CONFIRM: REPLY,
    Kind.DECLINE: REPLY,
    Kind.NARROW: REPLY,
}


def _how_read(intent: Intent) -> JsonObject:
    """By what a text was read as a stop: our own rule and the place in the text, none of the person's words."""
    read_by: JsonObject = {
        "rule": intent.rule,
        "confidence": round(intent.confidence * 100),  # per cent: the record has no fractions
        "span": None if intent.span is None else list(intent.span),
    }
    return {"read": read_by, "names_email": True} if intent.names_email else {"read": read_by}


def _keep(thread: Thread, text: InboundText, reaction: Reaction) -> None:
    """The text with how it was read and what came of it, and its place in the queue of those who look at texts."""
    intent, person = thread.intent, thread.contact
    seal = thread.store.vault.seals([person.id])[person.id]
    start, end = intent.span or (None, None)
    before = thread.session.first(
        "last_handed", bucket=person.bucket, contact_id=person.id, before=to_micros(thread.at)
    )
    events = [each.event for each in reaction.withdrawn]
    thread.session.run(
        "insert_inbound",
        bucket=person.bucket,
        id=thread.inbound,
        brand_id=person.brand,
        contact_id=person.id,
        sender_id=thread.sender.id,
        sealed_body=seal.close(text.text.encode(errors="replace"), place("inbound", thread.inbound)),
        received_at=to_micros(text.received_at),
        intent=intent.kind.value,
        kinds=" ".join(kind.value for kind in kinds_said(intent)),
        rule=intent.rule,
        confidence=intent.confidence,
        is_per_se=int(intent.is_per_se),
        span_start=start,
        span_end=end,
        program_id=thread.programs[0].id,
        event_id=events[0] if events else None,
        also_ended=" ".join(str(each) for each in events[1:]),
        last_message_id=before[0] if before else None,
    )
    kind = triage_kind(intent, reaction.what, is_guess=reaction.is_guess)
    if kind is not None:
        triage.insert(
            thread.session,
            person,
            thread.inbound,
            kind,
            thread.act.received_at,
            event=events[0] if events else None,
            request=reaction.request.id if reaction.request else None,
            due_at=reaction.request.due_at if reaction.request else None,
        )
