"""A log and its witness over real sockets: what they agree on, and how a store that went back finds out."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yesword.ledger.add_checkpoint import AddCheckpoint, write_request
from yesword.ledger.checkpoint import Checkpoint, Signature, Signer, read_checkpoint, sign_checkpoint
from yesword.ledger.cosignature import (
    WitnessSigner,
    add_cosignatures,
    cosign,
    cosignatures,
    read_witness_vkey,
)
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import consistency_path, tree_root
from yesword.ledger.policy import check, read_policy
from yesword.proof import witness_folder, witness_server
from yesword.proof.witness_folder import (
    DamagedWitnessHeadError,
    DamagedWitnessKeyError,
    NoWitnessKeyError,
    OtherWitnessNameError,
    WitnessRunsError,
    locked,
    make_key,
    origin_hash,
    read_key,
)
from yesword.proof.witness_server import WitnessDesk, WitnessServer
from yesword.proof.witnessing import (
    MAX_ANSWER_BYTES,
    Answer,
    BadWitnessAddressError,
    Witness,
    WitnessAheadError,
    WitnessAnswerError,
    WitnessDisagreesError,
    WitnessFalseError,
    WitnessMovedError,
    WitnessRefusedError,
    WitnessUnreachableError,
    ask,
    post_over_http,
)

ORIGIN = "sms.example/ledger/brand"
SIGNER = Signer(name=ORIGIN, private=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Log:
    """A log as its leaves; `word` makes another history of the same length."""

    def __init__(self, word=b"event", signer=SIGNER):
        self.leaves = [leaf_hash(b"%s %d" % (word, n)) for n in range(40)]
        self.signer = signer

    def note(self, size) -> str:
        root = tree_root(self.leaves[:size])
        return sign_checkpoint(Checkpoint(origin=self.signer.name, size=size, root=root), self.signer)

    def ask(self, witness, size, known_size=0, post=post_over_http):
        return ask(witness, self.note(size), lambda old: self.proof(old, size), known_size, post)

    def proof(self, old, new):
        assert 0 < old < new, "a proof is wanted only where there is one"
        return consistency_path(self.leaves[:new], old)

    def body(self, old, new) -> bytes:
        proof = consistency_path(self.leaves[:new], old)
        return write_request(AddCheckpoint(old_size=old, proof=proof, checkpoint=self.note(new)))


LOG, FORK = Log(), Log(b"other")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def folder(tmp_path) -> Path:
    make_key(tmp_path / "witness", "witness.example/w1")
    return tmp_path / "witness"


@contextmanager
def serving(folder, *logs, now=lambda: NOON):
    """The real server on a free port; the witness as the log would know it."""
    desk = WitnessDesk(folder, [each.signer.verifier_key for each in logs or (LOG,)], now)
    with running(WitnessServer(desk, "127.0.0.1", 0)) as url:
        yield Witness(key=read_key(folder).witness_key, url=url)


@contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def witness(folder):
    with serving(folder) as found:
        yield found


class TestAgreeing:
    def test_a_cosigned_checkpoint_satisfies_a_policy(self, witness):
        asked = LOG.ask(witness, 7)
        assert (asked.failure, asked.witness_size, asked.at) == (None, 7, NOON)
        policy = read_policy(f"log {SIGNER.verifier_key}\nwitness W {witness.key} {witness.url}\nquorum W\n")
        assert not check(policy, LOG.note(7)).holds
        assert check(policy, add_cosignatures(LOG.note(7), asked.lines)).holds

    def test_a_log_that_grows_is_followed_from_the_size_that_it_remembers(self, witness):
        known = 0
        for size in (1, 2, 8, 8, 13, 40):
            asked = LOG.ask(witness, size, known)
            assert asked.failure is None
            known = asked.witness_size
        assert known == 40

    def test_a_log_that_forgot_the_size_is_told_and_asks_once_more(self, witness):
        LOG.ask(witness, 7)
        posted = []

        def counting(url, body):
            posted.append(body.split(b"\n")[0])
            return post_over_http(url, body)

        asked = LOG.ask(witness, 12, known_size=0, post=counting)
        assert (asked.failure, asked.witness_size) == (None, 12)
        assert posted == [b"old 0", b"old 7"]

    def test_a_witness_that_forgot_is_met_where_it_is(self, witness):
        assert LOG.ask(witness, 12, known_size=7).witness_size == 12

    def test_what_was_cosigned_already_is_cosigned_again_with_the_time_of_now(self, folder):
        times = iter([NOON, NOON.replace(hour=13)])
        with serving(folder, now=lambda: next(times)) as witness:
            assert [LOG.ask(witness, 7).at.hour, LOG.ask(witness, 7).at.hour] == [12, 13]

    def test_each_log_has_a_past_of_its_own(self, folder):
        other = Log(signer=Signer(name="sms.example/ledger/two", private=SIGNER.private))
        with serving(folder, LOG, other) as witness:
            assert LOG.ask(witness, 9).failure is None
            assert other.ask(witness, 4).failure is None
            assert LOG.ask(witness, 12, 9).failure is None


class TestAlarms:
    def test_a_store_that_was_rolled_back_learns_it(self, witness):
        LOG.ask(witness, 12)
        asked = LOG.ask(witness, 9, known_size=9)
        assert isinstance(asked.failure, WitnessAheadError)
        assert asked.failure.is_alarm
        assert asked.witness_size == 12
        assert asked.lines == ""
        assert "12" in asked.failure.message
        assert "9" in asked.failure.message

    def test_a_known_size_beyond_our_own_is_the_same_alarm_without_asking(self, witness):
        def never(url, body):
            raise AssertionError

        assert isinstance(LOG.ask(witness, 9, known_size=12, post=never).failure, WitnessAheadError)

    @pytest.mark.parametrize("size", [pytest.param(7, id="same size"), pytest.param(12, id="larger")])
    def test_another_history_is_refused_and_told(self, size, witness):
        LOG.ask(witness, 7)
        asked = FORK.ask(witness, size)
        assert isinstance(asked.failure, WitnessDisagreesError)
        assert asked.failure.is_alarm
        assert asked.lines == ""
        assert LOG.ask(witness, 20, 7).failure is None, "the true log goes on"

    @pytest.mark.parametrize(
        ("answer", "failure"),
        [
            pytest.param(Answer(status=409, content_type="", body=b""), WitnessDisagreesError, id="no size"),
            pytest.param(
                Answer(status=409, content_type="text/x.tlog.size", body=b"7\n"),
                WitnessDisagreesError,
                id="the same size",
            ),
            pytest.param(
                Answer(status=409, content_type="text/x.tlog.size; charset=utf-8", body=b"8"),
                WitnessAheadError,
                id="a larger size",
            ),
        ],
    )
    def test_a_conflict_about_the_very_size_that_we_have_is_one(self, answer, failure, witness):
        assert type(LOG.ask(witness, 7, 7, lambda *_: answer).failure) is failure


class TestRefusals:
    def test_a_log_that_is_not_watched(self, witness):
        other = Log(signer=Signer(name="sms.example/ledger/two", private=SIGNER.private))
        failure = other.ask(witness, 7).failure
        assert isinstance(failure, WitnessRefusedError)
        assert failure.fields["status"] == 404

    def test_a_log_with_another_key(self, witness):
        thief = Signer(name=ORIGIN, private=Ed25519PrivateKey.from_private_bytes(bytes(32)))
        failure = Log(signer=thief).ask(witness, 7).failure
        assert isinstance(failure, WitnessRefusedError)
        assert failure.fields["status"] == 403
        assert not failure.is_alarm

    def test_a_witness_that_is_not_there(self, witness):
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            gone = Witness(key=witness.key, url=f"http://127.0.0.1:{free.getsockname()[1]}")
            assert isinstance(LOG.ask(gone, 7).failure, WitnessUnreachableError)

    def test_a_witness_that_says_nothing(self, witness, monkeypatch):
        monkeypatch.setattr("yesword.proof.witnessing.TIMEOUT_S", 0.2)
        with closing(socket.create_server(("127.0.0.1", 0))) as silent:
            mute = Witness(key=witness.key, url=f"http://127.0.0.1:{silent.getsockname()[1]}")
            failure = LOG.ask(mute, 7).failure
        assert isinstance(failure, WitnessUnreachableError)
        assert "timed out" in failure.message

    @pytest.mark.parametrize(
        "url",
        [
            pytest.param("", id="nothing"),
            pytest.param("witness.example", id="no scheme"),
            pytest.param("file:///etc/passwd", id="a file"),
            pytest.param("https://", id="no host"),
            pytest.param("https://witness.example/\n", id="a line end"),
            pytest.param("https://witness.example/a b", id="a space"),
            pytest.param("https://witness.example:99999/", id="no port"),
            pytest.param("https://[witness.example/", id="half a bracket"),
        ],
    )
    def test_an_address_that_is_none(self, url, witness):
        with pytest.raises(BadWitnessAddressError):
            Witness(key=witness.key, url=url)


def lines_of(witness_signer, size=7) -> bytes:
    return cosign(read_checkpoint(LOG.note(size)), witness_signer, NOON).encode()


STRANGER = WitnessSigner(name="w2", private=Ed25519PrivateKey.from_private_bytes(bytes(32)))


class TestAnswers:
    def answered(self, folder, body, status=200, content_type="text/plain"):
        witness = Witness(key=read_key(folder).witness_key, url="http://witness.example/prefix/")
        asked = LOG.ask(
            witness, 7, post=lambda *_: Answer(status=status, content_type=content_type, body=body)
        )
        if asked.failure is not None:
            assert asked.lines == ""
            assert not asked.failure.is_alarm
        return asked

    def test_lines_by_strangers_are_left_out(self, folder):
        ours = lines_of(read_key(folder))
        assert self.answered(folder, lines_of(STRANGER) + ours).lines.encode() == ours

    @pytest.mark.parametrize(
        "make",
        [
            pytest.param(lambda key: lines_of(key, size=8), id="of another checkpoint"),
            pytest.param(lambda _: lines_of(STRANGER), id="of a stranger alone"),
            pytest.param(
                lambda key: Signature(
                    name=key.name, key_id=key.witness_key.key_id, signature=bytes(72)
                ).line.encode(),
                id="of zeros",
            ),
        ],
    )
    def test_a_cosignature_is_false(self, make, folder):
        assert isinstance(self.answered(folder, make(read_key(folder))).failure, WitnessFalseError)

    def test_a_text_that_the_witness_slips_in_does_not_count_as_cosigned(self, folder):
        signer = read_key(folder)
        swapped = f"{LOG.note(7).partition(chr(10) * 2)[0]}\n\nmore\n"
        key = signer.witness_key
        signed = (1).to_bytes(8) + signer.private.sign(f"cosignature/v1\ntime 1\n{swapped}".encode())
        line = Signature(name=key.name, key_id=key.key_id, signature=signed).line
        assert isinstance(self.answered(folder, f"more\n\n{line}".encode()).failure, WitnessAnswerError)

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"<html></html>\n", id="a page"),
            pytest.param(b"\xff\n", id="no UTF-8"),
        ],
    )
    def test_an_answer_that_is_no_lines(self, body, folder):
        assert isinstance(self.answered(folder, body).failure, WitnessAnswerError)

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            pytest.param(b"5\n", "text/plain", id="of another type"),
            pytest.param(b"05\n", "text/x.tlog.size", id="with a leading zero"),
            pytest.param(b"five\n", "text/x.tlog.size", id="in words"),
            pytest.param(b"\xff", "text/x.tlog.size", id="outside ASCII"),
            pytest.param(b"0\n", "text/x.tlog.size", id="that we had named"),
        ],
    )
    def test_a_conflict_with_a_size(self, body, content_type, folder):
        failure = self.answered(folder, body, 409, content_type).failure
        assert isinstance(failure, WitnessAnswerError)

    def test_a_witness_that_names_another_size_each_time_is_not_asked_for_ever(self, folder):
        sizes = iter([b"3\n", b"4\n"])
        witness = Witness(key=read_key(folder).witness_key, url="http://witness.example")
        asked = LOG.ask(
            witness,
            7,
            post=lambda *_: Answer(status=409, content_type="text/x.tlog.size", body=next(sizes)),
        )
        assert isinstance(asked.failure, WitnessMovedError)
        assert asked.witness_size == 4

    @pytest.mark.parametrize("status", [302, 400, 422, 429, 500, 299])
    def test_another_status(self, status, folder):
        failure = self.answered(folder, b"", status).failure
        assert isinstance(failure, WitnessRefusedError)
        assert failure.fields["status"] == status

    def test_the_request_goes_below_the_prefix(self, folder):
        urls = []

        def post(url, body):
            urls.append(url)
            raise TimeoutError

        witness = Witness(key=read_key(folder).witness_key, url="https://witness.example/prefix/")
        assert "TimeoutError" in LOG.ask(witness, 7, post=post).failure.message
        assert urls == ["https://witness.example/prefix/add-checkpoint"]


class _Odd(BaseHTTPRequestHandler):
    """Answers in ways that no witness should."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/elsewhere"):
            self.send_response(307)
            self.send_header("Location", "/add-checkpoint")
        elif self.path.startswith("/long"):
            self.send_response(200)
        else:
            self.wfile.write(b"hello\r\n\r\n")
            return
        self.end_headers()
        if self.path.startswith("/long"):
            self.wfile.write(b"x" * (MAX_ANSWER_BYTES + 1))

    def log_message(self, *_):
        pass


class TestTheWire:
    @pytest.fixture
    def odd(self):
        with running(ThreadingHTTPServer(("127.0.0.1", 0), _Odd)) as url:
            yield url

    def test_no_redirect_is_followed(self, odd):
        assert post_over_http(f"{odd}/elsewhere", b"x").status == 307

    @pytest.mark.parametrize(
        "path", [pytest.param("/long", id="more than 64 kB"), pytest.param("/", id="no HTTP")]
    )
    def test_an_answer_is_none(self, path, odd):
        with pytest.raises(OSError, match=r"HTTP|65536"):
            post_over_http(f"{odd}{path}", b"x")


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
        monkeypatch.setattr(witness_folder.os, "fsync", noted_sync)
        monkeypatch.setattr(Path, "replace", noted_replace)
        assert desk.add_checkpoint(LOG.body(3, 7)).status == 200
        assert steps == ["file", "name", "folder"]


class TestTheFolder:
    def test_the_key_is_made_once_and_for_its_owner_only(self, tmp_path):
        folder = tmp_path / "a" / "witness"
        key = make_key(folder, "witness.example/w1")
        assert make_key(folder).witness_key == read_key(folder).witness_key == key.witness_key
        file = folder / "witness.key"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert file.read_text().startswith(f"PRIVATE+KEY+witness.example/w1+{key.witness_key.key_id.hex()}+")

    def test_without_a_name_two_witnesses_are_called_differently(self, tmp_path):
        first, second = make_key(tmp_path / "a"), make_key(tmp_path / "b")
        assert first.name != second.name

    def test_a_witness_keeps_its_name(self, folder):
        with pytest.raises(OtherWitnessNameError, match=r"witness\.example/w1"):
            make_key(folder, "another")

    def test_a_folder_without_a_key_is_no_witness(self, tmp_path):
        with pytest.raises(NoWitnessKeyError):
            WitnessDesk(tmp_path, [SIGNER.verifier_key])

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda _: b"", id="empty"),
            pytest.param(lambda data: data[:-3], id="cut short"),
            pytest.param(lambda data: data.replace(b"w1", b"w2"), id="of another name"),
            pytest.param(lambda data: data.replace(b"PRIVATE", b"private"), id="of another form"),
            pytest.param(lambda _: b"\xff", id="no text"),
        ],
    )
    def test_a_key_file_is_damaged(self, change, folder):
        file = folder / "witness.key"
        file.write_bytes(change(file.read_bytes()))
        with pytest.raises(DamagedWitnessKeyError):
            read_key(folder)

    def test_two_do_not_share_a_folder(self, folder):
        with locked(folder), pytest.raises(WitnessRunsError), locked(folder):
            pass
        with locked(folder):
            pass

    def test_remembers_after_a_restart(self, folder):
        with serving(folder) as witness:
            LOG.ask(witness, 12)
        with serving(folder) as witness:
            assert isinstance(LOG.ask(witness, 9).failure, WitnessAheadError)
            assert isinstance(FORK.ask(witness, 20).failure, WitnessDisagreesError)
            assert LOG.ask(witness, 20).failure is None

    def test_a_draft_that_a_crash_left_is_no_head(self, folder):
        with serving(folder) as witness:
            LOG.ask(witness, 7)
        (head,) = (folder / "heads").iterdir()
        head.with_suffix(".draft").write_text("half a check")
        with serving(folder) as witness:
            assert LOG.ask(witness, 12).failure is None

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda _: b"", id="empty"),
            pytest.param(lambda data: data[:-1], id="cut short"),
            pytest.param(lambda data: data.replace(b"\n7\n", b"\n6\n"), id="of another size"),
            pytest.param(lambda _: LOG.note(3).encode(), id="a checkpoint that was not cosigned"),
            pytest.param(lambda data: b"\xff" + data, id="no text"),
        ],
    )
    def test_a_damaged_head_stops_the_witness_instead_of_letting_it_begin_anew(self, change, folder):
        with serving(folder) as witness:
            LOG.ask(witness, 7)
        (head,) = (folder / "heads").iterdir()
        head.write_bytes(change(head.read_bytes()))
        with pytest.raises(DamagedWitnessHeadError, match=re.escape(ORIGIN)):
            WitnessDesk(folder, [SIGNER.verifier_key])

    def test_a_head_of_another_log_is_none_of_this_one(self, folder):
        other = Log(signer=Signer(name="sms.example/ledger/two", private=SIGNER.private))
        with serving(folder, LOG, other) as witness:
            LOG.ask(witness, 7)
            other.ask(witness, 4)
        heads = folder / "heads"
        small = heads / f"{origin_hash(other.signer.name)}.checkpoint"
        small.replace(heads / f"{origin_hash(ORIGIN)}.checkpoint")
        with pytest.raises(DamagedWitnessHeadError):
            WitnessDesk(folder, [SIGNER.verifier_key])

    def test_a_new_key_does_not_vouch_for_what_the_old_one_cosigned(self, folder):
        with serving(folder) as witness:
            LOG.ask(witness, 7)
        (folder / "witness.key").unlink()
        make_key(folder, "witness.example/w1")
        with pytest.raises(DamagedWitnessHeadError):
            WitnessDesk(folder, [SIGNER.verifier_key])


def yesword(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "yesword", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


@contextmanager
def command(folder, stack):
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "yesword", "witness", "serve", "--folder", str(folder)),
            *("--log", str(SIGNER.verifier_key), "--port", "0"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    with process.stdout, process.stderr:
        address = re.search(r"at (http://[^/]+)/", process.stdout.readline())
        assert address, process.stderr.read()
        key = read_witness_vkey(process.stdout.readline().removeprefix("Its key: ").strip())
        yield process, Witness(key=key, url=address[1])


class TestTheCommand:
    def test_a_partner_makes_a_key_serves_is_killed_and_remembers(self, tmp_path):
        folder = tmp_path / "witness"
        printed = yesword("witness", "key", "--folder", folder, "--name", "partner.example/w").stdout
        with ExitStack() as stack:
            with command(folder, stack) as (process, witness):
                assert str(witness.key) == printed.strip()
                asked = LOG.ask(witness, 12)
                assert asked.failure is None
                busy = yesword("witness", "serve", "--folder", folder, "--log", SIGNER.verifier_key)
                assert busy.returncode == 1
                assert "Another process" in busy.stderr
                process.kill()
                assert process.wait() == -signal.SIGKILL
            with command(folder, stack) as (process, witness):
                assert isinstance(LOG.ask(witness, 9).failure, WitnessAheadError)
                assert isinstance(FORK.ask(witness, 20).failure, WitnessDisagreesError)
                again = LOG.ask(witness, 12, 12)
                note = add_cosignatures(LOG.note(12), asked.lines + again.lines)
                assert {item.witness for item in cosignatures(note, [witness.key])} == {witness.key}
                process.terminate()
                assert process.wait(timeout=30) == 0
                told = process.stderr.read()
                assert "refused" in told
                assert FORK.note(20).splitlines()[2] in told, "what may prove a fork is told"
                assert "127.0.0.1" not in told

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            pytest.param(["--log", str(SIGNER.verifier_key)], 1, "Make its key first", id="without a key"),
            pytest.param(["--log", "no+key"], 1, "public key cannot be read", id="for no log"),
            pytest.param([], 2, "--log", id="for nothing"),
        ],
    )
    def test_does_not_serve(self, arguments, code, words, tmp_path):
        done = yesword("witness", "serve", "--folder", tmp_path, *arguments)
        assert done.returncode == code
        assert words in done.stderr

    def test_needs_no_django(self, tmp_path):
        code = "import sys; from yesword.cli import main\ntry: main(sys.argv[1:])\nfinally: print('django' in sys.modules)"
        done = subprocess.run(
            [sys.executable, "-c", code, "witness", "key", "--folder", str(tmp_path / "w")],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[-1] == "False"
