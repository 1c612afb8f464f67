"""People as pages show them: a page of many, and the whole record of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from yesword.consent.record import open_sections
from yesword.domain import codec
from yesword.domain.errors import YeswordError
from yesword.domain.events import ConsentEvent
from yesword.domain.ids import BrandId, ContactId, InboundId, MessageId, ProgramId, bucket_of, from_text
from yesword.domain.messages import MessageKind, MessageState, for_colleagues, without_link_words
from yesword.domain.state import EMPTY, ConsentState
from yesword.domain.times import from_micros
from yesword.ledger.entry import SectionValue, open_disclosure
from yesword.proof.proofs import published
from yesword.reporting.standings import Reader, Standing
from yesword.store import contacts, leave_answers, ledgers, programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.leave_answers import LeaveAnswer
from yesword.store.opening import Store
from yesword.store.sealing import Seal, UnreadableError, place

PAGE: Final = 50
_FIRST_LOOK: Final = 500
LOOKED_AT: Final = 10_000  # people; whoever wants those after them asks for the next page
_EVERY_TEXT: Final = 500  # of a person, when one of them is looked for


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """People who have a name like this, and stand so with this program. Empty fields ask nothing."""

    name: str = ""
    program: ProgramId | None = None
    standing: Standing | None = None  # with the program, or with any when none is named


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PersonLine:
    contact: Contact
    state: ConsentState


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PeoplePage:
    """`next_after` is None at the end; `is_cut_short` when many were looked at and the page is not full."""

    people: tuple[PersonLine, ...]
    next_after: ContactId | None
    is_cut_short: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class EventRecord:
    """An event with what its sealed sections say; without the person's key, the event alone."""

    event: ConsentEvent
    recorded_at: datetime
    is_in_outbox: bool  # or taken from it, and not yet published
    is_published: bool  # it is under a checkpoint that everybody can see
    is_readable: bool
    wording: str  # exactly as it was shown
    wording_version: int
    words: str  # the person's own text that brought it about
    sent_to: str  # the code or number that they texted
    context: Mapping[str, Any]
    evidence: Sequence[Mapping[str, Any]]
    said_of_leaving: LeaveAnswer | None = None  # afterwards, on the page by which they left


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TextLine:
    """One text to or from a person. `text` is empty when it was never written, or its key is gone."""

    at: datetime
    sender: int
    text: str
    is_from_person: bool
    message: MessageId | None = None
    kind: MessageKind | None = None
    state: MessageState | None = None
    reason: str = ""
    due_at: datetime | None = None
    intent: str = ""  # of the person's text: what it was understood as, and by which rule
    rule: str = ""


def find_by_number(store: Store, brand: BrandId, number: str) -> ContactId | None:
    with store.database.read() as session:
        return contacts.find(store, session, brand, number)


def people_page(
    store: Store,
    brand: BrandId,
    wanted: Wanted,
    program_ids: Sequence[ProgramId],
    at: datetime,
    *,
    after: ContactId | None = None,
    count: int = PAGE,
) -> PeoplePage:
    """The next people by name, at most `count`, of so many that one page may look at."""
    with store.database.read() as session:
        chosen, looked_at, last = _choose(session, brand, wanted, program_ids, at, after, count)
        found = contacts.read_many(store, session, chosen)
        standings = contacts.standings(session, chosen)
    lines = tuple(
        PersonLine(contact=found[each], state=standings[each].state) for each in chosen if each in found
    )
    return PeoplePage(
        people=lines,
        next_after=last,
        is_cut_short=last is not None and len(lines) < count and looked_at >= LOOKED_AT,
    )


def _choose(
    session: Session,
    brand: BrandId,
    wanted: Wanted,
    program_ids: Sequence[ProgramId],
    at: datetime,
    after: ContactId | None,
    count: int,
) -> tuple[list[ContactId], int, ContactId | None]:
    """The ids of the page, how many were looked at, and after whom the next page begins."""
    asked = [wanted.program] if wanted.program is not None else list(program_ids)
    reader = Reader(asked, at)
    is_filtered = bool(wanted.name) or wanted.standing is not None or wanted.program is not None
    chosen: list[ContactId] = []
    looked_at, cursor = 0, after
    while looked_at < LOOKED_AT:
        limit = (_FIRST_LOOK if looked_at == 0 else LOOKED_AT) if is_filtered else count + 1
        rows = _rows(session, brand, wanted.name, cursor, limit)
        for contact_id, name, stored in rows:
            if len(chosen) == count:
                return chosen, looked_at, cursor
            cursor = ContactId(contact_id)
            looked_at += 1
            if _is_wanted(wanted, name, reader, bytes(stored)):
                chosen.append(cursor)
        if len(rows) < limit:
            return chosen, looked_at, None
    return chosen, looked_at, cursor


def _is_wanted(wanted: Wanted, name: str, reader: Reader, stored: bytes) -> bool:
    if wanted.name and wanted.name.casefold() not in name.casefold():
        return False
    if wanted.standing is None and wanted.program is None:
        return True
    words = reader.read(stored)
    if wanted.standing is None:
        return any(word is not Standing.NONE for word in words)
    if wanted.standing is Standing.NONE:
        return all(word is Standing.NONE for word in words)
    return wanted.standing in words


def _rows(
    session: Session, brand: BrandId, name: str, after: ContactId | None, limit: int
) -> list[tuple[int, str, bytes]]:
    key = ("",)
    if after is not None:
        key = session.first("name_key", bucket=bucket_of(after), id=after) or ("",)
    rows = session.rows(
        "people_page",
        brand_id=brand,
        after_name=key[0],
        after_id=-1 if after is None else after,
        pattern=_pattern(name),
        count=limit,
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _pattern(name: str) -> str:
    """Coarser than what is asked: SQLite knows the case of ASCII letters only, and the exact look follows."""
    shown = "".join(_escaped(character) for character in name.strip().lower())
    return f"%{shown}%" if shown else "%"


def _escaped(character: str) -> str:
    if character in "%_!":
        return f"!{character}"
    return character if character.isascii() else "%"


def read_person(store: Store, contact_id: ContactId) -> PersonLine | None:
    with store.database.read() as session:
        contact = contacts.read(store, session, contact_id)
        if contact is None:
            return None
        standing = contacts.standings(session, [contact_id]).get(contact_id)
    return PersonLine(contact=contact, state=standing.state if standing else EMPTY)


def read_events(store: Store, contact: Contact, most: int | None = None) -> list[EventRecord]:
    """The record of a person, newest first: all of it, or its newest events."""
    origin = programs.brand(contact.brand).origin
    with store.database.read() as session:
        rows = session.rows("events_of_contact", bucket=contact.bucket, contact_id=contact.id)
        rows = rows if most is None else rows[-most:]
        pending = session.rows(
            "pending_in_outbox", bucket=contact.bucket, ids=session.ids([row[0] for row in rows])
        )
        entered = ledgers.places(session, [row[0] for row in rows]).keys()
        proven = published(session, contact.brand, [row[0] for row in rows])
        seal = store.vault.seal(contact.id)
        words = _own_words(session, contact, seal)
        left = {each.event: each for each in leave_answers.of_contact(store, session, contact.id)}
    waiting = {row[0] for row in pending} | (entered - proven.keys())
    return [
        replace(
            _record(
                row[0],
                bytes(row[1]),
                row[2],
                row[5],
                seal,
                origin,
                words,
                is_in_outbox=row[0] in waiting,
                is_published=row[0] in proven,
            ),
            said_of_leaving=left.get(row[0]),
        )
        for row in reversed(rows)
    ]


def _record(
    row_id: int,
    body: bytes,
    sealed: bytes | None,
    recorded_at: int,
    seal: Seal | None,
    origin: str,
    words: Mapping[int, str],
    *,
    is_in_outbox: bool,
    is_published: bool,
) -> EventRecord:
    sections = _sections(row_id, sealed, seal, origin)
    notice = _members(sections.get("notice"))
    context = _members(sections.get("context"))
    return EventRecord(
        event=codec.loads(ConsentEvent, body),
        recorded_at=from_micros(recorded_at),
        is_in_outbox=is_in_outbox,
        is_published=is_published,
        is_readable=bool(sections),
        wording=str(notice.get("text", "")),
        wording_version=int(notice.get("version", 0)),
        words=words.get(_inbound_id(context.get("inbound")), ""),
        sent_to=str(context.get("to", "")),
        context=context,
        evidence=[_members(each) for each in _items(sections.get("evidence"))],
    )


def _sections(row_id: int, sealed: bytes | None, seal: Seal | None, origin: str) -> dict[str, SectionValue]:
    if sealed is None or seal is None:
        return {}
    return dict(open_disclosure(each) for each in open_sections(seal, bytes(sealed), origin, row_id))


def _members(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _inbound_id(text: object) -> int:
    try:
        return from_text("inb", text) if isinstance(text, str) else 0
    except YeswordError:
        return 0


def _own_words(session: Session, contact: Contact, seal: Seal | None) -> dict[int, str]:
    rows = session.rows("inbound_of_contact", bucket=contact.bucket, contact_id=contact.id, count=_EVERY_TEXT)
    return {row[0]: without_link_words(_opened(seal, row[2], "inbound", row[0])) for row in rows}


def read_texts(store: Store, contact: Contact, most: int) -> list[TextLine]:
    """The newest texts to and from a person, oldest first."""
    with store.database.read() as session:
        out = session.rows("messages_of_contact", bucket=contact.bucket, contact_id=contact.id, count=most)
        back = session.rows("inbound_of_contact", bucket=contact.bucket, contact_id=contact.id, count=most)
    seal = store.vault.seal(contact.id)
    lines = [
        TextLine(
            at=from_micros(row[11] if row[11] is not None else row[10]),
            sender=row[12],
            text=for_colleagues(row[1], _opened(seal, row[6], "body", row[0])),
            is_from_person=False,
            message=MessageId(row[0]),
            kind=MessageKind(row[1]),
            state=MessageState(row[3]),
            reason=row[5],
            due_at=from_micros(row[4]),
        )
        for row in reversed(out)
    ]
    lines += [
        TextLine(
            at=from_micros(row[3]),
            sender=row[1],
            text=without_link_words(_opened(seal, row[2], "inbound", InboundId(row[0]))),
            is_from_person=True,
            intent=row[4],
            rule=row[5],
        )
        for row in reversed(back)
    ]
    return sorted(lines, key=lambda line: (line.at, not line.is_from_person))[-most:]


def _opened(seal: Seal | None, sealed: bytes | None, kind: str, row_id: int) -> str:
    if seal is None or sealed is None:
        return ""
    try:
        return seal.open(bytes(sealed), place(kind, row_id)).decode(errors="replace")
    except UnreadableError:
        return ""
