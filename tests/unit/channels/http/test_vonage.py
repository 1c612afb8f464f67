"""Vonage against its own published libraries: what we send is what they send, and what it signs we believe."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from vonage_http_client import Auth, HttpClient
from vonage_jwt import verify_signature
from vonage_messages import Messages, Sms

from yesword.channels import CarrierError, DeliveryReport, HandOver, InboundText, OutcomeStatus, ReportState
from yesword.channels.http import Call, Reply, Setup, take, vonage
from yesword.channels.http.kinds import kind_of
from yesword.channels.http.provider import (
    BadHttpSettingError,
    StaleCallError,
    UnprovenCallError,
    UnreadableCallError,
)
from yesword.channels.http.wire import to_bytes
from yesword.domain.decisions import Decision, Verdict

APPLICATION = "78d335fa-323d-0114-9c3d-d6f0d48968cf"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
SECRET = "a signature secret that is as long as the longest of all these signatures wants"
URL = "https://texts.example.com/carriers/us/aRandomWordOfLength"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus


def provider(*, url=URL, secrets=None, **settings):
    return vonage.make(
        Setup(
            account="us",
            settings=vonage.VonageSettings(application_id=APPLICATION, **settings),
            secrets={"private_key": PEM, "signature_secret": SECRET} if secrets is None else secrets,
            callback_url=url,
        )
    )


def handover(sender="+15005550006"):
    return HandOver(
        message_id=4711,
        attempt_id=5,
        sender=sender,
        number="+14155550100",
        text="Hej! 20 % på allt 🎉",
        decision=Decision(verdict=Verdict.SEND, at=AT),
    )


def sent_by_the_library(message):
    """What its own client hands to the network."""
    client, asked = HttpClient(Auth(application_id=APPLICATION, private_key=PEM)), {}

    class Answer:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        status_code, headers, content = 202, {"Content-Type": "application/json"}, b"{}"
        url = ""

        def json(self):
            return {"message_uuid": "m"}

    client._session.request = lambda **what: asked.update(what) or Answer()
    Messages(client).send(message)
    return asked


@pytest.mark.parametrize("sender", ["+15005550006", "YESWORD"], ids=["from a number", "from a name"])
def test_a_text_is_sent_as_vonages_own_library_sends_it(sender):
    theirs = sent_by_the_library(
        Sms(
            to="14155550100",
            from_=sender.removeprefix("+"),
            text="Hej! 20 % på allt 🎉",
            client_ref="4711",
            webhook_url=URL,
            webhook_version="v1",
            ttl=300,
        )
    )
    request = provider(validity_s=300).request(handover(sender))
    assert (request.method, request.url) == (theirs["method"], theirs["url"])
    assert json.loads(request.body) == theirs["json"]
    to_bytes(request)


def test_the_application_signs_in_by_a_token_of_its_private_key():
    token = provider().request(handover()).headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, KEY.public_key(), algorithms=["RS256"])
    theirs = sent_by_the_library(Sms(to="14155550100", from_="x", text="x"))["headers"]["Authorization"]
    assert set(claims) == set(jwt.decode(theirs[7:], KEY.public_key(), algorithms=["RS256"]))
    assert claims["application_id"] == APPLICATION


def test_without_a_public_address_no_report_is_asked_for():
    assert b"webhook" not in provider(url="").request(handover()).body


# Answers


def answered(status, body):
    return provider().outcome(handover(), Reply(status=status, body=json.dumps(body).encode()))


def test_what_vonage_took_has_its_id():
    outcome = answered(202, {"message_uuid": "m1"})
    assert (outcome.status, outcome.provider_id) == (ACCEPTED, "m1")


@pytest.mark.parametrize(
    ("status", "problem", "expected", "meaning"),
    [
        (422, "api-errors/messages#1430", REFUSED, CarrierError.INVALID_NUMBER),
        (422, "api-errors/messages#1120", REFUSED, CarrierError.INVALID_SENDER),
        (422, "api-errors/messages#1240", REFUSED, CarrierError.OPTED_OUT),
        (422, "api-errors/messages#1090", REFUSED, CarrierError.CONTENT),
        (422, "api-errors/messages#9999", REFUSED, CarrierError.OTHER),
        (422, "", REFUSED, CarrierError.OTHER),
        (422, "api-errors/messages#1000", THROTTLED, CarrierError.THROTTLED),
        (429, "api-errors/messages#1000", THROTTLED, CarrierError.THROTTLED),
        (402, "api-errors#low-balance", THROTTLED, CarrierError.INSUFFICIENT_FUNDS),
        (403, "api-errors#low-balance", THROTTLED, CarrierError.INSUFFICIENT_FUNDS),
        (401, "api-errors#unauthorized", THROTTLED, None),
        (422, "api-errors/messages#1060", THROTTLED, None),
        (500, "api-errors/messages#1030", UNKNOWN, None),
        (503, "api-errors/messages#1240", UNKNOWN, None),
    ],
)
def test_what_a_refusal_means(status, problem, expected, meaning):
    outcome = answered(
        status, {"type": f"https://developer.vonage.com/{problem}", "detail": "+14155550100 is …"}
    )
    assert (outcome.status, outcome.meaning) == (expected, meaning)
    assert "4155550100" not in repr(outcome), "its sentence may quote the number"


def test_a_proxy_that_answers_for_vonage_leaves_the_text_unknown():
    assert provider().outcome(handover(), Reply(status=502, body=b"<html>")).status is UNKNOWN


# Calls


INBOUND = {
    "channel": "sms",
    "message_uuid": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
    "to": "15005550006",
    "from": "14155550100",
    "timestamp": "2026-03-01T08:59:58Z",
    "message_type": "text",
    "text": "STOP please & thank you 🎉",
    "sms": {"num_messages": "1", "keyword": "STOP"},
}


def call(fields, *, secret=SECRET, at=AT, algorithm="HS256", body=None, **claims):
    body = json.dumps(fields).encode() if body is None else body
    said = {
        "iat": int(at.timestamp()),
        "jti": "c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5",
        "iss": "Vonage",
        "payload_hash": hashlib.sha256(json.dumps(fields).encode()).hexdigest(),
        "api_key": "a1b2c3d4",
        "application_id": APPLICATION,
    } | claims
    token = jwt.encode(said, secret, algorithm=algorithm)
    return Call(method="POST", url=URL, headers={"authorization": f"Bearer {token}"}, body=body, at=AT)


def test_a_text_that_comes_in_is_read_whole():
    signed = call(INBOUND)
    assert verify_signature(signed.headers["authorization"].removeprefix("Bearer "), SECRET)
    assert take(provider(), signed).items == (
        InboundText(
            account="us",
            provider_id="aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
            sender_number="+14155550100",
            to_address="+15005550006",
            text="STOP please & thank you 🎉",
            received_at=AT - timedelta(seconds=2),
        ),
    )


def test_a_picture_comes_with_its_words_and_a_short_code_stays_short():
    image = {"url": "https://example.com/image.jpg", "caption": "Look"}
    fields = INBOUND | {"channel": "mms", "message_type": "image", "image": image, "to": "12345"}
    text = take(provider(), call({name: value for name, value in fields.items() if name != "text"})).items[0]
    assert (text.text, text.media, text.to_address) == ("Look", ("https://example.com/image.jpg",), "12345")


def report(status, code=None, reference="4711"):
    fields = {key: INBOUND[key] for key in ("message_uuid", "to", "from", "timestamp", "channel")}
    fields |= {"status": status, "client_ref": reference}
    kind = f"https://developer.vonage.com/api-errors/messages#{code}"
    return fields | ({"error": {"type": kind, "title": int(code), "detail": "…"}} if code else {})


@pytest.mark.parametrize(
    ("status", "code", "state", "meaning"),
    [
        ("delivered", None, ReportState.DELIVERED, None),
        ("read", None, ReportState.DELIVERED, None),
        ("rejected", "1240", ReportState.REJECTED, CarrierError.OPTED_OUT),
        ("rejected", "1190", ReportState.REJECTED, CarrierError.DEACTIVATED),
        ("rejected", "1180", ReportState.REJECTED, CarrierError.TEMPORARY),
        ("rejected", "1210", ReportState.REJECTED, CarrierError.FILTERED),
        ("rejected", "1241", ReportState.REJECTED, CarrierError.TEMPORARY),
        ("rejected", "1280", ReportState.REJECTED, CarrierError.OTHER),
        ("rejected", "1330", ReportState.REJECTED, CarrierError.OTHER),
        ("undeliverable", None, ReportState.FAILED, None),
    ],
)
def test_a_report_says_what_became_of_our_text(status, code, state, meaning):
    assert take(provider(), call(report(status, code))).items == (
        DeliveryReport(
            account="us",
            provider_id=INBOUND["message_uuid"],
            message_id=4711,
            state=state,
            error_code=code,
            at=AT - timedelta(seconds=2),
            meaning=meaning,
        ),
    )


@pytest.mark.parametrize("status", ["submitted", "a state of next year"])
def test_what_is_no_news_is_taken_and_leaves_nothing(status):
    assert take(provider(), call(report(status))).items == ()


def test_a_reference_that_is_not_ours_is_left_out():
    assert take(provider(), call(report("delivered", reference="order 7"))).items[0].message_id is None


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"secret": "another secret of the length that is asked for"}, id="another secret"),
        pytest.param({"body": b'{"text": "other"}'}, id="another body"),
        pytest.param({"payload_hash": None}, id="no digest of the body"),
        pytest.param({"application_id": "another"}, id="another application"),
        pytest.param({"iat": "soon"}, id="no time"),
        pytest.param({"algorithm": "HS512"}, id="another kind of signature"),
        pytest.param({"algorithm": "none", "secret": None}, id="no signature inside"),
    ],
)
def test_a_call_of_a_stranger_is_not_read(wrong):
    with pytest.raises(UnprovenCallError):
        take(provider(), call(INBOUND, **wrong))


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer a.b.c", "Bearer é.é.é", "Basic eDp5", "Bearer ..."])
def test_a_token_that_is_none_is_not_believed(header):
    bare = Call(method="POST", url=URL, headers={"authorization": header}, body=b"{}", at=AT)
    with pytest.raises(UnprovenCallError):
        take(provider(), bare)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_call_signed_at_another_time_may_be_a_repetition(hours):
    with pytest.raises(StaleCallError):
        take(provider(), call(INBOUND, at=AT + timedelta(hours=hours)))


def test_without_the_secret_nothing_is_believed():
    with pytest.raises(UnprovenCallError):
        take(provider(secrets={"private_key": PEM}), call(INBOUND))


def test_a_message_of_another_channel_is_not_taken_for_a_text():
    with pytest.raises(UnreadableCallError):
        take(provider(), call(INBOUND | {"channel": "whatsapp"}))


# Settings


@pytest.mark.parametrize("wrong", [{"application_id": ""}, {"application_id": "a/b"}, {"validity_s": 5}])
def test_settings_that_cannot_be_are_told_before_anything_is_sent(wrong):
    with pytest.raises(BadHttpSettingError):
        vonage.VonageSettings(**{"application_id": APPLICATION} | wrong)


def test_no_secret_stands_in_what_is_printed():
    shown = repr(provider()) + repr(provider().request(handover())) + repr(call(INBOUND))
    hidden = (SECRET, PEM[40:80], "aRandomWordOfLength", "4155550100", "STOP please", "Bearer")
    assert not any(each in shown for each in hidden)


def test_it_stands_among_the_kinds_and_has_no_harmless_request():
    assert kind_of("vonage") is vonage.KIND
    assert provider().trial() is None
    assert not provider().repeats_safely
