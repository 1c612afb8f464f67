"""Sealing: AES-256-GCM under a key per contact, wrapped by the key file; look-up by keyed HMAC.

A sealed value is `nonce (12) | ciphertext | tag (16)`. The additional data binds it to its place, so that a value cannot
be moved to another row.
"""

import hmac
import os
import secrets
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yesword.domain.errors import YeswordError

_NONCE = 12
_TAG = 16
OVERHEAD: Final = _NONCE + _TAG  # bytes that a sealed value has more than what it seals


class UnreadableError(YeswordError):
    """A sealed {what} does not open with its key. The key file is not the one it was sealed with, or the row was changed."""

    code = "unreadable"


class ErasedSinceError(UnreadableError):
    """The person was erased after the backup that this store comes from, so their {what} opens no more. Run `yesword store resume --yes`: it erases them here again, and stops again whoever has stopped since."""

    code = "erased_since"


class Seal:
    """One contact's key, ready for use. `is_second`: it took the place of one that an erasure destroyed."""

    __slots__ = ("_cipher", "_is_second")

    def __init__(self, key: bytes, *, is_second: bool = False) -> None:
        self._cipher = AESGCM(key)
        self._is_second = is_second

    def close(self, plain: bytes, place: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Raises UnreadableError: it was sealed by another key or for another place, or it was cut or changed."""
        what = place.decode(errors="replace").partition(":")[0]
        if len(sealed) < OVERHEAD:
            raise UnreadableError(what=what)
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place)
        except InvalidTag as error:
            raise (ErasedSinceError if self._is_second else UnreadableError)(what=what) from error


def new_key() -> bytes:
    return secrets.token_bytes(32)


def place(kind: str, row_id: int) -> bytes:
    """Where a sealed value belongs, e.g. `number:4711`."""
    return f"{kind}:{row_id}".encode()


class LookUp:
    """Finds a contact by number without holding the number: HMAC-SHA-256 under a pepper of the brand's own.

    Peppers are numbered. New digests use the newest; older ones are still asked for, since what is suppressed after
    an erasure cannot be hashed anew.
    """

    __slots__ = ("_of_brands", "_peppers", "newest")

    def __init__(self, peppers: Mapping[int, bytes]) -> None:
        self._peppers = dict(sorted(peppers.items(), reverse=True))
        self.newest = max(peppers)
        self._of_brands: dict[tuple[int, int], bytes] = {}

    @property
    def versions(self) -> tuple[int, ...]:
        """Newest first."""
        return tuple(self._peppers)

    def digest(self, brand: int, kind: str, value: str, pepper: int | None = None) -> bytes:
        of_brand = self._of_brands.get((brand, pepper or self.newest)) or self._pepper(
            brand, pepper or self.newest
        )
        return hmac.digest(of_brand, f"{kind}:{value}".encode(), "sha256")

    def _pepper(self, brand: int, pepper: int) -> bytes:
        made = hmac.digest(self._peppers[pepper], f"brand:{brand}".encode(), "sha256")
        return self._of_brands.setdefault((brand, pepper), made)

    def digests(self, brand: int, kind: str, value: str) -> tuple[bytes, ...]:
        """Under each pepper, newest first."""
        return tuple(self.digest(brand, kind, value, pepper) for pepper in self._peppers)
