"""What holds back a whole campaign: pauses by themselves, what somebody halted, a gap, and what closes all sending.

A campaign that is held runs all the same: it goes on by itself once nothing holds it. Why a single text waits, its decision
says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from yesword.sending.halting import scope_of
from yesword.store import holds, pauses
from yesword.store.holds import EVERYTHING, HALTED, Scope
from yesword.store.models import Campaign, SendingAlarm, SendingHold
from yesword.store.opening import Store

_OPEN: Final = frozenset({Campaign.State.RUNNING, Campaign.State.PAUSED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """False where nothing holds it."""

    pauses: tuple[SendingAlarm, ...] = ()  # of the campaign, its program or its number, the narrowest first
    holds: tuple[SendingHold, ...] = ()  # of everything, its account or its brand: by hand, or by a gap
    reasons: frozenset[str] = frozenset()  # of the whole store besides, as `store.holds` has them

    def __bool__(self) -> bool:
        return bool(self.pauses or self.holds or self.reasons)


FREE: Final = Holding()


def of(store: Store, campaign: Campaign) -> Holding:
    return of_each(store, [campaign])[campaign.pk]


def of_each(store: Store, campaigns: Iterable[Campaign]) -> Mapping[int, Holding]:
    """A campaign that is a draft or over is held by nothing."""
    rows = list(campaigns)
    standing = pauses.standing()
    with store.database.read() as session:
        valve = holds.held(session)
    if not (standing or valve):
        return dict.fromkeys((row.pk for row in rows), FREE)
    alarms = SendingAlarm.objects.in_bulk([each.id for each in standing.values()])
    held = list(_held() if valve else ())
    found = {}
    for row in rows:
        program = row.program
        touching = pauses.touching(standing, campaign=row.pk, program=program.pk, sender=program.sender_id)
        scopes = {EVERYTHING, Scope(account=program.sender.account_id), Scope(brand=program.brand_id)}
        found[row.pk] = (
            Holding(
                pauses=tuple(alarms[each.id] for each in touching if each.id in alarms),
                holds=tuple(each for scope, each in held if scope in scopes),
                reasons=valve.reasons - {HALTED},
            )
            if row.state in _OPEN
            else FREE
        )
    return found


def _held() -> Iterable[tuple[Scope, SendingHold]]:
    rows = SendingHold.objects.filter(ended_at=None).select_related("account", "brand", "began_by")
    return ((scope_of(row), row) for row in rows.order_by("pk"))
