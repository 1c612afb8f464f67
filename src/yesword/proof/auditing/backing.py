"""What backs a person's events against the events that name it: files of evidence, texts that they sent, and their number.

Of whoever was erased, only what is kept as proof is looked at; where the key of legal holds is not here, no more than that
it is there, and as large as it was.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from yesword.domain.events import EventKind
from yesword.domain.evidence.kinds import KEPT_OF_ERASED
from yesword.domain.ids import bucket_of, to_text
from yesword.ledger.entry import JsonObject, SectionValue
from yesword.proof.evidence import losses
from yesword.proof.evidence.losses import FILE, TEXT, Owner
from yesword.proof.evidence.opening import items_in
from yesword.store import blobs, erasures
from yesword.store.checking import StoredEvent, StoredRecord
from yesword.store.contact_marks import COLUMNS
from yesword.store.database import Session
from yesword.store.forms import as_bytes
from yesword.store.misfits import Fault, Misfit, misfit
from yesword.store.opening import Store
from yesword.store.sealing import OVERHEAD, Seal, UnreadableError, place

_FILES: Final = "evidence_blob"
_TEXTS: Final = "inbound_text"
_KEPT: Final = frozenset(kind.value for kind in KEPT_OF_ERASED)


@dataclass(kw_only=True, slots=True)
class Backing:
    """What the events of one record name, each with its event."""

    files: dict[int, tuple[StoredEvent, JsonObject]] = field(default_factory=dict)
    texts: dict[int, tuple[StoredEvent, JsonObject]] = field(default_factory=dict)
    number: str | None = None  # as the newest event that tells it says
    is_all_read: bool = True

    def take(self, row: StoredEvent, sections: Mapping[str, SectionValue]) -> None:
        items = items_in(sections)
        self.files |= {file: (row, item) for file, item in losses.named(items, FILE).items()}
        self.texts |= {text: (row, item) for text, item in losses.named(items, TEXT).items()}
        subject = sections.get("subject")
        if isinstance(subject, Mapping) and isinstance(subject.get("phone"), str):
            self.number = str(subject["phone"])


def misfits_of_backing(store: Store, record: StoredRecord, backing: Backing) -> Iterator[Misfit]:
    """While an erasure is under way, nothing is said: what it names is about to go, or to be sealed anew."""
    is_held = record.erasure == erasures.HELD
    if not is_held and (record.erasure is not None or record.is_erased_after(0)):
        return
    if is_held:
        if not _is_kept(record):
            return
        yield from _emptied(record)
        yield from _closed(store, record) if record.seal is None else _number(record, record.seal, backing)
    if record.seal is None:
        return
    yield from _named(store, record, record.seal, backing, is_erased=is_held)
    if backing.is_all_read:
        for file in sorted(record.files - backing.files.keys()):
            yield misfit(Fault.EVIDENCE_OF_NOTHING, _FILES, contact=record.name, file=to_text(FILE, file))


def _named(
    store: Store, record: StoredRecord, seal: Seal, backing: Backing, *, is_erased: bool
) -> Iterator[Misfit]:
    if not (backing.files or backing.texts):
        return
    owner = Owner(brand=record.brand, contact=record.contact, seal=seal, is_erased=is_erased)
    now = datetime.now(UTC)
    with store.database.read() as session:
        for file, (row, item) in backing.files.items():
            if reason := losses.trouble_with_file(session, file, item, owner, now):
                name = to_text(FILE, file)
                yield misfit(Fault.EVIDENCE_LOST, _FILES, event=row.name, file=name, reason=reason)
        for text, (row, item) in backing.texts.items():
            if reason := losses.trouble_with_text(session, text, item, owner):
                name = to_text(TEXT, text)
                yield misfit(Fault.TEXT_LOST, _TEXTS, event=row.name, text=name, reason=reason)


# --- proof that is kept of the erased ---------------------------------------------------------------------------


def _is_kept(record: StoredRecord) -> bool:
    """Either all of it is there, or none: of whoever was erased again in a store that was put back, nothing could be kept."""
    return _sealed_number(record) is not None or any(each.sealed is not None for each in _before(record))


def _before(record: StoredRecord) -> list[StoredEvent]:
    """The events that the erasure found."""
    ended = max((each.seq for each in record.events if each.kind == EventKind.ERASED.value), default=0)
    return [each for each in record.events if each.seq < ended]


def _emptied(record: StoredRecord) -> Iterator[Misfit]:
    for each in _before(record):
        if each.sealed is None:
            yield _unfit(record, "consent_event", f"what event {each.name} disclosed", "is missing")


def _number(record: StoredRecord, seal: Seal, backing: Backing) -> Iterator[Misfit]:
    sealed = _sealed_number(record)
    if sealed is None:
        if backing.number is not None:
            yield _unfit(record, "contact", "the number", "is missing")
        return
    try:
        number = seal.open(sealed, place("number", record.contact)).decode(errors="replace")
    except UnreadableError:
        yield _unfit(record, "contact", "the number", "does not open")
        return
    if backing.number not in (None, number):
        yield _unfit(record, "contact", "the number", "is not the one that its events tell")


def _closed(store: Store, record: StoredRecord) -> Iterator[Misfit]:
    """What can be told without the key: that rows which are there hold something, and as much as they say."""
    now = datetime.now(UTC)
    sealed = _sealed_number(record)
    if sealed is not None and len(sealed) <= OVERHEAD:
        yield _unfit(record, "contact", "the number", "is cut")
    for each in record.events:
        if each.sealed is not None and len(each.sealed) <= OVERHEAD:
            yield _unfit(record, "consent_event", f"what event {each.name} disclosed", "is cut")
    with store.database.read() as session:
        for row in blobs.of_contact(session, record.contact):
            name = f"the file {to_text(FILE, row.id)}"
            if row.kind in _KEPT and losses.is_before_its_time(row, now):
                yield _unfit(record, _FILES, name, "is missing, though its time is not over")
        for file, size, length in _lengths(session, "held_files", record):
            if length != size + OVERHEAD:
                reason = f"is of {length - OVERHEAD} bytes, and not of {size}"
                yield _unfit(record, _FILES, f"the file {to_text(FILE, file)}", reason)
        for text, _, length in _lengths(session, "held_texts", record):
            if length < OVERHEAD:
                yield _unfit(record, _TEXTS, f"the text {to_text(TEXT, text)}", "is missing")


def _lengths(session: Session, query: str, record: StoredRecord) -> list[tuple[int, int, int]]:
    place_of = {"bucket": bucket_of(record.contact), "contact_id": record.contact}
    return [(row[0], row[1], row[2] or 0) for row in session.rows(query, **place_of)]


def _sealed_number(record: StoredRecord) -> bytes | None:
    found = None if record.row is None else record.row[COLUMNS.index("sealed_number")]
    return None if found is None else as_bytes(found)


def _unfit(record: StoredRecord, where: str, what: str, reason: str) -> Misfit:
    return misfit(Fault.KEPT_PROOF_UNFIT, where, contact=record.name, what=what, reason=reason)
