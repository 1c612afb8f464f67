"""An id for texts that come in without one: the same when the carrier brings a text again, another for each new text.

SMPP names no text that a person sent. What a carrier brings again can only be something that was not acknowledged, so
only for those texts their words are remembered, as a digest: three times the same word are three texts, and a stop
after a start is never taken for an old one.
"""

import hashlib
import secrets
from collections import Counter, OrderedDict
from typing import Final

from yesword.channels.smpp.pdu import ShortMessage

_MOST: Final = 10_000


class Identities:
    def __init__(self) -> None:
        self._open: OrderedDict[str, list[str]] = (
            OrderedDict()
        )  # digest to the ids that were not acknowledged

        self._key = secrets.token_bytes(16)

    def batch(self) -> "Batch":
        return Batch(self._open, self._key)

    def acknowledged(self, provider_id: str) -> None:
        """The carrier knows that we have it: the same words are another text from here on."""
        digest = provider_id.partition("-")[0]
        ids = self._open.get(digest)
        if ids is not None and provider_id in ids:
            ids.remove(provider_id)
            if not ids:
                del self._open[digest]


class Batch:
    """Texts that come together are never the same text."""

    def __init__(self, known: OrderedDict[str, list[str]], key: bytes) -> None:
        self._open = known
        self._key = key
        self._used: Counter[str] = Counter()

    def id_of(self, message: ShortMessage) -> str:
        digest = _digest(message, self._key)
        ids = self._open.setdefault(digest, [])
        self._open.move_to_end(digest)
        if self._used[digest] == len(ids):
            ids.append(f"{digest}-{secrets.token_hex(4)}")
        self._used[digest] += 1
        while len(self._open) > _MOST:
            self._open.popitem(last=False)
        return ids[self._used[digest] - 1]


def _digest(message: ShortMessage, key: bytes) -> str:
    fields = (message.source, message.destination, str(message.data_coding), str(message.esm_class))
    content = "\0".join(fields).encode("latin-1") + b"\0" + message.content
    return hashlib.blake2b(content, digest_size=12, key=key).hexdigest()
