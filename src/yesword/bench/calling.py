"""Calls to a web process as other systems make them, from a process of its own, which knows nothing of ours."""

import http.client
import multiprocessing
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

HOST: Final = "127.0.0.1"
HEALTH: Final = "/health"
_PATIENCE_S: Final = 60.0
_CONNECTIONS: Final = 8  # as many as the web process has threads
Call = tuple[dict[str, str], bytes | None]  # headers and body; without one it is a GET


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    seconds: float
    refused: int  # answered with anything but a success


def posted(port: int, path: str, calls: Sequence[Call]) -> Posted:
    """All these calls to one address, from a process of its own, over several connections that stay open."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        (done,) = pool.map(_post_all, [port], [path], [calls])
    return done


def _post_all(port: int, path: str, calls: Sequence[Call]) -> Posted:
    begin = threading.Barrier(_CONNECTIONS + 1)

    def post(own: Sequence[Call]) -> int:
        connection = http.client.HTTPConnection(HOST, port, timeout=_PATIENCE_S)
        connection.connect()
        begin.wait()
        refused = 0
        for headers, body in own:
            connection.request("POST" if body else "GET", path, body=body, headers=headers)
            answer = connection.getresponse()
            answer.read()
            refused += answer.status >= http.HTTPStatus.BAD_REQUEST
        connection.close()
        return refused

    with ThreadPoolExecutor(_CONNECTIONS) as threads:
        under_way = threads.map(post, [calls[start::_CONNECTIONS] for start in range(_CONNECTIONS)])
        begin.wait()
        started = time.perf_counter()
        refused = sum(under_way)
        return Posted(seconds=time.perf_counter() - started, refused=refused)
