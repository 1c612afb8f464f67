"""Letters that a mail server hands on, with the standard library's client in its place."""

import contextlib
import smtplib
import socket
import stat
import threading
import time
from pathlib import Path

import pytest

from factories.ports import free_port
from yesword.mail import lmtp
from yesword.mail.lmtp import NoDoorError, serve
from yesword.mail.servers import BadServerError, BareServerError, Door, door

LETTER = b"From: anna@example.net\r\nTo: club+x@example.org\r\nSubject: Re\r\n\r\nYes\r\n"
OURS = "club+x@example.org"


class Taker:
    """Knows one address. What it makes of a letter is said beforehand."""

    def __init__(self):
        self.letters = []
        self.says = True

    def knows(self, recipient):
        return recipient == OURS

    def take(self, recipient, raw):
        if isinstance(self.says, Exception):
            raise self.says
        self.letters.append((recipient, raw))
        return self.says


@contextlib.contextmanager
def listening(where, taker):
    has_ended = threading.Event()
    thread = threading.Thread(target=serve, args=(where, taker, has_ended))
    thread.start()
    yield
    has_ended.set()
    thread.join()


@pytest.fixture(params=["a port", "a socket file"])
def where(request, tmp_path):
    if request.param == "a port":
        return Door(host="127.0.0.1", port=free_port())
    return Door(path=str(tmp_path / "mail.sock"))


@pytest.fixture
def taker(where):
    made = Taker()
    with listening(where, made):
        yield made


@pytest.fixture
def server(where, taker):
    with connected(where) as made:
        yield made


def connected(where):
    deadline = time.monotonic() + 20
    while True:
        try:
            return smtplib.LMTP(where.path) if where.path else smtplib.LMTP(where.host, where.port)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def code_of(error):
    return {who: found[0] for who, found in error.recipients.items()}


def test_a_letter_is_taken_as_it_was_sent(server, taker):
    assert server.sendmail("anna@example.net", [OURS], LETTER) == {}
    assert taker.letters == [(OURS, LETTER)]


def test_one_connection_brings_several(server, taker):
    for _ in range(3):
        server.sendmail("anna@example.net", [OURS], LETTER)
    assert len(taker.letters) == 3


def test_lines_that_begin_with_a_dot_and_lines_without_an_end_come_whole(server, taker):
    odd = LETTER + b".\r\n..two\r\n" + b"x" * (lmtp._PIECE - 1) + b".\r\n" + b"." * 70_000 + b"\r\n"
    server.sendmail("anna@example.net", [OURS], odd)
    assert taker.letters == [(OURS, odd)]


def test_an_address_that_is_nobodys_is_refused_before_the_letter_comes(server, taker):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        server.sendmail("anna@example.net", ["club+y@example.org"], LETTER)
    assert code_of(refused.value) == {"club+y@example.org": 550}
    assert taker.letters == []


def test_what_no_program_understands_goes_back_to_its_sender(server, taker):
    taker.says = False
    with pytest.raises(smtplib.SMTPDataError) as refused:
        server.sendmail("anna@example.net", [OURS], LETTER)
    assert refused.value.smtp_code == 550


def test_what_fails_is_brought_again_later(server, taker):
    taker.says = OSError("the disk is full")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        server.sendmail("anna@example.net", [OURS], LETTER)
    assert refused.value.smtp_code == 451


def test_a_letter_that_is_too_long_is_refused_by_its_size_or_at_its_end(server, taker, monkeypatch):
    monkeypatch.setattr(lmtp, "LARGEST", 1_000)
    long = LETTER + b"x" * 2_000 + b"\r\n"
    server.ehlo()
    code, _ = server.docmd("MAIL", f"FROM:<anna@example.net> SIZE={len(long)}")
    assert code == 552
    server.docmd("MAIL", "FROM:<anna@example.net>")
    server.docmd("RCPT", f"TO:<{OURS}>")
    assert server.data(long)[0] == 552
    assert taker.letters == []


def test_a_bounce_has_no_sender(server, taker):
    server.sendmail("", [OURS], LETTER)
    assert len(taker.letters) == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (["DATA"], 503),
        (["MAIL FROM:<a@b.example>"], 503),
        (["LHLO x", "RCPT TO:<a@b.example>"], 503),
        (["LHLO x", "MAIL FROM:<a@b.example>", "DATA"], 503),
        (["LHLO x", "MAIL FROM:<a@b.example>", "MAIL FROM:<a@b.example>"], 503),
        (["LHLO x", "MAIL a@b.example"], 501),
        (["LHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<>"], 501),
        (["EHLO x"], 500),
        (["LHLO x", "STARTTLS"], 500),
        (["LHLO x", "x" * 3_000], 500),
        (["NOOP"], 250),
        (["QUIT"], 221),
    ],
    ids=lambda value: value[-1][:30] if isinstance(value, list) else "",
)
def test_what_is_said_out_of_turn_is_told_so(server, said, code):
    for line in said:
        found, _ = server.docmd(line)
    assert found == code


def test_who_goes_away_within_a_letter_has_brought_none(where, taker):
    with connected(where) as first:
        first.ehlo()
        first.docmd("MAIL", "FROM:<anna@example.net>")
        first.docmd("RCPT", f"TO:<{OURS}>")
        first.docmd("DATA")
        first.send(LETTER)
        first.sock.close()
        first.file.close()
        first.sock = first.file = None
    with connected(where) as second:
        second.sendmail("anna@example.net", [OURS], LETTER)
    assert len(taker.letters) == 1


def test_a_socket_file_is_for_its_owner_and_group_and_goes_in_the_end(tmp_path):
    where = Door(path=str(tmp_path / "mail.sock"))
    with listening(where, Taker()):
        connected(where).quit()
        assert stat.S_IMODE(Path(where.path).stat().st_mode) == 0o660
    assert not Path(where.path).exists()


def test_a_socket_file_that_a_dead_process_left_is_taken_over(tmp_path):
    where = Door(path=str(tmp_path / "mail.sock"))
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(where.path)
    with listening(where, Taker()):
        connected(where).quit()


def test_where_somebody_else_listens_nothing_is_taken_away(where, taker):
    connected(where).quit()
    with pytest.raises(NoDoorError):
        serve(where, taker, threading.Event())
    connected(where).quit()


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("lmtp://127.0.0.1:2424", Door(host="127.0.0.1", port=2424)),
        ("lmtp://localhost:24", Door(host="localhost", port=24)),
        ("lmtp+unix:///run/yesword/mail.sock", Door(path="/run/yesword/mail.sock")),
    ],
)
def test_a_door_is_named_by_an_address(url, found):
    assert door(url, "YESWORD_MAILBOX_URL") == found


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("lmtp://mail.example.org:24", BareServerError),
        ("lmtp://0.0.0.0:24", BareServerError),
        ("lmtp://127.0.0.1", BadServerError),
        ("lmtp://127.0.0.1:x", BadServerError),
        ("lmtp+unix://run/mail.sock", BadServerError),
        ("lmtp+unix:///", BadServerError),
    ],
)
def test_a_door_that_others_could_reach_or_that_is_none_is_refused(url, error):
    with pytest.raises(error, match="YESWORD_MAILBOX_URL"):
        door(url, "YESWORD_MAILBOX_URL")
