"""CM.com against its own published library: what we send is what it sends; what comes in is as its documentation shows."""

import json
from datetime import UTC, datetime

import pytest
from cm_text import TextClient
from cm_text.text_client_status_codes import TextClientStatusCodes
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels import CarrierError, DeliveryReport, HandOver, InboundText, OutcomeStatus, ReportState
from yesword.channels.http import Call, Reply, Setup, cm, take
from yesword.channels.http.kinds import kind_of
from yesword.channels.http.provider import (
    NOT_OF_THE_FORM,
    UnprovenCallError,
    UnreadableCallError,
    UnreadableReplyError,
)
from yesword.channels.http.shapes import with_key
from yesword.channels.http.wire import to_bytes
from yesword.domain.decisions import Decision, Verdict

TOKEN, WORD = "00000000-0000-0000-0000-00000000beef", "a pass/word: of@ours"
URL = "https://texts.example.com/carriers/nl/aRandomWordOfLength"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus
SECRETS = {"product_token": TOKEN, "callback_password": WORD}


def provider(*, secrets=None, **settings):
    return cm.make(
        Setup(
            account="nl",
            settings=cm.CmSettings(**settings),
            secrets=SECRETS if secrets is None else secrets,
            callback_url=URL,
        )
    )


def handover(sender="YESWORD"):
    return HandOver(
        message_id=4711,
        attempt_id=5,
        sender=sender,
        number="+447911123456",
        text="Hej! 20 % på allt 🎉",
        decision=Decision(verdict=Verdict.SEND, at=AT),
    )


@pytest.mark.parametrize(
    ("sender", "theirs"),
    [("YESWORD", "YESWORD"), ("+31612345678", "0031612345678"), ("4040", "4040")],
    ids=["a name", "a number", "a short code"],
)
def test_a_text_is_sent_as_cms_own_library_sends_it(sender, theirs):
    client = TextClient(apikey=TOKEN)
    client.AddMessage("Hej! 20 % på allt 🎉", from_=theirs, to=["00447911123456"], reference="4711")
    told = json.loads(client.encodeData(client.messages))["messages"]
    (expected,) = told["msg"]
    del expected["customGrouping3"]  # the name of the library
    expected["body"]["type"] = expected["body"]["type"].lower()
    request = provider().request(handover(sender))
    assert (request.method, request.url) == ("POST", client.gateway)
    assert json.loads(request.body) == {
        "messages": {"msg": [expected | {"minimumNumberOfMessageParts": 1, "maximumNumberOfMessageParts": 8}]}
    }
    assert request.headers["X-CM-PRODUCTTOKEN"] == told["authentication"]["producttoken"]
    to_bytes(request)


def test_another_gateway_may_be_told():
    request = provider(base_url="https://gw-uk.cmtelecom.com").request(handover())
    assert request.url == "https://gw-uk.cmtelecom.com/v1.0/message"


def test_no_address_with_our_secret_word_is_told():
    assert b"aRandomWordOfLength" not in provider().request(handover()).body


def test_a_token_reads_nothing_harmless():
    assert provider().trial() is None


# Answers


def told(status, code, details=None):
    return {
        "details": "Created 1 message(s)",
        "errorCode": 0 if status == "Accepted" else 201,
        "messages": [
            {
                "to": "00447911123456",
                "status": status,
                "reference": "4711",
                "parts": 1,
                "messageDetails": details,
                "messageErrorCode": code,
            }
        ],
    }


def answered(status, body):
    return provider().outcome(handover(), Reply(status=status, body=json.dumps(body).encode()))


def test_what_cm_took_is_known_by_our_own_reference():
    outcome = answered(200, told("Accepted", 0))
    assert (outcome.status, outcome.provider_id) == (ACCEPTED, "4711")


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("code", "expected", "meaning"),
    [
        (TextClientStatusCodes.BALANCE_INSUFFICIENT, THROTTLED, CarrierError.INSUFFICIENT_FUNDS),
        (TextClientStatusCodes.MSG_INVALID_FROM, REFUSED, CarrierError.INVALID_SENDER),
        (TextClientStatusCodes.MSG_INVALID_TO, REFUSED, CarrierError.INVALID_NUMBER),
        (TextClientStatusCodes.MSG_INVALID_MSISDN, REFUSED, CarrierError.INVALID_NUMBER),
        (TextClientStatusCodes.MSG_INVALID_BODY, REFUSED, CarrierError.CONTENT),
        (TextClientStatusCodes.SPAM, REFUSED, CarrierError.FILTERED),
        (TextClientStatusCodes.BLACKLISTED, REFUSED, CarrierError.OTHER),
        (TextClientStatusCodes.UNKNOWN, REFUSED, CarrierError.OTHER),
        (7777, REFUSED, CarrierError.OTHER),
    ],
)
def test_what_is_rejected_is_refused(status, code, expected, meaning):
    outcome = answered(status, told("Rejected", code, "Gsm '00447911123456' is not a number."))
    assert (outcome.status, outcome.error_code, outcome.meaning) == (expected, str(code), meaning)
    assert "7911123456" not in repr(outcome)


@pytest.mark.parametrize(
    ("status", "code", "expected", "meaning"),
    [
        (400, TextClientStatusCodes.AUTHENTICATION_FAILED, THROTTLED, None),
        (400, TextClientStatusCodes.APIKEY_INCORRECT, THROTTLED, None),
        (400, TextClientStatusCodes.BALANCE_INSUFFICIENT, THROTTLED, CarrierError.INSUFFICIENT_FUNDS),
        (400, TextClientStatusCodes.REQUEST_MALFORMED, REFUSED, CarrierError.OTHER),
        (401, 0, THROTTLED, None),
        (429, 0, THROTTLED, CarrierError.THROTTLED),
        (500, TextClientStatusCodes.INTERNAL_ERROR, UNKNOWN, None),
        (502, TextClientStatusCodes.SPAM, UNKNOWN, None),
    ],
)
def test_what_a_refusal_of_the_whole_request_means(status, code, expected, meaning):
    outcome = answered(status, {"details": "No account found", "errorCode": code, "messages": []})
    assert (outcome.status, outcome.meaning) == (expected, meaning)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"messages": []}', b'{"messages": [[]]}'])
def test_an_answer_that_nobody_can_read_is_no_acceptance(body):
    with pytest.raises((UnreadableReplyError, *NOT_OF_THE_FORM)):
        provider().outcome(handover(), Reply(status=200, body=body))
    refusal = provider().outcome(handover(), Reply(status=400, body=body))
    assert (refusal.status, refusal.error_code) == (REFUSED, "400")


# Calls


INBOUND = {
    "from": {"number": "00447911123456", "name": ""},
    "to": {"number": "0031612345678"},
    "message": {"text": "STOP please 🎉", "media": {}, "custom": {}},
    "reference": "",
    "groupings": ["", "", ""],
    "timeUtc": "2026-03-01T08:57:23",
    "channel": "SMS",
}


def report(code, error="", reference="4711"):
    status = {"code": code, "errorCode": error, "errorDescription": "to 00447911123456"}
    msg = {
        "received": "2026-03-01T09:57:23",
        "to": "00447911123456",
        "reference": reference,
        "status": status,
    }
    return {"messages": {"msg": msg | {"operator": "23410"}}}


def call(fields, *, password=WORD):
    url = URL if password is None else with_key(URL, password)
    return Call(method="POST", url=url, headers={}, body=json.dumps(fields).encode(), at=AT)


def test_a_text_that_comes_in_is_read_whole():
    (text,) = take(provider(), call(INBOUND)).items
    assert text == InboundText(
        account="nl",
        provider_id=text.provider_id,
        sender_number="+447911123456",
        to_address="+31612345678",
        text="STOP please 🎉",
        received_at=datetime(2026, 3, 1, 8, 57, 23, tzinfo=UTC),
    )


def test_a_text_of_the_older_form_is_the_same_text():
    older = {
        "from": "00447911123456",
        "to": "0031612345678",
        "body": "STOP please 🎉",
        "timeUtc": "2026-03-01T08:57:23",
    }
    assert take(provider(), call(older)).items == take(provider(), call(INBOUND)).items


@given(st.sampled_from([("from", "number"), ("to", "number"), ("message", "text")]))
def test_what_is_brought_again_is_the_same_text_and_any_other_is_another(place):
    outer, inner = place
    other = INBOUND | {outer: INBOUND[outer] | {inner: "0099999999"}}
    ids = [take(provider(), call(each)).items[0].provider_id for each in (INBOUND, INBOUND, other)]
    assert ids[0] == ids[1] != ids[2]
    assert "7911123456" not in ids[0]


def test_a_short_code_stays_short():
    assert take(provider(), call(INBOUND | {"to": {"number": "4040"}})).items[0].to_address == "4040"


@pytest.mark.parametrize(
    ("code", "error", "state", "meaning"),
    [
        ("2", "", ReportState.DELIVERED, None),
        (2, "0", ReportState.DELIVERED, None),
        ("1", "5", ReportState.REJECTED, CarrierError.OTHER),
        ("3", "8", ReportState.FAILED, CarrierError.OTHER),
        ("3", "", ReportState.FAILED, None),
    ],
)
def test_a_report_says_what_became_of_our_text(code, error, state, meaning):
    assert take(provider(), call(report(code, error))).items == (
        DeliveryReport(
            account="nl",
            provider_id="4711",
            message_id=4711,
            state=state,
            error_code=error if meaning else None,
            at=AT,
            meaning=meaning,
        ),
    )


def test_reports_may_come_together():
    both = [report(code, reference=code)["messages"]["msg"] for code in ("2", "3")]
    items = take(provider(), call({"messages": {"msg": both}})).items
    assert [(each.message_id, each.state) for each in items] == [
        (2, ReportState.DELIVERED),
        (3, ReportState.FAILED),
    ]


@pytest.mark.parametrize("code", ["0", "4", "a state of next year"])
def test_what_is_no_news_is_taken_and_leaves_nothing(code):
    assert take(provider(), call(report(code))).items == ()


def test_a_report_of_a_text_without_a_reference_is_of_nobodys_text():
    assert take(provider(), call(report("2", reference=""))).items == ()


@pytest.mark.parametrize("password", [None, "", "other", WORD + " ", "é"])
def test_a_call_of_a_stranger_is_not_read(password):
    with pytest.raises(UnprovenCallError):
        take(provider(), call(INBOUND, password=password))


def test_without_the_secret_nothing_is_believed():
    with pytest.raises(UnprovenCallError):
        take(provider(secrets={"product_token": TOKEN}), call(INBOUND, password=""))


@pytest.mark.parametrize(
    "fields",
    [
        None,
        1,
        [],
        {},
        {"messages": []},
        {"messages": {"msg": [1]}},
        {"messages": {"msg": {"status": {"code": "2"}}}},
        INBOUND | {"from": {}},
        INBOUND | {"from": {"number": 447911123456}},
        INBOUND | {"timeUtc": None},
        INBOUND | {"message": None},
        INBOUND | {"message": ["STOP"]},
        INBOUND | {"channel": "WhatsApp"},
    ],
)
def test_a_proven_call_that_lacks_what_it_needs_is_told(fields):
    with pytest.raises(UnreadableCallError):
        take(provider(), call(fields))


# Settings


def test_no_secret_stands_in_what_is_printed():
    shown = repr(provider()) + repr(provider().request(handover())) + repr(call(INBOUND))
    assert not any(
        each in shown for each in (TOKEN, WORD, "aRandomWordOfLength", "7911123456", "STOP please")
    )


def test_it_stands_among_the_kinds():
    assert kind_of("cm") is cm.KIND
    assert not provider().repeats_safely
