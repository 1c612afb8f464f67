"""The queue of texts that somebody should look at, read page by page with how each was read. Nothing is changed here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.facts import MessageFacts
from yesword.domain.ids import (
    BrandId,
    ContactId,
    EventId,
    InboundId,
    MessageId,
    ProgramId,
    RequestId,
    bucket_of,
    from_text,
    to_text,
)
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.permission import permission
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState
from yesword.domain.times import from_micros, to_micros
from yesword.domain.triage import VERBS, TriageKind, TriageState, Verb, urgency
from yesword.domain.understanding import Kind
from yesword.store import contacts, programs
from yesword.store.contacts import Contact
from yesword.store.database import Row, Session
from yesword.store.opening import Store
from yesword.store.sealing import Seal, UnreadableError, place
from yesword.store.triage import open_note

MOST: Final = 200  # of one page
_URGENCIES: Final = frozenset(urgency(kind) for kind in TriageKind)
_PLACE: Final = re.compile(
    r"[0-9]-[0-9]{1,18}"
)  # what a store can be asked for, and no other digits than these


class NoSuchRowError(YeswordError):
    """There is nothing to look at under this id. Take one from `yesword triage list`."""

    code = "no_such_row"


class BadPlaceError(YeswordError):
    """That is no place in the queue. Begin at its front again."""

    code = "bad_place"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a text stands in the queue: the next page begins after it."""

    urgency: int
    received_at: datetime
    id: InboundId

    def to_text(self) -> str:
        return f"{self.urgency}-{to_micros(self.received_at)}-{to_text('inb', self.id)}"

    @staticmethod
    def from_text(text: str) -> "Place":
        first, _, rest = text.partition("-")
        micros, _, row = rest.partition("-")
        found = _PLACE.fullmatch(f"{first}-{micros}")
        if found is None or int(first) not in _URGENCIES:
            raise BadPlaceError
        try:
            return Place(
                urgency=int(first),
                received_at=from_micros(int(micros)),
                id=InboundId(from_text("inb", row)),
            )
        except (ValueError, OverflowError, YeswordError):
            raise BadPlaceError from None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How a text was read. `span`: the characters of it that say so."""

    kind: Kind
    kinds: tuple[Kind, ...]  # all that it says
    rule: str
    confidence: float
    span: tuple[int, int] | None
    is_per_se: bool
    sender: int
    program: ProgramId | None
    message: MessageId | None  # the text of ours that it answers


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One text that somebody should look at, or has looked at."""

    id: InboundId
    brand: BrandId
    contact: ContactId
    kind: TriageKind
    state: TriageState
    received_at: datetime
    due_at: datetime | None
    event: EventId | None
    request: RequestId | None
    settled_at: datetime | None
    settled_by: int | None
    note: str
    text: str | None  # None where it does not open: the person's key is gone, or the row is damaged
    read: Reading
    is_answerable: bool
    also_ended: tuple[EventId, ...] = ()  # further withdrawals, where the text ended several programs
    is_undone: bool = False  # somebody has said that what it ended had been misread

    @property
    def events(self) -> tuple[EventId, ...]:
        """All withdrawals that it led to."""
        return () if self.event is None else (self.event, *self.also_ended)

    @property
    def verbs(self) -> tuple[Verb, ...]:
        """What may be done about it now."""
        if self.state is not TriageState.OPEN:
            return ()
        return tuple(verb for verb in VERBS[self.kind] if verb is not Verb.ANSWER or self.is_answerable)

    @property
    def place(self) -> Place:
        return Place(urgency=urgency(self.kind), received_at=self.received_at, id=self.id)

    def __repr__(self) -> str:
        return f"<Item {self.id}>"


_FRONT: Final = Place(urgency=-1, received_at=from_micros(0), id=InboundId(0))


def queue(
    store: Store, session: Session, brand: BrandId, after: Place | None = None, limit: int = 50
) -> list[Item]:
    """What waits: the most urgent kind first, and of one kind the oldest."""
    start = after or _FRONT
    rows = session.rows(
        "triage_queue",
        brand_id=brand,
        urgency=start.urgency,
        received_at=to_micros(start.received_at),
        after=start.id,
        count=max(1, min(limit, MOST)),
    )
    return _items(store, session, rows)


def settled(store: Store, session: Session, brand: BrandId, limit: int = 50) -> list[Item]:
    """What was settled lately, the newest first."""
    rows = session.rows("triage_settled", brand_id=brand, count=max(1, min(limit, MOST)))
    return _items(store, session, rows)


def counts(session: Session, brand: BrandId) -> dict[TriageKind, int]:
    """How many wait, by why."""
    found = {TriageKind(kind): count for kind, count in session.rows("triage_counts", brand_id=brand)}
    return {kind: found.get(kind, 0) for kind in TriageKind}


def read(store: Store, session: Session, row_id: InboundId) -> Item:
    row = session.first("triage_row", bucket=bucket_of(row_id), id=row_id)
    if row is None:
        raise NoSuchRowError
    return _items(store, session, [row])[0]


def answering_program(item_programs: Sequence[Program], state: ConsentState) -> Program:
    """In whose name an answer goes: the program that the person is in, or the first of the sender."""
    joined = (each for each in item_programs if state.grant_for(each.id) is not None)
    return next(joined, item_programs[0])


def conversation(state: ConsentState, program: ProgramId, text_at: datetime) -> bool:
    """Whether the person's own text lets somebody answer it, as the gate will see it."""
    message = MessageFacts(
        message_class=MessageClass.CONVERSATIONAL,
        kind=MessageKind.REPLY,
        planned_seq=state.seq,
        conversation_at=text_at,
    )
    return permission(state, message, text_at, program=program).is_granted


def _items(store: Store, session: Session, rows: Sequence[Row]) -> list[Item]:
    ids = [ContactId(row[2]) for row in rows]
    seals = dict(store.vault.seals(ids))
    standings = contacts.standings(session, ids)
    people = contacts.read_many(store, session, ids)
    here = {sender: programs.on_sender(sender) for sender in {row[21] for row in rows}}
    return [
        _item(row, seals.get(ContactId(row[2])), standings[ContactId(row[2])].state, people, here)
        for row in rows
    ]


def _item(
    row: Row,
    seal: Seal | None,
    state: ConsentState,
    people: Mapping[ContactId, Contact],
    here: Mapping[int, Sequence[Program]],
) -> Item:
    contact, received_at = ContactId(row[2]), from_micros(row[5])
    person = people[contact]
    own = [program for program in here[row[21]] if program.brand == row[1]]
    is_answerable = (
        bool(own)
        and person.number is not None
        and person.may_text
        and conversation(state, answering_program(own, state).id, received_at)
    )
    return Item(
        id=InboundId(row[0]),
        brand=BrandId(row[1]),
        contact=contact,
        kind=TriageKind(row[3]),
        state=TriageState(row[7]),
        received_at=received_at,
        due_at=None if row[6] is None else from_micros(row[6]),
        event=None if row[8] is None else EventId(row[8]),
        request=None if row[9] is None else RequestId(row[9]),
        settled_at=None if row[10] is None else from_micros(row[10]),
        settled_by=row[11],
        note=open_note(seal, row[12], row[0]),
        text=_words(seal, row[13], row[0]),
        read=Reading(
            kind=Kind(row[14]),
            kinds=tuple(Kind(each) for each in row[15].split()),
            rule=row[16],
            confidence=row[17],
            is_per_se=bool(row[18]),
            span=None if row[19] is None or row[20] is None else (row[19], row[20]),
            sender=row[21],
            program=None if row[22] is None else ProgramId(row[22]),
            message=None if row[23] is None else MessageId(row[23]),
        ),
        also_ended=tuple(EventId(int(each)) for each in row[24].split()),
        is_undone=bool(row[25]),
        is_answerable=is_answerable,
    )


def _words(seal: Seal | None, sealed: bytes | None, row_id: int) -> str | None:
    if seal is None or sealed is None:
        return None
    try:
        return seal.open(bytes(sealed), place("inbound", row_id)).decode(errors="replace")
    except UnreadableError:
        return None  # one damaged row must not hide all the others
