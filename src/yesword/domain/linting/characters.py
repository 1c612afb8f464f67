"""Characters that force a text into UCS-2, where a segment holds 70 instead of 160, and what to write instead."""

import csv
import functools
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.text import Encoding, measure

_COLUMNS: Final = ["code_point", "name", "instead"]
# Above this share of letters the language itself needs UCS-2, and no list of replacements helps.
_OWN_SCRIPT: Final = 0.3


class CharacterTableError(YeswordError):
    """Row {row} of the table of characters is not understood: {problem}. Correct the table."""

    code = "bad_character_table"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plainer:
    """The text in the GSM alphabet, as near as it comes."""

    text: str
    replaced: tuple[tuple[str, str], ...]  # character, and what stands for it now; nothing: it is left out
    first: int  # where the first of them stands
    segments_before: int
    segments_after: int


@functools.cache
def table() -> Mapping[str, str]:
    text = resources.files(__package__).joinpath("characters.csv").read_text("utf-8")
    return read_table(text)


def read_table(text: str) -> Mapping[str, str]:
    """Raises `CharacterTableError` for a row that does not name its character, or whose replacement is no better."""
    rows = csv.reader(text.splitlines())
    if next(rows, None) != _COLUMNS:
        raise CharacterTableError(row=1, problem=f"the columns are not {', '.join(_COLUMNS)}")
    found: dict[str, str] = {}
    for number, row in enumerate(rows, start=2):
        if len(row) != len(_COLUMNS):
            raise CharacterTableError(row=number, problem=row)
        code, name, instead = row
        try:
            character = chr(int(code, 16))
        except (ValueError, OverflowError):
            raise CharacterTableError(row=number, problem=f"code point {code}") from None
        # Control characters have no name of their own in Unicode.
        if unicodedata.name(character, name) != name or character in found:
            raise CharacterTableError(row=number, problem=f"{code} is not {name}, or stands twice")
        if measure(instead).encoding is not Encoding.GSM_7:
            raise CharacterTableError(row=number, problem=f"{instead!r} needs UCS-2 itself")
        found[character] = instead
    return MappingProxyType(found)


def plainer(text: str) -> Plainer | None:
    """How the text would go as GSM-7; nothing where it does, or where its language cannot be written so."""
    measured = measure(text)
    if measured.encoding is Encoding.GSM_7:
        return None
    replaced = {character: _instead(character) for character in measured.culprits}
    letters = [character for character in text if character.isalpha()]
    foreign = sum(1 for character in letters if replaced.get(character, "x") is None)
    if letters and foreign / len(letters) > _OWN_SCRIPT:
        return None
    whole = "".join(replaced[each] or "" if each in replaced else each for each in text)
    tidy = " ".join(whole.split(" ")) if "" not in replaced.values() else _without_double_blanks(whole)
    after = measure(tidy)
    if after.encoding is not Encoding.GSM_7:
        return None
    return Plainer(
        text=tidy,
        replaced=tuple((character, instead or "") for character, instead in replaced.items()),
        first=text.index(measured.culprits[0]),
        segments_before=measured.segments,
        segments_after=after.segments,
    )


def _instead(character: str) -> str | None:
    """What to write for a character; nothing for a letter that has no likeness in the GSM alphabet."""
    known = table().get(character)
    if known is not None:
        return known
    base = "".join(
        each for each in unicodedata.normalize("NFKD", character) if not unicodedata.combining(each)
    )
    if base and measure(base).encoding is Encoding.GSM_7:
        return base
    return None if character.isalpha() else ""


def _without_double_blanks(text: str) -> str:
    while "  " in text:
        text = text.replace("  ", " ")
    return text.replace(" .", ".").replace(" ,", ",").strip()
