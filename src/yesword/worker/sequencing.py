"""The process of the ledgers: the sequencer, and in threads beside it the asking of witnesses and timestamp authorities,
the daily housekeeping, the calls to others and e-mail.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from yesword.domain.errors import YeswordError
from yesword.proof.attesting import Occasion, attest_due
from yesword.proof.sequencer import Sequencer
from yesword.store.locality import owner_lock
from yesword.store.opening import Store
from yesword.worker import calling, housekeeping, mailing
from yesword.worker.dispatcher import utc_now

log = structlog.get_logger("yesword.sequencing")

HEAD_START_S: Final = 1.0
"""How long witnesses may answer before anything is signed: they may remember more than a store that was put back.
No longer, so that what was recorded waits for no witness that is down."""

_ROUND_EVERY_S: Final = 1.0
_LOOK_EVERY_S: Final = 0.1


class AlreadySequencingError(YeswordError):
    """Another sequencer already works on the store in {folder}. Stop it first, or leave the work to it."""

    code = "already_sequencing"


def run(store: Store, is_over: Callable[[], bool], clock: Callable[[], datetime] = utc_now) -> None:
    """Work until told to stop. Raises AlreadySequencingError."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(owner_lock(store.run, "sequencer"))
        except BlockingIOError:
            raise AlreadySequencingError(folder=store.folder) from None
        has_ended, were_asked = threading.Event(), threading.Event()
        attesting = threading.Thread(
            target=_attest,
            args=(store, lambda: has_ended.is_set() or is_over(), were_asked, clock),
            name="attest",
        )
        tidying = threading.Thread(
            target=housekeeping.run, args=(store, has_ended, clock), name="housekeeping"
        )
        telling = threading.Thread(target=calling.run, args=(store, has_ended, clock), name="calling")
        writing = threading.Thread(target=mailing.run, args=(store, has_ended, clock), name="mailing")
        attesting.start()
        tidying.start()
        telling.start()
        writing.start()
        try:
            were_asked.wait(HEAD_START_S)
            Sequencer(store=store, clock=clock).run(is_over)
        finally:
            has_ended.set()
            attesting.join()
            tidying.join()
            telling.join()
            writing.join()


def _attest(
    store: Store, is_over: Callable[[], bool], were_asked: threading.Event, clock: Callable[[], datetime]
) -> None:
    occasion = Occasion.START
    try:
        while not is_over():
            try:
                attest_due(store, clock(), occasion=occasion, is_over=is_over)
                occasion = Occasion.ROUND
            except Exception:
                # The sequencer must not end with it; a connection that broke is made anew by the next round.
                log.exception("attest_round_failed")
                store.database.close()
            were_asked.set()
            _rest(is_over)
    finally:
        store.database.close()
        store.vault.close()


def _rest(is_over: Callable[[], bool]) -> None:
    until = time.monotonic() + _ROUND_EVERY_S
    while time.monotonic() < until and not is_over():
        time.sleep(_LOOK_EVERY_S)
