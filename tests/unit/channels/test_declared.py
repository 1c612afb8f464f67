"""Settings checked against what a kind declares, whatever its fields are."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from yesword.channels import declared
from yesword.channels.declared import (
    AccountSettingNeededError,
    BadAccountSettingError,
    UnknownAccountSettingError,
)
from yesword.channels.smpp import SmppAccount


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, kw_only=True)
class Inner:
    file: Path | None = None
    deep: bool = False


@dataclass(frozen=True, kw_only=True)
class Kind:
    host: str
    port: int = 1
    rate: float = 1.0
    colour: Colour = Colour.RED
    inner: Inner | None = None
    codes: Mapping[int, str] = field(default_factory=dict)
    password: str = ""


def test_what_is_typed_is_stored_as_it_is_read():
    stored = {}
    for name, text in {
        "host": "a", "port": "0x10", "rate": "2", "colour": "blue", "inner.file": "/x", "codes.7": "gone",
    }.items():  # fmt: skip
        stored[name.partition(".")[0]] = declared.parse("main", Kind, name, text)
    assert declared.read("main", Kind, stored, {"password": "hush"}) == Kind(
        host="a",
        port=16,
        rate=2.0,
        colour=Colour.BLUE,
        inner=Inner(file=Path("/x")),
        codes={7: "gone"},
        password="hush",
    )


@dataclass(frozen=True, kw_only=True)
class Deep:
    codes: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Deeper:
    inner: Deep = Deep()


def test_a_table_in_a_table_is_reached_by_dots():
    kept = declared.parse("main", Deeper, "inner.codes.027", "gone")
    assert declared.read("main", Deeper, {"inner": kept}) == Deeper(inner=Deep(codes={"027": "gone"}))
    assert declared.parse("main", Deeper, "inner.file", "/x") == {"file": "/x"}


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({}, AccountSettingNeededError),
        ({"host": "a", "other": 1}, UnknownAccountSettingError),
        ({"host": "a", "password": "in the open"}, UnknownAccountSettingError),
        ({"host": 3}, BadAccountSettingError),
        ({"host": "a", "port": True}, BadAccountSettingError),
        ({"host": "a", "port": 1.5}, BadAccountSettingError),
        ({"host": "a", "port": None}, BadAccountSettingError),
        ({"host": "a", "colour": "green"}, BadAccountSettingError),
        ({"host": "a", "inner": {"deep": "yes"}}, BadAccountSettingError),
        ({"host": "a", "codes": {"x": "gone"}}, BadAccountSettingError),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(values, error):
    with pytest.raises(error) as wrong:
        declared.read("main", Kind, values, {"password": "hush"})
    assert wrong.value.fields["account"] == "main"
    assert "hush" not in str(wrong.value)


def test_an_account_of_another_protocol_is_read_the_same_way():
    given = {"name": "main", "password": "hush"}
    values = {
        "host": "smsc.example.net",
        "system_id": "us",
        "binding": "pairs",
        "own_codes": {"1025": "opted_out"},
    }
    read = declared.read("main", SmppAccount, values, given)
    assert read.own_codes == {1025: "opted_out"}
    assert read.binding.value == "pairs"
