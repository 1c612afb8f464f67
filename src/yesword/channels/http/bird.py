"""Bird, once MessageBird: the SMS part of its one API (v1, at REGION.platform.bird.com), its signed events, its error codes.

The older Channels API and the REST API of MessageBird are others, and cards can describe them. Bird honours an idempotency
key for about three hours, so a request without an answer may be sent once more. Each text carries our own reference,
which comes back in its events. Bird wants to know what a text is for; an account says one category for all of its texts.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

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
    accepted,
    refused,
)
from yesword.channels.ports import (
    DeliveryReport,
    HandOver,
    InboundText,
    ListedOptOut,
    Outcome,
    OutcomeStatus,
    ReportState,
)

CATEGORIES: Final = ("marketing", "transactional", "service", "authentication")

# https://bird.com/docs/api/reference/create-sms-message: the names of refusals, and below them the codes that come in
# events. What is not here is OTHER.
ERRORS: Final[Mapping[str, CarrierError]] = {
    "SMSInvalidRecipient": CarrierError.INVALID_NUMBER,
    "SMSSenderNotConfigured": CarrierError.INVALID_SENDER,
    "SMSNoEligibleSender": CarrierError.INVALID_SENDER,
    "SenderCategoryNotPermitted": CarrierError.NOT_REGISTERED,
    "invalid_destination": CarrierError.INVALID_NUMBER,  # without an owner, ported away or malformed
    "unreachable": CarrierError.TEMPORARY,
    "blocked_by_carrier": CarrierError.FILTERED,
    "blocked_by_fraud_protection": CarrierError.OTHER,  # Bird's own
    "blocked_by_recipient": CarrierError.OTHER,  # by the phone, and nobody says who told it to
    "landline_unreachable": CarrierError.LANDLINE,
    "content_rejected": CarrierError.FILTERED,
    "sender_unregistered": CarrierError.NOT_REGISTERED,
    "recipient_opted_out": CarrierError.OPTED_OUT,
    "provider_unavailable": CarrierError.TEMPORARY,
    "insufficient_balance": CarrierError.INSUFFICIENT_FUNDS,
    "unknown": CarrierError.OTHER,
}

_STATES: Final[Mapping[str, ReportState | None]] = {
    "sms.accepted": None,
    "sms.sent": None,
    "sms.delivered": ReportState.DELIVERED,
    "sms.undelivered": ReportState.FAILED,
    "sms.failed": ReportState.FAILED,
    "sms.rejected": ReportState.REJECTED,
    "sms.expired": ReportState.EXPIRED,
}
_ENDED_AT_ONCE: Final = ("rejected", "failed")
_MESSAGES: Final = "/v1/sms/messages"
_SUPPRESSIONS: Final = "/v1/sms/suppressions"
_REGION: Final = re.compile(r"[a-z]{2}[0-9]{1,3}")
_KEY: Final = re.compile(r"b[km]_([a-z]{2}[0-9]{1,3})_.+")
_OURS: Final = "yesword_account"
_REFERENCE: Final = "yesword_reference"


@dataclass(frozen=True, kw_only=True, slots=True)
class BirdSettings(HttpSettings):
    region: str = ""  # such as eu1; else the one that the API key names
    category: str = "marketing"

    def __post_init__(self) -> None:
        if self.region and not _REGION.fullmatch(self.region):
            raise BadHttpSettingError(
                account="bird",
                name="region",
                value=self.region,
                expected="Give a region such as eu1 or us1.",
            )
        if self.category not in CATEGORIES:
            raise BadHttpSettingError(
                account="bird",
                name="category",
                value=self.category,
                expected=f"Give one of {', '.join(CATEGORIES)}.",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Bird(shapes.OfAccount[BirdSettings]):
    repeats_safely = True

    @property
    def origin(self) -> str:
        named = _KEY.fullmatch(self.secrets.get("api_key", ""))
        region = self.settings.region or (named[1] if named else "us1")
        return self.settings.base_url or f"https://{region}.platform.bird.com"

    def request(self, handover: HandOver) -> Request:
        fields = {
            "to": handover.number,
            "from": handover.sender,
            "text": handover.text,
            "category": self.settings.category,
            "metadata": {_OURS: self.setup.account, _REFERENCE: str(handover.message_id)},
        }
        headers = self._headers() | {"Idempotency-Key": self._key(handover)}
        return shapes.post_json(self.at(_MESSAGES), headers, fields)

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        if reply.status in (200, 201, 202):
            said = json.loads(reply.body)
            if said.get("status") in _ENDED_AT_ONCE:
                return refused(handover, _code(said.get("last_error")) or said["status"], ERRORS)
            return accepted(handover, said["id"])
        said = shapes.read_json(reply.body)
        problem = said.get("error", said) if isinstance(said, dict) else None
        code = str(problem.get("name") or problem.get("code") or "") if isinstance(problem, dict) else ""
        if reply.status == 409:
            # The key is of a request that is under way, or of another one: nobody knows what became of that.
            return Outcome.of(handover, OutcomeStatus.UNKNOWN, code or "409")
        # 404 and 421: another address or region than the account's, whatever the text.
        if reply.status in (404, 421):
            reply = Reply(status=401)
        return shapes.answered(handover, reply, code, ERRORS)

    def verify(self, call: Call) -> None:
        """Bird follows https://www.standardwebhooks.com; while a secret is changed there are two signatures."""
        proving.check_standard_webhook(self.secrets.get("webhook_secret", ""), call)

    def read(self, call: Call) -> Taken:
        event = json.loads(call.body)
        if event["type"] == "sms.received":
            return Taken.of(self._text(event["data"], event["timestamp"]))
        # Else on its way, or an event that is not about a text. A stop comes as the text that it was, too.
        return Taken.of(self._report(event))

    def trial(self) -> Request | None:
        """The workspace itself: reading it changes nothing, and needs the right key."""
        return shapes.get(self.at("/v1/workspace"), self._headers())

    def list_since(self, since: datetime) -> Request:
        return self._list(since, {})

    def listed(self, reply: Reply, since: datetime) -> Page:
        said = json.loads(reply.body)
        items = tuple(self._text(each, each["created_at"], "id") for each in said["data"])
        following = said.get("next_cursor")
        return Page(
            items=items,
            following=self._list(since, {"starting_after": str(following)}) if following else None,
        )

    def list_opt_outs(self) -> Request:
        """Its suppressions of texts, as its own library asks for them: those in force, each of one sender."""
        return shapes.get(self.at(_SUPPRESSIONS), self._headers())

    def listed_opt_outs(self, reply: Reply) -> OptOutPage:
        said = json.loads(reply.body)
        items = tuple(
            ListedOptOut(
                number=each["destination"], sender=each["originator"], at=shapes.moment(each["effective_at"])
            )
            for each in said["data"]
        )
        if not (following := said["next_cursor"]):
            return OptOutPage(items=items)
        asked = urlencode({"starting_after": following})
        return OptOutPage(
            items=items, following=shapes.get(self.at(f"{_SUPPRESSIONS}?{asked}"), self._headers())
        )

    def _list(self, since: datetime, more: Mapping[str, str]) -> Request:
        after = since.astimezone(UTC).isoformat().replace("+00:00", "Z")
        asked = urlencode({"direction": "inbound", "created_after": after, **more})
        return shapes.get(self.at(f"{_MESSAGES}?{asked}"), self._headers())

    def _text(self, fields: Mapping[str, Any], at: str, named: str = "sms_id") -> InboundText:
        return InboundText(
            account=self.setup.account,
            provider_id=fields[named],
            sender_number=fields["from"],
            to_address=numbers.full(fields["to"]),
            text=fields.get("text") or "",
            received_at=shapes.moment(at),
        )

    def _report(self, event: Mapping[str, Any]) -> DeliveryReport | None:
        if (state := _STATES.get(event["type"])) is None:
            return None
        fields = event["data"]
        code = _code(fields.get("error"))
        return DeliveryReport(
            account=self.setup.account,
            provider_id=fields["sms_id"],
            message_id=self._reference(fields.get("metadata")),
            state=state,
            error_code=code or None,
            at=shapes.moment(event["timestamp"]),
            meaning=shapes.meaning_of(code, ERRORS),
        )

    def _reference(self, metadata: object) -> int | None:
        """A workspace tells each of its endpoints about all of its texts, so also about those of others."""
        if not isinstance(metadata, dict) or metadata.get(_OURS) != self.setup.account:
            return None
        return numbers.read_reference(metadata.get(_REFERENCE))

    def _key(self, handover: HandOver) -> str:
        """The same for the same attempt. Keys are shared by a workspace, which may serve several installations."""
        told = f"{self.setup.callback_url} {self.setup.account} {handover.attempt_id}"
        return hashlib.sha256(told.encode()).hexdigest()

    def _headers(self) -> dict[str, str]:
        return shapes.bearer(self.secrets["api_key"])


def _code(problem: object) -> str:
    return str(problem.get("code") or "") if isinstance(problem, dict) else ""


def make(setup: Setup) -> Bird:
    return Bird(setup=setup)


KIND: Final = Kind(
    name="bird",
    title="Bird",
    settings=BirdSettings,
    secrets=(
        Secret(name="api_key", called="an API key, bk_…"),
        Secret(name="webhook_secret", called="the signing secret of the webhook endpoint, whsec_…"),
    ),
    make=make,
)
