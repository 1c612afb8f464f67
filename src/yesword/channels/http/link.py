"""LINK Mobility: the SMS REST API of its platform "Common" (not those of its other platforms), its calls, its codes.

LINK calls the addresses that its support has set up for an account, which it names gates: with a name and a password,
and unsigned. Nothing proves a call's body or its time; a call that somebody repeats finds everything stored. The format
of a gate has to be JSON.

It has no idempotency key, so a request without an answer leaves the text unknown. Each text carries our own reference,
which comes back in its report. Of a long text each part is reported by itself; the first that ends says what became of it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

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
    accepted,
    refused,
)
from yesword.channels.ports import DeliveryReport, HandOver, InboundText, Outcome, ReportState

# "SMS REST API, MT and Delivery Reports", https://www.linkmobility.com/developer/; what is not here is OTHER: among that
# 2105 ("blocked", and nobody says by whom), and the 22 hundreds, also "rejected by subscriber", which are about charging.
ERRORS: Final[Mapping[str, CarrierError]] = {
    "1": CarrierError.TEMPORARY,
    "3": CarrierError.THROTTLED,
    "1002": CarrierError.TEMPORARY,
    "1004": CarrierError.TEMPORARY,
    "2000": CarrierError.INVALID_SENDER,
    "2001": CarrierError.INVALID_SENDER,
    "2002": CarrierError.INVALID_SENDER,
    "2003": CarrierError.INVALID_SENDER,
    "2104": CarrierError.UNKNOWN_SUBSCRIBER,
    "2106": CarrierError.INVALID_NUMBER,
    "2107": CarrierError.TEMPORARY,
    "3000": CarrierError.CONTENT,
    "3001": CarrierError.CONTENT,
    "3002": CarrierError.CONTENT,
    "4001": CarrierError.CONTENT,
    "4003": CarrierError.CONTENT,
    "4004": CarrierError.CONTENT,
    "4005": CarrierError.CONTENT,
    "4007": CarrierError.CONTENT,
}
# The sign-in, the platform, the partner or the gate is not in order: no text of this account would be taken.
_OF_THE_ACCOUNT: Final = frozenset(("106100", "106101", "106102", "106200", "106201", "106300", "106301"))

# All codes from 2000 on say that a text did not arrive and will not.
_STATES: Final[Mapping[str, ReportState | None]] = {
    "0": ReportState.FAILED,
    "1": ReportState.FAILED,
    "2": ReportState.FAILED,
    "3": ReportState.FAILED,
    "4": ReportState.UNKNOWN,
    "5": ReportState.UNKNOWN,
    "6": ReportState.FAILED,
    "104": ReportState.FAILED,
    "105": ReportState.FAILED,
    "1000": None,
    "1001": ReportState.DELIVERED,
    "1002": ReportState.EXPIRED,
    "1003": ReportState.FAILED,
    "1004": ReportState.FAILED,
    "1005": None,
    "1006": ReportState.FAILED,
    "1007": ReportState.DELIVERED,
    "1008": None,
    "1009": ReportState.FAILED,
    "1010": ReportState.UNKNOWN,
    "1011": None,
    "1012": None,
    "1013": None,
}
_FIRST_REFUSAL: Final = 2000
_LOST: Final = (ReportState.FAILED, ReportState.EXPIRED)

_SHORT: Final = re.compile(r"[A-Z]{2}-([0-9]+)")  # a short code, with its country
_PART: Final = re.compile(r"\$[0-9]+$")


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkSettings(HttpSettings):
    username: str
    platform_id: str
    partner_id: str
    gate: str = ""  # where LINK sends reports; without one none are asked for
    callback_user: str = "link"  # the name that LINK calls with

    def __post_init__(self) -> None:
        def refuse(name: str, expected: str) -> None:
            raise BadHttpSettingError(account="link", name=name, value=getattr(self, name), expected=expected)

        for name in ("username", "platform_id", "partner_id", "callback_user"):
            value = getattr(self, name)
            if not (value and value.isascii() and value.isprintable() and ":" not in value):
                refuse(name, "Give it as LINK's support has told it.")
        if not self.base_url:
            refuse(
                "base_url", "Give the address that LINK has assigned, such as https://n-eu.linkmobility.io."
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Link(shapes.OfAccount[LinkSettings]):
    def request(self, handover: HandOver) -> Request:
        settings = self.settings
        fields: dict[str, object] = {
            "source": handover.sender,
            "sourceTON": _type_of(handover.sender),
            "destination": handover.number,
            "userData": handover.text,
            "platformId": settings.platform_id,
            "platformPartnerId": settings.partner_id,
            "refId": str(handover.message_id),
            "useDeliveryReport": bool(settings.gate),
            "ignoreResponse": False,  # else it may not tell the id
        }
        if settings.gate:
            fields["deliveryReportGates"] = [settings.gate]
        headers = shapes.basic(settings.username, self.secrets["password"])
        return shapes.post_json(self._url(), headers, fields)

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        if reply.status == 200:
            said = json.loads(reply.body)
            code = str(said["resultCode"])
            if _state(code) in _LOST:
                return refused(handover, code, ERRORS)
            return accepted(handover, said["messageId"])
        # 404: the account's address is wrong, whatever the text.
        reply_or_401 = Reply(status=401) if reply.status == 404 else reply
        return shapes.answered(
            handover, reply_or_401, _code(shapes.read_json(reply.body)), ERRORS, _OF_THE_ACCOUNT
        )

    def verify(self, call: Call) -> None:
        """The name and the password of a gate's destination: "Gate API", https://www.linkmobility.com/developer/."""
        password = self.secrets.get("callback_password", "")
        proving.check_basic(self.settings.callback_user, password, call.headers.get("authorization", ""))

    def read(self, call: Call) -> Taken:
        fields = json.loads(call.body)
        return Taken.of(self._text(fields) if "content" in fields else self._report(fields, call))

    def trial(self) -> Request | None:
        """There is none: LINK documents no request that is harmless and that every account may make."""
        return None

    def _text(self, fields: Mapping[str, Any]) -> InboundText:
        short = _SHORT.fullmatch(fields["destination"])
        return InboundText(
            account=self.setup.account,
            provider_id=fields["messageId"],
            sender_number=numbers.full(fields["source"]),
            to_address=short[1] if short else numbers.full(fields["destination"]),
            text=fields["content"]["userData"] or "",
            received_at=shapes.moment(fields["timestamp"]),
        )

    def _report(self, fields: Mapping[str, Any], call: Call) -> DeliveryReport | None:
        code = str(fields["resultCode"])
        if (state := _state(code)) is None:
            return None  # on its way, or a code that LINK added
        code = "" if state is ReportState.DELIVERED else code
        at = fields.get("timestamp")
        return DeliveryReport(
            account=self.setup.account,
            provider_id=_PART.sub("", fields["id"]),
            message_id=numbers.read_reference(fields.get("refId")),
            state=state,
            error_code=code or None,
            at=shapes.moment(at) if at else call.at,
            meaning=shapes.meaning_of(code, ERRORS),
        )

    def _url(self) -> str:
        """LINK tells the address of an account with the name of the API behind it."""
        return f"{self.origin.rstrip('/').removesuffix('/sms')}/sms/send"


def _state(code: str) -> ReportState | None:
    if code in _STATES:
        return _STATES[code]
    is_refusal = code.isascii() and code.isdecimal() and int(code) >= _FIRST_REFUSAL
    return ReportState.FAILED if is_refusal else None


def _type_of(sender: str) -> str:
    if sender.startswith("+"):
        return "MSISDN"
    return "SHORTNUMBER" if sender.isascii() and sender.isdecimal() else "ALPHANUMERIC"


def _code(said: object) -> str:
    return str(said.get("status") or "") if isinstance(said, dict) else ""


def make(setup: Setup) -> Link:
    return Link(setup=setup)


KIND: Final = Kind(
    name="link",
    title="LINK Mobility",
    settings=LinkSettings,
    secrets=(
        Secret(name="password", called="the password that LINK's support has told"),
        Secret(name="callback_password", called="a password of your own, that LINK calls with"),
    ),
    make=make,
)
