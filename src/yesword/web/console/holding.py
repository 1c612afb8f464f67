"""What holds a campaign back, in words, and the way to let it go on.

What somebody halted, and a gap, every page of the console says at its head.
"""

from collections.abc import Iterable

from yesword.reporting.holding import Holding
from yesword.store.models import Campaign
from yesword.web import parts, pausing
from yesword.web.console import alarms


def shown_state(campaign_state: str, held: Holding) -> str:
    """The state as chips know it."""
    if campaign_state == Campaign.State.RUNNING and held:
        return "held"
    return "finished" if campaign_state == Campaign.State.DONE else campaign_state


def notices(held: Iterable[Holding]) -> list[parts.Notice]:
    """Each reason once, for one campaign or a list of them."""
    found = list(held)
    rows = list({row.pk: row for each in found for row in each.pauses}.values())
    names = pausing.names_of(rows)
    reasons = {reason for each in found for reason in each.reasons}
    return [
        *(alarms.hold_notice(each) for each in sorted(reasons)),
        *(pausing.pause_notice(each, names) for each in rows),
    ]
