import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from yesword.domain import codec
from yesword.domain.codec import CodecError


class Colour(enum.StrEnum):
    RED = "red"


@dataclass(frozen=True, kw_only=True, slots=True)
class Old:
    name: str
    colour: Colour


@dataclass(frozen=True, kw_only=True, slots=True)
class New:
    name: str
    colour: Colour
    at: datetime | None = None
    tags: frozenset[str] = frozenset()
    parts: tuple[tuple[str, int], ...] = ()


WHOLE = New(
    name="Größe",
    colour=Colour.RED,
    at=datetime(2026, 3, 2, 12, tzinfo=UTC),
    tags=frozenset({"b", "a"}),
    parts=(("x", 1),),
)


def test_the_bytes_are_fields_in_order():
    expected = '["Größe","red",1772452800000000,["a","b"],[["x",1]]]'
    assert codec.dumps(WHOLE) == expected.encode()


def test_what_is_written_is_read():
    assert codec.loads(New, codec.dumps(WHOLE)) == WHOLE


@dataclass(frozen=True, kw_only=True)
class Slotless:
    name: str
    size: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Longer(Old):
    size: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    name: str

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("it has no name")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(Slotless(name="a", size=2), id="no slots"),
        pytest.param(Longer(name="a", colour=Colour.RED, size=2), id="slots of a class above it"),
        pytest.param(Checked(name="a"), id="a look at its fields"),
    ],
)
def test_every_kind_of_class_is_read(value):
    found = codec.loads(type(value), codec.dumps(value))
    assert found == value
    with pytest.raises(AttributeError):
        found.name = "b"


def test_a_class_that_looks_at_its_fields_looks_at_what_is_read():
    with pytest.raises(CodecError):
        codec.loads(Checked, b'[""]')


@pytest.mark.parametrize("kind", [Slotless, Checked])
def test_a_list_of_nothing_makes_nothing_that_lacks_its_fields(kind):
    with pytest.raises(CodecError):
        codec.loads(kind, b"[]")


def test_a_shorter_list_of_a_class_below_another_is_read_with_defaults():
    assert codec.loads(Longer, b'["a","red"]') == Longer(name="a", colour=Colour.RED)


def test_a_shorter_list_of_an_older_version_is_read_with_defaults():
    older = Old(name="a", colour=Colour.RED)
    assert codec.loads(New, codec.dumps(older)) == New(name="a", colour=Colour.RED)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(codec.dumps(WHOLE)[:-1] + b',"more"]', id="more fields than are known"),
        pytest.param(b'["a"]', id="a field without a default is missing"),
        pytest.param(b'["a","green"]', id="a value that no enum has"),
        pytest.param(b'["a","red","noon"]', id="a time in words"),
        pytest.param(b'["a","red",1e40]', id="a time past all calendars"),
        pytest.param(b'["a","red",null,"ab"]', id="text where a list is written"),
        pytest.param(b'["a","red",null,[],["x1"]]', id="text where a pair is written"),
        pytest.param(b'["a","red",null,[],[["x",1,2]]]', id="three where a pair is written"),
        pytest.param(b'{"name":"a","colour":"red"}', id="an object"),
        pytest.param(b'"ar"', id="text"),
        pytest.param(b"7", id="a number"),
        pytest.param(b"null", id="nothing"),
        pytest.param(b'["a","red"', id="a torn row"),
        pytest.param(b"", id="an empty row"),
        pytest.param(b"\xff\xfe\x00", id="bytes that are no text"),
    ],
)
def test_a_damaged_or_newer_row_is_refused_and_named(data):
    with pytest.raises(CodecError) as refused:
        codec.loads(New, data)
    assert refused.value.fields["kind"] == "New"


@dataclass(frozen=True, kw_only=True)
class Unordered:
    counts: Mapping[str, int]


@pytest.mark.parametrize(
    "value",
    [b"bytes", Unordered(counts={"a": 1}), object()],
    ids=["bytes", "a mapping, whose order nobody wrote down", "an object"],
)
def test_what_has_no_stored_form_is_refused(value):
    with pytest.raises(CodecError):
        codec.dumps((value,))


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(TypeError):
        codec.dumps(New(name="a", colour=Colour.RED, at=datetime(2026, 3, 2)))  # noqa: DTZ001 - that is the case
