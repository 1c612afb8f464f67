"""`yesword handset`: whom it texts where nobody says, and what it says where there is no telephone."""

import pytest
from click.testing import CliRunner

from factories.worlds import ANNA, world
from yesword.channels.simulator import SimulatorControl
from yesword.channels.simulator.network import Text
from yesword.cli import group, handset
from yesword.cli.handset import NoHandsetsError, WhichSenderError
from yesword.store.models import Account, Sender


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def call(here):
    def call(*arguments):
        return CliRunner().invoke(group, ["handset", ANNA, *arguments, "--data", str(here.store.folder)])

    return call


@pytest.fixture
def network(monkeypatch):
    """What stands in for the carrier's answers: the texts of one telephone, and whether anybody answers."""
    thread: list[Text] = []

    def texted(_, number, address, text):
        thread.append(Text(1, 0, number, address, "person", text, "1"))
        if text == "JOIN":
            thread.append(Text(2, 0, number, address, "sender", "Welcome", "2"))

    monkeypatch.setattr(SimulatorControl, "handset", lambda *_: list(thread))
    monkeypatch.setattr(SimulatorControl, "from_handset", texted)
    monkeypatch.setattr(handset, "_ANSWER_WITHIN_S", 0.2)


def test_the_answer_is_waited_for_and_shown_behind_the_text(here, call, network):
    to = here.club.sender
    elsewhere = Account.objects.create(key="elsewhere", channel="twilio")
    Sender.objects.exclude(address=to).update(account=elsewhere)
    assert call("JOIN").output == f"to {to}: JOIN\nfrom {to}: Welcome\n"
    assert call().output == f"to {to}: JOIN\nfrom {to}: Welcome\n"


def test_that_nothing_came_back_is_said_and_ends_with_1(call, network):
    done = call("hello", "--to", "800123")
    assert done.exit_code == 1
    assert done.output.startswith("to 800123: hello\nNothing has come back yet.")


def test_of_several_senders_one_is_to_be_named(here, call, network):
    Sender.objects.create(account=here.account, address="900900", kind=Sender.Kind.SHORT_CODE)
    done = call("JOIN")
    assert isinstance(done.exception, WhichSenderError)
    assert "900900" in str(done.exception)


def test_without_the_simulated_carrier_there_are_none(call):
    Account.objects.update(channel="twilio")
    assert isinstance(call("JOIN").exception, NoHandsetsError)
