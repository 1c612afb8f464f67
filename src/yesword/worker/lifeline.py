"""A kernel timer that ends the process. A writer that was frozen past its lease wakes up dead.

Checking a clock before each write is never enough: a process can be stopped between the check and the write. The signal's
default action needs no code of ours to run.
"""

import contextlib
import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from yesword.sending.fates import LEASE

MARGIN: Final = timedelta(seconds=10)


@contextlib.contextmanager
def lifeline(lease: timedelta = LEASE) -> Iterator[None]:
    """Armed before the claim, for less than its lease; let go after the record."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, (lease - MARGIN).total_seconds())
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
