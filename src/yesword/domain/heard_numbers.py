"""Numbers of people as carriers write them: in full, with or without the plus, or as one dials them at home."""

import functools
from collections.abc import Iterator, Sequence
from typing import Final

from yesword.domain.phone import (
    NumberNeedsCountryError,
    PhoneError,
    PhoneNumber,
    ShortCodeGivenError,
    is_short_code,
    parse,
)

_SHORTEST: Final = 8  # digits of a number with its country; a code has fewer


def read(written: str, homes: Sequence[str], *, is_national: bool = False) -> PhoneNumber:
    """The number that a carrier means, where what is dialled at home is dialled in one of `homes` (ISO alpha-2).

    Only numbers that can be in use are taken. Where both readings can be, a text comes rather from what may be a mobile,
    and else from home. `is_national`: the carrier says that it is no number in full. Raises a PhoneError.
    """
    text = written.strip()
    digits = text.removeprefix("+")  # which a provider, or we for it, may have put before any number
    if not is_digits(digits):
        return parse(text, country=None)
    if text != digits and (found := list(_tried(text, None))):
        return found[0]
    if is_short_code(digits):
        raise ShortCodeGivenError
    at_home = [each for home in homes for each in _tried(digits, home)]
    in_full = [] if is_national else list(_in_full(digits))
    found = at_home + in_full
    may_be = [each for each in found if each.may_text] or found
    own = {each.e164 for each in may_be if each in at_home}
    if not may_be or len(own) > 1:  # of two nobody can say which
        raise NumberNeedsCountryError
    return may_be[0]


@functools.cache
def home_of(calling_code: str) -> str | None:
    """The country whose way of dialling goes with a calling code, "31" for instance; None where there is none."""
    import phonenumbers

    if not is_digits(calling_code):
        return None
    country = phonenumbers.region_code_for_country_code(int(calling_code))
    return country if country in phonenumbers.SUPPORTED_REGIONS else None


def country_of(address: str) -> str | None:
    """Of a number in full, also of a range that nobody knows yet; None for a code, a name, or a number of no country."""
    import phonenumbers

    if not (address.startswith("+") and is_digits(address[1:])):
        return None
    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:
        return None
    country = phonenumbers.region_code_for_number(number)
    return country if country in phonenumbers.SUPPORTED_REGIONS else home_of(str(number.country_code))


def ways_to_write(number: str) -> tuple[str, ...]:
    """How carriers may write a number that is given in full: `read` takes each of them for it, at home in its country."""
    import phonenumbers

    parsed = phonenumbers.parse(number)
    at_home = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    dialled = "".join(filter(str.isdecimal, at_home))
    short = phonenumbers.national_significant_number(parsed)
    digits = number.removeprefix("+")
    return tuple(dict.fromkeys((number, digits, f"00{digits}", dialled, short)))


def is_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _in_full(digits: str) -> Iterator[PhoneNumber]:
    if digits.startswith("00"):
        yield from _tried(digits, None)
    elif not digits.startswith("0") and len(digits) >= _SHORTEST:
        yield from _tried(f"+{digits}", None)


def _tried(text: str, home: str | None) -> Iterator[PhoneNumber]:
    try:
        yield parse(text, country=home)
    except PhoneError:
        return
