"""HTTP in bytes: what may stand in a request, and when a reply is whole."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels.http.provider import Request, UnreadableReplyError
from yesword.channels.http.wire import LONGEST_REPLY, BadRequestError, Replying, to_bytes

WITH_LENGTH = b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"id":1}'
IN_CHUNKS = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"id\r\n4;x=y\r\n":1}\r\n0\r\n\r\n'


def fed(*pieces, ends=False):
    replying = Replying("POST")
    reply = None
    for piece in pieces:
        assert reply is None, "it was whole before"
        replying.feed(piece)
        reply = replying.reply()
    if ends:
        replying.end()
        reply = replying.reply()
    return replying, reply


@pytest.mark.parametrize("whole", [WITH_LENGTH, IN_CHUNKS], ids=["with a length", "in chunks"])
def test_a_reply_is_read_once_it_is_whole_however_it_is_cut(whole):
    for cut in range(1, len(whole)):
        replying, reply = fed(whole[:cut], whole[cut:])
        assert reply.body == b'{"id":1}'
        assert replying.stays_open


@given(st.lists(st.integers(0, len(IN_CHUNKS)), max_size=6), st.booleans())
def test_any_pieces_make_the_same_reply(cuts, is_chunked):
    whole = IN_CHUNKS if is_chunked else WITH_LENGTH
    edges = sorted({0, len(whole), *(min(cut, len(whole)) for cut in cuts)})
    _, reply = fed(*(whole[a:b] for a, b in pairwise(edges)))
    assert reply.body == b'{"id":1}'


def test_header_names_are_small_and_the_status_is_told():
    _, reply = fed(b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n")
    assert (reply.status, reply.headers["retry-after"], reply.body) == (429, "7", b"")


def test_a_reply_without_a_length_lasts_until_the_other_side_closes():
    replying, reply = fed(b"HTTP/1.1 200 OK\r\n\r\nab", b"c", ends=True)
    assert reply.body == b"abc"
    assert not replying.stays_open


def test_a_connection_that_the_provider_closes_is_not_used_again():
    replying, reply = fed(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
    assert reply.body == b"ok"
    assert not replying.stays_open


def test_what_follows_a_reply_unasked_makes_the_connection_useless():
    replying, reply = fed(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n")
    assert reply.body == b"ok"
    assert not replying.stays_open


def test_an_interim_reply_is_not_the_reply():
    _, reply = fed(b"HTTP/1.1 100 Continue\r\n\r\n", WITH_LENGTH)
    assert reply.status == 201


@pytest.mark.parametrize(
    "cut",
    [WITH_LENGTH[:-1], IN_CHUNKS[:-9], b"HTTP/1.1 200 OK\r\nContent-Len"],
    ids=["in its body", "between chunks", "in its head"],
)
def test_a_reply_that_is_cut_short_is_no_reply(cut):
    with pytest.raises(UnreadableReplyError):
        fed(cut, ends=True)


@pytest.mark.parametrize(
    "data",
    [
        b"220 mail.example.com ESMTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000,
        b"x" * (LONGEST_REPLY + 1),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["another protocol", "longer than we read", "a head without end", "a flood", "chunks that are none"],
)
def test_nonsense_is_refused(data):
    with pytest.raises(UnreadableReplyError):
        fed(data)


def test_a_request_is_whole_and_goes_to_its_host():
    data = to_bytes(
        Request(method="POST", url="https://api.example.com:8443/a?b=c", headers={"X-A": "1"}, body=b"x")
    )
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.splitlines()[:2] == [b"POST /a?b=c HTTP/1.1", b"Host: api.example.com:8443"]
    assert b"Content-Length: 1" in head
    assert b"X-A: 1" in head
    assert body == b"x"


@pytest.mark.parametrize(
    "request_",
    [
        Request(method="POST", url="https://a.example/", headers={"X": "1\r\nY: 2"}),
        Request(method="POST", url="https://a.example/", headers={"X: 1\r\nY": "2"}),
        Request(method="POST", url="https://a.example/", headers={"X": "grün"}),
        Request(method="POST / HTTP/1.1\r\nX: ", url="https://a.example/"),
        Request(method="GET", url="https://a.example/a b"),
    ],
    ids=[
        "a line in a value",
        "a line in a name",
        "letters beyond ASCII",
        "a line in the method",
        "a space in the address",
    ],
)
def test_what_could_be_taken_for_something_else_is_not_sent(request_):
    with pytest.raises(BadRequestError):
        to_bytes(request_)
