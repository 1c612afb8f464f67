"""The wordings that ship: what a program says about its own consent, unless it has words of its own; and how a day is
written in a text. The words themselves stand in shipped_texts.toml.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.programs import Texts

SHIPPED: Final = ("reconfirm", "renewal_notice", "renewal_question")  # the texts that a program may leave out

_ALSO_CALLED: Final = {"no": "nb"}


class NoShippedTextError(YeswordError):
    """The text {key} of program {program} is needed in {language}, in which none ships. Publish the program with one."""

    code = "no_shipped_text"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shipped:
    """The wordings of one language. Each is a template source."""

    day: str
    reconfirm: str
    renewal_notice: str
    renewal_question: str
    access_received: str
    data_code: str
    which_texts: str
    stop_others: str
    why_by_link: str
    notice_by_link: str
    ask_by_link: str
    months: tuple[str, ...] = ()

    def said(self, day: date) -> str:
        month = self.months[day.month - 1] if self.months else ""
        return self.day.format(day=day.day, month=month, number=day.month, year=day.year)


@cache
def shipped() -> dict[str, Shipped]:
    """By language."""
    text = resources.files("yesword.domain").joinpath("shipped_texts.toml").read_text("utf-8")
    return {
        language: Shipped(**{**words, "months": tuple(words.get("months", ()))})
        for language, words in tomllib.loads(text).items()
    }


def source_of(key: str, program: str, language: str, texts: Texts) -> str:
    """The program's own words, or those that ship. Raises `NoShippedTextError` where there are neither."""
    own: str = getattr(texts, key)
    if own:
        return own
    words = shipped().get(language)
    if words is None:
        raise NoShippedTextError(key=key, program=program, language=language)
    return str(getattr(words, key))


def words_in(language: str) -> Shipped | None:
    """The wordings of the language, under whichever of its names; None where none ship."""
    return shipped().get(_ALSO_CALLED.get(language, language))


def shipped_or_english(language: str) -> Shipped:
    """For a text that nobody can leave out: in English where no words ship for the language."""
    return words_in(language) or shipped()["en"]


def day_in(language: str, day: date) -> str:
    """The day as people write it there; as ISO 8601 has it where nobody has said."""
    words = words_in(language)
    return day.isoformat() if words is None else words.said(day)
