"""Whatever a field of a log or a trace holds, no number, address or private link gets through (invariant 10)."""

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.telemetry.masking import mask, masked
from yesword.web.logs import masked_event

NUMBER = "+31612345678"


@dataclass
class Handed:
    number: str


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(NUMBER, id="as text"),
        pytest.param("316 123-45678", id="with separators"),
        pytest.param(31612345678, id="as a whole number"),
        pytest.param(31612345678.0, id="as a fraction"),
        pytest.param(f"to {NUMBER}!".encode(), id="as bytes"),
        pytest.param([NUMBER, {"to": NUMBER}], id="in a list and a mapping"),
        pytest.param({NUMBER: 1}, id="as a key"),
        pytest.param(Handed(number=NUMBER), id="within something else"),
        pytest.param(ValueError(NUMBER), id="in an error"),
        pytest.param([[[[[[[[NUMBER]]]]]]]], id="very deep"),
        pytest.param("https://x.example/m/hiddenword and a@b.example", id="a private link and an address"),
    ],
)
def test_no_form_of_a_number_gets_through(value: object) -> None:
    told = json.dumps(masked(value), ensure_ascii=False)
    assert "•••" in told
    for secret in ("12345678", "123-45678", "hiddenword", "a@b"):
        assert secret not in told


@pytest.mark.parametrize(
    "value", [0, 4711, 4_194_304, True, None, 2.5, 1 << 60, "took 12 texts", ["sent", 3]], ids=repr
)
def test_counts_ids_and_words_stay_as_they_are(value: object) -> None:
    assert masked(value) == value


@given(st.from_regex(r"\+?[1-9][0-9]{7,14}", fullmatch=True), st.text(alphabet="abc :,(/", max_size=5))
def test_a_number_is_masked_wherever_it_stands(number: str, around: str) -> None:
    assert number.lstrip("+") not in mask(f"{around}{number}{around}")


def test_an_event_of_the_log_is_masked_in_every_field_but_the_library_own() -> None:
    record = logging.LogRecord("x", 20, "x", 1, "x", None, None)
    event = {"event": "sent", "to": 31612345678, "more": {"number": NUMBER}, "_record": record}
    told = masked_event(None, "info", event)
    assert told["_record"] is record
    assert (told["to"], told["more"]) == ("•••", {"number": "•••"})


def test_a_moment_is_no_number() -> None:
    assert mask("at 12:30") == "at 12:30"
    assert masked(datetime(2026, 3, 2, tzinfo=UTC)).startswith("datetime")
