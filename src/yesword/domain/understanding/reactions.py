"""Reactions: phones report a thumb or a heart as a text that quotes ours, STOP line and all. That is no answer.

Liked “Club offers … Reply STOP to end”. The words around the quotation are data (`reactions.csv`), for each language what
stands before the quotation and after it; emoji beside them do not count, and an emoji alone (`xx`) is enough. Phones differ, and the
table holds what is known of them: a reaction that it misses is read as free text.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import resources
from itertools import islice
from typing import ClassVar, Final

from yesword.domain.errors import YeswordError
from yesword.domain.understanding.keywords import ANY_LANGUAGE
from yesword.domain.understanding.normalise import normalise

_COLUMNS: Final = ["language", "before", "after"]
_OPENING: Final = "“„«»\"‘‚'”"
_CLOSING: Final = "”“»«\"’‘'"
_QUOTATION: Final = re.compile(f"[{_OPENING}]")
_LONGEST_LEAD: Final = 60  # characters before the quotation
_LONGEST_TAIL: Final = 60
_MOST_MARKS: Final = 4  # at either end
_IN_EMOJI: Final = frozenset({"So", "Sk", "Mn", "Cf", "Zs"})  # with skin tones, joiners and thin spaces
_SIGNS_OF_LEAVING: Final = frozenset("🛑✋🚫⛔")


class ReactionTableError(YeswordError):
    """Row {row} of the reactions is not understood: {problem}. Correct the table."""

    code: ClassVar[str] = "understanding.reaction_row"


def read_reactions(lines: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Plain words before and after a quotation that make it a reaction; refuses what it does not know."""
    rows = csv.DictReader(lines)
    if rows.fieldnames != _COLUMNS:
        raise ReactionTableError(row=1, problem=f"columns are {rows.fieldnames}")
    table = set()
    for number, row in enumerate(rows, start=2):
        before, after = normalise(row["before"]).text, normalise(row["after"]).text
        if not before and row["language"] != ANY_LANGUAGE:
            raise ReactionTableError(row=number, problem="nothing stands before the quotation")
        table.add((before, after))
    return frozenset(table)


@cache
def _reactions() -> frozenset[tuple[str, str]]:
    table = resources.files(__package__).joinpath("reactions.csv")
    with table.open(encoding="utf-8") as lines:
        return read_reactions(lines)


def is_reaction(text: str) -> bool:
    """Whether the text is a quotation with nothing around it but what a phone puts there."""
    starts = [found.start() for found in islice(_QUOTATION.finditer(text, 0, _LONGEST_LEAD), _MOST_MARKS)]
    tail = max(0, len(text) - _LONGEST_TAIL)
    ends = [at for at in range(tail, len(text)) if text[at] in _CLOSING][-_MOST_MARKS:]
    # A reaction may be named in a quotation of its own: Hat „…“ mit „Gefällt mir“ markiert.
    return any(
        _is_reaction(text[:start].strip(), text[end + 1 :]) for start in starts for end in ends if start < end
    )


def _is_reaction(before: str, after: str) -> bool:
    said = _plain(before), _plain(after)
    if not said[0] and not _is_emoji(before):
        return False
    return said in _reactions()


def _is_emoji(text: str) -> bool:
    """Emoji and nothing else, none of which is sent in place of a stop. Punctuation before a quotation is no reaction."""
    kinds = [unicodedata.category(char) for char in text]
    return "So" in kinds and set(kinds) <= _IN_EMOJI and _SIGNS_OF_LEAVING.isdisjoint(text)


def _plain(text: str) -> str:
    return " ".join(token for token in normalise(text).words if token.isalnum())
