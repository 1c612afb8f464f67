"""Files that an event names and the store should have, and has not: lost, or tampered with.

A file whose time is over, or whose person was erased, is not lost. It went as it was to go.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.ids import from_text
from yesword.ledger.entry import JsonObject
from yesword.store import blobs
from yesword.store.blobs import BlobRow
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.sealing import Seal, UnreadableError, place

_PREFIX: Final = "evi_"


def named(items: Iterable[JsonObject]) -> dict[int, JsonObject]:
    """Those of a section's items that name a file of the person's own, by its id."""
    found: dict[int, JsonObject] = {}
    for item in items:
        ref = item.get("ref")
        if isinstance(ref, str) and ref.startswith(_PREFIX):
            try:
                found[from_text("evi", ref)] = item
            except YeswordError:
                continue  # no id of ours
    return found


def lost(
    session: Session, contact: Contact, seal: Seal | None, items: Iterable[JsonObject], at: datetime
) -> Mapping[str, str]:
    """Digest of each lost file, and what is the matter with it. Of somebody who was erased nothing is lost."""
    if contact.erased_at is not None or seal is None:
        return {}
    found = {}
    for file, item in named(items).items():
        reason = trouble_with(blobs.read(session, file), file, item, contact.brand, contact.id, seal, at)
        if reason:
            found[str(item.get("sha256", ""))] = reason
    return found


def trouble_with(
    stored: tuple[BlobRow, bytes | None] | None,
    file: int,
    item: JsonObject,
    brand: int,
    contact: int,
    seal: Seal,
    at: datetime,
) -> str:
    """Why it is not the file that was named; empty where it is, or its time was over by then."""
    if stored is None:
        return "is missing from the store"
    row, sealed = stored
    if is_before_its_time(row, at):
        return "is missing from the store, though its time is not over"
    for member, said, found in (
        ("brand", brand, row.brand),
        ("contact", contact, row.contact),
        ("kind", item.get("kind"), row.kind),
        ("size", item.get("size"), row.size),
        ("media type", item.get("media_type"), row.media_type),
    ):
        if said != found:
            return f"has the {member} {found} in its row, and not {said}"
    if sealed is None:
        return ""
    try:
        data = seal.open(sealed, place("blob", file))
    except UnreadableError:
        return "does not open: it is not the one that was kept"
    digest = sha256(data).hexdigest()
    return "" if digest == item.get("sha256") else f"has the digest {digest}, and not the one that was named"


def is_before_its_time(row: BlobRow, at: datetime) -> bool:
    """Whether a file has gone that was to stay, of somebody who was not erased."""
    return not row.is_there and (row.purge_at is None or row.purge_at > at)
