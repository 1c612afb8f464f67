"""TOML into frozen dataclasses, strictly: a key that no field is named for is refused, and so is a value of another kind.

The operator's answers and our own tables are read by it alike. What the values mean is for those who ask for them.
"""

import dataclasses
import enum
import tomllib
import types
import typing
from typing import Any, Final, TypeVar, cast

from yesword.domain.errors import YeswordError

T = TypeVar("T")
_KINDS: Final = {str: "a string", int: "a whole number", bool: "true or false"}


class RegistrationFileError(YeswordError):
    """{file}, {key}: {what}. {remedy}"""

    code = "bad_registration_file"


def read(kind: type[T], text: str, *, file: str) -> T:
    """Raises `RegistrationFileError`, which names file and key."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RegistrationFileError(
            file=file, key="TOML", what=error, remedy="Correct the syntax."
        ) from error
    return cast("T", _record(kind, values, file, ""))


def _record(kind: Any, given: object, file: str, path: str) -> Any:
    if not isinstance(given, dict):
        raise _wrong(file, path.rstrip("."), f"it is {given!r}", "Make it a table.")
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    names = [field.name for field in fields]
    for key in given:
        if key not in names:
            raise _wrong(file, path + key, "nothing is called so", f"Known are {', '.join(names)}.")
    for field in fields:
        is_needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if is_needed and field.name not in given:
            raise _wrong(file, path + field.name, "it is missing", "Put it in.")
    return kind(**{key: _value(hints[key], value, file, path + key) for key, value in given.items()})


def _value(hint: Any, given: Any, file: str, key: str) -> Any:
    if typing.get_origin(hint) is types.UnionType:  # of one kind and None: TOML says None by saying nothing
        hint = next(each for each in typing.get_args(hint) if each is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        if not isinstance(given, list):
            raise _wrong(file, key, f"it is {given!r}", "Make it a list.")
        of = typing.get_args(hint)[0]
        return tuple(_value(of, each, file, f"{key}[{place}]") for place, each in enumerate(given, start=1))
    if dataclasses.is_dataclass(hint):
        return _record(hint, given, file, f"{key}.")
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        if given not in [each.value for each in hint]:
            known = ", ".join(str(each.value) for each in hint)
            raise _wrong(file, key, f"{given!r} is not known", f"Give one of {known}.")
        return hint(given)
    if type(given) is not hint:  # a bool is an int to Python, but not to a reader
        raise _wrong(file, key, f"it is {given!r}", f"Give {_KINDS[hint]}.")
    return given.strip() if isinstance(given, str) else given


def _wrong(file: str, key: str, what: str, remedy: str) -> RegistrationFileError:
    return RegistrationFileError(file=file, key=key, what=what, remedy=remedy)
