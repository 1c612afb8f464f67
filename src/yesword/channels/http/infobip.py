"""Infobip: its SMS API of version 3, its calls with a name and a password, its status and error names.

It has no idempotency key, so a request without an answer leaves the text unknown. Each text carries our own reference as
its callback data, which comes back in its report. Infobip can sign its calls, too, but does not publish how; so calls
prove themselves by the password of a notification profile.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from yesword.channels.errors import CarrierError
from yesword.channels.http import numbers, proving, shapes
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
    accepted,
    refused,
)
from yesword.channels.ports import (
    DeliveryReport,
    HandOver,
    InboundItem,
    InboundText,
    ListedOptOut,
    Outcome,
    ReportState,
)

# https://www.infobip.com/docs/developer-resources/api-fundamentals/message-status-codes for what begins with REJECTED,
# …/error-code-reference for what begins with EC. What is not here is OTHER, and so is whatever says "blocklisted", since
# nobody tells who put the number on the list.
ERRORS: Final[Mapping[str, CarrierError]] = {
    "REJECTED_PREFIX_MISSING": CarrierError.INVALID_NUMBER,
    "REJECTED_SOURCE": CarrierError.NOT_REGISTERED,
    "REJECTED_NOT_ENOUGH_CREDITS": CarrierError.INSUFFICIENT_FUNDS,
    "REJECTED_SENDER": CarrierError.INVALID_SENDER,
    "REJECTED_PREPAID_PACKAGE_EXPIRED": CarrierError.INSUFFICIENT_FUNDS,
    "REJECTED_SYSTEM_ERROR": CarrierError.TEMPORARY,
    "REJECTED_MESSAGE_TOO_LONG": CarrierError.CONTENT,
    "REJECTED_DESTINATION": CarrierError.INVALID_NUMBER,
    "MISSING_TO": CarrierError.INVALID_NUMBER,
    "EC_UNKNOWN_SUBSCRIBER": CarrierError.UNKNOWN_SUBSCRIBER,
    "EC_DEACTIVATED_LIST": CarrierError.DEACTIVATED,
    "EC_CONTENT_BLOCKED": CarrierError.OPTED_OUT,  # "by user opt-out"
    "EC_SC_BLOCKED_BY_END_USER": CarrierError.OPTED_OUT,  # told to the carrier
    "EC_REJECTED_SPAM_BY_OPERATOR": CarrierError.FILTERED,
    "EC_CONTENT_BLOCKED_BY_OPERATOR": CarrierError.FILTERED,
    "EC_TELESERVICE_NOT_PROVISIONED": CarrierError.LANDLINE,
    "EC_DESTINATION_NOT_SMS_PROVISIONED": CarrierError.LANDLINE,
    "EC_DEST_ADDRESS_UNABLE_TO_RECEIVE_SMS": CarrierError.LANDLINE,
    "EC_INVALID_DESTINATION_ADDRESS": CarrierError.INVALID_NUMBER,
    "EC_INVALID_REQUEST_DESTINATION": CarrierError.INVALID_NUMBER,
    "EC_INVALID_SOURCE_ADDRESS": CarrierError.INVALID_SENDER,
    "EC_SOURCE_ADDRESS_IS_BLOCKED": CarrierError.INVALID_SENDER,
    "EC_BLACKLISTED_SENDERADDRESS": CarrierError.INVALID_SENDER,
    "EC_SC_BLOCKED": CarrierError.INVALID_SENDER,
    "EC_SC_EXPIRED": CarrierError.INVALID_SENDER,
    "EC_SC_NOT_PROVISIONED": CarrierError.NOT_REGISTERED,
    "EC_CAMPAIGNID_NOT_PROVISIONED": CarrierError.NOT_REGISTERED,
    "EC_CAMPAIGN_ID_REJECTED": CarrierError.NOT_REGISTERED,
    "EC_INVALID_GLOBAL_CAMPAIGN_ID": CarrierError.NOT_REGISTERED,
    "EC_TF_NUMBER_NOT_VERIFIED": CarrierError.NOT_REGISTERED,
    "EC_LIMIT_REACHED": CarrierError.THROTTLED,
    "EC_QUOTA_REACHED": CarrierError.THROTTLED,
    "EC_10DLC_LIMIT_REACHED": CarrierError.THROTTLED,
    "EC_MONTHLY_LIMIT_REACHED": CarrierError.INSUFFICIENT_FUNDS,
    "EC_MSG_TEXT_TOO_LONG": CarrierError.CONTENT,
    "EC_UNKNOWN_ALPHABET": CarrierError.CONTENT,
    "EC_ABSENT_SUBSCRIBER": CarrierError.TEMPORARY,
    "EC_ABSENT_SUBSCRIBER_SM": CarrierError.TEMPORARY,
    "EC_SUBSCRIBER_BUSY_FOR_MT_SMS": CarrierError.TEMPORARY,
    "EC_MESSAGE_WAITING_LIST_FULL": CarrierError.TEMPORARY,
    "EC_SM_DELIVERY_FAILURE": CarrierError.TEMPORARY,
    "EC_SM_DF_MEMORYCAPACITYEXCEEDED": CarrierError.TEMPORARY,
    "EC_SYSTEM_FAILURE": CarrierError.TEMPORARY,
    "EC_NO_RESPONSE": CarrierError.TEMPORARY,
    "EC_NO_RADIO_RESOURCE_AVAILABLE": CarrierError.TEMPORARY,
    "EC_RESOURCE_LIMITATION": CarrierError.TEMPORARY,
    "EC_USER_OUT_OF_CREDIT": CarrierError.TEMPORARY,
    "EC_TEMPORARY_HANDSET_FAILURE": CarrierError.TEMPORARY,
    "EC_DEST_OVERLOADED": CarrierError.TEMPORARY,
    "EC_TIME_OUT": CarrierError.TEMPORARY,
    "EC_MESSAGE_EXPIRED": CarrierError.TEMPORARY,
    "EC_MESSAGE_CANCELED": CarrierError.TEMPORARY,  # it expired before it left
    "EC_VALIDITY_EXPIRED": CarrierError.TEMPORARY,
    "EC_VP_EXPIRED": CarrierError.TEMPORARY,
}
_NO_ERROR: Final = "NO_ERROR"

# By the name of the group; the two below are not what their group says.
_STATES: Final[Mapping[str, ReportState | None]] = {
    "PENDING": None,
    "DELIVERED": ReportState.DELIVERED,
    "UNDELIVERABLE": ReportState.FAILED,
    "EXPIRED": ReportState.EXPIRED,
    "REJECTED": ReportState.REJECTED,
}
_WITH_THE_CARRIER: Final = "DELIVERED_TO_OPERATOR"
_NOBODY_KNOWS: Final = "EXPIRED_DLR_UNKNOWN"
_TAKEN: Final = ("OK", "PENDING", "DELIVERED")
_SMS: Final = "SMS"
_PAGE: Final = 1000  # of the blocklist


@dataclass(frozen=True, kw_only=True, slots=True)
class InfobipSettings(HttpSettings):
    callback_user: str = "infobip"  # the name that Infobip calls with
    validity_s: int = 0  # how long a text may wait at Infobip; 0: as long as Infobip likes

    def __post_init__(self) -> None:
        if not (self.callback_user.isascii() and self.callback_user.isalnum()):
            raise BadHttpSettingError(
                account="infobip",
                name="callback_user",
                value=self.callback_user,
                expected="Give letters and digits.",
            )
        if self.validity_s and not 30 <= self.validity_s <= 172_800:
            raise BadHttpSettingError(
                account="infobip",
                name="validity_s",
                value=self.validity_s,
                expected="Give seconds from 30 to 172800.",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Infobip(shapes.OfAccount[InfobipSettings]):
    home = "https://api.infobip.com"

    def request(self, handover: HandOver) -> Request:
        text: dict[str, object] = {
            "sender": numbers.bare(handover.sender),
            "destinations": [{"to": numbers.bare(handover.number)}],
            "content": {"text": handover.text},
        }
        # Only the address that Infobip keeps for the account has the name and the password, so no other is given.
        if self.setup.callback_url:
            text["webhooks"] = {
                "contentType": "application/json",
                "callbackData": str(handover.message_id),
            }
        else:
            text["webhooks"] = {"delivery": {"notify": False}}
        if self.settings.validity_s:
            text["options"] = {"validityPeriod": {"amount": self.settings.validity_s, "timeUnit": "SECONDS"}}
        return shapes.post_json(self.at("/sms/3/messages"), self._headers(), {"messages": [text]})

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        if reply.status == 200:
            told = json.loads(reply.body)["messages"][0]
            if told["status"]["groupName"] in _TAKEN:
                return accepted(handover, told["messageId"])
            return refused(handover, told["status"]["name"], ERRORS)
        # 404: there is no such address, whatever the text.
        code = _code(shapes.read_json(reply.body))
        return shapes.answered(handover, Reply(status=401) if reply.status == 404 else reply, code, {})

    def verify(self, call: Call) -> None:
        """https://www.infobip.com/docs/api/platform/subscriptions-api: the name and the password (BASIC) of the profile."""
        password = self.secrets.get("callback_password", "")
        proving.check_basic(self.settings.callback_user, password, call.headers.get("authorization", ""))

    def read(self, call: Call) -> Taken:
        return Taken.of_each(json.loads(call.body)["results"], lambda each: self._item(each, call))

    def trial(self) -> Request | None:
        """The last text in the log: reading it changes nothing, and needs the right key."""
        return shapes.get(self.at("/sms/3/logs?limit=1"), self._headers())

    def list_opt_outs(self) -> Request:
        """https://www.infobip.com/docs/api/platform/blocklist. The list of what came in is not asked for: it tells each
        text only once, so one that is lost on the way would be lost for good.
        """
        return self._opt_outs(0)

    def listed_opt_outs(self, reply: Reply) -> OptOutPage:
        """A record without a channel is of all of them."""
        said = json.loads(reply.body)
        page, pages = int(said["paging"]["page"]), int(said["paging"]["totalPages"])
        return OptOutPage(
            items=tuple(
                ListedOptOut(
                    number=numbers.full(each["destination"]),
                    sender=numbers.full(each.get("sender") or ""),
                    at=shapes.moment(each["createdDate"]),
                )
                for each in said["results"]
                if each.get("channel", _SMS) == _SMS
            ),
            following=self._opt_outs(page + 1) if page + 1 < pages else None,
        )

    def _opt_outs(self, page: int) -> Request:
        asked = urlencode({"page": page, "size": _PAGE})
        return shapes.get(self.at(f"/platform/1/blocklists?{asked}"), self._headers())

    def _item(self, fields: Mapping[str, Any], call: Call) -> InboundItem | None:
        return self._report(fields, call) if "status" in fields else self._text(fields)

    def _text(self, fields: Mapping[str, Any]) -> InboundText:
        return InboundText(
            account=self.setup.account,
            provider_id=fields["messageId"],
            sender_number=numbers.full(fields["from"]),
            to_address=numbers.full(fields["to"]),
            text=fields.get("text") or "",
            received_at=shapes.moment(fields["receivedAt"]),
        )

    def _report(self, fields: Mapping[str, Any], call: Call) -> DeliveryReport | None:
        status = fields["status"]
        state = _STATES.get(status["groupName"])
        if state is None or status["name"] == _WITH_THE_CARRIER:
            return None  # on its way, or a group that Infobip added
        code = "" if state is ReportState.DELIVERED else _why(fields)
        done = fields.get("doneAt")
        return DeliveryReport(
            account=self.setup.account,
            provider_id=fields["messageId"],
            message_id=numbers.read_reference(fields.get("callbackData")),
            state=ReportState.UNKNOWN if status["name"] == _NOBODY_KNOWS else state,
            error_code=code or None,
            at=shapes.moment(done) if done else call.at,
            meaning=shapes.meaning_of(code, ERRORS),
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"App {self.secrets['api_key']}"}


def _why(fields: Mapping[str, Any]) -> str:
    """The name of the error; that of the status where there is none."""
    error = fields.get("error") or {}
    name = str(error.get("name") or "")
    return name if name not in ("", _NO_ERROR) else str(fields["status"]["name"])


def _code(said: object) -> str:
    """Of the present form of a refusal, and of the older one."""
    if not isinstance(said, dict):
        return ""
    older = said.get("requestError")
    inner = older.get("serviceException") if isinstance(older, dict) else None
    if isinstance(inner, dict):
        return str(inner.get("messageId") or "")
    return str(said.get("errorCode") or "")


def make(setup: Setup) -> Infobip:
    return Infobip(setup=setup)


KIND: Final = Kind(
    name="infobip",
    title="Infobip",
    settings=InfobipSettings,
    secrets=(
        Secret(name="api_key", called="an API key"),
        Secret(name="callback_password", called="a password of your own, that Infobip calls with"),
    ),
    make=make,
)
