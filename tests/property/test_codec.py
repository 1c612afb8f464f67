"""Everything that is stored as bytes is read back as it was, whatever its values."""

import dataclasses
import enum
import json
import types
import typing
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.programs import a_program
from yesword.domain import codec
from yesword.domain.codec import CodecError
from yesword.domain.decisions import Decision, GateVersions
from yesword.domain.events import ConsentEvent
from yesword.domain.facts import GateFacts
from yesword.domain.programs import LONGEST_WINDOW_DAYS, Frequency, Program
from yesword.domain.state import ConsentState

STORED = [ConsentEvent, ConsentState, Decision, GateFacts, GateVersions, Program]

moments = st.datetimes(timezones=st.just(UTC))
_KNOWN = {
    str: st.text(max_size=8),
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    types.NoneType: st.none(),
    datetime: moments,
    # A promise that cannot be counted is refused when it is made.
    Frequency: st.builds(Frequency, count=st.integers(1, 999), days=st.integers(1, LONGEST_WINDOW_DAYS)),
}


def values_of(hint):
    """Any value that the type allows."""
    if hint in _KNOWN:
        return _KNOWN[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(hint, typing.NewType):
        return values_of(hint.__supertype__)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([values_of(each) for each in arguments])
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(values_of(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*[values_of(each) for each in arguments])
    if origin is frozenset:
        return st.frozensets(values_of(arguments[0]), max_size=2)
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return st.builds(
            hint, **{field.name: values_of(hints[field.name]) for field in dataclasses.fields(hint)}
        )
    assert issubclass(hint, enum.Enum), hint
    return st.sampled_from(hint)


@pytest.mark.parametrize("kind", STORED)
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_stored_is_read_back_and_its_bytes_are_the_same(kind, data):
    value = data.draw(values_of(kind))
    written = codec.dumps(value)
    assert codec.loads(kind, written) == value
    assert codec.dumps(codec.loads(kind, written)) == written


@pytest.mark.parametrize("kind", STORED)
@settings(max_examples=10)
@given(data=st.data())
def test_an_older_row_reads_with_defaults_and_a_newer_one_is_refused(kind, data):
    value = data.draw(values_of(kind))
    fields = json.loads(codec.dumps(value))
    needed = [field for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING]
    older = codec.loads(kind, codec.dumps(fields[: len(needed)]))
    assert all(getattr(older, field.name) == getattr(value, field.name) for field in needed)
    with pytest.raises(CodecError):
        codec.loads(kind, codec.dumps([*fields, None]))


def test_a_program_in_five_languages_is_read_back():
    program = a_program()
    assert codec.loads(Program, codec.dumps(program)) == program


@given(st.sampled_from(STORED), st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_bytes_that_were_never_written_are_refused_and_never_crash(kind, data):
    try:
        codec.loads(kind, data)
    except CodecError:
        return
    assert data.strip().startswith(b"["), "only a list is ever read"
