"""The hand on the simulated carrier: text from its phones, look at them, change how it behaves. For the page with
the handsets, for tests and for benches.
"""

import socket
import threading
from collections.abc import Iterable
from typing import Any, Final

from yesword.channels.ports import CarrierUnreachableError, ChannelError
from yesword.channels.simulator.network import PhoneSummary, Text
from yesword.channels.simulator.protocol import (
    READ_SIZE,
    Endpoint,
    FrameError,
    Lines,
    connect,
    decode,
    encode,
    is_spent,
)

_ANSWER_WITHIN_S: Final = 10.0


class ControlError(ChannelError):
    """The simulated carrier did not do it ({reason}): {detail}"""

    code = "simulator_control"


class SimulatorControl:
    """Safe for threads: requests take turns on one connection. A long poll has a connection of its own."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def close(self) -> None:
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None

    def configure(self, **changes: Any) -> dict[str, Any]:
        """Change fields of `CarrierBehaviour`; returns the whole behaviour."""
        changes = {name: sorted(v) if isinstance(v, set | frozenset) else v for name, v in changes.items()}
        return dict(self._ask("configure", changes=changes))

    def behaviour(self) -> dict[str, Any]:
        return dict(self._ask("behaviour"))

    def from_handset(self, number: str, address: str, text: str) -> str:
        """A person texts an address. Returns the id that the carrier gives the text."""
        return self.from_handsets([(number, address, text)])[0]

    def from_handsets(self, texts: Iterable[tuple[str, str, str]]) -> list[str]:
        """Many at once: (number, address, text)."""
        return list(self._ask("from_handset", texts=list(texts)))

    def handset(self, number: str) -> list[Text]:
        """The conversation of a phone, oldest first."""
        return [Text(*row) for row in self._ask("handset", number=number)]

    def handsets(self, most: int = 200) -> list[PhoneSummary]:
        return [PhoneSummary(*row) for row in self._ask("handsets", most=most)]

    def counts(self) -> dict[str, int]:
        """submitted, accepted, refused, throttled, reports, inbound: since the start, or the last reset."""
        return dict(self._ask("counts"))

    def waiting(self, account: str) -> int:
        """How many texts and reports a receiver of this account has yet to acknowledge."""
        return int(self._ask("waiting", account=account))

    def reset(self) -> None:
        """Forget every text, block and setting."""
        self._ask("reset")

    def events(
        self, since: int = 0, *, wait_s: float = 0, number: str | None = None
    ) -> tuple[list[Text], int]:
        """Texts after `since` and the number to ask with next; waits up to `wait_s` (at most 60) for the first."""
        with connect(self._endpoint, "control") as sock:
            result = _exchange(
                sock,
                self._endpoint,
                {"op": "events", "since": since, "wait_s": wait_s, "number": number},
                wait_s,
            )
        return [Text(*row) for row in result["texts"]], result["since"]

    def _ask(self, op: str, **fields: Any) -> Any:
        with self._lock:
            if self._socket is not None and is_spent(self._socket):
                self._socket.close()
                self._socket = None
            if self._socket is None:
                self._socket = connect(self._endpoint, "control")
            try:
                return _exchange(self._socket, self._endpoint, {"op": op, **fields})
            except CarrierUnreachableError:
                self._socket.close()
                self._socket = None
                raise


def _exchange(sock: socket.socket, endpoint: Endpoint, request: dict[str, Any], wait_s: float = 0) -> Any:
    lines = Lines()
    try:
        sock.settimeout(_ANSWER_WITHIN_S + wait_s)
        sock.sendall(encode({"id": 1, **request}))
        got: list[bytes] = []
        while not got:
            data = sock.recv(READ_SIZE)
            if not data:
                raise CarrierUnreachableError(endpoint=endpoint, why="it hung up")
            got = lines.feed(data)
        answer = decode(got[0])
    except (OSError, FrameError) as error:
        raise CarrierUnreachableError(endpoint=endpoint, why=str(error)) from error
    if "result" not in answer:
        raise ControlError(reason=answer.get("error"), detail=answer.get("detail"))
    return answer["result"]
