"""Vonage: its Messages API of version 1, its signed calls, its error codes.

It has no idempotency key, so a request without an answer leaves the text unknown. Each text carries our own reference,
which comes back in its reports. A call proves itself by a token that holds a digest of its body.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from yesword.channels.errors import CarrierError
from yesword.channels.http import numbers, proving, shapes
from yesword.channels.http.provider import (
    BadHttpSettingError,
    Call,
    HttpSettings,
    Kind,
    Reply,
    Request,
    Secret,
    Setup,
    Taken,
    UnprovenCallError,
    UnreadableCallError,
    accepted,
)
from yesword.channels.ports import DeliveryReport, HandOver, InboundText, Outcome, ReportState

# https://developer.vonage.com/en/api-errors/messages; what is not here is OTHER.
ERRORS: Final[Mapping[str, CarrierError]] = {
    "1000": CarrierError.THROTTLED,
    "1040": CarrierError.INVALID_NUMBER,
    "1050": CarrierError.OTHER,  # "barred", and nobody says by whom
    "1070": CarrierError.INSUFFICIENT_FUNDS,
    "1090": CarrierError.CONTENT,
    "1120": CarrierError.INVALID_SENDER,
    "1160": CarrierError.OTHER,  # an account on trial may text its own numbers only
    "1170": CarrierError.INVALID_NUMBER,
    "1180": CarrierError.TEMPORARY,
    "1190": CarrierError.DEACTIVATED,
    "1210": CarrierError.FILTERED,
    "1220": CarrierError.TEMPORARY,
    "1230": CarrierError.TEMPORARY,
    "1240": CarrierError.OPTED_OUT,
    "1241": CarrierError.TEMPORARY,  # too many to one number
    "1280": CarrierError.OTHER,  # by the carrier, for what the person's plan is, or for no reason that is told
    "1420": CarrierError.INVALID_SENDER,
    "1430": CarrierError.INVALID_NUMBER,
    "low-balance": CarrierError.INSUFFICIENT_FUNDS,
}
_OF_THE_ACCOUNT: Final = frozenset(("1060", "1080", "1140", "unauthorized", "forbidden", "account-suspended"))

_STATES: Final[Mapping[str, ReportState | None]] = {
    "submitted": None,
    "delivered": ReportState.DELIVERED,
    "read": ReportState.DELIVERED,
    "rejected": ReportState.REJECTED,
    "undeliverable": ReportState.FAILED,
}
_TOKEN_LASTS_S: Final = 900
_LONGEST_TOKEN: Final = 8192


@dataclass(frozen=True, kw_only=True, slots=True)
class VonageSettings(HttpSettings):
    application_id: str
    validity_s: int = 0  # how long a text may wait at Vonage; 0: as long as Vonage likes

    def __post_init__(self) -> None:
        is_id = self.application_id.isascii() and self.application_id.replace("-", "").isalnum()
        if not is_id:
            raise BadHttpSettingError(
                account="vonage",
                name="application_id",
                value=self.application_id,
                expected="Give the id of an application, as the dashboard shows it.",
            )
        if self.validity_s and not 20 <= self.validity_s <= 604_800:
            raise BadHttpSettingError(
                account="vonage",
                name="validity_s",
                value=self.validity_s,
                expected="Give seconds from 20 to 604800.",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Vonage(shapes.OfAccount[VonageSettings]):
    home = "https://api.nexmo.com"

    def request(self, handover: HandOver) -> Request:
        fields: dict[str, object] = {
            "channel": "sms",
            "message_type": "text",
            "to": numbers.bare(handover.number),
            "from": numbers.bare(handover.sender),
            "text": handover.text,
            "client_ref": str(handover.message_id),
        }
        if self.setup.callback_url:
            fields |= {"webhook_url": self.setup.callback_url, "webhook_version": "v1"}
        if self.settings.validity_s:
            fields["ttl"] = self.settings.validity_s
        key = self.secrets["private_key"]
        token = _signed_token(self.settings.application_id, key, datetime.now(UTC))
        return shapes.post_json(self.at("/v1/messages"), shapes.bearer(token), fields)

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        if reply.status in (200, 202):
            return accepted(handover, json.loads(reply.body)["message_uuid"])
        return shapes.answered(handover, reply, _code(shapes.read_json(reply.body)), ERRORS, _OF_THE_ACCOUNT)

    def verify(self, call: Call) -> None:
        """https://developer.vonage.com/en/getting-started/concepts/webhooks: a token by HS256 with the account's
        signature secret. It holds when it was made, and a digest of the body.
        """
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or len(token) > _LONGEST_TOKEN:
            raise UnprovenCallError(why="it is not signed")
        signed, _, signature = token.strip().rpartition(".")
        head, _, claims = signed.partition(".")
        proving.check_hmac(
            self.secrets.get("signature_secret", ""),
            signed.encode("utf-8", "replace"),
            signature.replace("-", "+").replace("_", "/") + "=" * (-len(signature) % 4),
            is_base64=True,
        )
        said = _decoded(claims)
        if _decoded(head).get("alg") != "HS256":
            raise UnprovenCallError(why="its signature is of another kind")
        proving.check_stamp(str(said.get("iat", "")), call.at)
        digest = said.get("payload_hash", "")
        if not isinstance(digest, str) or not proving.digest_fits(
            hashlib.sha256(call.body).digest(), digest, is_base64=False
        ):
            raise UnprovenCallError(why="its body is not the one that was signed")
        # One secret signs for every application of an account.
        if said.get("application_id", self.settings.application_id) != self.settings.application_id:
            raise UnprovenCallError(why="it is of another application")

    def read(self, call: Call) -> Taken:
        fields = json.loads(call.body)
        if "status" in fields:
            return Taken.of(self._report(fields))
        if fields["channel"] not in ("sms", "mms"):
            raise UnreadableCallError(what="it is of another channel")
        return Taken.of(self._text(fields))

    def trial(self) -> Request | None:
        """There is none: an application's token reads nothing that is harmless."""
        return None

    def _text(self, fields: Mapping[str, Any]) -> InboundText:
        text = fields.get("text", "")
        media: tuple[str, ...] = ()
        kind = fields.get("message_type", "text")
        if kind != "text" and isinstance(held := fields.get(kind), dict):
            text = held.get("caption") or text
            media = (held["url"],) if held.get("url") else ()
        return InboundText(
            account=self.setup.account,
            provider_id=fields["message_uuid"],
            sender_number=numbers.full(fields["from"]),
            to_address=numbers.full(fields["to"]),
            text=text,
            received_at=shapes.moment(fields["timestamp"]),
            media=media,
        )

    def _report(self, fields: Mapping[str, Any]) -> DeliveryReport | None:
        if (state := _STATES.get(fields["status"])) is None:
            return None  # on its way, or a state that Vonage added
        code = _code(fields.get("error"))
        return DeliveryReport(
            account=self.setup.account,
            provider_id=fields["message_uuid"],
            message_id=numbers.read_reference(fields.get("client_ref")),
            state=state,
            error_code=code or None,
            at=shapes.moment(fields["timestamp"]),
            meaning=shapes.meaning_of(code, ERRORS),
        )


def _code(problem: object) -> str:
    """The end of the address that names the problem (RFC 7807), such as …/messages#1240."""
    if not isinstance(problem, dict):
        return ""
    return str(problem.get("type") or "").partition("#")[2] or _digits(problem.get("title"))


def _digits(title: object) -> str:
    return str(title) if str(title).isdecimal() else ""


def _decoded(part: str) -> dict[str, Any]:
    """One part of a token. Raises UnprovenCallError."""
    try:
        said = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise UnprovenCallError(why="its token cannot be read")
    return said


def _coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signed_token(application: str, key: str, now: datetime) -> str:
    """RS256, as Vonage wants it: made anew for each request, since its number may be used once."""
    stamp = int(now.timestamp())
    claims = {"application_id": application, "iat": stamp, "jti": str(uuid4()), "exp": stamp + _TOKEN_LASTS_S}
    parts = ({"alg": "RS256", "typ": "JWT"}, claims)
    signed = ".".join(_coded(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    return f"{signed}.{_coded(_private_key(key).sign(signed.encode(), PKCS1v15(), SHA256()))}"


@lru_cache(maxsize=16)
def _private_key(pem: str) -> RSAPrivateKey:
    """Reading it takes longer than signing. Raises ValueError."""
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA key")  # noqa: TRY004  # of a setting, not of an argument
    return key


def make(setup: Setup) -> Vonage:
    return Vonage(setup=setup)


KIND: Final = Kind(
    name="vonage",
    title="Vonage",
    settings=VonageSettings,
    secrets=(
        Secret(name="private_key", called="the application's private key, the whole file"),
        Secret(name="signature_secret", called="the account's Signature secret, which signs Vonage's calls"),
    ),
    make=make,
)
