"""inMobile (Denmark): its REST API of version 4, its calls, which it does not sign, its error codes.

A call is believed for two things that only inMobile was told: the random word in the address, and a password of our own
behind it. It stands in the query, since nobody says that inMobile signs in where an address has a name in front. Nothing
proves a call's body or its time; a call that somebody repeats finds everything stored.

inMobile takes an id of ours for a text and takes it once, but does not say with which answer it refuses it the second
time; so none is sent, and a request without an answer leaves the text unknown. The address that we give for reports
carries our own reference; reports for different addresses come in different calls.

Not verified: how a text that comes in is brought. Documented is the record of such a text in the list that inMobile
hands out, and that it can be brought instead. This record is read, alone or in that list; anything else is refused, so
that it shows. The record has no id, so one is made of what it says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

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
    UnreadableCallError,
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

_INVALID: Final = "-3"

# https://api.inmobile.com/swagger/v1/swagger.json, ErrorCode; they come in reports. What is not here is OTHER: among
# that -2 ("blacklisted by operator", and nobody says why), and what is about charged texts.
ERRORS: Final[Mapping[str, CarrierError]] = {
    _INVALID: CarrierError.INVALID_NUMBER,
    "-5": CarrierError.TEMPORARY,
    "-14": CarrierError.INVALID_SENDER,
    "-22": CarrierError.TEMPORARY,
    "-23": CarrierError.TEMPORARY,
    "-100": CarrierError.TEMPORARY,
    # The account's own list, which people get onto when they unsubscribe. Its owner may put others there, too, who are
    # then not to be texted either.
    "-105": CarrierError.OPTED_OUT,
    "-201": CarrierError.FILTERED,
}
_TOO_LATE: Final = frozenset(("-5", "-22"))

_STATES: Final[Mapping[int, ReportState]] = {
    1: ReportState.DELIVERED,
    0: ReportState.UNKNOWN,
    -1: ReportState.FAILED,
    -2: ReportState.REJECTED,  # cancelled
}
_SHORTEST_S: Final = 60
_LONGEST_S: Final = 172_800


@dataclass(frozen=True, kw_only=True, slots=True)
class InMobileSettings(HttpSettings):
    validity_s: int = 0  # how long a text may wait at inMobile; 0: as long as inMobile likes

    def __post_init__(self) -> None:
        if self.validity_s and not _SHORTEST_S <= self.validity_s <= _LONGEST_S:
            raise BadHttpSettingError(
                account="inmobile",
                name="validity_s",
                value=self.validity_s,
                expected=f"Give seconds from {_SHORTEST_S} to {_LONGEST_S}.",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class InMobile(shapes.OfAccount[InMobileSettings]):
    home = "https://api.inmobile.com"

    def request(self, handover: HandOver) -> Request:
        text: dict[str, object] = {
            "to": numbers.bare(handover.number),
            "from": numbers.bare(handover.sender),
            "text": handover.text,
            "encoding": "auto",  # else letters that GSM does not have are lost
            "respectBlacklist": True,
        }
        if self.setup.callback_url:
            url = numbers.with_reference(self.setup.callback_url, handover.message_id)
            text["statusCallbackUrl"] = shapes.with_key(url, self.secrets["callback_password"])
        if self.settings.validity_s:
            text["validityPeriodInSeconds"] = self.settings.validity_s
        return shapes.post_json(self.at("/v4/sms/outgoing"), self._headers(), {"messages": [text]})

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        if reply.status == 200:
            result = json.loads(reply.body)["results"][0]
            # It has an id even so, and will never arrive.
            if result.get("numberDetails", {}).get("isValidMsisdn") is False:
                return refused(handover, _INVALID, ERRORS)
            return accepted(handover, result["messageId"])
        # 404: the account's address is wrong, whatever the text. A refusal has sentences and no code.
        return shapes.answered(handover, Reply(status=401) if reply.status == 404 else reply, "", {})

    def verify(self, call: Call) -> None:
        """Nothing is signed: the password that we wrote into the address."""
        proving.check_key(self.secrets.get("callback_password", ""), call.query)

    def read(self, call: Call) -> Taken:
        said = json.loads(call.body)
        if isinstance(said, dict):
            said = said["reports"] if "reports" in said else said.get("messages", [said])
        if not isinstance(said, list):
            raise UnreadableCallError(what="it holds no list")
        return Taken.of_each(said, lambda each: self._item(each, call))

    def trial(self) -> Request | None:
        """The first template: reading it changes nothing, and needs the right key. A report could be read only once."""
        return shapes.get(self.at("/v4/sms/templates?pageLimit=1"), self._headers())

    def list_opt_outs(self) -> Request:
        """The account's blacklist, /v4/blacklist. The list of what came in is not asked for: it tells each text only once,
        so one that is lost on the way would be lost for good.
        """
        return shapes.get(self.at("/v4/blacklist?pageLimit=250"), self._headers())

    def listed_opt_outs(self, reply: Reply) -> OptOutPage:
        said = json.loads(reply.body)
        return OptOutPage(
            items=tuple(self._opt_out(each) for each in said["entries"]),
            following=self.page_at(said["_links"]["next"], self._headers()),
        )

    def _opt_out(self, fields: Mapping[str, Any]) -> ListedOptOut:
        number, created = fields["numberInfo"], fields.get("created")
        return ListedOptOut(
            number=f"+{number['countryCode']}{number['phoneNumber']}",
            at=shapes.moment(created) if created else None,
        )

    def _item(self, fields: Mapping[str, Any], call: Call) -> InboundItem | None:
        return self._report(fields, call) if "deliveryInfo" in fields else self._text(fields)

    def _text(self, fields: Mapping[str, Any]) -> InboundText:
        sender, to = fields["from"], fields["to"]
        is_number = sender["isValidMsisdn"]
        address = numbers.full(to["msisdn"])
        return InboundText(
            account=self.setup.account,
            provider_id=shapes.made_id(
                sender["rawSource"], to["msisdn"], fields["receivedAt"], fields["text"]
            ),
            sender_number=f"+{sender['countryCode']}{sender['phoneNumber']}"
            if is_number
            else sender["rawSource"],
            # A short code is known by itself, without the country before it.
            to_address=address if address.startswith("+") else to["phoneNumber"],
            text=fields["text"] or "",
            received_at=shapes.moment(fields["receivedAt"]),
        )

    def _report(self, fields: Mapping[str, Any], call: Call) -> DeliveryReport | None:
        told = fields["deliveryInfo"]
        if (state := _STATES.get(told["stateCode"])) is None:
            return None  # a state that inMobile added
        code = "" if state is ReportState.DELIVERED else str(told.get("errorCode") or "")
        done = told.get("doneTime")
        return DeliveryReport(
            account=self.setup.account,
            provider_id=fields["messageId"],
            message_id=numbers.reference_in(call.query),
            state=ReportState.EXPIRED if code in _TOO_LATE else state,
            error_code=code or None,
            at=shapes.moment(done) if done else call.at,  # of what was not sent it tells none
            meaning=shapes.meaning_of(code, ERRORS),
        )

    def _headers(self) -> dict[str, str]:
        return shapes.basic("api", self.secrets["api_key"])  # any name will do


def make(setup: Setup) -> InMobile:
    return InMobile(setup=setup)


KIND: Final = Kind(
    name="inmobile",
    title="inMobile",
    settings=InMobileSettings,
    secrets=(
        Secret(name="api_key", called="the API key"),
        Secret(name="callback_password", called="a password of your own, that inMobile calls with"),
    ),
    make=make,
)
