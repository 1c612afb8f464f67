"""What granian serves: `granian --interface wsgi yesword.web.wsgi:application`.

From the first request on, this process notes that carriers can call in, and keeps what it counts: whoever only loads this
serves nobody. Where `yesword web` loads it, it does so at once: as long as nobody is known to listen, nothing is sent over
accounts whose carriers call in, and so none of them might ever call.
"""

import atexit
import os
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any, Final

from django.core.wsgi import get_wsgi_application

from yesword.store.configuration import data_folder
from yesword.store.locality import run_folder
from yesword.telemetry import snapshots, tracing
from yesword.worker.supervisor import SERVED, die_with_parent

# The server's workers load this; one whose server was killed must not go on listening.
die_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yesword.web.settings")
_pages: Final = get_wsgi_application()
tracing.set_up("web")
_kept: Final = ExitStack()
_lock: Final = threading.Lock()
_has_begun = False


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if not _has_begun:
        _begin()
    return _pages(environ, start_response)


def _begin() -> None:
    # Their models want settings, which are known only now.
    from yesword.web.installation import store
    from yesword.worker import listening

    global _has_begun  # noqa: PLW0603 - once a process
    with _lock:
        if not _has_begun:
            atexit.register(_kept.close)
            _kept.enter_context(snapshots.keeping(run_folder(data_folder()), "web"))
            _kept.enter_context(listening.at_the_door(store))
            _has_begun = True


if os.environ.get(SERVED):
    _begin()
