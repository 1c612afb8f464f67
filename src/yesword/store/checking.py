"""Checking the store against itself: state is the fold of the events, each event hangs on the one before, and the guards
are in place.

Nobody has to stop working meanwhile: what does not fit is looked at once more before it is told. Whether the ledger fits
what is stored here is `proof.auditing`'s to say, which reads the same records.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Final

from django.db import connections

from yesword.domain import codec
from yesword.domain.errors import YeswordError
from yesword.domain.events import ConsentEvent, EventKind
from yesword.domain.ids import BrandId, ContactId, bucket_of, to_text
from yesword.domain.state import fold
from yesword.domain.times import to_micros
from yesword.ledger.leaf import leaf_hash
from yesword.store import contact_marks, look_ups
from yesword.store.database import Row, Session
from yesword.store.erasures import KEYLESS, STOPPED
from yesword.store.forms import as_bytes, misfits_of_forms
from yesword.store.look_ups import LookUpRow
from yesword.store.misfits import MOST_TOLD, Fault, Misfit, Misfits, misfit
from yesword.store.opening import Store, missing_guards
from yesword.store.outages import DamagedFileError, outage
from yesword.store.sealing import Seal
from yesword.store.unread import told
from yesword.store.vault_sqlite import SqliteRows

EVERY_BRAND: Final = -1
PAGE: Final = 500  # records, or rows of another kind: what is held in memory at once
_LOOKS: Final = 5  # at a record that somebody may be writing to
_QUICK_CHECK: Final = "PRAGMA quick_check(20)"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class StoredEvent:
    """A row of the record, and its body as far as it can be read."""

    id: int
    brand: int
    contact: int
    seq: int
    kind: str
    program: int | None
    received_at: int
    recorded_at: int
    body: bytes
    entry: bytes
    leaf_hash: bytes
    sealed: bytes | None
    event: ConsentEvent | None

    @property
    def name(self) -> str:
        return to_text("evt", self.id)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class StoredRecord:
    """All that the store has of one person's permission."""

    contact: ContactId
    brand: int
    seq: int
    stop_seq: int
    state: bytes
    last_leaf: bytes | None
    subject: str | None  # None: there is no row of the contact
    erasure: str | None  # how far one has come
    row: tuple[object, ...] | None  # of the contact, as `contact_marks` has it, with its mark
    look_ups: frozenset[LookUpRow]
    files: frozenset[int]  # of evidence, that are there
    events: tuple[StoredEvent, ...]
    seal: Seal | None = field(compare=False)
    key_trouble: str | None = ""  # why its key in the vault does not open; None: nobody can tell

    @property
    def name(self) -> str:
        return to_text("con", self.contact)

    def is_erased_after(self, seq: int) -> bool:
        """Whether an erasure came after this event: then what it disclosed may be gone."""
        return any(each.kind == EventKind.ERASED.value and each.seq >= seq for each in self.events)


@dataclass(kw_only=True)
class StoreReport:
    contacts: int = 0
    events: int = 0
    misfits: Misfits = field(default_factory=Misfits)

    @property
    def findings(self) -> list[str]:
        return [each.sentence for each in self.misfits.told]

    def as_json(self) -> dict[str, object]:
        return {"contacts": self.contacts, "events": self.events, "findings": self.findings}


def check_store(store: Store) -> StoreReport:
    report = StoreReport()

    def look(record: StoredRecord) -> Iterator[Misfit]:
        yield from misfits_of(record)
        yield from misfits_of_contact(store, record)

    misfits = report.misfits
    for found in chain(damaged_files(store), misfit_guards()):
        misfits.add(found)
    with told(misfits, "database", "The form of what is stored"):
        for found in misfits_of_forms(store):
            misfits.add(found)
    with told(misfits, "consent_event", "The records"):
        for page in records(store):
            for record in page:
                report.contacts += 1
                report.events += len(record.events)
                with told(misfits, "consent_event", f"The record of {record.name}"):
                    for found in looked_at(store, record, look):
                        misfits.add(found)
    with told(misfits, "standing", "Who has a standing"):
        for found in without_standing(store):
            misfits.add(found)
    with told(misfits, "ledger_outbox", "What is in no log"):
        look_for_nowhere(store, misfits)
    with told(misfits, "look_up", "The look-ups"):
        for found in look_ups.of_nobody(store, EVERY_BRAND):
            misfits.add(found)
    return report


def misfit_guards() -> Iterator[Misfit]:
    for guard in sorted(missing_guards()):
        yield misfit(Fault.GUARD_MISSING, "database", guard=guard)


def damaged_files(store: Store) -> Iterator[Misfit]:
    """Pages that SQLite itself cannot follow: also of tables and indexes of which nothing else is asked."""
    if store.database.vendor != "sqlite":
        return
    files: dict[str, Callable[[], list[Row]]] = {"yesword.sqlite3": _quick_check}
    rows = None if store.keys_trouble is not None else store.vault.rows
    if isinstance(rows, SqliteRows):
        files["keys.sqlite3"] = partial(rows.ask, _QUICK_CHECK)
    for file, ask in files.items():
        try:
            said = str(ask()[0][0])
        except Exception as error:
            found = outage(error)
            if not isinstance(found, DamagedFileError):
                raise
            said = str(found.fields["reason"])
        if said != "ok":
            yield misfit(Fault.FILE_DAMAGED, file, file=file, reason=" ".join(said.split()))


def _quick_check() -> list[Row]:
    with connections["default"].cursor() as cursor:
        cursor.execute(_QUICK_CHECK)
        found: list[Row] = cursor.fetchall()
        return found


def records(store: Store, brand: int = EVERY_BRAND) -> Iterator[list[StoredRecord]]:
    """Every record, page by page, in the order of the contacts' ids."""
    bucket, cursor = 0, -1  # as they stand there: a row may lie in another's bucket
    while True:
        with store.database.read() as session:
            standings = session.rows(
                "audited_standings",
                cursor=cursor,
                cursor_bucket=bucket,
                brand_id=brand,
                count=PAGE,
            )
            if not standings:
                return
            cursor, bucket = standings[-1][0], standings[-1][-1]
            page = _read(store, session, [row[:-1] for row in standings])
        yield page


def looked_at(
    store: Store, record: StoredRecord, look: Callable[[StoredRecord], Iterable[Misfit]]
) -> list[Misfit]:
    """What does not fit in the record, as it is while nobody writes to it."""
    for _ in range(_LOOKS):
        found = list(look(record))
        if not found:
            return []
        with store.database.read() as session:
            standing = session.first(
                "audited_standing", bucket=bucket_of(record.contact), contact_id=record.contact
            )
            again = _read(store, session, [standing])[0] if standing else record
        if again == record:
            return found
        record = again
    return found


def _read(store: Store, session: Session, standings: list[Row]) -> list[StoredRecord]:
    ids = [row[0] for row in standings]
    buckets = sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
    events: dict[int, list[StoredEvent]] = {}
    for row in session.rows("audited_events", ids=session.ids(ids), buckets=buckets):
        event = _event(row)
        events.setdefault(event.contact, []).append(event)
    seals, troubles = _seals(store, [ContactId(each) for each in ids])
    people = {row[0]: _plain(row) for row in contact_marks.read(session, [ContactId(each) for each in ids])}
    files: dict[int, list[int]] = {}
    for contact, file in session.rows("audited_files", ids=session.ids(ids), buckets=buckets):
        files.setdefault(contact, []).append(file)
    found = look_ups.of_contacts(store, ids) if store.keys_trouble is None else {}
    return [
        StoredRecord(
            contact=ContactId(contact),
            brand=brand,
            seq=seq,
            stop_seq=stop_seq,
            state=as_bytes(state),
            last_leaf=None if last_leaf is None else as_bytes(last_leaf),
            subject=subject,
            erasure=erasure,
            row=people.get(contact),
            look_ups=found.get(contact, frozenset()),
            files=frozenset(files.get(contact, ())),
            events=tuple(events.get(contact, ())),
            seal=seals.get(ContactId(contact)),
            key_trouble=troubles.get(ContactId(contact), ""),
        )
        for contact, brand, seq, stop_seq, state, last_leaf, subject, erasure in standings
    ]


def _plain(row: Row) -> tuple[object, ...]:
    return tuple(bytes(each) if isinstance(each, memoryview) else each for each in row)


def _event(row: Row) -> StoredEvent:
    body = as_bytes(row[8])
    try:
        event = codec.loads(ConsentEvent, body)
    except YeswordError:
        event = None
    return StoredEvent(
        id=row[0],
        brand=row[1],
        contact=row[2],
        seq=row[3],
        kind=row[4],
        program=row[5],
        received_at=row[6],
        recorded_at=row[7],
        body=body,
        entry=as_bytes(row[9]),
        leaf_hash=as_bytes(row[10]),
        sealed=None if row[11] is None else as_bytes(row[11]),
        event=event,
    )


def _seals(
    store: Store, contacts: list[ContactId]
) -> tuple[dict[ContactId, Seal], dict[ContactId, str | None]]:
    """The keys, and why some do not open. Of a store whose key files do not fit, that is said once, elsewhere."""
    if store.keys_trouble is not None:
        return {}, dict.fromkeys(contacts)
    try:
        return dict(store.vault.seals(contacts)), {}
    except DamagedFileError:
        raise  # the vault as a whole: not one of its keys is to blame
    except (YeswordError, LookupError):
        seals: dict[ContactId, Seal] = {}
        troubles: dict[ContactId, str | None] = {}
        for each in contacts:
            try:
                seals.update(store.vault.seals([each]))
            except YeswordError as error:
                troubles[each] = error.message
            except LookupError as error:
                troubles[each] = f"It is wrapped by key number {error}, which is not here."
        return seals, troubles


def misfits_of(record: StoredRecord) -> Iterator[Misfit]:
    """What does not fit within one record, whatever the ledger says."""
    for each in record.events:
        yield from _misfits_of_event(each)
    numbers = [each.seq for each in record.events]
    if len(numbers) != record.seq or numbers != list(range(1, record.seq + 1)):
        yield from _misnumbered(record, numbers)
    bodies = [each.event for each in record.events]
    known = [event for event in bodies if event is not None]
    if len(known) == len(bodies):
        folded = fold(known)
        if folded.to_bytes() != record.state:
            yield misfit(Fault.STATE_NOT_FOLDED, "standing", contact=record.name)
        if folded.stop_seq_for(None) != record.stop_seq:
            yield misfit(
                Fault.STOP_NOT_NEWEST,
                "standing",
                contact=record.name,
                expected=folded.stop_seq_for(None),
                found=record.stop_seq,
            )
    newest = record.events[-1].leaf_hash if record.events else None
    if newest != record.last_leaf:
        yield misfit(
            Fault.LAST_LEAF_DIFFERS,
            "standing",
            contact=record.name,
            expected=shown(newest),
            found=shown(record.last_leaf),
        )
    if record.subject is None:
        yield misfit(Fault.CONTACT_MISSING, "contact", contact=record.name)
    if record.key_trouble:
        yield misfit(Fault.PERSON_KEY_UNFIT, "subject_key", contact=record.name, reason=record.key_trouble)
    elif record.seal is None and record.key_trouble is not None and not record.is_erased_after(0):
        yield misfit(Fault.PERSON_KEY_MISSING, "subject_key", contact=record.name)


def misfits_of_contact(store: Store, record: StoredRecord) -> Iterator[Misfit]:
    """What does not fit of the contact's row and of how it is found. Without their key nobody can tell."""
    if record.row is None or record.seal is None or record.erasure in (STOPPED, KEYLESS):
        return
    *row, mark = record.row
    if record.erasure is not None or record.is_erased_after(0):
        if not contact_marks.is_wiped(row):
            reason = "they were erased, and what was to go is there."
            yield misfit(Fault.CONTACT_DIFFERS, "contact", contact=record.name, reason=reason)
        return
    if not contact_marks.fits(record.seal, row, mark):
        reason = "its mark is not that of what stands in it. It was changed by something else."
        yield misfit(Fault.CONTACT_DIFFERS, "contact", contact=record.name, reason=reason)
    yield from look_ups.misfits_of(store, record.brand, row, record.seal, record.look_ups)


def _misfits_of_event(row: StoredEvent) -> Iterator[Misfit]:
    wanted = leaf_hash(row.entry)
    if wanted != row.leaf_hash:
        yield misfit(
            Fault.LEAF_NOT_OF_ENTRY,
            "consent_event",
            what="Event",
            event=row.name,
            expected=wanted.hex(),
            found=row.leaf_hash.hex(),
        )
    event = row.event
    if event is None:
        yield misfit(Fault.BODY_UNREADABLE, "consent_event", event=row.name)
        return
    for column, expected, found in (
        ("id", event.id, row.id),
        ("brand_id", event.brand, row.brand),
        ("contact_id", event.contact, row.contact),
        ("seq", event.seq, row.seq),
        ("kind", event.kind.value, row.kind),
        ("program_id", event.scope.program, row.program),
        ("received_at", to_micros(event.received_at), row.received_at),
    ):
        if expected != found:
            yield misfit(
                Fault.COLUMN_DIFFERS,
                "consent_event",
                event=row.name,
                column=column,
                expected=expected,
                found=found,
            )


def _misnumbered(record: StoredRecord, numbers: list[int]) -> Iterator[Misfit]:
    known = set(numbers)
    # A standing may say any number: of what it never had, no more than a page is told.
    lost = [number for number in range(1, min(record.seq, len(known) + PAGE) + 1) if number not in known]
    for number in lost[:PAGE]:
        yield misfit(
            Fault.EVENT_LOST, "consent_event", contact=record.name, number=number, expected=record.seq
        )
    if not lost:
        yield misfit(
            Fault.RECORD_NOT_NUMBERED,
            "consent_event",
            contact=record.name,
            expected=record.seq,
            found=", ".join(map(str, numbers[:20])),
        )


def without_standing(store: Store, brand: int = EVERY_BRAND) -> Iterator[Misfit]:
    """People who have lost the row that permission is locked by."""
    with store.database.read() as session:
        rows = session.rows("contacts_without_standing", brand_id=brand, count=MOST_TOLD)
    for contact, events in rows:
        yield misfit(
            Fault.STANDING_MISSING, "standing", contact=to_text("con", contact), found=f"{events} events"
        )


def look_for_nowhere(store: Store, misfits: Misfits, brand: int = EVERY_BRAND) -> None:
    """Events that would never get into the log."""
    with store.database.read() as session:
        rows = session.rows("events_nowhere", brand_id=brand, count=MOST_TOLD)
        every = session.first("count_events_nowhere", brand_id=brand) if len(rows) == MOST_TOLD else None
    for (event,) in rows:
        misfits.add(misfit(Fault.EVENT_NOWHERE, "ledger_outbox", what="Event", event=to_text("evt", event)))
    if every:
        misfits.count += every[0] - len(rows)  # the others are only counted


def brand_or_every(brand: BrandId | None) -> int:
    return EVERY_BRAND if brand is None else brand


def shown(digest: bytes | None) -> str:
    return "none" if digest is None else as_bytes(digest).hex()
