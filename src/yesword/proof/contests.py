"""What is published of a contest, stated in its brand's log: that its list was fixed, and who was drawn from it.

A statement has only what the page of the contest says to everybody: figures, and digests of entries that are salted. Holding
the rows to it is `proof.auditing.contests`'.
"""

from typing import Final

from yesword.domain.collecting.draw_files import Drawn
from yesword.domain.ids import BrandId
from yesword.domain.times import iso_millis
from yesword.ledger.entry import JsonObject
from yesword.proof.statements import make_statement
from yesword.store.contests import Fixed
from yesword.store.database import Session
from yesword.store.opening import Store

CLOSED: Final = "contest_closed"
DRAWN: Final = "contest_drawn"


def state_closed(store: Store, session: Session, brand: BrandId, key: str, terms: str, fixed: Fixed) -> None:
    """In the transaction that fixes the list. `terms`: the digest of the contest as it was announced."""
    made = says_closed(key, terms, fixed)
    make_statement(store, session, brand, CLOSED, made, fixed.commitment.committed_at)


def state_drawn(
    store: Store, session: Session, brand: BrandId, key: str, list_digest: str, drawn: Drawn
) -> None:
    """In the transaction that keeps the draw."""
    make_statement(store, session, brand, DRAWN, says_drawn(key, list_digest, drawn), drawn.drawn_at)


def says_closed(key: str, terms: str, fixed: Fixed) -> JsonObject:
    what = fixed.commitment
    return {
        "contest": key,
        "terms_sha256": terms,
        "list_digest": what.list_digest,
        "entries": what.entries,
        "counts": dict(fixed.counts),
        "seed_source": what.source,
        "seed_due_at": None if what.seed_due_at is None else iso_millis(what.seed_due_at),
    }


def says_drawn(key: str, list_digest: str, drawn: Drawn) -> JsonObject:
    return {
        "contest": key,
        "list_digest": list_digest,
        "seed": drawn.seed,
        "seed_source": drawn.source,
        "seed_at": iso_millis(drawn.seed_at),
        "winners": list(drawn.winners),
    }
