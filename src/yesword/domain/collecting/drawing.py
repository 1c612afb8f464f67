"""How winners are drawn so that anybody can draw them again: the rule, and nothing about people.

Each entry has a digest, salted, so that it tells neither a number nor an answer. When a contest closes, the digest of the
list of them all is published; then comes a seed that nobody could know before, such as a lottery's numbers. Each entry's
ticket is a digest of list, seed and entry, and the lowest tickets win. The order in which entries came makes no
difference, nor does anything else about them. `docs/decisions/0032-drawing-winners.md` says why it is done so.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from yesword.domain.collecting.contest_errors import ContestError
from yesword.domain.errors import YeswordError
from yesword.domain.times import iso_millis

ALGORITHM: Final = "yesword-draw-1"
SALT_BYTES: Final = 16
_HEX: Final = frozenset("0123456789abcdef")
_DIGEST: Final = 64  # letters


class BadLeafError(YeswordError):
    """{leaf} is no digest of an entry: it has to be 64 lower-case hexadecimal letters."""

    code = "bad_leaf"


class EmptySeedError(ContestError):
    """The seed is empty. Type what the announced source published."""

    code = "empty_seed"


def leaf(salt: bytes, contest: str, answer: str, entered_at: datetime) -> str:
    """The digest of one entry. Whoever has the salt can show what the entry was; without it nothing can be told."""
    said = [f"{ALGORITHM}-entry", salt.hex(), contest, answer, iso_millis(entered_at)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def canonical(leaves: Iterable[str]) -> tuple[str, ...]:
    """Each entry once, in the order of their digests. Raises BadLeafError."""
    found = sorted(set(leaves))
    for each in found:
        if len(each) != _DIGEST or not _HEX.issuperset(each):
            raise BadLeafError(leaf=each[:_DIGEST])
    return tuple(found)


def list_digest(contest: str, leaves: Iterable[str]) -> str:
    """What is published when a contest closes: it fixes every entry, and which contest they are of."""
    found = canonical(leaves)
    lines = [f"{ALGORITHM}-list", contest, str(len(found)), *found]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def plain_seed(seed: str) -> str:
    """The seed as it counts: in small letters, with one space between words. Raises EmptySeedError."""
    said = " ".join(unicodedata.normalize("NFC", seed).casefold().split())
    if not said:
        raise EmptySeedError
    return said


def ticket(list_of: str, seed: str, entry: str) -> str:
    """`list_of`: the digest of the list. The seed counts as `plain_seed` has it."""
    lines = [f"{ALGORITHM}-ticket", list_of, plain_seed(seed), entry]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def ranked(contest: str, leaves: Iterable[str], seed: str) -> tuple[str, ...]:
    """Every entry once, the luckiest first: the first ones win, the next ones stand in for who cannot be reached."""
    found = canonical(leaves)
    over = list_digest(contest, found)
    return tuple(sorted(found, key=lambda each: ticket(over, seed, each)))


def winners(contest: str, leaves: Iterable[str], seed: str, count: int) -> tuple[str, ...]:
    return ranked(contest, leaves, seed)[:count]
