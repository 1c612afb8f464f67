"""Telephone numbers: reading what people and files give, and never showing more of it than asked.

`PhoneNumber` owns a number. Where its owner may be is in `places`; what a text comes from (a sender) is not
here, but for telling a short code. The plan behind it is Google's libphonenumber metadata.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final

from yesword.domain.errors import YeswordError

if TYPE_CHECKING:
    import phonenumbers

# phonenumbers takes longer to import than the rest of a store-less command; it is loaded by the first number.


class NumberKind(StrEnum):
    """What a number can be told to be from its digits alone. Ported and forwarded numbers keep their look."""

    MOBILE = "mobile"
    FIXED = "fixed"  # in a country whose plan keeps fixed lines apart
    FIXED_OR_MOBILE = "fixed_or_mobile"  # the plan does not tell, as in all of North America
    TOLL_FREE = "toll_free"
    VOIP = "voip"
    OTHER = "other"  # shared cost, company access, voicemail, pager
    UNKNOWN = "unknown"  # personal numbers, and what the plan has no word for


class PhoneError(YeswordError):
    """Not a number that can be texted."""

    # No error here carries the digits: error texts end up in logs and reports.
    code: ClassVar[str] = "phone"


class NoNumberError(PhoneError):
    """There is no telephone number here. Give one such as +31 6 1234 5678."""

    code = "phone_none"


class NumberTooShortError(PhoneError):
    """The number has too few digits ({digits}). Check whether some are missing, an area code for instance."""

    code = "phone_too_short"


class NumberTooLongError(PhoneError):
    """The number has too many digits ({digits}). Check for a digit typed twice or a second number."""

    code = "phone_too_long"


class NumberHasLettersError(PhoneError):
    """The number contains letters. Write it in digits."""

    code = "phone_letters"


class NumberHasExtensionError(PhoneError):
    """The number has an extension, so it is a switchboard. Give the person's own mobile number."""

    code = "phone_extension"


class NumberLostDigitsError(PhoneError):
    """A spreadsheet has rounded this number (such as 3.16E+10). Export the column again as text."""

    code = "phone_lost_digits"


class SeveralNumbersError(PhoneError):
    """There is more than one number here. Give one number in each field."""

    code = "phone_several"


class NumberNeedsCountryError(PhoneError):
    """The number is national, and no country is known. Start it with + and the country code, or name a country."""

    code = "phone_needs_country"


class UnknownCountryError(PhoneError):
    """No country with telephone numbers is called "{country}". Use its two-letter ISO code, such as NL."""

    code = "phone_unknown_country"


class UnknownCallingCodeError(PhoneError):
    """No country has the code that this number starts with. Check the digits after the +."""

    code = "phone_unknown_calling_code"


class NumberNotAssignedError(PhoneError):
    """No such number can be in use in {country}. Check it for a digit that is missing, too many or mistyped."""

    code = "phone_not_assigned"


class PremiumNumberError(PhoneError):
    """The number is charged at a premium rate. Give the person's own mobile number."""

    code = "phone_premium"


class ShortCodeGivenError(PhoneError):
    """A short code is not a person's number. Give the number in full, with its country."""

    code = "phone_short_code"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PhoneNumber:
    """One number in full. It shows itself masked; only `e164`, asked for by name, tells it."""

    e164: str  # "+" and up to 15 digits
    country: str  # ISO 3166-1 alpha-2 as the plan has it (PR, GU, JE …), or "001" for numbers of no country
    kind: NumberKind

    @property
    def may_text(self) -> bool:
        """False only where the number certainly is no mobile; where the plan cannot tell, a text may be tried."""
        return self.kind not in _NEVER_MOBILE

    @property
    def calling_code(self) -> str:
        """The digits after the plus that choose the country or, for 1 and 7, the shared plan."""
        return calling_code_of(self.e164)

    @property
    def area_code(self) -> str | None:
        """The three digits of a North American number that stand for an area or a service; else None."""
        return self.e164[2:5] if self.calling_code == "1" else None

    def masked(self) -> str:
        """The country and the last digits only: `+31 •••••• 678`."""
        national = self.e164[1 + len(self.calling_code) :]
        shown = 3 if len(national) >= _LONG_ENOUGH_FOR_THREE else 2
        return f"+{self.calling_code} {'•' * (len(national) - shown)} {national[-shown:]}"

    def __str__(self) -> str:
        return self.masked()

    def __repr__(self) -> str:
        return f"<PhoneNumber {self.masked()}>"


_NEVER_MOBILE: Final = frozenset({NumberKind.FIXED, NumberKind.TOLL_FREE, NumberKind.OTHER})
_LONG_ENOUGH_FOR_THREE: Final = 8  # in a national number of seven digits, three would be nearly half


def parse(raw: str, *, country: str | None) -> PhoneNumber:
    """The number that `raw` means when written in `country` (ISO alpha-2; None: only international forms).

    What people and files really give, and what becomes of it (country NL):

    - `06 12345678`, `06-12 34 56 78`, `(06) 12.34.56.78`: the national trunk 0 goes
    - `612345678`: a spreadsheet took the 0 for a number's; still read
    - `31612345678`: the country code without its plus
    - `+31612345678`, `0031 6 12345678`, `+0031…`, `++31…`; `011 31 …` from North America
    - `+31 (0)6 12345678`: the 0 in brackets goes, except in Italy, where it belongs to the number
    - `'0612345678`, `="0612345678"`, `"0612345678"`, `31612345678.0`: marks that spreadsheets leave
    - `tel:+31612345678`, `Mob.: 06…`: labels and links
    - full-width and Arabic-Indic digits, no-break spaces, zero-width marks and the direction marks that
      copying from a phone's address book adds; dashes of any length; slashes as in `0171/1234567`
    - refused, each with its own error: letters, extensions, rounded numbers (`3,16E+10`), two numbers in one
      field, short codes, premium numbers, numbers too short or too long, codes and ranges that nobody has

    Raises a `PhoneError`; its text never contains the number.
    """
    import phonenumbers

    region = _known_region(country)
    text = _international_prefix_as_plus(_without_label(_without_spreadsheet_marks(_plain_characters(raw))))
    _refuse_what_is_no_single_number(text)
    if region is None and not text.startswith(("+", "tel:")):
        raise _short_code_or(NumberNeedsCountryError(), text)
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        # "from None": the library's own messages are not ours to vouch for.
        raise _short_code_or(_unreadable(error, text), text) from None
    if number.extension:
        raise NumberHasExtensionError
    _refuse_unassigned(number, text)
    return _assigned(number)


def calling_code_of(number: str) -> str:
    """Of a number in full. E.164 codes are prefix-free, so the shortest that exists is the one."""
    return next(number[1:end] for end in (2, 3, 4) if number[1:end] in _calling_codes())


def is_short_code(text: str) -> bool:
    """Whether the text is a short code: three to six digits, the first no 0, spaces at the ends aside."""
    return _SHORT_CODE.fullmatch(text.strip()) is not None


def telling_digits(number: str) -> str:
    """The last digits, which a number has in every way of writing it: two that differ in them are of two people."""
    return "".join(filter(str.isdecimal, number))[-_TELLING:]


_TELLING: Final = 7
ALPHANUMERIC: Final = "alphanumeric"
_TOLL_FREE: Final = re.compile(r"\+1(800|833|844|855|866|877|888)")


def sender_kind(address: str) -> str:
    """What a sender is, by its address: a name has letters, and cannot be replied to."""
    if any(character.isalpha() for character in address):
        return ALPHANUMERIC
    if is_short_code(address):
        return "short_code"
    return "toll_free" if _TOLL_FREE.match(address.strip()) else "long_code"


def metadata_version() -> str:
    """The version of the numbering plans in use, to be stored with each decision that rests on them."""
    import phonenumbers

    return f"phonenumbers {phonenumbers.__version__}"


_SHORT_CODE: Final = re.compile(r"[1-9][0-9]{2,5}")
_LABEL: Final = re.compile(
    r"(?:telephone|telefon|telefoon|tel|phone|mobile|mobiel|mobil|mob|handy|gsm|sms|t|m)\s*[.:]+\s*",
    re.IGNORECASE,
)
_EXTENSION: Final = re.compile(
    r"\d\W*(?:ext(?:ension|n)?|x|tst|toestel|anknytning|durchwahl|lokal)\W*\d+\s*$", re.IGNORECASE
)
_ROUNDED: Final = re.compile(r"\d(?:[.,]\d+)?\s*E\s*\+?\s*\d{1,2}", re.IGNORECASE)
_FORMULA_TEXT: Final = re.compile(r'="(.*)"')
_SECOND_NUMBER: Final = re.compile(r"[;,|\n]|\s(?:/|or|of|en|und|oder|och|eller|og)\s", re.IGNORECASE)
_DIGITS_OF_A_NUMBER: Final = 7
_QUOTES: Final = "'\"`\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{ACUTE ACCENT}"


@lru_cache(maxsize=1)
def _calling_codes() -> frozenset[str]:
    import phonenumbers

    return frozenset(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def _known_region(country: str | None) -> str | None:
    import phonenumbers

    if country is None:
        return None
    region = country.strip().upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise UnknownCountryError(country=country)
    return region


def _plain_characters(raw: str) -> str:
    """One width, one kind of space, ASCII digits, and nothing invisible."""
    folded = unicodedata.normalize("NFKC", raw.replace("\N{ACUTE ACCENT}", "'"))
    return "".join(_plain(character) for character in folded).strip(" ")


def _plain(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Cf":
        return ""
    if character == "\n" or category in {"Zl", "Zp"}:
        return "\n"  # a line break in a cell parts two numbers
    return " " if category in {"Cc", "Zs"} else character


def _without_spreadsheet_marks(text: str) -> str:
    if formula := _FORMULA_TEXT.fullmatch(text):
        text = formula[1]
    text = text.strip(_QUOTES + " \n")
    return text.removesuffix(".0") if text.removesuffix(".0").isdecimal() else text


def _without_label(text: str) -> str:
    if text[:4].lower() == "tel:" and text[4:].lstrip().startswith(("+", "0")) and ";" in text:
        return "tel:" + text[4:].lstrip()  # an RFC 3966 link with parameters, which the library reads
    return _LABEL.sub("", text, count=1) if _LABEL.match(text) else text


def _international_prefix_as_plus(text: str) -> str:
    if text.startswith("tel:"):
        return text
    text = re.sub(r"^\+[\s+]*", "+", text)
    # No national number starts with 00, whatever country it is written in.
    return re.sub(r"^\(?\+?\s*\(?00\)?(?=[\s().-]*[1-9])", "+", text)


def _refuse_what_is_no_single_number(text: str) -> None:
    if not any(character.isdecimal() for character in text):
        raise NumberHasLettersError if any(character.isalpha() for character in text) else NoNumberError
    if text.startswith("tel:"):
        return
    if _ROUNDED.fullmatch(text):
        raise NumberLostDigitsError
    if _is_several(text):
        raise SeveralNumbersError
    if _EXTENSION.search(text):
        raise NumberHasExtensionError
    if any(character.isalpha() for character in text):
        raise NumberHasLettersError


def _is_several(text: str) -> bool:
    pieces = [piece for piece in _SECOND_NUMBER.split(text) if _count_digits(piece) >= _DIGITS_OF_A_NUMBER]
    return len(pieces) > 1


def _count_digits(text: str) -> int:
    return sum(character.isdecimal() for character in text)


def _short_code_or(error: PhoneError, text: str) -> PhoneError:
    return ShortCodeGivenError() if is_short_code(text) else error


def _unreadable(error: "phonenumbers.NumberParseException", text: str) -> PhoneError:
    kinds = type(error)
    if error.error_type == kinds.INVALID_COUNTRY_CODE:
        return UnknownCallingCodeError()
    if error.error_type in {kinds.TOO_SHORT_AFTER_IDD, kinds.TOO_SHORT_NSN}:
        return NumberTooShortError(digits=_count_digits(text))
    if error.error_type == kinds.TOO_LONG:
        return NumberTooLongError(digits=_count_digits(text))
    few = _count_digits(text) < _DIGITS_OF_A_NUMBER
    return NumberTooShortError(digits=_count_digits(text)) if few else NoNumberError()


def _refuse_unassigned(number: "phonenumbers.PhoneNumber", text: str) -> None:
    """Tell a wrong length from a wrong range, as far as the plan lets us.

    A plan with short service numbers finds almost any length possible, so an invalid number is measured
    against mobile numbers, which is what people mean to give.
    """
    import phonenumbers
    from phonenumbers import PhoneNumberType, ValidationResult

    if phonenumbers.is_valid_number(number):
        return
    digits = _count_digits(text)
    length = phonenumbers.is_possible_number_for_type_with_reason(number, PhoneNumberType.MOBILE)
    if length in {ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY}:
        raise _short_code_or(NumberTooShortError(digits=digits), text)
    if length == ValidationResult.TOO_LONG:
        raise NumberTooLongError(digits=digits)
    country = phonenumbers.region_code_for_country_code(number.country_code or 0)
    raise _short_code_or(NumberNotAssignedError(country=country), text)


def _assigned(number: "phonenumbers.PhoneNumber") -> PhoneNumber:
    import phonenumbers

    country = phonenumbers.region_code_for_number(number)
    assert country is not None, "a valid number has a region"
    kind = phonenumbers.number_type(number)
    if kind == phonenumbers.PhoneNumberType.PREMIUM_RATE:
        raise PremiumNumberError
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneNumber(e164=e164, country=country, kind=_kind(kind, number.country_code))


def _kind(plan_kind: int, calling_code: int | None) -> NumberKind:
    from phonenumbers import PhoneNumberType

    kinds = {
        PhoneNumberType.MOBILE: NumberKind.MOBILE,
        PhoneNumberType.FIXED_LINE: NumberKind.FIXED,
        PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberKind.FIXED_OR_MOBILE,
        PhoneNumberType.TOLL_FREE: NumberKind.TOLL_FREE,
        PhoneNumberType.VOIP: NumberKind.VOIP,
        PhoneNumberType.SHARED_COST: NumberKind.OTHER,
        PhoneNumberType.UAN: NumberKind.OTHER,
        PhoneNumberType.VOICEMAIL: NumberKind.OTHER,
        PhoneNumberType.PAGER: NumberKind.OTHER,
    }
    kind = kinds.get(plan_kind, NumberKind.UNKNOWN)
    # Numbers move freely between fixed and mobile in North America; where a block was first given out says nothing.
    may_have_moved = calling_code == 1 and kind in {NumberKind.MOBILE, NumberKind.FIXED}
    return NumberKind.FIXED_OR_MOBILE if may_have_moved else kind
