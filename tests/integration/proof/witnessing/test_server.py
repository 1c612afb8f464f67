"""The witness as a server: what it takes, what it refuses, and what is on the disk before it answers."""

import os
import socket
import stat
import threading
from pathlib import Path

import pytest

from factories.witnessing import FORK, LOG, NOON, ORIGIN, SIGNER, serving
from yesword.proof import witness_server
from yesword.proof.witness_folder import origin_hash
from yesword.proof.witness_server import WitnessDesk
from yesword.proof.witnessing import Answer, post_over_http


def raw(url, data) -> bytes:
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


def get(url, path) -> str:
    return raw(url, f"GET {path} HTTP/1.0\r\n\r\n".encode()).decode()


class TestTheServer:
    def test_says_in_plain_words_what_it_watches(self, witness):
        before = get(witness.url, "/")
        assert str(witness.key) in before
        assert f"{ORIGIN}\n" in before
        assert str(SIGNER.verifier_key) in before
        assert "nothing cosigned yet" in before
        LOG.ask(witness, 7)
        assert "7, cosigned on 2026-03-01 12:00:00 UTC" in get(witness.url, "/")

    def test_gives_the_last_checkpoint_with_the_log_s_signature_and_its_own(self, witness):
        path = f"/{origin_hash(ORIGIN)}/checkpoint"
        assert " 404 " in get(witness.url, path)
        asked = LOG.ask(witness, 7)
        assert get(witness.url, path).split("\r\n\r\n", 1)[1] == LOG.note(7) + asked.lines
        assert " 404 " in get(witness.url, f"/{origin_hash('other')}/checkpoint")

    @pytest.mark.parametrize(
        ("head", "status"),
        [
            pytest.param("POST /add-checkpoint HTTP/1.1\r\n", 411, id="no length"),
            pytest.param(
                "POST /add-checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                411,
                id="chunks",
            ),
            pytest.param("POST /add-checkpoint HTTP/1.1\r\nContent-Length: 65537\r\n", 413, id="too much"),
            pytest.param(
                "POST /add-checkpoint HTTP/1.1\r\nContent-Length: 000000000099999999\r\n",
                413,
                id="too much behind zeros",
            ),
            pytest.param(
                f"POST /add-checkpoint HTTP/1.1\r\nContent-Length: {'9' * 5000}\r\n",
                413,
                id="more than a number",
            ),
            pytest.param("POST /add-checkpoint HTTP/1.1\r\nContent-Length: -1\r\n", 411, id="less than none"),
            pytest.param("POST /add-checkpoint HTTP/1.0\r\nContent-Length: 0\r\n", 400, id="nothing"),
            pytest.param("POST / HTTP/1.0\r\nContent-Length: 0\r\n", 404, id="elsewhere"),
        ],
    )
    def test_refuses_a_request_of(self, head, status, witness):
        answer = raw(witness.url, head.encode() + b"\r\n")
        assert answer.split(b" ")[1] == str(status).encode()

    def test_tells_the_size_by_its_own_type(self, witness):
        LOG.ask(witness, 7)
        answer = post_over_http(witness.url + "/add-checkpoint", LOG.body(3, 9))
        assert answer == Answer(status=409, content_type="text/x.tlog.size", body=b"7\n")

    def test_of_two_updates_at_once_one_goes_on_and_the_other_is_told(self, folder):
        """The race of the specification: both continue size 5; whichever is second must not roll the first back."""
        is_inside, is_answered = threading.Event(), threading.Event()

        def slow_clock():
            if not is_inside.is_set():
                is_inside.set()
                is_answered.wait(0.5)  # the other one would be through by then, if it were let in
            return NOON

        with serving(folder) as witness:
            assert LOG.ask(witness, 5).failure is None
        answers = {}
        with serving(folder, now=slow_clock) as witness:

            def send(size):
                answers[size] = post_over_http(witness.url + "/add-checkpoint", LOG.body(5, size))
                if size == 12:
                    is_answered.set()

            first = threading.Thread(target=send, args=(8,))
            first.start()
            assert is_inside.wait(5)
            second = threading.Thread(target=send, args=(12,))
            second.start()
            first.join()
            second.join()
            assert answers[8].status == 200
            assert (answers[12].status, answers[12].body) == (409, b"8\n")
            assert LOG.ask(witness, 12, 8).failure is None

    def test_two_histories_at_once_are_never_both_cosigned(self, folder):
        with serving(folder) as witness:
            url = witness.url + "/add-checkpoint"
            bodies = [each.body(0, size) for size in range(1, 9) for each in (LOG, FORK)]
            answers = [None] * len(bodies)

            def send(n):
                answers[n] = post_over_http(url, bodies[n])

            threads = [threading.Thread(target=send, args=(n,)) for n in range(len(bodies))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert sorted(each.status for each in answers) == [200] + [409] * (len(bodies) - 1)

    def test_what_cannot_be_kept_is_not_cosigned(self, folder, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        with serving(folder) as witness:
            LOG.ask(witness, 7)
            with monkeypatch.context() as disk:
                disk.setattr(witness_server, "keep_head", full)
                assert LOG.ask(witness, 9, 7).failure.fields["status"] == 500
            assert LOG.ask(witness, 12, 7).failure is None

    def test_is_on_the_disk_for_good_before_the_answer(self, folder, monkeypatch):
        """The order of a write that survives a power cut: the bytes, then the name, then the folder."""
        steps = []
        sync, replace = os.fsync, Path.replace

        def noted_sync(handle):
            steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
            sync(handle)

        def noted_replace(path, target):
            steps.append("name")
            return replace(path, target)

        desk = WitnessDesk(folder, [SIGNER.verifier_key])
        assert desk.add_checkpoint(LOG.body(0, 3)).status == 200
        monkeypatch.setattr(os, "fsync", noted_sync)
        monkeypatch.setattr(Path, "replace", noted_replace)
        assert desk.add_checkpoint(LOG.body(3, 7)).status == 200
        assert steps == ["file", "name", "folder"]
