"""The sources that rules were found in: `sources.toml` has the address of each key that a shipped pack names.

A pack of somebody's own may name the address itself. Nothing here opens an address.
"""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Final

from yesword.domain.rules.model import Rule
from yesword.domain.rules.tables import Source, Table, toml_error

FILE: Final = "sources.toml"
WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {"facts": "general knowledge, without an address", "house": "the house itself"}
)
EXPECTED: Final = 'a key of the table of sources, an address (https://…), "facts" or "house"'
_ADDRESS: Final = re.compile(r"https?://[^\s/]+\.[^\s/]+(/\S*)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSource:
    """Where a rule was found."""

    key: str  # as the rule names it
    address: str  # empty, where it is one of the known words
    is_primary: bool  # the lawmaker's, authority's or provider's own text, or a mirror of a statute's


def find_source(key: str) -> RuleSource | None:
    """None where nobody knows the key."""
    if key in WORDS:
        return RuleSource(key=key, address="", is_primary=False)
    if _ADDRESS.fullmatch(key):
        return RuleSource(key=key, address=key, is_primary=False)
    return shipped_sources().get(key)


def source_of(rule: Rule) -> RuleSource:
    """That of a rule that was read; one whose source nobody knows is refused there."""
    return find_source(rule.source) or RuleSource(key=rule.source, address="", is_primary=False)


@functools.cache
def shipped_sources() -> Mapping[str, RuleSource]:
    file = resources.files("yesword.domain.rules").joinpath(FILE)
    return MappingProxyType(read_sources(file.read_text("utf-8"), FILE))


def read_sources(text: str, file: str) -> dict[str, RuleSource]:
    """Raises `PackError` with file, line and what was expected."""
    source = Source(file=file, text=text)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise toml_error(source, error) from error
    root = Table(source, values, name="the file")
    return {key: _source(root.table(key)) for key in values}


def _source(table: Table) -> RuleSource:
    found = table.read(RuleSource, key=table.name)
    if not _ADDRESS.fullmatch(found.address):
        what = f"address = {found.address!r}"
        raise table.wrong(what, "address to be one such as https://example.org/act", key="address")
    return found
