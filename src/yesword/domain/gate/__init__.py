"""The gate: the one function that decides each text. Pure and deterministic; it has no clock and fetches nothing."""

from yesword.domain.gate.decide import GATE_VERSION, decide, versions

__all__ = ["GATE_VERSION", "decide", "versions"]
