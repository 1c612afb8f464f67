"""Bird against its own published library: what we send is what it sends, and what it believes we believe."""

import base64
import hashlib
import hmac
import json
import warnings
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels import CarrierError, DeliveryReport, HandOver, InboundText, OutcomeStatus, ReportState
from yesword.channels.http import Call, Reply, Setup, bird, take
from yesword.channels.http.kinds import kind_of
from yesword.channels.http.missed import Lists
from yesword.channels.http.provider import (
    NOT_OF_THE_FORM,
    BadHttpSettingError,
    StaleCallError,
    UnprovenCallError,
    UnreadableCallError,
    UnreadableReplyError,
)
from yesword.channels.http.wire import to_bytes
from yesword.domain.decisions import Decision, Verdict

with warnings.catch_warnings():  # one of its models names a field as its own base does
    warnings.simplefilter("ignore", UserWarning)
    from bird import Bird, WebhookVerificationError

KEY = "bk_eu1_0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four bytes").decode()
OTHER = "whsec_" + base64.b64encode(b"another of twenty-four bytes!").decode()
URL = "https://texts.example.com/carriers/eu/aRandomWordOfLength"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
SMS = "sms_01krdgeqcxet5s7t44vh8rt9mg"
WORKSPACE = "ws_01krdgeqcxet5s7t44vh8rt9mg"
ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus
SECRETS = {"api_key": KEY, "webhook_secret": SECRET}


def provider(*, url=URL, secrets=None, account="eu", **settings):
    return bird.make(
        Setup(
            account=account,
            settings=bird.BirdSettings(**settings),
            secrets=SECRETS if secrets is None else secrets,
            callback_url=url,
        )
    )


def handover(attempt_id=5):
    return HandOver(
        message_id=4711,
        attempt_id=attempt_id,
        sender="+15557654321",
        number="+14155550100",
        text="Hej! 20 % på allt 🎉",
        decision=Decision(verdict=Verdict.SEND, at=AT),
    )


MESSAGE = {
    "id": SMS,
    "direction": "outbound",
    "status": "accepted",
    "to": "+14155550100",
    "from": "+15557654321",
    "text": "Hej!",
    "category": "marketing",
    "requested_language": None,
    "resolved_language": None,
    "template_id": None,
    "template_version_id": None,
    "template_content_hash": None,
    "segments": {"count": 1, "encoding": "GSM_7BIT", "characters": 4},
    "cost": None,
    "tags": None,
    "metadata": None,
    "last_error": None,
    "created_at": "2026-05-21T12:00:00Z",
    "sent_at": None,
    "delivered_at": None,
}


def sent_by_the_library(act):
    """What its own client hands to the network, and what it makes of the answer."""
    asked = []

    def answer(request):
        asked.append(request)
        return httpx.Response(202, json=MESSAGE)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        read = act(Bird(api_key=KEY, http_client=client))
    return asked[0], read


def test_a_text_is_sent_as_birds_own_library_sends_it():
    request = provider().request(handover())
    theirs, read = sent_by_the_library(
        lambda client: client.sms.send(
            to="+14155550100",
            from_="+15557654321",
            text="Hej! 20 % på allt 🎉",
            category="marketing",
            metadata={"yesword_account": "eu", "yesword_reference": "4711"},
            options={"idempotency_key": request.headers["Idempotency-Key"]},
        )
    )
    assert (request.method, request.url) == (theirs.method, str(theirs.url))
    assert json.loads(request.body) == json.loads(theirs.content)
    assert all(request.headers[name] == theirs.headers[name] for name in ("Authorization", "Idempotency-Key"))
    to_bytes(request)
    reply = Reply(status=202, body=json.dumps(MESSAGE).encode())
    assert provider().outcome(handover(), reply).provider_id == read.id


def test_the_trial_is_the_librarys_own_reading_of_the_workspace():
    asked = provider().trial()
    assert (asked.method, asked.url) == ("GET", "https://eu1.platform.bird.com/v1/workspace")


@pytest.mark.parametrize(
    ("key", "settings", "origin"),
    [
        ("bk_us1_abc", {}, "https://us1.platform.bird.com"),
        ("bm_eu1_abc", {}, "https://eu1.platform.bird.com"),
        ("bk_us1_abc", {"region": "eu1"}, "https://eu1.platform.bird.com"),
        ("bk_us1_abc", {"base_url": "https://bird.example.com"}, "https://bird.example.com"),
        ("bk_evil.example/_abc", {}, "https://us1.platform.bird.com"),
    ],
    ids=["a key of the US", "a key of the EU", "a region", "an address", "a key that names no region"],
)
def test_the_region_is_the_one_that_the_key_names(key, settings, origin):
    assert provider(secrets={"api_key": key}, **settings).origin == origin


def test_the_same_attempt_has_the_same_key_and_every_other_has_another():
    def key(attempt_id=5, **settings):
        return provider(**settings).request(handover(attempt_id)).headers["Idempotency-Key"]

    assert key() == key()
    assert len({key(), key(6), key(account="us"), key(url="https://other.example.com/carriers/eu/word")}) == 4
    assert "aRandomWordOfLength" not in key()
    assert provider().repeats_safely


def test_a_text_says_what_it_is_for():
    body = provider(category="transactional").request(handover()).body
    assert json.loads(body)["category"] == "transactional"


# Answers


def answered(status, body):
    return provider().outcome(handover(), Reply(status=status, body=json.dumps(body).encode()))


@pytest.mark.parametrize(
    ("error", "expected", "meaning"),
    [
        ("recipient_opted_out", REFUSED, CarrierError.OPTED_OUT),
        ("insufficient_balance", THROTTLED, CarrierError.INSUFFICIENT_FUNDS),
        ("a_code_of_next_year", REFUSED, CarrierError.OTHER),
    ],
)
def test_a_text_that_is_rejected_at_once_is_refused(error, expected, meaning):
    failed = {"code": error, "description": "to +14155550100", "occurred_at": "2026-05-21T12:00:00Z"}
    outcome = answered(202, MESSAGE | {"status": "rejected", "last_error": failed})
    assert (outcome.status, outcome.error_code, outcome.meaning) == (expected, error, meaning)
    assert "4155550100" not in repr(outcome)


@pytest.mark.parametrize(
    ("status", "name", "expected", "meaning"),
    [
        (422, "SMSInvalidRecipient", REFUSED, CarrierError.INVALID_NUMBER),
        (422, "SMSSenderNotConfigured", REFUSED, CarrierError.INVALID_SENDER),
        (422, "SMSNoEligibleSender", REFUSED, CarrierError.INVALID_SENDER),
        (422, "SenderCategoryNotPermitted", REFUSED, CarrierError.NOT_REGISTERED),
        (422, "SMSUnsupportedFeature", REFUSED, CarrierError.OTHER),
        (400, "InvalidRequest", REFUSED, CarrierError.OTHER),
        (401, "Unauthorized", THROTTLED, None),
        (403, "Forbidden", THROTTLED, None),
        (402, "InsufficientBalance", THROTTLED, CarrierError.INSUFFICIENT_FUNDS),
        (404, "NotFound", THROTTLED, None),
        (421, "Misdirected", THROTTLED, None),
        (429, "RateLimited", THROTTLED, CarrierError.THROTTLED),
        (409, "RequestInProgress", UNKNOWN, None),
        (409, "IdempotencyKeyReuse", UNKNOWN, None),
        (503, "IdempotencyUnavailable", UNKNOWN, None),
        (500, "SMSInvalidRecipient", UNKNOWN, None),
    ],
)
def test_what_a_refusal_means(status, name, expected, meaning):
    error = {"type": "some_error", "code": "E01001", "name": name, "message": "+14155550100 is not a number"}
    outcome = answered(status, {"error": error})
    assert (outcome.status, outcome.meaning) == (expected, meaning)
    assert "4155550100" not in repr(outcome), "its sentence may quote the number"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"error": "x"}', b""])
def test_a_refusal_of_a_proxy_between_has_no_code(body):
    outcome = provider().outcome(handover(), Reply(status=400, body=body))
    assert (outcome.status, outcome.error_code) == (REFUSED, "400")


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b'{"id": ""}'])
def test_an_acceptance_that_nobody_can_read_is_not_one(body):
    with pytest.raises((UnreadableReplyError, *NOT_OF_THE_FORM)):
        provider().outcome(handover(), Reply(status=202, body=body))


# Calls


def event(kind, more=None, at="2026-03-01T08:59:30Z"):
    data = {
        "sms_id": SMS,
        "workspace_id": WORKSPACE,
        "to": "+14155550100",
        "from": "+15557654321",
        "tags": None,
        "metadata": {"yesword_account": "eu", "yesword_reference": "4711"},
        "requested_language": None,
        "resolved_language": None,
        "template_id": None,
        "template_version_id": None,
        "template_content_hash": None,
    }
    return {"type": kind, "timestamp": at, "data": data | (more or {})}


INBOUND = event(
    "sms.received",
    {
        "from": "+14155550100",
        "to": "+15557654321",
        "metadata": None,
        "text": "STOP please 🎉",
        "segments": {"count": 1, "encoding": "UCS2", "characters": 13},
    },
)


def signed(body, *, secret=SECRET, at=AT, name="msg_1"):
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.digest(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(made).decode()}",
    }


def call(fields, *, headers=None, body=None):
    body = json.dumps(fields).encode() if body is None else body
    return Call(
        method="POST", url=URL, headers=signed(body) if headers is None else headers, body=body, at=AT
    )


def unwrapped(given, secret=SECRET):
    """What its own library makes of the call, whatever the time is now."""
    return Bird(webhook_secret=secret).webhooks.unwrap(given.body, given.headers, tolerance=10**10).root


def test_a_text_that_comes_in_is_read_whole():
    theirs = unwrapped(call(INBOUND))
    assert take(provider(), call(INBOUND)).items == (
        InboundText(
            account="eu",
            provider_id=theirs.data.sms_id,
            sender_number="+14155550100",
            to_address="+15557654321",
            text=theirs.data.text,
            received_at=datetime(2026, 3, 1, 8, 59, 30, tzinfo=UTC),
        ),
    )


def test_a_text_of_a_picture_alone_is_an_empty_text():
    alone = INBOUND | {"data": {key: value for key, value in INBOUND["data"].items() if key != "text"}}
    assert take(provider(), call(alone)).items[0].text == ""


@pytest.mark.parametrize(
    ("kind", "code", "state", "meaning"),
    [
        ("sms.delivered", None, ReportState.DELIVERED, None),
        ("sms.undelivered", "unreachable", ReportState.FAILED, CarrierError.TEMPORARY),
        ("sms.failed", "blocked_by_carrier", ReportState.FAILED, CarrierError.FILTERED),
        ("sms.failed", "landline_unreachable", ReportState.FAILED, CarrierError.LANDLINE),
        ("sms.failed", "invalid_destination", ReportState.FAILED, CarrierError.INVALID_NUMBER),
        ("sms.failed", "sender_unregistered", ReportState.FAILED, CarrierError.NOT_REGISTERED),
        ("sms.failed", "a_code_of_next_year", ReportState.FAILED, CarrierError.OTHER),
        ("sms.rejected", "recipient_opted_out", ReportState.REJECTED, CarrierError.OPTED_OUT),
        ("sms.expired", None, ReportState.EXPIRED, None),
    ],
)
def test_a_report_says_what_became_of_our_text(kind, code, state, meaning):
    failed = code and {"code": code, "description": "Why", "occurred_at": "2026-03-01T08:59:30Z"}
    told = call(event(kind, {"error": failed}))
    assert unwrapped(told).type == kind
    assert take(provider(), told).items == (
        DeliveryReport(
            account="eu",
            provider_id=SMS,
            message_id=4711,
            state=state,
            error_code=code,
            at=datetime(2026, 3, 1, 8, 59, 30, tzinfo=UTC),
            meaning=meaning,
        ),
    )


def test_every_code_that_birds_library_knows_has_a_meaning():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        from bird._generated import SMSErrorCode
    assert {each.value for each in SMSErrorCode} <= bird.ERRORS.keys()


@pytest.mark.parametrize(
    "metadata",
    [None, {}, {"yesword_reference": "4711"}, {"yesword_account": "us", "yesword_reference": "4711"}],
    ids=["none", "empty", "of nobody", "of another account"],
)
def test_a_text_of_another_sender_in_the_workspace_is_not_taken_for_ours(metadata):
    (report,) = take(provider(), call(event("sms.delivered", {"metadata": metadata}))).items
    assert report.message_id is None


@pytest.mark.parametrize(
    "kind",
    ["sms.accepted", "sms.sent", "sms_suppression.created", "email.delivered", "an.event of next year"],
)
def test_what_is_no_news_is_taken_and_leaves_nothing(kind):
    assert take(provider(), call(event(kind))).items == ()


@given(st.text(max_size=40), st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_what_birds_library_believes_we_believe_and_nothing_else(text, name):
    body = json.dumps(INBOUND | {"data": INBOUND["data"] | {"text": text + "."}}).encode()
    believed = call({}, body=body, headers=signed(body, name=name))
    unwrapped(believed)
    provider().verify(believed)
    altered = call({}, body=body + b" ", headers=believed.headers)
    with pytest.raises(WebhookVerificationError):
        unwrapped(altered)
    with pytest.raises(UnprovenCallError):
        provider().verify(altered)


def test_while_the_secret_is_changed_one_of_two_signatures_is_enough():
    body = json.dumps(INBOUND).encode()
    headers = signed(body)
    headers["webhook-signature"] = (
        f"{signed(body, secret=OTHER)['webhook-signature']} {headers['webhook-signature']}"
    )
    unwrapped(call(INBOUND, headers=headers))
    provider().verify(call(INBOUND, headers=headers))


BODY = json.dumps(INBOUND).encode()


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no signature"),
        pytest.param(signed(BODY, secret=OTHER), id="another secret"),
        pytest.param(signed(BODY + b" "), id="another body"),
        pytest.param(signed(BODY) | {"webhook-id": "msg_2"}, id="another id"),
        pytest.param(signed(BODY) | {"webhook-timestamp": "1772355601"}, id="another time"),
        pytest.param(signed(BODY) | {"webhook-timestamp": "now"}, id="no time"),
        pytest.param(signed(BODY) | {"webhook-signature": "v1,"}, id="an empty signature"),
        pytest.param(signed(BODY) | {"webhook-signature": "v1,é"}, id="letters that none has"),
        pytest.param(signed(BODY) | {"webhook-id": "\udce9"}, id="an id that is no text"),
        pytest.param(
            {**signed(BODY), "webhook-signature": signed(BODY)["webhook-signature"].replace("v1,", "v1a,")},
            id="another kind of signature",
        ),
    ],
)
def test_a_call_of_a_stranger_is_not_read(headers):
    with pytest.raises(UnprovenCallError):
        take(provider(), call({}, body=BODY, headers=headers))


@pytest.mark.parametrize("apart", [timedelta(minutes=6), timedelta(minutes=-6)], ids=["early", "late"])
def test_a_call_of_another_time_is_a_repetition(apart):
    with pytest.raises(StaleCallError):
        take(provider(), call({}, body=BODY, headers=signed(BODY, at=AT + apart)))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é", "whsec_c2hvcnQ="])
def test_without_a_secret_nothing_is_believed(secret):
    with pytest.raises(UnprovenCallError):
        take(provider(secrets={"api_key": KEY, "webhook_secret": secret}), call(INBOUND))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"1",
        b"{}",
        b'{"type": "sms.received"}',
        b'{"type": "sms.failed", "data": []}',
        b"[" * 9999,
    ],
)
def test_a_proven_call_that_lacks_what_it_needs_is_told(body):
    with pytest.raises(UnreadableCallError):
        take(provider(), call({}, body=body))


# What came in while nobody could be called


def test_what_came_in_is_asked_for_page_by_page():
    assert isinstance(provider(), Lists)
    since = datetime(2026, 3, 1, 8, tzinfo=UTC)
    asked = provider().list_since(since)
    assert asked.url == (
        "https://eu1.platform.bird.com/v1/sms/messages?direction=inbound&created_after=2026-03-01T08%3A00%3A00Z"
    )
    text = MESSAGE | {"direction": "inbound", "status": "received", "text": "STOP", "from": "+14155550100"}
    body = json.dumps({"data": [text], "next_cursor": "c/1"}).encode()
    page = provider().listed(Reply(status=200, body=body), since)
    assert [(each.provider_id, each.text) for each in page.items] == [(SMS, "STOP")]
    assert page.following.url == f"{asked.url}&starting_after=c%2F1"
    last = json.dumps({"data": [], "next_cursor": None}).encode()
    assert provider().listed(Reply(status=200, body=last), since).following is None


# Settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"region": "eu"},
        {"region": "eu1.evil.example/"},
        {"region": "EU1"},
        {"category": "news"},
        {"category": ""},
    ],
)
def test_settings_that_cannot_be_are_told_before_anything_is_sent(wrong):
    with pytest.raises(BadHttpSettingError):
        bird.BirdSettings(**wrong)


def test_no_secret_stands_in_what_is_printed():
    shown = repr(provider()) + repr(provider().request(handover())) + repr(call(INBOUND))
    assert not any(
        each in shown for each in (KEY, SECRET, "aRandomWordOfLength", "4155550100", "STOP please")
    )


def test_it_stands_among_the_kinds():
    assert kind_of("bird") is bird.KIND
