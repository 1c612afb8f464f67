"""On which line of a TOML text something stands, for messages: the reader of the standard library does not tell.

A look at the text, not a parser of it. Where somebody writes what this does not see, the answer is the line of the
table that it is in. `Block` is a range of lines, counted from nought; lines that are told count from one.
"""

import re
import tomllib
from typing import Final

Block = range
_HEADER: Final = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\s*\]\]?\s*(?:#.*)?")


class TomlLines:
    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        found = enumerate(_HEADER.fullmatch(line) for line in self._lines)
        self._headers = [(number, header[1]) for number, header in found if header]

    @property
    def all(self) -> Block:
        return range(len(self._lines))

    def tables(self, path: str) -> list[Block]:
        """Each table of this path, `[path]` or `[[path]]`, with the tables that are in it."""
        starts = [number for number, each in self._headers if each == path]
        return [range(start, self._end(start, path)) for start in starts]

    def _end(self, start: int, path: str) -> int:
        after = (number for number, each in self._headers if number > start and not _is_in(each, path))
        return next(after, len(self._lines))

    def within(self, block: Block, key: str) -> Block:
        """The table of this name within a table, with its own header or in line; no lines where it is not there."""
        headers = [(number, path) for number, path in self._headers if number in block]
        for number, path in headers:
            if path.rpartition(".")[2] == key:
                ends = (later for later, each in headers if later > number and not _is_in(each, path))
                return range(number, next(ends, block.stop))
        line = self.find(key, block)
        return range(0) if line is None else range(line - 1, block.stop)

    def find(self, key: str, block: Block) -> int | None:
        """The line on which the key is set, or its table begins."""
        name = re.escape(key)
        starts = re.compile(rf"""\s*(?:[\w-]+\.)*["']?{name}["']?\s*[=.]""")
        in_line = re.compile(rf"""[{{,]\s*(?:[\w-]+\.)*["']?{name}["']?\s*[=.]""")
        header = re.compile(rf"\s*\[\[?\s*(?:[\w-]+\.)*{name}\s*\]")
        for looked_for in (starts.match, header.match, in_line.search):
            for number in block:
                if looked_for(self._lines[number]):
                    return number + 1
        return None


def _is_in(path: str, outer: str) -> bool:
    return path.startswith(f"{outer}.")


def broken_line(error: tomllib.TOMLDecodeError, text: str) -> int:
    """The line on which a text ceases to be TOML."""
    line = re.search(r"line (\d+)", str(error))
    return int(line[1]) if line else max(len(text.splitlines()), 1)
