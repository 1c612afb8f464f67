"""The shipped packs as they were read once, so that a command that asks one question need not read six thousand lines.

The file stands beside the packs and is made by `make docs`. It carries a key: a digest of every pack as it is written,
and of the code that reads them. Where that differs the file is stale, and nobody looks at it: the packs are read
instead, which takes longer and is never wrong.
"""

import hashlib
import io
import pickle
import zlib
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

from yesword.domain.rules.model import Pack

FILE: Final = "compiled.bin"
_READERS: Final = ("loader.py", "tables.py", "sources.py", "sources.toml")
_KEY_BYTES: Final = hashlib.sha256().digest_size


def key(packs: Mapping[str, str]) -> bytes:
    """What a compiled file was made from. Whoever has only bytecode has no key that fits, and reads the packs."""
    rules = resources.files("yesword.domain.rules")
    sources = [rules / name for name in _READERS]
    sources += [each for each in rules.joinpath("model").iterdir() if each.name.endswith(".py")]
    sources.append(resources.files("yesword.domain") / "hours.py")
    digest = hashlib.sha256()
    for source in sorted(sources, key=lambda each: each.name):
        if source.is_file():
            digest.update(hashlib.sha256(source.read_bytes()).digest())
    for name in sorted(packs):
        digest.update(hashlib.sha256(f"{name}\n{packs[name]}".encode()).digest())
    return digest.digest()


def load(packs: Mapping[str, str]) -> tuple[Pack, ...] | None:
    """The compiled packs; None where the file is missing, stale or not to be understood."""
    file = resources.files("yesword.domain.rules").joinpath("packs", FILE)
    if not file.is_file():
        return None
    data = file.read_bytes()
    if data[:_KEY_BYTES] != key(packs):
        return None
    try:
        found: tuple[Pack, ...] = _Values(io.BytesIO(zlib.decompress(data[_KEY_BYTES:]))).load()
    except (zlib.error, pickle.UnpicklingError, AttributeError, ValueError, EOFError):
        return None
    return found


def dump(packs: Mapping[str, str], read: tuple[Pack, ...]) -> bytes:
    return key(packs) + zlib.compress(pickle.dumps(read, protocol=5), 9)


class _Values(pickle.Unpickler):
    """Makes values of the domain and dates, and calls nothing else, whatever the file says."""

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name)
        is_value = module.startswith("yesword.domain.") and isinstance(found, type)
        if not (is_value or (module, name) in {("datetime", "date"), ("copyreg", "__newobj__")}):
            raise pickle.UnpicklingError(f"{module}.{name} is no value of a pack")
        return found
