"""Key files: made on the first start, readable by their owner only, in a folder of their own.

Losing the key-wrapping key makes every number and text unreadable; losing the pepper makes every number unfindable.
They belong in a backup of their own, apart from the database.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.store import durable

WRAPPING: Final = "wrapping"
PEPPER: Final = "pepper"
HOLD: Final = "hold"

_KEY_BYTES: Final = 32
_FILE: Final = re.compile(r"([a-z]+)-([1-9][0-9]*)\.key")


class KeyMissingError(YeswordError):
    """The store in {folder} was made with the key {name}, which is not there. Restore the keys folder from its backup."""

    code = "key_missing"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Keys:
    """By number, of which the highest is in use: what wraps each contact's key, and what keys the look-up of numbers."""

    wrapping: Mapping[int, bytes]
    peppers: Mapping[int, bytes]
    # For proof that is kept for a legal claim only. May be taken off this machine: then nobody here can read it.
    holds: Mapping[int, bytes]


def load_keys(data_folder: Path, *, may_create: bool) -> Keys:
    """The keys of a store. They are created only where no store exists yet: a new key on an old store helps nobody."""
    return Keys(
        wrapping=_numbered(data_folder, WRAPPING, may_create=may_create),
        peppers=_numbered(data_folder, PEPPER, may_create=may_create),
        holds=_held(data_folder, may_create=may_create),
    )


def next_key(data_folder: Path, kind: str) -> int:
    """Make the next key of a kind; its number. Whoever has the store open does not know it before they open it again."""
    number = max(numbers(data_folder, kind)) + 1
    durable.create(keys_folder(data_folder) / f"{kind}-{number}.key", secrets.token_bytes(_KEY_BYTES))
    return number


def key_file(data_folder: Path, kind: str, number: int) -> Path:
    return keys_folder(data_folder) / f"{kind}-{number}.key"


def named_key(data_folder: Path, name: str, *, may_create: bool) -> bytes:
    """Another key of 32 bytes in the folder, such as the one that signs a ledger."""
    return _key(data_folder, name, may_create=may_create)


def django_secret(data_folder: Path) -> str:
    """Signs sessions and forms. A lost one only signs everybody out, so it may always be made anew."""
    return _key(data_folder, "django-secret", may_create=True).hex()


def shared_token(data_folder: Path, name: str) -> str:
    """A secret that processes of this installation share, such as the simulated carrier's."""
    return _key(data_folder, name, may_create=True).hex()


def keys_folder(data_folder: Path) -> Path:
    folder = data_folder / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _numbered(data_folder: Path, kind: str, *, may_create: bool) -> dict[int, bytes]:
    found = numbers(data_folder, kind) or [1]
    return {number: _key(data_folder, f"{kind}-{number}.key", may_create=may_create) for number in found}


def _held(data_folder: Path, *, may_create: bool) -> dict[int, bytes]:
    if may_create:
        return _numbered(data_folder, HOLD, may_create=True)
    return {
        number: _key(data_folder, f"{HOLD}-{number}.key", may_create=False)
        for number in numbers(data_folder, HOLD)
    }


def numbers(data_folder: Path, kind: str) -> list[int]:
    """Of the key files of a kind that are here."""
    found = (_FILE.fullmatch(path.name) for path in keys_folder(data_folder).iterdir())
    return sorted(int(each[2]) for each in found if each and each[1] == kind)


def _key(data_folder: Path, name: str, *, may_create: bool) -> bytes:
    folder = keys_folder(data_folder)
    path = folder / name
    if not path.exists():
        if not may_create:
            raise KeyMissingError(folder=data_folder, name=name)
        durable.create(path, secrets.token_bytes(_KEY_BYTES))
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise KeyMissingError(folder=data_folder, name=name)
    return key
