"""The random words of the links that texts carry. Only a keyed digest of each is kept, and what is looked up is that digest,
so the time it takes tells nothing of words that come near.
"""

import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yesword.domain.messages import LINK_WORD_CHARS
from yesword.store.configuration import public_origin

if TYPE_CHECKING:
    from yesword.store.opening import Store

SAMPLE: Final = "x" * LINK_WORD_CHARS  # as long as any, wherever a text is only looked at

_ALPHABET: Final = string.digits + string.ascii_letters
_LETTERS: Final = frozenset(_ALPHABET)
_ALL_BRANDS: Final = 0  # a word is looked up before it is known whose it is
_DIGEST_BYTES: Final = 16


def make() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(LINK_WORD_CHARS))


@dataclass(frozen=True, slots=True)
class Links:
    """One kind of link in texts: where its page stands, and the field of a template that it takes the place of."""

    path: str
    field: str

    def address(self, word: str) -> str:
        return f"{public_origin()}{self.path}{word}"

    def sample(self) -> str:
        """What the link of a text looks like, as long as any."""
        return self.address(SAMPLE)

    def shown(self, text: str) -> str:
        """The text as it is measured and looked at: with something as long where its link will be."""
        return text.replace(self.field, self.sample()) if self.field in text else text

    def give(self, text: str) -> tuple[str, str] | None:
        """The text with a link of its own, and the word of that. None where none is due, or it has its own already."""
        sample = self.sample()
        if sample not in text:
            return None
        word = make()
        return text.replace(sample, self.address(word)), word


def digest(store: "Store", kind: str, word: str) -> bytes:
    return store.look_up.digest(_ALL_BRANDS, kind, word)[:_DIGEST_BYTES]


def digests(store: "Store", kind: str, word: str) -> Iterator[bytes]:
    """Under each pepper, for peppers may have been changed since; none where it can be no such word."""
    if len(word) == LINK_WORD_CHARS and _LETTERS.issuperset(word):
        yield from (each[:_DIGEST_BYTES] for each in store.look_up.digests(_ALL_BRANDS, kind, word))
