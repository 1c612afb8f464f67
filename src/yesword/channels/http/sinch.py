"""Sinch: its SMS REST API (XMS), its calls with a signature or a password, its error codes.

It has no idempotency key, so a request without an answer leaves the text unknown. Each text is a batch of one, and
carries our own reference, which comes back in its report. Sinch signs its calls where its support has turned that on;
else it can call with a name and a password.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from yesword.channels.errors import CarrierError
from yesword.channels.http import numbers, proving, shapes
from yesword.channels.http.missed import Page
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
    accepted,
)
from yesword.channels.ports import DeliveryReport, HandOver, InboundText, Outcome, ReportState

REGIONS: Final = ("us", "eu", "au", "br", "ca")

# https://developers.sinch.com/docs/sms/api-reference/sms/delivery-reports/delivery-report-error-codes, and those of SMPP
# below 400; they come in reports. None says that a person opted out. What is not here is OTHER.
ERRORS: Final[Mapping[str, CarrierError]] = {
    "15": CarrierError.FILTERED,
    "60": CarrierError.NOT_REGISTERED,  # the campaign is not active
    "62": CarrierError.FILTERED,
    "64": CarrierError.THROTTLED,
    "300": CarrierError.INVALID_NUMBER,
    "310": CarrierError.INVALID_SENDER,
    "402": CarrierError.OTHER,  # no route
    "403": CarrierError.OTHER,  # an error of Sinch's own
    "404": CarrierError.TEMPORARY,
    "405": CarrierError.CONTENT,
    "406": CarrierError.TEMPORARY,  # it expired before it left
    "407": CarrierError.OTHER,  # somebody cancelled it
    "408": CarrierError.OTHER,
    "410": CarrierError.INVALID_SENDER,
    "411": CarrierError.CONTENT,
    "412": CarrierError.OTHER,  # the account may not text that country
}

_STATES: Final[Mapping[str, ReportState | None]] = {
    "queued": None,
    "dispatched": None,
    "delivered": ReportState.DELIVERED,
    "aborted": ReportState.REJECTED,
    "cancelled": ReportState.REJECTED,
    "rejected": ReportState.REJECTED,
    "deleted": ReportState.FAILED,
    "failed": ReportState.FAILED,
    "expired": ReportState.EXPIRED,
    "unknown": ReportState.UNKNOWN,
}
_REPORTS: Final = ("recipient_delivery_report_sms", "recipient_delivery_report_mms")
_TEXTS: Final = ("mo_text", "mo_media")
_SIGNATURE: Final = "x-sinch-webhook-signature"
_PAGE: Final = 100  # of the list of texts that came in


@dataclass(frozen=True, kw_only=True, slots=True)
class SinchSettings(HttpSettings):
    service_plan: str
    region: str = "us"
    callback_user: str = ""  # the name that Sinch calls with, where it does not sign

    def __post_init__(self) -> None:
        if not (self.service_plan.isascii() and self.service_plan.isalnum()):
            raise BadHttpSettingError(
                account="sinch",
                name="service_plan",
                value=self.service_plan,
                expected="Give the id of a service plan, as the dashboard shows it.",
            )
        if self.region not in REGIONS:
            raise BadHttpSettingError(
                account="sinch",
                name="region",
                value=self.region,
                expected=f"Give one of {', '.join(REGIONS)}.",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Sinch(shapes.OfAccount[SinchSettings]):
    @property
    def origin(self) -> str:
        return self.settings.base_url or f"https://{self.settings.region}.sms.api.sinch.com"

    def request(self, handover: HandOver) -> Request:
        fields: dict[str, object] = {
            "type": "mt_text",
            "from": numbers.bare(handover.sender),
            "to": [numbers.bare(handover.number)],
            "body": handover.text,
            "delivery_report": "per_recipient_final" if self.setup.callback_url else "none",
            "client_reference": str(handover.message_id),
        }
        # Only the address that Sinch keeps for the plan has the name and the password.
        if self.setup.callback_url and not self.settings.callback_user:
            fields["callback_url"] = self.setup.callback_url
        return shapes.post_json(self._url("/batches"), self._headers(), fields)

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        if reply.status in (200, 201):
            return accepted(handover, json.loads(reply.body)["id"])
        # 404: there is no such plan, whatever the text. Its code is a word about the form of the request.
        reply_or_401 = Reply(status=401) if reply.status == 404 else reply
        return shapes.answered(handover, reply_or_401, _code(shapes.read_json(reply.body)), {})

    def verify(self, call: Call) -> None:
        """https://developers.sinch.com/docs/sms/api-reference/sms/webhooks: over body, nonce and time, with points
        between. An account that names a user is called with a password instead.
        """
        secrets, user = self.secrets, self.settings.callback_user
        if user:
            proving.check_basic(
                user, secrets.get("callback_password", ""), call.headers.get("authorization", "")
            )
            return
        nonce, stamp = (call.headers.get(f"{_SIGNATURE}-{name}", "") for name in ("nonce", "timestamp"))
        signed = call.body + f".{nonce}.{stamp}".encode("utf-8", "replace")
        given = call.headers.get(_SIGNATURE, "")
        proving.check_hmac(secrets.get("webhook_secret", ""), signed, given, is_base64=True)
        proving.check_stamp(stamp, call.at)

    def read(self, call: Call) -> Taken:
        fields = json.loads(call.body)
        kind = fields["type"]
        if kind in _TEXTS:
            return Taken.of(self._text(fields))
        if kind in _REPORTS:
            return Taken.of(self._report(fields))
        return Taken()  # a summary, or a message that no person wrote

    def trial(self) -> Request | None:
        """The last batch: reading it changes nothing, and needs the right plan and token."""
        return shapes.get(self._url("/batches?page_size=1"), self._headers())

    def list_since(self, since: datetime) -> Request:
        """https://developers.sinch.com/docs/sms/api-reference/sms/tag/Inbounds: of the last 14 days, the newest first."""
        return self._list(since, 0)

    def listed(self, reply: Reply, since: datetime) -> Page:
        said = json.loads(reply.body)
        inbounds, page = said["inbounds"], int(said["page"])
        is_more = bool(inbounds) and (page + 1) * _PAGE < int(said["count"])
        return Page(
            items=tuple(self._text(each) for each in inbounds if each["type"] in _TEXTS),
            following=self._list(since, page + 1) if is_more else None,
        )

    def _list(self, since: datetime, page: int) -> Request:
        asked = urlencode({"start_date": shapes.stamp(since), "page": page, "page_size": _PAGE})
        return shapes.get(self._url(f"/inbounds?{asked}"), self._headers())

    def _text(self, fields: Mapping[str, Any]) -> InboundText:
        body = fields["body"]
        held = body if isinstance(body, dict) else {"message": body}
        return InboundText(
            account=self.setup.account,
            provider_id=fields["id"],
            sender_number=numbers.full(fields["from"]),
            to_address=numbers.full(fields["to"]),
            text=held.get("message") or "",
            received_at=shapes.moment(fields["received_at"]),
            media=tuple(each["url"] for each in held.get("media") or () if each.get("url")),
        )

    def _report(self, fields: Mapping[str, Any]) -> DeliveryReport | None:
        if (state := _STATES.get(fields["status"].lower())) is None:
            return None  # on its way, or a state that Sinch added
        code = "" if state is ReportState.DELIVERED else str(fields.get("code") or "")
        return DeliveryReport(
            account=self.setup.account,
            provider_id=fields["batch_id"],
            message_id=numbers.read_reference(fields.get("client_reference")),
            state=state,
            error_code=code or None,
            at=shapes.moment(fields["at"]),
            meaning=shapes.meaning_of(code, ERRORS),
        )

    def _url(self, rest: str) -> str:
        return self.at(f"/xms/v1/{self.settings.service_plan}{rest}")

    def _headers(self) -> dict[str, str]:
        return shapes.bearer(self.secrets["api_token"])


def _code(said: object) -> str:
    return str(said.get("code") or "") if isinstance(said, dict) else ""


def make(setup: Setup) -> Sinch:
    return Sinch(setup=setup)


KIND: Final = Kind(
    name="sinch",
    title="Sinch",
    settings=SinchSettings,
    secrets=(
        Secret(name="api_token", called="the API token of the service plan"),
        Secret(name="webhook_secret", called="the secret that Sinch signs its calls with", is_needed=False),
        Secret(name="callback_password", called="the password that Sinch calls with", is_needed=False),
    ),
    make=make,
)
