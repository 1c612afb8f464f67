"""Reads a contest from TOML, strictly: what is missing or misspelt is refused here, by its key."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from yesword.domain.collecting.contest_words import suggested
from yesword.domain.collecting.contests import (
    KEEPS_DAYS,
    WINNERS_DAYS,
    Answering,
    ContestDefinition,
    ContestWording,
    Option,
)
from yesword.domain.errors import YeswordError
from yesword.domain.programs import Program

_OPTIONS: Final = "options"
_TEXTS: Final = tuple(field.name for field in fields(ContestWording))
_KEYS: Final[Mapping[str, type]] = {
    "name": str,
    "program": str,
    "keywords": list,
    "opens": datetime,
    "closes": datetime,
    "options": dict,
    "question": str,
    "right": list,
    "entries_each": int,
    "winners": int,
    "seed_source": str,
    "seed_at": datetime,
    "asks_after": bool,
    "takes_yes": bool,
    "minimum_age": int,
    "keeps_days": int,
    "winners_days": int,
    "shows_results": bool,
    "texts": dict,
}
_NEEDED: Final = ("name", "program", "keywords", "opens", "closes", "texts")


class ContestFileError(YeswordError):
    """{file}, {key}: {what}."""

    code = "bad_contest_file"


def program_named(text: str, file: str) -> str:
    """The key of the program that the file is for."""
    return str(_values(text, file)["program"])


def read_contest(text: str, program: Program, file: str) -> ContestDefinition:
    """The contest that the TOML describes, for this version of its program. Raises ContestFileError."""
    values = _values(text, file)
    options = values.get("options", {})
    asks = values.get("asks_after", False) or values.get("takes_yes", False)
    return ContestDefinition(
        name=values["name"],
        program=program.id,
        program_version=program.version,
        keywords=tuple(map(str, values["keywords"])),
        answering=_answering(values, file),
        options=_options(options),
        right=tuple(map(str, values.get("right", ()))),
        opens_at=values["opens"],
        closes_at=values["closes"],
        entries_each=values.get("entries_each", 1),
        winners=values.get("winners", 0),
        seed_source=values.get("seed_source", ""),
        seed_due_at=values.get("seed_at"),
        asks_after=values.get("asks_after", False),
        takes_yes=values.get("takes_yes", False),
        minimum_age=values.get("minimum_age"),
        keeps_days=values.get("keeps_days", KEEPS_DAYS),
        winners_days=values.get("winners_days", WINNERS_DAYS),
        shows_results=values.get("shows_results", False),
        wordings=tuple(
            (language, _wording(said, language, file, suggested(program, language) if asks else ""))
            for language, said in values["texts"].items()
        ),
    )


def _answering(values: Mapping[str, Any], file: str) -> Answering:
    """Choices where there are any; or else what `question` says."""
    if "options" in values:
        return Answering.OPTIONS
    said = values.get("question", Answering.NONE.value)
    if said not in (Answering.FREE, Answering.NONE):
        raise ContestFileError(file=file, key="question", what="it is neither free nor none")
    return Answering(said)


def _values(text: str, file: str) -> dict[str, Any]:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContestFileError(file=file, key="TOML", what=str(error)) from error
    for key in _NEEDED:
        if key not in values:
            raise ContestFileError(file=file, key=key, what="it is missing")
    for key, value in values.items():
        if key not in _KEYS:
            raise ContestFileError(
                file=file, key=key, what=f"there is no such key; there are {', '.join(_KEYS)}"
            )
        if type(value) is not _KEYS[key]:  # a bool is an int to Python, but not to a reader
            raise ContestFileError(file=file, key=key, what="it is of another kind than it has to be")
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ContestFileError(file=file, key=key, what="it does not say in which zone, such as +01:00")
    return values


def _wording(said: object, language: str, file: str, consent: str) -> ContestWording:
    key = f"texts.{language}"
    if not isinstance(said, dict):
        raise ContestFileError(file=file, key=key, what="it is no table")
    for name, value in said.items():
        if name not in _TEXTS:
            raise ContestFileError(
                file=file, key=f"{key}.{name}", what=f"there is no such text; there are {', '.join(_TEXTS)}"
            )
        if name == _OPTIONS and not isinstance(value, dict):
            raise ContestFileError(file=file, key=f"{key}.{name}", what="it is no table")
        if name != _OPTIONS and not isinstance(value, str):
            raise ContestFileError(file=file, key=f"{key}.{name}", what="it is no string")
    if "title" not in said:
        raise ContestFileError(file=file, key=f"{key}.title", what="it is missing")
    return ContestWording(**{"consent": consent, **said, _OPTIONS: _options(said.get(_OPTIONS, {}))})


def _options(said: Mapping[str, object]) -> tuple[Option, ...]:
    return tuple(Option(word=word, label=str(label)) for word, label in said.items())
