"""The rules that a wording is held against: those in force on a day, of the places that it is for, the industry and the
house. What a rule may cost a text is the gate's; here it only says how grave a finding is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from yesword.domain.decisions import Sentence
from yesword.domain.linting.finding import Finding, Severity
from yesword.domain.parties import RecipientKind
from yesword.domain.rules import RuleBook, model, settle
from yesword.domain.rules.model import Confidence, OnRecord, Pack, Parameter, Rule
from yesword.domain.rules.model.when import Route

P = TypeVar("P", bound=Parameter)


@dataclass(frozen=True, kw_only=True, slots=True)
class Law:
    rules: tuple[Rule, ...]  # those of the places first, the house last

    def of(self, kind: type[P]) -> tuple[tuple[Rule, P], ...]:
        return tuple((rule, rule.parameter) for rule in self.rules if isinstance(rule.parameter, kind))


def law(
    packs: Iterable[Pack],
    countries: Iterable[str],
    on: date,
    *,
    route: Route | None = None,
    categories: tuple[str, ...] = (),
    occasion: str = "",
) -> Law:
    """The rules for texts to these places: countries, or regions such as US-OK, which bring their country's along.

    A rule for one kind of sender or one occasion speaks only where that is known; one that spares some senders speaks
    to all, because nobody said to be spared.
    """
    rules: dict[str, Rule] = {}
    for line in _lines(RuleBook(packs), tuple(countries)):
        for rule in settle(line, on):
            if _speaks(rule, on, route, categories, occasion):
                rules[rule.id] = rule
    return Law(rules=tuple(sorted(rules.values(), key=_nearest)))


def _lines(book: RuleBook, countries: tuple[str, ...]) -> Iterator[tuple[Pack, ...]]:
    """Lineages, root first."""
    for place in countries:
        country, _, region = place.partition("-")
        yield from book.lineages(country, place if region else None)
    numbers = {place.split("-")[0] for place in countries}
    for pack in book.packs:
        if pack.reach.is_everywhere or numbers.intersection(pack.reach.number_countries):
            yield (pack,)


def _speaks(rule: Rule, on: date, route: Route | None, categories: tuple[str, ...], occasion: str) -> bool:
    when = rule.when
    return (
        (not when.routes or route in when.routes)
        and (not when.occasions or occasion in when.occasions)
        and (not when.categories or bool(set(when.categories) & set(categories)))
        and (not when.recipients or RecipientKind.PERSON in when.recipients)
        and (not when.channels or "sms" in when.channels)
        and not when.senders
        and not when.providers
        and when.collected_from <= on < when.collected_to
    )


def _nearest(rule: Rule) -> tuple[bool, int, str]:
    return (rule.is_house, -rule.depth, rule.id)


def severity(rule: Rule) -> Severity:
    """How grave it is to break the rule.

    What only other parts look up has no severity of its own for a text, so there the certainty of the fact decides.
    """
    if rule.confidence is Confidence.UNVERIFIED:
        return Severity.ADVICE
    is_recorded = isinstance(rule.parameter, OnRecord) and rule.severity is model.Severity.RECORD
    if rule.severity is model.Severity.WARN or not rule.is_verified:
        return Severity.WARNING
    return Severity.ERROR if is_recorded or rule.is_enforced else Severity.WARNING


def gravest(rules: Iterable[Rule]) -> tuple[Rule, tuple[str, ...]]:
    """The rule to name, and the others that ask for the same."""
    order = list(Severity)
    ranked = sorted(rules, key=lambda rule: (order.index(severity(rule)), *_nearest(rule)))
    return ranked[0], tuple(rule.id for rule in ranked[1:])


def broken(
    code: str,
    rules: Iterable[Rule],
    sentence: Sentence,
    offer: str | None = None,
    span: tuple[int, int] | None = None,
) -> Finding:
    """One finding for all rules that ask for the same: it names the gravest."""
    rule, others = gravest(rules)
    return Finding(
        code=code,
        rule=rule.id,
        pack=rule.pack,
        citation=rule.citation,
        severity=severity(rule),
        sentence=sentence,
        offer=offer,
        span=span,
        also=others,
    )
