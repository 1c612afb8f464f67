"""What granian serves: `granian --interface wsgi yesword.web.wsgi:application`."""

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
from yesword.web.installation import store
from yesword.worker import listening
from yesword.worker.supervisor import die_with_parent

# The server's workers load this; one whose server was killed must not go on listening.
die_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yesword.web.settings")
_pages: Final = get_wsgi_application()
tracing.set_up("web")
_kept: Final = ExitStack()
atexit.register(_kept.close)
# Not from the first request on: as long as nobody is known to listen, nothing is sent, and so nobody might ever call.
_kept.enter_context(listening.at_the_door(store))
_lock: Final = threading.Lock()
_keeps = False


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """From the first request on, what this process counts is kept: whoever only loads this serves nobody."""
    global _keeps  # noqa: PLW0603 - once a process
    if not _keeps:
        with _lock:
            if not _keeps:
                _kept.enter_context(snapshots.keeping(run_folder(data_folder()), "web"))
                _keeps = True
    return _pages(environ, start_response)
