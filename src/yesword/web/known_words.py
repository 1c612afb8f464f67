"""The table of words as pages show it: found by language, kind and what was searched for, or by what a text was read by.

The table itself, and how words are read, live in the domain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yesword.domain.understanding import Intent, Kind
from yesword.domain.understanding.keywords import ANY_LANGUAGE, COURTESY, PREFACE, Keyword, all_keywords
from yesword.domain.understanding.normalise import normalise
from yesword.web.telling import language_word

KINDS: Final[dict[str, Promise]] = {
    Kind.OPT_OUT: pgettext_lazy("kind of word", "Stop"),
    Kind.OPT_IN: pgettext_lazy("kind of word", "Start"),
    Kind.HELP: pgettext_lazy("kind of word", "Help"),
    Kind.CONFIRM: pgettext_lazy("kind of word", "Yes"),
    Kind.DECLINE: pgettext_lazy("kind of word", "No"),
    Kind.NARROW: pgettext_lazy("kind of word", "Only those"),
    COURTESY: pgettext_lazy("kind of word", "Courtesy"),
    PREFACE: pgettext_lazy("kind of word", "Before a stop"),
}
_SLIP: Final = "slip: "
_WEAK: Final = "weak_word"
_OWN: Final = "compiled"  # how the source of a row begins that stands on our word alone

Words = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of the table. Its source and its note are in English, as in the table."""

    word: str
    language: str
    kind: str
    source: str
    note: str
    marks: tuple[tuple[str, str, Promise], ...]  # tone, icon and word
    sought: str  # what a search looks in

    @property
    def language_word(self) -> str:
        return word_of_language(self.language)

    @property
    def kind_word(self) -> str:
        return str(KINDS.get(self.kind, self.kind))

    @property
    def lang(self) -> str:
        """For the `lang` of the word; nothing where it belongs to no language."""
        return "" if self.language == ANY_LANGUAGE else self.language


def word_of_language(code: str) -> str:
    """The language in the reader's own. Chinese is one of many that Django names by their script alone."""
    if code == ANY_LANGUAGE:
        return _("Any language")
    return _("Chinese") if code == "zh" else language_word(code)


@cache
def rows() -> tuple[Row, ...]:
    """The whole table in its own order."""
    return tuple(_row(each) for each in all_keywords())


def languages() -> list[tuple[str, str]]:
    """Codes and words of all languages in the table, by word; what belongs to none comes last."""
    codes = {each.language for each in rows()}
    known = sorted(
        ((code, word_of_language(code)) for code in codes - {ANY_LANGUAGE}), key=lambda each: each[1]
    )
    return [*known, *((code, word_of_language(code)) for code in codes & {ANY_LANGUAGE})]


def find(*, language: str = "", kind: str = "", asked: str = "") -> list[Row]:
    """The rows that fit all that is asked; of the search, every part must be there."""
    sought = asked.casefold().split()
    return [
        each
        for each in rows()
        if (not language or each.language == language)
        and (not kind or each.kind == kind)
        and all(part in each.sought for part in sought)
    ]


def rows_of(word: str) -> Sequence[Row]:
    """The rows that are exactly this word, whatever its case, accents and signs."""
    return _by_words().get(normalise(word).words, ())


def rows_behind(intent: Intent) -> list[Row]:
    """The rows by which a text was read, the most telling first; none where no single word decided."""
    if intent.rule.startswith(_SLIP):
        meant = intent.rule.removeprefix(_SLIP)
        found = [each for each in rows() if each.word == meant and each.kind == Kind.OPT_OUT]
    elif intent.rule.startswith("keyword") or intent.rule.endswith("_word"):
        kind = Kind.OPT_OUT if intent.rule == _WEAK or intent.is_withdrawal else intent.kind
        found = _within(normalise(intent.matched).words, kind)
    else:
        return []
    own = [each for each in found if each.language == intent.language]
    return own or found


def _within(said: Words, kind: str) -> list[Row]:
    """The longest stretch of these words that is a row: courtesies may stand around it."""
    table = _by_words()
    for length in range(len(said), 0, -1):
        for first in range(len(said) - length + 1):
            found = [each for each in table.get(said[first : first + length], ()) if each.kind == kind]
            if found:
                return found
    return []


@cache
def _by_words() -> dict[Words, Sequence[Row]]:
    table: dict[Words, list[Row]] = {}
    for each in rows():
        table.setdefault(normalise(each.word).words, []).append(each)
    return {words: sorted(found, key=_weight) for words, found in table.items()}


def _weight(row: Row) -> tuple[bool, bool, str]:
    """First what the law says, then what a provider says, then what nobody else does."""
    return not row.marks, row.source.startswith(_OWN), row.language


def _row(keyword: Keyword) -> Row:
    marks = (
        (keyword.is_per_se, ("leaf", "law", gettext_lazy("Named by law"))),
        (keyword.is_weak, ("amber", "warning", gettext_lazy("Weak alone"))),
        (keyword.is_everything, ("brick", "stop", gettext_lazy("Ends everything"))),
    )
    plain = normalise(keyword.word).text  # whoever types without accents finds the word too
    return Row(
        word=keyword.word,
        language=keyword.language,
        kind=keyword.kind,
        source=keyword.source,
        note=keyword.note,
        marks=tuple(mark for is_so, mark in marks if is_so),
        sought=f"{keyword.word} {plain} {keyword.source} {keyword.note}".casefold(),
    )
