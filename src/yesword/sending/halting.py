"""Stopping all sending by hand, or that of one account or brand, and letting it go on: at once, and with a trace.

A halt takes no question: it is asked for at three in the morning. Letting go on wants a reason. Intake never stops: what
people text is taken in, their stops are acted on, and reports are kept. What was queued stays queued; what is no longer
of use when sending goes on is refused by the gate as ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.store import holds
from yesword.store.holds import EVERYTHING, GAP, HALTED, Scope
from yesword.store.models import AuditEntry, SendingHold
from yesword.store.opening import Store

QUIET_S: Final = 10.0  # as long as a hand-over that was under way may take to be called back
_LONGEST: Final = 500
_SETTLED: Final = timedelta(minutes=1)  # a claim that had begun before it was let go has ended by then


class NotHeldError(YeswordError):
    """Sending of {what} is not halted. `yesword status` says what is."""

    code = "not_halted"


class HaltReasonNeededError(YeswordError):
    """Say why sending may go on: what was wrong, and what is different now."""

    code = "halt_reason_needed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stands:
    """What is held now, and how much waits for it."""

    holds: Sequence[SendingHold]
    reasons: frozenset[str]  # of the whole store, also those that nobody here has set: keys, restored
    queued: int  # texts that would go now
    under_way: int  # being handed over at this moment

    @property
    def is_all_halted(self) -> bool:
        return bool(self.reasons)


def halt(
    store: Store,
    at: datetime,
    *,
    scope: Scope = EVERYTHING,
    user: int | None = None,
    on_machine: str = "",
    note: str = "",
) -> bool:
    """Once this returns, no text that is not being written at this moment goes to any carrier. False: it was halted already."""
    with store.database.write() as session:
        if not holds.hold(session, HALTED, at, scope):
            return False
        SendingHold.objects.create(
            why=HALTED,
            account_id=scope.account,
            brand_id=scope.brand,
            began_at=at,
            began_by_id=user,
            note=note.strip()[:_LONGEST],
        )
        _trace("sending.halted", scope, at, note, user=user, on_machine=on_machine)
    return True


def resume(
    store: Store,
    at: datetime,
    *,
    reason: str,
    scope: Scope = EVERYTHING,
    user: int | None = None,
    on_machine: str = "",
) -> None:
    """Let it go on; of an account, also where nobody has heard what came in during a gap. Raises NotHeldError,
    HaltReasonNeededError.

    `on_machine`: who did it at the command line without an account.
    """
    if not reason.strip():
        raise HaltReasonNeededError
    with store.database.write() as session:
        rows = list(_open(scope))
        if not rows:
            raise NotHeldError(what=_what(scope))
        for row in rows:
            end(row, at, user=user, reason=reason.strip()[:_LONGEST])
            holds.release(session, row.why, at, scope)
            if row.why == GAP:
                session.run("excuse_gap", account_id=scope.account)
        _trace("sending.let_go", scope, at, reason, user=user, on_machine=on_machine)


def end(
    row: SendingHold, at: datetime, *, user: int | None = None, reason: str = "", caught_up: str = ""
) -> None:
    row.ended_at, row.ended_by_id, row.reason, row.caught_up = at, user, reason, caught_up
    row.is_released = row.account_id is None and row.brand_id is None  # then nothing waits apart
    row.save()


def release(store: Store, at: datetime) -> int:
    """Make due what ended holds had kept apart, a chunk of each. How many texts."""
    moved = 0
    for row in SendingHold.objects.filter(ended_at__isnull=False, is_released=False):
        scope = scope_of(row)
        with store.database.write() as session:
            stands = any(each == scope for _, each in holds.held(session).scopes)
            back = 0 if stands else holds.let_go(session, scope, at)
        if stands or (not back and row.ended_at is not None and row.ended_at <= at - _SETTLED):
            SendingHold.objects.filter(pk=row.pk).update(is_released=True)
        moved += back
    return moved


def standing(store: Store, at: datetime) -> Stands:
    """What is held now."""
    rows = list(
        SendingHold.objects.filter(ended_at=None)
        .select_related("began_by", "account", "brand")
        .order_by("-pk")
    )
    with store.database.read() as session:
        found = holds.held(session)
        return Stands(
            holds=rows,
            reasons=found.reasons,
            queued=holds.waiting(session, at, {scope_of(row) for row in rows}),
            under_way=holds.under_way(session),
        )


def history(most: int) -> Sequence[SendingHold]:
    """The last holds that are over."""
    rows = SendingHold.objects.filter(ended_at__isnull=False)
    return list(rows.select_related("began_by", "ended_by", "account", "brand").order_by("-ended_at")[:most])


def scope_of(row: SendingHold) -> Scope:
    return Scope(account=row.account_id, brand=row.brand_id)


def _open(scope: Scope) -> Sequence[SendingHold]:
    rows = SendingHold.objects.filter(ended_at=None).order_by("pk")  # there are few
    return [row for row in rows if scope_of(row) == scope]


def _what(scope: Scope) -> str:
    if scope == EVERYTHING:
        return "everything"
    return "this account" if scope.account is not None else "this brand"


def _trace(action: str, scope: Scope, at: datetime, words: str, *, user: int | None, on_machine: str) -> None:
    subject = "everything"
    if scope.account is not None:
        subject = f"account {scope.account}"
    elif scope.brand is not None:
        subject = f"brand {scope.brand}"
    detail = {"at": at.isoformat(timespec="seconds"), "reason": words.strip()[:_LONGEST]}
    if on_machine:
        detail["on_machine"] = on_machine
    AuditEntry.objects.create(user_id=user, action=action, subject=subject, detail=detail)
