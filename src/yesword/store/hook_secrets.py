"""Secrets that are shared with other systems: sealed in the database, under a key of their own in the folder of keys.

Without that key nobody can be told from a stranger, and nothing is lost but the secrets: they are set anew.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from yesword.store.keyfiles import named_key
from yesword.store.sealing import Seal, place

KEY: Final = "hooks.key"


def close(folder: Path, kind: str, row: int, secrets: Mapping[str, str]) -> bytes:
    """`kind` and `row`: whose they are, so that they open nowhere else."""
    return _seal(folder).close(json.dumps(dict(secrets)).encode(), place(kind, row))


def open_(folder: Path, kind: str, row: int, sealed: bytes) -> Mapping[str, str]:
    """Raises UnreadableError."""
    found: dict[str, str] = json.loads(_seal(folder).open(bytes(sealed), place(kind, row)))
    return found


def _seal(folder: Path) -> Seal:
    return Seal(named_key(folder, KEY, may_create=True))
