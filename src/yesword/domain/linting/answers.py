"""Which words may be asked for as answers: never one that people leave with.

"Reply CANCEL to cancel your appointment" signs people off, or else a stop is taken for an answer. The words are those of
the table of keywords, in every language; a few more, too common to be read as a stop by themselves, are in the wordings.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from yesword.domain.decisions import Sentence
from yesword.domain.linting.finding import Finding, Severity, ordered, wording
from yesword.domain.linting.wordings import in_language, wordings
from yesword.domain.understanding import Kind, is_opt_out
from yesword.domain.understanding.keywords import Keyword, keywords_by_words
from yesword.domain.understanding.normalise import normalise

RULE: Final = "house.words.stop"
_SHORT: Final = 2  # letters: R and N leave in China, and are the answers of half of all polls elsewhere


def refuse_answers(words: Iterable[str], languages: Iterable[str]) -> tuple[Finding, ...]:
    """The words that may not be answers to a reminder, a poll or a contest, nor join a program, in these languages."""
    spoken = tuple(languages)
    return ordered(finding for word in words for finding in _judged(word, spoken))


def _judged(word: str, languages: tuple[str, ...]) -> Iterator[Finding]:
    plain = normalise(word).words
    if not plain:
        return
    if is_opt_out(plain) or plain in _more(languages) or _is_weak(plain, languages):
        yield _refused(Severity.ERROR, Sentence.of("leaving_word", word=word))
    elif len(plain) > 1 and is_opt_out(plain[:1]):
        yield _refused(Severity.ERROR, Sentence.of("leaving_word.begins", word=word.split(maxsplit=1)[0]))
    elif len(word.strip()) > _SHORT and (plain in _more(None) or _is_weak(plain, ())):
        yield _refused(Severity.WARNING, Sentence.of("leaving_word.elsewhere", word=word))


def _refused(severity: Severity, sentence: Sentence) -> Finding:
    return replace(wording("leaving_word", severity, sentence), rule=RULE)


def _is_weak(words: tuple[str, ...], languages: tuple[str, ...]) -> bool:
    """A word that may leave, and is no plain no, which answers a question too."""
    rows = keywords_by_words().get(words, ())
    if any(row.kind == Kind.DECLINE for row in rows):
        return False
    return any(row.kind == Kind.OPT_OUT and _is_spoken(row, languages) for row in rows)


def _is_spoken(row: Keyword, languages: tuple[str, ...]) -> bool:
    known = {said.language for language in languages if (said := wordings(language)) is not None}
    return (
        not languages
        or row.language in {*languages, *known, "xx"}
        or (row.language == "no" and "nb" in known)
    )


def _more(languages: tuple[str, ...] | None) -> frozenset[tuple[str, ...]]:
    if languages is None:
        spoken = in_language(None)
    else:
        spoken = tuple(said for language in languages if (said := wordings(language)) is not None)
    return frozenset(normalise(word).words for said in spoken for word in said.answers.leaving)
