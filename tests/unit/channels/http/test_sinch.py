"""Sinch against its own published library: what we send is what it sends, and what it believes we believe."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from sinch.domains.authentication.sinch_events.v1.authentication_validation import (
    calculate_sinch_event_signature,
    compute_signed_data,
)
from sinch.domains.sms.models.v1.shared.text_request import TextRequest
from sinch.domains.sms.sinch_events.v1.sms_sinch_event import SmsSinchEvent

from yesword.channels import CarrierError, DeliveryReport, HandOver, InboundText, OutcomeStatus, ReportState
from yesword.channels.http import Call, Reply, Setup, sinch, take
from yesword.channels.http.kinds import kind_of
from yesword.channels.http.provider import (
    BadHttpSettingError,
    StaleCallError,
    UnprovenCallError,
    UnreadableCallError,
)
from yesword.channels.http.wire import to_bytes
from yesword.domain.decisions import Decision, Verdict

PLAN = "0123456789abcdef0123456789abcdef"
TOKEN = "a-token-of-the-plan"
SECRET = "a-secret-for-calls"
PASSWORD = "a-password-for-calls"
URL = "https://texts.example.com/carriers/us/aRandomWordOfLength"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus
SECRETS = {"api_token": TOKEN, "webhook_secret": SECRET, "callback_password": PASSWORD}


def provider(*, url=URL, secrets=None, **settings):
    return sinch.make(
        Setup(
            account="us",
            settings=sinch.SinchSettings(service_plan=PLAN, **settings),
            secrets=SECRETS if secrets is None else secrets,
            callback_url=url,
        )
    )


def handover():
    return HandOver(
        message_id=4711,
        attempt_id=5,
        sender="+15005550006",
        number="+14155550100",
        text="Hej! 20 % på allt 🎉",
        decision=Decision(verdict=Verdict.SEND, at=AT),
    )


def test_a_text_is_sent_as_sinchs_own_library_writes_it():
    theirs = TextRequest(
        to=["14155550100"],
        from_="15005550006",
        body="Hej! 20 % på allt 🎉",
        delivery_report="per_recipient_final",
        event_destination_target=URL,
        client_reference="4711",
    ).model_dump(by_alias=True, exclude_none=True)
    request = provider(region="eu").request(handover())
    assert (request.method, request.url) == (
        "POST",
        f"https://eu.sms.api.sinch.com/xms/v1/{PLAN}/batches",
    )
    assert json.loads(request.body) == theirs
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    to_bytes(request)


def test_without_a_public_address_no_report_is_asked_for():
    fields = json.loads(provider(url="").request(handover()).body)
    assert fields["delivery_report"] == "none"
    assert "callback_url" not in fields


def test_an_account_that_is_called_with_a_password_keeps_the_address_of_its_plan():
    fields = json.loads(provider(callback_user="sinch").request(handover()).body)
    assert fields["delivery_report"] == "per_recipient_final"
    assert "callback_url" not in fields


def test_the_trial_reads_a_list():
    asked = provider().trial()
    assert (asked.method, asked.url) == (
        "GET",
        f"https://us.sms.api.sinch.com/xms/v1/{PLAN}/batches?page_size=1",
    )


# Answers


def answered(status, body):
    return provider().outcome(handover(), Reply(status=status, body=json.dumps(body).encode()))


def test_what_sinch_took_has_its_id():
    outcome = answered(201, {"id": "01FC66621XXXXX119Z8PMV1QPQ", "to": ["14155550100"], "canceled": False})
    assert (outcome.status, outcome.provider_id) == (ACCEPTED, "01FC66621XXXXX119Z8PMV1QPQ")


@pytest.mark.parametrize(
    ("status", "code", "expected", "meaning"),
    [
        (400, "syntax_invalid_parameter_format", REFUSED, CarrierError.OTHER),
        (400, "syntax_constraint_violation", REFUSED, CarrierError.OTHER),
        (403, "blocked_account", THROTTLED, None),
        (401, "unauthorized", THROTTLED, None),
        (404, "", THROTTLED, None),
        (429, "", THROTTLED, CarrierError.THROTTLED),
        (500, "", UNKNOWN, None),
        (503, "", UNKNOWN, None),
    ],
)
def test_what_a_refusal_means(status, code, expected, meaning):
    outcome = answered(status, {"code": code, "text": "14155550100 is not a valid number"})
    assert (outcome.status, outcome.meaning) == (expected, meaning)
    assert "4155550100" not in repr(outcome), "its sentence quotes the number"


def test_a_proxy_that_answers_for_sinch_leaves_the_text_unknown():
    assert provider().outcome(handover(), Reply(status=502, body=b"<html>")).status is UNKNOWN


# Calls


INBOUND = {
    "body": "STOP please & thank you 🎉",
    "from": "14155550100",
    "id": "01XXXXX21XXXXX119Z8P1XXXXX",
    "operator_id": "string",
    "received_at": "2026-03-01T08:59:58.000Z",
    "to": "15005550006",
    "type": "mo_text",
}


def signed(body, *, secret=SECRET, at=AT, nonce="01FJA8B4A7BM43YGWSG9GBV067"):
    stamp = str(int(at.timestamp()))
    data = compute_signed_data(body.decode(), nonce, stamp)
    return {
        "x-sinch-webhook-signature": calculate_sinch_event_signature(data, secret),
        "x-sinch-webhook-signature-nonce": nonce,
        "x-sinch-webhook-signature-timestamp": stamp,
        "x-sinch-webhook-signature-algorithm": "HmacSHA256",
    }


def call(fields, *, body=None, headers=None, **how):
    written = json.dumps(fields).encode()
    given = signed(written, **how) | (headers or {})
    return Call(method="POST", url=URL, headers=given, body=body or written, at=AT)


def test_a_text_that_comes_in_is_read_whole():
    believed = call(INBOUND)
    theirs = SmsSinchEvent(SECRET)
    assert theirs.validate_authentication_header(believed.headers, believed.body)
    assert theirs.parse_event(believed.body).id == INBOUND["id"]
    assert take(provider(), believed).items == (
        InboundText(
            account="us",
            provider_id=INBOUND["id"],
            sender_number="+14155550100",
            to_address="+15005550006",
            text="STOP please & thank you 🎉",
            received_at=AT - timedelta(seconds=2),
        ),
    )


def test_a_picture_comes_with_its_words_and_a_short_code_stays_short():
    media = [
        {"url": "https://example.com/1.jpg", "content_type": "image/jpeg", "status": "Uploaded", "code": 0}
    ]
    fields = INBOUND | {"type": "mo_media", "body": {"message": "Look", "media": media}, "to": "12345"}
    text = take(provider(), call(fields)).items[0]
    assert (text.text, text.media, text.to_address) == ("Look", ("https://example.com/1.jpg",), "12345")


def report(status, code, reference="4711"):
    return {
        "at": "2026-03-01T09:00:00.000Z",
        "batch_id": "01FC66621XXXXX119Z8PMV1QPQ",
        "client_reference": reference,
        "code": code,
        "recipient": "14155550100",
        "status": status,
        "type": "recipient_delivery_report_sms",
    }


@pytest.mark.parametrize(
    ("status", "code", "state", "meaning"),
    [
        ("Delivered", 0, ReportState.DELIVERED, None),
        ("DELIVERED", 0, ReportState.DELIVERED, None),
        ("Failed", 62, ReportState.FAILED, CarrierError.FILTERED),
        ("Failed", 60, ReportState.FAILED, CarrierError.NOT_REGISTERED),
        ("Failed", 300, ReportState.FAILED, CarrierError.INVALID_NUMBER),
        ("Rejected", 310, ReportState.REJECTED, CarrierError.INVALID_SENDER),
        ("Aborted", 404, ReportState.REJECTED, CarrierError.TEMPORARY),
        ("Aborted", 411, ReportState.REJECTED, CarrierError.CONTENT),
        ("Aborted", 408, ReportState.REJECTED, CarrierError.OTHER),
        ("Cancelled", 407, ReportState.REJECTED, CarrierError.OTHER),
        ("Deleted", 7777, ReportState.FAILED, CarrierError.OTHER),
        ("Expired", 406, ReportState.EXPIRED, CarrierError.TEMPORARY),
        ("Unknown", 0, ReportState.UNKNOWN, None),
    ],
)
def test_a_report_says_what_became_of_our_text(status, code, state, meaning):
    assert take(provider(), call(report(status, code))).items == (
        DeliveryReport(
            account="us",
            provider_id="01FC66621XXXXX119Z8PMV1QPQ",
            message_id=4711,
            state=state,
            error_code=str(code) if code else None,
            at=AT,
            meaning=meaning,
        ),
    )


@pytest.mark.parametrize(
    "fields",
    [
        report("Queued", 400),
        report("Dispatched", 401),
        report("A state of next year", 1),
        {"type": "delivery_report_sms"},
        INBOUND | {"type": "mo_binary"},
    ],
    ids=["queued", "dispatched", "an unknown state", "a summary", "bytes"],
)
def test_what_is_no_news_is_taken_and_leaves_nothing(fields):
    assert take(provider(), call(fields)).items == ()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"secret": "another"}, id="another secret"),
        pytest.param({"body": b'{"type": "mo_text"}'}, id="another body"),
        pytest.param({"headers": {"x-sinch-webhook-signature-nonce": "1"}}, id="another nonce"),
        pytest.param({"headers": {"x-sinch-webhook-signature-timestamp": "1772355601"}}, id="another time"),
        pytest.param({"headers": {"x-sinch-webhook-signature": ""}}, id="no signature"),
        pytest.param({"headers": {"x-sinch-webhook-signature": "é"}}, id="letters that none has"),
    ],
)
def test_a_call_of_a_stranger_is_not_read(wrong):
    with pytest.raises(UnprovenCallError):
        take(provider(), call(INBOUND, **wrong))


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_call_signed_at_another_time_may_be_a_repetition(hours):
    with pytest.raises(StaleCallError):
        take(provider(), call(INBOUND, at=AT + timedelta(hours=hours)))


def basic(user, password):
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_an_account_that_names_a_user_believes_the_password_and_no_signature():
    made = provider(callback_user="sinch")
    assert take(made, call(INBOUND, headers=basic("sinch", PASSWORD))).items
    for headers in (basic("sinch", "other"), basic("other", PASSWORD), {}):
        with pytest.raises(UnprovenCallError):
            take(made, call(INBOUND, headers=headers))


@pytest.mark.parametrize("settings", [{}, {"callback_user": "sinch"}], ids=["signed", "by password"])
def test_without_the_secret_nothing_is_believed(settings):
    made = provider(secrets={"api_token": TOKEN}, **settings)
    with pytest.raises(UnprovenCallError):
        take(made, call(INBOUND, secret="x", headers=basic("sinch", "")))


def test_a_proven_call_that_lacks_what_it_needs_is_told():
    with pytest.raises(UnreadableCallError):
        take(provider(), call({"type": "mo_text"}))


# Settings


@pytest.mark.parametrize(
    "wrong", [{"service_plan": ""}, {"service_plan": "a/../b"}, {"region": "mars"}, {"region": ""}]
)
def test_settings_that_cannot_be_are_told_before_anything_is_sent(wrong):
    with pytest.raises(BadHttpSettingError):
        sinch.SinchSettings(**{"service_plan": PLAN} | wrong)


def test_no_secret_stands_in_what_is_printed():
    shown = repr(provider()) + repr(provider().request(handover())) + repr(call(INBOUND))
    hidden = (TOKEN, SECRET, PASSWORD, "aRandomWordOfLength", "4155550100", "STOP please")
    assert not any(each in shown for each in hidden)


def test_it_stands_among_the_kinds():
    assert kind_of("sinch") is sinch.KIND
    assert not provider().repeats_safely
