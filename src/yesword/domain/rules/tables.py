"""Reads one TOML table into a typed value, and refuses what it does not know, with file, line and what was expected.

What a table may hold is read off the class that it becomes: its fields, their types, and the least they may be.
"""

import dataclasses
import functools
import re
import tomllib
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Final, TypeVar

from yesword.domain.errors import YeswordError
from yesword.domain.rules.model.parameter import AT_LEAST
from yesword.domain.toml_lines import Block, TomlLines, broken_line

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class PackError(YeswordError):
    """{file}, line {line}: {what}. Expected {expected}."""

    code = "bad_rule_pack"
    others: tuple["PackError", ...] = ()  # what else is wrong in the file


def toml_error(source: "Source", error: tomllib.TOMLDecodeError) -> PackError:
    line = broken_line(error, source.text)
    return PackError(file=source.file, line=line, what=_untold_place(error), expected="valid TOML")


def _untold_place(error: tomllib.TOMLDecodeError) -> str:
    return re.sub(r" \(at .*\)$", "", str(error))


class Source:
    """A pack's text, to tell the line of what is wrong in it."""

    def __init__(self, *, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = TomlLines(text)

    def refuse(self, what: str, expected: str, *, line: int = 1) -> PackError:
        return PackError(file=self.file, line=line, what=what, expected=expected)


class Table:
    """One TOML table, read key by key; `done` refuses what was not asked for.

    `block` is where it stands in the file, and `beside` where keys may stand that it was given from elsewhere.
    """

    def __init__(
        self,
        source: Source,
        values: Mapping[str, Any],
        *,
        name: str,
        block: Block | None = None,
        beside: Block = range(0),
    ) -> None:
        self.source = source
        self.name = name
        self.block = source.lines.all if block is None else block
        self._beside = beside
        self._rest = dict(values)

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        value = self._rest.pop(key, default)
        # bool is an int to Python, and a datetime a date; neither is to a reader.
        is_kind = isinstance(value, kind) and (type(value) is kind)
        if not is_kind:
            raise self.wrong(self._said(key, value), f"{key} to be {_KINDS[kind]}", key=key)
        assert isinstance(value, kind)
        return value

    def words(self, key: str) -> str:
        """A string that says something."""
        value = self.take(key, str)
        if not value.strip():
            raise self.wrong(f"{key} is empty", f"{key} to say something", key=key)
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
        if not all(each.strip() for each in values):
            raise self.wrong(f"{key} has an empty string", f"every string of {key} to say something", key=key)
        return tuple(values)

    def has(self, key: str) -> bool:
        return key in self._rest

    def among(self, keys: Iterable[str]) -> list[str]:
        return [key for key in keys if key in self._rest]

    def table(self, key: str) -> "Table":
        block = self.source.lines.within(self.block, key)
        return Table(self.source, self.take(key, dict), name=key, block=block or self.block)

    def done(self, known: str) -> None:
        self.refuse_unknown((), known)

    def refuse_unknown(self, known: Collection[str], expected: str) -> None:
        for key in self._rest:
            if key not in known:
                raise self.wrong(f"{self.name} has an unknown key {key}", expected, key=key)

    def wrong(self, what: str, expected: str, *, key: str = "") -> PackError:
        return self.source.refuse(what, expected, line=self._line(key))

    def _line(self, key: str) -> int:
        """That of the key; or, where it is not there, that of the table's id, or of its beginning."""
        lines = self.source.lines
        places = ((key, self.block), (key, self._beside), ("id", self.block))
        found = (lines.find(each, block) for each, block in places if each)
        return next((line for line in found if line is not None), self.block.start + 1)

    def read(self, kind: type[T], **given: Any) -> T:
        """The table as a value of this class, all of it; `given` are fields that were read another way.

        A key that nobody knows is told before one that is missing: it is mostly that one, misspelt.
        """
        fields = [each for each in _fields(typing.cast("Any", kind)) if each.name not in given]
        known = [each.key for each in fields]
        self.refuse_unknown(known, f"one of {', '.join(known)}")
        for field in fields:
            if self.has(field.key) or field.is_required:
                given[field.name] = field.read(self, field.key)
                self._check(field, given[field.name])
        return kind(**given)

    def _check(self, field: "_Field", value: object) -> None:
        if field.least is not None and isinstance(value, int) and value < field.least:
            raise self.wrong(
                f"{field.key} = {value}", f"{field.key} to be {field.least} or more", key=field.key
            )

    def _member(self, key: str, kind: type[E], value: object) -> E:
        members: Mapping[str, E] = _members(kind)
        if not isinstance(value, str) or value not in members:
            raise self.wrong(self._said(key, value), f"{key} to be one of {', '.join(members)}", key=key)
        return members[value]

    def _said(self, key: str, value: object) -> str:
        if value is None:
            return f"{self.name} has no {key}"
        return f"{key} is a table" if isinstance(value, dict) else f"{key} = {value!r}"


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


def keys_of(kind: type) -> tuple[str, ...]:
    """The keys of a class's table."""
    return tuple(each.key for each in _fields(kind))


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
            read=_reader(hints[field.name], is_required=field.default is dataclasses.MISSING),
        )
        for field in dataclasses.fields(kind)
    )


def _reader(hint: Any, *, is_required: bool) -> Callable[[Table, str], Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        (hint,) = (each for each in arguments if each is not type(None))
        return _reader(hint, is_required=is_required)
    if origin is tuple:
        member = arguments[0]
        if isinstance(member, type) and issubclass(member, Enum):
            return lambda table, key: table.enums(key, member)
        return lambda table, key: table.strings(key)
    if hint is str and is_required:
        return lambda table, key: table.words(key)
    if issubclass(hint, Enum):
        return lambda table, key: table.enum(key, hint)
    return lambda table, key: table.take(key, hint)
