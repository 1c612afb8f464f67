"""How calls prove who sent them, as several providers do it. Every comparison takes the same time whatever it finds."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.channels.http.provider import StaleCallError, UnprovenCallError

TOLERANCE: Final = timedelta(minutes=5)
_LONGEST: Final = 4096


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


def check_stamp(seconds: str, at: datetime, tolerance: timedelta = TOLERANCE) -> None:
    """A time in seconds since 1970, near ours. Raises UnprovenCallError or StaleCallError."""
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= 11):
        raise UnprovenCallError(why="its time cannot be read")
    if abs(at - datetime.fromtimestamp(int(seconds), UTC)) > tolerance:
        raise StaleCallError
