"""The gate: the one function that decides each text. Pure and deterministic; it has no clock and fetches nothing."""

from yesword.domain.gate.decide import GATE_VERSION, decide, versions
from yesword.domain.gate.freshness import Term, needs_reconfirming, terms

__all__ = ["GATE_VERSION", "Term", "decide", "needs_reconfirming", "terms", "versions"]
