"""Numbers of people as carriers write them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain import heard_numbers
from yesword.domain.phone import PhoneError


@pytest.mark.parametrize(
    ("written", "homes", "number"),
    [
        pytest.param("+31612340020", (), "+31612340020", id="in full, with a plus"),
        pytest.param("31612340020", (), "+31612340020", id="in full, without one"),
        pytest.param("0031612340020", (), "+31612340020", id="in full, with two zeros"),
        pytest.param("31612340020", ("NL",), "+31612340020", id="in full, where one could dial at home"),
        pytest.param("0612340020", ("NL",), "+31612340020", id="as one dials at home"),
        pytest.param("612340020", ("NL",), "+31612340020", id="as at home, without its zero"),
        pytest.param("+612340020", ("NL",), "+31612340020", id="as at home, with a plus that is none"),
        pytest.param("+0612340020", ("NL",), "+31612340020", id="as at home, with a plus before its zero"),
        pytest.param("20123456", ("DK",), "+4520123456", id="a country whose numbers have no zero"),
        pytest.param("31612340020", ("DK",), "+31612340020", id="a guest from abroad"),
        pytest.param("3055550123", ("US",), "+13055550123", id="America, which looks like Greece"),
        pytest.param("3525550123", ("US",), "+13525550123", id="America, which is a line of Luxembourg, too"),
        pytest.param(
            "6592345678", ("US",), "+16592345678", id="America, which is a mobile in Singapore, too"
        ),
        pytest.param("0612345678", ("IT",), "+390612345678", id="Italy, where the zero belongs to it"),
        pytest.param("0612340020", ("NL", "SE"), "+31612340020", id="two countries, a mobile in one"),
        pytest.param("4915112345678", ("AT",), "+4915112345678", id="a mobile rather than a line at home"),
    ],
)
def test_a_number_is_read_however_a_carrier_writes_it(written, homes, number):
    assert heard_numbers.read(written, homes).e164 == number


@pytest.mark.parametrize(
    ("written", "homes"),
    [
        pytest.param("0612340020", (), id="from home, and nobody knows where that is"),
        pytest.param("11111111111111111111", ("NL", "US"), id="too long for anybody's"),
        pytest.param("800123", ("NL", "AU"), id="a code"),
        pytest.param("131450", ("AU",), id="a code that is a service number in Australia"),
        pytest.param("VERIFY", ("NL",), id="a name"),
        pytest.param("", ("NL",), id="nothing"),
        pytest.param("20123456", ("DK", "EG", "LV"), id="two countries, a mobile in both"),
    ],
)
def test_what_can_be_nobodys_or_anybodys_number_is_none(written, homes):
    with pytest.raises(PhoneError):
        heard_numbers.read(written, homes)


def test_what_a_carrier_says_is_national_is_not_read_in_full():
    assert heard_numbers.read("31612340020", (), is_national=False).e164 == "+31612340020"
    with pytest.raises(PhoneError):
        heard_numbers.read("31612340020", ("DK",), is_national=True)


@pytest.mark.parametrize(
    ("code", "home"),
    [
        ("31", "NL"),
        ("1", "US"),
        ("44", "GB"),
        ("800", None),
        ("999", None),
        ("+31", None),
        ("NL", None),
        ("", None),
    ],
)
def test_the_home_of_a_calling_code(code, home):
    assert heard_numbers.home_of(code) == home


@pytest.mark.parametrize(
    ("address", "country"),
    [
        pytest.param("+31612345678", "NL", id="a number"),
        pytest.param("+4520000001", "DK", id="one of a range that nobody has"),
        pytest.param("+18005550199", "US", id="toll-free"),
        pytest.param("+16135550123", "CA", id="one of several countries with a code"),
        pytest.param("800123", None, id="a code"),
        pytest.param("Linde", None, id="a name"),
        pytest.param("+80012345678", None, id="of no country"),
        pytest.param("+999", None, id="of no code"),
    ],
)
def test_the_country_of_an_address_of_ours(address, country):
    assert heard_numbers.country_of(address) == country


@pytest.mark.parametrize(
    ("number", "home"),
    [("+31612345678", "NL"), ("+4520123456", "DK"), ("+390612345678", "IT"), ("+13055550123", "US")],
)
def test_each_way_to_write_a_number_is_read_as_it(number, home):
    ways = heard_numbers.ways_to_write(number)
    assert ways[0] == number
    assert {heard_numbers.read(each, (home,)).e164 for each in ways} == {number}


@given(st.text(max_size=30) | st.from_regex(r"\+?[0-9]{1,25}", fullmatch=True))
def test_whatever_is_written_is_a_number_or_a_plain_refusal(written):
    with contextlib.suppress(PhoneError):
        assert heard_numbers.read(written, ("NL", "US")).e164.startswith("+")
