"""How those who call us in prove that it is they: over the bytes as they came, before anything in them is read.

Every comparison takes the same time, whatever is wrong. What each provider does stands in its file of `providers`.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from yesword.domain.standard_webhooks import TOLERANCE, BadSignatureError, StaleError

Encoding = Literal["base64", "hex"]
_STAMPED: Final = re.compile(r"t=([0-9]{1,12}),s=([0-9a-f]{64})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """HMAC-SHA-256 of the body in one header, perhaps with a word before it."""

    header: str  # in small letters
    encoding: Encoding
    prefix: str = ""

    def check(self, secret: str, headers: Mapping[str, str], body: bytes) -> None:
        """Raises BadSignatureError."""
        expected = self.prefix + _told(hmac.digest(secret.encode(), body, hashlib.sha256), self.encoding)
        same(headers.get(self.header, ""), expected)

    def sign(self, secret: str, body: bytes) -> str:
        return self.prefix + _told(hmac.digest(secret.encode(), body, hashlib.sha256), self.encoding)


def same(given: str, expected: str) -> None:
    """Raises BadSignatureError."""
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise BadSignatureError


def check_stamped(secret: str, header: str, body: bytes, at: datetime) -> None:
    """`t=1633174587,s=…`, hexadecimal, of `t.body`. Raises BadSignatureError, StaleError."""
    found = _STAMPED.fullmatch(header.replace(" ", ""))
    if found is None:
        raise BadSignatureError
    same(found[2], _stamped(secret, found[1], body))
    if abs(at - datetime.fromtimestamp(int(found[1]), UTC)) > TOLERANCE:
        raise StaleError


def sign_stamped(secret: str, body: bytes, at: datetime) -> str:
    stamp = str(int(at.timestamp()))
    return f"t={stamp},s={_stamped(secret, stamp, body)}"


def _stamped(secret: str, stamp: str, body: bytes) -> str:
    return hmac.digest(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hex()


def _told(digest: bytes, encoding: Encoding) -> str:
    return base64.b64encode(digest).decode() if encoding == "base64" else digest.hex()
