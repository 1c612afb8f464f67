"""How often the interpreter looks for cyclic garbage where work is done in batches: seldom, for a batch is a hundred thousand
objects without a cycle among them, which it would look through again and again.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SEVERAL_BATCHES: Final = 300_000  # objects
_USUAL: Final = gc.get_threshold()
_lock: Final = threading.Lock()
_working: Final[set[object]] = set()  # the console runs several imports at once, each in a thread


@contextmanager
def seldom_collected() -> Iterator[None]:
    """As usual again once the last of them is through."""
    this = object()
    with _lock:
        _working.add(this)
        gc.set_threshold(_SEVERAL_BATCHES, *_USUAL[1:])
    try:
        yield
    finally:
        with _lock:
            _working.remove(this)
            if not _working:
                gc.set_threshold(*_USUAL)
