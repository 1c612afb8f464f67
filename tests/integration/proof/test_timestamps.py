"""A real authority on the loopback, answered by OpenSSL; OpenSSL also checks what we were content with."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from factories.stamping import Stamper, authority, need_openssl, send, serving, stamper
from yesword.domain.errors import YeswordError
from yesword.proof.timestamps import (
    MAX_ANSWER_BYTES,
    Authority,
    AuthorityUnreachableError,
    BadAuthorityError,
    BadRootsError,
    ExpiredAuthorityError,
    NotGrantedError,
    OtherDataError,
    OtherRequestError,
    UnreadableTimestampError,
    UntrustedTimestampError,
    post,
    request_token,
    verify_token,
)

HEAD = "log.example/brand\n42\nq1TqrKNw4sZ1E0pxX1cRRk5WT2xMH0xAzGyaVHPPQ6A=\n\n— log.example/brand AbCd\n".encode()
OTHER_HEAD = HEAD.replace(b"42", b"43")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Stamper:
    need_openssl()
    return stamper(tmp_path_factory.mktemp("authorities") / "ours")


@pytest.fixture(scope="module")
def another(tmp_path_factory) -> Stamper:
    need_openssl()
    return stamper(tmp_path_factory.mktemp("authorities") / "another")


@pytest.fixture(scope="module")
def token(made) -> bytes:
    with serving(lambda to, query: send(to, made.reply(query))) as url:
        return request_token(authority(made, url), HEAD, post)


def by_hand(made):
    """A post that goes to the authority without a network."""
    return lambda _url, query, _content_type: made.reply(query)


class TestAsking:
    def test_a_token_says_when_the_data_existed(self, made, token):
        at = verify_token(token, HEAD, made.roots)
        assert at.tzinfo is UTC
        assert abs(datetime.now(UTC) - at) < timedelta(minutes=10)

    def test_openssl_accepts_the_token_for_the_same_data_and_no_other(self, made, token):
        assert made.reads(token, HEAD)
        assert not made.reads(token, OTHER_HEAD)

    def test_what_is_sent_is_a_query_with_nonce_and_wish_for_the_certificate(self, made):
        asked = []

        def kept(to, query):
            asked.append((to.headers["Content-Type"], query))
            send(to, made.reply(query))

        with serving(kept) as url:
            request_token(authority(made, url), HEAD, post)
        ((content_type, query),) = asked
        assert content_type == "application/timestamp-query"
        (made.folder / "asked").write_bytes(query)
        told = made.openssl("ts", "-query", "-in", "asked", "-text")
        assert "Hash Algorithm: sha256" in told
        assert "Certificate required: yes" in told
        assert "Nonce: 0x" in told
        assert HEAD not in query

    def test_an_answer_to_an_earlier_request_is_not_taken_for_ours(self, made, token):
        with pytest.raises(OtherRequestError):
            request_token(authority(made), HEAD, lambda *_: token)

    def test_an_authority_that_refuses_is_quoted(self, tmp_path):
        need_openssl()
        strict = stamper(tmp_path / "strict", digests="sha512")
        with pytest.raises(NotGrantedError, match=r"rejection \(Message digest algorithm is not supported"):
            request_token(authority(strict), HEAD, by_hand(strict))

    def test_an_answer_under_other_roots_is_not_kept(self, made, another):
        pretended = Authority(name="ours", url="http://localhost", roots=made.roots)
        with pytest.raises(UntrustedTimestampError):
            request_token(pretended, HEAD, by_hand(another))


class TestChecking:
    def test_other_data_is_refused(self, made, token):
        with pytest.raises(OtherDataError):
            verify_token(token, OTHER_HEAD, made.roots)

    def test_another_authority_is_refused(self, another, token):
        with pytest.raises(UntrustedTimestampError):
            verify_token(token, HEAD, another.roots)

    def test_one_of_several_roots_is_enough(self, made, another, token):
        assert verify_token(token, HEAD, another.roots + made.roots) == verify_token(token, HEAD, made.roots)

    def test_a_certificate_that_had_run_out_by_then_is_refused(self, tmp_path):
        need_openssl()
        stale = stamper(tmp_path / "stale", until=datetime(2021, 1, 1, tzinfo=UTC))
        with pytest.raises(ExpiredAuthorityError, match=r"was not valid at 20.* UTC"):
            request_token(authority(stale), HEAD, by_hand(stale))

    def test_a_certificate_of_the_same_root_that_is_not_for_timestamps_is_refused(
        self, made, token, tmp_path
    ):
        """The same bytes as in a good token, signed by a key that the root let do something else."""
        web = stamper(tmp_path / "web", purpose=ExtendedKeyUsageOID.SERVER_AUTH)
        forged = signed_again(web, tst_info(made, token))
        with pytest.raises(UntrustedTimestampError):
            verify_token(forged, HEAD, web.roots)

    def test_the_same_by_a_certificate_for_timestamps_is_accepted(self, made, token, tmp_path):
        """So that the test above fails for its reason, and not for how the token was put together."""
        fair = stamper(tmp_path / "fair")
        again = signed_again(fair, tst_info(made, token))
        assert verify_token(again, HEAD, fair.roots) == verify_token(token, HEAD, made.roots)

    @pytest.mark.parametrize(
        ("name", "is_refused"),
        [
            pytest.param("fair", True, id="of the same name and number"),
            pytest.param("another", False, id="of another name, which does no harm"),
        ],
    )
    def test_a_second_certificate_for_the_signer(self, made, token, tmp_path, name, is_refused):
        """With two to choose from, the signature could be checked by one and the purpose by the other."""
        for folder in ("one", "two"):
            (tmp_path / folder).mkdir()
        fair, second = stamper(tmp_path / "one" / "fair"), stamper(tmp_path / "two" / name)
        both = signed_again(fair, tst_info(made, token), "-certfile", str(second.folder / "signer.pem"))
        if is_refused:
            with pytest.raises(UnreadableTimestampError):
                verify_token(both, HEAD, fair.roots)
        else:
            assert verify_token(both, HEAD, fair.roots)

    def test_no_flipped_byte_makes_a_token_say_anything_else(self, made, token):
        """Nearly all are refused. What is left are version numbers and the like, outside of what is signed."""
        at, accepted = verify_token(token, HEAD, made.roots), 0
        for place in range(len(token)):
            flipped = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
            try:
                assert verify_token(flipped, HEAD, made.roots) == at
            except YeswordError:
                continue
            accepted += 1
        assert accepted < 20

    @pytest.mark.parametrize(
        "part",
        [
            pytest.param(b"\x18\x0f20", id="the time"),
            pytest.param(b"\x30\x03\x02\x01\x01", id="the accuracy"),
            pytest.param(b"\x06\x09\x2b\x06\x01\x04\x01", id="the policy"),
        ],
    )
    def test_a_flipped_byte_in_what_is_signed_is_refused(self, made, token, part):
        place = token.index(part) + len(part) - 1
        flipped = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
        with pytest.raises(YeswordError):
            verify_token(flipped, HEAD, made.roots)

    @pytest.mark.parametrize("cut", [0, 1, 100, -1])
    def test_half_a_token_cannot_be_read(self, made, token, cut):
        with pytest.raises(UnreadableTimestampError):
            verify_token(token[:cut], HEAD, made.roots)

    def test_a_token_without_its_certificate_cannot_be_read(self, made):
        made.folder.joinpath("bare").write_bytes(HEAD)
        made.openssl("ts", "-query", "-data", "bare", "-sha256", "-out", "bare.query")
        bare = made.reply(made.folder.joinpath("bare.query").read_bytes())
        with pytest.raises(UnreadableTimestampError):
            verify_token(bare, HEAD, made.roots)

    @given(st.binary(max_size=200))
    def test_rubbish_cannot_be_read(self, rubbish):
        with pytest.raises((UnreadableTimestampError, NotGrantedError)):
            verify_token(rubbish, HEAD, b"")

    def test_roots_that_are_no_certificates_are_named(self, token):
        with pytest.raises(BadRootsError):
            verify_token(token, HEAD, b"-----BEGIN NONSENSE-----")


class TestAnAuthorityThatMisbehaves:
    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(lambda to, _: send(to, b"<html>"), id="rubbish"),
            pytest.param(lambda to, _: send(to, b""), id="nothing"),
            pytest.param(send, id="the query itself"),
        ],
    )
    def test_an_answer_that_is_no_token_cannot_be_read(self, made, answer):
        with serving(answer) as url, pytest.raises(UnreadableTimestampError):
            request_token(authority(made, url), HEAD, post)

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            pytest.param(lambda to, _: send(to, b"oh", status=500), "HTTP 500", id="HTTP 500"),
            pytest.param(
                lambda to, _: send(to, b"", status=302, location="/stamp"), "HTTP 302", id="a redirect"
            ),
            pytest.param(
                lambda to, _: send(to, bytes(MAX_ANSWER_BYTES + 1)), "longer than 65536 bytes", id="too much"
            ),
            pytest.param(lambda to, _: to.wfile.write(b"no HTTP"), "no HTTP", id="no HTTP"),
            pytest.param(lambda to, _: None, "closed connection without response", id="a hang-up"),
        ],
    )
    def test_an_answer_that_cannot_be_used_is_told_with_the_reason(self, made, answer, reason):
        with serving(answer) as url, pytest.raises(AuthorityUnreachableError, match=reason):
            request_token(authority(made, url), HEAD, post)

    @pytest.mark.parametrize("drop", [b"", b"\0"], ids=["silent", "byte by byte"])
    def test_is_not_waited_for_when_it_hangs(self, made, drop):
        let_go = threading.Event()

        def hang(to, _):
            to.send_response(200)
            to.end_headers()
            for _ in range(100):  # an end, in case that nobody hangs up
                if let_go.wait(0.05):
                    return
                to.wfile.write(drop)

        with serving(hang) as url:
            try:
                with pytest.raises(AuthorityUnreachableError, match=r"more than 0\.3 seconds"):
                    request_token(authority(made, url), HEAD, partial(post, timeout_s=0.3))
            finally:
                let_go.set()

    def test_is_told_apart_from_one_that_is_not_there(self, made):
        with serving(lambda to, _: send(to, b"")) as url:
            pass
        with pytest.raises(AuthorityUnreachableError, match=r"127\.0\.0\.1 gave no answer"):
            request_token(authority(made, url), HEAD, post)

    def test_a_key_in_its_address_is_in_no_sentence(self):
        with serving(lambda to, _: send(to, b"", status=403)) as url:
            keyed = url.replace("//", "//customer:hunter2@") + "?key=hunter2"
            with pytest.raises(AuthorityUnreachableError) as told:
                post(keyed, b"query", "application/timestamp-query")
        assert "hunter2" not in str(told.value)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "example.org",
        "https://",
        "https://[",
        "https://exämple.org",
    ],
)
def test_an_authority_has_an_address_of_the_web(made, url):
    with pytest.raises(BadAuthorityError):
        authority(made, url)


def tst_info(made, token) -> bytes:
    """What the token's signature is over: data, time and nonce."""
    made.folder.joinpath("whole").write_bytes(token)
    made.openssl("ts", "-reply", "-in", "whole", "-token_out", "-out", "bare.cms")
    made.openssl("cms", "-verify", "-noverify", "-inform", "DER", "-in", "bare.cms", "-out", "tst")
    return made.folder.joinpath("tst").read_bytes()


def signed_again(by, content, *more) -> bytes:
    """A granted answer with this content, signed by another: `openssl ts` only signs what it wrote itself."""
    by.folder.joinpath("tst").write_bytes(content)
    by.openssl(
        *(
            "cms",
            "-sign",
            "-binary",
            "-nodetach",
            "-outform",
            "DER",
            "-in",
            "tst",
            "-out",
            "cms",
            "-nosmimecap",
        ),
        *("-econtent_type", "id-smime-ct-TSTInfo", "-signer", "signer.pem", "-inkey", "signer.key", *more),
    )
    cms = by.folder.joinpath("cms").read_bytes()
    granted = b"\x30\x03\x02\x01\x00"
    return b"\x30\x82" + (len(granted) + len(cms)).to_bytes(2, "big") + granted + cms
