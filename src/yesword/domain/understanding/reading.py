"""The order in which a text is read, and how rules and model are weighed. The layers themselves stand in their own modules.

Exact words first, whatever was asked. Then what phones and commands say. Free text last: a phrase that ends texts is
believed unless the model is sure of the opposite, and where no phrase speaks the model may be sure enough alone. What is
unsure and plausibly a wish to leave ends texts, with a confidence that puts it before a person.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from yesword.domain.understanding import model, topics
from yesword.domain.understanding.commands import (
    is_one_word,
    read_command,
    read_first_sentence,
    read_near_miss,
    read_opt_out,
    read_slip,
    read_stop_in_answer,
    read_weak_word,
)
from yesword.domain.understanding.intent import SURE, Context, Intent, Kind, PendingKind, Scope
from yesword.domain.understanding.model import Wish
from yesword.domain.understanding.normalise import MARKS, Normalised, normalise
from yesword.domain.understanding.phrases import VETO, read_phrase
from yesword.domain.understanding.reactions import is_reaction

_NOTHING_ASKED = Context()
_LONGEST_SIGNATURE: Final = 5  # tokens

# Chosen on texts that neither rules nor model were made from; docs/explanation/replies.md has the figures.
LEAVES: Final = 0.7  # from here the model alone ends texts
LEAVES_THOUGH: Final = 0.95  # the same, where a phrase says something else
NEVER: Final = 1.1  # and where a guard vetoed one, it only suspects
ANSWERS: Final = 0.97  # what the model ends texts on has to be meant for a business
STAYS: Final = 0.1  # below, the model overrules a phrase that would end texts
DOUBTFUL: Final = 0.8  # how sure a phrase is at most that the model doubts
DOUBTS: Final = 0.5  # below, a phrase is not sure; above, a text without one is worth a look


def understand(
    text: str,
    languages: Sequence[str] = (),
    context: Context = _NOTHING_ASKED,
    *,
    with_model: bool = True,
) -> Intent:
    """What the sender of this text wants. Pure, total, and in time linear in the text.

    `languages` are hints, best first, and go before those of the context; opt-out words of every language
    count whatever they say. Without the model only words and phrases speak.
    """
    if languages and tuple(languages) != context.languages:
        context = replace(context, languages=tuple(dict.fromkeys((*languages, *context.languages))))
    form = normalise(text)
    if not form.tokens:
        return Intent(kind=Kind.OTHER, confidence=1.0, rule="empty")
    if intent := read_opt_out(form, context):
        return _with_what_else(intent, form, context)
    if is_reaction(text):
        return Intent(kind=Kind.OTHER, confidence=0.95, rule="reaction")
    if intent := read_command(form, context):
        return intent
    said = read_near_miss(form, context) or read_slip(form, context) or read_stop_in_answer(form, context)
    if said is None:
        said = _read_free_text(form, context, with_model=with_model)
    return _with_what_else(said, form, context)


def is_yes(text: str, languages: Sequence[str] = ()) -> bool:
    """Whether it would be a yes, had anything been asked."""
    context = Context(pending=PendingKind.UNKNOWN, languages=tuple(languages))
    said = read_command(normalise(text), context)
    # What leaves or reacts goes before any answer.
    return (
        said is not None and said.kind is Kind.CONFIRM and understand(text, (), context).kind is Kind.CONFIRM
    )


def _read_free_text(form: Normalised, context: Context, *, with_model: bool) -> Intent:
    bare = form.unmasked()
    said = read_phrase(form, context) or (read_phrase(bare, context) if bare is not form else None)
    if said is None and (weak := read_weak_word(form, context)):
        return weak
    first = read_first_sentence(form, context) if said is None or not said.is_withdrawal else None
    if first is not None and first.is_withdrawal:
        return first
    if with_model and not is_one_word(form):
        said = _weighed(said, form, model.words_of(bare), context)
    if first is not None and (said is None or not said.is_withdrawal):
        return first
    return said or Intent(kind=Kind.OTHER, confidence=0.9, rule="nothing_matched")


def _weighed(said: Intent | None, form: Normalised, words: Sequence[str], context: Context) -> Intent | None:
    """What the phrases say, in the light of what the model thinks of the whole text."""
    wish = _wish(form, words)
    if said is None:
        return _suspect(form, words, wish, LEAVES, context) if wish.likelihood >= DOUBTS else None
    if said.is_withdrawal:
        # Who says which texts are to end, and which to go on, speaks of texts.
        if wish.likelihood < STAYS and said.scope is Scope.UNSPECIFIED:
            return _doubted(said)
        is_doubtful = wish.likelihood < DOUBTS
        return replace(said, confidence=min(said.confidence, DOUBTFUL)) if is_doubtful else said
    if wish.likelihood < LEAVES_THOUGH:
        return said
    suspected = _suspect(form, words, wish, NEVER if said.rule.startswith(VETO) else LEAVES_THOUGH, context)
    # What else a phrase has read is not for the model to weigh: a right, least of all.
    kinds = (said.kind, *said.also) if said.kind is not Kind.OTHER else said.also
    return replace(
        suspected, right=said.right, also=tuple(kind for kind in kinds if kind is not suspected.kind)
    )


def _wish(form: Normalised, words: Sequence[str]) -> Wish:
    """What the model thinks of the text; or of all but its last line, if that is short: people sign their texts."""
    whole = model.weigh(words)
    first, after = form.lines()[-1]
    above = sum(token not in MARKS for token in form.tokens[:first])
    if not 0 < above < len(words) or after - first > _LONGEST_SIGNATURE:
        return whole
    return max(whole, model.weigh(words[:above]), key=lambda wish: wish.likelihood)


def _suspect(form: Normalised, words: Sequence[str], wish: Wish, least: float, context: Context) -> Intent:
    """What the model alone reads: from `least` a wish to leave, and below one that somebody should look for."""
    leaves = wish.leaves >= least and wish.answers >= ANSWERS and not model.is_strange(words)
    places = [index for index, token in enumerate(form.tokens) if token not in MARKS][: len(words)]
    first, after = model.moved_by(words)
    first, after = places[first], places[after - 1] + 1
    return Intent(
        kind=Kind.OPT_OUT if leaves else Kind.OTHER,
        confidence=round(min(wish.likelihood, SURE - 0.01), 2),
        span=form.span(first, after),
        matched=" ".join(form.tokens[first:after]),
        rule="model" if leaves else "suspected",
        is_withdrawal=leaves,
        language=next(iter(context.languages), None),
    )


def _doubted(said: Intent) -> Intent:
    """A phrase that would end texts, in a text that reads like anything but that."""
    return Intent(
        kind=Kind.OTHER,
        confidence=0.7,
        span=said.span,
        matched=said.matched,
        rule=f"suspected, {said.rule}",
        language=said.language,
        right=said.right,
        also=(said.kind, *said.also),
    )


def _with_what_else(intent: Intent, form: Normalised, context: Context) -> Intent:
    """Which texts a withdrawal is about, where it says so."""
    if not intent.is_withdrawal:
        return intent
    program = intent.program
    if program is None and intent.scope in {Scope.PROGRAM, Scope.OTHERS}:
        # Only what the phrase itself names: elsewhere the text may speak of what is to go on.
        program = topics.program_named(intent.matched.split(), context)
    names_email = topics.names_email(form.words)
    if program == intent.program and not names_email:
        return intent
    return replace(intent, program=program, names_email=names_email)
