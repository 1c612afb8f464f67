"""Types and plans of numbers, as they go out and as carriers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels.smpp.addresses import Address, AddressRules, Kind

RULES = AddressRules()


@pytest.mark.parametrize(
    ("written", "address"),
    [
        pytest.param("+31612345678", Address(ton=1, npi=1, digits="31612345678"), id="in full"),
        pytest.param("800123", Address(ton=3, npi=0, digits="800123"), id="a short code"),
        pytest.param("Linde", Address(ton=5, npi=0, digits="Linde"), id="a name"),
        pytest.param("4you", Address(ton=5, npi=0, digits="4you"), id="a name that begins with a digit"),
        pytest.param("0701", Address(ton=0, npi=0, digits="0701"), id="no number of any kind"),
        pytest.param("٣٤٥", Address(ton=5, npi=0, digits="٣٤٥"), id="digits of another script are no digits"),
    ],
)
def test_how_an_address_is_written(written, address):
    assert RULES.address(written) == address


def test_an_account_has_rules_of_its_own():
    rules = AddressRules(short_code=Kind(ton=0, npi=1), keeps_plus=True)
    assert rules.address("800123") == Address(ton=0, npi=1, digits="800123")
    assert rules.address("+31612345678").digits == "+31612345678"


@pytest.mark.parametrize(
    ("ton", "written", "number"),
    [
        pytest.param(1, "31612345678", "+31612345678", id="international"),
        pytest.param(1, "+31612345678", "+31612345678", id="with a plus"),
        pytest.param(0, "31612345678", "+31612345678", id="without a type"),
        pytest.param(0, "0031612345678", "+31612345678", id="with two zeros"),
        pytest.param(2, "0612345678", "+31612345678", id="national"),
        pytest.param(3, "1234", "1234", id="a code"),
        pytest.param(5, "Linde", "Linde", id="a name"),
    ],
)
def test_a_persons_number_in_full(ton, written, number):
    assert AddressRules(country_code="31").number(ton, written) == number


@pytest.mark.parametrize(
    ("code", "ton", "written", "number"),
    [
        pytest.param("45", 0, "20123456", "+4520123456", id="Denmark has no zero, and this one no type"),
        pytest.param("45", 0, "4520123456", "+4520123456", id="in full, without a type"),
        pytest.param("45", 0, "31612345678", "+31612345678", id="a guest from abroad"),
        pytest.param("1", 0, "3055550123", "+13055550123", id="no line in Greece"),
        pytest.param("39", 0, "0612345678", "+390612345678", id="Italy keeps its zero"),
        pytest.param("31", 2, "612340020", "+31612340020", id="national, without its zero"),
        pytest.param("31", 1, "0612340020", "+31612340020", id="called international, and dialled at home"),
        pytest.param("31", 0, "11111111111111111111", "11111111111111111111", id="nobody's"),
        pytest.param("61", 3, "131450", "131450", id="a code that could be a service"),
        pytest.param("45", 3, "20123456", "20123456", id="a code of eight digits"),
        pytest.param("", 2, "612340020", "612340020", id="national, and no country"),
        pytest.param("", 0, "612340020", "612340020", id="no type, and no country"),
    ],
)
def test_a_number_is_read_by_the_plan_of_its_country(code, ton, written, number):
    assert AddressRules(country_code=code).number(ton, written) == number


def test_without_a_country_a_national_number_is_left_as_it_is():
    assert RULES.number(2, "0612345678") == "0612345678"


@pytest.mark.parametrize(
    ("ton", "written", "own"),
    [
        (1, "800123", "800123"),
        (3, "800123", "800123"),
        (1, "31612345678", "+31612345678"),
        (5, "Linde", "Linde"),
        pytest.param(0, "3197000000000", "+3197000000000", id="without a type, of a range that nobody knows"),
    ],
)
def test_our_own_address_as_we_know_it(ton, written, own):
    assert RULES.own(ton, written) == own


@given(st.from_regex(r"\+[1-9][0-9]{8,14}", fullmatch=True), st.booleans())
def test_a_number_comes_back_as_it_went(number, keeps_plus):
    rules = AddressRules(keeps_plus=keeps_plus)
    address = rules.address(number)
    assert rules.number(address.ton, address.digits) == number


@given(st.integers(0, 255), st.text(max_size=30))
def test_any_address_has_some_form(ton, written):
    RULES.number(ton, written)
    RULES.own(ton, written)
    RULES.address(written)
