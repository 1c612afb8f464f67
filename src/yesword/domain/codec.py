"""Frozen dataclasses to compact JSON and back: fields in order as lists, times in microseconds, enums by value.

The bytes are canonical. A later version may add fields with defaults at the end of a class; shorter lists still read.
"""

import dataclasses
import enum
import functools
import json
import types
import typing
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from yesword.domain.errors import YeswordError
from yesword.domain.times import from_micros, to_micros

T = TypeVar("T")


class CodecError(YeswordError):
    """Stored {kind} cannot be read: {detail}. The row was written by a newer version, or is damaged."""

    code = "unreadable_row"


def dumps(value: object) -> bytes:
    return json.dumps(encode(value), separators=(",", ":"), ensure_ascii=False).encode()


def loads(kind: type[T], data: bytes) -> T:
    try:
        value = _decoder(typing.cast("Any", kind))(json.loads(data))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise CodecError(kind=kind.__name__, detail=error) from error
    return typing.cast("T", value)


@functools.cache
def _encoder(kind: Any) -> Callable[[Any], Any]:
    if dataclasses.is_dataclass(kind):
        names = [field.name for field in dataclasses.fields(kind)]
        return lambda value: [encode(getattr(value, name)) for name in names]
    if kind is datetime:
        return to_micros
    if issubclass(kind, enum.Enum):
        return lambda value: value.value
    if kind in (tuple, list):
        return lambda value: [encode(item) for item in value]
    if kind is frozenset:
        return lambda value: sorted(encode(item) for item in value)
    if kind in (str, int, bool, float, types.NoneType):
        return lambda value: value
    raise CodecError(kind=kind.__name__, detail="this type has no stored form")


def encode(value: Any) -> Any:
    return _encoder(typing.cast("Any", type(value)))(value)


@functools.cache
def _decoder(hint: Any) -> Callable[[Any], Any]:
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _union(arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        item = _decoder(arguments[0])
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
        return hint
    if dataclasses.is_dataclass(hint):
        return _record(typing.cast("type", hint))
    return lambda value: value


def _items(value: Any) -> list[Any]:
    """Text and objects can be walked over too, and would be read as something that nobody wrote."""
    if not isinstance(value, list):
        raise TypeError(f"{type(value).__name__} where a list is written")
    return value


def _union(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    present = [argument for argument in arguments if argument is not types.NoneType]
    if len(present) != 1:
        return lambda value: value  # str | int: JSON already tells them apart
    decode = _decoder(present[0])
    return lambda value: None if value is None else decode(value)


def _record(kind: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    fields = [(field.name, _decoder(hints[field.name])) for field in dataclasses.fields(kind)]

    def decode(value: Any) -> Any:
        if not isinstance(value, list):
            raise CodecError(kind=kind.__name__, detail="it is not a list of fields")
        if len(value) > len(fields):
            raise CodecError(kind=kind.__name__, detail=f"{len(value)} fields where {len(fields)} are known")
        return kind(**{name: read(each) for (name, read), each in zip(fields, value, strict=False)})

    return decode
