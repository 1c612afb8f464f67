"""Sealing: AES-256-GCM under a key per contact, wrapped by the key file; look-up by keyed HMAC.

A sealed value is `nonce (12) | ciphertext | tag (16)`. The additional data binds it to its place, so that a value cannot
be moved to another row.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yesword.domain.errors import YeswordError

_NONCE = 12


class UnreadableError(YeswordError):
    """A sealed {what} does not open with its key. The key file is not the one it was sealed with, or the row was changed."""

    code = "unreadable"


class Seal:
    """One contact's key, ready for use."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, plain: bytes, place: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place)
        except InvalidTag as error:
            raise UnreadableError(what=place.decode(errors="replace").partition(":")[0]) from error


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

    __slots__ = ("_peppers", "newest")

    def __init__(self, peppers: Mapping[int, bytes]) -> None:
        self._peppers = dict(sorted(peppers.items(), reverse=True))
        self.newest = max(peppers)

    @property
    def versions(self) -> tuple[int, ...]:
        """Newest first."""
        return tuple(self._peppers)

    def digest(self, brand: int, kind: str, value: str, pepper: int | None = None) -> bytes:
        secret = self._peppers[pepper or self.newest]
        brand_pepper = hmac.digest(secret, f"brand:{brand}".encode(), hashlib.sha256)
        return hmac.digest(brand_pepper, f"{kind}:{value}".encode(), hashlib.sha256)

    def digests(self, brand: int, kind: str, value: str) -> tuple[bytes, ...]:
        """Under each pepper, newest first."""
        return tuple(self.digest(brand, kind, value, pepper) for pepper in self._peppers)
