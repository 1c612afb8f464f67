"""Fetching answers by IMAP, from a server that speaks just as much of it as is asked: over a real socket."""

import contextlib
import re
import socket
import threading

import pytest

from yesword.mail.mailbox import NoMailboxError, poll
from yesword.mail.servers import Security, Server


class Box:
    """A mail box: letters by number, and which flags each got."""

    def __init__(self, letters):
        self.letters = dict(enumerate(letters, 1))
        self.flags = dict.fromkeys(self.letters, "")
        self.password = "secret"

    def serve(self, connection):
        stream = connection.makefile("rwb")

        def say(line):
            stream.write(line + b"\r\n")
            stream.flush()

        say(b"* OK ready")
        while line := stream.readline().strip():
            tag, _, rest = line.partition(b" ")
            for answer in self.answer(rest.decode()):
                say(answer)
            if rest.startswith(b"LOGIN") and self.password not in rest.decode():
                say(tag + b" NO wrong")
                continue
            say(tag + b" OK done")
            if rest == b"LOGOUT":
                return

    def answer(self, rest):
        if rest == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1"]
        if rest.startswith("SELECT"):
            return [b"* %d EXISTS" % len(self.letters)]
        if rest == "UID SEARCH UNSEEN":
            unseen = [str(each) for each, flags in self.flags.items() if "Seen" not in flags]
            return [f"* SEARCH {' '.join(unseen)}".encode()]
        if found := re.fullmatch(r"UID FETCH (\d+) \((RFC822\.SIZE|BODY\.PEEK\[\])\)", rest):
            letter = self.letters[int(found[1])]
            if found[2] == "RFC822.SIZE":
                return [f"* {found[1]} FETCH (UID {found[1]} RFC822.SIZE {len(letter)})".encode()]
            return [
                b"* %s FETCH (UID %s BODY[] {%d}" % (found[1].encode(), found[1].encode(), len(letter)),
                letter + b")",
            ]
        if found := re.fullmatch(r"UID STORE (\d+) \+FLAGS \((.*)\)", rest):
            self.flags[int(found[1])] = found[2]
        return []


@contextlib.contextmanager
def served(box):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(
            host="127.0.0.1",
            port=listening.getsockname()[1],
            security=Security.NONE,
            user="club",
            password="secret",
            timeout_s=10,
        )

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection:
                        box.serve(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server
        finally:
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            thread.join()


def test_each_letter_is_taken_once_and_what_nobody_understands_is_flagged_for_a_person():
    box, taken = Box([b"one\r\n", b"two\r\n"]), []

    def take(raw):
        taken.append(raw)
        return raw == b"one\r\n"

    with served(box) as server:
        assert poll(server, take) == 2
        assert poll(server, take) == 0
    assert taken == [b"one\r\n", b"two\r\n"]
    assert box.flags == {1: r"\Seen", 2: r"\Seen \Flagged"}


def test_a_letter_on_which_it_fails_stays_unseen_and_comes_again():
    box, tries = Box([b"one\r\n"]), []

    def take(raw):
        tries.append(raw)
        if len(tries) == 1:
            raise RuntimeError
        return True

    with served(box) as server:
        with pytest.raises(RuntimeError):
            poll(server, take)
        assert box.flags == {1: ""}
        assert poll(server, take) == 1
    assert box.flags == {1: r"\Seen"}


def test_what_is_larger_than_any_answer_is_not_fetched(monkeypatch):
    monkeypatch.setattr("yesword.mail.mailbox.LARGEST", 10)
    box, taken = Box([b"x" * 11]), []
    with served(box) as server:
        assert poll(server, lambda raw: bool(taken.append(raw))) == 1
    assert taken == []
    assert box.flags == {1: r"\Seen"}


def test_a_box_that_does_not_let_one_in_is_told_as_that():
    box = Box([])
    box.password = "another"
    with served(box) as server, pytest.raises(NoMailboxError):
        poll(server, lambda _: True)
