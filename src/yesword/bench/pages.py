"""The real web process for measuring: started, signed in to and looked at."""

import contextlib
import http.cookiejar
import re
import secrets
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlencode

from yesword.bench.calling import HEALTH, HOST
from yesword.bench.scratch import command_of
from yesword.store import models
from yesword.store.opening import Store

_PATIENCE_S: Final = 60.0
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
