"""The channel to HTTP providers on real sockets: what is known of a text when connections, statuses and clocks go wrong.

The port's promises stand in tests/contract; here is what only HTTP has.
"""

import socket
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from factories.certificates import certificate
from yesword.channels import CarrierError, HandOver, OutcomeStatus
from yesword.channels.http import HttpChannel, Request
from yesword.channels.http.provider import HttpSettings, accepted, refused, usual
from yesword.channels.http.waiting import retry_after_s
from yesword.channels.ports import CarrierUnreachableError
from yesword.domain.decisions import Decision, Verdict

ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus
APPROVED = Decision(verdict=Verdict.SEND, at=datetime(2026, 3, 1, 9, tzinfo=UTC))


def texts(count, *, number=None, media=()):
    return [
        HandOver(
            message_id=index,
            attempt_id=100 + index,
            sender="800123",
            number=number or f"+467012{index:05d}",
            text=f"text {index}",
            decision=APPROVED,
            media=media,
        )
        for index in range(1, count + 1)
    ]


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A provider whose answers are the id, or the code of an error."""

    origin: str
    repeats_safely: bool = False
    carries_media: bool = False

    def request(self, handover):
        return Request(
            method="POST",
            url=f"{self.origin}/send",
            headers={"Idempotency-Key": str(handover.attempt_id)},
            body=handover.text.encode(),
        )

    def outcome(self, handover, reply):
        if reply.status == 200:
            return accepted(handover, reply.body.decode())
        return usual(handover, reply) or refused(
            handover, reply.body.decode(), {"gone": CarrierError.DEACTIVATED}
        )

    def verify(self, call): ...

    def read(self, call): ...

    def trial(self):
        return None


class Peer:
    """A provider's server: `behave` gets each connection, and what it has read is kept."""

    def __init__(self, behave, context=None):
        self._behave, self._context = behave, context
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self._listening.getsockname()[1]
        self.connections = 0
        self.read = []
        self._threads = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    def _accept(self):
        while True:
            try:
                sock, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock, self.connections))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock, number):
        sock.settimeout(5)
        try:
            if self._context is not None:
                sock = self._context.wrap_socket(sock, server_side=True)
            self._behave(self, sock, number)
        except OSError:
            pass
        finally:
            sock.close()

    def request(self, sock):
        """One request: its head and its body; None where the other side closed."""
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := sock.recv(65536)):
                return None
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:"))
        while len(body) < length:
            body += sock.recv(65536)
        self.read.append((head.decode(), body.decode()))
        return body.decode()

    def close(self):
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._accepting.join()
        for thread in self._threads:
            thread.join()


def reply(status, body="", *headers):
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def answering(answer):
    """Every request is answered by `answer(text)`, on connections that are kept."""

    def behave(peer, sock, _number):
        while (text := peer.request(sock)) is not None:
            sock.sendall(answer(text))

    return behave


@pytest.fixture
def peers():
    opened = []

    def open_(behave, **settings):
        peer = Peer(behave, settings.pop("context", None))
        opened.append(peer)
        return peer

    channels = []

    def channel(peer_or_provider, *, context=None, clock=time.monotonic, **settings):
        provider = (
            Plain(origin=peer_or_provider.origin) if isinstance(peer_or_provider, Peer) else peer_or_provider
        )
        settings = {
            "per_second": 1000.0,
            "parallel": 4,
            "answer_timeout_s": 10.0,
            "connect_timeout_s": 2.0,
        } | settings
        made = HttpChannel(provider, HttpSettings(**settings), account="main", context=context, clock=clock)
        channels.append(made)
        return made

    yield open_, channel
    for each in channels:
        each.close()
    for each in opened:
        each.close()


def statuses(outcomes):
    return Counter(outcome.status for outcome in outcomes)


def test_connections_are_kept_and_never_more_than_the_account_may_have(peers):
    open_, channel = peers
    peer = open_(answering(lambda text: reply(200, text.replace(" ", "-"))))
    sender = channel(peer)
    outcomes = [*sender.submit(texts(40)), *sender.submit(texts(40))]
    assert statuses(outcomes) == {ACCEPTED: 80}
    assert {each.provider_id for each in outcomes} == {f"text-{index}" for index in range(1, 41)}
    assert 1 <= peer.connections <= 4


def test_texts_to_one_number_go_out_one_after_the_other(peers):
    open_, channel = peers
    peer = open_(answering(lambda _text: reply(200, "id")))
    assert statuses(channel(peer).submit(texts(12, number="+31612345678"))) == {ACCEPTED: 12}
    assert [text for _, text in peer.read] == [f"text {index}" for index in range(1, 13)]
    assert peer.connections <= 4


def test_an_idle_connection_that_the_provider_has_closed_is_not_written_on(peers):
    open_, channel = peers

    def one_each(peer, sock, _number):
        peer.request(sock)
        sock.sendall(reply(200, "id"))  # and closes without a word

    peer = open_(one_each)
    sender = channel(peer, parallel=1)
    for _ in range(3):
        assert statuses(sender.submit(texts(1))) == {ACCEPTED: 1}
        until(lambda: not any(each.is_alive() for each in peer._threads))
    assert peer.connections == 3


def until(is_so):
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_refused_connection_leaves_every_text_unwritten_and_the_channel_rests(peers):
    _, channel = peers
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sender = channel(Plain(origin=f"http://127.0.0.1:{port}"), clock=lambda: 0.0)
    outcomes = list(sender.submit(texts(5)))
    assert statuses(outcomes) == {UNWRITTEN: 5}
    assert {each.error_code for each in outcomes} == {"unreachable"}
    assert sender.rests_s > 0
    with pytest.raises(CarrierUnreachableError):
        sender.warm(1)


def test_a_name_that_nobody_knows_leaves_every_text_unwritten(peers):
    _, channel = peers
    assert statuses(channel(Plain(origin="http://nobody.invalid")).submit(texts(2))) == {UNWRITTEN: 2}


def test_a_request_that_gets_no_answer_is_unknown_and_nothing_more_is_written(peers):
    open_, channel = peers

    def silent(peer, sock, _number):
        while peer.request(sock) is not None:
            pass

    peer = open_(silent)
    outcomes = list(channel(peer, parallel=1, answer_timeout_s=1.0).submit(texts(3)))
    assert [(each.status, each.error_code) for each in outcomes] == [
        (UNKNOWN, "no_answer"),
        (UNWRITTEN, "no_answer"),
        (UNWRITTEN, "no_answer"),
    ]
    assert len(peer.read) == 1


@pytest.mark.parametrize(
    "last_words",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"SSH-2.0-x\r\n\r\n"],
    ids=["nothing", "half an answer", "another protocol"],
)
def test_a_connection_that_breaks_after_the_request_leaves_it_unknown(peers, last_words):
    open_, channel = peers

    def hang_up(peer, sock, _number):
        peer.request(sock)
        sock.sendall(last_words)

    outcomes = list(channel(open_(hang_up), parallel=1).submit(texts(2)))
    assert [each.status for each in outcomes] == [UNKNOWN, UNWRITTEN]
    assert outcomes[0].error_code == "connection_lost"


def test_under_an_idempotency_key_a_lost_request_is_sent_once_more_and_is_one_text(peers):
    open_, channel = peers

    def forgetful(peer, sock, number):
        while peer.request(sock) is not None:
            if number == 1:
                return  # taken, and the answer is lost
            sock.sendall(reply(200, "id"))

    peer = open_(forgetful)
    provider = Plain(origin=peer.origin, repeats_safely=True)
    assert statuses(channel(provider, parallel=1).submit(texts(2))) == {ACCEPTED: 2}
    keys = [
        next(line for line in head.split("\r\n") if line.startswith("Idempotency")) for head, _ in peer.read
    ]
    assert keys == ["Idempotency-Key: 101", "Idempotency-Key: 101", "Idempotency-Key: 102"]


def test_a_lost_request_that_is_recalled_before_it_is_repeated_stays_unknown(peers):
    open_, channel = peers
    recalled = set()

    def hang_up(peer, sock, _number):
        peer.request(sock)
        recalled.add(1)

    peer = open_(hang_up)
    provider = Plain(origin=peer.origin, repeats_safely=True)
    outcomes = list(channel(provider, parallel=1).submit(texts(1), recall=lambda: recalled))
    assert [each.status for each in outcomes] == [UNKNOWN]
    assert len(peer.read) == 1


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (429, THROTTLED),
        (401, THROTTLED),
        (402, THROTTLED),
        (500, UNKNOWN),
        (503, UNKNOWN),
        (408, UNKNOWN),
        (302, UNKNOWN),
    ],
)
def test_what_a_status_means_by_itself(peers, status, expected):
    open_, channel = peers
    outcome = next(iter(channel(open_(answering(lambda _: reply(status, "x")))).submit(texts(1))))
    assert outcome.status is expected


def test_a_refusal_carries_its_meaning_and_holds_up_nothing(peers):
    open_, channel = peers
    peer = open_(answering(lambda text: reply(400, "gone") if text == "text 2" else reply(200, "id")))
    outcomes = {each.message_id: each for each in channel(peer).submit(texts(3))}
    assert (outcomes[2].status, outcomes[2].error_code) == (REFUSED, "gone")
    assert outcomes[2].meaning is CarrierError.DEACTIVATED
    assert statuses(outcomes.values()) == {ACCEPTED: 2, REFUSED: 1}


def test_an_answer_that_nobody_understands_leaves_the_text_unknown(peers):
    open_, channel = peers
    outcome = next(iter(channel(open_(answering(lambda _: reply(200, "")))).submit(texts(1))))
    assert (outcome.status, outcome.error_code) == (UNKNOWN, "unreadable_answer")


def test_too_fast_is_obeyed_for_as_long_as_the_provider_asks(peers):
    open_, channel = peers
    peer = open_(answering(lambda _: reply(429, "", "Retry-After: 20")))
    now = [0.0]
    sender = channel(peer, parallel=1, clock=lambda: now[0])
    outcomes = list(sender.submit(texts(4)))
    assert [each.status for each in outcomes] == [THROTTLED, UNWRITTEN, UNWRITTEN, UNWRITTEN]
    assert len(peer.read) == 1, "after the first refusal nothing more is written"
    now[0] = 19.0
    assert sender.rests_s == 1.0
    assert statuses(sender.submit(texts(2))) == {UNWRITTEN: 2}
    assert len(peer.read) == 1, "nor while it rests"
    now[0] = 20.5
    assert statuses(sender.submit(texts(1))) == {THROTTLED: 1}
    assert len(peer.read) == 2


def test_without_a_time_the_rest_doubles_until_something_is_taken(peers):
    open_, channel = peers
    is_busy = [True]
    peer = open_(answering(lambda _: reply(429) if is_busy[0] else reply(200, "id")))
    now = [0.0]
    sender = channel(peer, parallel=1, clock=lambda: now[0])
    rests = []
    for _ in range(5):
        list(sender.submit(texts(1)))
        rests.append(sender.rests_s)
        now[0] += 100
    assert rests[4] > rests[2] > rests[0] > 0
    is_busy[0] = False
    assert statuses(sender.submit(texts(1))) == {ACCEPTED: 1}
    assert sender.rests_s == 0


def test_a_refused_sign_in_makes_no_text_bad_and_rests_long(peers):
    open_, channel = peers
    peer = open_(answering(lambda _: reply(401)))
    sender = channel(peer, parallel=1)
    outcomes = list(sender.submit(texts(3)))
    assert outcomes[0].error_code == "sign_in_refused"
    assert REFUSED not in statuses(outcomes)
    assert sender.rests_s > 5


def test_the_allowed_rate_is_kept_and_what_does_not_fit_is_given_back(peers):
    open_, channel = peers
    peer = open_(answering(lambda _: reply(200, "id")))
    sender = channel(peer, per_second=20.0)
    started = time.monotonic()
    counted = statuses(sender.submit(texts(60)))
    assert counted == {ACCEPTED: 40, UNWRITTEN: 20}
    assert 40 / (time.monotonic() - started) <= 22, "two are let through at once, then one every 50 ms"


def test_pictures_are_refused_where_the_provider_carries_none(peers):
    open_, channel = peers
    peer = open_(answering(lambda _: reply(200, "id")))
    outcome = next(iter(channel(peer).submit(texts(1, media=("https://example.com/a.jpg",)))))
    assert (outcome.status, outcome.error_code) == (REFUSED, "no_media")
    assert peer.read == []


def test_over_tls_the_certificate_has_to_fit(peers, tmp_path):
    open_, channel = peers
    files = certificate(tmp_path, "localhost")
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(files.certificate, files.key)
    peer = open_(answering(lambda _: reply(200, "id")), context=serving)
    provider = Plain(origin=f"https://localhost:{peer.port}")
    trusting = ssl.create_default_context(cafile=str(files.certificate))
    sender = channel(provider, context=trusting)
    assert statuses([*sender.submit(texts(9)), *sender.submit(texts(9))]) == {ACCEPTED: 18}
    assert peer.connections <= 4, "what TLS says by itself on an idle connection does not make it useless"
    assert statuses(channel(provider).submit(texts(2))) == {UNWRITTEN: 2}, "a stranger's certificate"
    assert len(peer.read) == 18


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("7", 7.0, id="seconds"),
        pytest.param("Sun, 01 Mar 2026 09:00:30 GMT", 30.0, id="a date"),
        pytest.param("Sun, 01 Mar 2026 08:00:00 GMT", 0.0, id="a date that is over"),
        pytest.param("soon", None, id="a word"),
        pytest.param("", None, id="nothing"),
        pytest.param("-3", None, id="a negative number"),
    ],
)
def test_how_long_a_provider_asks_to_wait(value, seconds):
    assert retry_after_s(value, datetime(2026, 3, 1, 9, tzinfo=UTC).timestamp()) == seconds
