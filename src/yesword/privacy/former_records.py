"""What a brand had on record under a number before: of people who were erased, whether or not their proof is kept."""

from dataclasses import dataclass
from datetime import datetime

from yesword.domain.ids import BrandId
from yesword.privacy import kept_proof
from yesword.proof.packs.earlier import Kept, kept_of
from yesword.store import suppressions
from yesword.store.opening import Store


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Former:
    kept: tuple[Kept, ...]  # their proof is kept to answer a claim; the newest first
    forgotten: datetime | None  # in which month one was erased of which nothing is kept


def former_records(store: Store, brand: BrandId, number: str) -> Former:
    """`number` in E.164. Whose proof is kept is found by the look-up that is there for claims alone."""
    kept = kept_of(store, kept_proof.find(store, brand, number))
    with store.database.read() as session:
        suppression = suppressions.find(store, session, brand, [number]).get(number)
    is_forgotten = suppression is not None and suppression.cause == suppressions.ERASED and not kept
    return Former(
        kept=kept, forgotten=suppression.since if suppression is not None and is_forgotten else None
    )
