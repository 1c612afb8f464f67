"""E-mail addresses in their one spelling, and those that are telephones in disguise."""

import re
from typing import Final

from yesword.domain import gateways
from yesword.domain.errors import YeswordError

LONGEST: Final = 254  # RFC 5321, 4.5.3.1.3
_LONGEST_LOCAL: Final = 64
# The dot-atom of RFC 5322: what all of the world's mail boxes are called. Quoted names are refused, as they are what
# people inject with; names beyond ASCII need servers that few have.
_LOCAL: Final = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class BadAddressError(YeswordError):
    """That is no e-mail address that can be written to. One such as anna@example.org is wanted."""

    # What was given is not repeated: errors are logged.

    code = "mail_bad_address"


class GatewayAddressError(YeswordError):
    """That address is a mobile number: what is sent there arrives as a text, which needs consent to texts."""

    code = "mail_gateway_address"


def parse(written: str) -> str:
    """The address, in lower case, its domain as DNS has it. Raises BadAddressError, GatewayAddressError."""
    local, at, domain = written.strip().rpartition("@")
    local, domain = local.lower(), _domain(domain)
    address = f"{local}@{domain}"
    is_good = (
        at
        and len(address) <= LONGEST
        and len(local) <= _LONGEST_LOCAL
        and _LOCAL.fullmatch(local) is not None
        and "." in domain
        and all(_LABEL.fullmatch(each) for each in domain.split("."))
    )
    if not is_good:
        raise BadAddressError
    if gateways.gateway_of(domain) is not None:
        raise GatewayAddressError
    return address


def _domain(written: str) -> str:
    try:
        return written.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadAddressError from None


def plus(address: str, word: str) -> str:
    """The same box, by an address of its own: `club+word@example.org`."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{word}@{domain}"


def word_of(address: str) -> str:
    """The word after the plus, in lower case; empty where there is none."""
    return address.rpartition("@")[0].partition("+")[2].lower()


def mask(address: str) -> str:
    """Enough to know one's own: `an…@example.org`."""
    local, _, domain = address.rpartition("@")
    return f"{local[:2] if len(local) > 3 else local[:1]}…@{domain}"
