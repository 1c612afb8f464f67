"""What only the simulated carrier does: its door, its log, its clock, and how its client fails."""

import json
import multiprocessing
import os
import signal
import socket
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest

from factories.ports import free_port
from yesword.channels import HandOver, OutcomeStatus
from yesword.channels.ports import SignInRefusedError
from yesword.channels.simulator import Endpoint, SimulatorChannel, SimulatorControl, SimulatorReceiver
from yesword.channels.simulator.behaviour import CarrierBehaviour
from yesword.channels.simulator.carrier import CarrierSettings, NotLoopbackError, WeakTokenError, run_carrier
from yesword.channels.simulator.control import ControlError
from yesword.channels.simulator.protocol import encode
from yesword.domain.decisions import Decision, Verdict

TOKEN = "a token of some length"
APPROVED = Decision(verdict=Verdict.SEND, at=datetime(2026, 3, 1, 9, tzinfo=UTC))
PATIENCE_S = 20


def handovers(count, *, text="Hej!"):
    return [
        HandOver(
            message_id=i, attempt_id=i, sender="800123", number=f"+4670{i:07d}", text=text, decision=APPROVED
        )
        for i in range(1, count + 1)
    ]


def wait_until(is_so):
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.005)


@contextmanager
def running(folder, **settings):
    ready = folder / "port"
    process = multiprocessing.get_context("spawn").Process(
        target=run_carrier, args=(CarrierSettings(token=TOKEN, ready_path=ready, **settings),)
    )
    process.start()
    try:
        wait_until(ready.exists)
        yield Endpoint(port=int(ready.read_text()), token=TOKEN), process
    finally:
        process.kill()
        process.join()
        ready.unlink(missing_ok=True)


@contextmanager
def deaf_carrier():
    """Lets a client in and then reads nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        held = []

        def let_in():
            client, _ = server.accept()
            client.recv(4096)
            client.sendall(encode({"welcome": {}}))
            held.append(client)

        threading.Thread(target=let_in, daemon=True).start()
        try:
            yield Endpoint(port=server.getsockname()[1], token=TOKEN)
        finally:
            for client in held:
                client.close()


def test_the_carrier_listens_on_this_machine_only():
    for host in ("0.0.0.0", "192.0.2.1", "::", "example.org"):
        with pytest.raises(NotLoopbackError):
            CarrierSettings(token=TOKEN, host=host)
    with pytest.raises(WeakTokenError):
        CarrierSettings(token="short")


def test_no_secret_and_no_number_shows_in_a_representation():
    (handover,) = handovers(1, text="a code: 4821")
    shown = repr((CarrierSettings(token=TOKEN), Endpoint(port=1, token=TOKEN), handover))
    assert TOKEN not in shown
    assert handover.number not in shown
    assert "4821" not in shown


def test_the_door_opens_only_to_the_token(tmp_path):
    with running(tmp_path) as (endpoint, _):
        stranger = Endpoint(port=endpoint.port, token="another token of length")
        with pytest.raises(SignInRefusedError):
            SimulatorControl(stranger).counts()
        with pytest.raises(SignInRefusedError):
            SimulatorReceiver(stranger).run(lambda items: [True] * len(items), threading.Event())
        outcomes = list(SimulatorChannel(stranger).submit(handovers(3)))
        assert {o.status for o in outcomes} == {OutcomeStatus.UNWRITTEN}
        assert "wrong token" in outcomes[0].error_text

        with socket.create_connection(("127.0.0.1", endpoint.port)) as rude:
            rude.sendall(b"x" * 5000)
            assert b"error" in rude.recv(4096)

        control = SimulatorControl(endpoint)
        assert control.counts().get("submitted", 0) == 0
        with pytest.raises(ControlError, match="spede"):
            control.configure(spede=3)
        control.close()


def test_the_log_has_every_text_the_carrier_took_before_it_answers(tmp_path):
    log = tmp_path / "carrier.jsonl"
    behaviour = CarrierBehaviour(silent=True)
    with running(tmp_path, log_path=log, behaviour=behaviour) as (endpoint, _):
        channel = SimulatorChannel(endpoint, window=20, chunk=20, answer_timeout_s=0.3)
        outcomes = list(channel.submit(handovers(50)))
        assert [o.status for o in outcomes].count(OutcomeStatus.UNKNOWN) == 20
        wait_until(lambda: log.read_text().count("\n") >= 20)
        entries = [json.loads(line) for line in log.read_text().splitlines()]
        assert [entry["ref"] for entry in entries] == list(range(1, 21)), "taken, though never answered"
        assert {"from", "to", "sha256", "length", "at", "connection", "id"} <= set(entries[0])
        assert "text" not in entries[0]

        control = SimulatorControl(endpoint)
        inbound_id = control.from_handset("+46701234567", "800123", "STOP")
        stop = threading.Event()

        def take(items):
            stop.set()
            return [True] * len(items)

        SimulatorReceiver(endpoint).run(take, stop)
        wait_until(lambda: "acknowledged" in log.read_text())
        last = [json.loads(line) for line in log.read_text().splitlines()][-2:]
        assert [(entry["event"], entry["id"]) for entry in last] == [
            ("inbound", inbound_id),
            ("acknowledged", inbound_id),
        ]
        control.close()
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_carrier_that_is_away_gives_everything_back_and_asks_for_a_rest():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    channel = SimulatorChannel(Endpoint(port=port, token=TOKEN), clock=lambda: 0.0)
    outcomes = list(channel.submit(handovers(5)))
    assert [(o.status, o.error_code) for o in outcomes] == [(OutcomeStatus.UNWRITTEN, "unreachable")] * 5
    assert channel.rests_s > 0


def test_a_carrier_that_reads_nothing_does_not_hold_up_what_is_recalled():
    count, chunk = 400, 10
    sent = handovers(count, text="x" * 100_000)  # far more than socket buffers hold
    asked_at, is_waiting = time.monotonic(), False

    def recall():
        nonlocal asked_at, is_waiting
        is_waiting = is_waiting or time.monotonic() - asked_at > 0.015
        asked_at = time.monotonic()
        return {count - 1, count} if is_waiting else frozenset()

    with deaf_carrier() as endpoint:
        channel = SimulatorChannel(endpoint, window=count, chunk=chunk, answer_timeout_s=0.5)
        outcomes = list(channel.submit(sent, recall=recall))
    assert [o.message_id for o in outcomes[:2]] == [count - 1, count]
    assert {o.error_code for o in outcomes[2:]} == {"no_answer"}
    written = [o.message_id for o in outcomes if o.status is OutcomeStatus.UNKNOWN]
    unwritten = [o.message_id for o in outcomes if o.status is OutcomeStatus.UNWRITTEN]
    assert written == list(range(1, len(written) + 1)), "with the frame that was cut in the middle"
    assert len(written) % chunk == 0
    assert 0 < len(written) < count - 2
    assert len(written) + len(unwritten) == count


def test_what_a_full_socket_did_not_take_at_all_can_still_be_recalled():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                ours.send(b"\n" * 4096)
        channel = SimulatorChannel(Endpoint(port=1, token=TOKEN))
        channel._socket = ours
        sent = handovers(20)
        calls = 0

        def recall():
            nonlocal calls
            calls += 1
            return {h.message_id for h in sent} if calls > 2 else frozenset()

        outcomes = list(channel.submit(sent, recall=recall))
    assert [(o.status, o.error_code) for o in outcomes] == [(OutcomeStatus.UNWRITTEN, "recalled")] * 20


def test_a_slow_carrier_takes_texts_at_its_speed_and_the_channel_learns_it(tmp_path):
    with running(tmp_path, behaviour=CarrierBehaviour(speed=50)) as (endpoint, _):
        channel = SimulatorChannel(endpoint, window=50, chunk=10)
        asked = []
        outcomes = list(channel.submit(handovers(60), recall=lambda: asked.append(1) or frozenset()))
        assert {o.status for o in outcomes} == {OutcomeStatus.ACCEPTED}
        assert channel.takes_per_second < 2_000, "learnt from 20,000"
        assert len(asked) > 6, "asked while it waited, not only before its chunks"
        channel.close()


def test_throttling_asks_for_a_rest(tmp_path):
    with running(tmp_path, behaviour=CarrierBehaviour(throttle_per_s=1)) as (endpoint, _):
        channel = SimulatorChannel(endpoint, clock=lambda: 0.0)
        list(channel.submit(handovers(100)))
        assert channel.rests_s > 0
        channel.close()


def test_a_killed_carrier_leaves_unknown_what_it_had_not_answered(tmp_path):
    with running(tmp_path, behaviour=CarrierBehaviour(silent=True)) as (endpoint, process):
        calls = 0

        def recall():
            nonlocal calls
            calls += 1
            if calls == 10:
                os.kill(process.pid, signal.SIGKILL)
            return frozenset()

        channel = SimulatorChannel(endpoint, window=20, chunk=20)
        outcomes = list(channel.submit(handovers(50), recall=recall))
    assert [o.status for o in outcomes] == [OutcomeStatus.UNKNOWN] * 20 + [OutcomeStatus.UNWRITTEN] * 30
    assert {o.error_code for o in outcomes} == {"connection_lost"}


def test_a_receiver_finds_its_carrier_again(tmp_path):
    got, stop = [], threading.Event()

    def take(items):
        got.extend(item.text for item in items)
        return [True] * len(items)

    with running(tmp_path, port=free_port()) as (endpoint, _):
        receiving = threading.Thread(target=SimulatorReceiver(endpoint).run, args=(take, stop))
        receiving.start()
        control = SimulatorControl(endpoint)
        control.from_handset("+46701234567", "800123", "one")
        wait_until(lambda: got == ["one"])
    with running(tmp_path, port=endpoint.port):
        control.from_handset("+46701234567", "800123", "two")
        wait_until(lambda: got == ["one", "two"])
        stop.set()
        receiving.join()
        control.close()
    assert got == ["one", "two"], "nothing came twice"


def test_an_item_without_an_answer_comes_again_after_a_while(tmp_path):
    with running(tmp_path, behaviour=CarrierBehaviour(ack_timeout_ms=50)) as (endpoint, _):
        control = SimulatorControl(endpoint)
        inbound_id = control.from_handset("+46701234567", "800123", "STOP")
        seen, stop = [], threading.Event()

        def dawdle(items):
            seen.extend(item.provider_id for item in items)
            if len(seen) > 1:
                stop.set()
            else:
                time.sleep(0.3)
            return [True] * len(items)

        timer = threading.Timer(PATIENCE_S, stop.set)  # only so that a failing test ends
        timer.start()
        SimulatorReceiver(endpoint).run(dawdle, stop)
        timer.cancel()
        assert set(seen) == {inbound_id}
        assert len(seen) > 1
        control.close()


def test_a_watcher_hears_of_a_text_as_it_comes(tmp_path):
    with running(tmp_path) as (endpoint, _):
        control = SimulatorControl(endpoint)
        assert control.events(0) == ([], 0)
        heard = []
        watching = threading.Thread(target=lambda: heard.append(control.events(0, wait_s=PATIENCE_S)))
        watching.start()
        control.from_handset("+46701234567", "800123", "Hej 👋")
        watching.join()
        ((texts, since),) = heard
        assert [(text.text, text.by) for text in texts] == [("Hej 👋", "person")]
        assert control.events(since) == ([], since)
        assert [phone.number for phone in control.handsets()] == ["+46701234567"]
        control.close()


def test_a_carrier_that_is_asked_to_stop_stops_and_takes_its_ready_file_along(tmp_path):
    with running(tmp_path) as (_, process):
        process.terminate()
        process.join(PATIENCE_S)
        assert process.exitcode == 0
        assert not (tmp_path / "port").exists()
