"""Bulk checking of numbers: mission A18."""

import io

import pytest

from yesword.collect.checking import check_numbers
from yesword.collect.imports.errors import NoPhoneColumnError
from yesword.domain.phone import UnknownCountryError


def write(tmp_path, text, name="numbers.txt"):
    file = tmp_path / name
    file.write_text(text)
    return file


def test_every_row_is_good_a_double_or_wrong_for_a_reason(tmp_path):
    file = write(
        tmp_path, "name,phone\nA,0612345678\nB,+31612345678\nC,+46701740605\nD,020 123 4567\nE,12\nF,\n"
    )
    cleaned = io.StringIO()
    found = check_numbers(file, "NL", cleaned)
    assert (found.rows, found.good, found.doubles) == (6, 2, 1)
    assert found.countries == {"NL": 1, "SE": 1}
    assert found.kinds == {"mobile": 2}
    wrong = {code: count for code, (count, _) in found.wrong.items()}
    assert wrong == {"phone_landline": 1, "phone_too_short": 1, "phone_none": 1}
    assert found.rows == found.good + found.doubles + sum(wrong.values())
    assert cleaned.getvalue().splitlines()[1:] == ["+31612345678,NL,mobile,2", "+46701740605,SE,mobile,4"]


def test_a_bare_list_begins_with_its_first_number(tmp_path):
    assert check_numbers(write(tmp_path, "+31612345678\n+31612345679\n"), None).good == 2


def test_national_numbers_need_a_country(tmp_path):
    found = check_numbers(write(tmp_path, "phone\n0612345678\n"), None)
    assert list(found.wrong) == ["phone_needs_country"]


def test_no_number_stands_in_what_is_told(tmp_path):
    found = check_numbers(write(tmp_path, "phone\n0612345678\n061234567890123\n"), "NL")
    assert "1234" not in repr(found.to_json())


@pytest.mark.parametrize(("text", "country", "error"), [
    ("name\nAnna\n", "NL", NoPhoneColumnError), ("phone\n0612345678\n", "QQ", UnknownCountryError),
], ids=["no column of numbers", "no such country"])  # fmt: skip
def test_what_cannot_be_checked_says_why(tmp_path, text, country, error):
    with pytest.raises(error):
        check_numbers(write(tmp_path, text), country)
