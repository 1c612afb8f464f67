"""A TOML text as strict tables: every key is read by somebody, and what is wrong is told with file, key and what was
expected.
"""

import tomllib
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, TypeVar

from yesword.channels.ports import ChannelError
from yesword.domain.toml_lines import Block, TomlLines, broken_line

Read = TypeVar("Read")


class BadCardError(ChannelError):
    """{file}, line {line}: {key} is wrong. Expected {expected}."""

    code = "bad_card"


class Table:
    """One table of a file. Ask for each key, then call `end`, which refuses the keys that nobody asked for."""

    def __init__(
        self, file: str, lines: TomlLines, values: Mapping[str, Any], block: Block, path: str = ""
    ) -> None:
        self._file, self._lines, self._values, self._block, self._path = file, lines, values, block, path
        self._asked: set[str] = set()

    def has(self, key: str) -> bool:
        return key in self._values

    @property
    def keys(self) -> Collection[str]:
        return self._values.keys()

    def wrong(self, key: str, expected: str) -> BadCardError:
        line = self._line_of_table(key) or self._lines.find(key, self._block)
        first = self._block.start + 1 if self._path and self._block else 1
        name = self._name(key)
        return BadCardError(file=self._file, line=line or first, key=name, expected=expected)

    def _name(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _line_of_table(self, key: str) -> int | None:
        tables = self._lines.tables(self._name(key))
        return tables[0].start + 1 if tables else None

    def table(self, key: str) -> "Table":
        """The table of this name; an empty one where there is none."""
        self._asked.add(key)
        found = self._values.get(key, {})
        if not isinstance(found, dict):
            raise self.wrong(key, "a table")
        own = self._lines.tables(self._name(key))
        block = own[0] if own else self._lines.within(self._block, key)
        return Table(self._file, self._lines, found, block, self._name(key))

    def text(self, key: str, default: str | None = None) -> str:
        """Needed where there is no default."""
        value = self._get(key, default, "a text in quotes")
        if not isinstance(value, str):
            raise self.wrong(key, "a text in quotes")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._get(key, default, "true or false")
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def choice(self, key: str, known: Collection[str], default: str | None = None) -> str:
        expected = f"one of {', '.join(known)}"
        value = self._get(key, default, expected)
        if value not in known or not isinstance(value, str):
            raise self.wrong(key, expected)
        return value

    def numbers(self, key: str, default: tuple[int, ...], *, least: int, most: int) -> frozenset[int]:
        """A list of whole numbers."""
        value = self._get(key, list(default), "")
        good = isinstance(value, list) and all(
            isinstance(each, int) and not isinstance(each, bool) and least <= each <= most for each in value
        )
        if not good:
            raise self.wrong(key, f"a list of whole numbers from {least} to {most}")
        return frozenset(value)

    def texts(self, read: Callable[["Table", str], Read]) -> dict[str, Read]:
        """Every key of this table with what `read` makes of it: for tables whose keys anybody may choose."""
        return {key: read(self, key) for key in self._values}

    def raw(self, key: str) -> Any:
        self._asked.add(key)
        return self._values.get(key)

    def end(self) -> None:
        for key in self._values:
            if key not in self._asked:
                raise self.wrong(key, f"only {', '.join(sorted(self._asked))} here")

    def _get(self, key: str, default: object, expected: str) -> Any:
        self._asked.add(key)
        if key in self._values:
            return self._values[key]
        if default is None:
            raise self.wrong(key, f"{expected}; it is missing")
        return default


def parse(file: str, text: str) -> Table:
    """Raises BadCardError for what is no TOML."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadCardError(file=file, line=broken_line(error, text), key="the file", expected=_TOML) from None
    lines = TomlLines(text)
    return Table(file, lines, values, lines.all)


_TOML: Final = 'TOML, such as key = "value"'
