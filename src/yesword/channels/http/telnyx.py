"""Telnyx: its Messages API of version 2, its calls signed by Ed25519, its error codes.

Its library can send an idempotency key, but its documentation does not say what the key promises for texts; so none is
sent, and a request without an answer leaves the text unknown. The address that we give for reports carries our own
reference, since a report may come before the answer does.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from yesword.channels.errors import CarrierError
from yesword.channels.http import numbers, proving, shapes
from yesword.channels.http.missed import Page
from yesword.channels.http.opt_outs import OptOutPage
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
    accepted,
)
from yesword.channels.ports import DeliveryReport, HandOver, InboundText, ListedOptOut, Outcome, ReportState

_STOPPED: Final = "40300"
_PAGE: Final = 250  # of each of its lists
_RECEIVED: Final = "message.received"

# https://developers.telnyx.com/docs/messaging/messages/error-codes; what is not here is OTHER.
ERRORS: Final[Mapping[str, CarrierError]] = {
    "10002": CarrierError.INVALID_NUMBER,
    "10011": CarrierError.THROTTLED,
    "10016": CarrierError.INVALID_NUMBER,
    "20100": CarrierError.INSUFFICIENT_FUNDS,
    "40001": CarrierError.LANDLINE,
    "40002": CarrierError.FILTERED,
    "40003": CarrierError.FILTERED,
    "40004": CarrierError.OTHER,
    "40005": CarrierError.TEMPORARY,
    "40006": CarrierError.TEMPORARY,
    "40008": CarrierError.OTHER,
    "40009": CarrierError.CONTENT,
    "40010": CarrierError.NOT_REGISTERED,
    "40011": CarrierError.THROTTLED,
    "40012": CarrierError.INVALID_NUMBER,
    "40013": CarrierError.INVALID_SENDER,
    "40014": CarrierError.TEMPORARY,
    "40015": CarrierError.FILTERED,
    "40016": CarrierError.THROTTLED,  # a carrier's limit for a day
    "40017": CarrierError.FILTERED,
    "40018": CarrierError.THROTTLED,
    "40100": CarrierError.INVALID_SENDER,
    "40150": CarrierError.INVALID_SENDER,
    "40151": CarrierError.INVALID_SENDER,
    _STOPPED: CarrierError.OPTED_OUT,
    "40301": CarrierError.CONTENT,
    "40302": CarrierError.CONTENT,
    "40304": CarrierError.CONTENT,
    "40305": CarrierError.INVALID_SENDER,
    "40306": CarrierError.INVALID_SENDER,
    "40308": CarrierError.INVALID_SENDER,
    "40309": CarrierError.OTHER,  # the account may not text that country
    "40310": CarrierError.INVALID_NUMBER,
    "40315": CarrierError.INVALID_SENDER,
    "40316": CarrierError.CONTENT,
    "40317": CarrierError.CONTENT,
    "40318": CarrierError.THROTTLED,  # the queue is full: nothing was taken
    "40319": CarrierError.CONTENT,
    "40320": CarrierError.INVALID_SENDER,
    "40321": CarrierError.INVALID_SENDER,
    "40322": CarrierError.FILTERED,
    "40328": CarrierError.CONTENT,
    "40329": CarrierError.NOT_REGISTERED,
}
# The key, the profile or the account is not in order: no text of this account would be taken.
_OF_THE_ACCOUNT: Final = frozenset(("10009", "10010", "40311", "40312", "40313", "40314"))

_STATES: Final[Mapping[str, ReportState | None]] = {
    "queued": None,
    "sending": None,
    "sent": None,
    "delivered": ReportState.DELIVERED,
    "read": ReportState.DELIVERED,
    "sending_failed": ReportState.REJECTED,
    "delivery_failed": ReportState.FAILED,
    "expired": ReportState.EXPIRED,
    "delivery_unconfirmed": ReportState.UNKNOWN,
}
_KEY_BYTES: Final = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class TelnyxSettings(HttpSettings):
    public_key: str  # which Telnyx signs its calls with; no secret
    messaging_profile: str = ""  # for names as senders, which belong to no profile by themselves

    def __post_init__(self) -> None:
        try:
            is_key = len(base64.b64decode(self.public_key, validate=True)) == _KEY_BYTES
        except (binascii.Error, ValueError):
            is_key = False
        if not is_key:
            raise BadHttpSettingError(
                account="telnyx",
                name="public_key",
                value=self.public_key,
                expected="Give the public key that the portal shows under Keys & Credentials.",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Telnyx(shapes.OfAccount[TelnyxSettings]):
    home = "https://api.telnyx.com"
    carries_media = True

    def request(self, handover: HandOver) -> Request:
        fields: dict[str, object] = {
            "from": handover.sender,
            "to": handover.number,
            "text": handover.text,
        }
        if handover.media:
            fields["media_urls"] = list(handover.media)
        if self.settings.messaging_profile:
            fields["messaging_profile_id"] = self.settings.messaging_profile
        if self.setup.callback_url:
            fields["webhook_url"] = numbers.with_reference(self.setup.callback_url, handover.message_id)
        return shapes.post_json(self.at("/v2/messages"), self._headers(), fields)

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        if reply.status in (200, 201, 202):
            return accepted(handover, json.loads(reply.body)["data"]["id"])
        # A block by the person may come with a 403, which says something else where no code stands beside it.
        problem = _problem(shapes.read_json(reply.body))
        code = str(problem.get("code", ""))
        meanings = {**ERRORS, _STOPPED: _meaning(problem)}
        return shapes.answered(handover, reply, code, meanings, _OF_THE_ACCOUNT)

    def verify(self, call: Call) -> None:
        """https://developers.telnyx.com/development/api-fundamentals/webhooks: Ed25519 over time, bar and body."""
        stamp = call.headers.get("telnyx-timestamp", "")
        given = call.headers.get("telnyx-signature-ed25519", "")
        if not given:
            raise UnprovenCallError(why="it is not signed")
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.settings.public_key))
        try:
            signature = base64.b64decode(given[:200], validate=True)
            key.verify(signature, stamp.encode("utf-8", "replace") + b"|" + call.body)
        except (InvalidSignature, binascii.Error, ValueError):
            raise UnprovenCallError(why="its signature does not fit") from None
        proving.check_stamp(stamp, call.at)

    def read(self, call: Call) -> Taken:
        event = json.loads(call.body)["data"]
        kind = event["event_type"]
        if kind == _RECEIVED:
            return Taken.of(self._text(event["payload"]))
        if kind == "message.finalized":
            return Taken.of(self._report(event, call))
        return Taken()  # on its way, or an event that is not about a text

    def trial(self) -> Request | None:
        """The list of messaging profiles: reading it changes nothing, and needs the right key."""
        return shapes.get(self.at("/v2/messaging_profiles"), self._headers())

    def list_since(self, since: datetime) -> Request:
        """https://developers.telnyx.com/api-reference/webhooks/list-webhook-deliveries: what Telnyx called about, whether
        anybody took it or not. It has no list of the texts themselves.
        """
        return self._calls(since, 1)

    def listed(self, reply: Reply, since: datetime) -> Page:
        said = json.loads(reply.body)
        page, pages = int(said["meta"]["page_number"]), int(said["meta"]["total_pages"])
        return Page(
            items=tuple(self._text(each["webhook"]["payload"]) for each in said["data"]),
            following=self._calls(since, page + 1) if page < pages else None,
        )

    def _calls(self, since: datetime, page: int) -> Request:
        asked = {
            "filter[event_type]": _RECEIVED,
            "filter[started_at][gte]": shapes.stamp(since),
            "page[number]": page,
            "page[size]": _PAGE,
        }
        return shapes.get(self.at(f"/v2/webhook_deliveries?{urlencode(asked)}"), self._headers())

    def list_opt_outs(self) -> Request:
        """https://developers.telnyx.com/api-reference/opt-out-management/list-opt-outs, page by page."""
        return self._opt_outs(1)

    def listed_opt_outs(self, reply: Reply) -> OptOutPage:
        said = json.loads(reply.body)
        page, pages = int(said["meta"]["page_number"]), int(said["meta"]["total_pages"])
        return OptOutPage(
            items=tuple(
                ListedOptOut(
                    number=each["to"], sender=each.get("from") or "", at=shapes.moment(each["created_at"])
                )
                for each in said["data"]
            ),
            following=self._opt_outs(page + 1) if page < pages else None,
        )

    def _opt_outs(self, page: int) -> Request:
        query = urlencode({"page[number]": page, "page[size]": _PAGE, "redaction_enabled": "false"})
        return shapes.get(self.at(f"/v2/messaging_optouts?{query}"), self._headers())

    def _text(self, payload: Mapping[str, Any]) -> InboundText:
        return InboundText(
            account=self.setup.account,
            provider_id=payload["id"],
            sender_number=payload["from"]["phone_number"],
            to_address=payload["to"][0]["phone_number"],
            text=payload.get("text") or "",
            received_at=shapes.moment(payload["received_at"]),
            media=tuple(each["url"] for each in payload.get("media") or () if each.get("url")),
        )

    def _report(self, event: Mapping[str, Any], call: Call) -> DeliveryReport | None:
        payload = event["payload"]
        if (state := _STATES.get(payload["to"][0]["status"])) is None:
            return None
        problem = _problem(payload)
        code = str(problem.get("code", ""))
        return DeliveryReport(
            account=self.setup.account,
            provider_id=payload["id"],
            message_id=numbers.reference_in(call.query),
            state=state,
            error_code=code or None,
            at=shapes.moment(payload.get("completed_at") or event["occurred_at"]),
            meaning=_meaning(problem) if code else None,
        )

    def _headers(self) -> dict[str, str]:
        return shapes.bearer(self.secrets["api_key"])


def _problem(said: object) -> dict[str, Any]:
    """The first of the errors; nothing where there is none."""
    errors = said.get("errors") if isinstance(said, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return first if isinstance(first, dict) else {}


def _meaning(problem: Mapping[str, Any]) -> CarrierError:
    """Some carriers' refusals come under the code of a stop, too; then their title says something else."""
    code, title = str(problem.get("code", "")), str(problem.get("title") or "")
    if code == _STOPPED and title and "stop" not in title.lower():
        return CarrierError.OTHER
    return ERRORS.get(code, CarrierError.OTHER)


def make(setup: Setup) -> Telnyx:
    return Telnyx(setup=setup)


KIND: Final = Kind(
    name="telnyx",
    title="Telnyx",
    settings=TelnyxSettings,
    secrets=(Secret(name="api_key", called="an API key (v2), KEY…"),),
    make=make,
)
