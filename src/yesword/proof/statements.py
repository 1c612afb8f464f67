"""What a brand states in its own log beside people's consent: that its key was changed, that the log goes on elsewhere."""

from datetime import datetime

from yesword.domain.ids import BrandId, random_bucket, to_text
from yesword.domain.times import iso_millis
from yesword.ledger.entry import JsonObject, make_entry
from yesword.store import ledgers
from yesword.store.database import Session
from yesword.store.opening import Store


def make_statement(
    store: Store, session: Session, brand: BrandId, kind: str, says: JsonObject, at: datetime
) -> int:
    """Keep a statement for the log, in the caller's transaction; its id. It is open, so it must be about nobody."""
    row_id = store.ids.make(random_bucket())
    made = make_entry({"event": {"id": to_text("sta", row_id), "type": kind, "at": iso_millis(at), **says}})
    ledgers.insert_statement(session, brand, kind, row_id, made, at)
    return row_id
