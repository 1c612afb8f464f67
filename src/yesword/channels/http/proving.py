"""How calls prove who sent them, as several providers do it. Every comparison takes the same time whatever it finds."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from yesword.channels.http.provider import Call, StaleCallError, UnprovenCallError
from yesword.domain import standard_webhooks

TOLERANCE: Final = timedelta(minutes=5)
KEY: Final = "key"  # the field of a password that stands in an address
_LONGEST: Final = 4096
_MOST_FIELDS: Final = 100


def digest_fits(expected: bytes, given: str, *, is_base64: bool) -> bool:
    """Whether a digest, as text, is this one."""
    text = base64.b64encode(expected).decode() if is_base64 else expected.hex()
    given = given.strip() if is_base64 else given.strip().lower()
    return hmac.compare_digest(text.encode(), given[:_LONGEST].encode("utf-8", "replace"))


def check_hmac(
    secret: str, signed: bytes, given: str, *, is_base64: bool, algorithm: str = "sha256", prefix: str = ""
) -> None:
    """Raises UnprovenCallError."""
    if not secret:
        raise UnprovenCallError(why="the account has no secret for it")
    if not given:
        raise UnprovenCallError(why="it is not signed")
    expected = hmac.digest(secret.encode(), signed, getattr(hashlib, algorithm))
    fits = digest_fits(expected, given.removeprefix(prefix), is_base64=is_base64)
    if not (fits and given.startswith(prefix)):
        raise UnprovenCallError(why="its signature does not fit")


def check_word(secret: str, given: str) -> None:
    """A word that both sides know. Raises UnprovenCallError."""
    if not secret:
        raise UnprovenCallError(why="the account has no secret for it")
    if not hmac.compare_digest(secret.encode(), given[:_LONGEST].encode("utf-8", "replace")):
        raise UnprovenCallError(why="the secret does not fit")


def check_basic(user: str, password: str, header: str) -> None:
    """RFC 7617. Raises UnprovenCallError."""
    scheme, _, coded = header.partition(" ")
    try:
        given = base64.b64decode(coded.strip()[:_LONGEST], validate=True).decode("utf-8", "replace")
    except ValueError:  # no base64, or not even ASCII
        given = ""
    check_word(password, given.partition(":")[2])
    if scheme.lower() != "basic" or not hmac.compare_digest(
        user.encode(), given.partition(":")[0].encode("utf-8", "replace")
    ):
        raise UnprovenCallError(why="the name does not fit")


def check_key(password: str, query: str) -> None:
    """A password in the address, as `shapes.with_key` puts it there. Raises UnprovenCallError."""
    try:
        given = dict(parse_qsl(query, max_num_fields=_MOST_FIELDS)).get(KEY, "")
    except ValueError:  # more fields than anybody sends
        given = ""
    check_word(password, given)


def check_standard_webhook(secret: str, call: Call) -> None:
    """https://www.standardwebhooks.com. Raises UnprovenCallError or StaleCallError."""
    try:
        standard_webhooks.check(secret, call.headers, call.body, call.at)
    except standard_webhooks.StaleError:
        raise StaleCallError from None
    except standard_webhooks.BadSecretError:
        raise UnprovenCallError(why="the account has no secret for it") from None
    except (standard_webhooks.BadSignatureError, ValueError):  # such as letters that no header has
        raise UnprovenCallError(why="its signature does not fit") from None


def check_stamp(seconds: str, at: datetime, tolerance: timedelta = TOLERANCE) -> None:
    """A time in seconds since 1970, near ours. Raises UnprovenCallError or StaleCallError."""
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= 11):
        raise UnprovenCallError(why="its time cannot be read")
    if abs(at - datetime.fromtimestamp(int(seconds), UTC)) > tolerance:
        raise StaleCallError
