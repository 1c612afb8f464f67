"""What is kept of an IP address, and until when. Where addresses come from, and who deletes them, is not here.

An address is kept shortened and only as evidence. Where the handset has confirmed, the text says more than the address.
"""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from yesword.domain.errors import YeswordError

V4_BITS: Final = 24
V6_BITS: Final = 48
ONE_BITS: Final = 32  # a single IPv4 address: never kept, only counted while it asks
LINK_BITS: Final = 64  # what one connection has of IPv6 (RFC 4291, section 2.5.4): who asks is counted by it
KEPT_FOR: Final = timedelta(days=30)

# RFC 6052: an IPv4 address in the last 32 bits of one of these. A shortened one would show nothing of where it is from.
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")


class NotAnAddressError(YeswordError):
    """What was given is no IP address. Give one such as 192.0.2.7 or 2001:db8::7, without a port or brackets."""

    code = "not_an_address"


def shorten(address: str, *, v4_bits: int = V4_BITS, v6_bits: int = V6_BITS) -> str:
    """The network of the address, /24 or /48 unless another size is asked for, in its usual spelling.

    An IPv4 address that is wrapped in an IPv6 one is shortened as what it is: a 6to4 address (RFC 3056) has all of it
    in its first 48 bits. Raises `NotAnAddressError`, which does not repeat what it was given.
    """
    try:
        found = ip_address(address.strip().partition("%")[0])
    except ValueError:
        raise NotAnAddressError from None
    found = _unwrapped(found)
    bits = v4_bits if isinstance(found, IPv4Address) else v6_bits
    return str(ip_network(f"{found}/{bits}", strict=False))


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def purge_after(
    *, claim_period: timedelta | None, confirmed_at: datetime | None, collected_at: datetime
) -> datetime:
    """When the address has to be gone: at the confirmation from the handset, or 30 days after it was collected.

    `claim_period` is how long the law of the person's place asks for the address itself; None where it does not.
    """
    latest = collected_at + KEPT_FOR
    usual = latest if confirmed_at is None else max(collected_at, min(confirmed_at, latest))
    return usual if claim_period is None else max(usual, collected_at + claim_period)
