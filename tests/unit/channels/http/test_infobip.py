"""Infobip against its own published library: what we send is what it sends, and what it calls in we read."""

import base64
import json
from datetime import UTC, datetime

import pytest
from infobip_api_client import (
    ApiClient,
    Configuration,
    SmsApi,
    SmsDeliveryResult,
    SmsDestination,
    SmsInboundMessageResult,
    SmsMessage,
    SmsMessageContent,
    SmsMessageDeliveryReporting,
    SmsMessageOptions,
    SmsRequest,
    SmsTextContent,
    SmsWebhooks,
    ValidityPeriod,
    ValidityPeriodTimeUnit,
)

from yesword.channels import CarrierError, DeliveryReport, HandOver, InboundText, OutcomeStatus, ReportState
from yesword.channels.http import Call, Reply, Setup, infobip, take
from yesword.channels.http.kinds import kind_of
from yesword.channels.http.provider import (
    NOT_OF_THE_FORM,
    BadHttpSettingError,
    UnprovenCallError,
    UnreadableCallError,
    UnreadableReplyError,
)
from yesword.channels.http.wire import to_bytes
from yesword.domain.decisions import Decision, Verdict

KEY, WORD = "0123456789abcdef-hush-hush", "a pass/word: of@ours"
URL = "https://texts.example.com/carriers/hr/aRandomWordOfLength"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus
SECRETS = {"api_key": KEY, "callback_password": WORD}


def provider(*, url=URL, secrets=None, **settings):
    return infobip.make(
        Setup(
            account="hr",
            settings=infobip.InfobipSettings(**settings),
            secrets=SECRETS if secrets is None else secrets,
            callback_url=url,
        )
    )


def handover(sender="+385921004026"):
    return HandOver(
        message_id=4711,
        attempt_id=5,
        sender=sender,
        number="+41793026727",
        text="Hej! 20 % på allt 🎉",
        decision=Decision(verdict=Verdict.SEND, at=AT),
    )


def basic(user, password):
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


class AskedError(Exception):
    pass


def sent_by_the_library(text):
    """What its own client hands to the network: method, address, headers and body."""
    asked = []

    def stop(*args, **_):
        asked.append(args)
        raise AskedError

    client = ApiClient(Configuration(host="https://api.infobip.com", api_key=KEY))
    client.call_api = stop
    with pytest.raises(AskedError):
        SmsApi(client).send_sms_messages(SmsRequest(messages=[text]))
    return asked[0]


@pytest.mark.parametrize(
    ("settings", "url", "webhooks", "options"),
    [
        (
            {},
            URL,
            SmsWebhooks(content_type="application/json", callback_data="4711"),
            None,
        ),
        (
            {},
            "",
            SmsWebhooks(delivery=SmsMessageDeliveryReporting(notify=False)),
            None,
        ),
        (
            {"validity_s": 3600},
            URL,
            SmsWebhooks(content_type="application/json", callback_data="4711"),
            SmsMessageOptions(
                validity_period=ValidityPeriod(amount=3600, time_unit=ValidityPeriodTimeUnit.SECONDS)
            ),
        ),
    ],
    ids=["usual", "without a public address", "with a validity"],
)
def test_a_text_is_sent_as_infobips_own_library_sends_it(settings, url, webhooks, options):
    method, address, headers, body, *_ = sent_by_the_library(
        SmsMessage(
            sender="385921004026",
            destinations=[SmsDestination(to="41793026727")],
            content=SmsMessageContent(actual_instance=SmsTextContent(text="Hej! 20 % på allt 🎉")),
            webhooks=webhooks,
            options=options,
        )
    )
    request = provider(url=url, **settings).request(handover())
    assert (request.method, request.url) == (method, address)
    assert json.loads(request.body) == json.loads(json.dumps(body))
    assert request.headers["Authorization"] == headers["Authorization"]
    to_bytes(request)


def test_a_name_stays_a_name():
    (text,) = json.loads(provider().request(handover("InfoSMS")).body)["messages"]
    assert text["sender"] == "InfoSMS"


def test_no_address_with_our_secret_word_is_told():
    assert b"aRandomWordOfLength" not in provider().request(handover()).body


def test_the_trial_reads_the_log():
    asked = provider(base_url="https://xxxxx.api.infobip.com/").trial()
    assert (asked.method, asked.url) == ("GET", "https://xxxxx.api.infobip.com/sms/3/logs?limit=1")


# Answers


TAKEN = {
    "bulkId": "2034072219640523072",
    "messages": [
        {
            "messageId": "2250be2d4219-3af1-78856-aabe-1362af1edfd2",
            "status": {
                "groupId": 1,
                "groupName": "PENDING",
                "id": 26,
                "name": "PENDING_ACCEPTED",
                "description": "Message sent to next instance",
            },
            "destination": "41793026727",
            "details": {"messageCount": 1},
        }
    ],
}


def answered(status, body):
    return provider().outcome(handover(), Reply(status=status, body=json.dumps(body).encode()))


def test_what_infobip_took_has_its_id():
    outcome = answered(200, TAKEN)
    assert (outcome.status, outcome.provider_id) == (ACCEPTED, "2250be2d4219-3af1-78856-aabe-1362af1edfd2")


@pytest.mark.parametrize(
    ("name", "expected", "meaning"),
    [
        ("REJECTED_DESTINATION", REFUSED, CarrierError.INVALID_NUMBER),
        ("REJECTED_SENDER", REFUSED, CarrierError.INVALID_SENDER),
        ("REJECTED_NOT_ENOUGH_CREDITS", THROTTLED, CarrierError.INSUFFICIENT_FUNDS),
        ("REJECTED_DESTINATION_BLOCKLISTED", REFUSED, CarrierError.OTHER),
        ("REJECTED_NEXT_YEAR", REFUSED, CarrierError.OTHER),
    ],
)
def test_what_is_rejected_in_a_success_is_refused(name, expected, meaning):
    status = {"groupId": 5, "groupName": "REJECTED", "name": name, "description": "to 41793026727"}
    outcome = answered(200, {"messages": [{"messageId": "m1", "status": status}]})
    assert (outcome.status, outcome.error_code, outcome.meaning) == (expected, name, meaning)
    assert "1793026727" not in repr(outcome)


@pytest.mark.parametrize(
    ("status", "expected", "code", "meaning"),
    [
        (400, REFUSED, "E400", CarrierError.OTHER),
        (401, THROTTLED, "sign_in_refused", None),
        (403, THROTTLED, "sign_in_refused", None),
        (404, THROTTLED, "sign_in_refused", None),
        (429, THROTTLED, "429", CarrierError.THROTTLED),
        (500, UNKNOWN, "500", None),
        (503, UNKNOWN, "503", None),
    ],
)
def test_what_a_refusal_means(status, expected, code, meaning):
    violation = {"property": "messages[0].destinations[0].to", "violation": "41793026727 is wrong"}
    body = {"errorCode": "E400", "description": "Request cannot be processed.", "violations": [violation]}
    outcome = answered(status, body)
    assert (outcome.status, outcome.error_code, outcome.meaning) == (expected, code, meaning)
    assert "1793026727" not in repr(outcome)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"requestError": {"serviceException": {"messageId": "BAD_REQUEST"}}}', "BAD_REQUEST"),
        (b'{"requestError": []}', "400"),
        (b"<html>", "400"),
        (b"[]", "400"),
    ],
    ids=["the older form", "neither form", "a proxy between", "a list"],
)
def test_a_refusal_of_another_form_is_read_as_far_as_it_goes(body, code):
    outcome = provider().outcome(handover(), Reply(status=400, body=body))
    assert (outcome.status, outcome.error_code) == (REFUSED, code)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"messages": []}', b'{"messages": [[]]}'])
def test_an_acceptance_that_nobody_can_read_is_not_one(body):
    with pytest.raises((UnreadableReplyError, *NOT_OF_THE_FORM)):
        provider().outcome(handover(), Reply(status=200, body=body))


# Calls


INBOUND = {
    "results": [
        {
            "messageId": "817790313235066447",
            "from": "385916242493",
            "to": "385921004026",
            "text": "STOP please 🎉",
            "cleanText": "please 🎉",
            "keyword": "STOP",
            "receivedAt": "2019-11-09T16:00:00.000+0000",
            "smsCount": 1,
            "price": {"pricePerMessage": 0, "currency": "EUR"},
            "callbackData": "callbackData",
        }
    ],
    "messageCount": 1,
    "pendingMessageCount": 1,
}


def report(group, name, why=("OK", "NO_ERROR"), **more):
    return {
        "bulkId": "BULK-ID-123-xyz",
        "price": {"pricePerMessage": 0.01, "currency": "EUR"},
        "status": {"groupId": 3, "groupName": group, "id": 5, "name": name, "description": "d"},
        "error": {
            "groupId": 0,
            "groupName": why[0],
            "id": 0,
            "name": why[1],
            "description": "d",
            "permanent": False,
        },
        "messageId": "MESSAGE-ID-123-xyz",
        "to": "41793026727",
        "sender": "InfoSMS",
        "sentAt": "2019-11-09T16:00:00.000+0100",
        "doneAt": "2019-11-09T16:00:01.000+0100",
        "messageCount": 1,
        "callbackData": "4711",
    } | more


def call(fields, *, headers=None):
    headers = basic("infobip", WORD) if headers is None else headers
    return Call(method="POST", url=URL, headers=headers, body=json.dumps(fields).encode(), at=AT)


def test_a_text_that_comes_in_is_read_whole_as_infobips_library_reads_it():
    (theirs,) = SmsInboundMessageResult.from_json(json.dumps(INBOUND)).results
    assert take(provider(), call(INBOUND)).items == (
        InboundText(
            account="hr",
            provider_id=theirs.message_id,
            sender_number=f"+{theirs.var_from}",
            to_address=f"+{theirs.to}",
            text=theirs.text,
            received_at=theirs.received_at,
        ),
    )


def test_a_short_code_stays_short():
    short = {"results": [INBOUND["results"][0] | {"to": "12345"}]}
    assert take(provider(), call(short)).items[0].to_address == "12345"


@pytest.mark.parametrize(
    ("group", "name", "why", "state", "code", "meaning"),
    [
        ("DELIVERED", "DELIVERED_TO_HANDSET", ("OK", "NO_ERROR"), ReportState.DELIVERED, None, None),
        (
            "UNDELIVERABLE",
            "UNDELIVERABLE_NOT_DELIVERED",
            ("HANDSET_ERRORS", "EC_UNKNOWN_SUBSCRIBER"),
            ReportState.FAILED,
            "EC_UNKNOWN_SUBSCRIBER",
            CarrierError.UNKNOWN_SUBSCRIBER,
        ),
        (
            "UNDELIVERABLE",
            "UNDELIVERABLE_REJECTED_OPERATOR",
            ("USER_ERRORS", "EC_CONTENT_BLOCKED"),
            ReportState.FAILED,
            "EC_CONTENT_BLOCKED",
            CarrierError.OPTED_OUT,
        ),
        (
            "UNDELIVERABLE",
            "UNDELIVERABLE_REJECTED_OPERATOR",
            ("USER_ERRORS", "EC_DEACTIVATED_LIST"),
            ReportState.FAILED,
            "EC_DEACTIVATED_LIST",
            CarrierError.DEACTIVATED,
        ),
        (
            "UNDELIVERABLE",
            "UNDELIVERABLE_REJECTED_OPERATOR",
            ("USER_ERRORS", "EC_REJECTED_SPAM_BY_OPERATOR"),
            ReportState.FAILED,
            "EC_REJECTED_SPAM_BY_OPERATOR",
            CarrierError.FILTERED,
        ),
        (
            "UNDELIVERABLE",
            "UNDELIVERABLE_NOT_DELIVERED",
            ("USER_ERRORS", "EC_NEXT_YEAR"),
            ReportState.FAILED,
            "EC_NEXT_YEAR",
            CarrierError.OTHER,
        ),
        (
            "EXPIRED",
            "EXPIRED_EXPIRED",
            ("OK", "NO_ERROR"),
            ReportState.EXPIRED,
            "EXPIRED_EXPIRED",
            CarrierError.OTHER,
        ),
        (
            "EXPIRED",
            "EXPIRED_DLR_UNKNOWN",
            ("OK", "NO_ERROR"),
            ReportState.UNKNOWN,
            "EXPIRED_DLR_UNKNOWN",
            CarrierError.OTHER,
        ),
        (
            "REJECTED",
            "REJECTED_PREFIX_MISSING",
            ("OK", "NO_ERROR"),
            ReportState.REJECTED,
            "REJECTED_PREFIX_MISSING",
            CarrierError.INVALID_NUMBER,
        ),
    ],
)
def test_a_report_says_what_became_of_our_text(group, name, why, state, code, meaning):
    told = {"results": [report(group, name, why)]}
    (theirs,) = SmsDeliveryResult.from_json(json.dumps(told)).results
    assert take(provider(), call(told)).items == (
        DeliveryReport(
            account="hr",
            provider_id=theirs.message_id,
            message_id=int(theirs.callback_data),
            state=state,
            error_code=code,
            at=theirs.done_at,
            meaning=meaning,
        ),
    )


def test_many_reports_come_together():
    told = {
        "results": [
            report("DELIVERED", "DELIVERED_TO_HANDSET", messageId="m1"),
            report("PENDING", "PENDING_ENROUTE", messageId="m2"),
            report("DELIVERED", "DELIVERED_TO_HANDSET", messageId="m3", callbackData="of somebody else"),
        ]
    }
    items = take(provider(), call(told)).items
    assert [(each.provider_id, each.message_id) for each in items] == [("m1", 4711), ("m3", None)]


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("PENDING", "PENDING_ENROUTE"),
        ("DELIVERED", "DELIVERED_TO_OPERATOR"),
        ("OK", "A_STATUS"),
        ("A_GROUP_OF_NEXT_YEAR", "A_STATUS"),
    ],
)
def test_what_is_no_news_is_taken_and_leaves_nothing(group, name):
    assert take(provider(), call({"results": [report(group, name)]})).items == ()


@pytest.mark.parametrize(
    "headers",
    [{}, basic("infobip", "other"), basic("other", WORD), basic("infobip", ""), {"authorization": "Basic é"}],
    ids=[
        "no password",
        "another password",
        "another name",
        "an empty password",
        "letters that no header has",
    ],
)
def test_a_call_of_a_stranger_is_not_read(headers):
    with pytest.raises(UnprovenCallError):
        take(provider(), call(INBOUND, headers=headers))


def test_an_account_may_be_called_with_another_name():
    provider(callback_user="ours").verify(call(INBOUND, headers=basic("ours", WORD)))


def test_without_the_secret_nothing_is_believed():
    with pytest.raises(UnprovenCallError):
        take(provider(secrets={"api_key": KEY}), call(INBOUND, headers=basic("infobip", "")))


@pytest.mark.parametrize(
    "fields",
    [
        None,
        [],
        {},
        {"results": None},
        {"results": [1]},
        {"results": [[]]},
        {"results": [{}]},
        {"results": [{"status": []}]},
        {"results": [report("DELIVERED", "DELIVERED_TO_HANDSET", doneAt="yesterday")]},
        {"results": [report("REJECTED", "REJECTED_SENDER", error="x")]},
    ],
)
def test_a_proven_call_that_lacks_what_it_needs_is_told(fields):
    with pytest.raises(UnreadableCallError):
        take(provider(), call(fields))


# Settings


@pytest.mark.parametrize(
    "wrong", [{"callback_user": ""}, {"callback_user": "a:b"}, {"validity_s": 29}, {"validity_s": 172_801}]
)
def test_settings_that_cannot_be_are_told_before_anything_is_sent(wrong):
    with pytest.raises(BadHttpSettingError):
        infobip.InfobipSettings(**wrong)


def test_no_secret_stands_in_what_is_printed():
    shown = repr(provider()) + repr(provider().request(handover())) + repr(call(INBOUND))
    assert not any(each in shown for each in (KEY, WORD, "aRandomWordOfLength", "1793026727", "STOP please"))


def test_it_stands_among_the_kinds():
    assert kind_of("infobip") is infobip.KIND
    assert not provider().repeats_safely
