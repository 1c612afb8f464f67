"""How hard a wording is to read: LIX, a measure that counts what every language has, words, sentences and long words.

LIX = words per sentence + 100 x share of words of more than six letters. Source: C. H. Björnsson, Läsbarhet (1968), whose
scale calls 40 to 50 plain newspaper prose, 50 to 60 the language of authorities, and more than 60 very hard.
"""

import re
from dataclasses import dataclass
from typing import Final

from yesword.domain.linting.links import without_links
from yesword.domain.linting.patterns import Span

VERY_HARD: Final = 60
SOURCE: Final = "Björnsson, Läsbarhet, 1968"
_LONG: Final = 7  # letters
_FEWEST: Final = 15  # words; of fewer, a share says nothing
_SENTENCE: Final = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    lix: int
    longest: Span  # of the longest sentence
    words: int  # in it


def reading(text: str) -> Reading | None:
    """How the text reads, links left out; nothing where there are too few words to say."""
    bare = without_links(text)
    sentences = [(match, len(_WORD.findall(match[0]))) for match in _SENTENCE.finditer(bare)]
    sentences = [(match, count) for match, count in sentences if count]
    words = _WORD.findall(bare)
    if len(words) < _FEWEST:
        return None
    long = sum(1 for word in words if len(word) >= _LONG)
    lix = len(words) / len(sentences) + 100 * long / len(words)
    match, count = max(sentences, key=lambda each: each[1])
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    return Reading(lix=round(lix), longest=(start, start + len(match[0].strip())), words=count)
