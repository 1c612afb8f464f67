"""Key files: made on the first start, readable by their owner only, in a folder of their own.

Losing the key-wrapping key makes every number and text unreadable; losing the pepper makes every number unfindable.
They belong in a backup of their own, apart from the database.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from yesword.domain.errors import YeswordError

_KEY_BYTES = 32


class KeyMissingError(YeswordError):
    """The store in {folder} was made with the key {name}, which is not there. Restore the keys folder from its backup."""

    code = "key_missing"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Keys:
    """`wrapping` wraps each contact's key; `pepper` keys the look-up of numbers."""

    wrapping: bytes
    pepper: bytes


def load_keys(data_folder: Path, *, may_create: bool) -> Keys:
    """The keys of a store. They are created only where no store exists yet: a new key on an old store helps nobody."""
    return Keys(
        wrapping=_key(data_folder, "wrapping-1.key", may_create=may_create),
        pepper=_key(data_folder, "pepper-1.key", may_create=may_create),
    )


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


def _key(data_folder: Path, name: str, *, may_create: bool) -> bytes:
    folder = keys_folder(data_folder)
    path = folder / name
    if not path.exists():
        if not may_create:
            raise KeyMissingError(folder=data_folder, name=name)
        _create(path)
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise KeyMissingError(folder=data_folder, name=name)
    return key


def _create(path: Path) -> None:
    """Write whole or not at all; of two processes that try at once, one wins and both read the same."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secrets.token_bytes(_KEY_BYTES))
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
