"""What several providers do alike does what it says."""

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels import CarrierError, HandOver, OutcomeStatus
from yesword.channels.http import proving, shapes
from yesword.channels.http.provider import (
    Call,
    Reply,
    Taken,
    UnprovenCallError,
    UnreadableCallError,
    UnreadableReplyError,
    take,
)
from yesword.domain.decisions import Decision, Verdict

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus
TABLE = {"7": CarrierError.OPTED_OUT, "8": CarrierError.THROTTLED}
HANDOVER = HandOver(
    message_id=4711,
    attempt_id=5,
    sender="YESWORD",
    number="+46700000000",
    text="Hej!",
    decision=Decision(verdict=Verdict.SEND, at=AT),
)


@pytest.mark.parametrize(
    ("status", "code", "expected", "meaning", "told"),
    [
        pytest.param(400, "7", REFUSED, CarrierError.OPTED_OUT, "7", id="a code that the table knows"),
        pytest.param(
            403, "7", REFUSED, CarrierError.OPTED_OUT, "7", id="even where the status says: sign in"
        ),
        pytest.param(400, "8", THROTTLED, CarrierError.THROTTLED, "8", id="a code that says: too fast"),
        pytest.param(400, "99", REFUSED, CarrierError.OTHER, "99", id="a code of next year"),
        pytest.param(400, "9" * 99, REFUSED, CarrierError.OTHER, "9" * 64, id="a code as long as a sentence"),
        pytest.param(400, "", REFUSED, CarrierError.OTHER, "400", id="no code"),
        pytest.param(403, "99", THROTTLED, None, "sign_in_refused", id="an unknown code beside: sign in"),
        pytest.param(401, "7", THROTTLED, None, "sign_in_refused", id="no sign-in whatever the code"),
        pytest.param(429, "7", THROTTLED, CarrierError.THROTTLED, "429", id="too fast whatever the code"),
        pytest.param(400, "k", THROTTLED, None, "sign_in_refused", id="a code of the account"),
        pytest.param(408, "7", UNKNOWN, None, "408", id="no answer in time"),
        pytest.param(500, "7", UNKNOWN, None, "500", id="a failure whatever the code"),
        pytest.param(500, "k", UNKNOWN, None, "500", id="a failure with a code of the account"),
        pytest.param(302, "7", UNKNOWN, None, "302", id="somewhere else"),
    ],
)
def test_an_answer_that_is_no_success(status, code, expected, meaning, told):
    outcome = shapes.answered(HANDOVER, Reply(status=status), code, TABLE, {"k"})
    assert (outcome.status, outcome.meaning, outcome.error_code) == (expected, meaning, told)
    assert outcome.error_text is None


def test_a_success_that_nobody_expected_is_no_refusal():
    with pytest.raises(UnreadableReplyError):
        shapes.answered(HANDOVER, Reply(status=207), "7", TABLE)


@given(
    st.text(st.characters(codec="utf-8", exclude_characters=":"), min_size=1),
    st.text(min_size=1, max_size=20),
)
def test_an_address_with_a_password_is_called_with_that_name_and_password(user, password):
    url = shapes.with_password("https://texts.example.com:8443/a?reference=1", user, password)
    parts = urlsplit(url)
    assert parts._replace(netloc="texts.example.com:8443").geturl() == url.replace(
        f"{parts.netloc}", "texts.example.com:8443"
    )
    header = shapes.basic(unquote(parts.username or ""), unquote(parts.password or ""))["Authorization"]
    proving.check_basic(user, password, header)


@pytest.mark.parametrize(
    "text",
    ["2026-03-01T09:00:00", "2026-03-01T09:00:00Z", "2026-03-01T10:00:00.000+0100", "2026-03-01T04:00-05:00"],
)
def test_a_moment_is_in_utc(text):
    assert shapes.moment(text) == AT
    assert shapes.moment(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "yesterday", ""])
def test_what_is_no_moment_in_utc_is_told(text):
    with pytest.raises(ValueError, match=r"UTC|isoformat"):
        shapes.moment(text)


@given(st.datetimes(timezones=st.builds(lambda h: timezone(timedelta(hours=h)), st.integers(-12, 14))))
def test_a_moment_is_the_one_that_was_written(at):
    try:
        expected = at.astimezone(UTC)
    except OverflowError:
        with pytest.raises(ValueError, match="UTC"):
            shapes.moment(at.isoformat())
        return
    assert shapes.moment(at.isoformat()) == expected


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b'{"a":'])
def test_what_is_no_json_says_nothing(body):
    assert shapes.read_json(body) is None


def test_a_form_stands_in_the_body_or_in_the_address():
    url = "https://texts.example.com/a?b=c%20d&e="

    def call(method):
        return Call(method=method, url=url, headers={}, body=b"f=%C3%A9&g=", at=AT)

    assert shapes.form_of(call("POST")) == {"f": "é", "g": ""}
    assert shapes.form_of(call("GET")) == {"b": "c d", "e": ""}


def test_a_form_with_fields_beyond_number_is_not_read():
    with pytest.raises(ValueError, match="fields"):
        shapes.read_form(b"a=1&" * 600)


@given(st.text(), st.sampled_from(["https://texts.example.com/a", "https://texts.example.com/a?reference=1"]))
def test_an_address_with_a_key_is_called_with_that_key(password, url):
    keyed = shapes.with_key(url, password)
    assert keyed.startswith(url)
    query = urlsplit(keyed).query
    for given_, secret in ((query, password), (f"{query}&more=1", password)):
        if password:
            proving.check_key(secret, given_)
        with pytest.raises(UnprovenCallError):
            proving.check_key(f"{secret}!", given_)


@pytest.mark.parametrize("query", ["", "key=", "keys=a", "key=b", "&".join(["a=1"] * 200 + ["key=a"])])
def test_an_address_without_the_key_is_a_strangers(query):
    with pytest.raises(UnprovenCallError):
        proving.check_key("a", query)


def test_an_id_is_made_of_what_is_told_and_of_where_one_part_ends():
    assert shapes.made_id("a", "é") == shapes.made_id("a", "é")
    assert len({shapes.made_id("a", "bc"), shapes.made_id("ab", "c"), shapes.made_id("abc")}) == 3


@pytest.mark.parametrize(
    "error", [ValueError(), KeyError(), TypeError(), IndexError(), AttributeError(), RecursionError()]
)
def test_a_call_that_is_not_of_the_form_is_told_whatever_it_breaks(error):
    class Breaking:
        def verify(self, call):
            pass

        def read(self, call):
            raise error

    with pytest.raises(UnreadableCallError):
        take(Breaking(), Call(method="POST", url="https://a.example/", headers={}, body=b"", at=AT))


def test_no_news_leaves_nothing():
    assert Taken.of(None).items == ()
