"""Reads a collection point from TOML, strictly: what is missing or misspelt is refused here, by its key."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from yesword.domain.collecting.applications import ASKED_GENERALLY, GENERAL, USE, Use, with_general
from yesword.domain.collecting.points import (
    BOXES,
    Confirming,
    PointDefinition,
    PointKind,
    Wording,
)
from yesword.domain.errors import YeswordError
from yesword.domain.programs import Program

_KINDS: Final = (
    PointKind.FORM,
    PointKind.EMAIL,
    PointKind.APPLICATION,
    PointKind.CHECKOUT,
    PointKind.LEAD_AD,
)
_KEYS: Final[Mapping[str, type]] = {
    "kind": str,
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
    "use": str,
    "general": str,
    "texts": dict,
}
_NEEDED: Final = ("name", "program", "texts")
_TEXTS: Final = tuple(field.name for field in fields(Wording))
_GENERALLY: Final = "general"  # the second question of an application, in its own words

# Keys and texts that a kind has no use for: whoever writes them has another kind in mind.
_ONLY_APPLICATIONS: Final = frozenset({"use", "general"})
_NO_PAGE: Final = frozenset({"categories", "asks_name", "minimum_age", "accent", "most_an_hour"})
_BOX_TEXTS: Final = ("consent", "reward")


class PointFileError(YeswordError):
    """{file}, {key}: {what}."""

    code = "bad_point_file"


def program_named(text: str, file: str) -> str:
    """The key of the program that the file is for."""
    return str(_values(text, file)["program"])


def general_named(text: str, file: str) -> str:
    """The key of the program that the second question of an application is about; empty where it asks none."""
    return str(_values(text, file).get("general", ""))


def read_point(text: str, program: Program, file: str, general: Program | None = None) -> PointDefinition:
    """The point that the TOML describes, for this version of its program. `general`: of the second question.

    Raises PointFileError, SamePurposeError.
    """
    values = _values(text, file)
    kind = _kind(values, file)
    made = PointDefinition(
        kind=kind,
        name=values["name"],
        program=program.id,
        program_version=program.version,
        confirming=_confirming(values, kind, file),
        wordings=tuple(
            (language, _wording(said, language, kind, file)) for language, said in values["texts"].items()
        ),
        countries=tuple(values.get("countries", ())),
        categories=tuple(values.get("categories", ())),
        asks_name=values.get("asks_name", False),
        minimum_age=values.get("minimum_age"),
        reward_code=values.get("reward_code", ""),
        accent=values.get("accent", ""),
        settings=tuple(sorted(_settings(values, kind, file).items())),
    )
    return made if general is None else with_general(made, general, Use(made.setting(USE)))


def _kind(values: Mapping[str, Any], file: str) -> PointKind:
    named = values.get("kind", PointKind.FORM.value)
    found = next((each for each in _KINDS if each.value == named), None)
    if found is None:
        known = ", ".join(each.value for each in _KINDS)
        raise PointFileError(file=file, key="kind", what=f"it is none of {known}")
    return found


def _confirming(values: Mapping[str, Any], kind: PointKind, file: str) -> Confirming:
    # Somebody else's system told of the number: nothing is texted to it before its holder has texted first.
    known = [each for each in Confirming if each is not Confirming.ASK or kind not in BOXES]
    named = values.get("confirming", Confirming.REVERSE.value)
    found = next((each for each in known if each.value == named), None)
    if found is None:
        said = ", ".join(each.value for each in known)
        raise PointFileError(file=file, key="confirming", what=f"it is none of {said}")
    return found


def _settings(values: Mapping[str, Any], kind: PointKind, file: str) -> Mapping[str, str]:
    found = {name: str(values[name]) for name in ("most_an_hour",) if name in values}
    if kind is not PointKind.APPLICATION:
        return found
    found[USE] = values.get("use", Use.JOBS.value)
    if found[USE] not in set(Use):
        known = ", ".join(each.value for each in Use)
        raise PointFileError(file=file, key="use", what=f"it is none of {known}")
    for language, said in values["texts"].items():
        if own := said.get(_GENERALLY):
            if GENERAL not in values:
                raise PointFileError(file=file, key="general", what="it is missing: no program to ask about")
            found[ASKED_GENERALLY + language] = own
    return found


def _values(text: str, file: str) -> dict[str, Any]:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PointFileError(file=file, key="TOML", what=str(error)) from error
    for key in _NEEDED:
        if key not in values:
            raise PointFileError(file=file, key=key, what="it is missing")
    known = _known(values)
    for key, value in values.items():
        if key not in known:
            raise PointFileError(
                file=file, key=key, what=f"there is no such key; there are {', '.join(known)}"
            )
        if type(value) is not _KEYS[key]:  # a bool is an int to Python, but not to a reader
            raise PointFileError(file=file, key=key, what="it is of another kind than it has to be")
    return values


def _known(values: Mapping[str, Any]) -> Sequence[str]:
    """The keys that its kind has."""
    kind = values.get("kind")
    useless = set() if kind == PointKind.APPLICATION.value else set(_ONLY_APPLICATIONS)
    if kind in [each.value for each in BOXES]:
        useless |= _NO_PAGE
    return [each for each in _KEYS if each not in useless]


def _wording(said: object, language: str, kind: PointKind, file: str) -> Wording:
    key = f"texts.{language}"
    if not isinstance(said, dict):
        raise PointFileError(file=file, key=key, what="it is no table")
    known = _BOX_TEXTS if kind in BOXES else _TEXTS
    more = (_GENERALLY,) if kind is PointKind.APPLICATION else ()
    for name, value in said.items():
        if name not in (*known, *more):
            raise PointFileError(
                file=file,
                key=f"{key}.{name}",
                what=f"there is no such text; there are {', '.join((*known, *more))}",
            )
        if not isinstance(value, str):
            raise PointFileError(file=file, key=f"{key}.{name}", what="it is no string")
    return Wording(**{name: value for name, value in said.items() if name in known})
