"""Reading the list of numbers that a carrier asks about, and its 24-hour clock."""

from datetime import UTC, datetime, timedelta

import pytest

from yesword.domain.phone import UnknownCountryError
from yesword.reporting.audit_answers import MOST_NUMBERS, Question, asking, clock, read_numbers
from yesword.reporting.audit_answers.asking import NoNumbersError, TooManyNumbersError

ONE, TWO = "+31612345678", "+12025550123"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\n{TWO}",
        f"{ONE}\r\n\r\n  {TWO}  \r\n",
        f"{ONE},{TWO}",
        f"{ONE}; {TWO}",
        f"{ONE}\t{TWO}",
        f"destination\n{ONE}\n{TWO}",
        f'\ufeff"{ONE}"\n"{TWO}"',
        f"{ONE}\n{TWO}\n{ONE}\n06 1234 5678",
    ],
    ids=[
        "one a line",
        "blank lines and blanks",
        "parted by commas",
        "parted by semicolons",
        "parted by tabs",
        "with a heading",
        "in quotes, behind a mark of the encoding",
        "some of them again, and in another form",
    ],
)
def test_each_number_is_read_once_in_its_order(text):
    asked = read_numbers(text, "NL")
    assert asked.numbers == (ONE, TWO)
    assert asked.unread == ()


def test_what_was_taken_for_a_heading_is_told():
    assert read_numbers(f"hello\n{ONE}", "NL").heading == "hello"
    assert read_numbers(f"{'x' * 60}\n{ONE}", "NL").heading == "x" * 40
    assert read_numbers(f"{ONE}\n{TWO}", "NL").heading == ""


def test_what_is_no_number_is_kept_with_why():
    asked = read_numbers(f"{ONE}\n12\nsomebody\n{'9' * 60}", "NL")
    assert asked.numbers == (ONE,)
    assert [(each.given[:8], each.why) for each in asked.unread] == [
        ("12", "phone_too_short"),
        ("somebody", "phone_letters"),
        ("99999999", "phone_too_long"),
    ]
    assert max(len(each.given) for each in asked.unread) == 40


@pytest.mark.parametrize("text", ["", "\n , ;", "number", "nobody\nnothing"])
def test_a_list_without_a_number_is_refused(text):
    with pytest.raises(NoNumbersError):
        read_numbers(text, "NL")


def test_a_list_that_is_too_long_says_how_long_it_may_be(monkeypatch):
    monkeypatch.setattr(asking, "MOST_NUMBERS", 2)
    with pytest.raises(TooManyNumbersError, match="holds 3 numbers, and one answer takes 2"):
        read_numbers(f"{ONE}\n{TWO}\n+31612345679", "NL")
    assert MOST_NUMBERS >= 1000


def test_a_country_that_does_not_exist_is_said_and_not_taken_for_bad_numbers():
    with pytest.raises(UnknownCountryError):
        read_numbers("0612345678", "XX")


def test_the_clock_runs_for_24_hours_from_when_the_carrier_asked():
    question = Question(sender="800123", asked_at=NOON)
    assert question.due_at == datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert clock(question.due_at, NOON + timedelta(hours=7)).left == timedelta(hours=17)
    assert not clock(question.due_at, question.due_at).is_overdue
    assert clock(question.due_at, question.due_at + timedelta(seconds=1)).is_overdue
