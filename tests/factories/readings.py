"""How a text is read, said by the test: what follows from a reading is tried without waiting for words that lead to it."""

from collections.abc import Sequence
from typing import Any

import pytest

from yesword.domain.understanding import Context, Intent, Kind, Scope, understand
from yesword.sending import listening

Readings = dict[str, Intent]


def read_as(kind: Kind, **more: Any) -> Intent:
    usual: dict[str, Any] = {"confidence": 0.95, "rule": "phrase: as the test says", "span": (0, 4)}
    return Intent(kind=kind, **(usual | more))


def leaving(confidence: float = 0.95, **more: Any) -> Intent:
    """A stop in the person's own words; below 0.9 it is not sure."""
    kind = more.pop("kind", Kind.OPT_OUT)
    return read_as(kind, confidence=confidence, is_withdrawal=True, **more)


def from_one_program(program: str | None, **more: Any) -> Intent:
    return leaving(scope=Scope.PROGRAM, program=program, **more)


def reading(monkeypatch: pytest.MonkeyPatch) -> Readings:
    """Texts of this dictionary are read as it says, all others as they always are."""
    known: Readings = {}

    def read(text: str, languages: Sequence[str], context: Context) -> Intent:
        return known[text] if text in known else understand(text, languages, context)

    monkeypatch.setattr(listening, "understand", read)
    return known
