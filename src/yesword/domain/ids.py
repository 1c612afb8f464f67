"""Identity of rows: 63 bits that carry their bucket, so that any id finds its shard without a look-up.

`bucket (10) | milliseconds since 2024 (41) | maker (4) | counter (8)`: 1,024 buckets, 69 years. Each process that
makes ids holds one of 16 maker numbers, so two processes never make the same id.
"""

import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NewType

from yesword.domain.errors import YeswordError

BrandId = NewType("BrandId", int)
ProgramId = NewType("ProgramId", int)
SenderId = NewType("SenderId", int)
CampaignId = NewType("CampaignId", int)
ContactId = NewType("ContactId", int)
EventId = NewType("EventId", int)
MessageId = NewType("MessageId", int)
InboundId = NewType("InboundId", int)
RequestId = NewType("RequestId", int)  # of a privacy request
StrayId = NewType("StrayId", int)

BUCKETS: Final = 1024
MAKERS: Final = 16
EPOCH_MS: Final = 1_704_067_200_000  # 2024-01-01T00:00Z
_CLOCKS_DIFFER: Final = timedelta(hours=1)  # more than two machines of one installation ever should
_COUNTER_BITS: Final = 8
_MAKER_BITS: Final = 4
_TIME_BITS: Final = 41
_BUCKET_SHIFT: Final = _COUNTER_BITS + _MAKER_BITS + _TIME_BITS
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32


class BadIdError(YeswordError):
    """That is no id: one that starts with {prefix}_ is wanted. Copy it whole from a list or a link."""

    # What was given is not repeated: people paste numbers and addresses here, and errors are logged.

    code = "bad_id"


def bucket_of(row_id: int) -> int:
    return row_id >> _BUCKET_SHIFT


def random_bucket() -> int:
    """A new contact's bucket for life: random, because one made from the number would leak it."""
    return secrets.randbelow(BUCKETS)


class IdMaker:
    """Makes ids that rise in time within a bucket. Safe for threads; `maker` tells processes apart."""

    def __init__(self, maker: int, clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        assert 0 <= maker < MAKERS
        self._maker = maker << _COUNTER_BITS
        self._clock_ms = clock_ms
        self._last = 0
        self._counter = 0
        self._lock = threading.Lock()

    def make(self, bucket: int) -> int:
        assert 0 <= bucket < BUCKETS
        with self._lock:
            now = self._clock_ms() - EPOCH_MS
            if now > self._last:
                self._last, self._counter = now, 0
            elif self._counter == (1 << _COUNTER_BITS) - 1:
                self._last, self._counter = self._last + 1, 0  # borrow from the next millisecond
            else:
                self._counter += 1
            stamp = (self._last << (_MAKER_BITS + _COUNTER_BITS)) | self._maker | self._counter
        return (bucket << _BUCKET_SHIFT) | stamp


def stamp_at(since: datetime) -> int:
    """The part of an id below its bucket, as of a moment: no row that was recorded later has a smaller one."""
    millis = max(EPOCH_MS, int((since - _CLOCKS_DIFFER).timestamp() * 1000))
    return IdMaker(0, lambda: millis).make(0)


def to_text(prefix: str, row_id: int) -> str:
    """`msg_04t…`: the form that people and programs see."""
    assert row_id >= 0
    digits = []
    rest = row_id
    while rest:
        rest, digit = divmod(rest, 32)
        digits.append(_ALPHABET[digit])
    return f"{prefix}_{''.join(reversed(digits)) or '0'}"


def from_text(prefix: str, text: str) -> int:
    head, _, digits = text.strip().lower().partition("_")
    if head != prefix or not digits or len(digits) > 13 or set(digits) - set(_ALPHABET):
        raise BadIdError(prefix=prefix)
    value = 0
    for digit in digits:
        value = value * 32 + _ALPHABET.index(digit)
    if value >= 1 << 63:
        raise BadIdError(prefix=prefix)
    return value
