"""The store that the pages show, opened once a process.

Safe for threads: each has connections of its own, those to the store closed by Django after its time, those to the vault
kept as long as the thread.
"""

import os
import threading
from functools import cache

from yesword.domain.rules import RuleBook
from yesword.sending.weighing import Scales
from yesword.store.configuration import data_folder
from yesword.store.opening import Store, open_store

_lock = threading.Lock()
_opened: Store | None = None


def store() -> Store:
    """The store that the environment names; another one when the environment has moved, as between tests."""
    global _opened  # noqa: PLW0603 - one store a process is the point
    folder, url = data_folder(), os.environ.get("YESWORD_DATABASE_URL")
    found = _opened
    if found is not None and (found.folder, found.url) == (folder, url):
        return found
    with _lock:
        if _opened is None or (_opened.folder, _opened.url) != (folder, url):
            if _opened is not None:
                _opened.close()
            _opened = open_store(folder, url)
        return _opened


@cache
def rules() -> RuleBook:
    """The rule packs of this version, read once."""
    return RuleBook.load()


def scales() -> Scales:
    """The gate, to ask about one page's texts: what it keeps of programs and senders is as fresh as the page."""
    return Scales(rules())
