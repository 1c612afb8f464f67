"""Texts from people as they are read, many at once, before anything is locked: who wrote, to whom, and what they mean.

What is done about them is in `inbound`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from yesword.channels.ports import InboundText
from yesword.collect.reversing import Meant
from yesword.domain import phone
from yesword.domain.ids import BrandId, ContactId
from yesword.domain.languages import language_of
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState
from yesword.domain.understanding import Intent, PendingKind
from yesword.sending import contest_answers, homes
from yesword.sending.contest_answers import contest_meant, gives_way, reading
from yesword.sending.listening import Before, brands_meant, hear, look_back, read
from yesword.sending.page_answers import ANSWERS_PAGE, page_meant
from yesword.store import contacts, programs
from yesword.store.contacts import Contact, NewContact, StandingRow
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import SenderRow


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """A text as it was read, before anything is locked."""

    number: phone.PhoneNumber
    sender: SenderRow
    here: list[Program]
    intent: Intent
    is_talking: bool
    brands: Sequence[BrandId]
    fresh: Sequence[NewContact] = ()
    page: Meant | None = None  # that shows the code which this text is
    contest: contest_answers.Meant | None = None  # that this text enters


def understand_all(
    store: Store, account: int, texts: Sequence[InboundText], at: datetime
) -> list[Understood | None]:
    """Read the texts. None: it is from no number, or to nobody here."""
    addressed = [_addressed(account, text) for text in texts]
    with store.database.read() as session:
        known = _known(store, session, [each for each in addressed if each is not None])
        standings = contacts.standings(session, known.values())
        people = contacts.read_many(store, session, standings)
        before = look_back(session, _writers(addressed, known), at)
        read_so_far = [
            None if to is None else _read_one(store, session, to, text, known, standings, people, before, at)
            for to, text in zip(addressed, texts, strict=True)
        ]
    fresh = _prepared(
        store,
        [
            (brand, each.number)
            for each in read_so_far
            if each is not None
            for brand in each.brands
            if (brand, each.number.e164) not in known
        ],
    )
    return [
        each
        if each is None
        else replace(
            each,
            fresh=[
                fresh[brand, each.number.e164] for brand in each.brands if (brand, each.number.e164) in fresh
            ],
        )
        for each in read_so_far
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Addressed:
    """Who wrote, and what is there where they wrote to."""

    number: phone.PhoneNumber
    sender: SenderRow
    here: list[Program]

    @property
    def brands(self) -> list[BrandId]:
        return list(dict.fromkeys(program.brand for program in self.here))


def _addressed(account: int, text: InboundText) -> _Addressed | None:
    sender = programs.sender_by_address(account, text.to_address)
    here = programs.on_sender(sender.id) if sender else []
    if sender is None or not here:
        return None
    number = homes.heard(text.sender_number, sender, here)
    return None if number is None else _Addressed(number=number, sender=sender, here=here)


def is_for_us(account: int, text: InboundText) -> bool:
    """Whether there is a program where it went to, so that it is only its number that cannot be read."""
    sender = programs.sender_by_address(account, text.to_address)
    return sender is not None and bool(programs.on_sender(sender.id))


def is_understood(account: int, text: InboundText) -> bool:
    return _addressed(account, text) is not None


People = Mapping[tuple[BrandId, str], ContactId]


def _known(store: Store, session: Session, addressed: Iterable[_Addressed]) -> People:
    numbers: dict[BrandId, list[str]] = {}
    for each in addressed:
        for brand in each.brands:
            numbers.setdefault(brand, []).append(each.number.e164)
    return find(store, session, numbers)


def find(store: Store, session: Session, numbers: Mapping[BrandId, Sequence[str]]) -> People:
    """The contacts of each brand with these numbers."""
    return {
        (brand, number): contact
        for brand, asked in numbers.items()
        for number, contact in contacts.find_many(store, session, brand, asked).items()
    }


def _writers(addressed: Iterable[_Addressed | None], everybody: People) -> dict[int, list[ContactId]]:
    """Who writes to each sender, of those whom somebody knows."""
    found: dict[int, list[ContactId]] = {}
    for to in addressed:
        if to is not None:
            known = (everybody.get((brand, to.number.e164)) for brand in to.brands)
            found.setdefault(to.sender.id, []).extend(each for each in known if each is not None)
    return found


def _read_one(
    store: Store,
    session: Session,
    to: _Addressed,
    text: InboundText,
    everybody: People,
    standings: Mapping[ContactId, StandingRow],
    people: Mapping[ContactId, Contact],
    before: Before,
    at: datetime,
) -> Understood:
    known = {brand: everybody.get((brand, to.number.e164)) for brand in to.brands}
    states = {
        brand: standings[each].state if each is not None and each in standings else ConsentState()
        for brand, each in known.items()
    }
    hearing = hear(session, to.sender.id, to.here, known, states, before, at)
    page = page_meant(store, session, to.sender.id, to.here, text.text, to.number, at)
    contest = contest_meant(session, to.sender.id, to.here, known, text.text, at) if page is None else None
    own = [people[each] for each in standings if each in known.values() and each in people]
    hints = [person.language for person in own] or [language_of(to.number.country)]
    if contest is not None:
        asked = replace(hearing, pending=PendingKind.POLL)
        intent = reading(text.text, lambda said: read(said, hints, asked))
        contest = None if gives_way(intent) else contest
    else:
        intent = read(text.text, hints, hearing) if page is None else ANSWERS_PAGE
    meant = page or contest
    return Understood(
        number=to.number,
        sender=to.sender,
        here=to.here,
        intent=intent,
        is_talking=hearing.pending is PendingKind.CONVERSATION,
        brands=brands_meant(intent, hearing) if meant is None else [meant.brand],
        page=page,
        contest=contest,
    )


def _prepared(
    store: Store, new: Sequence[tuple[BrandId, phone.PhoneNumber]]
) -> dict[tuple[BrandId, str], NewContact]:
    """Those whom a brand does not know yet, each with a key."""
    numbers: dict[BrandId, dict[str, phone.PhoneNumber]] = {}
    for brand, number in new:
        numbers.setdefault(brand, {})[number.e164] = number
    return {
        (brand, number.e164): NewContact(
            id=contact_id,
            seal=seal,
            number=number,
            brand=brand,
            language=language_of(number.country),
            source="inbound_text",
        )
        for brand, asked in numbers.items()
        for number, (contact_id, seal) in zip(
            asked.values(), contacts.prepare(store, brand, list(asked)), strict=True
        )
    }
