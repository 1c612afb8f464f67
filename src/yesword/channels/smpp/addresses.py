"""How an account's carrier wants numbers and senders written, and how it writes them to us: type, plan and digits.

Source: SMPP 3.4 sections 5.2.5 (type of number) and 5.2.6 (numbering plan).
"""

from dataclasses import dataclass, field
from typing import Final

UNKNOWN: Final = 0
INTERNATIONAL: Final = 1
NATIONAL: Final = 2
NETWORK_SPECIFIC: Final = 3
ALPHANUMERIC: Final = 5
ABBREVIATED: Final = 6

NO_PLAN: Final = 0
ISDN: Final = 1  # E.163 and E.164

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
        if written.startswith("+") and _is_digits(digits):
            kind = self.international
            digits = written if self.keeps_plus else digits
        elif _is_digits(written):
            kind = self.short_code if len(written) <= _SHORT and written[0] != "0" else self.other
        else:
            kind, digits = self.alphanumeric, written
        return Address(ton=kind.ton, npi=kind.npi, digits=digits)

    def number(self, ton: int, digits: str) -> str:
        """A person's number as the carrier wrote it: in full with a plus, where that can be told."""
        bare = digits.strip().removeprefix("+")
        if not _is_digits(bare):
            return digits.strip()
        if digits.strip().startswith("+"):
            return "+" + bare
        if bare.startswith("00") and len(bare) > _SHORT + 2:
            return "+" + bare[2:]
        if ton == INTERNATIONAL:
            return "+" + bare
        if self.country_code and (ton == NATIONAL or bare.startswith("0")):
            return f"+{self.country_code}{bare.removeprefix('0')}"
        if ton in {UNKNOWN, NETWORK_SPECIFIC} and len(bare) > _SHORT and not bare.startswith("0"):
            return "+" + bare  # many carriers leave the type out
        return bare

    def own(self, ton: int, digits: str) -> str:
        """One of our own addresses as the carrier wrote it: a code or name bare, a number in full with a plus."""
        bare = digits.strip().removeprefix("+")
        if _is_digits(bare) and len(bare) <= _SHORT:
            return bare
        return self.number(ton, digits)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
