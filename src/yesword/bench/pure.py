"""What costs only the interpreter: the gate, measuring texts, reading replies, making ledger entries."""

import hashlib
from collections.abc import Iterator
from typing import Final

from yesword.bench import deciding, reading
from yesword.bench.rows import Figure, rate
from yesword.domain.text import measure
from yesword.ledger.entry import SectionValue, make_entry

_TEXTS: Final = (
    "Linde & Loom: 20% off all shoes this week. Show this text. Reply STOP to stop.",
    "Hör auf mir zu schreiben", "please stop by at five", "STOP", "JA!", "haal me van de lijst", "thanks, see you 🎉",
)  # fmt: skip


def figures() -> Iterator[Figure]:
    yield (sha := rate("sha-256 of 1 KiB", "1/s", _hashing))
    yield rate("ledger entries made", "1/s", _entries, against=sha)
    yield from deciding.figures(sha)
    yield rate("texts measured", "1/s", _measuring, against=sha)
    yield from reading.figures(sha)


def _hashing() -> int:
    data = bytes(1024)
    for _ in range(1000):
        hashlib.sha256(data).digest()
    return 1000


def _entries() -> int:
    sections: dict[str, SectionValue] = {
        "event": {
            "id": "evt_1",
            "type": "granted",
            "occurred_at": "2026-03-02T14:00:00.000Z",
            "seq": 1,
            "prev": None,
        },
        "subject": {"phone": "+31612345678", "subject_id": "0" * 32},
        "context": {"to": "800123"},
        "notice": {"id": "club", "version": 1, "lang": "nl", "sha256": "0" * 64, "text": "x" * 320},
        "evidence": [{"kind": "inbound_text", "sha256": "0" * 64, "size": 8, "media_type": "text/plain"}],
        "terms": {"controller": "Brand", "purposes": ["offers"], "legal_basis": "express_written"},
    }
    for _ in range(500):
        make_entry(sections)
    return 500


def _measuring() -> int:
    for text in _TEXTS:
        measure(text)
    return len(_TEXTS)
