"""Plivo against its own published library: what we send is what it sends, and what it believes we believe."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plivo import RestClient
from plivo.utils import validate_signature
from plivo.utils.signature_v3 import construct_post_url, get_signature_v3, validate_v3_signature

from yesword.channels import CarrierError, DeliveryReport, HandOver, InboundText, OutcomeStatus, ReportState
from yesword.channels.http import Call, Reply, Setup, plivo, take
from yesword.channels.http.kinds import kind_of
from yesword.channels.http.provider import BadHttpSettingError, UnprovenCallError, UnreadableCallError
from yesword.channels.http.wire import to_bytes
from yesword.domain.decisions import Decision, Verdict

AUTH_ID = "MAXXXXXXXXXXXXXXXXXX"
TOKEN = "fedcba9876543210fedcba9876543210fedcba98"
URL = "https://texts.example.com/carriers/us/aRandomWordOfLength"
REPORTS = f"{URL}?reference=4711"
NONCE = "12345678901234567890"
TEXT_ID = "1aead330-8ff9-11ed-b1c1-0242ac110004"
OURS_ID = "1aead330-8ff9-11ed-b1c1-0242ac110005"
PASSWORD = "aLongWordOfLettersAnd9"
KEYED = f"{URL}?key={PASSWORD}"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus


def provider(*, url=URL, secrets=None):
    return plivo.make(
        Setup(
            account="us",
            settings=plivo.PlivoSettings(auth_id=AUTH_ID),
            secrets={"auth_token": TOKEN} if secrets is None else secrets,
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

    class Answer:
        status_code, url = 202, ""

        def json(self, **_):
            return {"message_uuid": ["m"]}

    with RestClient(AUTH_ID, TOKEN) as client:
        asked = []
        client.send_request = lambda request, **_: asked.append(request) or Answer()
        act(client)
    return asked[0]


@pytest.mark.parametrize("media", [(), ("https://example.com/a.jpg?b=c&d",)], ids=["words", "a picture"])
def test_a_text_is_sent_as_plivos_own_library_sends_it(media):
    theirs = sent_by_the_library(
        lambda client: client.messages.create(
            src="+15005550006",
            dst="+14155550100",
            text="Hej! 20 % på allt 🎉",
            url=REPORTS,
            method="POST",
            **({"type_": "mms", "media_urls": list(media)} if media else {}),
        )
    )
    request = provider().request(handover(media))
    assert (request.method, request.url) == (theirs.method, theirs.url)
    named = json.loads(theirs.body)
    defaults = {name: named[name] for name in ("log", "trackable") if name in named}
    assert json.loads(request.body) | defaults == named
    assert request.headers["Authorization"] == theirs.headers["Authorization"]
    to_bytes(request)


def test_the_trial_is_the_librarys_own_reading_of_the_account():
    asked = provider().trial()
    assert (asked.method, asked.url) == ("GET", f"https://api.plivo.com/v1/Account/{AUTH_ID}/")


def test_without_a_public_address_no_report_is_asked_for():
    assert "url" not in json.loads(provider(url="").request(handover()).body)


# Answers


def answered(status, body):
    return provider().outcome(handover(), Reply(status=status, body=json.dumps(body).encode()))


def test_what_plivo_took_has_its_id():
    outcome = answered(202, {"message": "message(s) queued", "message_uuid": ["m1"], "api_id": "a"})
    assert (outcome.status, outcome.provider_id) == (ACCEPTED, "m1")


@pytest.mark.parametrize(
    ("status", "expected", "meaning"),
    [
        (400, REFUSED, CarrierError.OTHER),
        (422, REFUSED, CarrierError.OTHER),
        (401, THROTTLED, None),
        (402, THROTTLED, CarrierError.INSUFFICIENT_FUNDS),
        (404, THROTTLED, None),
        (429, THROTTLED, CarrierError.THROTTLED),
        (500, UNKNOWN, None),
        (502, UNKNOWN, None),
    ],
)
def test_what_a_refusal_means(status, expected, meaning):
    outcome = answered(status, {"api_id": "a", "error": "+14155550100 is not a valid phone number"})
    assert (outcome.status, outcome.meaning) == (expected, meaning)
    assert "4155550100" not in repr(outcome), "its sentence quotes the number"


# Calls


INBOUND = {
    "From": "14155550100",
    "To": "15005550006",
    "Text": "STOP please & thank you + 🎉",
    "Type": "mms",
    "MessageUUID": TEXT_ID,
    "Media0": "https://media.plivo.com/1.jpg",
    "Units": "1",
    "Empty": "",
}


def signed_3(url, fields, token=TOKEN):
    made = get_signature_v3(token, construct_post_url(url, dict(fields)).decode(), NONCE)
    return {"x-plivo-signature-v3": made.decode(), "x-plivo-signature-v3-nonce": NONCE}


def signed_2(url, token=TOKEN):
    made = hmac.digest(token.encode(), (url.partition("?")[0] + NONCE).encode(), hashlib.sha256)
    return {
        "x-plivo-signature-v2": base64.b64encode(made).decode(),
        "x-plivo-signature-v2-nonce": NONCE,
    }


def call(fields, *, url=URL, headers=None, method="POST"):
    headers = signed_3(url, fields) if headers is None else headers
    return Call(method=method, url=url, headers=headers, body=urlencode(fields).encode(), at=AT)


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
            media=("https://media.plivo.com/1.jpg",),
        ),
    )
    assert taken.answer.body == b"<Response/>", "Plivo sends no answer of its own"


def test_a_short_code_stays_short():
    assert take(provider(), call(INBOUND | {"To": "12345"})).items[0].to_address == "12345"


@pytest.mark.parametrize(
    ("status", "code", "state", "meaning"),
    [
        ("delivered", "", ReportState.DELIVERED, None),
        ("delivered", "000", ReportState.DELIVERED, None),
        ("undelivered", "30", ReportState.FAILED, CarrierError.FILTERED),
        ("undelivered", "50", ReportState.FAILED, CarrierError.INVALID_NUMBER),
        ("undelivered", "80", ReportState.FAILED, CarrierError.TEMPORARY),
        ("failed", "200", ReportState.FAILED, CarrierError.OPTED_OUT),
        ("failed", "900", ReportState.FAILED, CarrierError.INSUFFICIENT_FUNDS),
        ("failed", "420", ReportState.EXPIRED, CarrierError.TEMPORARY),
        ("failed", "7777", ReportState.FAILED, CarrierError.OTHER),
        ("rejected", "40", ReportState.REJECTED, CarrierError.INVALID_SENDER),
    ],
)
def test_a_report_says_what_became_of_our_text(status, code, state, meaning):
    fields = {"MessageUUID": OURS_ID, "To": "14155550100", "Status": status, "ErrorCode": code}
    report = take(provider(), call(fields, url=REPORTS)).items[0]
    assert report == DeliveryReport(
        account="us",
        provider_id=OURS_ID,
        message_id=4711,
        state=state,
        error_code=code if meaning else None,
        at=AT,
        meaning=meaning,
    )


@pytest.mark.parametrize("status", ["queued", "sent", "a state of next year"])
def test_what_is_no_news_is_taken_and_leaves_nothing(status):
    assert take(provider(), call({"MessageUUID": OURS_ID, "Status": status}, url=REPORTS)).items == ()


@given(
    st.dictionaries(
        st.sampled_from(["Text", "From", "a", "A"]), st.text("ab&=+ é🎉", max_size=8), max_size=4
    ),
    st.sampled_from([URL, REPORTS]),
)
def test_whatever_plivos_library_believes_we_believe_and_nothing_else(fields, url):
    signed = call(fields, url=url)
    signature = signed.headers["x-plivo-signature-v3"]
    assert validate_v3_signature("POST", url, NONCE, TOKEN, signature, dict(fields))
    provider().verify(signed)
    with pytest.raises(UnprovenCallError):
        provider().verify(call(fields | {"To": "other"}, url=url, headers=signed.headers))


def with_password():
    return provider(secrets={"auth_token": TOKEN, "callback_password": PASSWORD})


def test_the_second_version_covers_no_text_and_is_not_believed_by_itself():
    headers = signed_2(URL)
    assert validate_signature(URL, NONCE, headers["x-plivo-signature-v2"], TOKEN)
    for fields in (INBOUND, INBOUND | {"Text": "JOIN"}):
        with pytest.raises(UnprovenCallError, match="callback_password"):
            take(provider(), call(fields, headers=headers))


def test_the_second_version_is_believed_beside_the_password():
    assert take(with_password(), call(INBOUND, url=KEYED, headers=signed_2(URL))).items
    for url in (URL, f"{URL}?key=another"):
        with pytest.raises(UnprovenCallError):
            with_password().verify(call(INBOUND, url=url, headers=signed_2(URL)))


def test_the_password_is_asked_of_every_call_and_named_for_reports():
    report = {"MessageUUID": OURS_ID, "Status": "delivered"}
    url = json.loads(with_password().request(handover()).body)["url"]
    assert url == f"{REPORTS}&key={PASSWORD}"
    assert take(with_password(), call(report, url=url)).items[0].message_id == 4711
    with pytest.raises(UnprovenCallError):
        with_password().verify(call(report, url=REPORTS))


@pytest.mark.parametrize("version", ["2", "3"])
def test_the_signature_of_the_main_account_counts_too(version):
    headers = signed_3(KEYED, INBOUND) if version == "3" else signed_2(KEYED)
    headers[f"x-plivo-signature-ma-v{version}"] = headers.pop(f"x-plivo-signature-v{version}")
    assert take(with_password(), call(INBOUND, url=KEYED, headers=headers)).items


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param(INBOUND | {"MessageUUID": f"{TEXT_ID}PartInfo1"}, id="a longer id"),
        pytest.param(INBOUND | {"MessageUUID": "m9"}, id="an id of another form"),
        pytest.param(INBOUND | {"Type": "smsTo15005550006"}, id="a number that was texted, in a value"),
        pytest.param(INBOUND | {"TypeTo": "15005550006"}, id="a number that was texted, in a name"),
        pytest.param(INBOUND | {"Media0": ["a", "b"]}, id="a field that comes twice"),
    ],
)
def test_fields_that_are_cut_in_another_way_than_plivos_are_not_read(cut):
    body = urlencode(cut, doseq=True).encode()
    made = Call(method="POST", url=URL, headers=signed_3(URL, cut), body=body, at=AT)
    provider().verify(made)
    with pytest.raises(UnreadableCallError):
        provider().read(made)


@pytest.mark.parametrize(
    "query", ["From14155550100Text=x", "reference=4711&reference=4712", "reference=x", "key=", "a=1"]
)
def test_an_address_that_we_did_not_give_proves_nothing(query):
    with pytest.raises(UnprovenCallError):
        provider().verify(call(INBOUND, url=f"{URL}?{query}"))


def test_a_text_that_ends_in_the_nonce_is_not_believed():
    """It is cut behind a point of its own; the same letters are signed."""
    sent = {"MessageUUID": TEXT_ID, "Text": "JOIN. But not today"}
    signature = signed_3(URL, sent)["x-plivo-signature-v3"]
    forged = {"x-plivo-signature-v3": signature, "x-plivo-signature-v3-nonce": f" But not today.{NONCE}"}
    cut = {"MessageUUID": TEXT_ID, "Text": "JOIN"}
    assert validate_v3_signature("POST", URL, f" But not today.{NONCE}", TOKEN, signature, dict(cut))
    with pytest.raises(UnprovenCallError):
        provider().verify(call(cut, headers=forged))


def test_one_of_several_signatures_is_enough():
    headers = signed_3(URL, INBOUND)
    headers["x-plivo-signature-v3"] = f"AAAA,{headers['x-plivo-signature-v3']}"
    provider().verify(call(INBOUND, headers=headers))


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no signature"),
        pytest.param(signed_3(URL, INBOUND, "another"), id="another token"),
        pytest.param(signed_2(URL, "another"), id="another token in version 2"),
        pytest.param(signed_3("https://evil.example/", INBOUND), id="another address"),
        pytest.param(signed_2("https://evil.example/"), id="another address in version 2"),
        pytest.param(signed_3(URL, INBOUND | {"Text": "JOIN"}), id="another body"),
        pytest.param(signed_3(URL, INBOUND) | {"x-plivo-signature-v3-nonce": "1"}, id="another nonce"),
        pytest.param(signed_3(URL, INBOUND) | {"x-plivo-signature-v3": "é"}, id="letters that none has"),
        pytest.param(signed_2(URL) | signed_3(URL, {}), id="a newer version that does not fit"),
    ],
)
def test_a_call_of_a_stranger_is_not_read(headers):
    with pytest.raises(UnprovenCallError):
        take(provider(), call(INBOUND, headers=headers))


def test_another_method_than_the_one_asked_for_is_not_believed():
    with pytest.raises(UnprovenCallError):
        take(provider(), call({}, headers=signed_3(URL, {}), method="GET"))


def test_without_the_token_nothing_is_believed():
    with pytest.raises(UnprovenCallError):
        take(provider(secrets={}), call(INBOUND, headers=signed_3(URL, INBOUND, "")))


def test_a_proven_call_that_lacks_what_it_needs_is_told():
    with pytest.raises(UnreadableCallError):
        take(provider(), call({"From": "14155550100"}))


# Settings


@pytest.mark.parametrize("wrong", ["", "AC1", "MA/../x", "MAé"])
def test_settings_that_cannot_be_are_told_before_anything_is_sent(wrong):
    with pytest.raises(BadHttpSettingError):
        plivo.PlivoSettings(auth_id=wrong)


def test_no_secret_stands_in_what_is_printed():
    shown = repr(provider()) + repr(provider().request(handover())) + repr(call(INBOUND))
    assert not any(each in shown for each in (TOKEN, "aRandomWordOfLength", "4155550100", "STOP please"))


def test_it_stands_among_the_kinds():
    assert kind_of("plivo") is plivo.KIND
    assert not provider().repeats_safely
