"""Keeping files of evidence: looked at, sealed under the person's own key, and let go when their time is over.

What is kept of a page that everybody sees is nobody's, and not here. What a file proves is told in `grades`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.evidence import media
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.evidence.media import Media, MediaType
from yesword.domain.ids import ContactId, EventId, from_text, to_text
from yesword.ledger.entry import JsonObject, JsonValue
from yesword.proof.evidence.losses import is_before_its_time
from yesword.proof.evidence.opening import record_of
from yesword.proof.evidence.periods import jurisdictions, purge_at
from yesword.store import blobs, contacts, erasures, programs
from yesword.store.blobs import BlobRow
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.sealing import UnreadableError, place

PREFIX: Final = "evi"

# Of one person. Texts, imported rows, wordings and pages each have a place of their own.
_KEPT: Final = frozenset(
    {
        EvidenceKind.SCAN,
        EvidenceKind.RECORDING,
        EvidenceKind.ATTESTATION,
        EvidenceKind.EMAIL,
        EvidenceKind.PRESENTATION_PROBE,
        EvidenceKind.REPLAY,
    }
)


class NobodyToKeepForError(YeswordError):
    """Nothing more is kept of this person: they were erased, or their key is gone."""

    code = "evidence_of_nobody"


class NoSuchFileError(YeswordError):
    """There is no file of evidence {id}. `yesword evidence show` lists those of a person. If it names this one, the file is missing from the store: it was tampered with, or lost."""

    code = "evidence_no_such_file"


class FileLostError(YeswordError):
    """The file {id} is missing from the store: it was tampered with, or lost. Its time is not over, and the person was not erased. `yesword ledger audit` names what else does not fit; look for the file in a backup of before."""

    code = "evidence_file_lost"


class FileGoneError(YeswordError):
    """The file {id} is not kept any more: its time was over, or the person was erased. Its record may still be proven."""

    code = "evidence_file_gone"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class AcceptedFile:
    """A file that was looked at, and may be evidence of its kind."""

    kind: EvidenceKind
    data: bytes
    media: Media


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class KeptFile:
    id: int
    kind: EvidenceKind
    media_type: MediaType
    size: int  # bytes
    sha256: str  # for the sealed record of the event, and nowhere else
    purge_at: datetime | None

    @property
    def ref(self) -> str:
        return to_text(PREFIX, self.id)

    def item(self, **more: JsonValue) -> JsonObject:
        """What the record of the event says of it; `more` is told beside."""
        return {
            **more,
            "kind": self.kind.value,
            "sha256": self.sha256,
            "size": self.size,
            "media_type": self.media_type.value,
            "ref": self.ref,
        }


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ReadFile:
    """To be handed out as a download, and never as a page of ours: what it is was told from its first bytes only."""

    contact: ContactId
    kind: EvidenceKind
    media_type: str
    data: bytes


def accept(kind: EvidenceKind, data: bytes, declared_type: str = "") -> AcceptedFile:
    """Look at a file before anybody waits for it. `declared_type`: what its sender calls it, or nothing.

    Raises a MediaError where it is not what it is said to be, or may not be evidence.
    """
    assert kind in _KEPT, f"{kind} has a place of its own"
    return AcceptedFile(kind=kind, data=data, media=media.accept(data, declared_type, kind))


def keep(store: Store, session: Session, contact: Contact, file: AcceptedFile, at: datetime) -> KeptFile:
    """Keep a file, in the transaction of the event that it backs. Raises NobodyToKeepForError."""
    seal = None if contact.erased_at is not None else store.vault.seal(contact.id)
    if seal is None:
        raise NobodyToKeepForError
    where = jurisdictions(contact, programs.brand(contact.brand).country)
    found = file.media
    row = BlobRow(
        id=store.ids.make(contact.bucket),
        brand=contact.brand,
        contact=contact.id,
        kind=file.kind.value,
        media_type=found.media_type.value,
        size=found.size,
        kept_at=at,
        purge_at=purge_at(file.kind, where, collected_at=at),
    )
    blobs.insert(session, row, file.data, seal)
    return KeptFile(
        id=row.id,
        kind=file.kind,
        media_type=found.media_type,
        size=found.size,
        sha256=found.sha256,
        purge_at=row.purge_at,
    )


def kept(session: Session, ref: str, file: AcceptedFile) -> KeptFile | None:
    """The very file that is on record as `ref`; None where it is not kept any more, or was kept as another kind."""
    found = blobs.read(session, from_text(PREFIX, ref)) if ref.startswith(f"{PREFIX}_") else None
    if found is None or not found[0].is_there or found[0].kind != file.kind.value:
        return None
    row = found[0]
    return KeptFile(
        id=row.id,
        kind=file.kind,
        media_type=file.media.media_type,
        size=row.size,
        sha256=file.media.sha256,
        purge_at=row.purge_at,
    )


def read(store: Store, file: int) -> ReadFile:
    """Raises NoSuchFileError, FileGoneError, FileLostError."""
    with store.database.read() as session:
        found = blobs.read(session, file)
    ref = to_text(PREFIX, file)
    if found is None:
        raise NoSuchFileError(id=ref)
    row, sealed = found
    seal = store.vault.seal(row.contact)
    is_erased = _is_erased(store, row.contact)
    if not is_erased and (seal is None or is_before_its_time(row, datetime.now(UTC))):
        raise FileLostError(id=ref)
    if sealed is None or seal is None:
        raise FileGoneError(id=ref)
    try:
        data = seal.open(sealed, place("blob", row.id))
    except UnreadableError as error:
        if is_erased:  # its key was destroyed, and another stands in its place
            raise FileGoneError(id=ref) from error
        raise FileLostError(id=ref) from error
    return ReadFile(contact=row.contact, kind=EvidenceKind(row.kind), media_type=row.media_type, data=data)


def _is_erased(store: Store, contact: ContactId) -> bool:
    with store.database.read() as session:
        person = contacts.read(store, session, contact)
        return person is None or person.erased_at is not None or erasures.read(session, contact) is not None


def let_go_on_confirming(
    store: Store, session: Session, contact: Contact, request: EventId, at: datetime
) -> int:
    """The handset has confirmed this request: what only a browser told of it goes now, unless a law asks for it.

    How many files. The text says more than they did, and what was found in them stays in the record.
    """
    asked = next((each for each in record_of(store, session, contact) if each.event.id == request), None)
    refs = [str(item.get("ref", "")) for item in asked.items] if asked else []
    own = [from_text(PREFIX, ref) for ref in refs if ref.startswith(f"{PREFIX}_")]
    return blobs.purge_by(session, own, at)
