"""Plivo: its Message API of version 1, its signed calls, its error codes.

It has no idempotency key, so a request without an answer leaves the text unknown. Its signature holds no time: a call
that somebody repeats is believed again, and finds everything stored. The address that we give for reports carries our
own reference, since a report may come before the answer does.

Version 3 of the signature covers the address, the fields and a nonce, run together with nothing between a name and its
value. So that the same letters cannot be cut into other fields, the nonce has no point, the address holds nothing but what
we gave, no name comes twice, an id is a UUID, and nothing behind the words of a text holds what begins like the number texted.

Version 2 covers the address and a nonce, and not the fields: one such call would prove any other. Plivo documents it
for texts (https://docs.plivo.com/docs/messaging/concepts/signature-validation), and those who read its calls for texts
find version 3 there, under the name of the main account, too (https://github.com/openhab/openhab-addons/pull/21325).
So every call has to bring the account's password for calls, too, which stands in every address that we give.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlsplit

from yesword.channels.errors import CarrierError
from yesword.channels.http import numbers, proving, shapes
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

_MOST_MEDIA: Final = 10
_MOST_FIELDS: Final = 100
_MOST_SIGNATURES: Final = 4  # one for each token that is valid
_PASSWORD: Final = "callback_password"  # noqa: S105 - its name
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TEXTED: Final = re.compile(r"To\+?[0-9]")

# https://www.plivo.com/docs/messaging/troubleshooting/error-codes; they come in reports. What is not here is OTHER.
ERRORS: Final[Mapping[str, CarrierError]] = {
    "10": CarrierError.CONTENT,
    "20": CarrierError.TEMPORARY,
    "30": CarrierError.FILTERED,
    "40": CarrierError.INVALID_SENDER,
    "50": CarrierError.INVALID_NUMBER,
    "60": CarrierError.OTHER,  # a loop
    "70": CarrierError.OTHER,  # "permanently unavailable", and nobody says whether somebody has the number
    "80": CarrierError.TEMPORARY,
    "90": CarrierError.OTHER,  # no route
    "100": CarrierError.OTHER,  # that network takes no such texts
    "110": CarrierError.CONTENT,
    "200": CarrierError.OPTED_OUT,
    "201": CarrierError.INVALID_SENDER,
    "300": CarrierError.TEMPORARY,
    "420": CarrierError.TEMPORARY,
    "900": CarrierError.INSUFFICIENT_FUNDS,
    "910": CarrierError.OTHER,  # the account is disabled
    "1000": CarrierError.OTHER,
}
_EXPIRED: Final = "420"

_STATES: Final[Mapping[str, ReportState | None]] = {
    "queued": None,
    "sent": None,
    "delivered": ReportState.DELIVERED,
    "read": ReportState.DELIVERED,
    "undelivered": ReportState.FAILED,
    "failed": ReportState.FAILED,
    "rejected": ReportState.REJECTED,
}
_XML: Final = Answer(body=b"<Response/>", content_type="text/xml")  # no answer of Plivo's own


@dataclass(frozen=True, kw_only=True, slots=True)
class PlivoSettings(HttpSettings):
    auth_id: str

    def __post_init__(self) -> None:
        is_id = self.auth_id.startswith(("MA", "SA")) and self.auth_id.isalnum() and self.auth_id.isascii()
        if not is_id:
            raise BadHttpSettingError(
                account="plivo",
                name="auth_id",
                value=self.auth_id,
                expected="It begins with MA or SA, as the console shows it.",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Plivo(shapes.OfAccount[PlivoSettings]):
    home = "https://api.plivo.com"
    carries_media = True

    def request(self, handover: HandOver) -> Request:
        fields: dict[str, object] = {
            "src": handover.sender,
            "dst": handover.number,
            "text": handover.text,
            "type": "mms" if handover.media else "sms",
        }
        if handover.media:
            fields["media_urls"] = list(handover.media[:_MOST_MEDIA])
        if self.setup.callback_url:
            fields["url"] = self._with_password(
                numbers.with_reference(self.setup.callback_url, handover.message_id)
            )
            fields["method"] = "POST"
        return shapes.post_json(self._url("Message/"), self._headers(), fields)

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        if reply.status in (200, 201, 202):
            return accepted(handover, json.loads(reply.body)["message_uuid"][0])
        # 404: there is no such account, whatever the text. A refusal has a sentence and no code.
        return shapes.answered(handover, Reply(status=401) if reply.status == 404 else reply, "", {})

    def verify(self, call: Call) -> None:
        """Where a call has version 3, nothing else counts; else somebody could leave it out of what was recorded."""
        if not (token := self.secrets.get("auth_token", "")):
            raise UnprovenCallError(why="the account has no auth_token")
        if call.method != "POST":
            raise UnprovenCallError(why="it comes by another method than the one that we ask for")
        password = self.secrets.get(_PASSWORD, "")
        if password:
            proving.check_key(password, call.query)
        if _given(call, "3"):
            if not self._is_ours(call.query):
                raise UnprovenCallError(why="its address is not the one that we gave")
            _check(call, token, "3", _signed_by_3)
        elif not _given(call, "2"):
            raise UnprovenCallError(why="it is not signed")
        elif not password:
            raise UnprovenCallError(
                why="its signature is of version 2, which does not cover the text, and the account has no callback_password"
            )
        else:
            _check(call, token, "2", _signed_by_2)

    def read(self, call: Call) -> Taken:
        fields = _read_fields(call.body)
        if "Status" in fields:
            return Taken.of(self._report(fields, call))
        return Taken.of(self._text(fields, call), answer=_XML)

    def trial(self) -> Request | None:
        """The account itself: reading it changes nothing, and needs the right id and token."""
        return shapes.get(self._url(""), self._headers())

    def _with_password(self, url: str) -> str:
        password = self.secrets.get(_PASSWORD, "")
        return shapes.with_key(url, password) if password else url

    def _is_ours(self, query: str) -> bool:
        """Whether an address asks for what we gave, and for nothing else."""
        reference = numbers.reference_in(query)
        bare = "" if reference is None else numbers.with_reference("", reference)
        ours = urlsplit(self._with_password(bare)).query
        return parse_qsl(query, keep_blank_values=True) == parse_qsl(ours)

    def _text(self, fields: Mapping[str, str], call: Call) -> InboundText:
        media = (fields.get(f"Media{index}", "") for index in range(_MOST_MEDIA))
        return InboundText(
            account=self.setup.account,
            provider_id=fields["MessageUUID"],
            sender_number=numbers.full(fields["From"]),
            to_address=numbers.full(fields["To"]),
            text=fields.get("Text", ""),
            received_at=call.at,  # it tells none
            media=tuple(url for url in media if url),
        )

    def _report(self, fields: Mapping[str, str], call: Call) -> DeliveryReport | None:
        if (state := _STATES.get(fields["Status"].lower())) is None:
            return None  # on its way, or a state that Plivo added
        code = fields.get("ErrorCode", "")
        code = "" if state is ReportState.DELIVERED or code in ("0", "000") else code
        return DeliveryReport(
            account=self.setup.account,
            provider_id=fields["MessageUUID"],
            message_id=numbers.reference_in(call.query),
            state=ReportState.EXPIRED if code == _EXPIRED else state,
            error_code=code or None,
            at=call.at,
            meaning=shapes.meaning_of(code, ERRORS),
        )

    def _url(self, rest: str) -> str:
        return self.at(f"/v1/Account/{self.settings.auth_id}/{rest}")

    def _headers(self) -> dict[str, str]:
        return shapes.basic(self.settings.auth_id, self.secrets["auth_token"])


def _given(call: Call, version: str) -> list[str]:
    """Its signatures of a version: by the token of the account or of its part, and by that of the main account."""
    names = (f"x-plivo-signature-v{version}", f"x-plivo-signature-ma-v{version}")
    return [
        each
        for name in names
        for each in call.headers.get(name, "").split(",")[:_MOST_SIGNATURES]
        if each.strip()
    ]


def _check(call: Call, token: str, version: str, signed: Callable[[Call, str], str]) -> None:
    nonce = call.headers.get(f"x-plivo-signature-v{version}-nonce", "")
    if not nonce or "." in nonce:
        raise UnprovenCallError(why="its signature has no nonce")
    expected = hmac.digest(token.encode(), signed(call, nonce).encode("utf-8", "replace"), hashlib.sha256)
    fits = [proving.digest_fits(expected, each, is_base64=True) for each in _given(call, version)]
    if not any(fits):
        raise UnprovenCallError(why="its signature does not fit")


def _read_fields(body: bytes) -> dict[str, str]:
    pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise UnreadableCallError(what="a field comes twice")
    if not _UUID.fullmatch(fields["MessageUUID"]):
        raise UnreadableCallError(what="its id has another form than Plivo's")
    if any(_TEXTED.search(name + value) for name, value in pairs if name > "Text" and name != "To"):
        raise UnreadableCallError(what="a field holds the beginning of another")
    return fields


def _signed_by_3(call: Call, nonce: str) -> str:
    """The address with its query sorted, a point, and the fields sorted with nothing between."""
    query = "&".join(f"{name}={value}" for name, value in _sorted(call.query))
    fields = "".join(name + value for name, value in _sorted(call.body.decode("utf-8", "replace")))
    url = _without_query(call.url)
    if query or fields:
        url += f"?{query}"
    if query and fields:
        url += "."
    return f"{url}{fields}.{nonce}"


def _signed_by_2(call: Call, nonce: str) -> str:
    return _without_query(call.url) + nonce


def _without_query(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()


def _sorted(form: str) -> list[tuple[str, str]]:
    fields = parse_qs(form, keep_blank_values=True)
    return [(name, value) for name in sorted(fields) for value in sorted(fields[name])]


def make(setup: Setup) -> Plivo:
    return Plivo(setup=setup)


KIND: Final = Kind(
    name="plivo",
    title="Plivo",
    settings=PlivoSettings,
    secrets=(
        Secret(name="auth_token", called="Auth Token, which also signs Plivo's calls"),
        Secret(name=_PASSWORD, called="a password of your own, that Plivo calls with"),
    ),
    make=make,
)
