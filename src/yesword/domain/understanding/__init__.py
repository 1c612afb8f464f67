"""Understanding what a person texts back: `understand(text) -> Intent`."""

from yesword.domain.understanding.commands import is_opt_out
from yesword.domain.understanding.intent import Context, Intent, Kind, Label, PendingKind, Right, Scope
from yesword.domain.understanding.reading import is_yes, understand

__all__ = [
    "Context",
    "Intent",
    "Kind",
    "Label",
    "PendingKind",
    "Right",
    "Scope",
    "is_opt_out",
    "is_yes",
    "understand",
]
