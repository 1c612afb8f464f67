"""Lints one text, or the template of one: who it is from, the way out, what may not be in it, its length and its order.

Holds it to the same rules as the gate will, so that a campaign is put right before it is planned, and adds advice that no
rule gives.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from yesword.domain import composing, templates
from yesword.domain.decisions import Sentence
from yesword.domain.facts import SenderFacts
from yesword.domain.linting import asking, labels, links, selling
from yesword.domain.linting.characters import plainer
from yesword.domain.linting.disclosures import missing_part
from yesword.domain.linting.finding import Finding, Severity, ordered, wording
from yesword.domain.linting.law import Law, broken, law
from yesword.domain.linting.measuring import labels_in
from yesword.domain.linting.parts import Wording, names, says
from yesword.domain.linting.wordings import standard_way_out
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.phone import sender_kind
from yesword.domain.programs import Program
from yesword.domain.rules.model import Pack, Rule
from yesword.domain.rules.model.consent import Age, Mixed
from yesword.domain.rules.model.content import Elements, Forbidden, Label, Length, Naming, Without
from yesword.domain.rules.model.stopping import WayOut, WayOutPolicy
from yesword.domain.rules.model.when import Route
from yesword.domain.text import measure

_DUE: Final = {
    WayOutPolicy.EACH: "way_out_missing",
    WayOutPolicy.FIRST: "way_out_first",
    WayOutPolicy.MONTHLY: "way_out_monthly",
}
_POLICIES: Final = tuple(_DUE)
_SHOWN_LINK: Final = "https://{host}/u/..."
# A text of these kinds asks something, or is about something that may be called off.
_ASKING: Final = frozenset({MessageKind.REMINDER, MessageKind.SURVEY})
_ROUTES: Final = {route.value: route for route in Route}


def lint_template(
    source: str,
    program: Program,
    language: str | None,
    countries: Iterable[str],
    sender: SenderFacts | None,
    message_class: MessageClass,
    kind: MessageKind,
    rules: Iterable[Pack],
    on: date,
    *,
    reason: str = "",
) -> tuple[Finding, ...]:
    """As `lint_text`, for the text as somebody reads it of whom nothing is known; the program's way out is appended as
    in a campaign, so spans are those of that text.
    """
    language, texts = program.texts_in(language)
    try:
        text = composing.with_way_out(source, program, texts)
    except templates.TemplateError as error:
        sentence = Sentence.of("template", problem=error.message)
        return (wording("template", Severity.ERROR, sentence),)
    return lint_text(
        text, program, language, countries, sender, message_class, kind, rules, on, reason=reason
    )


def lint_text(
    text: str,
    program: Program | None,
    language: str | None,
    countries: Iterable[str],
    sender: SenderFacts | None,
    message_class: MessageClass,
    kind: MessageKind,
    rules: Iterable[Pack],
    on: date,
    *,
    brand: str = "",
    reason: str = "",
) -> tuple[Finding, ...]:
    """What is wrong with a text of this class and kind to people in `countries`, by the packs in `rules` on a day.

    `brand` is for a text without a program; `reason`, why it needs more than one segment.
    """
    brand = brand or (program.brand_name if program else "")
    categories = program.categories if program else ()
    held = law(
        rules,
        countries,
        on,
        route=_route(sender, program),
        categories=categories,
        occasion="code" if kind is MessageKind.CODE else "",
    )
    said = Wording.of(text, language, program, brand)
    concerned = Law(rules=tuple(rule for rule in held.rules if rule.parameter.concerns(message_class, kind)))
    return ordered(
        (
            *_brand(said, concerned),
            *_answers(said, kind),
            *_way_out(said, concerned, sender, program, kind),
            *_categories(said, concerned, categories, program),
            *_length(text, concerned, reason),
            *_characters(text),
            *_labels(text, concerned),
            *_elements(text, concerned),
            *_parts(said, held, kind),
            *_selling(text, language, held, message_class, kind),
            *(_order(text, language, brand) if message_class is MessageClass.PROMOTIONAL else ()),
        )
    )


def _route(sender: SenderFacts | None, program: Program | None) -> Route | None:
    if sender is not None:
        return _ROUTES.get(sender.kind)
    return Route(sender_kind(program.sender)) if program else None


def _brand(said: Wording, held: Law) -> Iterator[Finding]:
    rules = [rule for rule, _ in held.of(Naming)]
    if said.brand and rules and not names(said.text, said.brand):
        yield broken("brand_missing", rules, Sentence.of("brand_missing"), f"{said.brand}: {said.text}")


# --- the way out ---------------------------------------------------------------------------------------------


def _answers(said: Wording, kind: MessageKind) -> Iterator[Finding]:
    """Words that people leave with, as answers to something else."""
    for span, finding in asking.answers_in(said.text, said.language, is_asking=kind in _ASKING):
        yield replace(finding, span=span)


def _way_out(
    said: Wording, held: Law, sender: SenderFacts | None, program: Program | None, kind: MessageKind
) -> Iterator[Finding]:
    due = held.of(WayOut)
    if not due:
        return
    can_receive = sender.can_receive if sender else _route(sender, program) is not Route.ALPHANUMERIC
    text = asking.without_answers(said.text, said.language, is_asking=kind in _ASKING)
    is_answerable = can_receive or composing.says_where_to_send(text)
    by_reply = [rule for rule, way_out in due if way_out.is_by_reply]
    if not is_answerable and by_reply:
        yield broken("cannot_be_answered", by_reply, Sentence.of("cannot_be_answered"))
    offered = _offered(said, held, program, can_receive=can_receive)
    if composing.has_way_out(text):
        if not is_answerable and not _has_way_out_link(text) and not _says_label(text, held):
            rules = [rule for rule, _ in due]
            yield broken("stop_cannot_arrive", rules, Sentence.of("stop_cannot_arrive"), offered)
        return
    policy = min((way_out.policy for _, way_out in due), key=_POLICIES.index)
    rules = [rule for rule, way_out in due if way_out.policy is policy]
    yield broken(_DUE[policy], rules, Sentence.of(_DUE[policy]), offered)


def _ways_out_by_label(held: Law) -> tuple[str, ...]:
    """Labels that are a way out by themselves, such as STOP 36 with the number that follows."""
    return tuple(label.literal for _, label in held.of(Label) if composing.has_way_out(label.literal))


def _says_label(text: str, held: Law) -> bool:
    return any(labels_in(text, ((literal, "anywhere"),)) for literal in _ways_out_by_label(held))


def _offered(said: Wording, held: Law, program: Program | None, *, can_receive: bool) -> str:
    literals = _ways_out_by_label(held)
    if not can_receive and literals:
        return labels.offered(literals[0])
    return standard_way_out(said.language or "en", "" if can_receive else _link(program))


def _has_way_out_link(text: str) -> bool:
    return any("/u/" in text[slice(*span)] for span in links.links(text))


def _link(program: Program | None) -> str:
    host = links.host(program.privacy_url) if program else ""
    return _SHOWN_LINK.format(host=host or "...")


# --- what may not go, and what has to be there ---------------------------------------------------------------


def _categories(
    said: Wording, held: Law, categories: tuple[str, ...], program: Program | None
) -> Iterator[Finding]:
    banned: dict[str, list[Rule]] = {}
    known: dict[str, list[Rule]] = {}
    for rule, age in held.of(Age):
        for category in age.categories:
            (banned if age.is_banned else known).setdefault(category, []).append(rule)
    for category in categories:
        if category in banned:
            sentence = Sentence.of("category_forbidden", category=category)
            yield broken("category_forbidden", banned[category], sentence)
    for category in selling.categories_in(said.text, said.language):
        # A word is no proof of what a text is about, so it is for its author to say.
        if category in categories:
            continue
        if category in banned:
            found = broken(
                "category_suspected",
                banned[category],
                Sentence.of("category_suspected", category=category),
            )
            yield replace(found, severity=Severity.ADVICE if program else Severity.WARNING)
        elif category in known:
            found = broken(
                "category_undeclared",
                known[category],
                Sentence.of("category_undeclared", category=category),
            )
            yield replace(found, severity=Severity.ADVICE)


def _labels(text: str, held: Law) -> Iterator[Finding]:
    for rule, label in held.of(Label):
        if not labels_in(text, ((label.literal, label.position.value),)):
            code = "label_missing"
            sentence = Sentence.of(f"{code}.{label.position.value}", label=label.literal)
            yield broken(code, [rule], sentence, labels.offered(label.literal))


def _elements(text: str, held: Law) -> Iterator[Finding]:
    wrongs = (
        (Forbidden.PUBLIC_SHORTENER, "shortened_link", links.shortened),
        (Forbidden.LINK, "link_forbidden", links.links),
        (Forbidden.PHONE_NUMBER, "phone_number_forbidden", links.phone_numbers),
    )
    for element, code, find in wrongs:
        rules = [rule for rule, without in held.of(Without) if element in without.elements]
        for span in find(text) if rules else ():
            host = links.host(text[slice(*span)])
            sentence = Sentence.of(code, host=host) if code == "shortened_link" else Sentence.of(code)
            yield broken(code, rules, sentence, span=span)


def _parts(said: Wording, held: Law, kind: MessageKind) -> Iterator[Finding]:
    wanting: dict[str, list[Rule]] = {}
    by_name = {}
    for rule, asked in held.of(Elements):
        for part in asked.parts if asked.kind is kind else ():
            by_name[part.value] = part
            if not says(part, said):
                wanting.setdefault(part.value, []).append(rule)
    for name, rules in wanting.items():
        yield missing_part(by_name[name], rules, said)


def _selling(
    text: str, language: str | None, held: Law, message_class: MessageClass, kind: MessageKind
) -> Iterator[Finding]:
    if message_class is MessageClass.PROMOTIONAL:
        return
    rules = [rule for rule, mixed in held.of(Mixed) if mixed.is_promotional]
    rules += [
        rule
        for rule, without in held.of(Without)
        if Forbidden.PROMOTION in without.elements and without.concerns(message_class, kind)
    ]
    found = selling.sells(text, language, may_name_offers=kind in selling.DESCRIBING)
    if rules and found:
        words = ", ".join(text[start:end] for start, end in found)
        yield broken("sells", rules, Sentence.of("sells", words=words), span=found[0])


# --- length, characters, order -------------------------------------------------------------------------------


def _length(text: str, held: Law, reason: str) -> Iterator[Finding]:
    segments = measure(text).segments
    over = [rule for rule, length in held.of(Length) if 0 < length.segments < segments]
    if over and not reason:
        yield broken("long_text", over, Sentence.of("long_text", segments=segments))
    for rule, length in held.of(Length):
        if 0 < length.characters < len(text):
            sentence = Sentence.of("too_many_characters", characters=len(text), most=length.characters)
            yield broken("too_many_characters", [rule], sentence)


def _characters(text: str) -> Iterator[Finding]:
    better = plainer(text)
    if better is None:
        return
    shown = " ".join(character for character, _ in better.replaced)
    span = (better.first, better.first + 1)
    if better.segments_after < better.segments_before:
        sentence = Sentence.of(
            "ucs_2.costs", characters=shown, before=better.segments_before, after=better.segments_after
        )
        yield wording("ucs_2", Severity.WARNING, sentence, offer=better.text, span=span)
    else:
        sentence = Sentence.of("ucs_2", characters=shown)
        yield wording("ucs_2", Severity.ADVICE, sentence, offer=better.text, span=span)


def _order(text: str, language: str | None, brand: str) -> Iterator[Finding]:
    """The offer before anything else: who reads only the first line has read it."""
    offers = selling.sells(text, language)
    if not offers:
        return
    start, end = offers[0]
    greeting = selling.begins_with_greeting(text, language, _after_brand(text, brand))
    if greeting and greeting[1] <= start:
        sentence = Sentence.of("offer_late.greeting", offer=text[start:end])
        yield wording("offer_late", Severity.ADVICE, sentence, span=greeting)
    link = next(
        (span for span in links.links(text) if span[1] <= start and "/u/" not in text[slice(*span)]), None
    )
    if link:
        sentence = Sentence.of("offer_late.link", offer=text[start:end])
        yield wording("offer_late", Severity.ADVICE, sentence, span=link)


def _after_brand(text: str, brand: str) -> int:
    return len(brand) if brand and text.casefold().startswith(brand.casefold()) else 0
