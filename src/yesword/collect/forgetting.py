"""Forgetting what pages leave behind: codes that nobody texted, links of questions, tickets that are too old to come back, caps long past."""

from datetime import datetime, timedelta
from typing import Final

from yesword.collect import tickets
from yesword.domain.times import to_micros
from yesword.store import asked_numbers, confirm_links
from yesword.store.opening import Store

_LATE: Final = timedelta(
    minutes=10
)  # a text that was on its way when its code ran out is still told from others

_LINKS_LAST: Final = timedelta(days=30)  # so long a link says that its question is over, rather than nothing


def forget(store: Store, at: datetime) -> int:
    """Let go of all that; how many rows. With a code goes what was typed on its page."""
    with store.database.write() as session:
        codes = session.run("purge_shown_codes", before=to_micros(at - _LATE))
        used = session.run("purge_nonces", before=to_micros(at - tickets.LASTS - _LATE))
        links = confirm_links.purge(session, at - _LINKS_LAST)
        return codes + used + links + asked_numbers.purge(session, at)
