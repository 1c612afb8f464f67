"""Steps about what a text is about and how it is worded: age, categories, the brand's name, the way out, labels."""

from collections.abc import Iterable, Iterator

from yesword.domain.ages import ADULT, SaidAge
from yesword.domain.decisions import Reason, Sentence
from yesword.domain.facts import TextFacts
from yesword.domain.gate.case import Case
from yesword.domain.gate.reasons import built_in, by_rule, dated
from yesword.domain.messages import MessageClass, Standing
from yesword.domain.rules.model.stopping import WayOut, WayOutPolicy


def age(case: Case) -> Iterable[Reason]:
    program, plan = case.facts.program, case.plan
    if not plan.age and (program is None or program.minimum_age is None):
        return ()
    is_asked = plan.rests_on in (Standing.GRANT, Standing.REQUEST)
    return _age(case) if is_asked or plan.message_class is MessageClass.PROMOTIONAL else ()


def _age(case: Case) -> Iterator[Reason]:
    program = case.facts.program
    if program is not None and program.minimum_age is not None and not _is_of_age(case, program.minimum_age):
        yield built_in(
            "too_young", rule="program_age", fact=_age_fact(case), sentence=_age_asked(program.minimum_age)
        )
    categories = set(case.categories)
    for rule, parameter in case.held(case.plan.age):
        about = sorted(categories.intersection(parameter.categories))
        if parameter.is_banned:
            sentence = Sentence.of("category_banned", categories=", ".join(about), citation=rule.citation)
            fact = Sentence.of("fact.categories", categories=", ".join(sorted(categories)))
            yield by_rule(rule, "category_banned", fact=fact, sentence=sentence)
        elif not _is_of_age(case, parameter.minimum):
            yield by_rule(rule, "too_young", fact=_age_fact(case), sentence=_age_asked(parameter.minimum))


def _age_asked(minimum: int) -> Sentence:
    return Sentence.of("too_young", age=minimum)


def _age_fact(case: Case) -> Sentence:
    since, said = case.facts.contact.adult_since, case.facts.contact.said_age
    if since is None and said is not None:
        return dated("fact.said_age", said.on, age=said.years)
    return Sentence.of("fact.age_unknown") if since is None else dated("fact.adult", since)


def _is_of_age(case: Case, minimum: int) -> bool:
    since, said = case.facts.contact.adult_since, case.facts.contact.said_age
    if since is not None and SaidAge(years=ADULT, on=since).is_at_least(max(ADULT, minimum), case.at):
        return True
    return said is not None and said.is_at_least(minimum, case.at)


def wording(case: Case) -> Iterable[Reason]:
    text, plan = case.facts.text, case.plan
    if text is None:
        return ()
    if (
        text.names_brand
        and _can_leave(case, text)
        and not plan.labels
        and not text.elements
        and _is_short(case, text)
    ):
        return ()
    return _wording(case, text)


def _is_short(case: Case, text: TextFacts) -> bool:
    for _, length in case.held(case.plan.length):
        if length.segments and text.segments > length.segments:
            return False
        if length.characters and text.characters > length.characters:
            return False
    return True


def _wording(case: Case, text: TextFacts) -> Iterator[Reason]:
    plan = case.plan
    if not text.names_brand:
        for rule, _ in case.held(plan.naming):
            yield by_rule(rule, "brand_not_named", fact=Sentence.of("fact.brand_not_named"))
    if not _can_leave(case, text):
        fact = "fact.way_out_unanswerable" if text.has_way_out else "fact.way_out_missing"
        for rule, parameter in case.held(plan.way_out):
            if _is_due(case, parameter):
                yield by_rule(rule, "way_out_missing", fact=Sentence.of(fact))
    for rule, label in case.held(plan.labels):
        if label.literal not in text.labels:
            sentence = Sentence.of(
                f"label_missing.{label.position}", label=label.literal, citation=rule.citation
            )
            yield by_rule(rule, "label_missing", fact=Sentence.of("fact.label_missing"), sentence=sentence)
    for rule, without in case.held(plan.without):
        for element in without.elements:
            if element.value in text.elements:
                sentence = Sentence.of("element_forbidden", place=rule.pack_name, citation=rule.citation)
                yield by_rule(
                    rule, "element_forbidden", fact=Sentence.of(f"fact.has.{element}"), sentence=sentence
                )
    yield from _lengths(case, text)


def _can_leave(case: Case, text: TextFacts) -> bool:
    """Whether the text has a way out that works: a word to answer is none where nobody can answer the sender."""
    sender = case.facts.sender
    if sender is None or sender.can_receive:
        return text.has_way_out
    return text.has_way_out and text.has_way_out_elsewhere


def _lengths(case: Case, text: TextFacts) -> Iterator[Reason]:
    for rule, length in case.held(case.plan.length):
        if length.segments and text.segments > length.segments:
            fact = Sentence.of("fact.segments", segments=text.segments, encoding=text.encoding)
            sentence = Sentence.of("long_text", segments=length.segments)
            yield by_rule(rule, "long_text", fact=fact, sentence=sentence)
        if length.characters and text.characters > length.characters:
            fact = Sentence.of("fact.characters", characters=text.characters)
            sentence = Sentence.of(
                "too_many_characters", characters=length.characters, citation=rule.citation
            )
            yield by_rule(rule, "too_many_characters", fact=fact, sentence=sentence)


def _is_due(case: Case, parameter: WayOut) -> bool:
    """Nothing tells which earlier text carried the way out, so a periodic one is due each time."""
    if parameter.policy is not WayOutPolicy.FIRST:
        return True
    program = case.facts.program
    return not any(program is None or sent.program == program.id for sent in case.facts.contact.recent)
