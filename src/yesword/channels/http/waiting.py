"""How long to wait: an account's allowance as a bucket of tokens, and what a Retry-After header asks for. Pure."""

from datetime import UTC
from email.utils import parsedate_to_datetime


class Tokens:
    """`per_second` flow in, never more than `burst`; full at first."""

    def __init__(self, per_second: float, *, burst: float, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = burst
        self._since = now

    def wait_s(self, now: float) -> float:
        """Seconds until there is a token; 0 if there is one."""
        self._left = min(self._burst, self._left + (now - self._since) * self._per_second)
        self._since = now
        return max(0.0, (1 - self._left) / self._per_second)

    def take(self, now: float) -> bool:
        if self.wait_s(now) > 0:
            return False
        self._left -= 1
        return True


def retry_after_s(value: str, now: float) -> float | None:
    """RFC 9110, section 10.2.3: seconds, or a date. `now` is a time of day in seconds since 1970."""
    value = value.strip()
    if value.isascii() and value.isdecimal() and len(value) < 10:
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now)
