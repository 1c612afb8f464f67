"""Times in which nobody listened to a carrier: noticed, and sending over that account held until what came in is known.

Who listens notes it every few seconds, for each account that the carrier can reach. Who sends looks at that: a stop that
nobody could hear must not be followed by another text. A short gap is none: carriers bring again what was not taken.
Fetching what was missed is `worker.listening`.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId
from yesword.domain.times import from_micros, to_micros
from yesword.sending import carrier_stops, halting
from yesword.store import contacts, holds
from yesword.store.database import Session
from yesword.store.holds import GAP, Scope
from yesword.store.models import Account, AuditEntry, Program, SendingHold
from yesword.store.opening import Store

log = structlog.get_logger("yesword.gaps")

THRESHOLD: Final = timedelta(seconds=60)
SETTLE: Final = timedelta(seconds=10)
_MARGIN: Final = timedelta(minutes=5)  # asked for besides, since a carrier's clock is not ours
PULLED: Final = "pulled"
SETTLED: Final = "settled"


class BadGapSettingError(YeswordError):
    """{name} cannot be {value}. Give seconds, at least 1."""

    code = "bad_gap_setting"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listening:
    """When somebody last listened for an account."""

    account: int
    heard_at: datetime
    is_up: bool
    is_excused: bool  # somebody said that sending goes on in spite of the gap that began then
    away_since: datetime | None  # since when the carrier takes no texts

    def is_gap(self, at: datetime, threshold: timedelta) -> bool:
        return not self.is_excused and at - self.heard_at > threshold


def threshold(environ: Mapping[str, str] = os.environ) -> timedelta:
    """How long nobody may listen before it is a gap. Raises BadGapSettingError."""
    return _seconds(environ, "YESWORD_GAP_AFTER", THRESHOLD)


def settle_time(environ: Mapping[str, str] = os.environ) -> timedelta:
    """How long nothing may come in, after a gap, before all that a carrier brings again is taken to be here."""
    return _seconds(environ, "YESWORD_GAP_SETTLES_AFTER", SETTLE)


def _seconds(environ: Mapping[str, str], name: str, usual: timedelta) -> timedelta:
    written = environ.get(name)
    if not written:
        return usual
    if not written.isdecimal() or int(written) < 1:
        raise BadGapSettingError(name=name, value=written)
    return timedelta(seconds=int(written))


def listening(session: Session) -> Mapping[int, Listening]:
    """Of every account for which somebody ever listened."""
    return {
        account: Listening(
            account=account,
            heard_at=from_micros(heard_at),
            is_up=bool(is_up),
            is_excused=excused_at == heard_at,
            away_since=None if away_since is None else from_micros(away_since),
        )
        for account, heard_at, is_up, excused_at, away_since in session.rows("listening")
    }


def look(store: Store, at: datetime) -> int:
    """Hold the accounts that nobody has listened to for too long. How many are newly held."""
    limit = threshold()
    with store.database.read() as session:
        deaf = [each for each in listening(session).values() if each.is_gap(at, limit)]
        known = {scope.account for reason, scope in holds.held(session).scopes if reason == GAP}
    deaf = [each for each in deaf if each.account not in known]
    if not deaf:
        return 0
    with store.database.write() as session:
        return sum(_hold(session, each, at) for each in deaf)


def beat(store: Store, account: int, at: datetime, *, is_up: bool = True) -> SendingHold | None:
    """Somebody listens for this account, or tries to. The gap that is to be closed, if there is one."""
    limit = threshold()
    with store.database.write() as session:
        before = listening(session).get(account)
        if before is not None and is_up and before.is_gap(at, limit):
            _hold(session, before, at)
        if is_up or before is not None:
            session.run("note_listening", account_id=account, at=to_micros(at), is_up=int(is_up))
    return open_gap(account)


def note_away(store: Store, account: int, since: datetime | None) -> None:
    """The carrier takes no texts since then; None: it does."""
    with store.database.write() as session:
        session.run("note_away", account_id=account, away_since=None if since is None else to_micros(since))


def open_gap(account: int) -> SendingHold | None:
    return SendingHold.objects.filter(why=GAP, account_id=account, ended_at=None).first()


def pull_since(gap: SendingHold) -> datetime:
    """From when on a carrier is asked what came in."""
    return (gap.since or gap.began_at) - _MARGIN


def close(store: Store, gap: SendingHold, at: datetime, how: str) -> None:
    """All that came in meanwhile is known: sending over the account goes on."""
    scope = halting.scope_of(gap)
    with store.database.write() as session:
        row = SendingHold.objects.filter(pk=gap.pk, ended_at=None).first()
        if row is None:
            return  # somebody let it go on meanwhile
        halting.end(row, at, caught_up=how)
        holds.release(session, GAP, at, scope)
        AuditEntry.objects.create(
            action="sending.caught_up", subject=f"account {scope.account}", detail={"how": how}
        )
    log.info("gap_closed", account=scope.account, how=how)


def withdraw_blocked(store: Store, account: int, numbers: Iterable[str], at: datetime) -> int:
    """Withdraw for numbers that the provider has blocked: a stop that was said while nobody listened. How many people.

    Of the brands that text over this account, and only where nothing ended their consent yet.
    """
    brands = set(Program.objects.filter(sender__account_id=account).values_list("brand_id", flat=True))
    stopped = 0
    for number in numbers:
        with store.database.write() as session:
            found = [contacts.find(store, session, BrandId(brand), number) for brand in sorted(brands)]
            known = contacts.standings(session, [each for each in found if each is not None])
            fresh = [each for each, standing in known.items() if standing.state.withdrawal_for(None) is None]
            carrier_stops.note(store, session, fresh, at)
            stopped += len(fresh)
    return stopped


def _hold(session: Session, gap: Listening, at: datetime) -> bool:
    scope = Scope(account=gap.account)
    if not Account.objects.filter(pk=gap.account).exists():
        return False
    if not holds.hold(session, GAP, at, scope):
        return False
    SendingHold.objects.create(why=GAP, account_id=gap.account, began_at=at, since=gap.heard_at)
    AuditEntry.objects.create(
        action="sending.held",
        subject=f"account {gap.account}",
        detail={"why": GAP, "since": gap.heard_at.isoformat(timespec="seconds")},
    )
    log.warning("nobody_listened", account=gap.account, since=gap.heard_at.isoformat(timespec="seconds"))
    return True
