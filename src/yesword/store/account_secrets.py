"""Secrets of accounts with carriers: one file an account in the folder of keys, for its owner only.

They are never in the database, so its backup lets nobody send. An account's file also holds the random word of the
address at which its carrier calls.
"""

import json
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.store import durable
from yesword.store.keyfiles import keys_folder
from yesword.store.opening import Store

CALLBACK_WORD: Final = "callback_word"
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", re.ASCII)
_WORD_BYTES: Final = 16


class BadAccountKeyError(YeswordError):
    """{key} is no key for an account. Use letters, digits, hyphens and underscores, 40 at most."""

    code = "bad_account_key"


class UnreadableSecretsError(YeswordError):
    """The secrets of the account {account} cannot be read. Set them anew with `yesword account secret`."""

    code = "account_secrets_unreadable"


def read(store: Store, account: str) -> Mapping[str, str]:
    """Empty where nothing was ever set. Raises UnreadableSecretsError."""
    try:
        found = json.loads(_path(store, account).read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        raise UnreadableSecretsError(account=account) from None
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise UnreadableSecretsError(account=account)
    return found


def changed(store: Store, account: str) -> tuple[int, int]:
    """Another pair after each change: they are replaced as a whole, by another file."""
    try:
        found = _path(store, account).stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_ino, found.st_mtime_ns


def write(store: Store, account: str, values: Mapping[str, str]) -> None:
    """Put these in the place of all that was there. Durable on return."""
    durable.replace(_path(store, account), json.dumps(dict(values)).encode())


def set_one(store: Store, account: str, name: str, value: str) -> None:
    write(store, account, {**read(store, account), name: value})


def callback_word(store: Store, account: str) -> str:
    """Made when it is first asked for."""
    known = read(store, account).get(CALLBACK_WORD)
    if known:
        return known
    set_one(store, account, CALLBACK_WORD, secrets.token_urlsafe(_WORD_BYTES))
    return read(store, account)[CALLBACK_WORD]


def forget(store: Store, account: str) -> None:
    _path(store, account).unlink(missing_ok=True)


def check_key(account: str) -> None:
    """Raises BadAccountKeyError for what could name another file, or cannot stand in an address."""
    if not _KEY.fullmatch(account):
        raise BadAccountKeyError(key=account)


def _path(store: Store, account: str) -> Path:
    check_key(account)
    return keys_folder(store.folder) / f"account-{account}.json"
