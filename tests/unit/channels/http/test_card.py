"""Cards: what is wrong is told with file, line and key; what is right sends and reads as it says."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest

from yesword.channels import CarrierError, DeliveryReport, HandOver, InboundText, OutcomeStatus, ReportState
from yesword.channels.http import Call, Reply, Setup, card, generic, take
from yesword.channels.http.provider import StaleCallError, UnprovenCallError, UnreadableCallError
from yesword.channels.http.tables import BadCardError
from yesword.domain.decisions import Decision, Verdict

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
URL = "https://texts.example.com/carriers/nl/aRandomWordOfLength"
ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus

SMALL = """
name = "Small"
[send]
url = "https://api.example.com/send/{value.user}"
form = "json"
idempotency_header = "Idempotency-Key"
headers = { Authorization = "Bearer {secret.token}" }
[send.fields]
messages = [{ to = "{digits}", from = "{sender}", ref = "{reference}", flash = false, parts = 3 }]
content = { text = "{{{text}}}", media = "{media}" }
report = "{callback_url}"
[send.success]
statuses = [202]
id = "results.0.id"
[send.failure]
code = "error.code"
not_taken = [503]
[errors]
"45" = "opted_out"
"46" = "unknown_subscriber"
"47" = "throttled"
[trial]
url = "https://api.example.com/balance"
"""


def handover(text="Hej!", media=()):
    return HandOver(
        message_id=4711,
        attempt_id=5,
        sender="1234",
        number="+31612345678",
        text=text,
        decision=Decision(verdict=Verdict.SEND, at=AT),
        media=media,
    )


def made(text, *, secrets=None, **values):
    settings = generic.GenericSettings(card="", values={"user": "me & you", **values})
    setup = Setup(account="nl", settings=settings, secrets=secrets or {"token": "hush"}, callback_url=URL)
    return generic.GenericProvider(setup=setup, card=card.read("small.toml", text))


def test_templates_are_filled_and_nothing_else_changes():
    request = made(SMALL).request(handover("50 % {off}"))
    assert request.url == "https://api.example.com/send/me%20%26%20you"
    assert request.headers["Authorization"] == "Bearer hush"
    assert request.headers["Idempotency-Key"] == "nl-5"
    assert json.loads(request.body) == {
        "messages": [{"to": "31612345678", "from": "1234", "ref": "4711", "flash": False, "parts": 3}],
        "content": {"text": "{50 % {off}}"},
        "report": URL,
    }


def test_pictures_are_a_list_where_the_card_has_a_place_for_them():
    provider = made(SMALL)
    assert provider.carries_media
    request = provider.request(handover(media=("https://example.com/a.jpg",)))
    assert json.loads(request.body)["content"]["media"] == ["https://example.com/a.jpg"]
    assert not made(SMALL.replace(', media = "{media}"', "")).carries_media


@pytest.mark.parametrize("form", ["form", "query"])
def test_fields_go_into_a_form_or_an_address(form):
    text = SMALL.replace('form = "json"', f'form = "{form}"')
    start, _, rest = text.partition("messages =")
    text = start + 'to = "{number}"\ntext = "{text}"\n[send.success]' + rest.partition("[send.success]")[2]
    if form == "query":
        text = text.replace("[send]\n", '[send]\nmethod = "GET"\n')
    request = made(text).request(handover("å & b"))
    fields = request.body.decode() if form == "form" else request.url.partition("?")[2]
    assert dict(parse_qsl(fields)) == {"to": "+31612345678", "text": "å & b"}


@pytest.mark.parametrize(
    ("status", "body", "expected", "meaning"),
    [
        pytest.param(202, {"results": [{"id": 77}]}, ACCEPTED, None, id="taken"),
        pytest.param(
            400, {"error": {"code": 45}}, REFUSED, CarrierError.OPTED_OUT, id="blocked by the person"
        ),
        pytest.param(
            404, {"error": {"code": "46"}}, REFUSED, CarrierError.UNKNOWN_SUBSCRIBER, id="nobody there"
        ),
        pytest.param(
            403, {"error": {"code": "45"}}, REFUSED, CarrierError.OPTED_OUT, id="a known code beats a status"
        ),
        pytest.param(
            400, {"error": {"code": "47"}}, THROTTLED, CarrierError.THROTTLED, id="too fast by its code"
        ),
        pytest.param(
            400, {"error": {"code": "9"}}, REFUSED, CarrierError.OTHER, id="a code that the card has not"
        ),
        pytest.param(400, [], REFUSED, CarrierError.OTHER, id="no code at all"),
        pytest.param(403, {}, THROTTLED, None, id="no sign-in"),
        pytest.param(429, {}, THROTTLED, CarrierError.THROTTLED, id="too fast"),
        pytest.param(503, {}, THROTTLED, CarrierError.TEMPORARY, id="documented as not taken"),
        pytest.param(500, {}, UNKNOWN, None, id="broken over there"),
    ],
)
def test_what_an_answer_means(status, body, expected, meaning):
    outcome = made(SMALL).outcome(handover(), Reply(status=status, body=json.dumps(body).encode()))
    assert (outcome.status, outcome.meaning) == (expected, meaning)
    assert outcome.provider_id == ("77" if expected is ACCEPTED else None)


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "expected"),
    [
        ('name = "Small"', "", 1, "name", "missing"),
        ('name = "Small"', "name = 3", 2, "name", "a text in quotes"),
        ("[send]\n", '[send]\ncolour = "red"\n', 4, "send.colour", "only "),
        ("https://api.example.com/send", "http://api.example.com/send", 4, "send.url", "https://"),
        ("https://api.example.com/send", "https://{value.host}/send", 4, "send.url", "before its path"),
        ('form = "json"', 'form = "xml"', 5, "send.form", "one of json, form, query"),
        ("{secret.token}", "{token}", 7, "send.headers.Authorization", "{secret.NAME}"),
        ("{secret.token}", "{secret.token", 7, "send.headers.Authorization", "two braces"),
        ("Authorization =", '"Autho rization" =', 7, "send.headers.Autho rization", "name of a header"),
        ("statuses = [202]", "statuses = [404]", 13, "send.success.statuses", "200 to 299"),
        ('id = "results.0.id"', "", 12, "send.success.id", "missing"),
        ("not_taken = [503]", "not_taken = [429]", 17, "send.failure.not_taken", "500 to 599"),
        ('"45" = "opted_out"', '"45" = "stopped"', 19, "errors.45", "one of opted_out"),
        ('text = "{{{text}}}", ', "", 8, "send.fields", "{text}"),
        ("[errors]", "[errors", 18, "the file", "TOML"),
        ("[trial]", "[report]\nid = 'x'\n[trial]", 22, "report", "[calls]"),
    ],
)
def test_what_is_wrong_with_a_card_is_told_with_its_line_and_key(old, new, line, key, expected):
    assert old in SMALL
    with pytest.raises(BadCardError) as wrong:
        card.read("small.toml", SMALL.replace(old, new))
    assert wrong.value.fields["file"] == "small.toml"
    assert wrong.value.fields["key"] == key
    assert expected in str(wrong.value.fields["expected"])
    assert wrong.value.fields["line"] == line


CALLS = (
    SMALL
    + """
[calls]
signature = "hmac-sha256"
secret = "signing"
header = "X-Signature"
prefix = "sha256="
timestamp_header = "X-Time"
list = "events"
answer = { status = [204] }
[inbound]
when = { field = "type", is = ["mo"] }
id = "id"
from = "msisdn"
to = "to"
text = "text"
at = "at"
[report]
when = { field = "type", is = ["dlr"] }
id = "id"
state = "state"
code = "err"
reference = "ref"
at = "at"
[report.states]
delivered = "delivered"
buffered = "no-news"
expired = "expired"
"""
)
EVENTS = [
    {
        "type": "mo",
        "id": "i1",
        "msisdn": "31612345678",
        "to": 1234,
        "text": "STOP",
        "at": "2026-03-01T09:59:00+01:00",
    },
    {"type": "dlr", "id": "o1", "state": "delivered", "ref": "4711", "at": "2026-03-01T08:00:00Z"},
    {"type": "dlr", "id": "o2", "state": "expired", "err": 46, "ref": "x"},
    {"type": "dlr", "id": "o3", "state": "buffered"},
    {"type": "another", "id": "o3"},
]


def signed(body, *, at=AT, secret="key", **headers):
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    given = {"x-time": stamp, "x-signature": f"sha256={digest}"} | headers
    return Call(method="POST", url=URL, headers=given, body=body, at=AT)


def called(text, call, **secrets):
    return take(made(text, secrets={"token": "hush", "signing": "key"} | secrets), call)


def test_a_call_is_read_as_the_card_says():
    taken = called(CALLS, signed(json.dumps({"events": EVENTS}).encode()))
    assert taken.answer.status == 204
    assert taken.items == (
        InboundText(
            account="nl",
            provider_id="i1",
            sender_number="31612345678",
            to_address="1234",
            text="STOP",
            received_at=AT - timedelta(minutes=1),
        ),
        DeliveryReport(
            account="nl",
            provider_id="o1",
            message_id=4711,
            state=ReportState.DELIVERED,
            at=AT - timedelta(hours=1),
        ),
        DeliveryReport(
            account="nl",
            provider_id="o2",
            state=ReportState.EXPIRED,
            error_code="46",
            at=AT,
            meaning=CarrierError.UNKNOWN_SUBSCRIBER,
        ),
    )


BODY = json.dumps({"events": EVENTS}).encode()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        pytest.param(signed(BODY, secret="other"), UnprovenCallError, id="another secret"),
        pytest.param(signed(BODY, **{"x-signature": ""}), UnprovenCallError, id="no signature"),
        pytest.param(signed(BODY, **{"x-signature": "é"}), UnprovenCallError, id="a signature that is none"),
        pytest.param(signed(BODY, **{"x-time": "1"}), UnprovenCallError, id="a time that was not signed"),
        pytest.param(signed(BODY, at=AT - timedelta(minutes=6)), StaleCallError, id="an old call"),
        pytest.param(signed(BODY, at=AT + timedelta(minutes=6)), StaleCallError, id="a call from the future"),
        pytest.param(signed(b"[1]"), UnreadableCallError, id="no list where there should be one"),
        pytest.param(signed(b"{"), UnreadableCallError, id="half a body"),
        pytest.param(signed(b'{"events": [{"type": "mo"}]}'), UnreadableCallError, id="a text without an id"),
        pytest.param(
            signed(b'{"events": [{"type": "dlr", "id": "1", "state": "lost"}]}'),
            UnreadableCallError,
            id="an unknown state",
        ),
        pytest.param(signed(b"[" * 100_000), UnreadableCallError, id="brackets without end"),
    ],
)
def test_a_call_that_is_not_proven_or_not_readable_is_not_taken(call, error):
    with pytest.raises(error):
        called(CALLS, call)


@pytest.mark.parametrize(
    ("scheme", "header", "good", "bad"),
    [
        (
            "basic",
            "authorization",
            "Basic " + base64.b64encode(b"me:key").decode(),
            "Basic " + base64.b64encode(b"you:key").decode(),
        ),
        ("shared-secret", "x-word", "key", "keys"),
    ],
)
def test_other_proofs(scheme, header, good, bad):
    text = CALLS.replace('signature = "hmac-sha256"', f'signature = "{scheme}"\nuser = "me"')
    text = text.replace('header = "X-Signature"', f'header = "{header}"').replace('prefix = "sha256="\n', "")
    call = Call(method="POST", url=URL, headers={header: good}, body=BODY, at=AT)
    assert len(called(text, call).items) == 3
    for wrong in (bad, "", "Basic ???"):
        call = Call(method="POST", url=URL, headers={header: wrong}, body=BODY, at=AT)
        with pytest.raises(UnprovenCallError):
            called(text, call)


def test_an_empty_secret_proves_nothing():
    call = signed(BODY, secret="")
    with pytest.raises(UnprovenCallError):
        called(CALLS, call, signing="")


def test_fields_may_come_in_an_address():
    text = CALLS.replace('list = "events"\n', 'form = "query"\n').replace(
        'signature = "hmac-sha256"', 'signature = "shared-secret"'
    )
    text = text.replace('prefix = "sha256="\n', "")
    query = urlencode({name: str(value) for name, value in EVENTS[0].items()})
    call = Call(method="GET", url=f"{URL}?{query}", headers={"x-signature": "key"}, body=b"", at=AT)
    assert [item.provider_id for item in called(text, call).items] == ["i1"]


def test_a_card_without_calls_takes_none():
    with pytest.raises(UnreadableCallError):
        called(SMALL, signed(BODY))


@pytest.mark.parametrize("name", ["card-json.toml", "card-form.toml"])
def test_the_cards_in_the_documentation_are_cards(name):
    found = card.load(EXAMPLES / name)
    assert found.calls is not None
    assert found.errors
