"""Telnyx against its own published library: what we send is what it sends, and what it believes we believe."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from telnyx import Telnyx

from yesword.channels import CarrierError, DeliveryReport, HandOver, InboundText, OutcomeStatus, ReportState
from yesword.channels.http import Call, Reply, Setup, take, telnyx
from yesword.channels.http.kinds import kind_of
from yesword.channels.http.provider import (
    BadHttpSettingError,
    StaleCallError,
    UnprovenCallError,
    UnreadableCallError,
)
from yesword.channels.http.wire import to_bytes
from yesword.domain.decisions import Decision, Verdict

KEY = "KEY0123456789ABCDEF_hush"
SIGNING = Ed25519PrivateKey.generate()
PUBLIC = base64.b64encode(SIGNING.public_key().public_bytes_raw()).decode()
URL = "https://texts.example.com/carriers/us/aRandomWordOfLength"
REPORTS = f"{URL}?reference=4711"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus


def provider(*, url=URL, **settings):
    return telnyx.make(
        Setup(
            account="us",
            settings=telnyx.TelnyxSettings(**{"public_key": PUBLIC} | settings),
            secrets={"api_key": KEY},
            callback_url=url,
        )
    )


def handover(media=()):
    return HandOver(
        message_id=4711,
        attempt_id=5,
        sender="+15005550006",
        number="+14155550100",
        text="Hej! 20 % på allt 🎉",
        decision=Decision(verdict=Verdict.SEND, at=AT),
        media=media,
    )


def sent_by_the_library(act):
    """What its own client hands to the network."""
    asked = []

    def answer(request):
        asked.append(request)
        return httpx.Response(200, json={"data": {"id": "m"}})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        act(Telnyx(api_key=KEY, http_client=http))
    return asked[0]


@pytest.mark.parametrize("media", [(), ("https://example.com/a.jpg?b=c&d",)], ids=["words", "a picture"])
def test_a_text_is_sent_as_telnyxs_own_library_sends_it(media):
    theirs = sent_by_the_library(
        lambda client: client.messages.send(
            from_="+15005550006",
            to="+14155550100",
            text="Hej! 20 % på allt 🎉",
            webhook_url=REPORTS,
            messaging_profile_id="profile",
            **({"media_urls": list(media)} if media else {}),
        )
    )
    request = provider(messaging_profile="profile").request(handover(media))
    assert (request.method, request.url) == (theirs.method, str(theirs.url))
    assert json.loads(request.body) == json.loads(theirs.content)
    assert request.headers["Authorization"] == theirs.headers["Authorization"]
    to_bytes(request)


def test_the_trial_is_the_librarys_own_reading_of_the_profiles():
    theirs = sent_by_the_library(lambda client: client.messaging_profiles.list())
    assert (provider().trial().method, provider().trial().url) == (theirs.method, str(theirs.url))


def test_without_a_public_address_no_report_is_asked_for():
    assert b"webhook" not in provider(url="").request(handover()).body


# Answers


def answered(status, body):
    return provider().outcome(handover(), Reply(status=status, body=json.dumps(body).encode()))


def test_what_telnyx_took_has_its_id():
    outcome = answered(200, {"data": {"id": "m1", "to": [{"status": "queued"}]}})
    assert (outcome.status, outcome.provider_id) == (ACCEPTED, "m1")


@pytest.mark.parametrize(
    ("status", "code", "title", "expected", "meaning"),
    [
        (409, "40300", "Blocked due to STOP message", REFUSED, CarrierError.OPTED_OUT),
        (403, "40300", "Blocked due to STOP message", REFUSED, CarrierError.OPTED_OUT),
        (400, "40300", None, REFUSED, CarrierError.OPTED_OUT),
        (400, "40300", "Carrier rejected", REFUSED, CarrierError.OTHER),
        (400, "40310", "Invalid 'to' address", REFUSED, CarrierError.INVALID_NUMBER),
        (400, "40305", "Invalid 'from' address", REFUSED, CarrierError.INVALID_SENDER),
        (400, "40329", "Toll-free number not verified", REFUSED, CarrierError.NOT_REGISTERED),
        (400, "40322", "Blocked due to content", REFUSED, CarrierError.FILTERED),
        (422, "99999", "New", REFUSED, CarrierError.OTHER),
        (400, "40318", "Message queue full", THROTTLED, CarrierError.THROTTLED),
        (429, "10011", "Too many requests", THROTTLED, CarrierError.THROTTLED),
        (403, "20100", "Insufficient funds", THROTTLED, CarrierError.INSUFFICIENT_FUNDS),
        (401, "10009", "Authentication failed", THROTTLED, None),
        (403, "10010", "Authorization failed", THROTTLED, None),
        (409, "40312", "Messaging profile is disabled", THROTTLED, None),
        (500, "10007", "Unexpected error", UNKNOWN, None),
        (503, "40300", "Blocked due to STOP message", UNKNOWN, None),
        (408, "10008", "Request timeout", UNKNOWN, None),
    ],
)
def test_what_a_refusal_means(status, code, title, expected, meaning):
    problem = {"code": code, "detail": "Messages cannot be sent to +14155550100"}
    outcome = answered(status, {"errors": [problem | ({"title": title} if title else {})]})
    assert (outcome.status, outcome.meaning) == (expected, meaning)
    assert "4155550100" not in repr(outcome), "its sentence quotes the number"


def test_a_proxy_that_answers_for_telnyx_leaves_the_text_unknown():
    assert provider().outcome(handover(), Reply(status=502, body=b"<html>")).status is UNKNOWN


# Calls


INBOUND = {
    "id": "84cca175-9755-4859-b67f-4730d7f58aa3",
    "direction": "inbound",
    "from": {"phone_number": "+14155550100", "carrier": "T-Mobile", "line_type": "Wireless"},
    "to": [{"phone_number": "+15005550006", "status": "webhook_delivered"}],
    "text": "STOP please & thank you 🎉",
    "media": [{"url": "https://example.com/1.jpg", "content_type": "image/jpeg", "size": 7}],
    "received_at": "2026-03-01T08:59:58.000+00:00",
    "record_type": "message",
    "type": "MMS",
}


def call(payload, event="message.received", *, key=SIGNING, at=AT, url=URL, body=None, **headers):
    data = {"event_type": event, "id": "e", "occurred_at": "2026-03-01T08:59:59Z", "payload": payload}
    signed = json.dumps({"data": data | {"record_type": "event"}, "meta": {"attempt": 1}}).encode()
    stamp = str(int(at.timestamp()))
    given = {
        "telnyx-timestamp": stamp,
        "telnyx-signature-ed25519": base64.b64encode(key.sign(stamp.encode() + b"|" + signed)).decode(),
    }
    return Call(method="POST", url=url, headers=given | headers, body=body or signed, at=AT)


def test_a_text_that_comes_in_is_read_whole():
    assert take(provider(), call(INBOUND)).items == (
        InboundText(
            account="us",
            provider_id="84cca175-9755-4859-b67f-4730d7f58aa3",
            sender_number="+14155550100",
            to_address="+15005550006",
            text="STOP please & thank you 🎉",
            received_at=AT - timedelta(seconds=2),
            media=("https://example.com/1.jpg",),
        ),
    )


def test_what_its_own_library_believes_we_believe():
    signed = call(INBOUND, at=datetime.fromtimestamp(time.time(), UTC))
    event = Telnyx(api_key=KEY, public_key=PUBLIC).webhooks.unwrap(
        signed.body.decode(), headers=signed.headers
    )
    assert event.data.payload.id == INBOUND["id"]
    now = Call(method="POST", url=URL, headers=signed.headers, body=signed.body, at=datetime.now(UTC))
    assert take(provider(), now).items[0].provider_id == INBOUND["id"]


def outbound(status, code=None, title="x"):
    errors = [{"code": code, "title": title, "detail": "…"}] if code else []
    return {
        "id": "m1",
        "direction": "outbound",
        "to": [{"phone_number": "+14155550100", "status": status}],
        "completed_at": "2026-03-01T09:00:00.000+00:00",
        "errors": errors,
    }


@pytest.mark.parametrize(
    ("status", "code", "title", "state", "meaning"),
    [
        ("delivered", None, "", ReportState.DELIVERED, None),
        ("delivery_failed", "40001", "Not routable", ReportState.FAILED, CarrierError.LANDLINE),
        ("delivery_failed", "40002", "Blocked as spam", ReportState.FAILED, CarrierError.FILTERED),
        ("delivery_failed", "40010", "Not 10DLC", ReportState.FAILED, CarrierError.NOT_REGISTERED),
        ("delivery_failed", "40300", "Carrier rejected", ReportState.FAILED, CarrierError.OTHER),
        ("delivery_failed", "77777", "New", ReportState.FAILED, CarrierError.OTHER),
        ("sending_failed", "40300", "STOP message", ReportState.REJECTED, CarrierError.OPTED_OUT),
        ("expired", "40014", "Expired in queue", ReportState.EXPIRED, CarrierError.TEMPORARY),
        ("delivery_unconfirmed", None, "", ReportState.UNKNOWN, None),
    ],
)
def test_a_report_says_what_became_of_our_text(status, code, title, state, meaning):
    taken = take(provider(), call(outbound(status, code, title), "message.finalized", url=REPORTS))
    assert taken.items == (
        DeliveryReport(
            account="us",
            provider_id="m1",
            message_id=4711,
            state=state,
            error_code=code,
            at=AT,
            meaning=meaning,
        ),
    )


@pytest.mark.parametrize(
    ("event", "status"),
    [("message.sent", "sent"), ("message.finalized", "a state of next year"), ("call.initiated", "")],
)
def test_what_is_no_news_is_taken_and_leaves_nothing(event, status):
    assert take(provider(), call(outbound(status), event, url=REPORTS)).items == ()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"key": Ed25519PrivateKey.generate()}, id="another key"),
        pytest.param({"body": b'{"data": {}}'}, id="another body"),
        pytest.param({"telnyx-timestamp": "1772355601"}, id="another time"),
        pytest.param({"telnyx-timestamp": "é"}, id="no time"),
        pytest.param({"telnyx-signature-ed25519": ""}, id="no signature"),
        pytest.param({"telnyx-signature-ed25519": "AAAA"}, id="a short signature"),
        pytest.param({"telnyx-signature-ed25519": "é"}, id="letters that no signature has"),
    ],
)
def test_a_call_of_a_stranger_is_not_read(wrong):
    with pytest.raises(UnprovenCallError):
        take(provider(), call(INBOUND, **wrong))


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_call_signed_at_another_time_may_be_a_repetition(hours):
    with pytest.raises(StaleCallError):
        take(provider(), call(INBOUND, at=AT + timedelta(hours=hours)))


def test_a_proven_call_that_lacks_what_it_needs_is_told():
    with pytest.raises(UnreadableCallError):
        take(provider(), call({"id": "m1"}))


# Settings


@pytest.mark.parametrize("wrong", ["", "AAAA", "not base64", "é"])
def test_settings_that_cannot_be_are_told_before_anything_is_sent(wrong):
    with pytest.raises(BadHttpSettingError):
        telnyx.TelnyxSettings(public_key=wrong)


def test_no_secret_stands_in_what_is_printed():
    shown = repr(provider()) + repr(provider().request(handover())) + repr(call(INBOUND))
    assert not any(each in shown for each in (KEY, "aRandomWordOfLength", "4155550100", "STOP please"))


def test_it_stands_among_the_kinds():
    assert kind_of("telnyx") is telnyx.KIND
    assert not provider().repeats_safely
