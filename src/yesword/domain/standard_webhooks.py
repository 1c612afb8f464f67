"""Signatures of webhooks as the Standard Webhooks specification has them (version 1, symmetric): made, and checked.

What is signed is `id.timestamp.body`, under HMAC-SHA-256; a header may hold several signatures, of which one has to fit.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.domain.errors import YeswordError

PREFIX: Final = "whsec_"
ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
TOLERANCE: Final = timedelta(minutes=5)
_BYTES: Final = 32  # of a new secret; the specification wants 24 to 64
_LEAST, _MOST = 24, 64


class BadSecretError(YeswordError):
    """The secret is not of the form whsec_…, with 24 to 64 bytes in base64 behind it. Copy it whole."""

    code = "webhook_bad_secret"


class BadSignatureError(YeswordError):
    """The signature does not fit what was sent. Check that both sides have the same secret, and that nothing between them changes the body."""

    code = "hook_bad_signature"


class StaleError(YeswordError):
    """What was sent is signed for another time, so it may be a repetition by somebody else. Check both clocks."""

    code = "hook_stale"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes behind the prefix. Raises BadSecretError."""
    try:
        key = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise BadSecretError from None
    if not _LEAST <= len(key) <= _MOST:
        raise BadSecretError
    return key


def sign(secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """The value of the signature header. Raises BadSecretError."""
    return "v1," + _digest(key_of(secret), message_id, str(int(at.timestamp())), body)


def headers(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    return {
        ID: message_id,
        TIMESTAMP: str(int(at.timestamp())),
        SIGNATURE: sign(secret, message_id, at, body),
    }


def check(secret: str, given: Mapping[str, str], body: bytes, at: datetime) -> str:
    """The id of a message that is what its sender signed, lately. Raises BadSignatureError, StaleError, BadSecretError.

    `given`: headers by their names in small letters.
    """
    message_id, stamp = given.get(ID, ""), given.get(TIMESTAMP, "")
    if not message_id or not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12:
        raise BadSignatureError
    expected = _digest(key_of(secret), message_id, stamp, body).encode()
    fits = False
    for each in given.get(SIGNATURE, "").split(" "):
        version, _, value = each.partition(",")
        # All are compared, so that the time it takes tells nothing.
        fits |= version == "v1" and hmac.compare_digest(value.encode(), expected)
    if not fits:
        raise BadSignatureError
    if abs(at - datetime.fromtimestamp(int(stamp), UTC)) > TOLERANCE:
        raise StaleError
    return message_id


def _digest(key: bytes, message_id: str, stamp: str, body: bytes) -> str:
    signed = f"{message_id}.{stamp}.".encode() + body
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
