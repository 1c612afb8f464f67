"""How often one address, and all of a network, may ask for what costs work: a bucket of tokens for each, in the memory of
each web process.

Networks and addresses are kept under a digest only, and only while they ask. Several processes allow as many times more;
behind a proxy that `YESWORD_PROXIES` does not name, all who come through it share one bucket.
"""

import functools
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from yesword.domain.evidence.addresses import LINK_BITS, ONE_BITS, V4_BITS, NotAnAddressError, shorten

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponse]

MOST_ADDRESSES: Final = 10_000  # whoever has not asked for longest is forgotten first, and starts anew
_SOME: Final = 5  # addresses whose use a network may make at the same time


class TokenBuckets:
    """A bucket for each key: full at first, `per_second` tokens flow back, never more than `burst`."""

    def __init__(self, *, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens left, and when
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """Take one token. 0, or the seconds after which there is one again."""
        with self._lock:
            now = self._clock()
            left, since = self._levels.pop(key, (float(self._burst), now))
            left = min(self._burst, left + (now - since) * self._per_second)
            may = left >= 1
            self._levels[key] = (left - 1 if may else left, now)
            if len(self._levels) > MOST_ADDRESSES:
                self._levels.popitem(last=False)
            return 0.0 if may else (1 - left) / self._per_second


class AddressLimit:
    """How often one address may ask, and all of its network together, which is more: nobody uses up what is others'.

    What its own bucket refuses to an address draws nothing from that of the network.
    """

    def __init__(self, *, per_second: float, burst: int, network: TokenBuckets | None = None) -> None:
        """`network`: for what all of a network together must not exceed; else as much as some addresses may ask for."""
        self.one = TokenBuckets(per_second=per_second, burst=burst)
        self.network = network or TokenBuckets(per_second=per_second * _SOME, burst=burst * _SOME)

    def take(self, request: HttpRequest) -> float:
        """0, or the seconds after which it may be asked again."""
        return self.one.take(neighbour_key(request)) or self.network.take(address_key(request))


def limited(limit: AddressLimit) -> Callable[[View[Given]], View[Given]]:
    """Mark a view as one that an address may ask for only so often; too often is answered by 429 in one line."""

    def mark(view: View[Given]) -> View[Given]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: Given.args, **more: Given.kwargs) -> HttpResponse:
            wait_s = limit.take(request)
            return too_often(wait_s) if wait_s else view(request, *args, **more)

        return guarded

    return mark


def too_often(wait_s: float) -> HttpResponse:
    seconds = math.ceil(wait_s)
    said = _("That was asked too often from here. Wait %(seconds)s seconds and ask again.")
    return HttpResponse(
        said % {"seconds": seconds} + "\n",
        status=429,
        content_type="text/plain; charset=utf-8",
        headers={"Retry-After": str(seconds)},
    )


def address_key(request: HttpRequest) -> str:
    """Stands for the network that asks, and tells nobody which one it is."""
    return _key(request, v4_bits=V4_BITS)


def neighbour_key(request: HttpRequest) -> str:
    """Stands for the one address that asks within its network; for the whole connection where that has many (IPv6)."""
    return _key(request, v4_bits=ONE_BITS)


def _key(request: HttpRequest, *, v4_bits: int) -> str:
    try:
        network = shorten(request.META.get("REMOTE_ADDR", ""), v4_bits=v4_bits, v6_bits=LINK_BITS)
    except NotAnAddressError:
        network = ""
    return salted_hmac("yesword.web.limiting", network, algorithm="sha256").hexdigest()
