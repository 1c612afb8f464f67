"""The trained part of understanding: how much a text reads like a wish to leave, and which of its words say so.

Two linear models over words, pairs of words, pieces of words and pairs of concepts: whether the text wants texts to end,
and whether it reads like an answer to a business at all, rather than like what friends say to each other. Each feature is
hashed into a table of small whole numbers for either, which ships with the package. Trained by `make model` from the texts
in `training/`. No list of words stands here, and nothing is decided here: `reading` weighs it against the rules.
"""

import math
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import islice
from typing import ClassVar, Final

from yesword.domain.errors import YeswordError
from yesword.domain.understanding.concepts import concepts_of
from yesword.domain.understanding.normalise import MARKS, Normalised

BITS: Final = 20
SIZE: Final = 1 << BITS
MAGIC: Final = b"yesword-model-1\n"
STRANGE: Final = "u"
_PIECES: Final = (3, 4, 5)  # letters
_PIECES_WITHOUT_SPACES: Final = (1, 2, 3)  # of scripts that put none between words
_FIRST_UNSPACED: Final = "\u0e00"  # Thai, and the scripts of East Asia above it
_REACH: Final = 4  # words between two concepts that belong together
_MOST_CONCEPTS: Final = 20  # of a text; more say nothing together
_MOST_WORDS: Final = 60  # a longer text says what it wants in its first lines
_LONGEST_WORD: Final = 40
_MOST_STRANGE: Final = 5
_A_FEW: Final = 3  # words
_CERTAIN: Final = 30.0
_REMEMBERED_WORDS: Final = 16_384


class DamagedModelError(YeswordError):
    """The file of the model is not what this version reads. Install Yesword again, or run `make model`."""

    code: ClassVar[str] = "understanding.damaged_model"


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One of the two models: a signed byte for each bucket, what one step of it is worth, and where it starts."""

    table: memoryview
    scale: float
    bias: float

    def likelihood(self, total: int, count: int) -> float:
        strength = total * self.scale / math.sqrt(count or 1) + self.bias
        return 1 / (1 + math.exp(-max(-_CERTAIN, min(_CERTAIN, strength))))


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    leaves: Side
    answers: Side  # a business, and not a friend
    known: bytes  # a bit for each bucket: whether a word of it was met in training more than once
    digest: str  # of the texts and concepts that they were trained from

    def knows(self, word: str) -> bool:
        place = bucket(f"w {word}")
        return bool(self.known[place >> 3] >> (place & 7) & 1)


def words_of(form: Normalised) -> list[str]:
    """What the model sees of a text: its first words, without marks, cut to a bearable length."""
    words = [token[:_LONGEST_WORD] for token in form.tokens if token not in MARKS]
    return words[:_MOST_WORDS]


def features_of_word(word: str) -> Iterator[str]:
    """What one word says by itself: it, and its pieces."""
    yield f"w {word}"
    framed = f"<{word}>"
    for length in _PIECES if word[0] < _FIRST_UNSPACED else _PIECES_WITHOUT_SPACES:
        for start in range(len(framed) - length + 1):
            yield framed[start : start + length]


def places_among(words: Sequence[str]) -> list[tuple[int, int, int]]:
    """What words say together and what they are about: the place in the table, and which two words say it."""
    found = []
    before, last = "^", 0
    known: list[tuple[int, str]] = []
    spoken = concepts_of(words)
    for index, (word, concepts) in enumerate(zip(words, spoken, strict=True)):
        found.append((bucket(f"p {before} {word}"), last, index))
        before, last = word, index
        known = [each for each in known if each[0] >= index - _REACH]
        for concept in concepts:
            found.append((_alone(concept), index, index))
            for earlier, other in known:
                near, adjacent = _together(other, concept)
                found.append((near, earlier, index))
                if earlier == index - 1:
                    found.append((adjacent, earlier, index))
        known += [(index, concept) for concept in concepts]
    found.append((bucket(f"p {before} $"), last, last))
    return found + _places_of_pairs(spoken)


def _places_of_pairs(spoken: Sequence[Sequence[str]]) -> list[tuple[int, int, int]]:
    """What a text speaks of in one breath, however far apart and in whichever order."""
    first: dict[str, int] = {}
    for index, concepts in enumerate(spoken):
        for concept in concepts:
            first.setdefault(concept, index)
    about = sorted(islice(first, _MOST_CONCEPTS))
    return [
        (_both(one, other), first[one], first[other])
        for position, one in enumerate(about)
        for other in about[position + 1 :]
    ]


@cache
def _both(one: str, other: str) -> int:
    return bucket(f"b {one} {other}")


@cache
def _alone(concept: str) -> int:
    return bucket(f"c {concept}")


@cache
def _together(one: str, other: str) -> tuple[int, int]:
    """The places of two concepts in this order: near each other, and side by side."""
    return bucket(f"k {one} {other}"), bucket(f"n {one} {other}")


def bucket(feature: str) -> int:
    return zlib.crc32(feature.encode("utf-8", "surrogatepass")) & (SIZE - 1)


@lru_cache
def _places_of_strangeness(strange: int, words: int) -> tuple[int, int]:
    """How many words were never met in training: the model should not be sure of what it does not know."""
    share = round(4 * strange / words) if words else 0
    return bucket(f"u {min(strange, _MOST_STRANGE)}"), bucket(f"s {share}")


def buckets(words: Sequence[str], is_known: Callable[[str], bool]) -> list[int]:
    """The places in the table of all that a text says: the input of training."""
    strange = sum(not is_known(word) for word in words)
    places = [bucket(feature) for word in words for feature in features_of_word(word)]
    places += [place for place, _, _ in places_among(words)]
    places += [bucket(STRANGE)] * strange
    places += _places_of_strangeness(strange, len(words))
    return places


@cache
def shipped() -> Weights:
    return read(resources.files(__package__).joinpath("model.bin").read_bytes())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Said:
    """What the shipped weights say of a word alone."""

    leaves: int
    answers: int
    count: int  # of its features
    is_new: bool


@lru_cache(_REMEMBERED_WORDS)
def _said_by(word: str) -> _Said:
    weights = shipped()
    places = [bucket(feature) for feature in features_of_word(word)]
    is_new = not weights.knows(word)
    if is_new:
        places.append(bucket(STRANGE))
    return _Said(
        leaves=sum([weights.leaves.table[place] for place in places]),
        answers=sum([weights.answers.table[place] for place in places]),
        count=len(places),
        is_new=is_new,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """How likely a text wants texts to end, and how likely it answers a business at all: 0 to 1 each."""

    leaves: float
    answers: float

    @property
    def likelihood(self) -> float:
        """Of a wish to leave that is meant for us."""
        return self.leaves * self.answers


def weigh(words: Sequence[str]) -> Wish:
    weights = shipped()
    said = [_said_by(word) for word in words]
    places = [place for place, _, _ in places_among(words)]
    places += _places_of_strangeness(sum([each.is_new for each in said]), len(words))
    count = sum([each.count for each in said]) + len(places)
    leaves, answers = weights.leaves, weights.answers
    return Wish(
        leaves=leaves.likelihood(
            sum([leaves.table[place] for place in places], sum([each.leaves for each in said])), count
        ),
        answers=answers.likelihood(
            sum([answers.table[place] for place in places], sum([each.answers for each in said])), count
        ),
    )


def is_strange(words: Sequence[str]) -> bool:
    """Whether most of the words, of a few at least half, were never met in training: what is said of them is a guess."""
    strange = sum([_said_by(word).is_new for word in words])
    return 2 * strange > len(words) or (2 * strange == len(words) and len(words) <= _A_FEW)


def moved_by(words: Sequence[str]) -> tuple[int, int]:
    """The run of words, first and one past the last, that speaks most for leaving."""
    table = shipped().leaves.table
    said = [float(_said_by(word).leaves) for word in words]
    for place, first, last in places_among(words):
        half = table[place] / 2
        said[first] += half
        said[last] += half
    best, most, start, running = (0, len(words)), 0.0, 0, 0.0
    for index, each in enumerate(said):
        if running <= 0:
            start, running = index, 0.0
        running += each
        if running > most:
            most, best = running, (start, index + 1)
    return best


def read(data: bytes) -> Weights:
    """Weights from a file: a line that names the form, a line of numbers, and tables and known words, packed."""
    head, _, packed = data.removeprefix(MAGIC).partition(b"\n")
    try:
        digest, *numbers = head.decode("ascii").split()
        unpacked = zlib.decompress(packed)
        scale, bias, scale_of_answers, bias_of_answers = map(float, numbers)
    except (ValueError, zlib.error) as error:
        raise DamagedModelError from error
    if not data.startswith(MAGIC) or len(unpacked) != 2 * SIZE + SIZE // 8:
        raise DamagedModelError
    tables = memoryview(unpacked).cast("b")
    return Weights(
        leaves=Side(table=tables[:SIZE], scale=scale, bias=bias),
        answers=Side(table=tables[SIZE : 2 * SIZE], scale=scale_of_answers, bias=bias_of_answers),
        known=unpacked[2 * SIZE :],
        digest=digest,
    )


def written(weights: Weights) -> bytes:
    sides = (weights.leaves, weights.answers)
    numbers = " ".join(repr(number) for side in sides for number in (side.scale, side.bias))
    tables = b"".join(side.table.tobytes() for side in sides)
    return MAGIC + f"{weights.digest} {numbers}\n".encode("ascii") + zlib.compress(tables + weights.known, 9)
