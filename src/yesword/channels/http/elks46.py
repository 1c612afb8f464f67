"""46elks: its SMS API (a1), and its calls, which it does not sign.

A call is believed for two things that only 46elks was told: the random word in the address, and the name and password
in front of it. Nothing proves its body or its time; a call that somebody repeats finds everything stored. 46elks has no
idempotency key, so a request without an answer leaves the text unknown, and no codes: it refuses in a sentence.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from yesword.channels.errors import CarrierError
from yesword.channels.http import numbers, proving
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
    usual,
)
from yesword.channels.ports import DeliveryReport, HandOver, InboundText, Outcome, ReportState

_BASE: Final = "https://api.46elks.com"

# By the beginning of its sentence, in small letters; what is not here is OTHER.
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
class Elks46:
    setup: Setup

    @property
    def origin(self) -> str:
        return self._settings.base_url or _BASE

    @property
    def repeats_safely(self) -> bool:
        return False

    @property
    def carries_media(self) -> bool:
        return False

    @property
    def _settings(self) -> Elks46Settings:
        settings: Elks46Settings = self.setup.settings
        return settings

    def request(self, handover: HandOver) -> Request:
        fields = [("from", handover.sender), ("to", handover.number), ("message", handover.text)]
        if self.setup.callback_url:
            url = numbers.with_reference(self.setup.callback_url, handover.message_id)
            fields.append(("whendelivered", self._with_password(url)))
        return Request(
            method="POST",
            url=self._url("/sms"),
            headers=self._headers() | {"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(fields).encode(),
        )

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        if reply.status == 200:
            return accepted(handover, json.loads(reply.body)["id"])
        code = _code(reply.body)
        is_told = bool(code) and reply.status in (400, 403)
        if not is_told and (found := usual(handover, reply)) is not None:
            return found
        return refused(handover, code or str(reply.status), ERRORS)  # its sentence may quote the number

    def verify(self, call: Call) -> None:
        """https://46elks.com/docs/sms-delivery-reports: the name and the password of the address that it calls."""
        password = self.setup.secrets.get("callback_password", "")
        proving.check_basic(self._settings.callback_user, password, call.headers.get("authorization", ""))

    def read(self, call: Call) -> Taken:
        fields = dict(parse_qsl(call.body.decode("utf-8"), keep_blank_values=True))
        # What we answered would be texted to the person; so both answers are empty.
        if fields.get("direction") == "incoming":
            return Taken(items=(self._text(fields),))
        report = self._report(fields, call)
        return Taken(items=() if report is None else (report,))

    def trial(self) -> Request | None:
        """The account itself: reading it changes nothing, and needs the right name and password."""
        return Request(method="GET", url=self._url("/me"), headers=self._headers())

    def _text(self, fields: Mapping[str, str]) -> InboundText:
        return InboundText(
            account=self.setup.account,
            provider_id=fields["id"],
            sender_number=fields["from"],
            to_address=fields["to"],
            text=fields["message"],
            received_at=_moment(fields["created"]),
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
            at=_moment(delivered) if delivered else call.at,
        )

    def _with_password(self, url: str) -> str:
        parts = urlsplit(url)
        password = quote(self.setup.secrets["callback_password"], safe="")
        return parts._replace(netloc=f"{self._settings.callback_user}:{password}@{parts.netloc}").geturl()

    def _url(self, rest: str) -> str:
        return f"{self.origin.rstrip('/')}/a1{rest}"

    def _headers(self) -> dict[str, str]:
        pair = f"{self._settings.api_username}:{self.setup.secrets['api_password']}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _code(body: bytes) -> str:
    """Which of the known sentences it is; empty for another."""
    said = body[:200].decode("utf-8", "replace").strip().strip('"').lower()
    return next((known for known in ERRORS if said.startswith(known)), "")


def _moment(text: str) -> datetime:
    """It tells UTC, without saying so."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


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
