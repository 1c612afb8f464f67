"""Signatures of webhooks, with the specification's own example and everything that may be wrong with one."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain import standard_webhooks
from yesword.domain.standard_webhooks import (
    TOLERANCE,
    BadSecretError,
    BadSignatureError,
    StaleError,
    check,
    headers,
    new_secret,
    sign,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'


def test_the_signature_is_the_one_of_the_specifications_own_example():
    assert sign(SECRET, ID, AT, BODY) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_id_of_a_message_that_fits_is_given_back():
    assert check(SECRET, headers(SECRET, ID, AT, BODY), BODY, AT) == ID


@given(st.binary(), st.text(min_size=1), st.datetimes(timezones=st.just(UTC), min_value=datetime(1971, 1, 1)))  # noqa: DTZ001
def test_whatever_is_signed_fits(body, message_id, at):
    secret = new_secret()
    assert check(secret, headers(secret, message_id, at, body), body, at) == message_id


@pytest.mark.parametrize(
    ("changed", "body"),
    [
        pytest.param({}, b'{"test": 2432232315}', id="another body"),
        pytest.param({"webhook-id": "msg_other"}, BODY, id="another id"),
        pytest.param({"webhook-timestamp": "1614265331"}, BODY, id="another time"),
        pytest.param({"webhook-timestamp": "soon"}, BODY, id="a time that is none"),
        pytest.param({"webhook-timestamp": "٢"}, BODY, id="a time in other digits"),
        pytest.param({"webhook-signature": ""}, BODY, id="no signature"),
        pytest.param({"webhook-signature": "v1,ä"}, BODY, id="a signature that is no base64"),
        pytest.param({"webhook-id": ""}, BODY, id="no id"),
        pytest.param(
            {"webhook-signature": "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
            BODY,
            id="another version",
        ),
    ],
)
def test_what_is_altered_does_not_fit(changed, body):
    with pytest.raises(BadSignatureError):
        check(SECRET, headers(SECRET, ID, AT, BODY) | changed, body, AT)


def test_one_of_several_signatures_is_enough_so_that_a_secret_can_be_replaced():
    given = headers(SECRET, ID, AT, BODY)
    given["webhook-signature"] = f"v1,AAAA {given['webhook-signature']} v1a,BBBB"
    assert check(SECRET, given, BODY, AT) == ID


@pytest.mark.parametrize("sign_of", [1, -1], ids=["sent long ago", "sent in the future"])
def test_what_is_signed_for_another_time_is_a_repetition(sign_of):
    given = headers(SECRET, ID, AT, BODY)
    later = AT + sign_of * (TOLERANCE + timedelta(seconds=1))
    with pytest.raises(StaleError):
        check(SECRET, given, BODY, later)


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("whsec_" + base64.b64encode(b"short").decode(), id="too short"),
        pytest.param("whsec_" + base64.b64encode(b"x" * 65).decode(), id="too long"),
        pytest.param("whsec_not base64!", id="no base64"),
        pytest.param("", id="none"),
    ],
)
def test_a_secret_of_another_form_is_refused(secret):
    with pytest.raises(BadSecretError):
        sign(secret, ID, AT, BODY)


def test_a_new_secret_has_the_form_and_is_new_each_time():
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(len(standard_webhooks.key_of(each)) == 32 for each in made)
