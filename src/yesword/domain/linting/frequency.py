"""How often a wording says that texts come, where it says so in figures, and whether that is what was promised."""

from dataclasses import dataclass
from typing import Final

from yesword.domain.linting.patterns import Phrase, compiled, plain, spans
from yesword.domain.linting.wordings import PERIODS, Wordings, in_language
from yesword.domain.programs import Frequency

_LONGEST: Final = 40  # characters between the number and its period: "4 automatic text messages a month"
_TOLERANCE: Final = 1.1  # a month of 28 days against one of 31


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    count: int
    period: str  # day, week, month, year
    span: tuple[int, int]

    @property
    def per_day(self) -> float:
        return self.count / PERIODS[self.period]


def stated(text: str, language: str | None) -> Stated | None:
    """The first number that stands close before a period: "up to 4 texts a month"."""
    written = plain(text)
    found = [each for said in in_language(language) if (each := _stated(written, said)) is not None]
    return min(found, key=lambda each: (each.span, each.period), default=None)


def _stated(text: str, said: Wordings) -> Stated | None:
    number = _number(said)
    figures = list(spans([number], text))
    for period, phrases in said.periods:
        for start, end in spans(phrases, text):
            near = [
                span
                for span in figures
                if 0 <= start - span[1] <= _LONGEST and _is_one(text[span[1] : start])
            ]
            if near:
                first, last = near[-1]
                return Stated(count=_value(text[first:last], said), period=period, span=(first, end))
    return None


def _number(said: Wordings) -> Phrase:
    return compiled("#", said.numbers)


def _is_one(between: str) -> bool:
    """One clause: no sentence ends there."""
    return not any(mark in between for mark in ".!?;:\n")


def _value(written: str, said: Wordings) -> int:
    known = {word.casefold(): value for word, value in said.numbers.items()}
    return known.get(written.casefold()) or int(float(written.replace(",", ".")))


def keeps(said: Stated, promised: Frequency) -> bool:
    """Whether the promise that is counted allows no more than the words do."""
    return promised.count / promised.days <= said.per_day * _TOLERANCE


def says_more(said: Stated, promised: Frequency) -> bool:
    """Whether the words prepare people for more than will come."""
    return said.per_day > promised.count / promised.days * _TOLERANCE
