"""A store that was put back from a backup: noticing it, and telling it of the stops that came in since.

Such a store does not know who has stopped, nor which of its queued texts have gone already. So nothing is sent until
somebody has said that it was put back on purpose, and what it forgot has been made good as far as it can be.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.consent.record import Draft, append
from yesword.domain.events import Actor, EventKind, Scope
from yesword.domain.ids import bucket_of
from yesword.domain.times import to_micros
from yesword.ledger.checkpoint import read_checkpoint
from yesword.store import contacts, ledgers, models, programs, suppressions
from yesword.store.contacts import PHONE
from yesword.store.database import Session
from yesword.store.journal import Stop
from yesword.store.keyfiles import PEPPER, KeyMissingError
from yesword.store.ledgers import LogRow, brand_of
from yesword.store.opening import Store

ROUTE: Final = "journal"
_LOOKED_AT: Final = 200  # the newest stops of the journal: a store that knows them is not older than it
_PAGE: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    """What the journal knows and the store does not."""

    stops: int  # among the newest of the journal
    logs: tuple[str, ...]  # origins of logs that were signed at a larger size than they have

    def __bool__(self) -> bool:
        return bool(self.stops or self.logs)


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    known: int  # the store had them
    ended: int  # ended anew, each by an event of its own
    suppressed: int  # of numbers that the store does not know
    uncertain: int  # texts that may have gone since the backup
    paused: int  # campaigns


def forgotten(store: Store) -> Forgotten:
    """Whether this store is older than its journal. Raises DamagedJournalError."""
    newest = store.journal.newest(_LOOKED_AT)
    with store.database.read() as session:
        unknown = len(newest) - len(_known(session, newest))
        logs = ledgers.logs(session)
    return Forgotten(stops=unknown, logs=tuple(_behind(logs, store.journal.heads())))


def _behind(logs: Sequence[LogRow], heads: Mapping[int, str]) -> Iterator[str]:
    """Origins of logs of which the store has less than was signed. One that was continued is past its trouble."""
    newest = {log.brand: log for log in logs}
    for log_id, note in heads.items():
        head = read_checkpoint(note)
        log = newest.get(brand_of(log_id))
        if log is None or log.id < log_id or (log.id == log_id and log.size < head.size):
            yield head.origin


def replay(store: Store, at: datetime, *, is_dry_run: bool = False) -> Replayed:
    """End again what had been ended, and let nothing go that may have gone already. Safe to do twice.

    Raises KeyMissingError when the journal needs a pepper that is not here, and DamagedJournalError.
    """
    _check_peppers(store)
    known = ended = suppressed = 0
    page: list[Stop] = []
    for stop in [*store.journal.stops(), None]:
        if stop is not None:
            page.append(stop)
        if stop is not None and len(page) < _PAGE:
            continue
        with store.database.read() as session:
            there = _known(session, page)
        for each in page:
            if each.event in there:
                known += 1
            elif _replay(store, each, at, is_dry_run=is_dry_run):
                ended += 1
            else:
                suppressed += 1
        page = []
    uncertain, paused = _hold_back(store, at, is_dry_run=is_dry_run)
    return Replayed(known=known, ended=ended, suppressed=suppressed, uncertain=uncertain, paused=paused)


def _check_peppers(store: Store) -> None:
    """A stop under a pepper that is not here could only be kept where it is never found: better none than that."""
    for stop in store.journal.stops():
        if stop.pepper not in store.look_up.versions:
            raise KeyMissingError(folder=store.folder, name=f"{PEPPER}-{stop.pepper}.key")


def _known(session: Session, stops: list[Stop]) -> set[int]:
    ids = [stop.event for stop in stops]
    buckets = sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
    return {row[0] for row in session.rows("known_events", ids=session.ids(ids), buckets=buckets)}


def _replay(store: Store, stop: Stop, at: datetime, *, is_dry_run: bool) -> bool:
    """True if somebody whom the store knows was ended, False if a number was suppressed."""
    contact_id = store.vault.find(stop.brand, PHONE, [stop.digest]).get(stop.digest)
    if is_dry_run:
        with store.database.read() as session:
            return contact_id is not None and bool(contacts.standings(session, [contact_id]))
    with store.database.write() as session:
        session.run("insert_replayed_stop", event_id=stop.event, replayed_at=to_micros(at))
        contact = None if contact_id is None else contacts.read(store, session, contact_id)
        if contact is None:
            suppressions.enter(session, stop.brand, stop.digest, stop.pepper, suppressions.RESTORED, stop.at)
            return False
        draft = Draft(
            kind=EventKind.WITHDRAWN,
            scope=Scope(program=stop.program),
            actor=Actor.SYSTEM,
            route=ROUTE,
            occurred_at=stop.at,
            received_at=stop.at,
            reason=stop.kind,
        )
        append(store, session, programs.brand(contact.brand), contact, [draft], at)
    return True


def _hold_back(store: Store, at: datetime, *, is_dry_run: bool) -> tuple[int, int]:
    """What was on its way when the backup was made may have arrived; a campaign's cursor may stand before people it reached."""
    running = models.Campaign.objects.filter(state=models.Campaign.State.RUNNING)
    if is_dry_run:
        with store.database.read() as session:
            row = session.first("count_on_their_way")
        return (row[0] if row else 0), running.count()
    paused = running.update(state=models.Campaign.State.PAUSED)
    with store.database.write() as session:
        return session.run("make_uncertain", now=to_micros(at)), paused
