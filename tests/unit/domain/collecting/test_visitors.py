"""Tokens that say who looks at a page: signed by the site's server, for one point, and not for long."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.collecting.visitors import (
    LONGEST_LIFE,
    MOST_CHARACTERS,
    BadVisitorError,
    Visitor,
    read_visitor,
    sign_visitor,
)

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY, POINT = "ywv_a-key-of-the-point", "club-popup"
UNTIL = AT + timedelta(hours=1)


def signed(visitor=Visitor(mail="anna@example.org"), *, key=KEY, point=POINT, until=UNTIL):  # noqa: B008
    return sign_visitor(key, point, visitor, until)


@given(mail=st.text(max_size=60), number=st.text(max_size=20), reads=st.booleans())
def test_what_was_signed_is_read_back(mail, number, reads):
    visitor = Visitor(mail=mail, number=number, reads_mail=reads)
    assert read_visitor(signed(visitor), ["another", KEY], POINT, AT) == visitor


@pytest.mark.parametrize(
    ("word", "what"),
    [
        pytest.param(signed(key="guessed"), "signature", id="another key"),
        pytest.param(signed(point="other"), "another point", id="for another point"),
        pytest.param(signed(until=AT), "expired", id="just expired"),
        pytest.param(signed(until=AT + LONGEST_LIFE + timedelta(seconds=1)), "more than a day", id="long"),
        pytest.param("", "form", id="nothing"),
        pytest.param("payload", "form", id="no signature"),
        pytest.param("é.é", "form", id="other letters"),
        pytest.param("a" * MOST_CHARACTERS + ".b", "form", id="without end"),
    ],
)
def test_a_token_that_does_not_count_says_why_and_repeats_nothing(word, what):
    with pytest.raises(BadVisitorError, match=what) as refused:
        read_visitor(word, [KEY], POINT, AT)
    assert "anna" not in str(refused.value)


@given(place=st.integers(0, 400), letter=st.sampled_from("abcXYZ019-_."))
def test_one_letter_changed_and_it_counts_no_more(place, letter):
    word = signed()
    place %= len(word)
    altered = f"{word[:place]}{letter}{word[place + 1 :]}"
    if altered == word:
        return
    # The last letter of base64 holds bits that nobody reads; what is compared is the letters.
    with pytest.raises(BadVisitorError):
        read_visitor(altered, [KEY], POINT, AT)


def test_without_a_key_nobody_is_believed():
    with pytest.raises(BadVisitorError):
        read_visitor(signed(), [], POINT, AT)


def test_a_token_made_by_the_how_to_is_read():
    payload = json.dumps({"point": POINT, "expires": int(UNTIL.timestamp()), "reads_mail": True})
    written = base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")
    mac = hmac.new(KEY.encode(), written.encode(), hashlib.sha256).digest()
    word = f"{written}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
    assert read_visitor(word, [KEY], POINT, AT) == Visitor(reads_mail=True)
