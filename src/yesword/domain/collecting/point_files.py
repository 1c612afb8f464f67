"""Reads a collection point from TOML, strictly: what is missing or misspelt is refused here, by its key."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from yesword.domain.collecting.points import Confirming, PointDefinition, PointKind, Wording
from yesword.domain.errors import YeswordError
from yesword.domain.programs import Program

_TEXTS: Final = tuple(field.name for field in fields(Wording))
_KEYS: Final[Mapping[str, type]] = {
    "name": str,
    "program": str,
    "confirming": str,
    "countries": list,
    "categories": list,
    "asks_name": bool,
    "minimum_age": int,
    "reward_code": str,
    "accent": str,
    "most_an_hour": int,
    "texts": dict,
}
_NEEDED: Final = ("name", "program", "texts")


class PointFileError(YeswordError):
    """{file}, {key}: {what}."""

    code = "bad_point_file"


def program_named(text: str, file: str) -> str:
    """The key of the program that the file is for."""
    return str(_values(text, file)["program"])


def read_point(text: str, program: Program, file: str) -> PointDefinition:
    """The form that the TOML describes, for this version of its program. Raises PointFileError."""
    values = _values(text, file)
    try:
        confirming = Confirming(values.get("confirming", Confirming.REVERSE.value))
    except ValueError as error:
        known = ", ".join(each.value for each in Confirming)
        raise PointFileError(file=file, key="confirming", what=f"it is none of {known}") from error
    most = values.get("most_an_hour")
    return PointDefinition(
        kind=PointKind.FORM,
        name=values["name"],
        program=program.id,
        program_version=program.version,
        confirming=confirming,
        wordings=tuple(
            (language, _wording(said, language, file)) for language, said in values["texts"].items()
        ),
        countries=tuple(values.get("countries", ())),
        categories=tuple(values.get("categories", ())),
        asks_name=values.get("asks_name", False),
        minimum_age=values.get("minimum_age"),
        reward_code=values.get("reward_code", ""),
        accent=values.get("accent", ""),
        settings=() if most is None else (("most_an_hour", str(most)),),
    )


def _values(text: str, file: str) -> dict[str, Any]:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PointFileError(file=file, key="TOML", what=str(error)) from error
    for key in _NEEDED:
        if key not in values:
            raise PointFileError(file=file, key=key, what="it is missing")
    for key, value in values.items():
        if key not in _KEYS:
            raise PointFileError(
                file=file, key=key, what=f"there is no such key; there are {', '.join(_KEYS)}"
            )
        if type(value) is not _KEYS[key]:  # a bool is an int to Python, but not to a reader
            raise PointFileError(file=file, key=key, what="it is of another kind than it has to be")
    return values


def _wording(said: object, language: str, file: str) -> Wording:
    key = f"texts.{language}"
    if not isinstance(said, dict):
        raise PointFileError(file=file, key=key, what="it is no table")
    for name, value in said.items():
        if name not in _TEXTS:
            raise PointFileError(
                file=file, key=f"{key}.{name}", what=f"there is no such text; there are {', '.join(_TEXTS)}"
            )
        if not isinstance(value, str):
            raise PointFileError(file=file, key=f"{key}.{name}", what="it is no string")
    return Wording(**said)
