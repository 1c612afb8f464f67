"""Reads one TOML table into a typed value, and refuses what it does not know, with file, line and what was expected.

What a table may hold is read off the class that it becomes: its fields, their types, and the least they may be.
"""

import dataclasses
import functools
import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Final, TypeVar

from yesword.domain.errors import YeswordError
from yesword.domain.rules.model.parameter import AT_LEAST

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class PackError(YeswordError):
    """{file}, line {line}: {what}. Expected {expected}."""

    code = "bad_rule_pack"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A pack's text, to tell the line of what is wrong in it."""

    file: str
    text: str

    def refuse(self, what: str, expected: str, *, key: str = "", within: str = "") -> PackError:
        return PackError(file=self.file, line=self._line(key, within), what=what, expected=expected)

    def _line(self, key: str, within: str) -> int:
        lines = self.text.splitlines()
        start = next((n for n, line in enumerate(lines) if within and f'"{within}"' in line), 0)
        if not key:
            return start + 1
        starts_with_key = re.compile(rf"\s*\[*([\w.]+\.)?{re.escape(key)}\b")
        found = [n for n, line in enumerate(lines) if starts_with_key.match(line)]
        return next((n for n in found if n >= start), start) + 1


class Table:
    """One TOML table, read key by key; `done` refuses what was not asked for."""

    def __init__(self, source: Source, values: Mapping[str, Any], *, name: str, within: str = "") -> None:
        self.source = source
        self.name = name
        self.within = within
        self._rest = dict(values)

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        value = self._rest.pop(key, default)
        # bool is an int to Python, and a datetime a date; neither is to a reader.
        is_kind = isinstance(value, kind) and (type(value) is kind)
        if not is_kind:
            what = f"{self.name} has no {key}" if value is None else f"{key} = {value!r}"
            raise self.wrong(what, f"{key} to be {_KINDS[kind]}", key=key)
        assert isinstance(value, kind)
        return value

    def enum(self, key: str, kind: type[E], default: E | None = None) -> E:
        value = self._rest.pop(key, default)
        return value if isinstance(value, kind) else self._member(key, kind, value)

    def enums(self, key: str, kind: type[E]) -> tuple[E, ...]:
        return tuple(self._member(key, kind, each) for each in self.take(key, list))

    def strings(self, key: str) -> tuple[str, ...]:
        values = self.take(key, list)
        if not all(isinstance(each, str) for each in values):
            raise self.wrong(f"{key} = {values!r}", f"{key} to be a list of strings", key=key)
        return tuple(values)

    def has(self, key: str) -> bool:
        return key in self._rest

    def among(self, keys: Iterable[str]) -> list[str]:
        return [key for key in keys if key in self._rest]

    def table(self, key: str) -> "Table":
        return Table(self.source, self.take(key, dict), name=key, within=self.within)

    def done(self, known: str) -> None:
        for key in self._rest:
            raise self.wrong(f"{self.name} has an unknown key {key}", known, key=key)

    def wrong(self, what: str, expected: str, *, key: str = "") -> PackError:
        return self.source.refuse(what, expected, key=key, within=self.within)

    def read(self, kind: type[T], **given: Any) -> T:
        """The table as a value of this class, all of it; `given` are fields that were read another way."""
        known = []
        for field in _fields(typing.cast("Any", kind)):
            if field.name in given:
                continue
            known.append(field.key)
            if self.has(field.key) or field.is_required:
                given[field.name] = field.read(self, field.key)
                self._check(field, given[field.name])
        self.done(f"one of {', '.join(known)}")
        return kind(**given)

    def _check(self, field: "_Field", value: object) -> None:
        if field.least is not None and isinstance(value, int) and value < field.least:
            raise self.wrong(
                f"{field.key} = {value}", f"{field.key} to be {field.least} or more", key=field.key
            )

    def _member(self, key: str, kind: type[E], value: object) -> E:
        members: Mapping[str, E] = _members(kind)
        if not isinstance(value, str) or value not in members:
            what = f"{self.name} has no {key}" if value is None else f"{key} = {value!r}"
            raise self.wrong(what, f"{key} to be one of {', '.join(members)}", key=key)
        return members[value]


_KINDS: Final[dict[type, str]] = {
    str: "a string",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
    date: "a date such as 2026-01-31",
}


@functools.cache
def _members(kind: type[E]) -> Mapping[str, E]:
    return {_spelling(member): member for member in kind}


def _spelling(member: Enum) -> str:
    """Enums are written by their value, but for ordered ones, whose values are numbers."""
    return member.value if isinstance(member.value, str) else member.name.lower()


# --- classes as schemas --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Field:
    name: str
    key: str  # as it is written in TOML
    is_required: bool
    least: int | None
    read: Callable[[Table, str], Any]


_KEYS: Final = {"message_class": "class"}  # what Python reserves


@functools.cache
def _fields(kind: type) -> tuple[_Field, ...]:
    hints = typing.get_type_hints(kind)
    return tuple(
        _Field(
            name=field.name,
            key=_KEYS.get(field.name, field.name),
            is_required=field.default is dataclasses.MISSING,
            least=field.metadata.get(AT_LEAST),
            read=_reader(hints[field.name]),
        )
        for field in dataclasses.fields(kind)
    )


def _reader(hint: Any) -> Callable[[Table, str], Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        (hint,) = (each for each in arguments if each is not type(None))
        return _reader(hint)
    if origin is tuple:
        member = arguments[0]
        if isinstance(member, type) and issubclass(member, Enum):
            return lambda table, key: table.enums(key, member)
        return lambda table, key: table.strings(key)
    if issubclass(hint, Enum):
        return lambda table, key: table.enum(key, hint)
    return lambda table, key: table.take(key, hint)
