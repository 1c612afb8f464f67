"""Which texts a person should look at, and what may be done about each. Who does it, and what it changes, is elsewhere."""

import enum
from collections.abc import Mapping
from typing import Final

from yesword.domain.understanding import Intent, Kind

CONVERSATION: Final = (
    "conversation"  # what became of a text that is nobody's command: somebody should answer it
)
NOTHING_ELSE: Final = "nothing_else"  # of one that would end all but the only texts that there are
_WEAK_WORD: Final = "weak_word"
_SUSPECTED: Final = "suspected"


class TriageKind(enum.StrEnum):
    """Why somebody should look, the most urgent first."""

    PROBABLE_STOP = "probable_stop"  # texts were ended on a reading that is not sure
    PRIVACY_REQUEST = "privacy_request"
    COMPLAINT = "complaint"
    PERHAPS_STOP = "perhaps_stop"  # a word or a suspicion too weak to end anything: texts go on
    QUESTION = "question"


class TriageState(enum.StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"  # it was a stop
    UNDONE = "undone"  # it was none
    ANSWERED = "answered"
    DONE = "done"


class Verb(enum.StrEnum):
    """What somebody may do about a text."""

    CONFIRM = "confirm"
    UNDO = "undo"
    STOP = "stop"
    ANSWER = "answer"
    DONE = "done"


VERBS: Final[Mapping[TriageKind, tuple[Verb, ...]]] = {
    TriageKind.PROBABLE_STOP: (Verb.CONFIRM, Verb.UNDO),
    TriageKind.PRIVACY_REQUEST: (Verb.ANSWER, Verb.DONE),
    TriageKind.COMPLAINT: (Verb.ANSWER, Verb.DONE),
    TriageKind.PERHAPS_STOP: (Verb.STOP, Verb.ANSWER, Verb.DONE),
    TriageKind.QUESTION: (Verb.ANSWER, Verb.DONE),
}
BECOMES: Final[Mapping[Verb, TriageState]] = {
    Verb.CONFIRM: TriageState.CONFIRMED,
    Verb.STOP: TriageState.CONFIRMED,
    Verb.UNDO: TriageState.UNDONE,
    Verb.ANSWER: TriageState.ANSWERED,
    Verb.DONE: TriageState.DONE,
}


def urgency(kind: TriageKind) -> int:
    """Its place in the queue, the smallest first: of one kind, the oldest."""
    return _ORDER[kind]


_ORDER: Final = {kind: place for place, kind in enumerate(TriageKind)}


def kinds_said(intent: Intent) -> tuple[Kind, ...]:
    """All that the text says, what it wants first."""
    return tuple(dict.fromkeys((intent.kind, *intent.also)))


def triage_kind(intent: Intent, what: str, *, is_guess: bool = False) -> TriageKind | None:
    """The most urgent reason to look at a text, if there is any. `what` is what became of it.

    `is_guess`: it withdrew, and how much of it had to be guessed.
    """
    has_ended = intent.is_withdrawal and what != NOTHING_ELSE
    if has_ended and (intent.is_probable or is_guess):
        return TriageKind.PROBABLE_STOP
    if intent.right is not None:
        return TriageKind.PRIVACY_REQUEST
    if Kind.COMPLAINT in kinds_said(intent):
        return TriageKind.COMPLAINT
    if has_ended:
        return None
    if what == NOTHING_ELSE:
        return TriageKind.PERHAPS_STOP if intent.is_probable else TriageKind.QUESTION
    if intent.rule == _WEAK_WORD or intent.rule.startswith(_SUSPECTED):
        return TriageKind.PERHAPS_STOP
    return TriageKind.QUESTION if what == CONVERSATION else None
