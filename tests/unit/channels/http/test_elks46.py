"""46elks by the samples of its documentation: it publishes no library."""

import base64
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode

import pytest

from yesword.channels import CarrierError, DeliveryReport, HandOver, InboundText, OutcomeStatus, ReportState
from yesword.channels.http import Call, Reply, Setup, elks46, take
from yesword.channels.http.kinds import kind_of
from yesword.channels.http.provider import BadHttpSettingError, UnprovenCallError, UnreadableCallError
from yesword.channels.http.wire import to_bytes
from yesword.domain.decisions import Decision, Verdict

USER, PASSWORD, WORD = "u0123456789abcdef", "hush-hush", "a pass/word: of@ours"
URL = "https://texts.example.com/carriers/se/aRandomWordOfLength"
REPORTS = f"{URL}?reference=4711"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus


def provider(*, url=URL, secrets=None):
    return elks46.make(
        Setup(
            account="se",
            settings=elks46.Elks46Settings(api_username=USER),
            secrets={"api_password": PASSWORD, "callback_password": WORD} if secrets is None else secrets,
            callback_url=url,
        )
    )


def handover():
    return HandOver(
        message_id=4711,
        attempt_id=5,
        sender="YESWORD",
        number="+46700000000",
        text="Hej! 20 % på allt 🎉",
        decision=Decision(verdict=Verdict.SEND, at=AT),
    )


def basic(user, password):
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_a_text_is_sent_as_the_documentation_shows():
    request = provider().request(handover())
    assert (request.method, request.url) == ("POST", "https://api.46elks.com/a1/sms")
    fields = {name: value for name, [value] in parse_qs(request.body.decode()).items()}
    told = fields.pop("whendelivered")
    assert fields == {"from": "YESWORD", "to": "+46700000000", "message": "Hej! 20 % på allt 🎉"}
    assert told == REPORTS.replace("https://", "https://46elks:a%20pass%2Fword%3A%20of%40ours@")
    assert request.headers["Authorization"] == basic(USER, PASSWORD)["authorization"]
    to_bytes(request)


def test_without_a_public_address_no_report_is_asked_for():
    assert b"whendelivered" not in provider(url="").request(handover()).body


def test_the_trial_reads_the_account():
    assert (provider().trial().method, provider().trial().url) == ("GET", "https://api.46elks.com/a1/me")


# Answers


def test_what_46elks_took_has_its_id():
    body = json.dumps({"status": "created", "id": "s1", "direction": "outgoing", "cost": 3500}).encode()
    outcome = provider().outcome(handover(), Reply(status=200, body=body))
    assert (outcome.status, outcome.provider_id) == (ACCEPTED, "s1")


@pytest.mark.parametrize(
    ("status", "sentence", "expected", "meaning"),
    [
        (400, "Invalid to number +46700000000", REFUSED, CarrierError.INVALID_NUMBER),
        (400, "Invalid from", REFUSED, CarrierError.INVALID_SENDER),
        (400, "A sentence of next year +46700000000", REFUSED, CarrierError.OTHER),
        (403, "Not enough credits", THROTTLED, CarrierError.INSUFFICIENT_FUNDS),
        (402, "", THROTTLED, CarrierError.INSUFFICIENT_FUNDS),
        (401, "API access requires Basic HTTP authentication", THROTTLED, None),
        (403, "A sentence of next year", THROTTLED, None),
        (429, "", THROTTLED, CarrierError.THROTTLED),
        (500, "", UNKNOWN, None),
        (502, "Invalid to number", UNKNOWN, None),
    ],
)
def test_what_a_refusal_means(status, sentence, expected, meaning):
    outcome = provider().outcome(handover(), Reply(status=status, body=sentence.encode()))
    assert (outcome.status, outcome.meaning) == (expected, meaning)
    assert "4670000" not in repr(outcome), "its sentence may quote the number"


# Calls


INBOUND = {
    "direction": "incoming",
    "id": "sf8425555e5d8db61dda7a7b3f1b91bdb",
    "from": "+46706861004",
    "to": "+46706860000",
    "created": "2026-03-01T08:57:23.741000",
    "message": "STOPP tack & hej + 🎉",
}


def call(fields, *, url=URL, headers=None):
    headers = basic("46elks", WORD) if headers is None else headers
    return Call(method="POST", url=url, headers=headers, body=urlencode(fields).encode(), at=AT)


def test_a_text_that_comes_in_is_read_whole():
    taken = take(provider(), call(INBOUND))
    assert taken.items == (
        InboundText(
            account="se",
            provider_id="sf8425555e5d8db61dda7a7b3f1b91bdb",
            sender_number="+46706861004",
            to_address="+46706860000",
            text="STOPP tack & hej + 🎉",
            received_at=datetime(2026, 3, 1, 8, 57, 23, 741000, tzinfo=UTC),
        ),
    )
    assert taken.answer.body == b"", "what stands in the answer is texted to the person"


@pytest.mark.parametrize(
    ("fields", "state", "at"),
    [
        (
            {"status": "delivered", "delivered": "2026-03-01T08:59:00"},
            ReportState.DELIVERED,
            datetime(2026, 3, 1, 8, 59, tzinfo=UTC),
        ),
        ({"status": "failed"}, ReportState.FAILED, AT),
    ],
    ids=["delivered", "failed"],
)
def test_a_report_says_what_became_of_our_text(fields, state, at):
    assert take(provider(), call({"id": "s1"} | fields, url=REPORTS)).items == (
        DeliveryReport(account="se", provider_id="s1", message_id=4711, state=state, at=at),
    )


@pytest.mark.parametrize("status", ["created", "sent", "a state of next year"])
def test_what_is_no_news_is_taken_and_leaves_nothing(status):
    assert take(provider(), call({"id": "s1", "status": status}, url=REPORTS)).items == ()


@pytest.mark.parametrize(
    "headers",
    [{}, basic("46elks", "other"), basic("other", WORD), basic("46elks", ""), {"authorization": "Basic é"}],
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


def test_without_the_secret_nothing_is_believed():
    with pytest.raises(UnprovenCallError):
        take(provider(secrets={"api_password": PASSWORD}), call(INBOUND, headers=basic("46elks", "")))


def test_a_proven_call_that_lacks_what_it_needs_is_told():
    with pytest.raises(UnreadableCallError):
        take(provider(), call({"direction": "incoming"}))


# Settings


@pytest.mark.parametrize("wrong", [{"api_username": ""}, {"api_username": "a:b"}, {"callback_user": "a@b"}])
def test_settings_that_cannot_be_are_told_before_anything_is_sent(wrong):
    with pytest.raises(BadHttpSettingError):
        elks46.Elks46Settings(**{"api_username": USER} | wrong)


def test_no_secret_stands_in_what_is_printed():
    shown = repr(provider()) + repr(provider().request(handover())) + repr(call(INBOUND))
    assert not any(each in shown for each in (PASSWORD, WORD, "aRandomWordOfLength", "4670000", "STOPP"))


def test_it_stands_among_the_kinds():
    assert kind_of("46elks") is elks46.KIND
    assert not provider().repeats_safely
