"""A text from a person: kept, understood, acted on, answered. It may be acknowledged to the carrier when this says so.

A redelivered text is the same text: it changes nothing, but a stop drains again, for the first delivery may have died
between its commit and its drain. The carrier's id tells; but one that somebody else's text had, or that comes with a stop
where it came with something else before, is an id that the carrier used twice.
"""

import contextlib
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from yesword.channels.ports import MADE_ID, InboundText
from yesword.consent import Act, Withdrawn, capping, meet, record
from yesword.domain.events import FREE_TEXT, OTHER_OWNER, REPLY, Actor
from yesword.domain.ids import BrandId, ContactId, EventId, InboundId, bucket_of, to_text
from yesword.domain.phone import telling_digits
from yesword.domain.state import ConsentState
from yesword.domain.times import to_micros
from yesword.domain.triage import kinds_said, triage_kind
from yesword.domain.understanding import Intent, Kind
from yesword.ledger.entry import JsonObject
from yesword.sending import strays
from yesword.sending.contest_answers import answer_contest
from yesword.sending.draining import drain_all, drain_each
from yesword.sending.page_answers import answer_page
from yesword.sending.reacting import Reaction, react
from yesword.sending.stopping import has_other_owner
from yesword.sending.thread import Thread, languages_of_answer
from yesword.sending.understood import Understood, find, understand_all
from yesword.store import contacts, programs, triage
from yesword.store.contacts import Contact, NewContact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.sealing import Seal, place


@dataclass(frozen=True, kw_only=True, slots=True)
class Handled:
    """What became of a text. `withdrawn` must be drained before the text is acknowledged."""

    what: str
    withdrawn: tuple[tuple[ContactId, Withdrawn], ...] = ()


class _GoneError(Exception):
    """The person was erased between being found and being locked: they write as somebody whom nobody knows."""


class _CrossedError(Exception):
    """Of these texts some came in elsewhere at the same time, or two are of one person: each is taken by itself."""


_OWN_ID_BYTES: Final = 12  # of a text to which the carrier gave no id
_ALL_BRANDS: Final = 0
TOGETHER: Final = 50  # texts of one transaction: on SQLite nobody else writes meanwhile


def apart(texts: Sequence[InboundText]) -> Iterator[list[int]]:
    """Groups of texts, by their places, that may be received together: of each person one, in the order of arrival."""
    rounds: list[list[int]] = []
    told: Counter[str] = Counter()
    for index, text in enumerate(texts):
        number = telling_digits(text.sender_number)
        if told[number] == len(rounds):
            rounds.append([])
        rounds[told[number]].append(index)
        told[number] += 1
    for each in rounds:
        for start in range(0, len(each), TOGETHER):
            yield each[start : start + TOGETHER]


def receive(store: Store, account: int, text: InboundText, at: datetime) -> Handled:
    """Keep and act on a text, in one transaction. Everything but the drain."""
    while True:
        with contextlib.suppress(_GoneError):
            return receive_together(store, account, [text], at)[0]


def receive_together(store: Store, account: int, texts: Sequence[InboundText], at: datetime) -> list[Handled]:
    """The same of texts of different people, as `apart` groups them: all of them in one transaction, or none and an error."""
    with programs.held_still():
        understood = understand_all(store, account, texts, at)
        read_texts = list(zip(texts, understood, strict=True))
        astray = strays.of(store, account, [text for text, was in read_texts if was is None])
        with store.database.write() as session, session.together():
            return _act_on(store, session, account, read_texts, astray, at)


def _act_on(
    store: Store,
    session: Session,
    account: int,
    read_texts: Sequence[tuple[InboundText, Understood | None]],
    astray: Sequence[strays.Fresh],
    at: datetime,
) -> list[Handled]:
    refs, again = _take(store, session, account, read_texts, at)
    named = {text: replace(text, provider_id=ref) for (text, _), ref in zip(read_texts, refs, strict=True)}
    read_texts = [(named[text], was) for text, was in read_texts]
    astray = [replace(each, text=named[each.text]) for each in astray]
    acting = [was for text, was in read_texts if was is not None and text.provider_id not in again]
    people = _people(store, session, acting, at)
    standings = _locked(session, [each.id for own in people for each in own])
    leaving = [
        each.id for own, was in zip(people, acting, strict=True) if was.intent.is_withdrawal for each in own
    ]
    capping.look_up(session, leaving, at)  # each of whom gets a confirmation
    seals = store.vault.seals(standings)
    had = _last_handed(session, standings, at)
    theirs = iter(people)
    handled: list[Handled] = []
    settled: list[tuple[InboundText, _Before]] = []
    kept: list[dict[str, object]] = []
    looks: list[dict[str, object]] = []
    for text, was in read_texts:
        if text.provider_id in again:
            handled.append(again[text.provider_id])
            continue
        withdrawn: list[tuple[ContactId, Withdrawn]] = []
        whats = []
        own = next(theirs) if was is not None else []
        for contact in own:
            assert was is not None
            thread = _thread(store, session, contact, was, standings[contact.id], text, at)
            reaction = _react(thread, was)
            kept.append(_row(thread, seals[contact.id], had.get(contact.id), reaction))
            if (look := _look_at(thread, reaction)) is not None:
                looks.append(look)
            whats.append(reaction.what)
            withdrawn += [(contact.id, each) for each in reaction.withdrawn]
        handled.append(Handled(what=whats[0] if whats else "nobody", withdrawn=tuple(withdrawn)))
        is_stop = was is not None and was.intent.is_withdrawal
        people_ids = frozenset(each.id for each in own)
        settled.append((text, _Before(handled=handled[-1], people=people_ids, is_stop=is_stop)))
    session.many("insert_inbound", kept)
    strays.keep(store, session, [each for each in astray if each.text.provider_id not in again])
    triage.insert(session, looks)
    _settle(session, account, settled)
    return handled


def _people(
    store: Store, session: Session, acting: Sequence[Understood], at: datetime
) -> list[list[Contact]]:
    """Those whom each text is from, by brand; who is new is met. Raises _GoneError."""
    fresh: dict[BrandId, list[NewContact]] = {}
    for person in sorted((each for was in acting for each in was.fresh), key=lambda each: each.id):
        fresh.setdefault(person.brand, []).append(person)
    for brand, new in sorted(fresh.items()):
        meet(store, session, programs.brand(brand), new, at)
    numbers: dict[BrandId, list[str]] = {}
    for was in acting:
        for brand in was.brands:
            numbers.setdefault(brand, []).append(was.number.e164)
    known = find(store, session, numbers)
    wanted = [[known.get((brand, was.number.e164)) for brand in was.brands] for was in acting]
    ids = [each for own in wanted for each in own if each is not None]
    people = contacts.read_many(store, session, ids)
    if len(people) != sum(map(len, wanted)):
        raise _CrossedError if len(set(ids)) != len(ids) else _GoneError
    return [sorted((people[each] for each in own if each), key=lambda each: each.id) for own in wanted]


def _locked(session: Session, ids: Sequence[ContactId]) -> dict[ContactId, ConsentState]:
    """Where they stand. Locked, in ascending order, before it is read: two texts at once must not both be the first STOP, or
    both open a question.
    """
    return {each: ConsentState.from_bytes(bytes(row[1])) for each, row in record.lock(session, ids).items()}


def _last_handed(session: Session, ids: Iterable[ContactId], at: datetime) -> dict[ContactId, int]:
    """The newest text that each of them had got before."""
    rows = session.rows("last_handed", **session.people(ids), before=to_micros(at))
    return {ContactId(row[0]): row[1] for row in rows if row[1] is not None}


def _react(thread: Thread, was: Understood) -> Reaction:
    if was.page is not None:
        return Reaction(what=answer_page(thread, was.page))
    if was.contest is not None:
        return Reaction(what=answer_contest(thread, was.contest))
    return react(thread)


def may_acknowledge(store: Store, handled: Handled) -> bool:
    """Drain what the text withdrew. False: the carrier should try again."""
    return drain_all(store, handled.withdrawn)


def may_acknowledge_each(store: Store, handled: Sequence[Handled]) -> list[bool]:
    """The same of many texts, which wait together."""
    return drain_each(store, [each.withdrawn for each in handled])


def _take(
    store: Store,
    session: Session,
    account: int,
    read_texts: Sequence[tuple[InboundText, Understood | None]],
    at: datetime,
) -> tuple[list[str], dict[str, Handled]]:
    """Take what is new, for good. The ids under which the texts are kept; and by id, what became of those that are not new."""
    refs = [_ref(store, text.provider_id) for text, _ in read_texts]
    again: dict[str, Handled] = {}
    known: set[str] = set()
    if len(refs) > 1:  # of one alone, the next statement tells
        rows = session.rows("known_inbound_refs", account_id=account, ids=session.texts(refs))
        known = {row[0] for row in rows}
    while True:
        for index, (_, was) in enumerate(read_texts):
            if refs[index] in known:
                refs[index], before = _told_apart(store, session, account, refs[index], was)
                if before is not None:
                    again[refs[index]] = before.handled
        fresh = [each for each in refs if each not in again]
        taken = session.many(
            "take_inbound_ref",
            [{"account_id": account, "provider_id": each, "received_at": to_micros(at)} for each in fresh],
        )
        if taken == len(fresh):
            return refs, again
        if len(refs) > 1:
            raise _CrossedError
        known = set(refs)


def _ref(store: Store, provider_id: str) -> str:
    if not provider_id:
        return secrets.token_hex(_OWN_ID_BYTES)  # should it come again, it is another text
    if provider_id.startswith(MADE_ID):
        return store.look_up.digest(_ALL_BRANDS, "made_id", provider_id).hex()
    return provider_id


def _told_apart(
    store: Store, session: Session, account: int, ref: str, was: Understood | None
) -> tuple[str, "_Before | None"]:
    """The text that came under this id before, if it is this one; else a name of its own for this one."""
    theirs: frozenset[ContactId] = frozenset()
    if was is not None:
        theirs = frozenset(find(store, session, {brand: [was.number.e164] for brand in was.brands}).values())
    is_stop = was is not None and was.intent.is_withdrawal
    own, place_of_it = ref, 0
    while (row := session.first("inbound_ref", account_id=account, provider_id=own)) is not None:
        before = _Before.read(row[0])
        is_theirs = bool(before.people & theirs) if before.people else was is None
        if (is_theirs and (before.is_stop or not is_stop)) or _are_gone(store, session, before.people):
            return own, before
        place_of_it += 1
        own = f"{ref}#{place_of_it}"
    return own, None


def _are_gone(store: Store, session: Session, people: Iterable[ContactId]) -> bool:
    """Whether nobody can tell any more whose text it was: what comes again of the erased is no new text."""
    found = contacts.read_many(store, session, people).values()
    return bool(people) and all(each.erased_at is not None for each in found)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Before:
    """What is kept of a text under its id, so that it is known when it comes again."""

    handled: Handled
    people: frozenset[ContactId]  # whom it is from, one of each brand; nobody where it is for nobody
    is_stop: bool

    @classmethod
    def read(cls, written: str) -> Self:
        what, stops, people, is_stop = json.loads(written) if written else ("nobody", [], [], False)
        withdrawn = tuple(
            (ContactId(contact), Withdrawn(event=EventId(event), seq=seq, program=program))
            for contact, event, seq, program in stops
        )
        handled = Handled(what=what, withdrawn=withdrawn)
        return cls(handled=handled, people=frozenset(map(ContactId, people)), is_stop=is_stop)

    def write(self) -> str:
        stops = [[contact, stop.event, stop.seq, stop.program] for contact, stop in self.handled.withdrawn]
        return json.dumps([self.handled.what, stops, sorted(self.people), self.is_stop])


def _settle(session: Session, account: int, done: Sequence[tuple[InboundText, _Before]]) -> None:
    session.many(
        "settle_inbound_ref",
        [
            {"account_id": account, "provider_id": text.provider_id, "handled": each.write()}
            for text, each in done
        ],
    )


def _thread(
    store: Store,
    session: Session,
    person: Contact,
    was: Understood,
    state: ConsentState,
    text: InboundText,
    at: datetime,
) -> Thread:
    row_id, intent = InboundId(store.ids.make(bucket_of(person.id))), was.intent
    own = [program for program in was.here if program.brand == person.brand]
    language, pair = languages_of_answer(person, own[0], intent, text.text, at)
    act = Act(
        actor=Actor.HANDSET,
        route=_route(intent),
        occurred_at=text.received_at,
        # A carrier's clock may be ahead of ours; what has not happened yet can be neither answered nor confirmed.
        received_at=min(text.received_at, at),
        language=language,
        evidence=[record.text_evidence("inbound_text", text.text, row_id)],
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
        state=state,
        programs=own,
        sender=was.sender,
        intent=intent,
        inbound=row_id,
        text=text.text,
        act=act,
        at=at,
        is_talking=was.is_talking,
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


def _row(thread: Thread, seal: Seal, had: int | None, reaction: Reaction) -> dict[str, object]:
    """The text with how it was read and what came of it."""
    intent, person = thread.intent, thread.contact
    start, end = intent.span or (None, None)
    events = [each.event for each in reaction.withdrawn]
    return {
        "bucket": person.bucket,
        "id": thread.inbound,
        "brand_id": person.brand,
        "contact_id": person.id,
        "sender_id": thread.sender.id,
        "sealed_body": seal.close(thread.text.encode(errors="replace"), place("inbound", thread.inbound)),
        "received_at": to_micros(thread.act.occurred_at),
        "intent": intent.kind.value,
        "kinds": " ".join(kind.value for kind in kinds_said(intent)),
        "rule": intent.rule,
        "confidence": intent.confidence,
        "is_per_se": int(intent.is_per_se),
        "span_start": start,
        "span_end": end,
        "program_id": thread.programs[0].id,
        "event_id": events[0] if events else None,
        "also_ended": " ".join(str(each) for each in events[1:]),
        "last_message_id": had,
    }


def _look_at(thread: Thread, reaction: Reaction) -> dict[str, object] | None:
    """Its place in the queue of those who look at texts."""
    kind = triage_kind(thread.intent, reaction.what, is_guess=reaction.is_guess)
    if kind is None:
        return None
    return triage.row(
        thread.contact,
        thread.inbound,
        kind,
        thread.act.received_at,
        event=reaction.withdrawn[0].event if reaction.withdrawn else None,
        request=reaction.request.id if reaction.request else None,
        due_at=reaction.request.due_at if reaction.request else None,
    )
