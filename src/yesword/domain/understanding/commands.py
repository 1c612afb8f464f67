"""Whole messages that are a command: an opt-out word, an answer, a program's keyword, START or HELP.

Free text belongs to `phrases`; the order in which the layers speak belongs to `reading`.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from yesword.domain.understanding.intent import Context, Intent, Kind, PendingKind, Scope
from yesword.domain.understanding.keywords import (
    ANY_LANGUAGE,
    Keyword,
    Words,
    courtesies,
    courtesies_around_a_stop,
    found,
    language_of,
    words_around_a_stop,
)
from yesword.domain.understanding.normalise import (
    MARKS,
    PAUSE_MARK,
    SIGNS,
    STOP_MARK,
    Normalised,
    normalise,
    unmasked,
)
from yesword.domain.understanding.slips import is_one_slip, meant_by

# Everybody's yes and no: a Dutch program may be answered in German. Elsewhere a short yes is too easily
# another language's thanks or filler (tak, da, si), so it needs a hint.
_HOUSE_LANGUAGES: Final = frozenset({"en", "nl", "sv", "de", "da", ANY_LANGUAGE})
# In a poll or a conversation a YES, a JOIN or a keyword is an answer to somebody, not to us.
_TALKING: Final = frozenset({PendingKind.POLL, PendingKind.CONVERSATION})

_STOPS: Final = frozenset({"stop", "stopp"})
_TO: Final = frozenset({"to", "naar", "till", "an", "til", "au", "al", "a", "para", "do", "na"})
_LONGEST_COURTESY = 4
_LONGEST_FIRST_SENTENCE: Final = 4  # words
_SHORTEST_GUESSABLE = 4
_LONGEST_ANSWER: Final = 4  # words of a poll's answer that holds a STOP
LONGEST_COMMAND: Final = 24  # different words; longer texts are no command, and this keeps hostile ones cheap
_REMEMBERED_KEYWORDS: Final = 4_096


def is_opt_out(words: Words) -> bool:
    """Whether a message of just these words leaves. Programs may not choose such a keyword."""
    return bool(_opt_out_rows(words))


def _without(words: Words, phrases: frozenset[Words]) -> Words:
    """Without these phrases at either end; at least one word is left."""
    is_changed = True
    while is_changed and words:
        is_changed = False
        for length in range(min(_LONGEST_COURTESY, len(words) - 1), 0, -1):
            if words[-length:] in phrases:
                words, is_changed = words[:-length], True
                break
            if words[:length] in phrases:
                words, is_changed = words[length:], True
                break
    return words


def _without_signs(words: Words) -> Words:
    if SIGNS.isdisjoint(words):
        return words
    return tuple(word for word in words if word not in SIGNS) or words


def _said_once(words: Words) -> Words:
    """Said once: stop stop stop, stopstop, stop all stop all."""
    if len(set(words)) == 1:
        half = words[0][: len(words[0]) // 2]
        return (half,) if half and words[0] == half * 2 else words[:1]
    for length in range(2, len(words) // 2 + 1):
        if len(words) % length == 0 and words == words[:length] * (len(words) // length):
            return words[:length]
    return words


def _unrepeated(words: Words) -> Words:
    """A long text without what it says again and again: STOP, thirty times, is a STOP."""
    return words if len(words) <= LONGEST_COMMAND else tuple(dict.fromkeys(words))


@lru_cache(_REMEMBERED_KEYWORDS)
def _words_of(keyword: str) -> Words:
    return normalise(keyword).words


def _opt_out_rows(words: Words) -> tuple[Keyword, ...]:
    """The rows that make these words an opt-out, tolerant of what people put around the word."""
    if rows := found(words, Kind.OPT_OUT):
        return rows
    bare = tuple([unmasked(word) for word in words])
    if len(bare) > 2 and all(len(word) == 1 for word in bare):
        bare = ("".join(bare),)  # spelled out, s t o p, but never two words into one
    bare = _said_once(bare)
    if not all(word in words_around_a_stop() or word.isdigit() or word in _TO for word in bare):
        return ()
    bare = _without_signs(bare)
    if rows := found(bare, Kind.OPT_OUT):
        return rows
    plain = _said_once(_without(_said_once(bare), courtesies_around_a_stop()))
    if rows := found(plain, Kind.OPT_OUT):
        return rows
    # STOP 36180, STOP to 36180: the number that our own text told them to write to.
    if 2 <= len(plain) <= 3 and plain[0] in _STOPS and plain[-1].isdigit() and 3 <= len(plain[-1]) <= 6:
        return found(plain[:1], Kind.OPT_OUT) if len(plain) == 2 or plain[1] in _TO else ()
    return _all_commands(plain)


def _all_commands(words: Words) -> tuple[Keyword, ...]:
    """STOP CANCEL END, HELP STOP: nothing but command words, and one of them leaves."""
    if len(words) < 2:
        return ()
    rows = tuple(row for word in words for row in found((word,), Kind.OPT_OUT))
    kinds = (Kind.OPT_OUT, Kind.HELP, Kind.OPT_IN)
    return rows if rows and all(any(found((word,), kind) for kind in kinds) for word in words) else ()


def read_opt_out(form: Normalised, context: Context) -> Intent | None:
    """The whole message, or one line of it, is an opt-out word of any language, whatever was asked."""
    words = _unrepeated(form.words)
    if len(words) <= LONGEST_COMMAND:
        if rows := _opt_out_rows(words):
            return _opt_out(form, (0, len(form.tokens)), rows, context)
        if intent := _read_named_stop(form, words, context):
            return intent
    lines = form.lines()
    if len(lines) == 1:
        return None
    for first, after in lines:
        words = _unrepeated(tuple([token for token in form.tokens[first:after] if token not in MARKS]))
        if 0 < len(words) <= LONGEST_COMMAND and (rows := _opt_out_rows(words)):
            return _opt_out(form, (first, after), rows, context)
    return None


def _opt_out(form: Normalised, part: tuple[int, int], rows: tuple[Keyword, ...], context: Context) -> Intent:
    words = tuple(token for token in form.tokens[slice(*part)] if token not in MARKS)
    is_exact = bool(found(words, Kind.OPT_OUT) or found(_without_signs(words), Kind.OPT_OUT))
    is_whole = part == (0, len(form.tokens))
    return Intent(
        kind=Kind.OPT_OUT,
        scope=Scope.EVERYTHING if any(row.is_everything for row in rows) else Scope.UNSPECIFIED,
        confidence=1.0 if is_whole and is_exact else 0.97,
        span=form.span(*part),
        matched=" ".join(form.tokens[slice(*part)]),
        rule="keyword" if is_whole else "keyword_line",
        is_withdrawal=True,
        is_per_se=is_exact and any(row.is_per_se for row in rows),
        language=language_of(rows, context.languages),
    )


def _read_named_stop(form: Normalised, said: Words, context: Context) -> Intent | None:
    """STOP EVENTS ends one program, said in so many words; STOP and the brand's name is a STOP."""
    words = _without(said, courtesies_around_a_stop())
    if len(words) < 2:
        return None
    keywords = ((keyword, program, keyword) for keyword, program in context.program_keywords)
    topics = ((name, program, None) for program, names in context.program_topics for name in names)
    brands = ((brand, None, None) for brand in context.brands)
    for name, program, keyword in (*keywords, *topics, *brands):
        own = _words_of(name)
        if not own or own[0] not in words:
            continue
        for rest in (words[: -len(own)], words[len(own) :]):
            if sorted(rest + own) == sorted(words) and (rows := found(rest, Kind.OPT_OUT)):
                return Intent(
                    kind=Kind.OPT_OUT,
                    scope=Scope.UNSPECIFIED if program is None else Scope.PROGRAM,
                    confidence=0.98,
                    span=form.span(0, len(form.tokens)),
                    matched=form.text,
                    rule="keyword_brand" if program is None else "keyword_program",
                    is_withdrawal=True,
                    language=language_of(rows, context.languages),
                    keyword=keyword,
                    program=program,
                )
    return None


def read_first_sentence(form: Normalised, context: Context) -> Intent | None:
    """STOP. Call me instead: a sentence of its own that leaves, before all else. Stopped at once, and looked at.

    Behind a comma (Stop, I'm driving) it ends nothing, and is looked at all the same.
    """
    end = next((index for index, token in enumerate(form.tokens) if token in {STOP_MARK, PAUSE_MARK}), 0)
    words = tuple(token for token in form.tokens[:end] if token not in MARKS)
    if not 0 < len(words) <= _LONGEST_FIRST_SENTENCE:
        return None
    rows = tuple(row for row in _opt_out_rows(words) if row.is_per_se or words[0] in _STOPS)
    if not rows:
        return None
    leaves = form.tokens[end] == STOP_MARK
    return Intent(
        kind=Kind.OPT_OUT if leaves else Kind.OTHER,
        confidence=0.8 if leaves else 0.6,
        span=form.span(0, end),
        matched=" ".join(words),
        rule="first_sentence" if leaves else "suspected, first words",
        is_withdrawal=leaves,
        language=language_of(rows, context.languages),
    )


def read_stop_in_answer(form: Normalised, context: Context) -> Intent | None:
    """B STOP: the answer of a poll or a contest, and the word that the law names before or behind it.

    Where no poll is open, only a letter or a number is taken for the answer.
    """
    words = form.words
    if not 2 <= len(words) <= _LONGEST_ANSWER:
        return None
    for place in (len(words) - 1, 0):
        rest = words[:place] + words[place + 1 :]
        if context.pending is not PendingKind.POLL and any(
            len(each) > 1 and not each.isdigit() for each in rest
        ):
            continue
        rows = tuple(row for row in found((words[place],), Kind.OPT_OUT) if row.is_per_se)
        if rows:
            at = [index for index, token in enumerate(form.tokens) if token not in MARKS][place]
            return Intent(
                kind=Kind.OPT_OUT,
                confidence=0.85,
                span=form.span(at, at + 1),
                matched=words[place],
                rule="stop_in_answer",
                is_withdrawal=True,
                language=language_of(rows, context.languages),
            )
    return None


def read_slip(form: Normalised, context: Context) -> Intent | None:
    """One word that was meant to be an opt-out word: unsubcribe, afmelen. Stopped at once, and looked at."""
    if len(form.tokens) > LONGEST_COMMAND:
        return None
    words = _without(_without_signs(form.words), courtesies())
    rows = meant_by(words[0]) if len(words) == 1 else ()
    if not rows:
        return None
    return Intent(
        kind=Kind.OPT_OUT,
        scope=Scope.EVERYTHING if any(row.is_everything for row in rows) else Scope.UNSPECIFIED,
        confidence=0.85,
        span=form.span(0, len(form.tokens)),
        matched=form.text,
        rule=f"slip: {rows[0].word}",
        is_withdrawal=True,
        language=language_of(rows, context.languages),
    )


def read_command(form: Normalised, context: Context) -> Intent | None:
    """The whole message is an answer to a pending question, a program's keyword, or START or HELP."""
    if len(form.tokens) > LONGEST_COMMAND:
        return None
    whole = form.words
    unsigned = _without_signs(whole)
    candidates = tuple(dict.fromkeys((whole, unsigned, _without(unsigned, courtesies()))))
    if context.pending in _TALKING:
        return _read_word(form, candidates, context, Kind.HELP)
    return (
        _read_answer(form, candidates, context)
        or _read_program_keyword(form, candidates, context)
        or _read_word(form, candidates, context, Kind.OPT_IN)
        or _read_word(form, candidates, context, Kind.HELP)
    )


def _whole(form: Normalised, kind: Kind, context: Context, rows: Sequence[Keyword], *, rule: str) -> Intent:
    return Intent(
        kind=kind,
        confidence=1.0,
        span=form.span(0, len(form.tokens)),
        matched=form.text,
        rule=rule,
        language=language_of(rows, context.languages),
    )


def _read_answer(form: Normalised, candidates: Sequence[Words], context: Context) -> Intent | None:
    """Yes and no count only while a question is open."""
    if context.pending is None:
        return None
    if context.pending is PendingKind.WHICH_TEXTS:
        return next(
            (
                _whole(form, Kind.NARROW, context, rows, rule="narrow_word")
                for words in candidates
                if (rows := found(words, Kind.NARROW))
            ),
            None,
        )
    if any(_words_of(word) in candidates for word in context.confirm_words):
        return _whole(form, Kind.CONFIRM, context, (), rule="confirm_word")
    may_be_weak = context.pending is not PendingKind.UNKNOWN
    for kind in (Kind.DECLINE, Kind.CONFIRM):
        for words in candidates:
            rows = tuple(
                row for row in found(words, kind, weak=may_be_weak) if _is_heard(row, words, context)
            )
            if rows:
                return _whole(form, kind, context, rows, rule=f"{kind.value}_word")
    return None


def _is_heard(row: Keyword, words: Words, context: Context) -> bool:
    if row.language in _HOUSE_LANGUAGES or row.language in context.languages:
        return True
    return not context.languages and words not in courtesies()


def _read_program_keyword(form: Normalised, candidates: Sequence[Words], context: Context) -> Intent | None:
    for keyword, program in context.program_keywords:
        if _words_of(keyword) in candidates:
            return Intent(
                kind=Kind.KEYWORD,
                confidence=1.0,
                span=form.span(0, len(form.tokens)),
                matched=form.text,
                rule="program_keyword",
                keyword=keyword,
                program=program,
            )
    return None


def _read_word(form: Normalised, candidates: Sequence[Words], context: Context, kind: Kind) -> Intent | None:
    for words in candidates:
        if rows := found(words, kind):
            return _whole(form, kind, context, rows, rule="keyword")
    return None


def read_near_miss(form: Normalised, context: Context) -> Intent | None:
    """One slip away from a program's keyword joins nothing: it is worth asking, never assuming."""
    if len(form.tokens) > LONGEST_COMMAND or context.pending in _TALKING:
        return None
    written = " ".join(form.words)
    for keyword, program in context.program_keywords:
        own = " ".join(_words_of(keyword))
        if len(own) >= _SHORTEST_GUESSABLE and is_one_slip(written, own):
            return Intent(
                kind=Kind.OTHER,
                confidence=0.5,
                span=form.span(0, len(form.tokens)),
                matched=form.text,
                rule="near_miss",
                suggestion=keyword,
                program=program,
            )
    return None


def is_one_word(form: Normalised) -> bool:
    """Whether politeness aside it is a single word: a keyword, a slip of one, or nothing that could be weighed."""
    words = _without_signs(form.words)[: LONGEST_COMMAND + 1]
    return len(words) <= LONGEST_COMMAND and len(_without(words, courtesies_around_a_stop())) == 1


def read_weak_word(form: Normalised, context: Context) -> Intent | None:
    """NO, OFF, X: perhaps a wish to leave, perhaps not; told apart so that a person can look."""
    if len(form.tokens) > LONGEST_COMMAND or context.pending in _TALKING:
        return None
    rows = found(_without(_without_signs(form.words), courtesies()), Kind.OPT_OUT, weak=True)
    return _whole(form, Kind.OTHER, context, rows, rule="weak_word") if rows else None
