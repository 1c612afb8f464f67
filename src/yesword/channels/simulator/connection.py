"""One client of the simulated carrier: lets it in, cuts its bytes into frames, and hands them on."""

import asyncio
from typing import TYPE_CHECKING, Any, Final, cast

from yesword.channels.simulator.network import Answers, Row
from yesword.channels.simulator.protocol import (
    LONGEST_HELLO,
    LONGEST_LINE,
    ROLES,
    FrameError,
    Lines,
    decode,
    encode,
)

if TYPE_CHECKING:
    from yesword.channels.simulator.carrier import Carrier

_HELLO_WITHIN_S: Final = 5.0


class Connection(asyncio.Protocol):
    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier
        self._lines = Lines(LONGEST_HELLO)
        self._transport: asyncio.Transport | None = None
        self._role: str | None = None
        self.account = ""
        self.number = 0
        self.submits = 0
        self.is_cut = False
        self.brought: dict[int, tuple[str, float]] = {}  # key to mailbox and the time it is due back

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.number = self._carrier.joined(self)
        asyncio.get_running_loop().call_later(_HELLO_WITHIN_S, self._still_silent)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._transport = None
        self._carrier.left(self)

    def data_received(self, data: bytes) -> None:
        try:
            lines = self._lines.feed(data)
            if lines and self._role is None:
                self._hello(decode(lines.pop(0)))
            if lines and self._role == "submit":
                self._carrier.take(self, [_checked(row) for line in lines for row in decode(line)["submit"]])
            elif self._role == "receive":
                for line in lines:
                    self._carrier.settle(self, decode(line))
            elif self._role == "control":
                for line in lines:
                    self._carrier.control(self, decode(line))
        except (FrameError, KeyError, TypeError, ValueError):
            self.hang_up("the frame cannot be read")

    def _hello(self, frame: dict[str, Any]) -> None:
        hello = frame["hello"]
        if not isinstance(hello, dict):
            raise FrameError(why="the hello is no object")
        if not self._carrier.is_token(hello.get("token")):
            self.hang_up("wrong token")
        elif hello.get("role") not in ROLES:
            self.hang_up("no such role")
        else:
            self._role, self.account = hello["role"], str(hello.get("account", ""))
            self._lines.longest = LONGEST_LINE
            self.write(encode({"welcome": {"connection": self.number}}))
            if self._role == "receive":
                self._carrier.receive(self)

    def _still_silent(self) -> None:
        if self._role is None:
            self.hang_up("no hello")

    def answer(self, answers: Answers) -> None:
        self.write(encode(answers.frame()))

    def bring(self, items: list[list[Any]]) -> None:
        self.write(encode({"items": items}))

    def write(self, frame: bytes) -> None:
        if self._transport is not None:
            self._transport.write(frame)

    def hang_up(self, why: str | None = None) -> None:
        if self._transport is not None:
            if why is not None:
                self._transport.write(encode({"error": why}))
            self._transport.close()

    def cut(self) -> None:
        """As when the network breaks: nothing more is said, what was asked stays unanswered."""
        self.is_cut = True
        if self._transport is not None:
            self._transport.abort()


def _checked(row: Any) -> Row:
    match row:
        case [int(), str(), str(), str()]:
            return cast("Row", row)
    raise FrameError(why="a submit is not [ref, from, to, text]")
