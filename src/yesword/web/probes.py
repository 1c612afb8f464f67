"""What those who run it ask: does the process live, can it do its work, and what are its figures.

They are answered before anything else is looked at: whoever asks knows an address and no host name, and has no session.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Final

import structlog
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from yesword.domain.errors import YeswordError
from yesword.reporting import metrics, running
from yesword.store import holds
from yesword.store.configuration import data_folder
from yesword.store.keyfiles import load_keys, shared_token
from yesword.telemetry import snapshots
from yesword.web.environment import LOCAL_HOSTS, Metrics
from yesword.web.installation import store

log = structlog.get_logger("yesword.probes")

METRICS_TOKEN: Final = "metrics-token"  # noqa: S105 - the name of a key file, not a secret
# Holds under which no page may be trusted to be right. Under the others only sending waits.
_UNFIT: Final = frozenset({holds.KEYS, holds.RESTORED, holds.LOOK_UPS})
_FRESH_S: Final = 1.0
_UNREACHABLE: Final = "store_unreachable"
_OLD: Final = "not_migrated"
_FORWARDED: Final = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_REAL_IP",
    "HTTP_VIA",
)


class Probes:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = _ANSWERS.get(request.path_info)
        if answer is None:
            return self._get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        response = answer(request)
        # Whoever asks does so every second: what changed is logged, and Django need not log each answer.
        response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - how Django is told so
        return response


def health(_request: HttpRequest) -> HttpResponse:
    """The process lives, and a thread of it was free."""
    return _plain("ok")


def ready(_request: HttpRequest) -> HttpResponse:
    """Whether to send anybody here; if not, the codes of why."""
    because = _looked.because()
    return HttpResponse(
        json.dumps({"ready": not because, "because": because}) + "\n",
        status=503 if because else 200,
        content_type="application/json",
    )


def figures(request: HttpRequest) -> HttpResponse:
    """For Prometheus."""
    who: Metrics = settings.ENVIRONMENT.metrics
    if who is Metrics.OFF or (who is Metrics.LOOPBACK and not _is_from_here(request)):
        return _plain("There is nothing here.", status=404)
    if who is Metrics.TOKEN and not _knows_the_token(request):
        return _plain(
            "The token in the keys folder, please.", status=401, headers={"WWW-Authenticate": "Bearer"}
        )
    try:
        here = store()
        body = metrics.exposition(running.count(here, datetime.now(UTC)), snapshots.read(here.run))
    except (YeswordError, Error) as error:
        return _plain(_code(error), status=503)
    return HttpResponse(body, content_type=metrics.CONTENT_TYPE)


_ANSWERS: Final[Mapping[str, Callable[[HttpRequest], HttpResponse]]] = {
    "/health": health,
    "/ready": ready,
    "/metrics": figures,
}


def _knows_the_token(request: HttpRequest) -> bool:
    said = request.headers.get("Authorization", "")
    wanted = f"Bearer {shared_token(data_folder(), METRICS_TOKEN)}"
    return compare_digest(said.encode(), wanted.encode())


def _is_from_here(request: HttpRequest) -> bool:
    """Asked on this machine, by this machine's name, and not on somebody else's behalf."""
    if any(name in request.META for name in _FORWARDED):
        return False
    host = request.META.get("HTTP_HOST", "").rpartition(":")[0] or request.META.get("HTTP_HOST", "")
    return request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1") and host in LOCAL_HOSTS


class _Looked:
    """What was found last, for a second: whoever knocks again and again costs nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._because: list[str] = []

    def because(self) -> list[str]:
        with self._lock:
            if time.monotonic() >= self._until:
                found = why_not()
                if found != self._because:
                    log.warning("not_ready" if found else "ready_again", because=found)
                self._because = found
                self._until = time.monotonic() + _FRESH_S
            return self._because

    def forget(self) -> None:
        self._until, self._because = 0.0, []


_looked: Final = _Looked()


def why_not() -> list[str]:
    """The codes of what keeps this process from its work; empty when it is ready."""
    try:
        here = store()
        load_keys(here.folder, may_create=False)
        with here.database.read() as session:
            found = sorted(holds.held_for(session) & _UNFIT)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            found.append(_OLD)
    except (YeswordError, Error) as error:
        found = [_code(error)]
    return found


def _code(error: Exception) -> str:
    return error.code if isinstance(error, YeswordError) else _UNREACHABLE


def _plain(said: str, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    return HttpResponse(
        said + "\n", status=status, content_type="text/plain; charset=utf-8", headers=dict(headers or {})
    )
