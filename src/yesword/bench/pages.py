"""The real web process for measuring: started, signed in to and looked at, and called as other systems call it."""

import contextlib
import http.client
import http.cookiejar
import multiprocessing
import re
import secrets
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from yesword.bench.scratch import command_of
from yesword.store import models
from yesword.store.opening import Store

HOST: Final = "127.0.0.1"
HEALTH: Final = "/health"
_PATIENCE_S: Final = 60.0
_CONNECTIONS: Final = 8  # as many as the web process has threads
Call = tuple[dict[str, str], bytes | None]  # headers and body; without one it is a GET
_NAME: Final = "bench"
_HIDDEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def web_process(store: Store, port: int) -> Iterator[int]:
    """The real command on this port; its process id."""
    process = subprocess.Popen([*command_of(store, "web"), "--port", str(port)])  # noqa: S603 - our own command
    try:
        deadline = time.monotonic() + _PATIENCE_S
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(f"the pages did not come up within {_PATIENCE_S:.0f} seconds")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}{HEALTH}", timeout=2):
            return True
    except OSError:
        return False


class Reader:
    """Somebody who is signed in, and turns the pages of the console."""

    def __init__(self, port: int) -> None:
        self._base = f"http://{HOST}:{port}"
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._browser = urllib.request.build_opener(cookies)
        password = secrets.token_hex(16)
        models.User.objects.filter(name=_NAME).delete()
        models.User.objects.create_user(_NAME, password, display_name=_NAME, role=models.User.Role.OWNER)
        hidden = _HIDDEN.search(self._get("/sign-in"))
        assert hidden is not None
        fields = {"csrfmiddlewaretoken": hidden[1], "name": _NAME, "password": password}
        with self._browser.open(f"{self._base}/sign-in", urlencode(fields).encode()) as answer:
            assert answer.url == f"{self._base}/", "signed in"

    def turned(self, paths: Sequence[str], is_over: threading.Event, every_s: float) -> list[float]:
        """Seconds that each page took, one after the other until it is over."""
        took: list[float] = []
        while not is_over.is_set():
            for path in paths:
                began = time.perf_counter()
                self._get(path)
                took.append(time.perf_counter() - began)
                if is_over.wait(every_s):
                    break
        return took

    def _get(self, path: str) -> str:
        with self._browser.open(self._base + path, timeout=_PATIENCE_S) as answer:
            page: bytes = answer.read()
            return page.decode()


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
