"""Answers that the mail server of this machine hands on: into the record, or back to their sender."""

import smtplib
import threading
import time

import pytest

from factories.mail import FROM, answer, invitation, send, smtp_server
from factories.points import published
from factories.worlds import ANNA, world
from yesword.mail.servers import Door
from yesword.worker import mailing

MAIL = "anna@example.net"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        published(made)
        yield made


@pytest.fixture
def letter(here):
    """What Anna was written."""
    with smtp_server() as inbox:
        invitation(here, f"{MAIL},Anna,,{ANNA},\n")
        send(here, inbox)
        return inbox.of(MAIL)


@pytest.fixture
def mail_server(here, tmp_path):
    """Connects as one does, as often as it is called."""
    door, has_ended = Door(path=str(tmp_path / "mail.sock")), threading.Event()
    thread = threading.Thread(
        target=mailing.take_at, args=(here.store, door, FROM, has_ended, lambda: here.at)
    )
    thread.start()

    def hand_on(raw, recipient):
        with connected(door) as server:
            return server.sendmail(MAIL, [recipient], raw)

    yield hand_on
    has_ended.set()
    thread.join()


def connected(door):
    deadline = time.monotonic() + 20
    while True:
        try:
            return smtplib.LMTP(door.path)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def reply_to(letter):
    return letter["Reply-To"].addresses[0].addr_spec


def test_c12_a_yes_leads_to_one_text_that_asks(here, letter, mail_server):
    assert mail_server(answer(letter, "SUBSCRIBE"), reply_to(letter)) == {}
    here.settle()
    assert here.shown() == ["Linde & Loom: reply YES to join Club."]


def test_to_whom_a_letter_came_is_on_its_envelope(here, letter, mail_server):
    raw = answer(letter, "SUBSCRIBE").replace(reply_to(letter).encode(), b"undisclosed@example.net")
    mail_server(raw, reply_to(letter))
    here.settle()
    assert here.shown() == ["Linde & Loom: reply YES to join Club."]


def test_nobody_has_a_word_that_we_did_not_make(letter, mail_server):
    local, _, domain = reply_to(letter).partition("@")
    altered = f"{local[:-1]}{'b' if local[-1] == 'a' else 'a'}@{domain}"
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail_server(answer(letter, "SUBSCRIBE"), altered)


def test_a_question_goes_back_to_whoever_asked_it(here, letter, mail_server):
    with pytest.raises(smtplib.SMTPDataError) as refused:
        mail_server(answer(letter, "What does that cost me, and who are you?"), reply_to(letter))
    assert refused.value.smtp_code == 550
    assert here.shown() == []


def test_leaving_by_a_letter_to_our_own_address_counts(here, letter, mail_server):
    mail_server(answer(letter, "unsubscribe"), FROM)
    assert here.sql("SELECT DISTINCT cause FROM suppression") == [("mail_left",)]


def test_a_place_that_is_taken_is_waited_for(here, letter, tmp_path):
    class Ending(threading.Event):
        """Knows whether somebody waits for it, as nobody does who was let in."""

        def __init__(self):
            super().__init__()
            self.is_awaited = threading.Event()

        def wait(self, timeout=None):
            self.is_awaited.set()
            return super().wait(timeout)

    door, has_ended = Door(path=str(tmp_path / "mail.sock")), Ending()
    (tmp_path / "mail.sock").mkdir()
    thread = threading.Thread(
        target=mailing.take_at, args=(here.store, door, FROM, has_ended, lambda: here.at)
    )
    thread.start()
    is_waited_for = has_ended.is_awaited.wait(20)
    has_ended.set()
    thread.join()
    assert is_waited_for
    assert (tmp_path / "mail.sock").is_dir()
