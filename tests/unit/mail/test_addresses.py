"""E-mail addresses: one spelling each, and none by which a header or a telephone could be reached."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.mail import addresses
from yesword.mail.addresses import BadAddressError, GatewayAddressError


@pytest.mark.parametrize(
    ("written", "address"),
    [
        pytest.param(" Anna@Example.NET ", "anna@example.net", id="case and blanks"),
        pytest.param("a.b+c@example.net", "a.b+c@example.net", id="dots and plus"),
        pytest.param("anna@bücher.example", "anna@xn--bcher-kva.example", id="a name beyond ASCII"),
    ],
)
def test_an_address_has_one_spelling(written, address):
    assert addresses.parse(written) == address


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("", id="nothing"),
        pytest.param("benedikt", id="no at"),
        pytest.param("anna@localhost", id="no domain of the net"),
        pytest.param('"a b"@example.net', id="quoted"),
        pytest.param("a@example.net\r\nBcc: b@example.net", id="a header within"),
        pytest.param("a@example.net, b@example.net", id="two"),
        pytest.param("Anna <anna@example.net>", id="a name beside"),
        pytest.param("a..b@example.net", id="two dots"),
        pytest.param(f"{'a' * 65}@example.net", id="longer than a mail box"),
        pytest.param("ann@exa_mple.net", id="no host"),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(written):
    with pytest.raises(BadAddressError) as refused:
        addresses.parse(written)
    assert not written or written not in str(refused.value)


@pytest.mark.parametrize("domain", ["vtext.com", "TXT.att.net", "tmomail.net"])
def test_c15_a_telephone_behind_an_address_is_told_apart(domain):
    with pytest.raises(GatewayAddressError):
        addresses.parse(f"2125550123@{domain}")


@given(st.text())
def test_whatever_is_parsed_is_one_line_and_parses_to_itself(written):
    try:
        address = addresses.parse(written)
    except (BadAddressError, GatewayAddressError):
        return
    assert address.isascii()
    assert address.isprintable()
    assert addresses.parse(address) == address


def test_a_word_of_its_own_comes_back_from_the_address():
    made = addresses.plus("club@example.org", "abc234")
    assert made == "club+abc234@example.org"
    assert addresses.word_of(made.upper()) == "abc234"
    assert addresses.word_of("club@example.org") == ""
