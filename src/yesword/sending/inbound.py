"""A text from a person: kept, understood, acted on, answered. It may be acknowledged to the carrier when this says so.

A redelivered text is the same text: it changes nothing, but a stop drains again, for the first delivery may have died
between its commit and its drain.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.channels.ports import InboundText
from yesword.consent import (
    Act,
    Withdrawn,
)
from yesword.consent.record import text_evidence
from yesword.domain import phone
from yesword.domain.events import Actor
from yesword.domain.ids import BrandId, ContactId, EventId, InboundId, bucket_of, to_text
from yesword.domain.languages import language_of
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState
from yesword.domain.times import to_micros
from yesword.domain.understanding import Context, Intent, Kind, PendingKind, understand
from yesword.domain.understanding.normalise import normalise
from yesword.sending.draining import drain
from yesword.sending.reacting import Thread, react
from yesword.sending.renewals import reminded
from yesword.store import contacts, programs
from yesword.store.contacts import Contact, NewContact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import SenderRow
from yesword.store.sealing import place

_ANYTHING: Final = Context(pending=PendingKind.UNKNOWN)
_KEYWORD_LENGTH: Final = 20  # a longer text, or one of several words, was not meant as a keyword


@dataclass(frozen=True, kw_only=True, slots=True)
class Handled:
    """What became of a text. `withdrawn` must be drained before the text is acknowledged."""

    what: str
    withdrawn: tuple[tuple[ContactId, Withdrawn], ...] = ()


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
    brands = list(dict.fromkeys(program.brand for program in here))
    with store.database.read() as session:
        known = {brand: contacts.find(store, session, brand, number.e164) for brand in brands}
        standings = contacts.standings(session, [each for each in known.values() if each is not None])
        people = contacts.read_many(store, session, standings)
        asked = _asked(session, here, {each: row.state for each, row in standings.items()}, at)
    hints = [person.language for person in people.values()] or [language_of(number.country)]
    states = {
        brand: standings[each].state if each in standings else ConsentState() for brand, each in known.items()
    }
    intent = _understand(text.text, hints, here, states, asked)
    chosen = _brands(intent, here, known, states, asked)
    fresh = {brand: _prepare(store, brand, number) for brand in chosen if known[brand] is None}
    with store.database.write() as session:
        if not _take(session, account, text, at, ""):
            return _again(session, account, text)
        contacts.insert(store, session, list(fresh.values()), at)
        ids = {brand: contacts.find(store, session, brand, number.e164) for brand in chosen}
        people = contacts.read_many(store, session, [each for each in ids.values() if each is not None])
        withdrawn: list[tuple[ContactId, Withdrawn]] = []
        whats = []
        for person in sorted(people.values(), key=lambda each: each.id):
            thread = _thread(store, session, person, here, sender, intent, text, at)
            what, stop = react(thread)
            whats.append(what)
            if stop is not None:
                withdrawn.append((person.id, stop))
        handled = Handled(what=whats[0] if whats else "nobody", withdrawn=tuple(withdrawn))
        _settle(session, account, text, handled)
    return handled


def may_acknowledge(store: Store, handled: Handled, at: datetime) -> bool:
    """Drain what the text withdrew. False: the carrier should try again."""
    drained = [drain(store, contact, withdrawn, at) for contact, withdrawn in handled.withdrawn]
    return all(drained)


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


def _asked(
    session: Session, here: Sequence[Program], states: Mapping[ContactId, ConsentState], at: datetime
) -> list[Program]:
    """The programs that lately reminded the person of a consent, which a yes or a no would be about."""
    found = (reminded(session, contact, state, here, at) for contact, state in states.items())
    return [each.program for each in found if each is not None]


def _understand(
    text: str,
    hints: Sequence[str],
    here: Sequence[Program],
    states: dict[BrandId, ConsentState],
    asked: Sequence[Program],
) -> Intent:
    pending = [program for program in here if states[program.brand].request_for(program.id) is not None]
    pending += asked
    words = tuple(word for program in here for _, texts in program.texts for word in texts.confirm_words)
    context = Context(
        pending=PendingKind.CONFIRM_CONSENT if pending else None,
        program_keywords=tuple((keyword, program.key) for program in here for keyword in program.keywords),
        confirm_words=words if pending else (),
    )
    return understand(text, [hint for hint in hints if hint], context)


def _brands(
    intent: Intent,
    here: Sequence[Program],
    known: dict[BrandId, ContactId | None],
    states: dict[BrandId, ConsentState],
    reminding: Sequence[Program],
) -> list[BrandId]:
    """Whom a text to a shared sender is for: a stop is for all who know the person, the rest for one."""
    brands = list(known)
    if intent.is_withdrawal:
        return [brand for brand in brands if known[brand] is not None] or brands[:1]
    by_keyword = [program.brand for program in here if program.key == intent.program]
    asked = [program.brand for program in here if states[program.brand].request_for(program.id) is not None]
    asked += [program.brand for program in reminding]
    acquainted = [brand for brand in brands if known[brand] is not None]
    return [*by_keyword, *asked, *acquainted, *brands][:1]


def _prepare(store: Store, brand: BrandId, number: phone.PhoneNumber) -> NewContact:
    ((contact_id, seal),) = contacts.prepare_ids(store, 1).items()
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
    seal = store.vault.seals([person.id])[person.id]
    session.run(
        "insert_inbound",
        bucket=person.bucket,
        id=row_id,
        brand_id=person.brand,
        contact_id=person.id,
        sender_id=sender.id,
        sealed_body=seal.close(text.text.encode(errors="replace"), place("inbound", row_id)),
        received_at=to_micros(text.received_at),
        intent=intent.kind.value,
        rule=intent.rule,
        program_id=own[0].id,
        event_id=None,
    )
    # Locked before it is read: two texts at once must not both be the first STOP, or both open a question.
    standing = session.first("raise_standing", events=0, bucket=person.bucket, contact_id=person.id)
    assert standing is not None, "a contact always has a standing"
    words = normalise(text.text).tokens
    act = Act(
        actor=Actor.HANDSET,
        route=_ROUTES.get(intent.kind, "text"),
        occurred_at=text.received_at,
        # A carrier's clock may be ahead of ours; what has not happened yet can be neither answered nor confirmed.
        received_at=min(text.received_at, at),
        language=_language(person, own[0], intent),
        evidence=[text_evidence("inbound_text", text.text, row_id)],
        context={
            "to": text.to_address,
            "account_message": text.provider_id,
            "inbound": to_text("inb", row_id),
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
        is_one_word=len(words) == 1 and len(words[0]) <= _KEYWORD_LENGTH,
        is_yes=understand(text.text, [person.language], _ANYTHING).kind is Kind.CONFIRM,
        act=act,
        at=at,
    )


_ROUTES: Final = {
    Kind.KEYWORD: "keyword",
    Kind.OPT_OUT: "reply",
    Kind.OPT_IN: "reply",
    Kind.CONFIRM: "reply",
    Kind.DECLINE: "reply",
}


def _language(person: Contact, program: Program, intent: Intent) -> str:
    for language in (intent.language, person.language):
        if language in program.languages:
            return str(language)
    return program.default_language
