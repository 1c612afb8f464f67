"""inMobile by the schema of its API and by the samples that its own .NET library is tested with."""

import base64
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels import CarrierError, DeliveryReport, HandOver, InboundText, OutcomeStatus, ReportState
from yesword.channels.http import Call, Reply, Setup, inmobile, take
from yesword.channels.http.kinds import kind_of
from yesword.channels.http.provider import BadHttpSettingError, UnprovenCallError, UnreadableCallError
from yesword.channels.http.wire import to_bytes
from yesword.domain.decisions import Decision, Verdict

API_KEY, WORD = "UnitTestKey123", "a pass/word: of&ours"
URL = "https://texts.example.com/carriers/dk/aRandomWordOfLength"
PROVEN = f"{URL}?{urlencode({'key': WORD})}"
REPORTS = f"{URL}?{urlencode({'reference': 4711, 'key': WORD})}"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus


def provider(*, url=URL, secrets=None, **settings):
    return inmobile.make(
        Setup(
            account="dk",
            settings=inmobile.InMobileSettings(**settings),
            secrets={"api_key": API_KEY, "callback_password": WORD} if secrets is None else secrets,
            callback_url=url,
        )
    )


def handover(sender="PetShop"):
    return HandOver(
        message_id=4711,
        attempt_id=5,
        sender=sender,
        number="+4512345678",
        text="Hej! 20 % på alt 🎉",
        decision=Decision(verdict=Verdict.SEND, at=AT),
    )


def test_a_text_is_sent_as_the_schema_wants_it():
    request = provider().request(handover())
    assert (request.method, request.url) == ("POST", "https://api.inmobile.com/v4/sms/outgoing")
    [text] = json.loads(request.body)["messages"]
    told = text.pop("statusCallbackUrl")
    assert text == {
        "to": "4512345678",
        "from": "PetShop",
        "text": "Hej! 20 % på alt 🎉",
        "encoding": "auto",
        "respectBlacklist": True,
    }
    assert told == REPORTS
    scheme, _, pair = request.headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(pair).decode().partition(":")[2]) == ("Basic", API_KEY)
    to_bytes(request)


@pytest.mark.parametrize(
    ("sender", "written"), [("+4588776655", "4588776655"), ("1245", "1245"), ("PetShop", "PetShop")]
)
def test_a_sender_is_written_without_its_plus(sender, written):
    assert json.loads(provider().request(handover(sender)).body)["messages"][0]["from"] == written


def test_without_a_public_address_no_report_is_asked_for():
    assert b"statusCallbackUrl" not in provider(url="").request(handover()).body


def test_a_text_waits_as_long_as_the_account_says():
    [text] = json.loads(provider(validity_s=90).request(handover()).body)["messages"]
    assert text["validityPeriodInSeconds"] == 90


def test_the_trial_reads_what_can_be_read_again():
    asked = provider().trial()
    assert (asked.method, asked.url) == ("GET", "https://api.inmobile.com/v4/sms/templates?pageLimit=1")
    assert asked.headers["Authorization"] == provider().request(handover()).headers["Authorization"]


# Answers


RESULT = {
    "numberDetails": {
        "countryCode": "45",
        "phoneNumber": "12345678",
        "rawMsisdn": "4512345678",
        "msisdn": "4512345678",
        "isValidMsisdn": True,
        "countryHint": "",
    },
    "text": "Hej! 20 % på alt 🎉",
    "from": "PetShop",
    "smsCount": 1,
    "messageId": "8fe266b2-56e9-4b5f-938f-cc5e22530721",
    "encoding": "ucs2",
}


def answered(status, said):
    return provider().outcome(handover(), Reply(status=status, body=json.dumps(said).encode()))


def test_what_inmobile_took_has_its_id():
    outcome = answered(200, {"results": [RESULT]})
    assert (outcome.status, outcome.provider_id) == (ACCEPTED, RESULT["messageId"])


def test_a_number_that_it_calls_invalid_is_refused_though_it_has_an_id():
    result = RESULT | {"numberDetails": RESULT["numberDetails"] | {"isValidMsisdn": False}}
    outcome = answered(200, {"results": [result]})
    assert (outcome.status, outcome.error_code, outcome.meaning) == (
        REFUSED,
        "-3",
        CarrierError.INVALID_NUMBER,
    )


@pytest.mark.parametrize(
    ("status", "expected", "meaning"),
    [
        (400, REFUSED, CarrierError.OTHER),
        (409, REFUSED, CarrierError.OTHER),
        (401, THROTTLED, None),
        (402, THROTTLED, CarrierError.INSUFFICIENT_FUNDS),
        (404, THROTTLED, None),
        (429, THROTTLED, CarrierError.THROTTLED),
        (500, UNKNOWN, None),
        (502, UNKNOWN, None),
    ],
)
def test_what_a_refusal_means(status, expected, meaning):
    outcome = answered(status, {"errorMessage": "Bad request", "details": ["4512345678 is too long"]})
    assert (outcome.status, outcome.meaning) == (expected, meaning)
    assert "12345678" not in repr(outcome), "its sentence may quote the number"


# Calls


INBOUND = {
    "from": {
        "countryCode": "45",
        "phoneNumber": "11223344",
        "rawSource": "45 11 22 33 44",
        "isValidMsisdn": True,
    },
    "to": {"countryCode": "45", "phoneNumber": "88776655", "msisdn": "4588776655"},
    "text": "STOP tak & hej + 🎉",
    "receivedAt": "2026-02-24T14:50:23Z",
    "future_field_not_yet_known": "Hello",
}
REPORT = {
    "messageId": "id1",
    "numberDetails": RESULT["numberDetails"] | {"isAnonymized": False},
    "deliveryInfo": {
        "stateCode": -1,
        "stateDescription": "Failed",
        "sendTime": "2026-02-24T14:50:23Z",
        "doneTime": "2026-02-24T16:50:23Z",
        "errorCode": -1,
        "errorDescription": "Undeliverable message",
        "future_field_not_yet_known": "Hello",
    },
    "chargeInfo": {"isCharged": True, "smsCount": 2, "encoding": "gsm7"},
    "future_field_not_yet_known": "Hello",
}
DONE = datetime(2026, 2, 24, 16, 50, 23, tzinfo=UTC)


def call(said, *, url=PROVEN):
    return Call(method="POST", url=url, headers={}, body=json.dumps(said).encode(), at=AT)


def reported(**told):
    return REPORT | {"deliveryInfo": REPORT["deliveryInfo"] | told}


@pytest.mark.parametrize("said", [INBOUND, {"messages": [INBOUND]}], ids=["alone", "in a list"])
def test_a_text_that_comes_in_is_read_whole(said):
    [item] = take(provider(), call(said)).items
    assert item == InboundText(
        account="dk",
        provider_id=item.provider_id,
        sender_number="+4511223344",
        to_address="+4588776655",
        text="STOP tak & hej + 🎉",
        received_at=datetime(2026, 2, 24, 14, 50, 23, tzinfo=UTC),
    )


def test_a_short_code_is_known_without_its_country():
    said = INBOUND | {"to": {"countryCode": "45", "phoneNumber": "1245", "msisdn": "451245"}}
    assert take(provider(), call(said)).items[0].to_address == "1245"


def test_a_sender_that_is_no_number_stays_what_it_is():
    sender = {"countryCode": None, "phoneNumber": None, "rawSource": "inMobile", "isValidMsisdn": False}
    assert take(provider(), call(INBOUND | {"from": sender})).items[0].sender_number == "inMobile"


@given(st.sampled_from(["text", "receivedAt", "from", "to"]))
def test_a_text_that_comes_again_is_the_same_and_another_is_another(changed):
    other = INBOUND | {
        "text": "JOIN",
        "receivedAt": "2026-02-24T14:50:24Z",
        "from": INBOUND["from"] | {"rawSource": "45 11 22 33 45"},
        "to": INBOUND["to"] | {"msisdn": "4588776656"},
    }
    ids = [
        take(provider(), call(said)).items[0].provider_id
        for said in (INBOUND, INBOUND | {"future": 1}, INBOUND | {changed: other[changed]})
    ]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    "wrap", [lambda each: {"reports": [each]}, lambda each: [each]], ids=["named", "bare"]
)
def test_a_report_says_what_became_of_our_text(wrap):
    assert take(provider(), call(wrap(REPORT), url=REPORTS)).items == (
        DeliveryReport(
            account="dk",
            provider_id="id1",
            message_id=4711,
            state=ReportState.FAILED,
            error_code="-1",
            at=DONE,
            meaning=CarrierError.OTHER,
        ),
    )


@pytest.mark.parametrize(
    ("state", "code", "expected", "meaning"),
    [
        (1, None, ReportState.DELIVERED, None),
        (0, None, ReportState.UNKNOWN, None),
        (-1, -3, ReportState.FAILED, CarrierError.INVALID_NUMBER),
        (-1, -5, ReportState.EXPIRED, CarrierError.TEMPORARY),
        (-1, -14, ReportState.FAILED, CarrierError.INVALID_SENDER),
        (-1, -22, ReportState.EXPIRED, CarrierError.TEMPORARY),
        (-1, -2, ReportState.FAILED, CarrierError.OTHER),
        (-1, -105, ReportState.FAILED, CarrierError.OPTED_OUT),
        (-1, -201, ReportState.FAILED, CarrierError.FILTERED),
        (-2, -102, ReportState.REJECTED, CarrierError.OTHER),
        (-1, -7777, ReportState.FAILED, CarrierError.OTHER),
    ],
)
def test_what_a_state_and_a_code_mean(state, code, expected, meaning):
    said = {"reports": [reported(stateCode=state, errorCode=code)]}
    report = take(provider(), call(said, url=REPORTS)).items[0]
    assert (report.state, report.error_code, report.meaning) == (
        expected,
        None if code is None else str(code),
        meaning,
    )


def test_what_was_never_sent_has_no_time_of_its_own():
    said = {"reports": [reported(doneTime=None, sendTime=None)]}
    assert take(provider(), call(said, url=REPORTS)).items[0].at == AT


@pytest.mark.parametrize("said", [{"reports": []}, {"reports": [reported(stateCode=9)]}], ids=["none", "new"])
def test_what_is_no_news_is_taken_and_leaves_nothing(said):
    assert take(provider(), call(said, url=REPORTS)).items == ()


def test_the_address_that_we_give_is_one_that_we_believe():
    [text] = json.loads(provider().request(handover()).body)["messages"]
    assert parse_qs(urlsplit(text["statusCallbackUrl"]).query)["key"] == [WORD]
    provider().verify(call({}, url=text["statusCallbackUrl"]))


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(URL, id="no password"),
        pytest.param(f"{URL}?key=", id="an empty password"),
        pytest.param(f"{URL}?key=other", id="another password"),
        pytest.param(f"{URL}?reference={WORD}", id="the password elsewhere"),
        pytest.param(f"{URL}?key=%ff%fe", id="letters that none has"),
        pytest.param(f"{URL}?{'a=b&' * 600}key={WORD}", id="more fields than anybody sends"),
    ],
)
def test_a_call_of_a_stranger_is_not_read(url):
    with pytest.raises(UnprovenCallError):
        take(provider(), call(INBOUND, url=url))


def test_without_the_secret_nothing_is_believed():
    with pytest.raises(UnprovenCallError):
        take(provider(secrets={"api_key": API_KEY}), call(INBOUND, url=f"{URL}?key="))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"xml=<message/>",
        b"1",
        b'"text"',
        b"null",
        b"[1]",
        b"[null]",
        b"{}",
        b'""',
        b'{"reports": 1}',
        b'{"reports": ""}',
        b'{"messages": {}}',
        b'{"reports": [{"deliveryInfo": null}]}',
        b'{"messages": [{"from": "4511223344", "to": "1245", "text": "STOP"}]}',
        b'{"msisdn": "4511223344", "text": "STOP", "shortcode": "1245"}',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_a_proven_call_in_another_form_is_told_and_never_passed_over(body):
    with pytest.raises(UnreadableCallError):
        take(provider(), Call(method="POST", url=PROVEN, headers={}, body=body, at=AT))


# Settings


@pytest.mark.parametrize("wrong", [59, 172_801, -1])
def test_settings_that_cannot_be_are_told_before_anything_is_sent(wrong):
    with pytest.raises(BadHttpSettingError):
        inmobile.InMobileSettings(validity_s=wrong)


def test_no_secret_stands_in_what_is_printed():
    shown = repr(provider()) + repr(provider().request(handover())) + repr(call(INBOUND))
    assert not any(each in shown for each in (API_KEY, WORD, "aRandomWordOfLength", "12345678", "STOP"))


def test_it_stands_among_the_kinds():
    assert kind_of("inmobile") is inmobile.KIND
    assert not provider().repeats_safely
