"""Whether a program's category is a word that rules go by, or only looks or sounds like one.

Categories are free words. Where a program says "alchohol" or "guns", the rules on alcohol and firearms would pass it by.
"""

from collections.abc import Iterable
from typing import Final

from yesword.domain.linting.patterns import is_in
from yesword.domain.linting.wordings import in_language
from yesword.domain.rules.model import Pack
from yesword.domain.rules.model.consent import Age
from yesword.domain.understanding.slips import is_one_slip

_SHORTEST_SLIP: Final = 5  # letters: "cars" is no slip of "bars"


def known(packs: Iterable[Pack]) -> frozenset[str]:
    """The categories that some rule knows, of any place and any day."""
    found: set[str] = set()
    for pack in packs:
        for rule in pack.rules:
            found.update(rule.when.categories)
            if isinstance(rule.parameter, Age):
                found.update(rule.parameter.categories)
    return frozenset(found)


def meant(category: str, known: frozenset[str]) -> str | None:
    """The category that was probably meant by one that no rule knows: the same in another spelling, language or word."""
    if category in known:
        return None
    written = _written(category)
    ways = (_respelt, _synonym, _slipped, _described)
    return next((found for way in ways if (found := way(written, known)) is not None), None)


def _written(category: str) -> str:
    return " ".join(category.replace("_", " ").replace("-", " ").casefold().split())


def _respelt(written: str, known: frozenset[str]) -> str | None:
    return next((each for each in sorted(known) if _written(each) == written), None)


def _synonym(written: str, known: frozenset[str]) -> str | None:
    for said in in_language(None):
        for category, words in said.synonyms.items():
            if category in known and written in map(_written, words):
                return category
    return None


def _slipped(written: str, known: frozenset[str]) -> str | None:
    if len(written) < _SHORTEST_SLIP:
        return None
    return next((each for each in sorted(known) if is_one_slip(written, _written(each))), None)


def _described(written: str, known: frozenset[str]) -> str | None:
    """By the words that texts name such goods with."""
    for said in in_language(None):
        for category, phrases in said.categories.items():
            if category in known and is_in(phrases, written):
                return category
    return None
