"""Entry bundles of c2sp.org/tlog-tiles: up to 256 entries in a row, each after its length. What an entry is, `entry` knows."""

from collections.abc import Iterable
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.entry import MAX_ENTRY_BYTES
from yesword.ledger.tiles import TILE_WIDTH

_LENGTH_BYTES: Final = 2


class BadBundleError(YeswordError):
    """The bundle of entries is refused: {reason}. A bundle is 1 to 256 entries of at most 65,535 bytes, each after its length in two bytes, and nothing else."""

    code = "ledger_bundle_malformed"


def write_bundle(entries: Iterable[bytes]) -> bytes:
    """Raises BadBundleError."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise BadBundleError(reason=f"an entry is {len(entry)} bytes long")
        parts += (len(entry).to_bytes(_LENGTH_BYTES, "big"), entry)
    _check_count(len(parts) // 2)
    return b"".join(parts)


def read_bundle(data: bytes, count: int) -> tuple[bytes, ...]:
    """Exactly `count` entries. Raises BadBundleError."""
    _check_count(count)
    entries: list[bytes] = []
    at = 0
    while len(entries) < count:
        start = at + _LENGTH_BYTES
        end = start + int.from_bytes(data[at:start], "big")
        if end > len(data):
            raise BadBundleError(reason=f"it ends within entry {len(entries)} of {count}")
        entries.append(data[start:end])
        at = end
    if at != len(data):
        raise BadBundleError(reason=f"bytes are left after its {count} entries")
    return tuple(entries)


def _check_count(count: int) -> None:
    if not 1 <= count <= TILE_WIDTH:
        raise BadBundleError(reason=f"it has {count} entries")
