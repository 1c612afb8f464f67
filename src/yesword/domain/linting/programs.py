"""Lints a program: what it says in each language, the words that it asks for, and the frequency that it states."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from yesword.domain import composing, templates
from yesword.domain.decisions import Argument, Sentence
from yesword.domain.linting import categories, frequency
from yesword.domain.linting.answers import refuse_answers
from yesword.domain.linting.disclosures import lint_disclosure
from yesword.domain.linting.finding import Finding, Severity, at, ordered, wording
from yesword.domain.linting.law import law
from yesword.domain.linting.texts import lint_text
from yesword.domain.linting.wordings import standard_way_out
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.programs import Program, Texts
from yesword.domain.rules.model import Pack
from yesword.domain.rules.model.stopping import WayOut
from yesword.domain.shipped_texts import words_in

# The texts that a program says by itself, and what kind of text each is.
_SAID: Final = (
    ("consent_request", MessageKind.CONSENT_REQUEST),
    ("welcome", MessageKind.WELCOME),
    ("help", MessageKind.HELP_REPLY),
    ("stop", MessageKind.STOP_REPLY),
)
# They are as long as their parts make them, and not the campaigns' to shorten.
_NOT_REMARKED: Final = frozenset({"long_text", "ucs_2"})


def lint_program(
    program: Program, rules: Iterable[Pack], on: date, *, countries: Iterable[str] = ()
) -> tuple[Finding, ...]:
    """What is wrong with a program for people in `countries`; by default in the country of its brand.

    A finding says in `where` which text of which language it is about.
    """
    packs = tuple(rules)
    places = tuple(countries) or (program.brand_country,)
    found: list[Finding] = []
    for language, texts in program.texts:
        found += _texts(program, language, texts, places, packs, on)
        found += at(refuse_answers(texts.confirm_words, program.languages), f"{language}.confirm_words")
    found += at(refuse_answers(program.keywords, program.languages), "keywords")
    found += _categories(program, packs)
    return ordered(found)


def _categories(program: Program, packs: tuple[Pack, ...]) -> Iterator[Finding]:
    known = categories.known(packs)
    for category in program.categories:
        meant = categories.meant(category, known)
        if meant is not None:
            sentence = Sentence.of("category_meant", category=category, meant=meant)
            yield wording("category_meant", Severity.WARNING, sentence, offer=meant, where="categories")


def _texts(
    program: Program, language: str, texts: Texts, places: tuple[str, ...], packs: tuple[Pack, ...], on: date
) -> Iterator[Finding]:
    try:
        disclosure = composing.compose(texts.disclosure, program, texts)
        said = {
            name: composing.compose(_source(name, program, language), program, texts, composing.ASKING)
            for name, _ in _SAID
        }
        way_out = composing.compose(texts.way_out, program, texts)
        shipped = words_in(language)
        if program.asks_which and shipped is not None:  # one text, so it is held to the rules as one
            said["stop"] += f" {composing.compose(shipped.which_texts, program, texts)}"
    except templates.TemplateError as error:
        sentence = Sentence.of("template", problem=error.message)
        yield wording("template", Severity.ERROR, sentence, where=language)
        return
    yield from at(
        lint_disclosure(disclosure, None, program, language, places, packs, on), f"{language}.disclosure"
    )
    for name, kind in _SAID:
        findings = lint_text(
            said[name], program, language, places, None, MessageClass.SERVICE, kind, packs, on
        )
        yield from at((each for each in findings if each.code not in _NOT_REMARKED), f"{language}.{name}")
    if not composing.has_way_out(way_out):
        yield _not_recognised(language, packs, places, on)
    for name, text in (
        ("frequency", texts.frequency),
        ("disclosure", disclosure),
        ("welcome", said["welcome"]),
    ):
        yield from at(_frequency(text, language, program), f"{language}.{name}")


def _source(name: str, program: Program, language: str) -> str:
    """What goes out: a name as sender asks in other words than a number."""
    if name == "consent_request":
        return composing.question_of(program, language)
    return str(getattr(program.texts_in(language)[1], name))


def _not_recognised(language: str, packs: tuple[Pack, ...], places: tuple[str, ...], on: date) -> Finding:
    found = wording(
        "way_out_not_recognised",
        Severity.ERROR,
        Sentence.of("way_out_not_recognised"),
        offer=standard_way_out(language),
        where=f"{language}.way_out",
    )
    rules = [rule for rule, _ in law(packs, places, on).of(WayOut)]
    if not rules:
        return found
    return replace(found, rule=rules[-1].id, pack=rules[-1].pack, citation=rules[-1].citation)


def _frequency(text: str, language: str, program: Program) -> Iterator[Finding]:
    """The words are the promise that people know; the numbers are the one that is kept count of."""
    said = frequency.stated(text, language)
    if said is None:
        return
    arguments: dict[str, Argument] = {
        "stated": said.count,
        "period": said.period,
        "count": program.frequency.count,
        "days": program.frequency.days,
    }
    if not frequency.keeps(said, program.frequency):
        sentence = Sentence.of("frequency_broken", **arguments)
        yield wording("frequency_broken", Severity.ERROR, sentence, span=said.span)
    elif frequency.says_more(said, program.frequency):
        sentence = Sentence.of("frequency_exceeds", **arguments)
        yield wording("frequency_exceeds", Severity.ADVICE, sentence, span=said.span)
