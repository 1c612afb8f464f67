"""What was sent to one person in a span of time, or that nothing was: a file that anybody can check, offline."""

from yesword.ledger.silence.checking import LIMITS, FoundText, Look, SilenceCheck, SilenceFinding, check
from yesword.ledger.silence.form import (
    MAX_SILENCE_BYTES,
    Placed,
    ShownHandOver,
    Silence,
    UnreadableSilenceError,
    is_silence,
    read_silence,
    write_silence,
)

__all__ = [
    "LIMITS",
    "MAX_SILENCE_BYTES",
    "FoundText",
    "Look",
    "Placed",
    "ShownHandOver",
    "Silence",
    "SilenceCheck",
    "SilenceFinding",
    "UnreadableSilenceError",
    "check",
    "is_silence",
    "read_silence",
    "write_silence",
]
