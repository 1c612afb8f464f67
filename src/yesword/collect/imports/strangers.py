"""Stops of people of whom there is no contact: only the keyed trace of each is kept, and the journal is told of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from yesword.collect.imports.claims import Claim
from yesword.collect.imports.report import Outcome
from yesword.collect.imports.weighing import DATED_STOP, UNDATED_STOP
from yesword.domain.ids import BrandId
from yesword.store import suppressions
from yesword.store.contacts import PHONE
from yesword.store.database import Session
from yesword.store.opening import Store


def reason_of(claim: Claim) -> str:
    """Why somebody is stopped whom a file calls opted out."""
    return UNDATED_STOP if claim.judged.consented_at is None else DATED_STOP


def suppressed(store: Store, session: Session, brand: BrandId, claims: Iterable[Claim]) -> dict[int, Claim]:
    """Those whose stop outlived an earlier contact, by line."""
    by_number = {claim.judged.number.e164: claim for claim in claims}
    found = suppressions.find(store, session, brand, list(by_number)) if by_number else {}
    return {by_number[number].line: by_number[number] for number in found}


def suppress(
    store: Store,
    session: Session,
    brand: BrandId,
    claims: Sequence[Claim],
    received_at: datetime,
    at: datetime,
) -> Mapping[int, tuple[Outcome, None]]:
    """Keep the stops of people whom nobody knows: the trace of each, and no contact. What became of each, by line."""
    pepper = store.look_up.newest
    new: dict[int, bytes] = {}  # by line
    for claim in claims:
        digest = store.look_up.digest(brand, PHONE, claim.judged.number.e164, pepper)
        since = claim.judged.consented_at or received_at
        if suppressions.enter(session, brand, digest, pepper, reason_of(claim), since):
            new[claim.line] = digest
    suppressions.journal(store, session, brand, new.values(), at)
    return {
        claim.line: (Outcome.STOPPED if claim.line in new else Outcome.ALREADY_STOPPED, None)
        for claim in claims
    }


def journal_again(store: Store, brand: BrandId, claims: Iterable[Claim], at: datetime) -> None:
    """A crash may have come between the last rows and the journal, so those are told to it once more."""
    stops = [claim for claim in claims if claim.judged.is_opt_out]
    if not stops:
        return
    with store.database.write() as session:
        there = suppressed(store, session, brand, stops).values()
        digests = [store.look_up.digest(brand, PHONE, claim.judged.number.e164) for claim in there]
        suppressions.journal(store, session, brand, digests, at)
