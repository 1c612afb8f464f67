"""Erasing again, in a store that was put back from a backup, whoever was erased since that backup was made.

The journal says who they are and what was decided then, and that is what is done; which numbers are suppressed, other
lines of it say, and `consent.restoring` has done so before. Nobody weighs anew whether the proof
must be kept. Of whom the vault has forgotten the key already nothing can be opened, so it all becomes nothing; of whom
this store has no row, only the vault may still know something. In each case a row of the erasure is left, so that the
store knows of it.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.collect.imports import uploaded
from yesword.consent import Act, append, withdraw
from yesword.consent.record import Draft
from yesword.domain.events import Actor, EventKind, Scope
from yesword.domain.ids import ContactId
from yesword.domain.retention import shipped_policies
from yesword.privacy import erasing_journal, traces
from yesword.privacy.erasing import REQUESTED, ROUTE, StillSendingError, finish, go_on
from yesword.store import contacts, erasures, programs
from yesword.store.database import Session
from yesword.store.erasures import DONE, HELD, KEYLESS, STOPPED, ErasureRow
from yesword.store.journal import Erased
from yesword.store.opening import Store
from yesword.store.sealing import UnreadableError

_PAGE: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Again:
    people: int  # erased again
    absent: int  # of them, those of whom this store has no row
    unfinished: int  # with those whose erasure broke off earlier: texts to them are still being handed over


def _silent(done: int) -> None:
    del done


def erase_again(
    store: Store, at: datetime, *, is_dry_run: bool = False, progress: Callable[[int], None] = _silent
) -> Again:
    """Safe to do twice; what broke off goes on. Raises DamagedJournalError.

    `progress` is told how many people have been erased so far.
    """
    people: set[ContactId] = set()
    absent: set[ContactId] = set()
    for line in _forgotten(store):
        people.add(line.contact)
        with store.database.read() as session:
            is_here = bool(contacts.standings(session, [line.contact]))
        if not is_here:
            absent.add(line.contact)
        if is_dry_run:
            continue
        with contextlib.suppress(StillSendingError):  # it is counted below, with those that broke off before
            go_on(store, _stop_again(store, line, at), at)
        progress(len(people))
    if not is_dry_run:
        finish(store, at)
        uploaded.take_out_gone(store, store.journal.gone())  # of whom nothing opens any more, only that tells
    with store.database.read() as session:
        left = len(erasures.unfinished(session))
    return Again(people=len(people), absent=len(absent), unfinished=left)


def _forgotten(store: Store) -> Iterator[Erased]:
    """Page by page: of whom two lines tell, the later one is held against what the earlier one has led to."""
    lines = store.journal.erased()
    while page := list(itertools.islice(lines, _PAGE)):
        with store.database.read() as session:
            unknown = erasures.unknown(session, page)
        for line in unknown:
            with store.database.read() as session:
                if erasures.unknown(session, [line]):
                    yield line


def _stop_again(store: Store, line: Erased, at: datetime) -> ErasureRow:
    """What the stop of an erasure does, as far as it can still be done, and as of when it was done."""
    with store.database.write() as session:
        stage = _stopped(store, session, line, at)
        row = ErasureRow(
            contact=line.contact,
            brand=line.brand,
            stage=stage,
            ground=line.ground,
            policy=line.policy,
            citation=_citation(line.policy),
            asked_at=line.at,
            asked_by=line.by,
            retain_until=line.retain_until,
            done_at=None,
        )
        erasures.enter(session, row)
        until = None if line.retain_until is None else line.retain_until.date().isoformat()
        detail = {"ground": line.ground, "policy": line.policy, "until": until}
        traces.leave("erase_again", traces.about(line.contact), None, **detail)
    return row


def _stopped(store: Store, session: Session, line: Erased, at: datetime) -> str:
    """Withdraw everything of the brand, unless that was done. The stage at which the erasure goes on."""
    if not contacts.standings(session, [line.contact]):
        return KEYLESS
    is_lost = not _is_readable(store, session, line.contact)
    if is_lost:
        erasures.mark(session, line.contact, line.at)
    contact = contacts.read(store, session, line.contact)
    assert contact is not None, "whoever has a standing has a row"
    if is_lost:
        # Nothing of it can be opened, so what says so is sealed under the key that is there.
        seal = store.vault.seal(contact.id) or store.vault.forget(contact.id)
        append(store, session, programs.brand(line.brand), contact, [_withdrawal(line)], at, seal=seal)
        return KEYLESS
    if contact.erased_at is None:
        if line.ground != erasing_journal.LAPSED:  # the journal's digest may be of another pepper
            erasing_journal.suppress(store, session, line.brand, contact.number, None, line.at)
        act = Act(
            actor=_actor(line),
            route=ROUTE,
            occurred_at=line.at,
            received_at=line.at,
            language=contact.language,
        )
        withdraw(store, session, programs.brand(line.brand), contact, act, at, reason=line.ground)
        return STOPPED
    # Erased already: either the kept proof goes now, or only the row of the erasure was lost.
    if erasures.read(session, line.contact) is not None:
        return STOPPED
    return HELD if line.retain_until else DONE


def _is_readable(store: Store, session: Session, contact_id: ContactId) -> bool:
    """Whether there is still a key for what this store has of somebody; of whom it was wiped, none is needed."""
    try:
        contact = contacts.read(store, session, contact_id)
    except UnreadableError:
        return False
    return contact is not None and (contact.number is not None or contact.erased_at is not None)


def _withdrawal(line: Erased) -> Draft:
    return Draft(
        kind=EventKind.WITHDRAWN,
        scope=Scope(),
        actor=_actor(line),
        route=ROUTE,
        occurred_at=line.at,
        received_at=line.at,
        reason=line.ground,
    )


def _actor(line: Erased) -> Actor:
    return Actor.PERSON if line.ground == REQUESTED else Actor.SYSTEM


def _citation(policy: str) -> str:
    """Of a period that the brand has set itself, only the brand knows why."""
    known = {each.id: each.citation for each in shipped_policies().all}
    return known.get(policy, "")
