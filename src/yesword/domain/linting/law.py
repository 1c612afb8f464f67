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
from yesword.domain.phone import is_short_code
from yesword.domain.rules import model
from yesword.domain.rules.model import Confidence, Merge, OnRecord, Pack, Parameter, Rule
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
    by_id = {pack.id: pack for pack in packs}
    rules: dict[str, Rule] = {}
    for line in _lines(by_id, tuple(countries)):
        for rule in _settled(line, on):
            if _speaks(rule, on, route, categories, occasion):
                rules[rule.id] = rule
    return Law(rules=tuple(sorted(rules.values(), key=_nearest)))


def _lines(by_id: dict[str, Pack], countries: tuple[str, ...]) -> Iterator[tuple[Pack, ...]]:
    """Lineages, root first."""
    regions = {place for place in countries if "-" in place}
    states = {place.split("-")[0] for place in countries}
    found = [
        pack
        for pack in by_id.values()
        if pack.reach.is_everywhere
        or states.intersection(pack.reach.number_countries)
        or (pack.reach.region in regions if pack.reach.region else states.intersection(pack.reach.countries))
    ]
    lines = [tuple(_lineage(by_id, pack)) for pack in found]
    inner = {pack.id for line in lines for pack in line[:-1]}
    return (line for line in lines if line[-1].id not in inner)


def _lineage(by_id: dict[str, Pack], pack: Pack) -> list[Pack]:
    above = _lineage(by_id, by_id[pack.parent]) if pack.parent in by_id and pack.parent else []
    return [*above, pack]


def _settled(line: tuple[Pack, ...], on: date) -> list[Rule]:
    """A child's rule stands for its parent's on the same matter, where that may be relaxed."""
    held: list[Rule] = []
    for pack in line:
        rules = [rule for rule in pack.rules if rule.is_in_force(on)]
        replaced = {rule.parameter.slot for rule in rules if rule.is_enforced and rule.merge is Merge.REPLACE}
        held = [rule for rule in held if rule.parameter.slot not in replaced or not rule.may_relax]
        held += rules
    return held


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


def route_of(address: str) -> Route | None:
    """What kind of sender an address is, where it can be told."""
    if any(character.isalpha() for character in address):
        return Route.ALPHANUMERIC
    return Route.SHORT_CODE if is_short_code(address) else None
