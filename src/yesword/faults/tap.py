"""What goes over a wire to a carrier, read along: which text was written, and which text from a person was acknowledged.

The order in which the wire saw these is what a stop is judged by. The peer's own log cannot say it: a peer that was paused
reads what was written before an acknowledgement after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from yesword.channels.simulator.smsc import REFERENCE
from yesword.channels.smpp import pdu
from yesword.channels.smpp.pdu import Frames, PduError

WRITTEN: Final = "written"
ANSWERED: Final = "answered"
_KINDS_OF_REPORTS: Final = 0x3C  # bits of esm_class that say that it is no text

Entry = Mapping[str, Any]


@dataclass(kw_only=True)
class Tap:
    """Of one connection, both ways."""

    _from_us: Frames = field(default_factory=Frames)
    _from_peer: Frames = field(default_factory=Frames)
    _brought: dict[int, str] = field(default_factory=dict)  # sequence number to the text's id

    def from_us(self, data: bytes) -> tuple[list[Entry], list[Entry]]:
        """Texts that were written, and acknowledgements."""
        written: list[Entry] = []
        answered: list[Entry] = []
        for command, status, sequence, body in self._from_us.feed(data):
            if command == pdu.SUBMIT_SM:
                written += _written(body)
            elif command == pdu.DELIVER_SM | pdu.RESPONSE:
                text = self._brought.pop(sequence, "")
                if text and status == 0:
                    answered.append({"event": ANSWERED, "id": text})
        return written, answered

    def from_peer(self, data: bytes) -> None:
        for command, _, sequence, body in self._from_peer.feed(data):
            if command != pdu.DELIVER_SM:
                continue
            try:
                message = pdu.read_short_message(body)
            except PduError:
                continue
            if not message.esm_class & _KINDS_OF_REPORTS:
                text = (
                    message.tlvs.get(pdu.RECEIPTED_MESSAGE_ID, b"").rstrip(b"\0").decode("ascii", "replace")
                )
                self._brought[sequence] = text


def _written(body: bytes) -> list[Entry]:
    try:
        message = pdu.read_short_message(body)
    except PduError:
        return []
    reference = message.tlvs.get(REFERENCE, b"")
    if not reference.isdigit():
        return []
    return [{"event": WRITTEN, "ref": int(reference), "to": f"+{message.destination.removeprefix('+')}"}]
