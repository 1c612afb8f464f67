"""Reading one table of TOML: the line that is named, and the kinds of values that are told apart."""

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum

import pytest

from yesword.domain.rules.model.parameter import at_least
from yesword.domain.rules.tables import PackError, Source, Table

TEXT = """[pack]
id = "xx"
cap = 1
name = "Exland"
[[rule]]
id = "xx.one"
count = 3
[rule.cap]
count = 5
"""


class Colour(Enum):
    RED = "red"


class Size(IntEnum):
    SMALL = 1


@dataclass(frozen=True, kw_only=True)
class Thing:
    name: str
    count: int = at_least(2, default=2)
    colour: Colour = Colour.RED
    sizes: tuple[Size, ...] = ()
    since: date | None = None


def table(text: str) -> Table:
    return Table(Source(file="a.toml", text=text), tomllib.loads(text), name="thing")


def line_of(key: str, within: str) -> int:
    source = Source(file="a.toml", text=TEXT)
    (rule,) = source.lines.tables("rule")
    blocks = {"pack": source.lines.tables("pack")[0], "rule": rule, "cap": source.lines.within(rule, "cap")}
    beside = blocks["pack"] if within == "rule" else range(0)
    found = Table(source, {}, name="it", block=blocks.get(within), beside=beside).wrong("x", "y", key=key)
    return int(found.fields["line"])


@pytest.mark.parametrize(
    ("key", "within", "line"),
    [
        pytest.param("cap", "pack", 3, id="in the pack"),
        pytest.param("count", "rule", 7, id="the first within the rule"),
        pytest.param("count", "cap", 9, id="within a table of the rule"),
        pytest.param("cap", "rule", 8, id="a table's own name"),
        pytest.param("name", "rule", 4, id="given by the pack"),
        pytest.param("nothing", "rule", 6, id="a key that is not there: the rule"),
        pytest.param("nothing", "cap", 8, id="a key that is not there: the table"),
        pytest.param("", "rule", 6, id="no key: the rule"),
        pytest.param("", "", 2, id="neither"),
    ],
)
def test_the_line_is_that_of_the_key_within_what_it_belongs_to(key, within, line):
    assert line_of(key, within) == line


def test_a_table_becomes_a_value_of_its_class():
    text = 'name = "a"\ncount = 3\ncolour = "red"\nsizes = ["small"]\nsince = 2026-01-31'
    assert table(text).read(Thing) == Thing(
        name="a", count=3, colour=Colour.RED, sizes=(Size.SMALL,), since=date(2026, 1, 31)
    )
    assert table('name = "a"').read(Thing) == Thing(name="a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("count = 3", "thing has no name. Expected name to be a string", id="a key is missing"),
        pytest.param(
            'name = "a"\ncount = 1', "line 2: count = 1. Expected count to be 2 or more", id="too few"
        ),
        pytest.param(
            'name = "a"\ncount = true', "count = True. Expected count to be a whole number", id="a bool"
        ),
        pytest.param('name = "a"\ncount = 2.0', "count to be a whole number", id="a fraction"),
        pytest.param('name = "a"\ncolour = "blue"', "colour to be one of red", id="a member that is none"),
        pytest.param('name = "a"\nsizes = ["red"]', "sizes to be one of small", id="one in a list"),
        pytest.param(
            'name = "a"\nsizes = [1]', "sizes to be one of small", id="an ordered one by its number"
        ),
        pytest.param('name = "a"\nsince = 2026-01-31T10:00:00', "a date such as", id="a moment for a day"),
        pytest.param('name = " "', "name is empty. Expected name to say something", id="an empty name"),
        pytest.param(
            'nome = "a"', "line 1: thing has an unknown key nome. Expected one of", id="misspelt, not missing"
        ),
        pytest.param(
            'name = "a"\nnome = 1', "unknown key nome. Expected one of name, count", id="a misspelling"
        ),
    ],
)
def test_what_the_class_does_not_know_is_refused(text, expected):
    with pytest.raises(PackError) as refused:
        table(text).read(Thing)
    assert expected in str(refused.value)
    assert str(refused.value).startswith("a.toml, line ")
