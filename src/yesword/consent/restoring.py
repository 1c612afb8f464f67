"""A store that was put back from a backup: noticing it, and telling it of the stops that came in since.

It is noticed by a journal that knows more than the store, by a witness that has seen more of a log, and by a journal that
does not know the store's logs: that one was lost or put back too, and cannot say which stops are missing.

Such a store does not know who has stopped or was erased, nor which of its queued texts have gone already. So nothing is
sent until somebody has said that it was put back on purpose, and what it forgot has been made good as far as it can be.
Whoever was erased is suppressed here; that they are erased again is `privacy.erasing_again`'s.
"""

import enum
import itertools
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.consent.record import Draft, append
from yesword.domain.events import Actor, EventKind, Scope
from yesword.domain.ids import BrandId, ContactId, bucket_of
from yesword.domain.times import to_micros
from yesword.ledger.checkpoint import read_checkpoint
from yesword.store import (
    contacts,
    erasures,
    invitations,
    ledgers,
    log_troubles,
    look_ups,
    models,
    programs,
    suppressions,
)
from yesword.store.contacts import PHONE
from yesword.store.database import Session
from yesword.store.journal import Gone, Stop
from yesword.store.keyfiles import PEPPER, KeyMissingError
from yesword.store.ledgers import LogRow, brand_of
from yesword.store.opening import Store

ROUTE: Final = "journal"
PAUSED: Final = "store_restored"  # why an invitation waits
_LOOKED_AT: Final = 200  # the newest stops of the journal: a store that knows them is not older than it
_PAGE: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    """What the journal knows and the store does not."""

    stops: int  # among the newest of the journal
    erasures: int  # among the newest, too
    logs: tuple[str, ...]  # origins of logs that were signed at a larger size than they have
    headless: tuple[str, ...] = ()  # of logs that the journal does not know: it is not the one of this store

    def __bool__(self) -> bool:
        return bool(self.stops or self.erasures or self.logs or self.headless)


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    known: int  # the store had them
    ended: int  # ended anew, each by an event of its own
    suppressed: int  # of numbers that the store does not know
    mails: int  # addresses to which nothing more is written
    uncertain: int  # texts that may have gone since the backup
    paused: int  # campaigns


def forgotten(store: Store) -> Forgotten:
    """Whether this store is older than its journal. Raises DamagedJournalError."""
    # All of the journal before the store, which is never behind it: what is written in between is in the store only.
    newest, erased = store.journal.newest(_LOOKED_AT), store.journal.newest_erased(_LOOKED_AT)
    heads = store.journal.heads()
    with store.database.read() as session:
        # A stop may stand there twice: of whoever took it, and of a dispatcher that started at that moment.
        unknown = len({stop.event for stop in newest} - _known(session, newest))
        people = {line.contact for line in erasures.unknown(session, erased)}
        logs = ledgers.logs(session)
    newest_logs = {log.brand: log for log in logs}
    return Forgotten(
        stops=unknown,
        erasures=len(people),
        logs=tuple(dict.fromkeys(_behind(newest_logs, heads))),
        headless=tuple(_headless(store, newest_logs.values(), heads)),
    )


def _headless(store: Store, logs: Iterable[LogRow], heads: Mapping[int, str]) -> Iterator[str]:
    """Origins of logs whose journal is lost, or another one: it knows of each log from before its first entry.

    Of several machines only the one with the sequencer can tell: it marks the log.
    """
    is_only_machine = store.database.vendor == "sqlite"
    for log in logs:
        note = heads.get(log.id)
        is_unknown = note is None or read_checkpoint(note).origin != log.origin
        if log.trouble in log_troubles.JOURNAL_LOST or (is_only_machine and is_unknown):
            yield log.origin


def _behind(newest: Mapping[BrandId, LogRow], heads: Mapping[int, str]) -> Iterator[str]:
    """Origins of logs of which the store has less than was signed. One that was continued is past its trouble."""
    yield from (log.origin for log in newest.values() if log.trouble in log_troubles.PUT_BACK)
    for log_id, note in heads.items():
        head = read_checkpoint(note)
        log = newest.get(brand_of(log_id))
        if not head.size and (log is None or log.id < log_id):
            continue  # the journal knows of a log before it is made: nothing of it was signed
        if log is None or log.id < log_id or (log.id == log_id and log.size < head.size):
            yield head.origin


def replay(store: Store, at: datetime, *, is_dry_run: bool = False) -> Replayed:
    """End again what had been ended, and let nothing go that may have gone already. Safe to do twice.

    Raises KeyMissingError when the journal needs a pepper that is not here, and DamagedJournalError.
    """
    _check_peppers(store)
    if not is_dry_run:
        _suppress_erased(store)
    # Known stops of those whom an older vault does not know: of them, too, only the journal can tell the number.
    lost = {each.contact for each in look_ups.unfound(store) if each.number is None}
    done: Counter[_Became] = Counter()
    lines = iter({stop.event: stop for stop in store.journal.stops()}.values())  # one may stand there twice
    while page := list(itertools.islice(lines, _PAGE)):
        with store.database.read() as session:
            there = _known(session, page, lost)
        for each in page:
            if each.event in there:
                done[_Became.KNOWN] += 1
            elif each.mail_cause is not None:
                done[_replay_mail(store, each, each.mail_cause, at, is_dry_run=is_dry_run)] += 1
            else:
                done[_replay(store, each, at, is_dry_run=is_dry_run)] += 1
    if not is_dry_run:
        _settle(store, lost, at)
    uncertain, paused = _hold_back(store, at, is_dry_run=is_dry_run)
    return Replayed(
        known=done[_Became.KNOWN],
        ended=done[_Became.ENDED],
        suppressed=done[_Became.SUPPRESSED],
        mails=done[_Became.MAIL],
        uncertain=uncertain,
        paused=paused,
    )


class _Became(enum.Enum):
    """What a line of the journal led to."""

    KNOWN = enum.auto()
    ENDED = enum.auto()
    SUPPRESSED = enum.auto()
    MAIL = enum.auto()


def _check_peppers(store: Store) -> None:
    """A line under a pepper that is not here could only be kept where it is never found: better none than that."""
    lines: Iterator[Stop | Gone] = itertools.chain(store.journal.stops(), store.journal.gone())
    for line in lines:
        if line.pepper not in store.look_up.versions:
            raise KeyMissingError(folder=store.folder, name=f"{PEPPER}-{line.pepper}.key")


def _suppress_erased(store: Store) -> None:
    """Before all else, so that nobody who was erased can come back, whatever becomes of the rest."""
    lines = store.journal.gone()
    while page := list(itertools.islice(lines, _PAGE)):
        with store.database.write() as session:
            for line in page:
                suppressions.suppress_gone(session, line)


def _settle(store: Store, lost: Iterable[ContactId], at: datetime) -> None:
    """Nothing waits for their numbers any more: met again, they are somebody new, who stays stopped if they had stopped."""
    rows = [
        {"bucket": bucket_of(each), "contact_id": each, "settled_at": to_micros(at)} for each in sorted(lost)
    ]
    with store.database.write() as session:
        session.many("insert_lost_person", rows)


def _known(session: Session, stops: list[Stop], lost: Container[int] = frozenset()) -> set[int]:
    """Those that the store has, but not of people who are `lost`: unless they were replayed already."""
    ids = [stop.event for stop in stops]
    buckets = sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
    rows = session.rows("known_events", ids=session.ids(ids), buckets=buckets)
    return {event for event, contact in rows if contact is None or contact not in lost}


def _replay_mail(store: Store, stop: Stop, cause: str, at: datetime, *, is_dry_run: bool) -> _Became:
    """Write to an address no more, for the reason that there was; what still waits for whoever has it is barred."""
    if is_dry_run:
        return _Became.MAIL
    person = store.vault.find(stop.brand, suppressions.MAIL, [stop.digest]).get(stop.digest)
    with store.database.write() as session:
        suppressions.insert(session, stop.brand, suppressions.MAIL, stop.digest, stop.pepper, cause, stop.at)
        if person is not None:
            invitations.bar_others(session, person, cause)
        _replayed(session, stop, None, at)
    return _Became.MAIL


def _replay(store: Store, stop: Stop, at: datetime, *, is_dry_run: bool) -> _Became:
    """Somebody whom the store knows was ended, or a number was suppressed."""
    contact_id = store.vault.find(stop.brand, PHONE, [stop.digest]).get(stop.digest)
    if is_dry_run:
        with store.database.read() as session:
            is_here = contact_id is not None and bool(contacts.standings(session, [contact_id]))
            return _Became.ENDED if is_here else _Became.SUPPRESSED
    with store.database.write() as session:
        contact = None if contact_id is None else contacts.read(store, session, contact_id)
        if contact is None:
            suppressions.enter(session, stop.brand, stop.digest, stop.pepper, suppressions.RESTORED, stop.at)
            _replayed(session, stop, None, at)
            return _Became.SUPPRESSED
        draft = Draft(
            kind=EventKind.WITHDRAWN,
            scope=Scope(program=stop.program),
            actor=Actor.SYSTEM,
            route=ROUTE,
            occurred_at=stop.at,
            received_at=stop.at,
            reason=stop.kind,
        )
        (event,) = append(store, session, programs.brand(contact.brand), contact, [draft], at).events
        _replayed(session, stop, event.id, at)
    return _Became.ENDED


def _replayed(session: Session, stop: Stop, became: int | None, at: datetime) -> None:
    session.run("insert_replayed_stop", event_id=stop.event, replayed_at=to_micros(at), became=became)


def _hold_back(store: Store, at: datetime, *, is_dry_run: bool) -> tuple[int, int]:
    """What was on its way when the backup was made may have arrived; a campaign's cursor may stand before people it reached.

    So may letters that wait in an invitation by e-mail: somebody has to say that it goes on.
    """
    running = models.Campaign.objects.filter(state=models.Campaign.State.RUNNING)
    inviting = models.InvitationCampaign.objects.filter(state=models.InvitationCampaign.State.RUNNING)
    if is_dry_run:
        with store.database.read() as session:
            row = session.first("count_on_their_way")
        return (row[0] if row else 0), running.count() + inviting.count()
    paused = running.update(state=models.Campaign.State.PAUSED)
    paused += inviting.update(state=models.InvitationCampaign.State.PAUSED, pause_reason=PAUSED)
    with store.database.write() as session:
        return session.run("make_uncertain", now=to_micros(at)), paused
