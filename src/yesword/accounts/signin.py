"""Signing in, with a brake on guessing.

Failures are counted by name from one address, and by address. A name alone is never locked: whoever knows it could then
keep its owner out. Counts live in the memory of each web process for a quarter of an hour, under a keyed digest, so no
name and no address is kept; several processes allow as many times more.
"""

from typing import Final

from django.contrib.auth import authenticate
from django.contrib.auth import login as start_session
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from yesword.domain.errors import YeswordError
from yesword.domain.evidence.addresses import LINK_BITS, NotAnAddressError, shorten
from yesword.store.models import User

WINDOW_S: Final = 15 * 60
TRIES_A_NAME: Final = 5  # from one address
TRIES_AN_ADDRESS: Final = 30


class WrongSignInError(YeswordError):
    """Name and password do not belong together. Check both and try again."""

    code = "wrong_sign_in"


class TooManyTriesError(YeswordError):
    """Sign-in failed too often from here. Wait {minutes} minutes and try again."""

    code = "too_many_tries"


def sign_in(request: HttpRequest, *, name: str, password: str) -> User:
    """Start a session, or raise `WrongSignInError` or `TooManyTriesError`. Unknown names take as long as known ones."""
    address = shortened_address(request.META.get("REMOTE_ADDR", ""))
    counters = {
        _key("name", name.strip().casefold(), address): TRIES_A_NAME,
        _key("address", address): TRIES_AN_ADDRESS,
    }
    if any(cache.get(key, 0) >= most for key, most in counters.items()):
        raise TooManyTriesError(minutes=WINDOW_S // 60)
    user = authenticate(request, username=name.strip(), password=password)
    if not isinstance(user, User):
        for key in counters:
            cache.add(key, 0, WINDOW_S)
            cache.incr(key)
        raise WrongSignInError
    cache.delete(next(iter(counters)))
    start_session(request, user)
    return user


def shortened_address(address: str) -> str:
    """The network that an address is in (/24 of IPv4, /64 of IPv6): enough to slow a guesser, not to find a person."""
    try:
        return shorten(address, v6_bits=LINK_BITS)
    except NotAnAddressError:
        return ""


def _key(*parts: str) -> str:
    return salted_hmac("yesword.accounts.signin", "\0".join(parts), algorithm="sha256").hexdigest()
