"""A campaign as somebody writes it at the console, and its verdict."""

from datetime import UTC, datetime, timedelta

from yesword.reporting import campaigns as reporting
from yesword.sending import verdicts

TEXT = "[Brand]: hello [First name|there], 20% off until Sunday."


def noon_of_a_workday():
    """Lately, so that the pages, which know only the real time, find it past; and never in anybody's night."""
    day = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day


def form(here, **changes):
    return {
        "program": str(here.club.id),
        "name": "Spring",
        "text": TEXT,
        "send_by": "",
        "field": ["", ""],
        "comparison": ["is", "is"],
        "value": ["", ""],
        **changes,
    }


def counted(here, campaign):
    verdict = reporting.newest_verdict(campaign)
    while not verdict.is_done:
        verdict = verdicts.advance(here.store, here.scales, verdict)
    return verdict
