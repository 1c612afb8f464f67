"""Files and texts that an event names and the store should have, and has not: lost, or tampered with.

A file whose time is over is not lost, nor is what went when its person was erased: it went as it was to go. What an
erasure keeps as proof is looked at like that of anybody else. A text that an event names stays as long as the event.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.evidence.kinds import KEPT_OF_ERASED
from yesword.domain.ids import bucket_of, from_text
from yesword.ledger.entry import JsonObject
from yesword.store import blobs
from yesword.store.blobs import BlobRow
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.sealing import Seal, UnreadableError, place

FILE: Final = "evi"
TEXT: Final = "inb"
_KEPT: Final = frozenset(kind.value for kind in KEPT_OF_ERASED)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Owner:
    """Whose evidence it is."""

    brand: int
    contact: int
    seal: Seal
    is_erased: bool = False  # and this is the proof of them that is kept


def named(items: Iterable[JsonObject], prefix: str = FILE) -> dict[int, JsonObject]:
    """Those of a section's items that name a file of the person's own, or a text of theirs, by its id."""
    found: dict[int, JsonObject] = {}
    for item in items:
        ref = item.get("ref")
        if isinstance(ref, str) and ref.startswith(f"{prefix}_"):
            try:
                found[from_text(prefix, ref)] = item
            except YeswordError:
                continue  # no id of ours
    return found


def lost(
    session: Session, contact: Contact, seal: Seal | None, items: Iterable[JsonObject], at: datetime
) -> Mapping[str, str]:
    """Digest of each that is lost, and what is the matter with it. Of somebody whose key is gone nothing is."""
    if seal is None:
        return {}
    owner = Owner(brand=contact.brand, contact=contact.id, seal=seal, is_erased=contact.erased_at is not None)
    kept = list(items)
    found = {
        str(item.get("sha256", "")): reason
        for file, item in named(kept).items()
        if (reason := trouble_with_file(session, file, item, owner, at))
    }
    return found | {
        str(item.get("sha256", "")): reason
        for text, item in named(kept, TEXT).items()
        if (reason := trouble_with_text(session, text, item, owner))
    }


def trouble_with_file(session: Session, file: int, item: JsonObject, owner: Owner, at: datetime) -> str:
    """Why it is not the file that was named; empty where it is, or its time was over by then."""
    if owner.is_erased and item.get("kind") not in _KEPT:
        return ""
    stored = blobs.read(session, file)
    if stored is None:
        return "is missing from the store"
    row, sealed = stored
    if is_before_its_time(row, at):
        return "is missing from the store, though its time is not over"
    for member, said, found in (
        ("brand", owner.brand, row.brand),
        ("contact", owner.contact, row.contact),
        ("kind", item.get("kind"), row.kind),
        ("size", item.get("size"), row.size),
        ("media type", item.get("media_type"), row.media_type),
    ):
        if said != found:
            return f"has the {member} {found} in its row, and not {said}"
    return "" if sealed is None else _trouble_within(sealed, place("blob", file), item, owner.seal)


def trouble_with_text(session: Session, text: int, item: JsonObject, owner: Owner) -> str:
    """The same of a text that the person sent."""
    row = session.first("inbound_evidence", bucket=bucket_of(text), id=text)
    if row is None:
        return "is missing from the store"
    brand, contact, sealed = row
    for member, said, found in (("brand", owner.brand, brand), ("contact", owner.contact, contact)):
        if said != found:
            return f"has the {member} {found} in its row, and not {said}"
    if sealed is None:
        return "is missing from the store, though its event is there"
    return _trouble_within(bytes(sealed), place("inbound", text), item, owner.seal)


def _trouble_within(sealed: bytes, where: bytes, item: JsonObject, seal: Seal) -> str:
    try:
        data = seal.open(sealed, where)
    except UnreadableError:
        return "does not open: it is not the one that was kept"
    digest = sha256(data).hexdigest()
    if digest != item.get("sha256"):
        return f"has the digest {digest}, and not the one that was named"
    size = item.get("size")
    return "" if size in (None, len(data)) else f"is of {len(data)} bytes, and not of {size}"


def is_before_its_time(row: BlobRow, at: datetime) -> bool:
    """Whether a file has gone that was to stay."""
    return not row.is_there and (row.purge_at is None or row.purge_at > at)
