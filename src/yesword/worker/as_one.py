"""A process whose thread died of an error ends, in its own time, and whoever watches over it starts it anew.

Else it would go on with a part of it missing: it sends and hears nobody, or it listens and notes nothing.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator

import structlog

log = structlog.get_logger("yesword.process")


@contextlib.contextmanager
def as_one() -> Iterator[None]:
    """Exits with 1 in the end if a thread died. Around whatever stops at SIGTERM."""
    before, died = threading.excepthook, threading.Event()

    def end_all(args: threading.ExceptHookArgs) -> None:
        log.error("thread_ended", thread=args.thread.name if args.thread else "", code=args.exc_type.__name__)
        before(args)
        died.set()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.excepthook = end_all
    try:
        yield
    finally:
        threading.excepthook = before
    if died.is_set():
        sys.exit(1)
