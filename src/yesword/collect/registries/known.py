"""Which registries there are: those that some rule asks about. An answer of another would never be looked at."""

from collections.abc import Mapping
from dataclasses import dataclass

from yesword.domain.errors import YeswordError
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model import Pack
from yesword.domain.rules.model.senders import Listing, Scrub, SenderId


class UnknownRegistryError(YeswordError):
    """No rule asks about a registry "{registry}". Those that rules ask about: {known}."""

    code = "unknown_registry"


@dataclass(frozen=True, kw_only=True, slots=True)
class Registry:
    """A list that numbers are held against."""

    id: str
    country: str | None  # of its national numbers
    listing: Listing
    max_age_days: int  # how old an answer may be, at most; 0: no rule says
    rules: tuple[str, ...]


def number_registries(book: RuleBook) -> Mapping[str, Registry]:
    found: dict[str, Registry] = {}
    for pack in book.packs:
        for rule in pack.rules:
            if not isinstance(rule.parameter, Scrub):
                continue
            scrub, earlier = rule.parameter, found.get(rule.parameter.registry)
            ages = (scrub.max_age_days, earlier.max_age_days if earlier else 0)
            found[scrub.registry] = Registry(
                id=scrub.registry,
                country=(earlier.country if earlier else None) or _country(pack),
                listing=scrub.listing,
                max_age_days=min((age for age in ages if age), default=0),
                rules=(*(earlier.rules if earlier else ()), rule.id),
            )
    return dict(sorted(found.items()))


def _country(pack: Pack) -> str | None:
    if pack.reach.region is not None:
        return pack.reach.region[:2]
    return next(iter(pack.reach.countries or pack.reach.number_countries), None)


def number_registry(book: RuleBook, registry: str) -> Registry:
    """Raises `UnknownRegistryError`."""
    known = number_registries(book)
    if registry not in known:
        raise UnknownRegistryError(registry=registry, known=", ".join(known))
    return known[registry]


def sender_registry(book: RuleBook, registry: str) -> str:
    """The same, of the registries in which senders stand. Raises `UnknownRegistryError`."""
    rules = (rule for pack in book.packs for rule in pack.rules)
    known = {rule.parameter.registry for rule in rules if isinstance(rule.parameter, SenderId)} - {""}
    if registry not in known:
        raise UnknownRegistryError(registry=registry, known=", ".join(sorted(known)))
    return registry
