"""Who asks, where a web server stands in front: its word on the address and on TLS counts, and nobody else's.

`YESWORD_PROXIES` names the servers in front. From them `X-Forwarded-For` is read from the right: each server adds whom it
heard at the end, and what stands further left may have been made up by whoever asks. The last address that is no server of
ours is the one that asks. It is put where a server without a proxy has it, so that all who count by addresses see it.
"""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from yesword.domain.errors import YeswordError

Network = IPv4Network | IPv6Network

_FOR: Final = "HTTP_X_FORWARDED_FOR"
_PROTO: Final = "HTTP_X_FORWARDED_PROTO"
_MOST: Final = 32  # that are looked at: no chain of servers is as long


class BadProxyError(YeswordError):
    """YESWORD_PROXIES names {found}, which is no address and no network such as 10.0.0.0/8. Correct it and start again."""

    code = "bad_proxy"


def read_proxies(written: str) -> tuple[Network, ...]:
    """Addresses and networks, with commas or blanks between. Raises BadProxyError."""
    found = []
    for each in written.replace(",", " ").split():
        try:
            found.append(ip_network(each))
        except ValueError:
            raise BadProxyError(found=each) from None
    return tuple(found)


def client_of(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """The address that asks: `peer` itself, unless it is one of our servers and says for whom it asks."""
    asking = peer
    for each in reversed(forwarded.split(",")[-_MOST:]):
        if not _is_ours(asking, proxies):
            break
        heard = _bare(each)
        if heard is None:  # no address: the server that we do know is the last one to believe
            break
        asking = heard
    return asking


def _is_ours(address: str, proxies: Sequence[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in each for each in proxies)


def _bare(written: str) -> str | None:
    """Without the port and the brackets that some servers add."""
    said = written.strip()
    if said.startswith("["):
        said = said[1:].partition("]")[0]
    elif said.count(":") == 1:
        said = said.partition(":")[0]
    try:
        return str(ip_address(said))
    except ValueError:
        return None


class Proxies:
    """First of all: whatever comes after it sees who asks, and whether they came by TLS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        proxies = settings.ENVIRONMENT.proxies
        peer = request.META.get("REMOTE_ADDR", "")
        if proxies and _is_ours(peer, proxies):
            request.META["REMOTE_ADDR"] = client_of(peer, request.META.get(_FOR, ""), proxies)
            # The last word is the nearest server's, as with addresses.
            if request.META.get(_PROTO, "").rpartition(",")[2].strip().lower() == "https":
                request.META["wsgi.url_scheme"] = "https"
        return self._get_response(request)
