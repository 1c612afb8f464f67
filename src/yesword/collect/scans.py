"""Scans that wait for the rest of their list to be typed: in a folder that only the server reads, for a day at most.

Once a row counts, its person has a sealed copy; when the last row is in, this one is deleted.
"""

import os
import secrets
import time
from pathlib import Path
from typing import Final

from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.ids import BrandId
from yesword.proof.evidence.files import AcceptedFile, accept
from yesword.store.opening import Store

LASTS_S: Final = 24 * 3600
_FOLDER: Final = "scans"


def put(store: Store, brand: BrandId, scan: AcceptedFile) -> str:
    """The word by which it is found again."""
    folder = store.folder / _FOLDER
    folder.mkdir(exist_ok=True, mode=0o700)
    _drop_old(folder)
    word = secrets.token_hex(12)
    handle = os.open(_path(store, brand, word), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as writing:
        writing.write(scan.data)
    return word


def get(store: Store, brand: BrandId, word: str) -> AcceptedFile | None:
    """None where it is gone, or of another brand."""
    path = _path(store, brand, word) if word.isalnum() and word.isascii() else None
    if path is None or not path.exists():
        return None
    return accept(EvidenceKind.SCAN, path.read_bytes())


def drop(store: Store, brand: BrandId, word: str) -> None:
    if word.isalnum() and word.isascii():
        _path(store, brand, word).unlink(missing_ok=True)


def _path(store: Store, brand: BrandId, word: str) -> Path:
    return store.folder / _FOLDER / f"{brand}-{word}"


def _drop_old(folder: Path) -> None:
    for path in folder.iterdir():
        if path.stat().st_mtime < time.time() - LASTS_S:
            path.unlink(missing_ok=True)
