"""Finds the rules that speak to one text: which packs reach it, which rules are in force, which stand for which.

A lineage runs from a root (a country, the EU) to its leaf (a state, a member); in it, a child's rule stands for its
parent's rule on the same matter where the parent's may be relaxed, or holds beside it. Everything that is left, of all
lineages, of the sender's own country, of the industry, the house and the brand, is held to at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple, TypeVar

from yesword.domain.facts import BrandFacts
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import RecipientKind
from yesword.domain.places import EvidenceFamily, Place
from yesword.domain.rules import model
from yesword.domain.rules.book import RuleBook
from yesword.domain.rules.model import Layer, Merge, Pack, Parameter, Rule
from yesword.domain.rules.model.consent import SoftOptIn
from yesword.domain.rules.model.times import Hours

P = TypeVar("P", bound=Parameter)
NOWHERE: Final = "Etc/UTC"


class Asked(NamedTuple):
    """What chooses the rules of a text. `number_country` is where the number is from, whoever holds it."""

    places: tuple[Place, ...]
    number_country: str
    brand: BrandFacts
    message_class: MessageClass
    kind: MessageKind
    route: str | None = None  # kind of the sender; None: not known
    provider: str = ""
    recipient: RecipientKind = RecipientKind.PERSON
    categories: tuple[str, ...] = ()
    occasion: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceRules:
    """The rules about hours that hold for somebody in this place."""

    place: Place
    name: str
    hours: tuple[tuple[Rule, Hours], ...]
    suspensions: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What one lineage of a place, or of the sender's country, says about customers, and whose rules it holds."""

    name: str
    rules: frozenset[str]
    soft_opt_ins: tuple[tuple[Rule, SoftOptIn], ...]  # enforced ones: alternatives of each other


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The rules for one question at one time; those closest to the person come first."""

    packs: tuple[str, ...]
    zone: str  # on whose calendar the days of the law are counted, but for each place's own
    since: datetime
    until: datetime  # from then on, others may be in force
    places: tuple[PlaceRules, ...]
    lines: tuple[Line, ...]
    concerned: tuple[Rule, ...]

    def of(self, kind: type[P]) -> tuple[tuple[Rule, P], ...]:
        return tuple((rule, rule.parameter) for rule in self.concerned if isinstance(rule.parameter, kind))


def resolve(book: RuleBook, asked: Asked, at: datetime) -> Rules:
    here = asked.places[0].zone if asked.places else NOWHERE
    on = book.day(at, here)
    since, until = book.stretch(at, {here, *(place.zone for place in asked.places)})
    by_number = [pack for pack in book.packs if asked.number_country in pack.reach.number_countries]
    by_provider = [pack for pack in book.packs if asked.provider and asked.provider in pack.reach.providers]
    everywhere = [pack for pack in book.packs if pack.reach.is_everywhere]
    common = [rule for pack in (*by_number, *by_provider, *everywhere) for rule in settle((pack,), on)]
    local = {place: list(_lines_of(book, place, asked, book.day(at, place.zone))) for place in asked.places}
    # Nobody knows where a number without a place is; its country, if it has one, still has its say.
    own = [settle(line, on) for line in book.lineages(asked.brand.country, None)]
    abroad = [settle(line, on) for line in book.lineages(asked.number_country, None)]
    from_there = list(_sent_from(book, asked, on))
    everyone = frozenset(EvidenceFamily)
    found = [
        rule for rules in (common, *own, *abroad, from_there) for rule in _speaking(rules, asked, everyone)
    ]
    found += [
        rule
        for place, lines in local.items()
        for line in lines
        for rule in _speaking(line, asked, place.families)
    ]
    concerned = _ordered(found)
    places = tuple(
        _place_rules(book, place, [rule for line in lines for rule in line], [*common, *from_there], asked)
        for place, lines in local.items()
    )
    # A lineage that decides nothing has no say in whether a customer may be texted either.
    lines = [
        (place.country, line)
        for place, each in local.items()
        for line in ([line for line in each if _decides(line)] or [[]])
    ]
    lines += [(asked.brand.country, line) for line in own if _decides(line)]
    lines += [(asked.number_country, line) for line in abroad if _decides(line)]
    return Rules(
        packs=tuple(dict.fromkeys(rule.pack for rule in concerned)),
        zone=here,
        since=since,
        until=until,
        places=places,
        lines=tuple(dict.fromkeys(_line(book, country, line, asked) for country, line in lines)),
        concerned=tuple(
            rule for rule in concerned if rule.parameter.concerns(asked.message_class, asked.kind)
        ),
    )


def settle(line: tuple[Pack, ...], on: date) -> list[Rule]:
    """The rules of a lineage, root first, that hold on a day.

    A rule that may not decide, or was not verified, never takes the place of one that does.
    """
    held: list[Rule] = []
    for pack in line:
        rules = [rule for rule in pack.rules if rule.is_in_force(on)]
        replaced = {
            rule.parameter.slot
            for rule in rules
            if rule.is_enforced and rule.is_verified and rule.merge is Merge.REPLACE
        }
        held = [rule for rule in held if rule.parameter.slot not in replaced or _is_fixed(rule)]
        held += rules
    return held


def _decides(line: Sequence[Rule]) -> bool:
    return any(rule.is_enforced and rule.is_verified for rule in line)


def _is_fixed(rule: Rule) -> bool:
    return rule.is_enforced and not rule.may_relax


def _lines_of(book: RuleBook, place: Place, asked: Asked, on: date) -> Iterator[list[Rule]]:
    for line in book.lineages(place.country, place.region, may_be_any_region=True):
        yield [rule for rule in settle(line, on) if _is_met(rule, asked, place.families)]


def _sent_from(book: RuleBook, asked: Asked, on: date) -> Iterator[Rule]:
    """The rules of the region that the text is sent from, where its pack reaches senders too."""
    region = asked.brand.region
    if region is None or not any(place.country == asked.brand.country for place in asked.places):
        return
    for pack in book.packs:
        if pack.reach.has_senders and pack.reach.region == region:
            yield from (rule for rule in pack.rules if rule.is_in_force(on))


# --- predicates ----------------------------------------------------------------------------------------------


def _speaking(rules: Iterable[Rule], asked: Asked, families: frozenset[EvidenceFamily]) -> Iterator[Rule]:
    return (rule for rule in rules if _is_met(rule, asked, families))


def _is_met(rule: Rule, asked: Asked, families: frozenset[EvidenceFamily]) -> bool:
    """Whether the text is one that the rule speaks to; what it asks of the person's record, the gate asks."""
    when = rule.when
    if when is model.ALWAYS:
        return True
    return (
        (not when.evidence or not families.isdisjoint(when.evidence))
        and (not when.recipients or asked.recipient in when.recipients)
        and (not when.senders or not set(asked.brand.traits).isdisjoint(when.senders))
        and set(asked.brand.traits).isdisjoint(when.unless_senders)
        and (not when.routes or asked.route in when.routes)
        and (not when.providers or asked.provider in when.providers)
        and (not when.channels or CHANNEL in when.channels)
        and (not when.categories or not set(asked.categories).isdisjoint(when.categories))
        and (not when.occasions or asked.occasion in when.occasions)
    )


CHANNEL: Final = "sms"  # the one channel that there is


# --- what comes of it ----------------------------------------------------------------------------------------


def _ordered(rules: Iterable[Rule]) -> list[Rule]:
    """Once each: the place's own before its country's, law before the industry, the house last."""
    once = {rule.id: rule for rule in rules}
    return sorted(once.values(), key=lambda rule: (rule.is_house, _is_code(rule), -rule.depth, rule.id))


def _is_code(rule: Rule) -> bool:
    return rule.layer in (Layer.CODE, Layer.CARRIER, Layer.PROVIDER)


def _place_rules(
    book: RuleBook, place: Place, local: list[Rule], common: list[Rule], asked: Asked
) -> PlaceRules:
    is_silent = not any(
        isinstance(rule.parameter, Hours)
        and rule.is_enforced
        and rule.is_verified
        and asked.message_class in rule.parameter.classes
        for rule in local
    )
    spoken = _ordered(
        rule
        for rule in (*local, *common)
        if rule.parameter.concerns(asked.message_class, asked.kind)
        and _is_met(rule, asked, place.families)
        and (is_silent or not rule.where_silent)
    )
    return PlaceRules(
        place=place,
        name=book.place_name(place.country, place.region),
        hours=tuple((rule, rule.parameter) for rule in spoken if isinstance(rule.parameter, Hours)),
        suspensions=tuple(rule for rule in spoken if isinstance(rule.parameter, model.Suspension)),
    )


def _line(book: RuleBook, country: str, rules: Sequence[Rule], asked: Asked) -> Line:
    return Line(
        name=book.place_name(country, None),
        rules=frozenset(rule.id for rule in rules),
        soft_opt_ins=tuple(
            (rule, rule.parameter)
            for rule in rules
            if isinstance(rule.parameter, SoftOptIn)
            and _is_met(rule, asked, frozenset(EvidenceFamily))
            and rule.is_enforced
            and rule.is_verified
            and rule.parameter.concerns(asked.message_class, asked.kind)
        ),
    )
