"""How an account's carrier wants numbers and senders written, and how it writes them to us: type, plan and digits.

Source: SMPP 3.4 sections 5.2.5 (type of number) and 5.2.6 (numbering plan).
"""

from dataclasses import dataclass, field
from typing import Final

from yesword.domain import heard_numbers
from yesword.domain.heard_numbers import is_digits
from yesword.domain.phone import PhoneError

UNKNOWN: Final = 0
INTERNATIONAL: Final = 1
NATIONAL: Final = 2
NETWORK_SPECIFIC: Final = 3
ALPHANUMERIC: Final = 5
ABBREVIATED: Final = 6

NO_PLAN: Final = 0
ISDN: Final = 1  # E.163 and E.164

_CODES: Final = frozenset({NETWORK_SPECIFIC, ALPHANUMERIC, ABBREVIATED})
_SHORT: Final = 8  # a code has at most so many digits; a number in full has more


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """Type of number and numbering plan."""

    ton: int
    npi: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    ton: int
    npi: int
    digits: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressRules:
    """What a carrier expects; the defaults are what most of them do."""

    international: Kind = Kind(ton=INTERNATIONAL, npi=ISDN)
    short_code: Kind = Kind(ton=NETWORK_SPECIFIC, npi=NO_PLAN)
    alphanumeric: Kind = Kind(ton=ALPHANUMERIC, npi=NO_PLAN)
    other: Kind = Kind(ton=UNKNOWN, npi=NO_PLAN)
    keeps_plus: bool = False  # writes +31…, where most carriers want 31…
    country_code: str = ""  # of numbers that the carrier writes in national form, as in "31"

    def address(self, written: str) -> Address:
        """How to write one of our senders or a person's number to the carrier."""
        digits = written.removeprefix("+")
        if written.startswith("+") and is_digits(digits):
            kind = self.international
            digits = written if self.keeps_plus else digits
        elif is_digits(written):
            kind = self.short_code if len(written) <= _SHORT and written[0] != "0" else self.other
        else:
            kind, digits = self.alphanumeric, written
        return Address(ton=kind.ton, npi=kind.npi, digits=digits)

    def number(self, ton: int, digits: str) -> str:
        """A person's number as the carrier wrote it: in full with a plus, where that can be told.

        Where it cannot, what the carrier wrote: whoever takes it in knows more countries than an account's setting.
        """
        written = digits.strip()
        bare = written.removeprefix("+")
        if not is_digits(bare):
            return written
        if bare.startswith("00") and len(bare) > _SHORT + 2:
            return "+" + bare[2:]
        is_in_full = written.startswith("+") or ton == INTERNATIONAL
        if is_in_full and not bare.startswith("0"):  # no country's code begins so
            return "+" + bare
        home = heard_numbers.home_of(self.country_code)
        if home is None or (ton in _CODES and len(bare) <= _SHORT):
            return bare
        try:
            return heard_numbers.read(bare, [home], is_national=ton == NATIONAL).e164
        except PhoneError:
            return bare

    def own(self, ton: int, digits: str) -> str:
        """One of our own addresses as the carrier wrote it: a code or name bare, a number in full with a plus."""
        bare = digits.strip().removeprefix("+")
        if is_digits(bare) and len(bare) <= _SHORT:
            return bare
        found = self.number(ton, digits)
        # Many carriers leave the type out; and ours may be of a range that is of machines, or new.
        is_in_full = is_digits(found) and ton in {UNKNOWN, NETWORK_SPECIFIC} and not found.startswith("0")
        return f"+{found}" if is_in_full else found
