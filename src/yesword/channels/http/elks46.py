"""46elks: its SMS API (a1), and its calls, which it does not sign.

A call is believed for two things that only 46elks was told: the random word in the address, and the name and password
in front of it. Nothing proves its body or its time; a call that somebody repeats finds everything stored. 46elks has no
idempotency key, so a request without an answer leaves the text unknown, and no codes: it refuses in a sentence.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
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

# By the beginning of its sentence, in small letters, as a public client of the API has them; what is not here is OTHER.
ERRORS: Final[Mapping[str, CarrierError]] = {
    "not enough credits": CarrierError.INSUFFICIENT_FUNDS,
    "invalid to number": CarrierError.INVALID_NUMBER,
    "invalid from": CarrierError.INVALID_SENDER,
}

_STATES: Final[Mapping[str, ReportState | None]] = {
    "created": None,
    "sent": None,
    "delivered": ReportState.DELIVERED,
    "failed": ReportState.FAILED,
}
_INCOMING: Final = "incoming"
_PAGE: Final = "100"  # of the list of texts


@dataclass(frozen=True, kw_only=True, slots=True)
class Elks46Settings(HttpSettings):
    api_username: str
    callback_user: str = "46elks"  # the name that 46elks calls with

    def __post_init__(self) -> None:
        for name in ("api_username", "callback_user"):
            value = getattr(self, name)
            if not (value.isascii() and value.isalnum()):
                raise BadHttpSettingError(
                    account="46elks", name=name, value=value, expected="Give letters and digits."
                )


@dataclass(frozen=True, kw_only=True, slots=True)
class Elks46(shapes.OfAccount[Elks46Settings]):
    home = "https://api.46elks.com"

    def request(self, handover: HandOver) -> Request:
        fields = [("from", handover.sender), ("to", handover.number), ("message", handover.text)]
        if self.setup.callback_url:
            url = numbers.with_reference(self.setup.callback_url, handover.message_id)
            password = self.secrets["callback_password"]
            url = shapes.with_password(url, self.settings.callback_user, password)
            fields.append(("whendelivered", url))
        return shapes.post_form(self.at("/a1/sms"), self._headers(), fields)

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        if reply.status == 200:
            return accepted(handover, json.loads(reply.body)["id"])
        return shapes.answered(handover, reply, _code(reply.body), ERRORS)

    def verify(self, call: Call) -> None:
        """https://46elks.com/docs/sms-delivery-reports: the name and the password of the address that it calls."""
        password = self.secrets.get("callback_password", "")
        proving.check_basic(self.settings.callback_user, password, call.headers.get("authorization", ""))

    def read(self, call: Call) -> Taken:
        fields = shapes.read_form(call.body)
        # What we answered would be texted to the person; so both answers are empty.
        if fields.get("direction") == _INCOMING:
            return Taken.of(self._text(fields))
        return Taken.of(self._report(fields, call))

    def trial(self) -> Request | None:
        """The account itself: reading it changes nothing, and needs the right name and password."""
        return shapes.get(self.at("/a1/me"), self._headers())

    def list_since(self, since: datetime) -> Request:
        """https://46elks.com/docs/sms-history: the newest first, from `start` back to `end`, which is our beginning."""
        return self._list(since, {})

    def listed(self, reply: Reply, since: datetime) -> Page:
        said = json.loads(reply.body)
        following = said.get("next")
        return Page(
            items=tuple(self._text(each) for each in said["data"] if each["direction"] == _INCOMING),
            following=self._list(since, {"start": str(following)}) if following else None,
        )

    def _list(self, since: datetime, more: Mapping[str, str]) -> Request:
        end = since.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        asked = urlencode({"end": end, "limit": _PAGE, **more})
        return shapes.get(self.at(f"/a1/sms?{asked}"), self._headers())

    def _text(self, fields: Mapping[str, str]) -> InboundText:
        return InboundText(
            account=self.setup.account,
            provider_id=fields["id"],
            sender_number=fields["from"],
            to_address=numbers.full(fields["to"]),
            text=fields["message"],
            received_at=shapes.moment(fields["created"]),  # in UTC, without saying so
        )

    def _report(self, fields: Mapping[str, str], call: Call) -> DeliveryReport | None:
        if (state := _STATES.get(fields["status"])) is None:
            return None  # on its way, or a state that 46elks added
        delivered = fields.get("delivered")
        return DeliveryReport(
            account=self.setup.account,
            provider_id=fields["id"],
            message_id=numbers.reference_in(call.query),
            state=state,
            at=shapes.moment(delivered) if delivered else call.at,
        )

    def _headers(self) -> dict[str, str]:
        return shapes.basic(self.settings.api_username, self.secrets["api_password"])


def _code(body: bytes) -> str:
    """Which of the known sentences it is; empty for another."""
    said = body[:200].decode("utf-8", "replace").strip().strip('"').lower()
    return next((known for known in ERRORS if said.startswith(known)), "")


def make(setup: Setup) -> Elks46:
    return Elks46(setup=setup)


KIND: Final = Kind(
    name="46elks",
    title="46elks",
    settings=Elks46Settings,
    secrets=(
        Secret(name="api_password", called="the API password"),
        Secret(name="callback_password", called="a password of your own, that 46elks calls with"),
    ),
    make=make,
)
