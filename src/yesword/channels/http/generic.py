"""The provider that a card describes: fills its templates in, follows its paths, and knows no provider by name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from yesword.channels.declared import AccountFileMissingError
from yesword.channels.errors import CarrierError
from yesword.channels.http import numbers, proving, shapes
from yesword.channels.http.card import (
    MEDIA,
    Card,
    Form,
    Inbound,
    Moment,
    Reporting,
    Scheme,
    Template,
    Wanted,
    load,
)
from yesword.channels.http.provider import (
    Answer,
    BadHttpSettingError,
    Call,
    HttpSettings,
    Kind,
    Reply,
    Request,
    Setup,
    Taken,
    UnreadableCallError,
    accepted,
    refused,
    usual,
)
from yesword.channels.ports import (
    ChannelError,
    DeliveryReport,
    HandOver,
    InboundItem,
    InboundText,
    Outcome,
    OutcomeStatus,
)
from yesword.domain import heard_numbers

NAME: Final = "generic"


class MissingFromAccountError(ChannelError):
    """The card wants {what} {name}, which the account {account} does not have. Set it with `yesword account`."""

    code = "card_value_missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class GenericSettings(HttpSettings):
    card: Path
    country_code: str = ""  # of numbers that it writes as one dials them at home, as in "31"
    values: Mapping[str, str] = field(default_factory=dict)  # what the card calls {value.NAME}


@dataclass(frozen=True, kw_only=True, slots=True)
class GenericProvider:
    setup: Setup
    card: Card

    @property
    def origin(self) -> str:
        return self.card.sending.url.source

    @property
    def repeats_safely(self) -> bool:
        return bool(self.card.sending.idempotency_header)

    @property
    def carries_media(self) -> bool:
        return self.card.carries_media

    def request(self, handover: HandOver) -> Request:
        sending = self.card.sending
        values = self._values() | {
            "number": handover.number,
            "digits": handover.number.removeprefix("+"),
            "sender": handover.sender,
            "text": handover.text,
            "reference": str(handover.message_id),
        }
        url = _filled_url(sending.url, values)
        fields = _filled(sending.fields, values, handover.media)
        headers = {name: each.fill(values) for name, each in sending.headers.items()}
        if sending.basic is not None:
            user, password = sending.basic
            headers |= shapes.basic(user.fill(values), password.fill(values))
        if sending.idempotency_header:
            headers[sending.idempotency_header] = f"{self.setup.account}-{handover.attempt_id}"
        match sending.form:
            case Form.JSON:
                headers.setdefault("Content-Type", "application/json")
                return Request(
                    method=sending.method, url=url, headers=headers, body=json.dumps(fields).encode()
                )
            case Form.FORM:
                headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
                body = urlencode(fields, doseq=True).encode()
                return Request(method=sending.method, url=url, headers=headers, body=body)
            case Form.QUERY:
                joint = "&" if "?" in url else "?"
                url += f"{joint}{urlencode(fields, doseq=True)}"
                return Request(method=sending.method, url=url, headers=headers)

    def outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        sending = self.card.sending
        if reply.status in sending.success:
            return accepted(handover, _as_text(_at(_json(reply.body), sending.id_path)))
        if reply.status in sending.throttled:
            code = str(reply.status)
            return Outcome.of(handover, OutcomeStatus.THROTTLED, code, meaning=CarrierError.THROTTLED)
        if reply.status in sending.not_taken:
            code = str(reply.status)
            return Outcome.of(handover, OutcomeStatus.THROTTLED, code, meaning=CarrierError.TEMPORARY)
        try:
            said = _json(reply.body)
        except ValueError:
            said = None
        code = _as_text(_at(said, sending.code_path)) if sending.code_path else ""
        if code not in self.card.errors and (found := usual(handover, reply)) is not None:
            return found
        text = _as_text(_at(said, sending.text_path)) if sending.text_path else None
        return refused(handover, code or str(reply.status), self.card.errors, text)

    def verify(self, call: Call) -> None:
        if self.card.calls is None:
            raise UnreadableCallError(what="the card says nothing of calls")
        proof = self.card.calls.proof
        secret, given = self.setup.secrets.get(proof.secret, ""), call.headers.get(proof.header, "")
        match proof.scheme:
            case Scheme.SHARED_SECRET:
                proving.check_word(secret, given.removeprefix(proof.prefix))
            case Scheme.BASIC:
                proving.check_basic(proof.user, secret, given)
            case Scheme.HMAC_SHA256:
                signed = call.body or call.query.encode()
                stamp = call.headers.get(proof.stamp_header, "") if proof.stamp_header else ""
                if proof.stamp_header:
                    signed = f"{stamp}{proof.stamp_joint}".encode() + signed
                proving.check_hmac(secret, signed, given, is_base64=proof.is_base64, prefix=proof.prefix)
                if proof.stamp_header:
                    proving.check_stamp(stamp, call.at)

    def read(self, call: Call) -> Taken:
        calls = self.card.calls
        assert calls is not None, "only what is proven is read"
        said = _said(calls.form, call)
        each = _at(said, calls.list_path) if calls.list_path else [said]
        if not isinstance(each, list):
            raise UnreadableCallError(what=f"there is no list at {calls.list_path}")
        answer = Answer(
            status=calls.answer_status, body=calls.answer_body.encode(), content_type=calls.answer_type
        )
        return Taken.of_each(each, lambda entry: self._item(entry, call.at), answer)

    def trial(self) -> Request | None:
        if self.card.trial_url is None:
            return None
        values = self._values()
        names = self.card.trial_url.names - values.keys()
        url = _filled_url(self.card.trial_url, values | dict.fromkeys(names, ""))
        sending = self.card.sending
        blank = values | dict.fromkeys(("number", "digits", "sender", "text", "reference"), "")
        headers = {name: each.fill(blank) for name, each in sending.headers.items()}
        if sending.basic is not None:
            user, password = sending.basic
            headers |= shapes.basic(user.fill(values), password.fill(values))
        return Request(method="GET", url=url, headers=headers)

    def _values(self) -> dict[str, str]:
        settings: GenericSettings = self.setup.settings
        own = {f"value.{name}": value for name, value in settings.values.items()}
        secret = {f"secret.{name}": value for name, value in self.setup.secrets.items()}
        return own | secret | {"callback_url": self.setup.callback_url}

    def _item(self, entry: Any, at: datetime) -> InboundItem | None:
        calls = self.card.calls
        assert calls is not None, "only what is proven is read"
        if calls.inbound is not None and _is(entry, calls.inbound.when):
            return self._text(entry, calls.inbound, at)
        if calls.report is not None and _is(entry, calls.report.when):
            return self._report(entry, calls.report, at)
        return None

    def _text(self, entry: Any, inbound: Inbound, at: datetime) -> InboundText:
        text = _at(entry, inbound.text_path)
        return InboundText(
            account=self.setup.account,
            provider_id=_needed(entry, inbound.id_path),
            sender_number=_needed(entry, inbound.from_path).strip(),  # perhaps as one dials it at home
            to_address=numbers.full(_needed(entry, inbound.to_path)),
            text="" if text is None else _as_text(text),
            received_at=_moment(entry, inbound.at_path, inbound.at_form, at),
            media=_list(_at(entry, inbound.media_path)) if inbound.media_path else (),
        )

    def _report(self, entry: Any, report: Reporting, at: datetime) -> DeliveryReport | None:
        word = _needed(entry, report.state_path)
        if word not in report.states:
            raise UnreadableCallError(what="the card does not know the state that it tells")
        if (state := report.states[word]) is None:
            return None
        code = _as_text(_at(entry, report.code_path)) if report.code_path else ""
        reference = _as_text(_at(entry, report.reference_path)) if report.reference_path else ""
        return DeliveryReport(
            account=self.setup.account,
            provider_id=_needed(entry, report.id_path),
            message_id=numbers.read_reference(reference),
            state=state,
            error_code=code or None,
            at=_moment(entry, report.at_path, report.at_form, at),
            meaning=shapes.meaning_of(code, self.card.errors),
        )


def make(setup: Setup) -> GenericProvider:
    """Raises BadCardError, BadHttpSettingError, MissingFromAccountError and AccountFileMissingError."""
    settings: GenericSettings = setup.settings
    card = card_of(setup.account, settings.card)
    if settings.country_code and heard_numbers.home_of(settings.country_code) is None:
        raise BadHttpSettingError(
            account=setup.account,
            name="country_code",
            value=settings.country_code,
            expected="Give the digits that a country's numbers begin with, such as 31.",
        )
    for name in sorted(card.values - settings.values.keys()):
        raise MissingFromAccountError(what="the value", name=name, account=setup.account)
    for name in sorted(card.secrets - setup.secrets.keys()):
        raise MissingFromAccountError(what="the secret", name=name, account=setup.account)
    return GenericProvider(setup=setup, card=card)


def card_of(account: str, path: Path) -> Card:
    """Raises BadCardError, and AccountFileMissingError where there is no such card, or none that can be read."""
    try:
        return load(path)
    except OSError as error:
        raise AccountFileMissingError(account=account, name="card", path=path) from error


KIND: Final = Kind(
    name=NAME, title="A provider described by a card", settings=GenericSettings, secrets=(), make=make
)


# Filling in


def _filled(fields: Any, values: Mapping[str, str], media: tuple[str, ...]) -> Any:
    if isinstance(fields, Template):
        return fields.fill(values)
    if isinstance(fields, dict):
        kept = {name: each for name, each in fields.items() if each != MEDIA or media}
        return {name: _filled(each, values, media) for name, each in kept.items()}
    if isinstance(fields, list):
        return [_filled(each, values, media) for each in fields]
    return list(media) if fields == MEDIA else fields


def _filled_url(template: Template, values: Mapping[str, str]) -> str:
    return template.fill(
        {name: quote(value, safe="") for name, value in values.items() if name in template.names}
    )


# Reading


def _json(body: bytes) -> Any:
    return json.loads(body)


def _said(form: Form, call: Call) -> Any:
    if form is Form.JSON:
        return _json(call.body)
    raw = call.body.decode("utf-8") if form is Form.FORM and call.body else call.query
    return dict(parse_qsl(raw, keep_blank_values=True, max_num_fields=200))


def _at(value: Any, path: str) -> Any:
    """What stands at a path such as data.messages.0.id; None where nothing does."""
    if not path:
        return None
    if isinstance(value, dict) and path in value:
        return value[path]
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise UnreadableCallError(what="where a text should stand is something else")


def _needed(entry: Any, path: str) -> str:
    found = _as_text(_at(entry, path))
    if not found:
        raise UnreadableCallError(what=f"there is nothing at {path}")
    return found


def _is(entry: Any, when: Wanted) -> bool:
    if not when.path:
        return True
    found = _at(entry, when.path)
    return isinstance(found, str | int) and str(found) in when.values


def _list(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _moment(entry: Any, path: str, form: Moment, now: datetime) -> datetime:
    """The provider's time; ours where it tells none."""
    found = _at(entry, path) if path else None
    if found in (None, ""):
        return now
    if form is Moment.ISO:
        return shapes.moment(str(found))
    seconds = float(found) / (1000 if form is Moment.UNIX_MS else 1)
    return datetime.fromtimestamp(seconds, UTC)
