"""Twilio against its own published library: what we send is what it sends, and what it signs we believe."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from yesword.channels import CarrierError, DeliveryReport, HandOver, InboundText, OutcomeStatus, ReportState
from yesword.channels.http import Call, Reply, Setup, take, twilio
from yesword.channels.http.provider import BadHttpSettingError, UnprovenCallError, UnreadableCallError
from yesword.channels.http.wire import to_bytes
from yesword.domain.decisions import Decision, Verdict

SID = "AC0123456789abcdef0123456789abcdef"
TOKEN = "fedcba9876543210fedcba9876543210"
SERVICE = "MG0123456789abcdef0123456789abcdef"
URL = "https://texts.example.com/carriers/us/aRandomWordOfLength"
TEXT_ID = "SM0123456789abcdef0123456789abcde9"
OURS_ID = "SM0123456789abcdef0123456789abcde1"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus
HEADERS = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}


def provider(*, url=URL, secrets=None, **settings):
    return twilio.make(
        Setup(
            account="us",
            settings=twilio.TwilioSettings(account_sid=SID, **settings),
            secrets={"auth_token": TOKEN} if secrets is None else secrets,
            callback_url=url,
        )
    )


def handover(text="Hej! 20 % på allt 🎉", media=()):
    return HandOver(
        message_id=4711,
        attempt_id=5,
        sender="+15005550006",
        number="+14155550100",
        text=text,
        decision=Decision(verdict=Verdict.SEND, at=AT),
        media=media,
    )


class Recorded:
    """Stands where the library's own HTTP client stands, and keeps what it is asked to send."""

    def __init__(self, status=201, body='{"sid": "SM1", "status": "queued"}'):
        self.asked, self._answer = None, Response(status, body)

    def request(self, method, url, params=None, data=None, headers=None, auth=None, **_):
        self.asked = (method, url, data, auth)
        return self._answer


@pytest.mark.parametrize("service", ["", SERVICE], ids=["from a number", "through a messaging service"])
def test_a_text_is_sent_as_twilios_own_library_sends_it(service):
    http = Recorded()
    media = ("https://example.com/a.jpg?b=c&d", "https://example.com/b.png")
    Client(SID, TOKEN, http_client=http).messages.create(
        to="+14155550100",
        from_="+15005550006",
        body="Hej! 20 % på allt 🎉",
        media_url=list(media),
        status_callback=f"{URL}?reference=4711",
        validity_period=300,
        **({"messaging_service_sid": service} if service else {}),
    )
    method, url, data, auth = http.asked
    request = provider(messaging_service=service, validity_s=300).request(handover(media=media))
    assert (request.method, request.url) == (method, url)
    theirs = {name: value if isinstance(value, list) else [str(value)] for name, value in data.items()}
    assert parse_qs(request.body.decode()) == theirs
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(":".join(auth).encode()).decode()
    to_bytes(request)


def test_an_api_key_signs_in_instead_of_the_token():
    made = provider(api_key="SK99", secrets={"auth_token": TOKEN, "api_key_secret": "hush"})
    coded = made.request(handover()).headers["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(coded) == b"SK99:hush"


def test_without_a_public_address_no_report_is_asked_for():
    assert b"StatusCallback" not in provider(url="").request(handover()).body


def test_the_trial_is_the_librarys_own_reading_of_the_account():
    http = Recorded(200, json.dumps({"sid": SID}))
    Client(SID, TOKEN, http_client=http).api.accounts(SID).fetch()
    assert (provider().trial().method, provider().trial().url) == http.asked[:2]


# Answers


def answered(status, body):
    return provider().outcome(handover(), Reply(status=status, body=json.dumps(body).encode()))


def test_what_twilio_took_has_its_sid():
    outcome = answered(201, {"sid": "SM1", "status": "queued", "error_code": None})
    assert (outcome.status, outcome.provider_id) == (ACCEPTED, "SM1")


@pytest.mark.parametrize(
    ("status", "code", "expected", "meaning"),
    [
        (400, 21610, REFUSED, CarrierError.OPTED_OUT),
        (400, 21211, REFUSED, CarrierError.INVALID_NUMBER),
        (400, 21614, REFUSED, CarrierError.LANDLINE),
        (400, 21606, REFUSED, CarrierError.INVALID_SENDER),
        (400, 21617, REFUSED, CarrierError.CONTENT),
        (400, 99999, REFUSED, CarrierError.OTHER),
        (400, 21611, THROTTLED, CarrierError.THROTTLED),
        (429, 20429, THROTTLED, CarrierError.THROTTLED),
        (401, 20003, THROTTLED, None),
        (403, 20003, THROTTLED, None),
        (500, 20500, UNKNOWN, None),
        (503, 20503, UNKNOWN, None),
    ],
)
def test_what_a_refusal_means(status, code, expected, meaning):
    outcome = answered(status, {"code": code, "message": "The number +14155550100 …", "status": status})
    assert (outcome.status, outcome.meaning) == (expected, meaning)
    assert "4155550100" not in repr(outcome), "its sentence quotes the number"


def test_a_proxy_that_answers_for_twilio_leaves_the_text_unknown():
    page = Reply(status=502, body=b"<html>Bad gateway</html>")
    assert provider().outcome(handover(), page).status is UNKNOWN


# Calls


def call(fields, *, url=URL, token=TOKEN, signature=None, method="POST", headers=None):
    body = urlencode(fields).encode()
    multi = {}
    for name, value in fields:
        multi.setdefault(name, []).append(value)
    signature = signature or RequestValidator(token).compute_signature(url, Fields(multi))
    return Call(
        method=method,
        url=url,
        headers=HEADERS | {"x-twilio-signature": signature} | (headers or {}),
        body=body,
        at=AT,
    )


class Fields(dict):
    def getall(self, name):
        return self[name]


INBOUND = [
    ("MessageSid", TEXT_ID),
    ("AccountSid", SID),
    ("From", "+14155550100"),
    ("To", "+15005550006"),
    ("Body", "STOP please & thank you + 🎉"),
    ("NumMedia", "2"),
    ("MediaUrl0", "https://api.twilio.com/media/1"),
    ("MediaUrl1", "https://api.twilio.com/media/2"),
    ("SmsStatus", "received"),
    ("SomethingNew", ""),
]


def test_a_text_that_comes_in_is_read_whole():
    taken = take(provider(), call(INBOUND))
    assert taken.items == (
        InboundText(
            account="us",
            provider_id=TEXT_ID,
            sender_number="+14155550100",
            to_address="+15005550006",
            text="STOP please & thank you + 🎉",
            received_at=AT,
            media=("https://api.twilio.com/media/1", "https://api.twilio.com/media/2"),
        ),
    )
    assert taken.answer.body == b"<Response/>", "Twilio sends no answer of its own"


@pytest.mark.parametrize(
    ("status", "code", "state", "meaning"),
    [
        ("delivered", "", ReportState.DELIVERED, None),
        ("undelivered", "30003", ReportState.FAILED, CarrierError.TEMPORARY),
        ("undelivered", "30005", ReportState.FAILED, CarrierError.UNKNOWN_SUBSCRIBER),
        ("undelivered", "30006", ReportState.FAILED, CarrierError.LANDLINE),
        ("undelivered", "30007", ReportState.FAILED, CarrierError.FILTERED),
        ("undelivered", "30008", ReportState.FAILED, CarrierError.OTHER),
        ("undelivered", "30032", ReportState.FAILED, CarrierError.NOT_REGISTERED),
        ("undelivered", "30033", ReportState.FAILED, CarrierError.NOT_REGISTERED),
        ("undelivered", "30034", ReportState.FAILED, CarrierError.NOT_REGISTERED),
        ("failed", "21610", ReportState.FAILED, CarrierError.OPTED_OUT),
        ("failed", "30036", ReportState.EXPIRED, CarrierError.TEMPORARY),
        ("canceled", "", ReportState.REJECTED, None),
    ],
)
def test_a_report_says_what_became_of_our_text(status, code, state, meaning):
    fields = [("MessageSid", OURS_ID), ("AccountSid", SID), ("MessageStatus", status), ("SmsStatus", status)]
    fields += [("ErrorCode", code)] if code else []
    taken = take(provider(), call(fields, url=f"{URL}?reference=4711"))
    assert taken.items == (
        DeliveryReport(
            account="us",
            provider_id=OURS_ID,
            message_id=4711,
            state=state,
            error_code=code or None,
            at=AT,
            meaning=meaning,
        ),
    )


@pytest.mark.parametrize("status", ["queued", "sending", "sent", "accepted", "a state of next year"])
def test_what_is_no_news_is_taken_and_leaves_nothing(status):
    fields = [("MessageSid", OURS_ID), ("AccountSid", SID), ("MessageStatus", status)]
    assert take(provider(), call(fields)).items == ()


# Values are shorter than the other body: Twilio signs the same field that comes twice like one.
@given(st.lists(st.tuples(st.sampled_from(["Body", "From", "a", "A", "É"]), st.text(max_size=8)), max_size=8))
def test_whatever_twilio_signs_is_believed_and_nothing_else(fields):
    try:
        signed = call(fields)
    except UnicodeEncodeError:
        return
    provider().verify(signed)
    with pytest.raises(UnprovenCallError):
        provider().verify(
            call([*fields, ("Body", "other words")], signature=signed.headers["x-twilio-signature"])
        )


@pytest.mark.parametrize(
    "signed_url",
    [URL, URL.replace(".com/", ".com:443/")],
    ids=["without its port", "with its port"],
)
def test_the_port_may_be_signed_or_not(signed_url):
    signature = RequestValidator(TOKEN).compute_signature(signed_url, dict(INBOUND))
    provider().verify(call(INBOUND, signature=signature))


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"token": "another"}, id="another token"),
        pytest.param({"signature": "AAAA"}, id="a made-up signature"),
        pytest.param({"signature": "é"}, id="letters that no signature has"),
    ],
)
def test_a_call_of_a_stranger_is_not_read(wrong):
    with pytest.raises(UnprovenCallError):
        take(provider(), call(INBOUND, **wrong))


def test_a_signature_for_another_address_is_worth_nothing_here():
    signature = RequestValidator(TOKEN).compute_signature("https://evil.example/", dict(INBOUND))
    with pytest.raises(UnprovenCallError):
        take(provider(), call(INBOUND, signature=signature))


def test_a_call_of_another_account_under_our_token_is_not_taken():
    fields = [(name, "ACother" if name == "AccountSid" else value) for name, value in INBOUND]
    with pytest.raises(UnreadableCallError):
        take(provider(), call(fields))


def changed(fields, **values):
    return [(name, values.get(name, value)) for name, value in fields]


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param(
            [
                (name, value) if name != "MessageSid" else (name, TEXT_ID + "NumMedia2")
                for name, value in INBOUND
                if name != "NumMedia" and not name.startswith("MediaUrl")
            ],
            id="a longer id",
        ),
        pytest.param(changed(INBOUND, MessageSid="SM9"), id="a short id"),
        pytest.param(changed(INBOUND, MessageSid=TEXT_ID + "\n"), id="a line behind the id"),
        pytest.param(changed(INBOUND, MessageSid="CA" + TEXT_ID[2:]), id="the id of something else"),
        pytest.param([*INBOUND, ("From", "+14155550199")], id="two senders"),
        pytest.param([*INBOUND, ("MessageSid", OURS_ID)], id="two ids"),
        pytest.param([*INBOUND, ("FromCity", "From+14155550100")], id="a sender in a city"),
        pytest.param([*INBOUND, ("From+14155550100", "")], id="a sender in a name"),
        pytest.param([*INBOUND, ("NewFrom", "+14155550100")], id="a sender at the end of a name"),
    ],
)
def test_fields_that_are_cut_in_another_way_than_twilios_are_not_read(cut):
    with pytest.raises(UnreadableCallError):
        take(provider(), call(cut))


def test_a_text_cannot_put_words_into_the_mouth_of_another():
    """It holds the fields of a call; cut in another way they have the same signature."""
    rest = [("SmsStatus", "received"), ("To", "+15005550006")]
    held = f"JOINFrom+14155550199FromCityAMessageSid{OURS_ID}NumMedia0"
    sent = [("AccountSid", SID), ("Body", held), ("From", "+14155550100"), ("MessageSid", TEXT_ID), *rest]
    forged = [
        ("AccountSid", SID),
        ("Body", "JOIN"),
        ("From", "+14155550199"),
        ("FromCity", "A"),
        ("MessageSid", OURS_ID),
        ("NumMedia", f"0From+14155550100MessageSid{TEXT_ID}"),
        *rest,
    ]
    assert take(provider(), call(sent)).items[0].text == held
    signature = call(sent).headers["x-twilio-signature"]
    provider().verify(call(forged, signature=signature))
    with pytest.raises(UnreadableCallError):
        take(provider(), call(forged, signature=signature))


def test_a_body_that_is_no_form_is_proven_by_its_digest():
    body = b'{"a":1}'
    url = f"{URL}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = RequestValidator(TOKEN).compute_signature(url, {})
    assert RequestValidator(TOKEN).validate(url, body.decode(), signature)
    headers = {"content-type": "application/json", "x-twilio-signature": signature}
    provider().verify(Call(method="POST", url=url, headers=headers, body=body, at=AT))
    with pytest.raises(UnprovenCallError):
        provider().verify(Call(method="POST", url=url, headers=headers, body=b'{"a":2}', at=AT))


def test_calls_by_get_are_signed_by_their_address():
    url = f"{URL}?{urlencode(INBOUND)}"
    signature = RequestValidator(TOKEN).compute_signature(url, {})
    got = Call(method="GET", url=url, headers={"x-twilio-signature": signature}, body=b"", at=AT)
    assert take(provider(), got).items[0].text == dict(parse_qsl(got.query))["Body"]


def test_a_shared_key_for_webhooks_signs_by_sha_256():
    signature = RequestValidator("shared").compute_signature(URL, dict(INBOUND), "HMAC_SHA256")
    settings = {"x-twilio-webhooks-signature-settings": "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"}
    signed = call(INBOUND, signature=signature, headers=settings)
    provider(secrets={"auth_token": TOKEN, "webhook_key": "shared"}).verify(signed)
    with pytest.raises(UnprovenCallError):
        provider().verify(signed)


# Settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"account_sid": "SK1"},
        {"account_sid": ""},
        {"messaging_service": "PN1"},
        {"account_sid": "AC1/../x"},
        {"validity_s": 99_999},
    ],
    ids=[
        "a key for an account",
        "no account",
        "a number for a service",
        "a path in the sid",
        "too long a validity",
    ],
)
def test_settings_that_cannot_be_are_told_before_anything_is_sent(wrong):
    with pytest.raises(BadHttpSettingError):
        twilio.TwilioSettings(**{"account_sid": SID} | wrong)


def test_no_secret_stands_in_what_is_printed():
    shown = repr(provider()) + repr(provider().request(handover())) + repr(call(INBOUND))
    assert not any(secret in shown for secret in (TOKEN, "aRandomWordOfLength", "4155550100", "STOP please"))
