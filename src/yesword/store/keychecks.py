"""Recognising the keys of a store. A wrong pepper opens everything and finds nobody: every stop would seem lifted."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.store.database import Session
from yesword.store.keyfiles import PEPPER, WRAPPING, KeyMissingError, Keys, key_file

_MESSAGE: Final = b"yesword: this key belongs to this store"


class WrongKeyError(YeswordError):
    """The key {name} is not the one that this store was made with. Nothing is sent; put the right file into the keys folder."""

    code = "key_wrong"


def check_keys(session: Session, keys: Keys, folder: object) -> None:
    """Raise KeyMissingError or WrongKeyError unless every key that the store knows is here. New ones become known."""
    known = {name: bytes(digest) for name, digest in session.rows("key_checks")}
    here = dict(_named(keys))
    for name, digest in known.items():
        if name not in here:
            raise KeyMissingError(folder=folder, name=f"{name}.key")
        if not hmac.compare_digest(digest, _check(here[name])):
            raise WrongKeyError(name=f"{name}.key")
    for name in here.keys() - known.keys():
        session.run("insert_key_check", name=name, digest=_check(here[name]))


def missing_key(session: Session, folder: Path) -> KeyMissingError | None:
    """The first of the keys that the store knows whose file is not there."""
    for name in sorted(name for name, _ in session.rows("key_checks")):
        kind, _, number = name.partition("-")
        if not key_file(folder, kind, int(number)).exists():
            return KeyMissingError(folder=folder, name=f"{name}.key")
    return None


def forget_key(session: Session, kind: str, number: int) -> None:
    """A key that nothing needs any more may be taken away."""
    session.run("delete_key_check", name=f"{kind}-{number}")


def _named(keys: Keys) -> Iterator[tuple[str, bytes]]:
    kinds: Mapping[str, Mapping[int, bytes]] = {WRAPPING: keys.wrapping, PEPPER: keys.peppers}
    for kind, numbered in kinds.items():
        for number, key in numbered.items():
            yield f"{kind}-{number}", key


def _check(key: bytes) -> bytes:
    return hmac.digest(key, _MESSAGE, hashlib.sha256)
