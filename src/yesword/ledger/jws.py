"""Signatures on exports: JWS by Ed25519 (RFC 7515, RFC 8037), with the content inside or detached, and signed statements (JWT).

One algorithm and one type at a time, and the key is brought by whoever verifies: a key that a text names or carries
is never believed. What the statements say is in `presentation` and `head`. The log itself is signed in `checkpoint`,
maybe with the same key: a checkpoint has line ends and what is signed here has none, so neither passes for the other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeGuard

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from yesword.domain.errors import YeswordError
from yesword.domain.times import from_micros, to_micros
from yesword.ledger.checkpoint import Signer, VerifierKey, is_key_name
from yesword.ledger.entry import (
    JsonObject,
    JsonValue,
    NotCanonicalError,
    b64url,
    canonical,
    from_b64url,
    read_json,
)

_ALGORITHM: Final = "EdDSA"
_KEY_ID: Final = re.compile(r"[0-9a-f]{8}")  # the middle part of a vkey
_SECOND: Final = 1_000_000  # in microseconds
_LAST_SECOND: Final = 253_402_300_799  # the end of the year 9999, which is as far as times go


class MalformedJwsError(YeswordError):
    """The signed text cannot be read: {reason}. It should be a JWS signed with EdDSA: three parts of base64url, joined by dots."""

    code = "ledger_jws_malformed"


class OtherJwsKeyError(YeswordError):
    """The text is signed with the key {key_id}, and the key of {name} is {wanted}. It may come from another issuer, or the issuer may have a newer key."""

    code = "ledger_jws_of_other_key"


class ForgedJwsError(YeswordError):
    """The signature of {name} is false. What it covers was changed after it was signed, or forged."""

    code = "ledger_jws_forged"


class OtherIssuerError(YeswordError):
    """The statement says that it is by {issuer}, and the key belongs to {name}. Use the key of the one who issued it."""

    code = "ledger_statement_of_other_issuer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Jws:
    """A JWS, read but not verified."""

    key_id: str  # in hexadecimal; says which key to try, and proves nothing
    payload: bytes  # empty where it is detached
    signature: bytes
    header: str  # as it stands in the text, since that is what is signed


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    issuer: str
    issued_at: datetime  # to the second
    claims: JsonObject  # without iss and iat


def sign_jws(payload: bytes, *, typ: str, signer: Signer) -> str:
    """The compact form: header.payload.signature."""
    header, signature = _signed(payload, typ, signer)
    return f"{header}.{b64url(payload)}.{signature}"


def sign_detached(payload: bytes, *, typ: str, signer: Signer) -> str:
    """The form of RFC 7515 appendix F, header..signature, for content that lies beside it as a file."""
    header, signature = _signed(payload, typ, signer)
    return f"{header}..{signature}"


def sign_statement(claims: JsonObject, *, typ: str, issued_at: datetime, signer: Signer) -> str:
    """The claims in the signer's name and at that second, as a compact JWS. Raises NotCanonicalError."""
    stated = {**claims, "iss": signer.name, "iat": to_micros(issued_at) // _SECOND}
    return sign_jws(canonical(stated), typ=typ, signer=signer)


def read_jws(text: str, *, typ: str) -> Jws:
    """What the text holds, with no signature checked. Raises MalformedJwsError."""
    parts = text.split(".")
    if len(parts) != 3:
        raise MalformedJwsError(reason=f"it has {len(parts)} parts")
    try:
        header, payload, signature = map(from_b64url, parts)
    except ValueError as error:
        raise MalformedJwsError(reason="a part of it is not base64url") from error
    members = _object(header, "header")
    if members.get("alg") != _ALGORITHM:
        raise MalformedJwsError(reason=f"its algorithm is not {_ALGORITHM}")
    if members.get("typ") != typ:
        raise MalformedJwsError(reason=f'its type is not "{typ}"')
    if "crit" in members:  # names extensions that a reader has to know, and none is known here
        raise MalformedJwsError(reason="it asks for an extension")
    key_id = members.get("kid")
    if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id):
        raise MalformedJwsError(reason="it does not say with which key it is signed")
    return Jws(key_id=key_id, payload=payload, signature=signature, header=parts[0])


def verify_jws(text: str, *, typ: str, key: VerifierKey) -> bytes:
    """The content, once its signature is verified. Raises MalformedJwsError, OtherJwsKeyError, ForgedJwsError."""
    jws = read_jws(text, typ=typ)
    _verify(jws, jws.payload, key)
    return jws.payload


def verify_detached(text: str, payload: bytes, *, typ: str, key: VerifierKey) -> None:
    """That the key's holder signed this content. Raises MalformedJwsError, OtherJwsKeyError, ForgedJwsError."""
    jws = read_jws(text, typ=typ)
    if jws.payload:
        raise MalformedJwsError(reason="it brings content of its own, instead of signing what lies beside it")
    _verify(jws, payload, key)


def read_statement(text: str, *, typ: str) -> Statement:
    """What is stated, with no signature checked. Raises MalformedJwsError."""
    claims = dict(_object(read_jws(text, typ=typ).payload, "content"))
    issuer = claims.pop("iss", None)
    second = claims.pop("iat", None)
    if not isinstance(issuer, str) or not is_key_name(issuer):
        raise MalformedJwsError(reason="it does not say who issued it")
    if not is_count(second) or second > _LAST_SECOND:
        raise MalformedJwsError(reason="it does not say when it was issued")
    return Statement(issuer=issuer, issued_at=from_micros(second * _SECOND), claims=claims)


def verify_statement(text: str, *, typ: str, key: VerifierKey) -> Statement:
    """What is stated, once it is shown to be by the key's holder. Whether its time is believable is the caller's to judge.

    Raises MalformedJwsError, OtherJwsKeyError, ForgedJwsError, OtherIssuerError.
    """
    verify_jws(text, typ=typ, key=key)
    statement = read_statement(text, typ=typ)
    if statement.issuer != key.name:
        raise OtherIssuerError(issuer=statement.issuer, name=key.name)
    return statement


def is_count(value: JsonValue) -> TypeGuard[int]:
    """A whole number from zero up; `true` is none, though Python takes it for 1."""
    return type(value) is int and value >= 0


def _signed(payload: bytes, typ: str, signer: Signer) -> tuple[str, str]:
    header = b64url(canonical({"alg": _ALGORITHM, "kid": signer.verifier_key.key_id.hex(), "typ": typ}))
    return header, b64url(signer.private.sign(_signing_input(header, payload)))


def _verify(jws: Jws, payload: bytes, key: VerifierKey) -> None:
    wanted = key.key_id.hex()
    if jws.key_id != wanted:
        raise OtherJwsKeyError(key_id=jws.key_id, name=key.name, wanted=wanted)
    try:
        public = Ed25519PublicKey.from_public_bytes(key.public)
        public.verify(jws.signature, _signing_input(jws.header, payload))
    except (InvalidSignature, ValueError) as error:
        raise ForgedJwsError(name=key.name) from error


def _signing_input(header: str, payload: bytes) -> bytes:
    return f"{header}.{b64url(payload)}".encode()


def _object(data: bytes, name: str) -> Mapping[str, JsonValue]:
    try:
        members = read_json(data.decode())
    except NotCanonicalError as error:
        raise MalformedJwsError(reason=f"its {name} is refused: {error.fields['reason']}") from error
    except ValueError as error:  # UTF-8 and JSON both raise kinds of it
        raise MalformedJwsError(reason=f"its {name} is not JSON in UTF-8") from error
    if not isinstance(members, dict):
        raise MalformedJwsError(reason=f"its {name} is not a JSON object")
    return members
