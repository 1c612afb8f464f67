"""An id for texts that come in without one: the same when the carrier brings a text again, another for each new text.

SMPP names no text that a person sent. What a carrier brings again can only be something that was not acknowledged, so
only for those texts their words are remembered, as a digest: three times the same word are three texts, and a stop
after a start is never taken for an old one.
"""

import hashlib
import secrets
from collections import OrderedDict
from typing import Final, Protocol

from yesword.channels.smpp.pdu import ShortMessage

_MOST: Final = 10_000


class Bringer(Protocol):
    """The session over which a text came."""

    @property
    def lost(self) -> object | None: ...


class Identities:
    def __init__(self) -> None:
        # By digest, the ids of what was not acknowledged; and of those that are being taken in, over what they came.
        self._open: OrderedDict[str, list[str]] = OrderedDict()
        self._in_hand: dict[str, Bringer] = {}
        self._key = secrets.token_bytes(16)

    def id_of(self, message: ShortMessage, bringer: Bringer) -> str:
        """Of a text that was just brought. It is in hand until it is `acknowledged` or `refused`, and what comes meanwhile is
        another; but what came over a session that is lost since, the carrier brings again.
        """
        digest = _digest(message, self._key)
        ids = self._open.setdefault(digest, [])
        self._open.move_to_end(digest)
        found = next((each for each in ids if not self._is_in_hand(each)), None)
        if found is None:
            found = f"{digest}-{secrets.token_hex(4)}"
            ids.append(found)
        self._in_hand[found] = bringer
        while len(self._open) > _MOST:
            self._open.popitem(last=False)
        return found

    def acknowledged(self, provider_id: str) -> None:
        """The carrier knows that we have it: the same words are another text from here on."""
        self._in_hand.pop(provider_id, None)
        digest = provider_id.partition("-")[0]
        ids = self._open.get(digest)
        if ids is not None and provider_id in ids:
            ids.remove(provider_id)
            if not ids:
                del self._open[digest]

    def refused(self, provider_id: str, bringer: Bringer) -> None:
        """The carrier brings it again, and then it is the same text; or has done so already, over another session."""
        if self._in_hand.get(provider_id) is bringer:
            del self._in_hand[provider_id]

    def _is_in_hand(self, provider_id: str) -> bool:
        bringer = self._in_hand.get(provider_id)
        return bringer is not None and bringer.lost is None


def _digest(message: ShortMessage, key: bytes) -> str:
    fields = (message.source, message.destination, str(message.data_coding), str(message.esm_class))
    content = "\0".join(fields).encode("latin-1") + b"\0" + message.content
    return hashlib.blake2b(content, digest_size=12, key=key).hexdigest()
