"""Who a visitor of a shop's page is, as the shop's own server says and signs: `payload.signature`, both base64url. Pure.

The payload is JSON; the signature is HMAC-SHA-256 over the payload as it is written, with a key of the collection point.
Whoever holds a token learns from it no more than whether its own person is to be asked.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from yesword.domain.errors import YeswordError

LONGEST_LIFE: Final = timedelta(hours=24)
MOST_CHARACTERS: Final = 2048
_KNOWN: Final = frozenset({"point", "expires", "mail", "number", "reads_mail"})


class BadVisitorError(YeswordError):
    """The visitor token does not count: {what}."""

    code = "bad_visitor_token"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Visitor:
    """Who is said to look at the page."""

    mail: str = ""
    number: str = ""  # with + and its country
    reads_mail: bool = False  # the shop says that it may write to them by e-mail


def sign_visitor(key: str, point: str, visitor: Visitor, expires_at: datetime) -> str:
    """What the shop's own server does; the documents show it in other languages, too."""
    values: dict[str, Any] = {"point": point, "expires": int(expires_at.timestamp())}
    values |= {"mail": visitor.mail} if visitor.mail else {}
    values |= {"number": visitor.number} if visitor.number else {}
    values |= {"reads_mail": True} if visitor.reads_mail else {}
    payload = _encoded(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode())
    return f"{payload}.{_signature(key, payload)}"


def read_visitor(word: str, keys: Iterable[str], point: str, at: datetime) -> Visitor:
    """Raises BadVisitorError. Nothing in the payload is looked at before its signature fits."""
    payload, dot, signature = word.partition(".")
    if len(word) > MOST_CHARACTERS or not dot or not word.isascii():
        raise BadVisitorError(what="it is not of the form payload.signature")
    # Each key is tried to the end, in time that tells nothing of how far it fits.
    fits = [hmac.compare_digest(signature.encode(), _signature(each, payload).encode()) for each in keys]
    if not any(fits):
        raise BadVisitorError(what="its signature does not fit")
    values = _values(payload)
    if values.get("point") != point:
        raise BadVisitorError(what="it is for another point")
    expires = values.get("expires")
    if type(expires) is not int or not 0 < expires < 1 << 40:
        raise BadVisitorError(what="it does not say when it expires")
    expires_at = datetime.fromtimestamp(expires, UTC)
    if expires_at <= at:
        raise BadVisitorError(what="it has expired")
    if expires_at - at > LONGEST_LIFE:
        raise BadVisitorError(what="it lasts for more than a day")
    mail, number, reads = (values.get(each) for each in ("mail", "number", "reads_mail"))
    return Visitor(
        mail=mail if isinstance(mail, str) else "",
        number=number if isinstance(number, str) else "",
        reads_mail=reads is True,
    )


def _values(payload: str) -> dict[str, Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        values = None
    if not isinstance(values, dict) or set(values) - _KNOWN:
        raise BadVisitorError(what="its payload is no object with the fields that are known")
    return values


def _signature(key: str, payload: str) -> str:
    return _encoded(hmac.digest(key.encode(), payload.encode(), hashlib.sha256))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
