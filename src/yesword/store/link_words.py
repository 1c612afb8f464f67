"""The random words of the links that texts carry. Only a keyed digest of each is kept, and what is looked up is that digest,
so the time it takes tells nothing of words that come near.
"""

import secrets
import string
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from yesword.store.opening import Store

WORD_CHARS: Final = 11  # of 62: 65 random bits
SAMPLE: Final = "x" * WORD_CHARS  # as long as any, wherever a text is only looked at

_ALPHABET: Final = string.digits + string.ascii_letters
_LETTERS: Final = frozenset(_ALPHABET)
_ALL_BRANDS: Final = 0  # a word is looked up before it is known whose it is
_DIGEST_BYTES: Final = 16


def make() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(WORD_CHARS))


def digest(store: "Store", kind: str, word: str) -> bytes:
    return store.look_up.digest(_ALL_BRANDS, kind, word)[:_DIGEST_BYTES]


def digests(store: "Store", kind: str, word: str) -> Iterator[bytes]:
    """Under each pepper, for peppers may have been changed since; none where it can be no such word."""
    if len(word) == WORD_CHARS and _LETTERS.issuperset(word):
        yield from (each[:_DIGEST_BYTES] for each in store.look_up.digests(_ALL_BRANDS, kind, word))
