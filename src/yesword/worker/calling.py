"""Calls to others, in a thread of their own: what webhooks have to tell, and leads that have to be fetched.

Another system that is slow or down holds up nothing else here.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from yesword.collect import lead_ads, sources
from yesword.collect.graph import GraphFetcher
from yesword.collect.lead_ads import LeadFetcher
from yesword.sending import webhooks
from yesword.store.opening import Store

log = structlog.get_logger("yesword.calling")

_IDLE_S: Final = 0.5
_AFTER_TROUBLE_S: Final = 10.0
_TIDY_EVERY: Final = timedelta(hours=6)


def round_of(store: Store, fetcher: LeadFetcher, at: datetime) -> int:
    """One round. The number of calls that it made."""
    return webhooks.deliver_due(store, at) + lead_ads.fetch_due(store, fetcher, at)


def run(
    store: Store,
    has_ended: threading.Event,
    clock: Callable[[], datetime],
    fetcher: LeadFetcher | None = None,
) -> None:
    """Until told to stop. A round that fails is told, and tried again."""
    fetcher = fetcher or GraphFetcher()
    tidied_at: datetime | None = None
    try:
        pause_s = 0.0
        while not has_ended.wait(pause_s):
            try:
                pause_s = 0.0 if round_of(store, fetcher, clock()) else _IDLE_S
                if tidied_at is None or clock() - tidied_at >= _TIDY_EVERY:
                    _tidy(store, clock())
                    tidied_at = clock()
            except Exception:
                log.exception("calling_failed")
                store.database.close()
                pause_s = _AFTER_TROUBLE_S
    finally:
        store.database.close()
        store.vault.close()


def _tidy(store: Store, at: datetime) -> None:
    webhooks.purge(store, at)
    with store.database.write() as session:
        sources.purge(session, at)
