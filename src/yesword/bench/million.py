"""A campaign to very many people on SQLite: how long it takes, what it needs, and how the console feels to somebody who
turns its pages meanwhile.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from yesword.bench import pages, smpp
from yesword.bench.engine import ended, until_done
from yesword.bench.rows import Figure
from yesword.bench.scratch import (
    program_with_crowd,
    scratch_store,
    speak_smpp,
    start_campaign,
    start_dispatcher,
)
from yesword.domain.ids import BrandId, to_text
from yesword.store import contacts, programs
from yesword.store.opening import Store

_EVERY_S: Final = 0.2
_MOST_S: Final = 7200.0


def figures(recipients: int) -> Iterator[Figure]:
    with scratch_store() as store, smpp.smsc_process() as (_control, account_at):
        started = time.perf_counter()
        program = program_with_crowd(store, recipients)
        yield Figure(
            name=f"{recipients:,} people with a grant, SQLite",
            value=round(time.perf_counter() - started, 1),
            unit="s",
        )
        speak_smpp(store, account_at.port, account_at.token)
        port = pages.free_port()
        with pages.web_process(store, port), ThreadPoolExecutor(1) as beside:
            reader, is_over = pages.Reader(port), threading.Event()
            campaign = start_campaign(programs.current(program.id), "to all")
            turning = beside.map(
                reader.turned, [_pages(store, program.brand, campaign)], [is_over], [_EVERY_S]
            )
            dispatcher = start_dispatcher(store)
            try:
                with ended(dispatcher):
                    spent, peak = until_done(campaign, dispatcher.pid, _MOST_S)
            finally:
                is_over.set()
            took = sorted(next(turning))
        yield Figure(name=f"campaign to {recipients:,}, SQLite", value=round(spent, 1), unit="s")
        yield Figure(name="that is", value=round(recipients / spent), unit="msg/s")
        yield Figure(name="its dispatcher's peak memory", value=round(peak, 1), unit="MB")
        for share, label in ((0.5, "p50"), (0.95, "p95")):
            yield Figure(
                name=f"a console page meanwhile, {label} of {len(took)}",
                value=round(took[int((len(took) - 1) * share)] * 1e3, 1),
                unit="ms",
            )
        store.database.scrub()
        yield Figure(name="store on disk after it", value=round(_size(store) / 1e6), unit="MB")
        yield Figure(name="that is a person", value=round(_size(store) / recipients), unit="bytes")


def _pages(store: Store, brand: BrandId, campaign: int) -> list[str]:
    """What somebody looks at while a campaign runs."""
    with store.database.read() as session:
        (person, *_) = contacts.page_after(session, brand, -1, 1)
    return [
        "/",
        f"/campaigns/{campaign}",
        "/campaigns",
        "/messages",
        "/people",
        f"/people/{to_text('con', person)}",
    ]


def _size(store: Store) -> int:
    return sum(each.stat().st_size for each in store.folder.glob("*.sqlite3*"))
