"""The one valve in front of all sending. Closed, nothing is claimed; intake never asks it.

It is a row that every claim reads under a lock and that whoever closes it writes: once a hold is committed, and what was
being handed over by then has settled, nothing more goes to any phone. A hold may be of one account or of one brand only:
then their texts wait in a place of their own, and the rest goes on.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.times import from_micros, to_micros
from yesword.store.database import Session
from yesword.store.opening import Store

KEYS: Final = "keys"  # a key is missing or wrong: who has stopped cannot be looked up
RESTORED: Final = (
    "restored"  # the store is older than its journal or what a witness saw, or the journal was lost
)
LOOK_UPS: Final = (
    "look_ups"  # numbers that do not lead to whom they belong: a stop of theirs would not be known
)
HALTED: Final = "halted"  # somebody stopped it by hand
GAP: Final = "gap"  # nobody listened for a while: what people texted meanwhile is not known yet
_POLL_S: Final = 0.01
_ACCOUNT: Final = "account"
_BRAND: Final = "brand"
# Where the texts of a held account or brand wait: far behind those of pauses. See `pauses.held_until`.
_FAR: Final = 1 << 53
_BRANDS: Final = 1 << 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What a hold is of: one account, one brand, or everything."""

    account: int | None = None
    brand: int | None = None

    @property
    def held_until(self) -> datetime:
        """The due time of what it holds back: its own, so that letting go finds those texts and no others."""
        assert self != EVERYTHING, "then nothing is claimed, and everything stays where it is"
        return from_micros(_FAR + (_BRANDS + self.brand if self.brand is not None else self.account or 0))

    def token(self, reason: str) -> str:
        if self.account is not None:
            return f"{reason}:{_ACCOUNT}:{self.account}"
        return reason if self.brand is None else f"{reason}:{_BRAND}:{self.brand}"


EVERYTHING: Final = Scope()
APART: Final = from_micros(_FAR)  # from here on texts wait for an account or a brand
HELD_APART: Final = "held"  # why they do


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """Why nothing is sent at all, and which accounts and brands are held besides. False while all sending is free."""

    reasons: frozenset[str] = frozenset()
    scopes: frozenset[tuple[str, Scope]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.reasons or self.scopes)

    def scope_of(self, account: int, brand: int) -> Scope | None:
        """What holds back a text of theirs, apart from everything."""
        for _, scope in self.scopes:
            if scope.account == account or scope.brand == brand:
                return scope
        return None


FREE: Final = Held()


def held(session: Session, *, lock: bool = False) -> Held:
    """All of it. With `lock`, whoever closes the valve waits for this transaction."""
    row = session.first("lock_valve" if lock and session.vendor == "postgresql" else "valve")
    tokens = row[0].split() if row else ()
    return Held(
        reasons=frozenset(each for each in tokens if ":" not in each),
        scopes=frozenset(_read(each) for each in tokens if ":" in each),
    )


def held_for(session: Session, *, lock: bool = False) -> frozenset[str]:
    """Why nothing is sent at all; empty while sending is free, or only some of it is held."""
    return held(session, lock=lock).reasons


def hold(session: Session, reason: str, at: datetime, scope: Scope = EVERYTHING) -> bool:
    """Close the valve for one more reason. False: it was closed for it already."""
    tokens = _tokens(session)
    token = scope.token(reason)
    _set(session, {*tokens, token}, at)
    return token not in tokens


def release(session: Session, reason: str, at: datetime, scope: Scope = EVERYTHING) -> None:
    """One reason less; sending is free when the last is gone. What waited apart is made due by `let_go`."""
    _set(session, _tokens(session) - {scope.token(reason)}, at)


def let_go(session: Session, scope: Scope, at: datetime) -> int:
    """Make due a chunk of what waited for an account or a brand that is free again. How many texts."""
    return session.run("release_paused", now=to_micros(at), held=to_micros(scope.held_until))


def waiting(session: Session, at: datetime, scopes: Iterable[Scope]) -> int:
    """How many texts would go now, or wait apart for one of these."""
    row = session.first("count_due", now=to_micros(at))
    count = int(row[0]) if row else 0
    for scope in scopes:
        if scope != EVERYTHING and (row := session.first("count_apart", held=to_micros(scope.held_until))):
            count += int(row[0])
    return count


def under_way(session: Session, scope: Scope = EVERYTHING) -> int:
    """How many texts are being handed over."""
    row = session.first("count_sending_of", account_id=scope.account, brand_id=scope.brand)
    return int(row[0]) if row else 0


def is_quiet(store: Store, patience_s: float, scope: Scope = EVERYTHING) -> bool:
    """Whether nothing is being handed over any more, after waiting for at most so long."""
    deadline = time.monotonic() + patience_s
    while True:
        with store.database.read() as session:
            if not under_way(session, scope):
                return True
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)


def _read(token: str) -> tuple[str, Scope]:
    reason, kind, key = token.split(":")
    return reason, Scope(account=int(key)) if kind == _ACCOUNT else Scope(brand=int(key))


def _tokens(session: Session) -> frozenset[str]:
    """Under a lock: two who close it at once must not lose each other's reason."""
    row = session.first("own_valve" if session.vendor == "postgresql" else "valve")
    return frozenset(row[0].split()) if row else frozenset()


def _set(session: Session, reasons: Iterable[str], at: datetime) -> None:
    session.run("set_valve", held_for=" ".join(sorted(reasons)), since=to_micros(at))
