"""The simulated carrier as a process: the network of `network` behind a socket on the loopback, and its log."""

import asyncio
import hmac
import ipaddress
import signal
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from yesword.channels.ports import ChannelError
from yesword.channels.simulator.behaviour import CarrierBehaviour
from yesword.channels.simulator.connection import Connection
from yesword.channels.simulator.log import CarrierLog
from yesword.channels.simulator.network import Answers, Network, Row
from yesword.channels.simulator.protocol import FrameError, encode
from yesword.channels.simulator.smsc import SmppConnection, SmscSettings

_RECEIVER_WINDOW: Final = 1_000  # items brought to one connection and not acknowledged
_ITEMS_A_FRAME: Final = 500
_TICK_S: Final = 0.005  # how finely a set speed is kept
_EVENTS_TOGETHER_S: Final = 0.02  # a watcher hears of texts at most this often
_LONGEST_WATCH_S: Final = 60.0


class NotLoopbackError(ChannelError):
    """The simulated carrier listens on this machine only, not on {host}. Use 127.0.0.1 or ::1."""

    code = "not_loopback"


class WeakTokenError(ChannelError):
    """The token of the simulated carrier is too short: {length} characters. Give it at least 16."""

    code = "weak_token"


Client = Connection | SmppConnection


@dataclass(frozen=True, kw_only=True)
class CarrierSettings:
    token: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 0  # 0: any free port; see `on_ready` and `ready_path`
    behaviour: CarrierBehaviour = field(default_factory=CarrierBehaviour)
    log_path: Path | None = None
    log_texts: bool = False
    ready_path: Path | None = None  # gets the port when the carrier listens
    smsc: SmscSettings | None = None  # speaks SMPP as well, on a port of its own

    def __post_init__(self) -> None:
        try:
            is_loopback = ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            is_loopback = False
        if not is_loopback:
            raise NotLoopbackError(host=self.host)
        if len(self.token) < 16:
            raise WeakTokenError(length=len(self.token))


def run_carrier(settings: CarrierSettings) -> None:
    """Run until SIGTERM or SIGINT."""

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await serve(settings, stop=stop)

    asyncio.run(run())


async def serve(
    settings: CarrierSettings,
    *,
    stop: asyncio.Event | None = None,
    on_ready: Callable[[int], None] | None = None,
) -> None:
    """Listen until `stop` is set; `on_ready` and the ready file get the port."""
    log = CarrierLog(settings.log_path, with_texts=settings.log_texts)
    carrier = Carrier(settings.behaviour, token=settings.token, log=log)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(carrier), settings.host, settings.port, backlog=512)
    smsc = await _smsc(carrier, settings)
    try:
        port = server.sockets[0].getsockname()[1]
        if settings.ready_path is not None:
            draft = settings.ready_path.with_suffix(".new")
            draft.write_text(f"{port}\n", encoding="ascii")
            draft.replace(settings.ready_path)
        if on_ready is not None:
            on_ready(port)
        await (stop or asyncio.Event()).wait()
    finally:
        server.close()
        if smsc is not None:
            smsc.close()
        carrier.hang_up()
        log.close()
        if settings.ready_path is not None:
            settings.ready_path.unlink(missing_ok=True)


async def _smsc(carrier: "Carrier", settings: CarrierSettings) -> asyncio.Server | None:
    """The door for SMPP, where one is wanted; its ready file gets its port before the carrier's own does."""
    wanted = settings.smsc
    if wanted is None:
        return None
    server = await asyncio.get_running_loop().create_server(
        lambda: SmppConnection(carrier, wanted),
        settings.host,
        wanted.port,
        ssl=wanted.tls_context(),
        backlog=512,
    )
    if wanted.ready_path is not None:
        wanted.ready_path.write_text(f"{server.sockets[0].getsockname()[1]}\n", encoding="ascii")
    return server


class Carrier:
    """The network, its connections and its clock-driven chores. Everything runs in one event loop."""

    def __init__(self, behaviour: CarrierBehaviour, *, token: str, log: CarrierLog) -> None:
        self._token = token.encode()
        self.log = log
        self.network = Network(behaviour)
        self._loop = asyncio.get_running_loop()
        self._connections: set[Client] = set()
        self._receivers: deque[Client] = deque()
        self._watchers: list[_Watcher] = []
        self._is_telling = False
        self._numbers = 0
        self._paced: deque[tuple[Client, list[Row]]] = deque()
        self._credit = 0.0
        self._ticked_at = 0.0

    def is_token(self, word: object) -> bool:
        return isinstance(word, str) and hmac.compare_digest(word.encode("utf-8", "replace"), self._token)

    def joined(self, connection: Client) -> int:
        self._connections.add(connection)
        self._numbers += 1
        return self._numbers

    def left(self, connection: Client) -> None:
        self._connections.discard(connection)
        self._watchers = [watcher for watcher in self._watchers if watcher.connection is not connection]
        if connection in self._receivers:
            self._receivers.remove(connection)
            self._bring_again(connection, list(connection.brought))

    def hang_up(self) -> None:
        for connection in list(self._connections):
            connection.hang_up()

    # Submits

    def take(self, connection: Client, rows: list[Row]) -> None:
        if self.network.behaviour.speed is None and not self._paced:
            self._accept(connection, rows)
            return
        if not self._paced:
            self._credit, self._ticked_at = 0.0, self._loop.time()
            self._loop.call_later(_TICK_S, self._tick)
        self._paced.append((connection, rows))

    def _tick(self) -> None:
        """Accept what the set speed allows since the last tick."""
        now, speed = self._loop.time(), self.network.behaviour.speed
        if speed is None:
            self._credit = float(sum(len(rows) for _, rows in self._paced))
        else:
            self._credit = min(self._credit + (now - self._ticked_at) * speed, max(1.0, speed / 10))
        self._ticked_at = now
        while self._paced and self._credit >= 1:
            connection, rows = self._paced.popleft()
            size = min(int(self._credit), len(rows))
            self._credit -= size
            self._accept(connection, rows[:size])
            if rows[size:]:
                self._paced.appendleft((connection, rows[size:]))
        if self._paced:
            self._loop.call_later(_TICK_S, self._tick)

    def _accept(self, connection: Client, rows: list[Row]) -> None:
        """Take texts, write them down, answer. What was read is taken even if its sender is gone by now."""
        behaviour = self.network.behaviour
        if connection.is_cut:
            return
        limit = behaviour.disconnect_after
        is_cut = limit is not None and connection.submits + len(rows) >= limit
        if is_cut and limit is not None:
            rows = rows[: max(0, limit - connection.submits)]
        connection.submits += len(rows)
        answers = self.network.submit(rows)
        self.log.accepted(connection.number, answers.taken)
        self._report_later(connection.account, answers)
        self._tell_watchers()
        if is_cut:
            connection.cut()
        elif not behaviour.silent:
            if behaviour.delay_ms:
                self._loop.call_later(behaviour.delay_ms / 1000, connection.answer, answers)
            else:
                connection.answer(answers)

    def _report_later(self, account: str, answers: Answers) -> None:
        if answers.reports:
            delay_s = self.network.behaviour.report_delay_ms / 1000
            self._loop.call_later(delay_s, self._bring_reports, self.network, account, answers.reports)

    def _bring_reports(self, network: Network, account: str, reports: list[list[Any]]) -> None:
        network.bring_reports(account, reports)
        self._bring()

    # Receivers

    def receive(self, connection: Client) -> None:
        self._receivers.append(connection)
        self._bring()

    def _bring(self) -> None:
        """Give waiting items to receivers that have room, in turn."""
        for _ in range(len(self._receivers)):
            receiver = self._receivers[0]
            self._receivers.rotate(-1)
            for name in dict.fromkeys((receiver.account, "")):
                mailbox = self.network.mailbox(name)
                while room := min(_ITEMS_A_FRAME, _RECEIVER_WINDOW - len(receiver.brought)):
                    items = mailbox.take(room)
                    if not items:
                        break
                    due = self._loop.time() + self.network.behaviour.ack_timeout_ms / 1000
                    receiver.brought.update((item[0], (name, due)) for item in items)
                    receiver.bring(items)
                    self._loop.call_at(due, self._overdue, receiver, [item[0] for item in items], due)

    def settle(self, receiver: Client, frame: dict[str, Any]) -> None:
        """A receiver's answer: done, or bring it again."""
        names: dict[str, list[int]] = {}
        for key in frame.get("ack", ()):
            if (brought := receiver.brought.pop(key, None)) is not None:
                names.setdefault(brought[0], []).append(key)
        for name, keys in names.items():
            self.log.acknowledged(receiver.number, self.network.mailbox(name).acknowledge(keys))
        refused = [key for key in frame.get("nack", ()) if key in receiver.brought]
        if refused:
            pause_s = self.network.behaviour.redeliver_ms / 1000
            self._loop.call_later(pause_s, self._bring_again, receiver, refused)
        self._bring()

    def _overdue(self, receiver: Client, keys: list[int], due: float) -> None:
        late = [key for key in keys if receiver.brought.get(key, ("", 0.0))[1] == due]
        if late:
            self._bring_again(receiver, late)

    def _bring_again(self, receiver: Client, keys: list[int]) -> None:
        names: dict[str, list[int]] = {}
        for key in keys:
            if (brought := receiver.brought.pop(key, None)) is not None:
                names.setdefault(brought[0], []).append(key)
        for name, again in names.items():
            self.network.mailbox(name).bring_again(again)
        self._bring()

    # Control

    def control(self, connection: Connection, frame: dict[str, Any]) -> None:
        number = frame.get("id")
        try:
            if frame["op"] == "events":
                self._watch(connection, frame)
                return
            result = self._do(frame)
        except ChannelError as error:
            connection.write(encode({"id": number, "error": error.code, "detail": error.message}))
        except (KeyError, TypeError, ValueError) as error:
            detail = f"The request lacks something or has the wrong type: {error!r}"
            connection.write(encode({"id": number, "error": "bad_request", "detail": detail}))
        else:
            connection.write(encode({"id": number, "result": result}))

    def _do(self, frame: dict[str, Any]) -> object:
        network = self.network
        match frame["op"]:
            case "configure":
                network.configure(network.behaviour.changed(frame["changes"]))
                return network.behaviour.to_json()
            case "behaviour":
                return network.behaviour.to_json()
            case "from_handset":
                ids = [self._from_handset(str(n), str(a), str(t)) for n, a, t in frame["texts"]]
                self._bring()
                self._tell_watchers()
                return ids
            case "handset":
                return network.handset(str(frame["number"]))
            case "handsets":
                return network.handsets(int(frame.get("most", 200)))
            case "counts":
                return dict(network.counts)
            case "waiting":
                return network.waiting(str(frame["account"]))
            case "reset":
                self.network = Network(CarrierBehaviour())
                for receiver in self._receivers:
                    receiver.brought.clear()
                return None
        raise FrameError(why=f"there is no request {frame['op']!r}")

    def _from_handset(self, number: str, address: str, text: str) -> str:
        inbound_id = self.network.from_handset(number, address, text)
        self.log.inbound(inbound_id, number, address, text)
        return inbound_id

    def _watch(self, connection: Connection, frame: dict[str, Any]) -> None:
        number = frame.get("number")
        watcher = _Watcher(
            connection, frame.get("id"), int(frame["since"]), None if number is None else str(number)
        )
        wait_s = min(float(frame.get("wait_s", 0)), _LONGEST_WATCH_S)
        if self._tell(watcher, is_last=wait_s <= 0):
            return
        self._watchers.append(watcher)
        self._loop.call_later(wait_s, self._end_watch, watcher)

    def _end_watch(self, watcher: "_Watcher") -> None:
        if watcher in self._watchers:
            self._watchers.remove(watcher)
            self._tell(watcher, is_last=True)

    def _tell_watchers(self) -> None:
        if self._watchers and not self._is_telling:
            self._is_telling = True
            self._loop.call_later(_EVENTS_TOGETHER_S, self._tell_now)

    def _tell_now(self) -> None:
        self._is_telling = False
        self._watchers = [watcher for watcher in self._watchers if not self._tell(watcher, is_last=False)]

    def _tell(self, watcher: "_Watcher", *, is_last: bool) -> bool:
        """Answer if there is something to tell; says whether the watcher has its answer."""
        texts, since = self.network.events(watcher.since, number=watcher.number)
        watcher.since = since
        if not texts and not is_last:
            return False
        watcher.connection.write(encode({"id": watcher.id, "result": {"texts": texts, "since": since}}))
        return True


@dataclass(slots=True, eq=False)
class _Watcher:
    connection: Connection
    id: object
    since: int
    number: str | None
