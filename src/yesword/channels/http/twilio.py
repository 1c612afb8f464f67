"""Twilio: the Messages API of 2010-04-01, its calls for texts that come in and for what became of ours, its error codes.

Twilio has no idempotency key for messages, so a request without an answer leaves the text unknown. Its calls carry our
own reference in the address that we give for reports, since a report may come before the answer does.

Its signature covers the names and values of a form run together, with nothing between them, and no time. A call that
somebody repeats finds everything stored. So that the same letters cannot be cut into other fields, and pass for a new
text, these are held to a form: an account's id is ours, a message's is SM or MM with 32 figures, no name comes twice, and
nothing that comes after the words of a text holds the name From, with which somebody could put what one text says into the
mouth of another. Names that we do not know are let through, since Twilio adds some without notice.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from yesword.channels.errors import CarrierError
from yesword.channels.http import numbers, proving, shapes
from yesword.channels.http.missed import Page
from yesword.channels.http.provider import (
    Answer,
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

_VERSION: Final = "2010-04-01"
_MOST_MEDIA: Final = 10

# https://www.twilio.com/docs/api/errors
ERRORS: Final[Mapping[str, CarrierError]] = {
    "20429": CarrierError.THROTTLED,
    "14107": CarrierError.THROTTLED,
    "21211": CarrierError.INVALID_NUMBER,
    "21212": CarrierError.INVALID_SENDER,
    "21265": CarrierError.INVALID_NUMBER,
    "21408": CarrierError.OTHER,  # the account may not text that country
    "21601": CarrierError.INVALID_SENDER,
    "21602": CarrierError.CONTENT,
    "21603": CarrierError.INVALID_SENDER,
    "21604": CarrierError.INVALID_NUMBER,
    "21606": CarrierError.INVALID_SENDER,
    "21610": CarrierError.OPTED_OUT,
    "21611": CarrierError.THROTTLED,  # the sender's queue is full: nothing was taken
    "21612": CarrierError.INVALID_SENDER,
    "21614": CarrierError.LANDLINE,
    "21617": CarrierError.CONTENT,
    "21619": CarrierError.CONTENT,
    "21620": CarrierError.CONTENT,
    "21623": CarrierError.CONTENT,
    "21659": CarrierError.INVALID_SENDER,
    "21660": CarrierError.INVALID_SENDER,
    "21703": CarrierError.INVALID_SENDER,
    "21704": CarrierError.INVALID_SENDER,
    "21705": CarrierError.INVALID_SENDER,
    "30001": CarrierError.THROTTLED,
    "30002": CarrierError.OTHER,  # the account is suspended
    "30003": CarrierError.TEMPORARY,  # switched off, or out of reach
    "30004": CarrierError.OTHER,  # "blocked", by the phone, a register or the carrier: nobody says by whom
    "30005": CarrierError.UNKNOWN_SUBSCRIBER,
    "30006": CarrierError.LANDLINE,
    "30007": CarrierError.FILTERED,
    "30008": CarrierError.OTHER,  # unknown error
    "30010": CarrierError.OTHER,  # dearer than the highest price allowed
    "30017": CarrierError.TEMPORARY,
    "30018": CarrierError.INVALID_NUMBER,
    "30019": CarrierError.CONTENT,
    "30022": CarrierError.THROTTLED,
    "30023": CarrierError.THROTTLED,  # the daily cap of a registered brand
    "30024": CarrierError.INVALID_SENDER,
    "30026": CarrierError.CARRIER_VIOLATION,
    "30027": CarrierError.THROTTLED,
    "30029": CarrierError.INVALID_SENDER,
    "30032": CarrierError.NOT_REGISTERED,  # a toll-free number that is not verified
    "30033": CarrierError.NOT_REGISTERED,  # its campaign is suspended
    "30034": CarrierError.NOT_REGISTERED,  # a long code in no campaign
    "30035": CarrierError.NOT_REGISTERED,
    "30036": CarrierError.TEMPORARY,  # it expired on its way
    "30037": CarrierError.OTHER,
    "30038": CarrierError.CARRIER_VIOLATION,
    "30039": CarrierError.CARRIER_VIOLATION,
    "30044": CarrierError.CONTENT,
    "30450": CarrierError.THROTTLED,
    "30453": CarrierError.FILTERED,
    "30454": CarrierError.THROTTLED,
    "63018": CarrierError.THROTTLED,
    "90010": CarrierError.OTHER,  # the account is not active
    "90009": CarrierError.INSUFFICIENT_FUNDS,
}

_STATES: Final[Mapping[str, ReportState | None]] = {
    "accepted": None,
    "scheduled": None,
    "queued": None,
    "sending": None,
    "sent": None,  # with the next carrier, and nothing is known of the phone
    "delivered": ReportState.DELIVERED,
    "read": ReportState.DELIVERED,
    "undelivered": ReportState.FAILED,
    "failed": ReportState.FAILED,
    "canceled": ReportState.REJECTED,
}
_EXPIRED: Final = "30036"
_MESSAGE_SID: Final = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
_FROM: Final = "From"
_OF_FROM: Final = frozenset((_FROM, "FromCity", "FromCountry", "FromState", "FromZip"))
_PAGE: Final = 1000  # the most that it gives at once
_OF_THE_ACCOUNT: Final = frozenset(("20003",))
_TWIML: Final = Answer(body=b"<Response/>", content_type="text/xml")  # no answer of Twilio's own


@dataclass(frozen=True, kw_only=True, slots=True)
class TwilioSettings(HttpSettings):
    account_sid: str
    messaging_service: str = ""  # MG…; else each text goes out from its sender
    api_key: str = ""  # SK…, whose secret signs in instead of the account's token
    validity_s: int = 0  # how long it may wait at Twilio; 0: as long as Twilio likes

    def __post_init__(self) -> None:
        for name, start in (("account_sid", "AC"), ("messaging_service", "MG"), ("api_key", "SK")):
            value = getattr(self, name)
            if (value or name == "account_sid") and not (
                value.startswith(start) and value.isalnum() and value.isascii()
            ):
                raise BadHttpSettingError(
                    account="twilio",
                    name=name,
                    value=value,
                    expected=f"It begins with {start}, as the console shows it.",
                )
        if self.validity_s and not 1 <= self.validity_s <= 36_000:
            raise BadHttpSettingError(
                account="twilio",
                name="validity_s",
                value=self.validity_s,
                expected="Give seconds from 1 to 36000.",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Twilio(shapes.OfAccount[TwilioSettings]):
    home = "https://api.twilio.com"
    carries_media = True

    def request(self, handover: HandOver) -> Request:
        settings = self.settings
        fields = [("To", handover.number)]
        if settings.messaging_service:
            fields.append(("MessagingServiceSid", settings.messaging_service))
        # With a messaging service, too: it keeps to this sender of its pool.
        fields.append(("From", handover.sender))
        fields.append(("Body", handover.text))
        fields += [("MediaUrl", url) for url in handover.media[:_MOST_MEDIA]]
        if self.setup.callback_url:
            url = numbers.with_reference(self.setup.callback_url, handover.message_id)
            fields.append(("StatusCallback", url))
        if settings.validity_s:
            fields.append(("ValidityPeriod", str(settings.validity_s)))
        return shapes.post_form(self._url("/Messages.json"), self._headers(), fields)

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        if reply.status in (200, 201):
            return accepted(handover, json.loads(reply.body)["sid"])
        return shapes.answered(handover, reply, _code(shapes.read_json(reply.body)), ERRORS, _OF_THE_ACCOUNT)

    def verify(self, call: Call) -> None:
        """https://www.twilio.com/docs/usage/security: over the public address and the sorted fields of a form; for
        anything else over the address, which then holds a digest of the body.
        """
        given = call.headers.get("x-twilio-signature", "")
        if not given:
            raise UnprovenCallError(why="it is not signed")
        # With a key for webhooks Twilio signs by SHA-256, and says so; without, by SHA-1 with the account's token.
        name, algorithm = "auth_token", hashlib.sha1
        if "HMAC_SHA256" in call.headers.get("x-twilio-webhooks-signature-settings", ""):
            name, algorithm = "webhook_key", hashlib.sha256
        if not (key := self.secrets.get(name, "")):
            raise UnprovenCallError(why=f"the account has no {name}")
        is_form = _is_form(call)
        rest = "".join(name + value for name, value in _sorted(call)) if is_form else ""
        fits = False
        for url in _spellings(call.url):  # Twilio signs with the port in some cases and without it in others
            expected = hmac.digest(key.encode(), (url + rest).encode(), algorithm)
            fits |= proving.digest_fits(expected, given, is_base64=True)
        if not fits:
            raise UnprovenCallError(why="its signature does not fit")
        if not is_form and call.method == "POST":
            digest = dict(parse_qsl(call.query)).get("bodySHA256", "")
            if not proving.digest_fits(hashlib.sha256(call.body).digest(), digest, is_base64=False):
                raise UnprovenCallError(why="its body is not the one that was signed")

    def read(self, call: Call) -> Taken:
        if not _is_form(call) and call.method == "POST":
            raise UnreadableCallError(what="it is no form")
        fields = _read_fields(call)
        if fields["AccountSid"] != self.settings.account_sid:
            raise UnreadableCallError(what="it is of another account of Twilio's")
        if fields.get("SmsStatus") == "received" or ("Body" in fields and "MessageStatus" not in fields):
            return Taken.of(self._text(fields, call), answer=_TWIML)
        return Taken.of(self._report(fields, call), answer=Answer(status=204))

    def trial(self) -> Request | None:
        """The account itself: reading it changes nothing, and needs the right sid and token."""
        return shapes.get(self._url(".json"), self._headers())

    def list_since(self, since: datetime) -> Request:
        """Its list can be asked for whole days only; what is older is left out when it is read."""
        asked = urlencode({"PageSize": _PAGE, "DateSent>": since.astimezone(UTC).date().isoformat()})
        return shapes.get(self._url(f"/Messages.json?{asked}"), self._headers())

    def listed(self, reply: Reply, since: datetime) -> Page:
        said = json.loads(reply.body)
        texts = (each for each in said["messages"] if each["direction"] == "inbound")
        items = [self._listed(each) for each in texts]
        following = self.page_at(said.get("next_page_uri"), self._headers())
        return Page(items=tuple(each for each in items if each.received_at >= since), following=following)

    def _listed(self, fields: Mapping[str, str]) -> InboundText:
        return InboundText(
            account=self.setup.account,
            provider_id=fields["sid"],
            sender_number=fields["from"],
            to_address=fields["to"],
            text=fields["body"] or "",
            received_at=parsedate_to_datetime(fields["date_sent"]).astimezone(UTC),
        )

    def _text(self, fields: Mapping[str, str], call: Call) -> InboundText:
        count = int(fields.get("NumMedia") or 0)
        media = (fields.get(f"MediaUrl{index}", "") for index in range(min(count, _MOST_MEDIA)))
        return InboundText(
            account=self.setup.account,
            provider_id=fields["MessageSid"],
            sender_number=fields["From"],
            to_address=fields["To"],
            text=fields.get("Body", ""),
            received_at=call.at,  # it tells none
            media=tuple(url for url in media if url),
        )

    def _report(self, fields: Mapping[str, str], call: Call) -> DeliveryReport | None:
        status = fields["MessageStatus"]
        if status not in _STATES:
            return None  # Twilio adds states without notice
        if (state := _STATES[status]) is None:
            return None
        code = fields.get("ErrorCode", "")
        return DeliveryReport(
            account=self.setup.account,
            provider_id=fields["MessageSid"],
            message_id=numbers.reference_in(call.query),
            state=ReportState.EXPIRED if code == _EXPIRED else state,
            error_code=code or None,
            at=call.at,
            meaning=shapes.meaning_of(code, ERRORS),
        )

    def _url(self, rest: str) -> str:
        return self.at(f"/{_VERSION}/Accounts/{self.settings.account_sid}{rest}")

    def _headers(self) -> dict[str, str]:
        if key := self.settings.api_key:
            return shapes.basic(key, self.secrets["api_key_secret"])
        return shapes.basic(self.settings.account_sid, self.secrets["auth_token"])


def _code(said: object) -> str:
    """Twilio's own code; empty where the body is none of Twilio's."""
    return str(said.get("code") or "") if isinstance(said, dict) else ""


def _is_form(call: Call) -> bool:
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    return call.method == "POST" and kind == "application/x-www-form-urlencoded"


def _form(call: Call) -> list[tuple[str, str]]:
    raw = call.body.decode("utf-8") if call.method == "POST" else call.query
    return parse_qsl(raw, keep_blank_values=True, max_num_fields=500)


def _read_fields(call: Call) -> dict[str, str]:
    pairs = _form(call)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise UnreadableCallError(what="a field comes twice")
    if not _MESSAGE_SID.fullmatch(fields["MessageSid"]):
        raise UnreadableCallError(what="its id has another form than Twilio's")
    if any(_may_hold_the_sender(name, value) for name, value in pairs):
        raise UnreadableCallError(what="a field holds the beginning of another")
    return fields


def _may_hold_the_sender(name: str, value: str) -> bool:
    """Whether a field, of those signed after the words of a text, has swallowed the number that sent it."""
    if name < _FROM:
        return False
    is_other = name.startswith(_FROM) and name not in _OF_FROM
    return is_other or _FROM in (name + value)[1:]


def _sorted(call: Call) -> Iterator[tuple[str, str]]:
    """By name; of a name that comes several times each value once, in their own order, as Twilio's library has it."""
    try:
        pairs = set(_form(call))
    except ValueError:
        raise UnprovenCallError(why="its fields cannot be read") from None
    yield from sorted(pairs)


def _spellings(url: str) -> tuple[str, str]:
    """An address with its port named and without."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname
    return parts._replace(netloc=f"{host}:{port}").geturl(), parts._replace(netloc=host or "").geturl()


def make(setup: Setup) -> Twilio:
    return Twilio(setup=setup)


KIND: Final = Kind(
    name="twilio",
    title="Twilio",
    settings=TwilioSettings,
    secrets=(
        Secret(name="auth_token", called="Auth Token, which also signs Twilio's calls"),
        Secret(name="api_key_secret", called="the secret of an API key", is_needed=False),
        Secret(name="webhook_key", called="the secret of a shared key for webhooks", is_needed=False),
    ),
    make=make,
)
