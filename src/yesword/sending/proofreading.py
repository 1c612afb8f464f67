"""What the linter says of a campaign's text, by the law of where its audience is.

Whoever writes a campaign asks here, at the command line or in the console. The gate is not asked, and decides all the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from yesword.domain import segments
from yesword.domain.linting.finding import Finding, at, ordered
from yesword.domain.linting.texts import lint_template
from yesword.domain.messages import MessageClass
from yesword.domain.programs import Program
from yesword.domain.rules import RuleBook, UnknownRuleError
from yesword.domain.rules.model import OnRecord
from yesword.sending.campaigns import audience_page
from yesword.sending.invitations import invited_by, with_question
from yesword.sending.verdicts import offer_of
from yesword.sending.weighing import Scales
from yesword.store import models
from yesword.store.contacts import Contact
from yesword.store.opening import Store

SELLS: Final = "sells"  # the code of the finding that a text which informs also sells
_LOOKED_AT: Final = 400  # people, in no particular order: enough to know the countries, and read at once


def places_of(people: Iterable[Contact]) -> tuple[str, ...]:
    """The countries, and regions such as US-FL, where these people may be."""
    found = {place.region or place.country for person in people for place in person.places}
    found |= {person.country for person in people}
    return tuple(sorted(found - {""}))


def audience_places(store: Store, campaign: models.Campaign) -> tuple[str, ...]:
    """Where people of the audience may be, by the first of them."""
    with store.database.read() as session:
        people, _, _ = audience_page(store, session, campaign, 0, _LOOKED_AT)
    return places_of(people)


def proofread(
    scales: Scales, campaign: models.Campaign, places: tuple[str, ...], on: date
) -> tuple[Finding, ...]:
    """What is wrong with the campaign's text for people in `places`; without any, in the country of its brand.

    The text goes to people of every language of the program, each with the way out in theirs. Of what is wrong in
    several it speaks once; `where` names the language where it is not the program's own.
    """
    offer = offer_of(scales, campaign)
    program = replace(offer.program, categories=offer.message.categories)
    message_class = MessageClass.PROMOTIONAL if offer.message.is_mixed else offer.message.message_class
    found: dict[tuple[str, str], tuple[Finding, ...]] = {}
    invited = invited_by(campaign)
    for language in _languages(program, campaign):
        findings = lint_template(
            with_question(campaign.template, invited, language),
            program,
            language,
            places or (program.brand_country,),
            offer.sender.facts,
            message_class,
            offer.message.kind,
            scales.rules.packs,
            on,
        )
        if language != program.default_language:
            findings = at(findings, language)
        told = set(found)
        for each in findings:
            key = (each.code, each.rule)
            if key not in told:
                found[key] = (*found.get(key, ()), each)
    return ordered(each for several in found.values() for each in several)


def _languages(program: Program, campaign: models.Campaign) -> Iterator[str]:
    """Those of the audience, the program's own first."""
    chosen = [
        program.texts_in(condition.value.casefold())[0]
        for condition in segments.from_json(campaign.segment)
        if condition.field == "language" and condition.comparison is segments.Comparison.IS
    ]
    if chosen:
        return iter(dict.fromkeys(chosen))
    return iter(dict.fromkeys((program.default_language, *program.languages)))


def is_for_the_gate(finding: Finding, rules: RuleBook) -> bool:
    """Whether the gate holds texts to the same rule, so that it refuses this one whatever its author says."""
    return any(_is_held_to(rule, rules) for rule in (finding.rule, *finding.also))


def _is_held_to(rule_id: str, rules: RuleBook) -> bool:
    try:
        rule = rules.rule(rule_id)
    except UnknownRuleError:
        return False  # a matter of wording alone, which no pack has a rule about
    return rule.is_enforced and not isinstance(rule.parameter, OnRecord)
