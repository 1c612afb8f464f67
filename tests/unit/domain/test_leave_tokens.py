"""What a link hands to a brand's own page: only the key's holder can make one, and it counts for a day."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain import leave_tokens
from yesword.domain.leave_tokens import BadTokenError, LeaveToken

KEY, NOW = bytes(range(32)), datetime(2026, 3, 2, 12, tzinfo=UTC)
TOKEN = LeaveToken(
    brand="demo", program="club", link=b"\x01" * 16, language="sv", expires_at=NOW + timedelta(days=1)
)


def test_what_is_written_is_read():
    assert leave_tokens.read(leave_tokens.write(TOKEN, KEY), KEY, NOW) == TOKEN
    assert leave_tokens.brand_of(leave_tokens.write(TOKEN, KEY)) == "demo"


def test_it_fits_in_an_address():
    assert len(leave_tokens.write(TOKEN, KEY)) < 300


def test_another_key_reads_nothing():
    with pytest.raises(BadTokenError):
        leave_tokens.read(leave_tokens.write(TOKEN, KEY), bytes(32), NOW)


def test_after_a_day_it_is_nothing():
    with pytest.raises(BadTokenError):
        leave_tokens.read(leave_tokens.write(TOKEN, KEY), KEY, TOKEN.expires_at)


@given(st.integers(0, 250), st.characters(codec="utf-8"))
def test_no_character_can_be_changed(place, character):
    written = leave_tokens.write(TOKEN, KEY)
    place %= len(written)
    changed = written[:place] + character + written[place + 1 :]
    if changed != written:
        with pytest.raises(BadTokenError):
            leave_tokens.read(changed, KEY, NOW)


@given(st.text(max_size=40))
def test_whatever_comes_is_a_token_or_a_bad_one(written):
    with pytest.raises(BadTokenError):
        leave_tokens.read(written, KEY, NOW)
    with pytest.raises(BadTokenError):
        leave_tokens.brand_of(written)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({}, id="nothing in it"),
        pytest.param(
            {"v": 2, "brand": "a", "program": "b", "link": "00", "lang": "en", "exp": 9**11},
            id="of a later form",
        ),
        pytest.param(
            {"v": 1, "brand": "a", "program": "b", "link": "zz", "lang": "en", "exp": 9**11}, id="no digest"
        ),
        pytest.param(
            {"v": 1, "brand": "a", "program": "b", "link": "00", "lang": "en", "exp": 1e99}, id="no time"
        ),
    ],
)
def test_rightly_signed_nonsense_is_refused(said):
    body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    with pytest.raises(BadTokenError):
        leave_tokens.read(f"{body}.{leave_tokens._encoded(leave_tokens._mac(body, KEY))}", KEY, NOW)
