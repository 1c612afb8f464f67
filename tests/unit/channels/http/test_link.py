"""LINK Mobility by the samples of its documents: it publishes no library."""

import base64
import json
from datetime import UTC, datetime

import pytest

from yesword.channels import CarrierError, DeliveryReport, HandOver, InboundText, OutcomeStatus, ReportState
from yesword.channels.http import Call, Reply, Setup, link, take
from yesword.channels.http.kinds import kind_of
from yesword.channels.http.provider import BadHttpSettingError, UnprovenCallError, UnreadableCallError
from yesword.channels.http.wire import to_bytes
from yesword.domain.decisions import Decision, Verdict

PASSWORD, WORD = "hush-hush", "a pass/word: of@ours"
BASE = "https://n-eu.linkmobility.io"
URL = "https://texts.example.com/carriers/no/aRandomWordOfLength"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus
SETTINGS = {"username": "user", "platform_id": "COOL", "partner_id": "30978", "base_url": BASE}


def provider(*, secrets=None, **settings):
    return link.make(
        Setup(
            account="no",
            settings=link.LinkSettings(**SETTINGS | {"gate": "BVldZyQt"} | settings),
            secrets={"password": PASSWORD, "callback_password": WORD} if secrets is None else secrets,
            callback_url=URL,
        )
    )


def handover(sender="LINK"):
    return HandOver(
        message_id=4711,
        attempt_id=5,
        sender=sender,
        number="+4799999999",
        text="Hei! 20 % på alt",
        decision=Decision(verdict=Verdict.SEND, at=AT),
    )


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_a_text_is_sent_as_the_documentation_shows():
    request = provider().request(handover())
    assert (request.method, request.url) == ("POST", f"{BASE}/sms/send")
    assert json.loads(request.body) == {
        "source": "LINK",
        "sourceTON": "ALPHANUMERIC",
        "destination": "+4799999999",
        "userData": "Hei! 20 % på alt",
        "platformId": "COOL",
        "platformPartnerId": "30978",
        "refId": "4711",
        "useDeliveryReport": True,
        "deliveryReportGates": ["BVldZyQt"],
        "ignoreResponse": False,
    }
    assert request.headers["Authorization"] == basic("user", PASSWORD)
    assert request.headers["Content-Type"] == "application/json"
    to_bytes(request)


@pytest.mark.parametrize("given", [BASE, f"{BASE}/", f"{BASE}/sms", f"{BASE}/sms/"])
def test_the_address_may_be_given_as_link_tells_it(given):
    assert provider(base_url=given).request(handover()).url == f"{BASE}/sms/send"


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        ("+4799999998", "MSISDN"),
        ("2333", "SHORTNUMBER"),
        ("LINK", "ALPHANUMERIC"),
        ("7-Eleven", "ALPHANUMERIC"),
    ],
)
def test_a_sender_is_told_for_what_it_is(sender, kind):
    fields = json.loads(provider().request(handover(sender)).body)
    assert (fields["source"], fields["sourceTON"]) == (sender, kind)


def test_without_a_gate_no_report_is_asked_for():
    fields = json.loads(provider(gate="").request(handover()).body)
    assert fields["useDeliveryReport"] is False
    assert "deliveryReportGates" not in fields


def test_there_is_no_harmless_request_to_try_with():
    assert provider().trial() is None


# Answers


def answered(status, said):
    return provider().outcome(handover(), Reply(status=status, body=json.dumps(said).encode()))


def test_what_link_took_has_its_id():
    outcome = answered(
        200, {"messageId": "Dcshuhod0PMAAAFQ+/PbnR3x", "resultCode": 1005, "description": "Queued"}
    )
    assert (outcome.status, outcome.provider_id) == (ACCEPTED, "Dcshuhod0PMAAAFQ+/PbnR3x")


def test_what_has_an_id_and_was_not_taken_even_so_is_refused():
    outcome = answered(200, {"messageId": "m", "resultCode": 2104, "description": "Unknown subscriber"})
    assert (outcome.status, outcome.meaning) == (REFUSED, CarrierError.UNKNOWN_SUBSCRIBER)


@pytest.mark.parametrize(
    ("status", "code", "expected", "meaning"),
    [
        (400, 106000, REFUSED, CarrierError.OTHER),
        (400, 106200, THROTTLED, None),
        (400, 106201, THROTTLED, None),
        (400, 106301, THROTTLED, None),
        (400, 2000, REFUSED, CarrierError.INVALID_SENDER),
        (400, 4001, REFUSED, CarrierError.CONTENT),
        (401, 106100, THROTTLED, None),
        (403, 106102, THROTTLED, None),
        (404, None, THROTTLED, None),
        (429, None, THROTTLED, CarrierError.THROTTLED),
        (500, 106000, UNKNOWN, None),
        (502, 2000, UNKNOWN, None),
    ],
)
def test_what_a_refusal_means(status, code, expected, meaning):
    said = {"status": code, "description": "Of +4799999999", "translatedDescription": None}
    outcome = answered(status, said)
    assert (outcome.status, outcome.meaning) == (expected, meaning)
    assert "99999999" not in repr(outcome), "its sentence may quote the number"


def test_a_refusal_of_a_proxy_between_is_read_by_its_status():
    outcome = provider().outcome(handover(), Reply(status=400, body=b"<html>"))
    assert (outcome.status, outcome.error_code) == (REFUSED, "400")


# Calls


INBOUND = {
    "destination": "NO-2333",
    "subNumber": None,
    "source": "+4741560067",
    "content": {"type": "SMS", "userData": "Bclt hello", "encoding": "TEXT"},
    "operator": "no.telenor",
    "timestamp": "2015-11-17T14:28:40Z",
    "messageId": "m9",
    "operatorTimestamp": "2015-11-17T14:28:40Z",
    "operatorMessageId": "0",
    "route": {"type": "KEYWORD_ROUTE", "id": "0", "gateIds": ["0"], "number": "NO-2333", "keyword": "BCLT"},
    "gateCustomParameters": {},
    "customParameters": {"platformPartnerId": "0", "queued": "2015-11-17 15:28:40"},
}
REPORT = {
    "refId": "4711",
    "id": "Dcshuhod0PMAAAFQ+/PbnR3x",
    "operator": "no.telenor",
    "sentTimestamp": "2015-11-19T09:37:35Z",
    "timestamp": "2015-11-19T09:37:00Z",
    "resultCode": 1001,
    "operatorResultCode": "2",
    "segments": 1,
    "gateCustomParameters": {},
    "customParameters": {"received": "2015-11-19 10:37:36"},
}


def call(said, *, header=None):
    headers = {"authorization": basic("link", WORD) if header is None else header}
    return Call(method="POST", url=URL, headers=headers, body=json.dumps(said).encode(), at=AT)


def test_a_text_that_comes_in_is_read_whole():
    assert take(provider(), call(INBOUND)).items == (
        InboundText(
            account="no",
            provider_id="m9",
            sender_number="+4741560067",
            to_address="2333",
            text="Bclt hello",
            received_at=datetime(2015, 11, 17, 14, 28, 40, tzinfo=UTC),
        ),
    )


@pytest.mark.parametrize("written", ["+4799999998", "4799999998"])
def test_a_number_as_the_address_keeps_its_country(written):
    assert take(provider(), call(INBOUND | {"destination": written})).items[0].to_address == "+4799999998"


def test_a_report_says_what_became_of_our_text():
    assert take(provider(), call(REPORT)).items == (
        DeliveryReport(
            account="no",
            provider_id="Dcshuhod0PMAAAFQ+/PbnR3x",
            message_id=4711,
            state=ReportState.DELIVERED,
            at=datetime(2015, 11, 19, 9, 37, tzinfo=UTC),
        ),
    )


@pytest.mark.parametrize(
    ("code", "state", "meaning"),
    [
        (0, ReportState.FAILED, CarrierError.OTHER),
        (1, ReportState.FAILED, CarrierError.TEMPORARY),
        (3, ReportState.FAILED, CarrierError.THROTTLED),
        (4, ReportState.UNKNOWN, CarrierError.OTHER),
        (1002, ReportState.EXPIRED, CarrierError.TEMPORARY),
        (1004, ReportState.FAILED, CarrierError.TEMPORARY),
        (1006, ReportState.FAILED, CarrierError.OTHER),
        (1007, ReportState.DELIVERED, None),
        (1010, ReportState.UNKNOWN, CarrierError.OTHER),
        (2003, ReportState.FAILED, CarrierError.INVALID_SENDER),
        (2104, ReportState.FAILED, CarrierError.UNKNOWN_SUBSCRIBER),
        (2105, ReportState.FAILED, CarrierError.OTHER),
        (2106, ReportState.FAILED, CarrierError.INVALID_NUMBER),
        (2205, ReportState.FAILED, CarrierError.OTHER),
        (4007, ReportState.FAILED, CarrierError.CONTENT),
        (7777, ReportState.FAILED, CarrierError.OTHER),
    ],
)
def test_what_a_code_means(code, state, meaning):
    report = take(provider(), call(REPORT | {"resultCode": code})).items[0]
    assert (report.state, report.meaning) == (state, meaning)
    assert report.error_code == (str(code) if meaning else None)


@pytest.mark.parametrize("code", [1000, 1005, 1008, 1011, 1012, 1013, 1999])
def test_what_is_no_news_is_taken_and_leaves_nothing(code):
    assert take(provider(), call(REPORT | {"resultCode": code})).items == ()


@pytest.mark.parametrize(
    ("told", "ours"), [("abc123$0", "abc123"), ("abc123$12", "abc123"), ("abc$123", "abc"), ("a$b", "a$b")]
)
def test_a_part_of_a_long_text_is_known_by_the_whole(told, ours):
    assert take(provider(), call(REPORT | {"id": told})).items[0].provider_id == ours


@pytest.mark.parametrize("reference", [None, "", "qts847r", "-1"])
def test_a_reference_that_is_not_ours_is_none(reference):
    assert take(provider(), call(REPORT | {"refId": reference})).items[0].message_id is None


def test_a_report_without_a_time_is_of_now():
    assert take(provider(), call(REPORT | {"timestamp": None})).items[0].at == AT


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("", id="no password"),
        pytest.param(basic("link", "other"), id="another password"),
        pytest.param(basic("other", WORD), id="another name"),
        pytest.param(basic("link", ""), id="an empty password"),
        pytest.param(f"Bearer {WORD}", id="another scheme"),
        pytest.param("Basic é", id="letters that no header has"),
    ],
)
def test_a_call_of_a_stranger_is_not_read(header):
    with pytest.raises(UnprovenCallError):
        take(provider(), call(INBOUND, header=header))


def test_without_the_secret_nothing_is_believed():
    with pytest.raises(UnprovenCallError):
        take(provider(secrets={"password": PASSWORD}), call(INBOUND, header=basic("link", "")))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<deliveryReport/>",
        b"id=1&resultCode=1001",
        b"1",
        b"null",
        b"[]",
        b'"content"',
        b"{}",
        b'{"content": null}',
        b'{"content": {"userData": "STOP"}, "source": "+4741560067"}',
        b'{"resultCode": 2106}',
        b'{"resultCode": 1001, "id": 5}',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_a_proven_call_in_another_form_is_told_and_never_passed_over(body):
    headers = {"authorization": basic("link", WORD)}
    with pytest.raises(UnreadableCallError):
        take(provider(), Call(method="POST", url=URL, headers=headers, body=body, at=AT))


# Settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": ""},
        {"username": "a:b"},
        {"platform_id": ""},
        {"partner_id": "é"},
        {"callback_user": "a:b"},
        {"base_url": ""},
    ],
)
def test_settings_that_cannot_be_are_told_before_anything_is_sent(wrong):
    with pytest.raises(BadHttpSettingError):
        link.LinkSettings(**SETTINGS | wrong)


def test_no_secret_stands_in_what_is_printed():
    shown = repr(provider()) + repr(provider().request(handover())) + repr(call(INBOUND))
    assert not any(each in shown for each in (PASSWORD, WORD, "aRandomWordOfLength", "99999999", "Bclt"))


def test_it_stands_among_the_kinds():
    assert kind_of("link") is link.KIND
    assert not provider().repeats_safely
