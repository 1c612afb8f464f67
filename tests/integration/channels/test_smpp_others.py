"""SMPP implementations that are not ours, as carriers to our channel and receiver and as clients of our carrier."""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
import smpp34

from factories.ports import free_port
from integration.channels.test_smpp_simulated import carrier
from yesword.channels import DeliveryReport, InboundText, OutcomeStatus, ReportState
from yesword.channels.smpp import (
    BindKind,
    Binds,
    IdForm,
    KeptInMemory,
    ReportDialect,
    SmppChannel,
    SmppReceiver,
)
from yesword.channels.smpp.parts import LongTexts

MUST_HAVE_ALL = bool(os.environ.get("CI"))
NPM = Path(__file__).parent / "npm"
TOKEN = "a token of some length"
PATIENCE_S = 20


@contextlib.contextmanager
def both_ways(account, handler):
    """A channel and a receiver that share a transceiver."""
    binds, stop = Binds(account, BindKind.TRANSCEIVER), threading.Event()
    receiver = SmppReceiver(account, binds=binds, keeping=KeptInMemory())
    running = threading.Thread(target=receiver.run, args=(handler, stop))
    running.start()
    try:
        yield SmppChannel(account, binds=binds)
    finally:
        stop.set()
        running.join(PATIENCE_S)


class Inbox:
    def __init__(self, wanted):
        self.wanted, self.items, self.is_full = wanted, [], threading.Event()

    def __call__(self, items):
        self.items += items
        if len(self.items) >= self.wanted:
            self.is_full.set()
        return [True] * len(items)

    def whole(self):
        assert self.is_full.wait(PATIENCE_S), f"only {len(self.items)} of {self.wanted} came"
        return self.items


# smpp34


@contextlib.contextmanager
def smpp34_server():
    """Takes texts, reports on each, and brings one text when somebody binds. Gives its port and what it took."""
    port, taken, ready, loops = free_port(), [], threading.Event(), []

    async def serve():
        over = asyncio.Event()
        loops.append((asyncio.get_running_loop(), over))
        server = smpp34.Server("127.0.0.1", port)
        await server.start()
        ready.set()
        ending = asyncio.create_task(over.wait())
        pushing = set()
        esme = None
        while not ending.done():
            event = asyncio.ensure_future(server.next())
            await asyncio.wait({event, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not event.done():
                event.cancel()
                break
            it = event.result()
            if isinstance(it, smpp34.Esme):
                esme = it
                pushing.add(
                    asyncio.ensure_future(
                        it.deliver_sm(
                            "800123", b"STOP", source_addr="31612345678", source_addr_ton=1, source_addr_npi=1
                        )
                    )
                )
            elif isinstance(it, smpp34.SubmitSmEvent):
                taken.append(it)
                number = len(taken)
                if it.short_message == b"refuse me":
                    it.reject(smpp34.ESME_RINVDSTADR)
                    continue
                if it.short_message == b"too fast":
                    it.reject(smpp34.ESME_RTHROTTLED)
                    continue
                it.accept(f"{number:08d}")
                report = f"id:{number} sub:001 dlvrd:001 submit date:2611231000 done date:2611231001 stat:DELIVRD err:000 text:"
                pushing.add(
                    asyncio.ensure_future(
                        esme.deliver_sm(
                            "800123", report.encode(), source_addr=it.destination_addr, esm_class=4
                        )
                    )
                )
        await asyncio.gather(*pushing, return_exceptions=True)
        await server.stop()

    serving = threading.Thread(target=asyncio.run, args=(serve(),))
    serving.start()
    try:
        assert ready.wait(PATIENCE_S)
        yield port, taken
    finally:
        loop, over = loops[0]
        loop.call_soon_threadsafe(over.set)
        serving.join(PATIENCE_S)


def test_smpp34_as_the_carrier(account, handovers):
    inbox = Inbox(101)
    with smpp34_server() as (port, taken):
        settings = account(port=port, dialect=ReportDialect(id_form=IdForm.DECIMAL), window=20)
        with both_ways(settings, inbox) as channel:
            outcomes = list(channel.submit(handovers(100)))
            assert {outcome.status for outcome in outcomes} == {OutcomeStatus.ACCEPTED}
            items = inbox.whole()
        assert len(taken) == 100
        assert taken[0].short_message == b"Hej!"
    reports = [item for item in items if isinstance(item, DeliveryReport)]
    (text,) = (item for item in items if isinstance(item, InboundText))
    assert {report.provider_id for report in reports} == {outcome.provider_id for outcome in outcomes}
    assert (text.text, text.sender_number, text.to_address) == ("STOP", "+31612345678", "800123")


def test_smpp34_as_a_carrier_that_refuses_and_throttles(account, channels, handovers):
    with smpp34_server() as (port, _):
        channel = channels(account(port=port, window=1))
        (refused,) = channel.submit(handovers(1, text="refuse me"))
        (slow,) = channel.submit(handovers(1, text="too fast"))
        assert (refused.status, refused.error_code) == (OutcomeStatus.REFUSED, "invalid_number")
        assert (slow.status, slow.error_code) == (OutcomeStatus.THROTTLED, "throttled")


def test_smpp34_as_a_client_of_our_carrier(tmp_path):
    async def use(port):
        client = smpp34.Client("127.0.0.1", port, "main", "short", bind_type="TRX")
        session = await client.connect()
        answer = await session.submit_sm(
            "46701200001", b"Hej!", source_addr="800123", source_addr_ton=3, dest_addr_ton=1, dest_addr_npi=1
        )
        report = await asyncio.wait_for(session.next(), PATIENCE_S)
        await session.unbind()
        await client.stop()
        return answer, report

    with carrier(tmp_path, password="short") as (control, account):
        control.configure(reports=1.0)
        answer, report = asyncio.run(use(account().port))
        assert answer.is_success
        assert [text.text for text in control.handset("+46701200001")] == ["Hej!"]
    assert report.esm_class == 4
    assert report.short_message.startswith(b"id:" + answer.message_id.encode())


# npm smpp


@pytest.fixture(scope="module")
def npm(tmp_path_factory):
    """A folder with the scripts and the package. Skips aloud at a desk, fails where everything has to be there."""

    def lacks(what):
        message = f"{what}: SMPP is not tested against the npm package smpp"
        if MUST_HAVE_ALL:
            pytest.fail(message)
        pytest.skip(message)

    if not (shutil.which("node") and shutil.which("npm")):
        lacks("node or npm is not on this machine")
    folder = tmp_path_factory.mktemp("npm") / "peers"
    shutil.copytree(NPM, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    installed = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    if installed.returncode:
        lacks(f"npm could not install the package ({installed.stderr.strip()[-200:]})")
    return folder


@contextlib.contextmanager
def node(folder, script, *arguments):
    """A script at work; gives a function that reads what it says next."""
    command = ["node", script, *map(str, arguments)]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        timer = threading.Timer(PATIENCE_S, process.kill)
        timer.start()
        try:
            yield lambda: json.loads(process.stdout.readline())
        finally:
            timer.cancel()
            process.kill()


@pytest.mark.parametrize("long_texts", [LongTexts.UDH_8, LongTexts.UDH_16, LongTexts.SAR])
def test_npm_smpp_as_the_carrier(long_texts, npm, account, handovers):
    long_text = "Please [read] this € " * 20
    texts = [
        *handovers(1, text="een [twee] €"),
        *handovers(1, first=2, text="ja 👍"),
        *handovers(1, first=3, text=long_text),
    ]
    inbox = Inbox(5)
    with node(npm, "server.js") as said:
        settings = account(
            port=said()["port"], long_texts=long_texts, dialect=ReportDialect(id_form=IdForm.HEX)
        )
        with both_ways(settings, inbox) as channel:
            outcomes = list(channel.submit(texts))
            items = inbox.whole()
        assert said() == {
            "bound": "bind_transceiver",
            "system_id": "linde",
            "password": "secret",
            "version": 0x34,
        }
        heard = [said() for _ in range(8)]
    assert {outcome.status for outcome in outcomes} == {OutcomeStatus.ACCEPTED}
    taken = [each for each in heard if "to" in each]
    assert [each["text"] for each in taken[:2]] == ["een [twee] €", "ja 👍"]
    assert "".join(each["text"] for each in taken[2:]) == long_text
    assert all(each["udh"] for each in taken[2:]) == (long_texts is not LongTexts.SAR)
    assert [each for each in heard if "answered" in each] == [{"answered": 0}] * 2
    assert [item.text for item in items if isinstance(item, InboundText)] == ["één [JA] €", "ja 👍"]
    reports = [item for item in items if isinstance(item, DeliveryReport)]
    assert {report.provider_id for report in reports} == {outcome.provider_id for outcome in outcomes}
    assert {report.state for report in reports} == {ReportState.DELIVERED}


def test_npm_smpp_as_a_client_of_our_carrier(npm, tmp_path):
    with carrier(tmp_path) as (control, account):
        control.from_handset("+46701200001", "800123", "één [JA] €")
        control.configure(reports=1.0)
        with node(npm, "client.js", account().port, TOKEN) as said:
            heard = [said() for _ in range(6)]
        texts = [each.text for each in control.handset("+46701200001") if each.by == "sender"]
    assert {"bound": 0} in heard
    assert texts == ["een [twee] €", "ja 👍"]
    ids = [each["id"] for each in heard if "taken" in each]
    assert [each["taken"] for each in heard if "taken" in each] == [0, 0]
    assert [each["text"] for each in heard if each.get("esm_class") == 0] == ["één [JA] €"]
    assert {each["id"] for each in heard if each.get("esm_class") == 4} == set(ids)
