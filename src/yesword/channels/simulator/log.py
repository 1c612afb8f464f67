"""What the simulated carrier took, written down before it answers.

One JSON object a line, appended with one write a batch before the batch is answered, so that what the
carrier took can be counted whatever becomes of the client:

    {"event":"accepted","at":…,"connection":…,"ref":…,"id":…,"from":…,"to":…,"sha256":…,"length":…[,"text":…]}
    {"event":"inbound","at":…,"id":…,"from":…,"to":…,"sha256":…,"length":…[,"text":…]}
    {"event":"acknowledged","at":…,"connection":…,"id":…,"kind":"text|report"}

`at` is in seconds since 1970, `ref` is the sender's message id.
"""

import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from yesword.channels.simulator.network import Row
from yesword.channels.simulator.protocol import encode


class CarrierLog:
    """What the carrier took, one write a batch, nothing held back in user space."""

    def __init__(self, path: Path | None, *, with_texts: bool) -> None:
        self._with_texts = with_texts
        self._file = (
            os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600) if path is not None else None
        )

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def accepted(self, connection: int, taken: list[tuple[str, Row]]) -> None:
        if self._file is None or not taken:
            return
        at = round(time.time(), 6)
        self._write(
            {
                "event": "accepted",
                "at": at,
                "connection": connection,
                "ref": ref,
                "id": message_id,
                **self._text(sender, number, text),
            }
            for message_id, (ref, sender, number, text) in taken
        )

    def inbound(self, inbound_id: str, number: str, address: str, text: str) -> None:
        if self._file is not None:
            at = round(time.time(), 6)
            self._write(
                [{"event": "inbound", "at": at, "id": inbound_id} | self._text(number, address, text)]
            )

    def acknowledged(self, connection: int, items: list[list[Any]]) -> None:
        if self._file is not None and items:
            at = round(time.time(), 6)
            self._write(
                {"event": "acknowledged", "at": at, "connection": connection, "id": item[2], "kind": item[1]}
                for item in items
            )

    def _text(self, sender: str, to: str, text: str) -> dict[str, Any]:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        entry: dict[str, Any] = {"from": sender, "to": to, "sha256": digest, "length": len(text)}
        if self._with_texts:
            entry["text"] = text
        return entry

    def _write(self, entries: Iterable[dict[str, Any]]) -> None:
        assert self._file is not None
        data = b"".join(encode(entry) for entry in entries)
        while data:
            data = data[os.write(self._file, data) :]
