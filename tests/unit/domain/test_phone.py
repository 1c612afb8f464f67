import copy
import pickle

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain import phone
from yesword.domain.phone import NumberKind, parse

DUTCH = "+31612345678"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("06 12345678", id="national with its trunk 0"),
        pytest.param("06-12 34 56 78", id="dashes and pairs"),
        pytest.param("(06) 12.34.56.78", id="brackets and dots"),
        pytest.param("06/12345678", id="a slash"),
        pytest.param("06–1234–5678", id="en dashes"),
        pytest.param("612345678", id="the 0 lost in a spreadsheet"),
        pytest.param("31612345678", id="country code without plus"),
        pytest.param("+31612345678", id="international"),
        pytest.param("  + 31 6 12345678 ", id="a space after the plus"),
        pytest.param("++31612345678", id="two pluses"),
        pytest.param("0031 6 12345678", id="00 for plus"),
        pytest.param("00 31 6 12345678", id="00 and a space"),
        pytest.param("(0031) 6 12345678", id="00 in brackets"),
        pytest.param("+0031612345678", id="plus and 00"),
        pytest.param("+31 (0)6 12345678", id="0 in brackets"),
        pytest.param("0031 (0) 6 12345678", id="00 and 0 in brackets"),
        pytest.param("(+31) 6 12345678", id="country code in brackets"),
        pytest.param("06\N{NO-BREAK SPACE}1234\N{NARROW NO-BREAK SPACE}5678", id="no-break spaces"),
        pytest.param("０６１２３４５６７８", id="full-width digits"),
        pytest.param("＋３１６１２３４５６７８", id="full-width plus"),
        pytest.param("٠٦١٢٣٤٥٦٧٨", id="Arabic-Indic digits"),
        pytest.param("'0612345678", id="a spreadsheet's apostrophe"),
        pytest.param("’0612345678", id="a curly apostrophe"),
        pytest.param('="0612345678"', id="a spreadsheet's text formula"),
        pytest.param('"0612345678"', id="quotes left by a bad split"),
        pytest.param("31612345678.0", id="a number made a float"),
        pytest.param("\ufeff0612345678", id="a byte order mark"),
        pytest.param("\u202a+31 6 12345678\u202c", id="direction marks of an address book"),
        pytest.param("00\u200b31612345678", id="a zero-width space"),
        pytest.param("\u200e'0612345678", id="a direction mark before an apostrophe"),
        pytest.param("0612345678\r\n", id="an end of line"),
        pytest.param("tel:+31612345678", id="a link"),
        pytest.param("tel:+31-6-12345678;phone-context=example.com", id="a link with parameters"),
        pytest.param("Tel.: 06-12345678", id="a label"),
        pytest.param("mob: 0612345678", id="a short label"),
        pytest.param("M. 06 1234 5678", id="one letter and a dot"),
    ],
)
def test_what_people_write_is_read_as_the_number_they_mean(raw):
    number = parse(raw, country="NL")
    assert number.e164 == DUTCH
    assert number.country == "NL"
    assert number.kind is NumberKind.MOBILE


@pytest.mark.parametrize(
    ("raw", "country", "e164"),
    [
        pytest.param("070-174 06 05", "SE", "+46701740605", id="Swedish"),
        pytest.param("0171/1234567", "DE", "+491711234567", id="German with a slash"),
        pytest.param("20 12 34 56", "DK", "+4520123456", id="Danish, which has no trunk 0"),
        pytest.param("(305) 555-0123", "US", "+13055550123", id="American"),
        pytest.param(
            "1-305-555-0123", "us", "+13055550123", id="American with its 1, country in small letters"
        ),
        pytest.param("011 31 6 12345678", "US", DUTCH, id="Dutch, dialled from America"),
        pytest.param("+39 06 6982 1234", "NL", "+390669821234", id="an Italian 0 is part of the number"),
        pytest.param("8 (912) 345-67-89", "RU", "+79123456789", id="a Russian trunk 8"),
        pytest.param("0031612345678", None, DUTCH, id="00 needs no country"),
        pytest.param("00\u200b31 6 12345678", None, DUTCH, id="even with a hidden mark behind it"),
        pytest.param("+882 1612345678", None, "+8821612345678", id="a number of no country"),
    ],
)
def test_other_countries_have_other_habits(raw, country, e164):
    assert parse(raw, country=country).e164 == e164


@pytest.mark.parametrize(
    ("raw", "country", "error"),
    [
        pytest.param("", "NL", phone.NoNumberError, id="nothing"),
        pytest.param(" - ", "NL", phone.NoNumberError, id="a dash"),
        pytest.param("n.v.t.", "NL", phone.NumberHasLettersError, id="not applicable"),
        pytest.param("0612345", "NL", phone.NumberTooShortError, id="digits missing"),
        pytest.param("555-0123", "US", phone.NumberTooShortError, id="area code missing"),
        pytest.param("+31", None, phone.NumberTooShortError, id="only a country code"),
        pytest.param("0612345678901", "NL", phone.NumberTooLongError, id="digits too many"),
        pytest.param(
            "+316123456781234567890", None, phone.NumberTooLongError, id="more digits than E.164 has"
        ),
        pytest.param("06I2345678", "NL", phone.NumberHasLettersError, id="a capital I for a 1"),
        pytest.param("1-800-FLOWERS", "US", phone.NumberHasLettersError, id="a vanity number"),
        pytest.param("020 1234567 ext. 12", "NL", phone.NumberHasExtensionError, id="an extension"),
        pytest.param("020 1234567 x12", "NL", phone.NumberHasExtensionError, id="a short extension"),
        pytest.param("020 1234567 tst 12", "NL", phone.NumberHasExtensionError, id="a Dutch extension"),
        pytest.param(
            "tel:+31201234567;ext=12", None, phone.NumberHasExtensionError, id="a link with an extension"
        ),
        pytest.param("3.16123E+10", "NL", phone.NumberLostDigitsError, id="rounded by a spreadsheet"),
        pytest.param("3,16123E+10", "NL", phone.NumberLostDigitsError, id="rounded by a Dutch spreadsheet"),
        pytest.param("0612345678 / 0687654321", "NL", phone.SeveralNumbersError, id="two with a slash"),
        pytest.param("0612345678; 0687654321", "NL", phone.SeveralNumbersError, id="two with a semicolon"),
        pytest.param("0612345678\n0687654321", "NL", phone.SeveralNumbersError, id="two on two lines"),
        pytest.param("0612345678 of 0687654321", "NL", phone.SeveralNumbersError, id="one or the other"),
        pytest.param("0612345678", None, phone.NumberNeedsCountryError, id="national without a country"),
        pytest.param("31612345678", None, phone.NumberNeedsCountryError, id="no plus and no country"),
        pytest.param("0612345678", "XX", phone.UnknownCountryError, id="a country that is none"),
        pytest.param("0612345678", "", phone.UnknownCountryError, id="an empty country"),
        pytest.param("+999 12345678", None, phone.UnknownCallingCodeError, id="a code that nobody has"),
        pytest.param("+1 211 555 0123", None, phone.NumberNotAssignedError, id="an area code that cannot be"),
        pytest.param("0900 1234567", "NL", phone.PremiumNumberError, id="premium in the Netherlands"),
        pytest.param("+1 900 234 5678", None, phone.PremiumNumberError, id="premium in America"),
        pytest.param("800123", "NL", phone.ShortCodeGivenError, id="a short code"),
        pytest.param("12345", None, phone.ShortCodeGivenError, id="a short code without a country"),
        pytest.param("*21#", "NL", phone.PhoneError, id="a network command"),
    ],
)
def test_what_cannot_be_texted_is_refused_with_its_own_reason(raw, country, error):
    with pytest.raises(error) as caught:
        parse(raw, country=country)
    assert "{" not in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "kind", "may_text"),
    [
        pytest.param("+31612345678", NumberKind.MOBILE, True, id="a Dutch mobile"),
        pytest.param("+31201234567", NumberKind.FIXED, False, id="a Dutch landline"),
        pytest.param("+4533121212", NumberKind.FIXED_OR_MOBILE, True, id="Denmark does not tell"),
        pytest.param("+13055550123", NumberKind.FIXED_OR_MOBILE, True, id="America never tells"),
        pytest.param("+18765550123", NumberKind.FIXED_OR_MOBILE, True, id="nor does Jamaica"),
        pytest.param("+18005550123", NumberKind.TOLL_FREE, False, id="toll-free in America"),
        pytest.param("+318001234", NumberKind.TOLL_FREE, False, id="toll-free in the Netherlands"),
        pytest.param("+31850123456", NumberKind.VOIP, True, id="VoIP may take texts"),
        pytest.param("+15005550123", NumberKind.UNKNOWN, True, id="a personal number leads anywhere"),
        pytest.param("+31881234567", NumberKind.OTHER, False, id="company access"),
    ],
)
def test_only_what_is_certainly_no_mobile_may_not_be_texted(raw, kind, may_text):
    number = parse(raw, country=None)
    assert (number.kind, number.may_text) == (kind, may_text)


def test_territories_and_islands_keep_their_own_country():
    countries = {
        raw: parse(raw, country=None).country for raw in ("+17875550123", "+16715550123", "+447781123456")
    }
    assert list(countries.values()) == ["PR", "GU", "GG"]


def test_only_the_country_and_the_last_digits_show():
    number = parse(DUTCH, country=None)
    assert number.masked() == "+31 •••••• 678"
    assert str(number) == f"{number}" == number.masked()
    assert repr(number) == "<PhoneNumber +31 •••••• 678>"
    assert parse("+1 305 555 0123", country=None).masked() == "+1 ••••••• 123"
    assert parse("+29051234", country=None).masked() == "+290 ••• 34"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("+31 6 123456789012", id="refused by the plan"),
        pytest.param("+31612345678901234567", id="refused by the reader"),
        pytest.param("+999612345678", id="refused for its code"),
        pytest.param("+31 20 1234567 x 12345678", id="refused for its extension"),
    ],
)
def test_no_number_shows_in_an_error_or_in_its_trace(raw):
    with pytest.raises(phone.PhoneError) as caught:
        parse(raw, country=None)
    assert "1234567" not in str(caught.value).replace(" ", "")
    assert "1234567" not in repr(caught.value.fields)
    assert caught.value.__context__ is None or caught.value.__suppress_context__, (
        "no other error is told with it"
    )


@given(
    st.one_of(st.text(max_size=30), st.text("+0123456789 ()-./;,=x'\"E\u200e٣３", max_size=30)),
    st.sampled_from(["NL", "US", "IT", "AR", None]),
)
def test_whatever_is_given_is_a_number_or_a_typed_refusal(raw, country):
    try:
        number = parse(raw, country=country)
    except phone.PhoneError:
        return
    assert parse(number.e164, country=None) == number


def test_equal_numbers_are_one_however_they_were_written():
    assert parse("06 12345678", country="NL") == parse("+31 6 12 34 56 78", country=None)
    assert len({parse("06 12345678", country="NL"), parse(DUTCH, country=None)}) == 1


def test_a_number_survives_copying():
    number = parse(DUTCH, country=None)
    assert pickle.loads(pickle.dumps(number)) == copy.deepcopy(number) == number


def test_reading_back_a_number_in_full_gives_the_same_number_for_every_country():
    for region in phonenumbers.SUPPORTED_REGIONS:
        example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        if example is None:
            continue
        e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        national = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
        assert parse(e164, country=None).e164 == e164
        assert parse(national, country=region).e164 == e164
        assert e164[-4:] not in parse(e164, country=None).masked()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param("800123", True, id="six digits"),
        pytest.param(" 12345 ", True, id="spaces at the ends"),
        pytest.param("112", True, id="three digits"),
        pytest.param("12", False, id="two digits"),
        pytest.param("0612", False, id="a leading 0"),
        pytest.param("1234567", False, id="seven digits"),
        pytest.param("٤٥٦٧", False, id="digits of another script"),
        pytest.param("12a45", False, id="a letter"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_short_codes_are_three_to_six_digits(text, answer):
    assert phone.is_short_code(text) is answer


def test_the_version_of_the_plans_is_told():
    assert phone.metadata_version() == f"phonenumbers {phonenumbers.__version__}"


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        pytest.param("ACME", "alphanumeric", id="a name"),
        pytest.param("Shop24", "alphanumeric", id="a name with figures"),
        pytest.param("800123", "short_code", id="six figures"),
        pytest.param("+18005550123", "toll_free", id="a number that is free to call"),
        pytest.param("+4520123456", "long_code", id="any other number"),
    ],
)
def test_an_address_tells_what_kind_of_sender_it_is(address, kind):
    assert phone.sender_kind(address) == kind
