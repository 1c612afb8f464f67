"""Settings of an account, checked against the dataclass that a kind of channel declares for them.

What a field may hold is read from its annotation: texts, whole and other numbers, true or false, one of an enum, a
path, tables of these, and dataclasses of their own. `parse` takes what somebody typed; `read` what was stored.
"""

import contextlib
import dataclasses
import enum
import types
import typing
from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from yesword.channels.ports import ChannelError
from yesword.domain import gateways

Settings = TypeVar("Settings")

_WORDS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class BadAccountSettingError(ChannelError):
    """The account {account} cannot have {name} = {value}. Expected {expected}."""

    code = "bad_account_setting"


class UnknownAccountSettingError(ChannelError):
    """The account {account} has no setting {name}. It has: {known}."""

    code = "unknown_account_setting"


class AccountSettingNeededError(ChannelError):
    """The account {account} needs the setting {name}. `yesword account set {account} {name}=…` sets it."""

    code = "account_setting_needed"


class AccountFileMissingError(ChannelError):
    """The account {account} names the file {path} in its setting {name}, and there is none. `yesword account set {account} {name}=…` names another."""

    code = "account_file_missing"


def read(
    account: str, kind: type[Settings], values: Mapping[str, Any], given: Mapping[str, Any] | None = None
) -> Settings:
    """The settings; `given`: fields that come from elsewhere, such as secrets. Raises one of the errors above, or GatewayRefusedError."""
    given = given or {}
    gateways.refuse_settings(f"The account {account}", values)
    hints = _fields(kind)
    for name in values:
        if name not in hints or name in given:
            known = ", ".join(sorted(hints.keys() - given.keys()))
            raise UnknownAccountSettingError(account=account, name=name, known=known)
    found = {name: _value(account, name, hints[name], value) for name, value in values.items()}
    for field in dataclasses.fields(typing.cast("Any", kind)):
        is_needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if is_needed and field.name not in found and field.name not in given:
            raise AccountSettingNeededError(account=account, name=field.name)
    return kind(**found, **given)


def parse(account: str, kind: type[Any], name: str, text: str) -> Any:
    """What somebody typed, as it is stored: of a file its whole path, since other processes start in other folders.

    A name may have dots, for a table in a table.
    """
    first, _, rest = name.partition(".")
    hints = _fields(kind)
    if first not in hints:
        raise UnknownAccountSettingError(account=account, name=first, known=", ".join(sorted(hints)))
    hint = _bare(hints[first])
    if dataclasses.is_dataclass(hint):
        return {rest.partition(".")[0]: parse(account, typing.cast("Any", hint), rest, text)}
    if typing.get_origin(hint) is not None and issubclass(typing.get_origin(hint), Mapping):
        return {rest: _typed(account, name, _bare(typing.get_args(hint)[1]), text)}
    return _whole_path(text) if hint is Path else _typed(account, name, hint, text)


def check_file(account: str, kind: type[Any], name: str, text: str) -> None:
    """Of a setting that names a file, as somebody typed it. Raises AccountFileMissingError."""
    hint: Any = kind
    for step in name.split("."):
        hint = _bare(_fields(typing.cast("Any", hint)).get(step)) if dataclasses.is_dataclass(hint) else None
    if hint is Path and not Path(_whole_path(text)).is_file():
        raise AccountFileMissingError(account=account, name=name, path=_whole_path(text))


def _whole_path(text: str) -> str:
    return str(Path(text).expanduser().absolute())


def _fields(kind: type[Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _bare(hint: Any) -> Any:
    """Without "or None"."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return next(each for each in typing.get_args(hint) if each is not type(None))
    return hint


def _typed(account: str, name: str, hint: Any, text: str) -> Any:
    expected = _expected(hint)
    try:
        if hint is bool:
            return _WORDS[text.lower()]
        if hint is int:
            return int(text, 0)
        if hint is float:
            return float(text)
    except (ValueError, KeyError):
        raise BadAccountSettingError(account=account, name=name, value=text, expected=expected) from None
    _value(account, name, hint, text)
    return text


def _value(account: str, name: str, hint: Any, value: Any) -> Any:
    """What was stored, as the field wants it."""
    wanted = _bare(hint)
    if value is None and wanted is not hint:
        return None
    if dataclasses.is_dataclass(wanted) and isinstance(value, dict):
        return read(account, typing.cast("Any", wanted), value)
    origin = typing.get_origin(wanted)
    if origin is not None and issubclass(origin, Mapping) and isinstance(value, dict):
        of_key, of_value = typing.get_args(wanted)
        return {
            _key(account, name, of_key, key): _value(account, f"{name}.{key}", of_value, each)
            for key, each in value.items()
        }
    if isinstance(wanted, type):
        if issubclass(wanted, enum.Enum):
            for each in wanted:
                if value in (each.value, each.name.lower()):
                    return each
        elif wanted is Path and isinstance(value, str):
            return Path(value)
        elif wanted is tzinfo and isinstance(value, str):
            with contextlib.suppress(ZoneInfoNotFoundError, ValueError, OSError):
                return ZoneInfo(value)
        elif wanted is float and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        elif isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool)):
            return value
    raise BadAccountSettingError(account=account, name=name, value=value, expected=_expected(wanted))


def _key(account: str, name: str, hint: Any, key: str) -> Any:
    return _typed(account, name, hint, key) if hint in (int, float) else key


def _expected(hint: Any) -> str:
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        words = (each.value if isinstance(each.value, str) else each.name.lower() for each in hint)
        return f"one of {', '.join(words)}"
    return {
        str: "a text",
        int: "a whole number",
        float: "a number",
        bool: "true or false",
        Path: "the path of a file",
        tzinfo: "a time zone, such as Europe/Amsterdam",
    }.get(hint, "a table, as NAME.KEY=VALUE")
