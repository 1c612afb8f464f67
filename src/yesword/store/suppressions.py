"""Suppressions: the keyed trace of a stop that outlives the contact. Written once, asked whenever somebody is met.

A digest says nothing without the pepper that made it; with it, only whether a number that one guesses is here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yesword.domain.ids import BrandId
from yesword.domain.times import from_micros, to_micros
from yesword.store.contacts import PHONE
from yesword.store.database import Session
from yesword.store.opening import Store

ERASED = "erased"  # the person was erased, and erasing implies a stop
RESTORED = "restored"  # a stop that came in after the backup from which the store was put back


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppression:
    cause: str
    since: datetime


def enter(session: Session, brand: BrandId, digest: bytes, pepper: int, cause: str, since: datetime) -> bool:
    """Suppress whoever has this number. False: they are already, and the first reason stands."""
    return bool(
        session.run(
            "insert_suppression",
            brand_id=brand,
            kind=PHONE,
            digest=digest.hex(),
            pepper=pepper,
            cause=cause,
            since=to_micros(since),
        )
    )


def find(store: Store, session: Session, brand: BrandId, numbers: Sequence[str]) -> Mapping[str, Suppression]:
    """Which of these numbers are suppressed, under whichever pepper."""
    asked = {
        digest.hex(): number for number in numbers for digest in store.look_up.digests(brand, PHONE, number)
    }
    return {
        asked[digest]: Suppression(cause=cause, since=from_micros(since))
        for digest, cause, since in session.rows(
            "suppressions",
            brand_id=brand,
            kind=PHONE,
            digests=session.texts(asked),
        )
    }


def among(session: Session, brand: BrandId, digests: Sequence[bytes]) -> set[bytes]:
    """Which of these digests are suppressed as they are."""
    rows = session.rows(
        "suppressions", brand_id=brand, kind=PHONE, digests=session.texts({each.hex() for each in digests})
    )
    return {bytes.fromhex(row[0]) for row in rows}


def peppers_in_use(session: Session) -> set[int]:
    return {row[0] for row in session.rows("suppression_peppers")}
