"""RFC 3161 timestamps: asking an authority for one, and checking one that was kept.

A token is the authority's whole answer (TimeStampResp, DER), as `openssl ts -verify -in` reads it. It says that these
bytes existed at that time; the authority is shown their SHA-256 only. What gets stamped, when, and where tokens
are kept is not known here.
"""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256, sha384, sha512
from http.client import HTTPException, HTTPResponse
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerifierBuilder,
    decode_timestamp_response,
)

from yesword.domain.errors import YeswordError

CONTENT_TYPE: Final = "application/timestamp-query"  # RFC 3161 section 3.4
TIMEOUT_S: Final = 15.0
MAX_ANSWER_BYTES: Final = 1 << 16  # a token with its whole chain is 2 to 7 kB

_MAX_TOLD_CHARS: Final = 200  # of an authority's own words
_DIGESTS: Final = {
    "2.16.840.1.101.3.4.2.1": sha256,
    "2.16.840.1.101.3.4.2.2": sha384,
    "2.16.840.1.101.3.4.2.3": sha512,
}

Post = Callable[[str, bytes, str], bytes]
"""Sends a body of a content type to a URL, and gives back the body of the answer."""


class BadAuthorityError(YeswordError):
    """The timestamp authority {name} cannot be used: its address is not one that begins with https:// or http://. Correct it."""

    code = "timestamp_authority_bad"


class BadRootsError(YeswordError):
    """The root certificates of the timestamp authority cannot be read. Give its certificates in PEM, with a line BEGIN CERTIFICATE, as the authority publishes them."""

    code = "timestamp_roots_unreadable"


class AuthorityUnreachableError(YeswordError):
    """The timestamp authority at {host} gave no answer that can be used: {reason}. Try again later."""

    code = "timestamp_authority_unreachable"


class NotGrantedError(YeswordError):
    """The authority did not grant the timestamp: {reason}. Ask its operator, or use another authority."""

    code = "timestamp_not_granted"


class UnreadableTimestampError(YeswordError):
    """The timestamp cannot be read: it is not the strict DER of an authority's answer with its certificate, or it is damaged. Ask again, or use another authority; if it is your own and runs on `openssl ts`, take the line `certs` out of its settings."""

    code = "timestamp_unreadable"


class OtherDataError(YeswordError):
    """The timestamp is of other data: it says nothing about this. Take the one that belongs to it."""

    code = "timestamp_of_other_data"


class OtherRequestError(YeswordError):
    """The authority answered another request than the one it was sent. Do not keep the timestamp; ask again."""

    code = "timestamp_of_other_request"


class UntrustedTimestampError(YeswordError):
    """The timestamp is not signed by the authority: it was made by another one, or changed after it was signed. Check that you have the authority's own root certificates."""

    code = "timestamp_untrusted"


class ExpiredAuthorityError(YeswordError):
    """The authority's certificate was not valid at {at}, the time that the timestamp gives. The timestamp proves nothing."""

    code = "timestamp_authority_expired"


@dataclass(frozen=True, kw_only=True, slots=True)
class Authority:
    name: str
    url: str
    roots: (
        bytes  # PEM: the certificates in which trust ends, from the authority itself and not from its answers
    )

    def __post_init__(self) -> None:
        try:
            address = urlsplit(self.url)
        except ValueError as error:
            raise BadAuthorityError(name=self.name) from error
        if address.scheme not in {"http", "https"} or not address.hostname or not self.url.isascii():
            raise BadAuthorityError(name=self.name)
        _anchors(self.roots)


def request_token(authority: Authority, data: bytes, post: Post) -> bytes:
    """A token over the data, which is not empty. It is verified before it is given back, its nonce too.

    The certificate is asked for with it, so that the token can be checked without the authority.
    Raises what `verify_token` raises, what `post` raises, and OtherRequestError.
    """
    request = (
        TimestampRequestBuilder()
        .data(data)
        .hash_algorithm(HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    token = post(authority.url, request.as_bytes(), CONTENT_TYPE)
    verify_token(token, data, authority.roots)
    if _read(token).tst_info.nonce != request.nonce:
        raise OtherRequestError
    return token


def verify_token(token: bytes, data: bytes, roots: bytes) -> datetime:
    """The time at which the data existed: aware, in UTC, whole seconds rounded down, the authority's accuracy aside.

    `roots` is PEM. Certificates have to be valid at that time, not now: a token outlives them. Whether one was
    revoked is not asked.
    """
    response = _read(token)
    anchors = _anchors(roots)
    at = _told_time(response, data)
    signer = _signer_or_error(response)
    try:
        VerifierBuilder(roots=anchors).build().verify_message(response, data)
    except Exception as error:  # as above: not all that it raises is a VerificationError
        if not (_covers(signer, at) and any(_covers(anchor, at) for anchor in anchors)):
            raise ExpiredAuthorityError(at=f"{at:%Y-%m-%d %H:%M:%S} UTC") from error
        raise UntrustedTimestampError from error
    return at


def check_roots(roots: bytes) -> None:
    """Raises BadRootsError where these are no certificates in PEM."""
    _anchors(roots)


def told_time(token: bytes, data: bytes) -> datetime:
    """The time that a token gives for the data, with no signature verified: for who does not know the authority.

    Raises NotGrantedError, UnreadableTimestampError, OtherDataError.
    """
    return _told_time(_read(token), data)


def post(url: str, body: bytes, content_type: str, *, timeout_s: float = TIMEOUT_S) -> bytes:
    """The port's one real implementation. Follows no redirects: an authority is where its address says."""
    # In errors never the whole address: some carry a customer's key.
    host = urlsplit(url).hostname or "an unknown address"
    request = Request(url, body, {"Content-Type": content_type})  # noqa: S310 - Authority lets http and https pass only
    deadline = time.monotonic() + timeout_s
    try:
        with closing(_OPENER.open(request, timeout=timeout_s)) as answer:
            return _read_capped(answer, deadline)
    except HTTPError as error:
        error.close()
        raise AuthorityUnreachableError(host=host, reason=f"its answer is HTTP {error.code}") from error
    except TimeoutError as error:
        raise AuthorityUnreachableError(
            host=host, reason=f"it took more than {timeout_s:g} seconds"
        ) from error
    except URLError as error:
        raise AuthorityUnreachableError(host=host, reason=str(error.reason)) from error
    except (OSError, HTTPException, _TooLongError) as error:
        raise AuthorityUnreachableError(host=host, reason=str(error) or type(error).__name__) from error


def _read(token: bytes) -> TimeStampResponse:
    """An answer that was granted. Nothing in it is verified yet."""
    try:
        response = decode_timestamp_response(token)
        status, told = PKIStatus(response.status), response.status_string
    except ValueError as error:
        raise UnreadableTimestampError from error
    if status is not PKIStatus.GRANTED:
        words = "".join(sign for sign in ", ".join(told) if sign.isprintable())[:_MAX_TOLD_CHARS]
        reason = status.name.lower().replace("_", " ")
        raise NotGrantedError(reason=f"{reason} ({words})" if words else reason)
    return response


def _told_time(response: TimeStampResponse, data: bytes) -> datetime:
    try:
        imprint, at = response.tst_info.message_imprint, response.tst_info.gen_time
        digest = _DIGESTS.get(imprint.hash_algorithm.dotted_string)
        is_of_data = digest is not None and imprint.message == digest(data).digest()
    except Exception as error:  # a parser meets bytes from anywhere; it has exceptions of its own
        raise UnreadableTimestampError from error
    if not is_of_data:
        raise OtherDataError
    return at


def _signer_or_error(response: TimeStampResponse) -> x509.Certificate:
    try:
        return _signer(response)
    except Exception as error:  # as above, and another parser
        raise UnreadableTimestampError from error


def _signer(response: TimeStampResponse) -> x509.Certificate:
    """The one certificate that the token says it is signed with. ValueError where there is none, or a choice.

    With a choice, the signature could be checked by one and the right to stamp times by the other.
    """
    (signer,) = response.signed_data.signer_infos
    certificates = map(x509.load_der_x509_certificate, response.signed_data.certificates)
    (found,) = (
        each
        for each in certificates
        if (each.issuer, each.serial_number) == (signer.issuer, signer.serial_number)
    )
    return found


def _anchors(roots: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(roots)
    except ValueError as error:
        raise BadRootsError from error


def _covers(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _read_capped(answer: HTTPResponse, deadline: float) -> bytes:
    body = bytearray()
    while chunk := answer.read1(MAX_ANSWER_BYTES):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise _TooLongError
        if time.monotonic() > deadline:  # the socket's own time-out starts anew with each byte
            raise TimeoutError
    return bytes(body)


class _TooLongError(Exception):
    def __str__(self) -> str:
        return f"its answer is longer than {MAX_ANSWER_BYTES} bytes"


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """None makes a redirect the error that its status is."""


_OPENER: Final = build_opener(_NoRedirects)
