"""The send log: each hand-over leaves a statement in its brand's ledger of what it wrote to the carriers, and why.

All that was written is in it: what the carrier took, what it refused, and what nobody knows about. What was given back
unwritten is not. The leaves are made before the write lock is taken; the statement goes into the transaction that
records the hand-over, so that neither is ever without the other. No two processes write to one chain of statements.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.channels.ports import Outcome, OutcomeStatus
from yesword.domain.ids import BrandId, random_bucket, to_text
from yesword.ledger import handed as logged
from yesword.ledger.handed import HandedOver, HandedText
from yesword.ledger.handed.statement import NONCE_BYTES
from yesword.sending.fates import Claimed
from yesword.store import handed
from yesword.store.database import Session
from yesword.store.handed import Attempted, Batch
from yesword.store.opening import Store

_SECRET_BYTES: Final = 32
_WRITTEN: Final = frozenset((OutcomeStatus.ACCEPTED, OutcomeStatus.REFUSED, OutcomeStatus.UNKNOWN))


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """What a hand-over wrote for one brand, ready to be kept."""

    brand: BrandId
    first_at: datetime
    nonce: bytes
    secret: bytes
    leaves: bytes
    count: int
    root: bytes


def written(claimed: Claimed, outcome: Outcome) -> Attempted | None:
    """What there is to log of an outcome; None where not a byte went out, or the carrier gave it back."""
    if outcome.status not in _WRITTEN:
        return None
    queued = claimed.judged.queued
    program = claimed.judged.weighed.facts.program
    return Attempted(
        brand=BrandId(queued.brand),
        attempt=claimed.attempt,
        subject=claimed.judged.subject,
        text=HandedText(
            id=to_text("msg", queued.id),
            at=claimed.at,
            kind=queued.kind.value,
            message_class=queued.message_class.value,
            program=program.key if program else None,
            outcome=outcome.status.value,
            decision=claimed.decision_digest,
            verdict=claimed.judged.decision.verdict.value,
        ),
    )


def prepare(attempts: Iterable[Attempted]) -> list[Prepared]:
    """The leaves of each brand's part. Takes no lock; a thousand texts cost some milliseconds."""
    by_brand: dict[BrandId, list[Attempted]] = {}
    for each in attempts:
        by_brand.setdefault(each.brand, []).append(each)
    return [_prepare(brand, group) for brand, group in by_brand.items()]


def _prepare(brand: BrandId, attempts: list[Attempted]) -> Prepared:
    nonce, secret = secrets.token_bytes(NONCE_BYTES), secrets.token_bytes(_SECRET_BYTES)
    leaves = logged.join_leaves(
        (
            logged.tag_of(each.subject, nonce),
            logged.digest_of(logged.disclose(each.text, logged.salt_of(secret, each.attempt))),
        )
        for each in attempts
    )
    return Prepared(
        brand=brand,
        first_at=min(each.text.at for each in attempts),
        nonce=nonce,
        secret=secret,
        leaves=leaves,
        count=len(attempts),
        root=logged.root_of(leaves),
    )


def log(store: Store, session: Session, chain: str, prepared: Iterable[Prepared], at: datetime) -> None:
    """Put the statements into the transaction that records the hand-over. `chain` is the process that writes it."""
    for each in prepared:
        before = handed.before(session, each.brand, chain)
        row_id = store.ids.make(random_bucket())
        statement = HandedOver(
            id=to_text("sta", row_id),
            chain=chain,
            n=before.n + 1,
            prev=before.prev,
            after=before.after,
            first_at=min(each.first_at, at),
            last_at=at,
            count=each.count,
            nonce=each.nonce,
            root=each.root,
        )
        batch = Batch(
            id=row_id,
            chain=chain,
            n=statement.n,
            after_id=before.after_id,
            first_at=statement.first_at,
            last_at=at,
            nonce=each.nonce,
            secret=each.secret,
            leaves=each.leaves,
        )
        handed.insert(session, each.brand, batch, logged.handed_over(statement))
