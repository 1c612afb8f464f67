"""Lints the terms of a contest that asks for consent: what a yes means has to stand there plainly, and that nobody needs
to say it to take part. What is missing here is no matter of taste, so these are errors of the house, whatever the law says.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from yesword.domain import composing
from yesword.domain.collecting.contests import ContestDefinition
from yesword.domain.decisions import Sentence
from yesword.domain.linting.disclosures import FormFacts, lint_disclosure
from yesword.domain.linting.finding import Finding, Severity, ordered, wording
from yesword.domain.linting.parts import Wording, names, says
from yesword.domain.linting.patterns import plain
from yesword.domain.programs import Program
from yesword.domain.rules.model import Pack
from yesword.domain.rules.model.content import Part

_PARTS: Final = (Part.CATEGORIES, Part.FREQUENCY, Part.STOP)
# By which channel, and that it is a yes to texts that advertise; in the languages of contests.
_CHANNEL: Final = re.compile(
    r"(?i)(?<!\w)(?:sms|text|texts|texting|text messages?|sms'?jes|sms'?er|sms:en)(?!\w)|-sms"
)
_MARKETING: Final = re.compile(
    r"(?i)marketing|advertis|promotion|reclame|aanbieding|reklam|erbjudande|werb|angebot|tilbud|offers"
)
_FREE_TO_ENTER: Final = re.compile(
    r"(?i)(?:enter|take part|join|participate)[^.]{0,40}(?:without|whether or not|even if)"
    r"|without (?:it|a yes|saying yes)[^.]{0,40}(?:enter|take part|chance)"
    r"|(?:not|never) (?:needed|required|necessary)[^.]{0,20}to enter"
    r"|(?:ook )?zonder (?:ja|akkoord|toestemming)[^.]{0,60}(?:mee|kans)|meedoen[^.]{0,40}zonder"
    r"|(?:med|delta)[^.]{0,40}utan att (?:säga ja|godkänna)|utan (?:ett )?ja[^.]{0,40}(?:med|delta)"
    r"|ohne (?:ja|zustimmung|einwilligung)[^.]{0,60}(?:teil|mit|chance)|(?:teil|mit)[^.]{0,40}ohne (?:ja|zustimmung)"
    r"|(?:med|deltag)[^.]{0,40}uden at sige ja|uden (?:et )?ja[^.]{0,40}(?:med|deltag)"
)


def consent_text(definition: ContestDefinition, program: Program, language: str) -> str:
    """What the terms say of a yes, filled in; empty where they say nothing."""
    source = definition.wording_in(language).consent
    return composing.compose(source, program, program.texts_in(language)[1]) if source.strip() else ""


def lint_terms(
    definition: ContestDefinition,
    program: Program,
    language: str,
    countries: Iterable[str],
    rules: Iterable[Pack],
    on: date,
) -> tuple[Finding, ...]:
    """Nothing where the contest asks for no consent: then its terms are no disclosure."""
    if not definition.asks:
        return ()
    text = consent_text(definition, program, language)
    facts = FormFacts(
        is_ticked=False,
        is_separate_from_terms=True,
        is_condition_of_sale=False,
        is_condition_of_entry=False,
        has_privacy_link=bool(program.privacy_url),
        has_terms_link=bool(program.terms_url),
    )
    by_law = lint_disclosure(text, facts, program, language, countries, rules, on)
    return ordered((*_house(text, program, language), *by_law))


def _house(text: str, program: Program, language: str) -> Iterator[Finding]:
    said, written = Wording.of(text, language, program), plain(text)
    if not names(text, program.brand_name):
        yield _missing("brand")
    if not _CHANNEL.search(written):
        yield _missing("channel")
    if program.message_class.value == "promotional" and not _MARKETING.search(written):
        yield _missing("marketing")
    for part in _PARTS:
        if not says(part, said):
            yield _missing(part.value)
    if not _FREE_TO_ENTER.search(written):
        yield _missing("free_to_enter")


def _missing(what: str) -> Finding:
    code = f"contest.{what}"
    return wording(code, Severity.ERROR, Sentence.of(code))
