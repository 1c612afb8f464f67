"""Whole messages that are a known word: leaving, joining, yes, no, help, or a program's own keyword.

The words are data (`keywords.csv`, all languages at once). Free text belongs to `phrases`; the order in
which the layers speak belongs to `reading`.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import ClassVar

from yesword.domain.errors import YeswordError
from yesword.domain.understanding.intent import Context, Intent, Kind, PendingKind, Scope
from yesword.domain.understanding.normalise import MARKS, SIGNS, Normalised, normalise

COURTESY = "courtesy"
PREFACE = "preface"  # no thanks, stop: says nothing before a STOP, and everything before a START
_KINDS = frozenset({Kind.OPT_OUT, Kind.OPT_IN, Kind.CONFIRM, Kind.DECLINE, Kind.HELP, COURTESY, PREFACE})
_COLUMNS = ["language", "kind", "word", "source", "note", "per_se", "weak", "everything"]

ANY_LANGUAGE = "xx"
# Everybody's yes and no: a Dutch program may be answered in German. Elsewhere a short yes is too easily
# another language's thanks or filler (tak, da, si), so it needs a hint.
_HOUSE_LANGUAGES = frozenset({"en", "nl", "sv", "de", "da", ANY_LANGUAGE})

# Letters and digits that pass for Latin letters: used only when nothing else was recognised.
_LOOK_ALIKES = str.maketrans("асеіјорѕхутмвнкαειοκνρτυχ0134578", "aceijopsxytmbhkaeiokvptuxoieastb")
_LONGEST_COURTESY = 4
_SHORTEST_GUESSABLE = 4
_LONGEST_KEYWORD_MESSAGE = 24  # tokens; longer texts are no keyword, and this keeps hostile ones cheap


class KeywordTableError(YeswordError):
    """Row {row} of the keyword table is not understood: {problem}. Correct the table."""

    code: ClassVar[str] = "understanding.keyword_row"


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyword:
    """One row of the table."""

    language: str
    kind: str
    word: str
    source: str
    note: str
    is_per_se: bool
    is_weak: bool  # not enough alone: has another everyday meaning
    is_everything: bool  # the word itself says that all programs end


def read_keywords(lines: Iterator[str]) -> Iterator[Keyword]:
    """The rows of a keyword table; refuses what it does not know."""
    rows = csv.DictReader(lines)
    if rows.fieldnames != _COLUMNS:
        raise KeywordTableError(row=1, problem=f"columns are {rows.fieldnames}")
    for number, row in enumerate(rows, start=2):
        if row["kind"] not in _KINDS:
            raise KeywordTableError(row=number, problem=f"kind {row['kind']!r}")
        flags = [row[name] for name in ("per_se", "weak", "everything")]
        if any(flag not in {"", "yes"} for flag in flags):
            raise KeywordTableError(row=number, problem=f"flags {flags}")
        if not row["word"] or not row["source"]:
            raise KeywordTableError(row=number, problem="word or source is empty")
        yield Keyword(
            language=row["language"],
            kind=row["kind"],
            word=row["word"],
            source=row["source"],
            note=row["note"],
            is_per_se=flags[0] == "yes",
            is_weak=flags[1] == "yes",
            is_everything=flags[2] == "yes",
        )


@cache
def all_keywords() -> tuple[Keyword, ...]:
    table = resources.files(__package__).joinpath("keywords.csv")
    with table.open(encoding="utf-8") as lines:
        return tuple(read_keywords(lines))


Words = tuple[str, ...]


@cache
def keywords_by_words() -> dict[Words, tuple[Keyword, ...]]:
    """Every keyword under its plain words."""
    table: dict[Words, tuple[Keyword, ...]] = {}
    for keyword in all_keywords():
        words = normalise(keyword.word).words
        if not words:
            raise KeywordTableError(row=keyword.word, problem="nothing is left of the word")
        table[words] = (*table.get(words, ()), keyword)
    return table


@cache
def _of_kind(*kinds: str) -> frozenset[Words]:
    return frozenset(
        words for words, rows in keywords_by_words().items() if any(row.kind in kinds for row in rows)
    )


def courtesies() -> frozenset[Words]:
    """What may stand around any command without changing it."""
    return _of_kind(COURTESY)


def courtesies_around_a_stop() -> frozenset[Words]:
    """What may stand around an opt-out, which wins over whatever it is said with."""
    return _of_kind(COURTESY, PREFACE)


def _found(words: Words, kind: Kind, *, weak: bool = False) -> tuple[Keyword, ...]:
    rows = keywords_by_words().get(words, ())
    return tuple(row for row in rows if row.kind == kind and (weak or not row.is_weak))


def is_opt_out(words: Words) -> bool:
    """Whether a message of just these words leaves. Programs may not choose such a keyword."""
    return bool(_opt_out_rows(words))


def language_of(rows: Sequence[Keyword], hints: Sequence[str]) -> str | None:
    """The hinted language that has the word, else the only one that has it."""
    languages = {row.language for row in rows}
    for hint in hints:
        if hint in languages:
            return hint
    return next(iter(languages)) if len(languages) == 1 and languages != {ANY_LANGUAGE} else None


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
    bare = tuple(word for word in words if word not in SIGNS)
    return bare or words


def _joined(words: Words) -> Words:
    """Spelled out, s t o p, but never two words into one."""
    is_spelled = len(words) > 2 and all(len(word) == 1 for word in words)
    return ("".join(words),) if is_spelled else words


def _once(words: Words) -> Words:
    """Said once: stop stop stop, stopstop."""
    if len(set(words)) == 1:
        half = words[0][: len(words[0]) // 2]
        return (half,) if half and words[0] == half * 2 else words[:1]
    return words


def _look_alike(words: Words) -> Words:
    """Letters of another script, or digits, that were picked to look like Latin ones."""
    return tuple(
        word.translate(_LOOK_ALIKES)
        if (not word.isdigit() and not word.isascii()) or _is_mixed(word)
        else word
        for word in words
    )


def _is_mixed(word: str) -> bool:
    return not word.isalpha() and not word.isdigit()


def _opt_out_rows(words: Words) -> tuple[Keyword, ...]:
    """The rows that make these words an opt-out, tolerant of what people put around the word."""
    for form in (words, _without_signs(words), _joined(words), _once(words), _look_alike(words)):
        if rows := _found(form, Kind.OPT_OUT):
            return rows
    plain = _without(_once(_look_alike(_without_signs(words))), courtesies_around_a_stop())
    plain = _once(plain)
    if rows := _found(plain, Kind.OPT_OUT):
        return rows
    # STOP 36180: the number that our own text told them to write to.
    if len(plain) == 2 and plain[1].isdigit() and 3 <= len(plain[1]) <= 6 and plain[0] in {"stop", "stopp"}:
        return _found(plain[:1], Kind.OPT_OUT)
    return _all_opt_out(plain)


def _all_opt_out(words: Words) -> tuple[Keyword, ...]:
    """STOP CANCEL END, HELP STOP: nothing but command words, and one of them leaves."""
    if len(words) < 2:
        return ()
    rows = tuple(row for word in words for row in _found((word,), Kind.OPT_OUT))
    is_command = (_found((word,), kind) for word in words for kind in (Kind.OPT_OUT, Kind.HELP, Kind.OPT_IN))
    return rows if rows and sum(map(bool, is_command)) >= len(words) else ()


def read_opt_out(form: Normalised, context: Context) -> Intent | None:
    """The whole message, or one line of it, is an opt-out word of any language, whatever was asked."""
    if len(form.tokens) <= _LONGEST_KEYWORD_MESSAGE:
        words = form.words
        if rows := _opt_out_rows(words):
            exact = _found(words, Kind.OPT_OUT) or _found(_without_signs(words), Kind.OPT_OUT)
            return _opt_out(form, (0, len(form.tokens)), rows, context, bool(exact))
        if intent := _read_program_stop(form, _without(words, courtesies_around_a_stop()), context):
            return intent
    lines = form.lines()
    if len(lines) == 1:
        return None
    for first, after in lines:
        if after - first <= _LONGEST_KEYWORD_MESSAGE:
            words = tuple(token for token in form.tokens[first:after] if token not in MARKS)
            if words and (rows := _opt_out_rows(words)):
                return _opt_out(form, (first, after), rows, context, bool(_found(words, Kind.OPT_OUT)))
    return None


def _opt_out(
    form: Normalised,
    part: tuple[int, int],
    rows: tuple[Keyword, ...],
    context: Context,
    is_exact: bool,  # noqa: FBT001
) -> Intent:
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


def _read_program_stop(form: Normalised, words: Words, context: Context) -> Intent | None:
    """STOP EVENTS ends one program, said in so many words."""
    for keyword, program in context.program_keywords:
        own = normalise(keyword).words
        for rest in (words[: -len(own)], words[len(own) :]):
            if own and sorted(rest + own) == sorted(words) and (rows := _found(rest, Kind.OPT_OUT)):
                return Intent(
                    kind=Kind.OPT_OUT,
                    scope=Scope.PROGRAM,
                    confidence=0.98,
                    span=form.span(0, len(form.tokens)),
                    matched=form.text,
                    rule="keyword_program",
                    is_withdrawal=True,
                    language=language_of(rows, context.languages),
                    keyword=keyword,
                    program=program,
                )
    return None


def read_command(form: Normalised, context: Context) -> Intent | None:
    """The whole message is an answer to a pending question, a program's keyword, or START or HELP."""
    if len(form.tokens) > _LONGEST_KEYWORD_MESSAGE:
        return None
    whole = form.words
    bare = _without(_without_signs(whole), courtesies())
    candidates = tuple(dict.fromkeys((whole, _without_signs(whole), bare)))
    return (
        _read_answer(form, candidates, context)
        or _read_program_keyword(form, candidates, context)
        or _read_word(form, candidates, context)
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
    """Yes and no count only while a question is open; in a poll they are the poll's business."""
    if context.pending is None or context.pending is PendingKind.POLL:
        return None
    if any(normalise(word).words in candidates for word in context.confirm_words):
        return _whole(form, Kind.CONFIRM, context, (), rule="confirm_word")
    may_be_weak = context.pending is not PendingKind.UNKNOWN
    for kind in (Kind.DECLINE, Kind.CONFIRM):
        for words in candidates:
            rows = tuple(
                row for row in _found(words, kind, weak=may_be_weak) if _is_heard(row, words, context)
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
        if normalise(keyword).words in candidates:
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


def _read_word(form: Normalised, candidates: Sequence[Words], context: Context) -> Intent | None:
    for kind in (Kind.OPT_IN, Kind.HELP):
        for words in candidates:
            if rows := _found(words, kind):
                return _whole(form, kind, context, rows, rule="keyword")
    return None


def read_near_miss(form: Normalised, context: Context) -> Intent | None:
    """One slip away from a program's keyword joins nothing: it is worth asking, never assuming."""
    if len(form.tokens) > _LONGEST_KEYWORD_MESSAGE:
        return None
    written = " ".join(form.words)
    for keyword, program in context.program_keywords:
        own = " ".join(normalise(keyword).words)
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


def read_weak_word(form: Normalised, context: Context) -> Intent | None:
    """NO, OFF, X: perhaps a wish to leave, perhaps not; told apart so that a person can look."""
    if len(form.tokens) > _LONGEST_KEYWORD_MESSAGE:
        return None
    rows = _found(_without(_without_signs(form.words), courtesies()), Kind.OPT_OUT, weak=True)
    return _whole(form, Kind.OTHER, context, rows, rule="weak_word") if rows else None


def is_one_slip(written: str, meant: str) -> bool:
    """One letter too many, too few, another, or two swapped (Damerau distance of exactly 1)."""
    if written == meant or abs(len(written) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(written), len(meant)) and written[start] == meant[start]:
        start += 1
    rest, own = written[start:], meant[start:]
    return (
        rest[1:] == own
        or rest == own[1:]
        or rest[1:] == own[1:]
        or (len(rest) == len(own) >= 2 and rest[0] == own[1] and rest[1] == own[0] and rest[2:] == own[2:])
    )
