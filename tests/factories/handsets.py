"""A person's handset in the demo, as the simulated carrier has it."""

import contextlib
import re
import time

from yesword.channels.simulator import Endpoint, SimulatorControl
from yesword.store.keyfiles import shared_token
from yesword.worker.channels import CARRIER_PORT, TOKEN

PATIENCE_S = 20
_CODE = re.compile(r"\b(\d{6})\b")


@contextlib.contextmanager
def _carrier(folder):
    port = int((folder / "run" / CARRIER_PORT).read_text())
    control = SimulatorControl(Endpoint(host="127.0.0.1", port=port, token=shared_token(folder, TOKEN)))
    try:
        yield control
    finally:
        control.close()


def shown(folder, number):
    """The texts that the handset got, oldest first."""
    with _carrier(folder) as carrier:
        return [each.text for each in carrier.handset(number) if each.by == "sender"]


def text(folder, texts):
    """Each from a handset to an address: number, address, words."""
    with _carrier(folder) as carrier:
        carrier.from_handsets(texts)


def code(folder, number, before=()):
    """The newest one-time code that the handset gets besides these texts."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = [_CODE.search(each) for each in shown(folder, number) if each not in before]
        codes = [each[1] for each in found if each]
        if codes:
            return codes[-1]
        time.sleep(0.05)
    raise AssertionError("no code came")
