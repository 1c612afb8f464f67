"""Which words a text asks for as answers, and whether one of them is a word that people leave with.

"Reply STOP to stop" offers the way out. "Reply CANCEL to cancel it" asks for an answer that signs people off, so it is no
way out of the texts either. What tells the two apart, by language, is in the wordings; which words people leave with is
in `answers`.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from yesword.domain.linting.answers import refuse_answers
from yesword.domain.linting.finding import Finding
from yesword.domain.linting.patterns import Many, Span, is_in, plain, sentence_around
from yesword.domain.linting.wordings import in_language, languages
from yesword.domain.understanding import Kind
from yesword.domain.understanding.keywords import keywords_by_words
from yesword.domain.understanding.normalise import normalise

# What tells somebody to send a word, in the languages of the wordings, and what may stand between it and the word.
_VERBS: Final = (
    *("reply", "replying", "text", "texting", "txt", "send", "respond", "answer", "sms", "sms:a"),
    *(
        "antwoord",
        "stuur",
        "app",
        "svara",
        "skicka",
        "skriv",
        "svar",
        "send",
        "antworte",
        "antworten",
        "sende",
    ),
    *("senden", "schreibe", "schreiben", "répondez", "repondez", "réponds", "envoyez", "envoie", "tapez"),
    *(
        "responde",
        "responda",
        "envía",
        "envia",
        "envíe",
        "envie",
        "conteste",
        "contesta",
        "rispondi",
        "invia",
    ),
    *("vastaa", "lähetä", "odpisz", "odpowiedz", "wyślij"),
)
_BETWEEN: Final = (
    *(
        "back",
        "only",
        "with",
        "the",
        "word",
        "just",
        "simply",
        "now",
        "dan",
        "met",
        "het",
        "woord",
        "gewoon",
        "nu",
    ),
    *(
        "med",
        "ordet",
        "sie",
        "bitte",
        "einfach",
        "mit",
        "dem",
        "das",
        "wort",
        "par",
        "le",
        "mot",
        "con",
        "la",
    ),
    *("palabra", "parola", "com", "palavra", "sanalla", "słowo", "słowem"),
)
_ASKS: Final = re.compile(
    rf"(?<!\w)(?i:{'|'.join(map(re.escape, sorted(_VERBS, key=len, reverse=True)))})(?!\w)"
    rf"(?i:\s+(?:{'|'.join(_BETWEEN)})(?!\w)){{0,3}}\s*:?\s*(?=[\"'“”„«»‘’]|[^\W_])"
)
# An answer stands out: in capitals, in figures, or in quotes. Codes of several words are one.
_ANSWER: Final = re.compile(
    r"[\"'“„«‘]\s*([^\W_][^\"'“”„«»‘’]{0,24}?)\s*[\"'”“»«’]|(?<![\w:/-])([^\W_]+(?:[- ][^\W_]+)*)(?![\w/-])"
)
_NO_ANSWER: Final = frozenset({"SMS", "MMS"})
_LONGEST_NUMBER: Final = 2  # of figures: longer ones are numbers to send to
# What may stand behind an answer and says nothing of its purpose: "or", or where to send it.
_EMPTY: Final = re.compile(
    r"(?i:[\W\d]*(?:(?:or|of|oder|eller|o|ou|tai|lub|and|en|und|och|og|et|y|e|to|naar|an|til|till|au|al|a|para|na"
    r"|numeroon)(?!\w)[\W\d]*)*)"
)
_ENDS: Final = ".!\n"
_BREAK: Final = re.compile(r"[?;]")
_LONGEST_CODE: Final = 2  # words
_CACHED: Final = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    word: str
    span: Span
    purpose: str  # what the text says the word is for; empty where it does not
    question: str  # what it asks before: "Cannot come? Reply …"
    lead: str  # the clause before, where that is no question
    has_others: bool  # beside an answer that nobody leaves with: "YES or CANCEL"


def answers_in(
    text: str, language: str | None, *, is_asking: bool = False
) -> tuple[tuple[Span, Finding], ...]:
    """The words that people leave with and that the text asks for as answers to something else.

    `is_asking`: the text is of a kind that asks something, a reminder or a survey, so that a word without a purpose is
    such an answer too.
    """
    return tuple(
        ((first + start, last + start), finding)
        for start, end in _units(text)
        for (first, last), finding in _in_unit(text[start:end], language, is_asking)
    )


def is_answer(text: str, span: Span) -> bool:
    """Whether what stands there is asked for as an answer, so that it offers no way out."""
    start, end = _unit(text, span)
    return any(
        first + start < span[1] and span[0] < last + start
        for (first, last), _ in _in_unit(text[start:end], None, False)
    )


def without_answers(text: str, language: str | None, *, is_asking: bool) -> str:
    """The text with blanks for those words, character for character as long."""
    for (start, end), _ in answers_in(text, language, is_asking=is_asking):
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _units(text: str) -> Iterator[Span]:
    """Sentences that tell somebody to send something, each with the question before it."""
    after = 0
    for match in _ASKS.finditer(text):
        if match.start() >= after:
            start, after = _unit(text, match.span())
            yield start, after


def _unit(text: str, span: Span) -> Span:
    return sentence_around(text, span, _ENDS)


@functools.lru_cache(maxsize=_CACHED)
def _in_unit(unit: str, language: str | None, is_asking: bool) -> tuple[tuple[Span, Finding], ...]:  # noqa: FBT001
    spoken = (language,) if language else languages()
    found = []
    for asked in _asked(unit):
        refused = refuse_answers((asked.word,), spoken)
        if refused and _is_answer(asked, language, is_asking=is_asking):
            found.append((asked.span, refused[0]))
    return tuple(found)


def _is_answer(asked: _Asked, language: str | None, *, is_asking: bool) -> bool:
    texts, matters = _phrases(language)
    only = _means_leaving(asked.word)
    said = plain(asked.purpose or asked.question or ("" if only else asked.lead))
    if is_in(texts.near(said), said):
        return False
    if is_in(matters.near(said), said):
        return True
    if only:
        return False
    return bool(asked.purpose or asked.question or asked.has_others or is_asking)


@functools.cache
def _phrases(language: str | None) -> tuple[Many, Many]:
    said = [each.answers for each in in_language(language)]
    return (
        Many(phrase for each in said for phrase in each.texts),
        Many(phrase for each in said for phrase in each.matters),
    )


@functools.cache
def _only() -> frozenset[tuple[str, ...]]:
    return frozenset(normalise(word).words for said in in_language(None) for word in said.answers.only)


def _means_leaving(word: str) -> bool:
    """STOP means so whatever stands behind it: "STOP SAVEMORE"."""
    words = normalise(word).words
    return words in _only() or bool(words and words[0].startswith("stop"))


def _asked(unit: str) -> tuple[_Asked, ...]:
    asks, words = _first(unit)
    if asks is None:
        return ()
    has_others = any(_is_plain(word) for word, _ in words)
    question, _, lead = unit[: asks.start()].rpartition("?")
    found = []
    purpose, following = "", len(unit)
    for word, span in reversed(words):
        behind = _BREAK.split(unit[span[1] : following], maxsplit=1)[0]
        if not _EMPTY.fullmatch(
            behind
        ):  # otherwise it shares its purpose with the next: "END or QUIT to stop"
            purpose = behind
        found.append(
            _Asked(word=word, span=span, purpose=purpose, question=question, lead=lead, has_others=has_others)
        )
        following = span[0]
    return tuple(reversed(found))


def _first(unit: str) -> tuple[re.Match[str] | None, list[tuple[str, Span]]]:
    """The first verb with something to send right behind it, and all that is to be sent from there on."""
    for asks in _ASKS.finditer(unit):
        words = list(_words(unit, asks.end()))
        if words and words[0][1][0] <= asks.end() + 1:
            return asks, words
    return None, []


def _words(unit: str, start: int) -> Iterator[tuple[str, Span]]:
    place = start
    while match := _ANSWER.search(unit, place):
        place = match.end()
        if match[1] is not None:
            yield match[1], match.span(1)
            continue
        yield from _standing_out(unit, match.span(2))


def _standing_out(unit: str, span: Span) -> Iterator[tuple[str, Span]]:
    """Of words in a row, each run of those in capitals and figures: "CANCEL 2".

    Where all is in capitals nothing stands out, and the first word is the answer.
    """
    if unit[span[0] :].isupper() and len(unit[slice(*span)].split()) > _LONGEST_CODE:
        first = unit[span[0] :].split(maxsplit=1)[0]
        yield first, (span[0], span[0] + len(first))
        return
    run: Span | None = None
    for match in re.finditer(r"[^\W_]+", unit[slice(*span)]):
        word, (start, end) = match[0], (match.start() + span[0], match.end() + span[0])
        is_one = word.isupper() or (word.isdigit() and len(word) <= _LONGEST_NUMBER)
        if is_one and word not in _NO_ANSWER:
            run = (run[0] if run else start, end)
        elif run:
            yield unit[slice(*run)], run
            run = None
    if run:
        yield unit[slice(*run)], run


def _is_plain(word: str) -> bool:
    """An answer that neither leaves nor asks for help."""
    rows = keywords_by_words().get(normalise(word).words, ())
    return not any(row.kind in {Kind.HELP, Kind.OPT_IN} for row in rows) and not refuse_answers(
        (word,), languages()
    )
