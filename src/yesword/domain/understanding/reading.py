"""The order in which a text is read. The layers themselves are `commands` and `phrases`."""

from collections.abc import Sequence
from dataclasses import replace

from yesword.domain.understanding.commands import (
    read_command,
    read_near_miss,
    read_opt_out,
    read_slip,
    read_weak_word,
)
from yesword.domain.understanding.intent import Context, Intent, Kind
from yesword.domain.understanding.normalise import normalise
from yesword.domain.understanding.phrases import read_phrase

_NOTHING_ASKED = Context()
# Phones report a reaction as a text that quotes ours, STOP line and all.
_REACTIONS = ("liked", "loved", "disliked", "laughed at", "emphasized", "emphasised", "questioned", "reacted")
_CLOSING_QUOTES = '”"»“'


def understand(text: str, languages: Sequence[str] = (), context: Context = _NOTHING_ASKED) -> Intent:
    """What the sender of this text wants. Pure, total, and in time linear in the text.

    `languages` are hints, best first, and go before those of the context; opt-out words of every language
    count whatever they say.
    """
    if languages:
        context = replace(context, languages=tuple(dict.fromkeys((*languages, *context.languages))))
    form = normalise(text)
    if not form.tokens:
        return Intent(kind=Kind.OTHER, confidence=1.0, rule="empty")
    if intent := read_opt_out(form, context):
        return intent
    if _is_reaction(text):
        return Intent(kind=Kind.OTHER, confidence=0.95, rule="reaction")
    return (
        read_command(form, context)
        or read_phrase(form, context)
        or read_near_miss(form, context)
        or read_slip(form, context)
        or read_weak_word(form, context)
        or Intent(kind=Kind.OTHER, confidence=0.9, rule="nothing_matched")
    )


def _is_reaction(text: str) -> bool:
    """Liked “Club offers … Reply STOP to end”."""
    bare = text.strip()
    return (
        bare[-1:] in _CLOSING_QUOTES
        and bare.lower().startswith(_REACTIONS)
        and len(set(bare) & set('“”"»«')) > 0
    )
