"""Lints the wording that asks for consent: its parts, how the box stands on the form, and whether people can read it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from yesword.domain.decisions import Sentence
from yesword.domain.linting import readability
from yesword.domain.linting.finding import Finding, Severity, ordered, wording
from yesword.domain.linting.law import Law, broken, law
from yesword.domain.linting.parts import OF_PROMOTION, Wording, has_link_to_more, offer, offer_for_box, says
from yesword.domain.linting.patterns import is_in, plain, sentence_around, spans
from yesword.domain.linting.wordings import in_language
from yesword.domain.messages import MessageClass
from yesword.domain.phone import sender_kind
from yesword.domain.programs import Program
from yesword.domain.rules.model import Pack, Rule
from yesword.domain.rules.model.consent import Consent, Form
from yesword.domain.rules.model.content import Disclosure, Part, Shown
from yesword.domain.rules.model.when import Route
from yesword.domain.understanding import Kind
from yesword.domain.understanding.keywords import keywords_by_words
from yesword.domain.understanding.normalise import normalise


@dataclass(frozen=True, kw_only=True, slots=True)
class FormFacts:
    """How the question stands on its form. `None`: not known, and not remarked on."""

    has_box: bool = False  # the act is to tick it, and not to text a word
    is_ticked: bool | None = None  # before the person touched it
    is_separate_from_terms: bool | None = None
    is_condition_of_sale: bool | None = None
    is_condition_of_entry: bool | None = None  # to a contest
    has_privacy_link: bool | None = None
    has_terms_link: bool | None = None


def lint_disclosure(
    text: str,
    asked: FormFacts | None,
    program: Program | None,
    language: str | None,
    countries: Iterable[str],
    rules: Iterable[Pack],
    on: date,
    *,
    brand: str = "",
    occasion: str = "",
) -> tuple[Finding, ...]:
    """What is wrong with the wording as shown, by the packs in `rules` that speak to `countries` on a day.

    Without a program it is taken to ask for promotion. `occasion` is what occasions the texts (code, cart), where some
    rule speaks to that only.
    """
    form = asked or FormFacts()
    said = replace(
        Wording.of(text, language, program, brand),
        has_privacy_link=bool(form.has_privacy_link),
        has_terms_link=bool(form.has_terms_link),
    )
    held = law(
        rules,
        countries,
        on,
        route=Route(sender_kind(program.sender)) if program else None,
        categories=program.categories if program else (),
        occasion=occasion,
    )
    is_promotional = program is None or program.message_class is MessageClass.PROMOTIONAL
    return ordered(
        (
            *_parts(said, held, is_promotional=is_promotional),
            *_form(form, held),
            *(_keyword(said) if form.has_box or form.is_ticked else ()),
            *_partners(text, language),
            *_plain(text),
        )
    )


def _parts(said: Wording, held: Law, *, is_promotional: bool) -> Iterator[Finding]:
    wanting: dict[Part, list[Rule]] = {}
    for rule, asked in held.of(Disclosure):
        for part in asked.parts:
            if (is_promotional or part not in OF_PROMOTION) and not _is_shown(part, asked.shown, said):
                wanting.setdefault(part, []).append(rule)
        if _lacks_words(asked, said):
            yield broken(
                "verbatim", [rule], Sentence.of("verbatim", words=asked.verbatim[0]), asked.verbatim[0]
            )
    for part, rules in wanting.items():
        yield missing_part(part, rules, said)


def missing_part(part: Part, rules: Iterable[Rule], said: Wording) -> Finding:
    """One finding, however many rules ask for the part: it names the gravest."""
    return broken(f"part.{part.value}", rules, Sentence.of(f"part.{part.value}"), offer(part, said))


# What every disclosure links to, and what may stand behind those links.
_LINKED: Final = frozenset({Part.TERMS, Part.PRIVACY})


def _is_shown(part: Part, shown: Shown, said: Wording) -> bool:
    is_behind_link = shown is Shown.LINK and part not in _LINKED and has_link_to_more(said)
    return is_behind_link or says(part, said)


def _lacks_words(asked: Disclosure, said: Wording) -> bool:
    if not asked.verbatim or (asked.languages and said.language not in asked.languages):
        return False
    return not any(words.casefold() in said.text.casefold() for words in asked.verbatim)


# --- the form ------------------------------------------------------------------------------------------------


def _form(form: FormFacts, held: Law) -> Iterator[Finding]:
    wrongs = (
        ("ticked", form.is_ticked, Form.PRE_TICKED),
        ("bundled", form.is_separate_from_terms is False, Form.BUNDLED),
        ("condition_of_sale", form.is_condition_of_sale, Form.CONDITION_OF_SALE),
        ("condition_of_entry", form.is_condition_of_entry, Form.CONDITION_OF_ENTRY),
    )
    for code, is_so, forbidden in wrongs:
        rules = [rule for rule, consent in held.of(Consent) if forbidden in consent.forbidden]
        if is_so and rules:
            yield broken(code, rules, Sentence.of(code))


# --- the act -------------------------------------------------------------------------------------------------


def _keyword(said: Wording) -> Iterator[Finding]:
    """What says how to join by a keyword was written for a poster: "Text JOIN to 800123 to get offers"."""
    written = _UNQUOTED.sub(" ", plain(said.text))
    for each in in_language(said.language):
        for start, end in spans(each.by_keyword.says, written):
            words = said.text[start:end]
            number = written[start + len(words.rstrip(_FIGURES)) :]
            if _NUMBER.match(number) and not _is_answer(words):
                sentence = Sentence.of("keyword_beside_box", words=words)
                offered = offer_for_box(said)
                yield wording(
                    "keyword_beside_box", Severity.WARNING, sentence, offer=offered, span=(start, end)
                )
                return


def _is_answer(words: str) -> bool:
    """Whether what is to be texted is no way in: "text STOP to 800123 to stop".

    What is to be texted stands out in capitals; small words between may mean something else, as "para" in Portuguese.
    """
    _verb, *rest = words.split()
    asked = [each for each in rest if not each.islower() or each.startswith("stop")]
    return any(
        keyword.kind in _ANSWERS
        for word in asked
        for keyword in keywords_by_words().get(normalise(word).words, ())
    )


_FIGURES: Final = "0123456789"
_NUMBER: Final = re.compile(r"(?:\d[ -]?){3}")  # "text me up to 4" names none
_UNQUOTED: Final = re.compile('["“”„«»]')
_ANSWERS: Final = frozenset({Kind.OPT_OUT, Kind.NARROW, Kind.HELP, Kind.CONFIRM, Kind.DECLINE})


# --- one brand -----------------------------------------------------------------------------------------------


def _partners(text: str, language: str | None) -> Iterator[Finding]:
    """Whoever else would text needs a consent of their own: "texts from Acme and partners"."""
    written = plain(text)
    for said in in_language(language):
        for start, end in spans(said.partners.says, written):
            around = written[slice(*sentence_around(written, (start, end)))]
            if not is_in(said.partners.denied, around):
                yield wording("partners", Severity.WARNING, Sentence.of("partners"), span=(start, end))
                return


# --- plain length --------------------------------------------------------------------------------------------


def _plain(text: str) -> Iterator[Finding]:
    found = readability.reading(text)
    if found is not None and found.lix > readability.VERY_HARD:
        sentence = Sentence.of("hard_to_read", lix=found.lix, most=readability.VERY_HARD, words=found.words)
        yield replace(
            wording("hard_to_read", Severity.ADVICE, sentence, span=found.longest),
            citation=readability.SOURCE,
        )
