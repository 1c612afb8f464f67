"""The whole store as text, to be searched for what must not be in it."""

import subprocess
from collections.abc import Mapping
from typing import Final

from yesword.store.opening import Store

_START: Final = 16  # characters that are compared first


def dump(store: Store) -> str:
    """All that the database and its files hold, the vault and the journals with it: as characters and as hex."""
    files = [path for path in store.folder.rglob("*") if path.is_file() and path.parent.name != "keys"]
    data = b"".join(path.read_bytes() for path in files)
    text = data.decode("latin-1") + data.decode("utf-8", errors="replace") + data.hex()
    if store.url is None:
        return text
    command = ["pg_dump", "--inserts", f"--dbname={store.url}"]
    return text + subprocess.run(command, check=True, capture_output=True).stdout.decode()


def found_in(text: str, digests: Mapping[str, str]) -> set[str]:
    """Whose digest, in hexadecimal, stands anywhere in the text: one walk over it, however many are looked for."""
    starts: dict[str, list[str]] = {}
    for digest in digests:
        starts.setdefault(digest[:_START], []).append(digest)
    return {
        digests[digest]
        for at in range(len(text) - _START)
        if (some := starts.get(text[at : at + _START]))
        for digest in some
        if text.startswith(digest, at)
    }
