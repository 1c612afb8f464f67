"""Frozen dataclasses to compact JSON and back: fields in order as lists, times in microseconds, enums by value.

The bytes are canonical. A later version may add fields with defaults at the end of a class; shorter lists still read.
"""

import dataclasses
import enum
import functools
import json
import operator
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from yesword.domain.errors import YeswordError
from yesword.domain.times import from_micros, to_micros

T = TypeVar("T")


class CodecError(YeswordError):
    """Stored {kind} cannot be read: {detail}. The row was written by a newer version, or is damaged."""

    code = "unreadable_row"


def dumps(value: object) -> bytes:
    if isinstance(value, dict):
        raise CodecError(kind="dict", detail="a mapping has no order of its own, so it has no stored form")
    return "".join(_encode(value, 0)).encode()


def loads(kind: type[T], data: bytes) -> T:
    try:
        value = _decoder(typing.cast("Any", kind))(_read(data.decode()))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise CodecError(kind=kind.__name__, detail=error) from error
    return typing.cast("T", value)


def _plain(value: Any) -> Any:
    """What the C encoder does not know by itself; it walks over what is returned."""
    return _plainer(typing.cast("Any", type(value)))(value)


@functools.cache
def _plainer(kind: Any) -> Callable[[Any], Any]:
    if issubclass(kind, datetime):
        return to_micros
    if issubclass(kind, enum.Enum):
        return operator.attrgetter("value")
    if issubclass(kind, frozenset):
        return sorted
    if dataclasses.is_dataclass(kind):
        return _values(kind)
    raise CodecError(kind=kind.__name__, detail="this type has no stored form")


def _values(kind: Any) -> Callable[[Any], Sequence[Any]]:
    names = [field.name for field in dataclasses.fields(kind)]
    for name, hint in typing.get_type_hints(kind).items():
        origin = typing.get_origin(hint)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            raise CodecError(kind=kind.__name__, detail=f"{name} is a mapping, which has no stored form")
    if len(names) > 1:
        return operator.attrgetter(*names)
    return lambda value: [getattr(value, name) for name in names]


# What json.JSONEncoder makes anew at each call, which takes as long as a small row. It is told, in this order: no search
# for cycles, since none can be made of frozen values; how to go on where it knows no form; text as it is, not in ASCII;
# no indent; the separators; no sorting, no skipping, no number refused.
_encode: Final[Callable[[object, int], Sequence[str]]] = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, _plain, json.encoder.encode_basestring, None, ":", ",", False, False, True
)
_read: Final = json.JSONDecoder().decode


@functools.cache
def _decoder(hint: Any) -> Callable[[Any], Any]:
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _union(arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        item = _decoder(arguments[0])
        if item is _same:
            return lambda value: tuple(_items(value))
        return lambda value: tuple([item(each) for each in _items(value)])
    if origin is tuple:
        items = [_decoder(argument) for argument in arguments]
        return lambda value: tuple([decode(each) for decode, each in zip(items, _items(value), strict=True)])
    if origin is frozenset:
        item = _decoder(arguments[0])
        return lambda value: frozenset(item(each) for each in _items(value))
    if isinstance(hint, typing.NewType):
        return _decoder(hint.__supertype__)
    if hint is datetime:
        return from_micros
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint._value2member_map_.__getitem__
    if dataclasses.is_dataclass(hint):
        return _record(typing.cast("type", hint))
    return _same


def _same(value: Any) -> Any:
    return value


def _items(value: Any) -> list[Any]:
    """Text and objects can be walked over too, and would be read as something that nobody wrote."""
    if not isinstance(value, list):
        raise TypeError(f"{type(value).__name__} where a list is written")
    return value


def _union(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    present = [argument for argument in arguments if argument is not types.NoneType]
    if len(present) != 1:
        return _same  # str | int: JSON already tells them apart
    decode = _decoder(present[0])
    if decode is _same:
        return _same
    return lambda value: None if value is None else decode(value)


def _record(kind: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    readers = [
        (place, read) for place, name in enumerate(names) if (read := _decoder(hints[name])) is not _same
    ]

    setters = _setters(kind, names)
    whole = len(names) if setters else None

    def decode(value: Any) -> Any:
        if not isinstance(value, list):
            raise CodecError(kind=kind.__name__, detail="it is not a list of fields")
        if len(value) > len(names):
            raise CodecError(kind=kind.__name__, detail=f"{len(value)} fields where {len(names)} are known")
        for place, read in readers:
            if place >= len(value):
                break  # an older row: the fields that it lacks have defaults
            value[place] = read(value[place])
        if len(value) != whole:
            return kind(**dict(zip(names, value, strict=False)))
        made: object = object.__new__(kind)
        for put, each in zip(setters, value, strict=True):
            put(made, each)
        return made

    return decode


def _setters(kind: Any, names: Sequence[str]) -> list[Callable[[Any, Any], None]]:
    """What fills the slots of a frozen class without its constructor, which takes more than twice as long: a state is read
    for every text that is sent. None for a class that has no slots, or that looks at its fields when it is made.
    """
    slots: list[Any] = [getattr(kind, name, None) for name in names]
    if hasattr(kind, "__post_init__") or not all(
        isinstance(each, types.MemberDescriptorType) for each in slots
    ):
        return []
    return [each.__set__ for each in slots]
