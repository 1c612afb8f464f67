"""What a link hands to a brand's own page: whose link it is, signed with the brand's key, for a day.

It can do what the link can: end texts. It holds no number. The brand checks it with its key, and gives it back.

    base64url(JSON) "." base64url(HMAC-SHA-256 of that base64url, under the key)
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.domain.errors import YeswordError

LASTS: Final = timedelta(days=1)
LONGEST: Final = 1000  # characters
_VERSION: Final = 1


class BadTokenError(YeswordError):
    """The token is not one of ours, has been altered, or is older than a day. Send the person to the link in their text again."""

    code = "bad_token"


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaveToken:
    brand: str  # keys, as the brand knows them
    program: str
    link: bytes  # the link's digest
    language: str
    expires_at: datetime


def write(token: LeaveToken, key: bytes) -> str:
    said = {
        "v": _VERSION,
        "brand": token.brand,
        "program": token.program,
        "link": token.link.hex(),
        "lang": token.language,
        "exp": int(token.expires_at.timestamp()),
    }
    body = _encoded(json.dumps(said, separators=(",", ":")).encode())
    return f"{body}.{_encoded(_mac(body, key))}"


def brand_of(written: str) -> str:
    """Whose key to check it with. Nothing of it is believed yet. Raises `BadTokenError`."""
    brand = _said(written.partition(".")[0]).get("brand")
    if not isinstance(brand, str):
        raise BadTokenError
    return brand


def read(written: str, key: bytes, at: datetime) -> LeaveToken:
    """Raises `BadTokenError`."""
    body, _, mac = written.partition(".")
    if not written.isascii() or not hmac.compare_digest(_encoded(_mac(body, key)), mac):
        raise BadTokenError
    said = _said(body)
    try:
        token = LeaveToken(
            brand=str(said["brand"]),
            program=str(said["program"]),
            link=bytes.fromhex(str(said["link"])),
            language=str(said["lang"]),
            expires_at=datetime.fromtimestamp(int(str(said["exp"])), UTC),
        )
    except (KeyError, ValueError, OverflowError) as error:
        raise BadTokenError from error
    if said.get("v") != _VERSION or at >= token.expires_at:
        raise BadTokenError
    return token


def _said(body: str) -> dict[str, object]:
    if len(body) > LONGEST:
        raise BadTokenError
    try:
        said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadTokenError from error
    if not isinstance(said, dict):
        raise BadTokenError
    return said


def _mac(body: str, key: bytes) -> bytes:
    return hmac.digest(key, body.encode(), hashlib.sha256)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
