"""CM.com: its Business Messaging API (v1.0) for texts, and its calls, which it does not sign.

A call is believed for two things that only CM.com was told: the random word in the address, and a password behind it.
Nothing proves its body or its time; a call that somebody repeats finds everything stored. CM.com gives a text no id of
its own: our reference is all that names it, in the answer and in reports. It has no idempotency key, so a request without
an answer leaves the text unknown.

Not verified against a published sample: what stands inside `from`, `to` and `message` of a text that comes in (the older
form, with plain texts, is read as well). The table of errors in reports is not used: each of its codes is OTHER.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from yesword.channels.errors import CarrierError
from yesword.channels.http import numbers, proving, shapes
from yesword.channels.http.provider import (
    Call,
    HttpSettings,
    Kind,
    Reply,
    Request,
    Secret,
    Setup,
    Taken,
    UnreadableCallError,
    accepted,
    refused,
)
from yesword.channels.ports import DeliveryReport, HandOver, InboundText, Outcome, ReportState

_MOST_PARTS: Final = 8

# https://developers.cm.com/messaging/docs/responses-errors-json; they come in answers. What is not here is OTHER.
ERRORS: Final[Mapping[str, CarrierError]] = {
    "102": CarrierError.INSUFFICIENT_FUNDS,
    "301": CarrierError.INVALID_SENDER,
    "302": CarrierError.INVALID_NUMBER,
    "303": CarrierError.INVALID_NUMBER,
    "304": CarrierError.CONTENT,
    "305": CarrierError.OTHER,  # a field of the request
    "401": CarrierError.FILTERED,
    "402": CarrierError.OTHER,  # "blacklisted", and nobody says by whom
    "403": CarrierError.OTHER,
    "500": CarrierError.OTHER,
    "999": CarrierError.OTHER,
}
_OF_THE_ACCOUNT: Final = frozenset(("101", "103"))
_ACCEPTED: Final = "accepted"

# https://developers.cm.com/messaging/docs/incoming-status-report
_STATES: Final[Mapping[str, ReportState | None]] = {
    "0": None,  # the carrier has it
    "1": ReportState.REJECTED,
    "2": ReportState.DELIVERED,
    "3": ReportState.FAILED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CmSettings(HttpSettings):
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class Cm(shapes.OfAccount[CmSettings]):
    home = "https://gw.messaging.cm.com"

    def request(self, handover: HandOver) -> Request:
        text = {
            "from": _with_zeros(handover.sender),
            "to": [{"number": _with_zeros(handover.number)}],
            "body": {"type": "auto", "content": handover.text},
            "allowedChannels": ["SMS"],
            "minimumNumberOfMessageParts": 1,
            "maximumNumberOfMessageParts": _MOST_PARTS,
            "reference": str(handover.message_id),
        }
        headers = {"X-CM-PRODUCTTOKEN": self.secrets["product_token"]}
        return shapes.post_json(self.at("/v1.0/message"), headers, {"messages": {"msg": [text]}})

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        said = shapes.read_json(reply.body)
        if reply.status == 200:
            told = json.loads(reply.body)["messages"][0]
            if str(told["status"]).lower() == _ACCEPTED:
                return accepted(handover, str(told.get("reference") or handover.message_id))
            return refused(handover, _code(said), ERRORS)
        return shapes.answered(handover, reply, _code(said), ERRORS, _OF_THE_ACCOUNT)

    def verify(self, call: Call) -> None:
        """Nothing is signed: the password behind the address."""
        proving.check_key(self.secrets.get("callback_password", ""), call.query)

    def read(self, call: Call) -> Taken:
        said = json.loads(call.body)
        if "messages" not in said:
            return Taken.of(self._text(said))
        told = said["messages"]["msg"]
        return Taken.of_each(
            told if isinstance(told, list) else [told], lambda each: self._report(each, call)
        )

    def trial(self) -> Request | None:
        """There is none: a product token reads nothing that is harmless."""
        return None

    def _text(self, fields: Mapping[str, Any]) -> InboundText:
        if str(fields.get("channel") or "SMS").upper() != "SMS":
            raise UnreadableCallError(what="it is of another channel")
        sender, to = _address(fields["from"]), _address(fields["to"])
        said = fields["message"] if "message" in fields else fields["body"]
        text = (said.get("text") or "") if isinstance(said, dict) else said
        if not isinstance(text, str):
            raise UnreadableCallError(what="there is no text")
        at = fields["timeUtc"]
        return InboundText(
            account=self.setup.account,
            provider_id=shapes.made_id(sender, to, at, text),  # it tells none
            sender_number=sender,
            to_address=to,
            text=text,
            received_at=shapes.moment(at),  # in UTC, without saying so
        )

    def _report(self, fields: Mapping[str, Any], call: Call) -> DeliveryReport | None:
        status, reference = fields["status"], fields["reference"]
        state = _STATES.get(str(status["code"]))
        if state is None or not reference:
            return None  # on its way, a state that CM.com added, or a text of somebody else
        code = "" if state is ReportState.DELIVERED else str(status.get("errorCode") or "")
        return DeliveryReport(
            account=self.setup.account,
            provider_id=reference,
            message_id=numbers.read_reference(reference),
            state=state,
            error_code=code or None,
            at=call.at,  # the time that it tells does not say of which zone it is
            meaning=shapes.meaning_of(code, {}),
        )


def _with_zeros(address: str) -> str:
    """A number as CM.com writes it; a name or a short code as it is."""
    return f"00{address[1:]}" if address.startswith("+") else address


def _address(told: object) -> str:
    address = told["number"] if isinstance(told, dict) else told
    if not isinstance(address, str):
        raise UnreadableCallError(what="there is no number")
    return address if address.startswith("+") else numbers.full(address)


def _code(said: object) -> str:
    """Of the text itself, where something is told of it; else of the whole request."""
    if not isinstance(said, dict):
        return ""
    texts = said.get("messages")
    first = texts[0] if isinstance(texts, list) and texts else None
    own = first.get("messageErrorCode") if isinstance(first, dict) else None
    return str(own or said.get("errorCode") or "")


def make(setup: Setup) -> Cm:
    return Cm(setup=setup)


KIND: Final = Kind(
    name="cm",
    title="CM.com",
    settings=CmSettings,
    secrets=(
        Secret(name="product_token", called="the product token, of the app Channels"),
        Secret(name="callback_password", called="a password of your own, that CM.com calls with"),
    ),
    make=make,
)
