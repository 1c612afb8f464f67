"""What a log makes of answers, odd and hostile ones, too."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from factories.witnessing import LOG, NOON, running
from yesword.ledger.checkpoint import Signature, read_checkpoint
from yesword.ledger.cosignature import WitnessSigner, cosign
from yesword.proof.witness_folder import read_key
from yesword.proof.witnessing import (
    MAX_ANSWER_BYTES,
    Answer,
    Witness,
    WitnessAnswerError,
    WitnessFalseError,
    WitnessMovedError,
    WitnessRefusedError,
    post_over_http,
)


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
