"""Where in the world promotion may go right now: each country and region that has a pack, by its clocks and its hours.

Asked of the gate's own plans for somebody who agreed in writing, of whom nothing but the place is known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.http import HttpRequest

from yesword.domain.facts import BrandFacts, GateFacts
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.places import Place, PlaceEvidence, country_zones
from yesword.domain.places.regions import zones_of
from yesword.domain.question import Supposed, supposing
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model import Pack
from yesword.store import proclamations, programs
from yesword.web.bands import Door, door_now
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.addresses import pack_url
from yesword.web.law_names import named
from yesword.web.lawful import changes, local


@dataclass(frozen=True, kw_only=True, slots=True)
class DoorLine:
    """One place: what its clocks say, whether texts may go, and until or from when."""

    name: str
    url: str
    clocks: str  # `07:12`, or `01:12–07:12` over its zones
    door: str
    says: str
    is_region: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Doors:
    at: datetime
    zone: str  # of the brand
    countries: list[DoorLine]
    regions: list[tuple[str, list[DoorLine]]]  # by country
    open_count: int


def code_of(pack: Pack) -> str:
    """ISO code of the one country or region that a pack is about; empty for others."""
    if pack.reach.region:
        return pack.reach.region
    return pack.reach.countries[0] if len(pack.reach.countries) == 1 else ""


def doors(request: HttpRequest, book: RuleBook) -> Doors:
    """All places, for promotion of the brand that is looked at."""
    at = datetime.now(UTC).replace(second=0, microsecond=0)
    line = brand_of(request)
    brand = programs.brand(line.id).facts if line is not None else None
    home = zone_of(brand.country) if brand else "UTC"
    told = sorted(_lines(book, brand, home, at), key=lambda each: each[1].name)
    countries = [each for _country, each in told if not each.is_region]
    regions: dict[str, list[DoorLine]] = {}
    for country, each in told:
        if each.is_region:
            regions.setdefault(named(book.place_name(country, None)), []).append(each)
    return Doors(
        at=at,
        zone=home,
        countries=countries,
        regions=list(regions.items()),
        open_count=sum(each.door == Door.OPEN for each in countries),
    )


def _lines(
    book: RuleBook, brand: BrandFacts | None, home: str, at: datetime
) -> Iterator[tuple[str, DoorLine]]:
    told = proclamations.not_over(at)
    for pack in book.packs:
        code = code_of(pack)
        if not code:
            continue
        country, region = code[:2], pack.reach.region
        zones = zones_of(code) if region else country_zones(country)
        places = tuple(
            Place(country=country, region=region, zone=each, evidence=PlaceEvidence.COUNTRY) for each in zones
        )
        facts = replace(_facts(country, places, brand, at), proclamations=told)
        yield country, _line(pack, facts, book, home, at)


def _facts(country: str, places: tuple[Place, ...], brand: BrandFacts | None, at: datetime) -> GateFacts:
    return supposing(
        Supposed.EXPRESS_WRITTEN,
        kind=MessageKind.CAMPAIGN,
        message_class=MessageClass.PROMOTIONAL,
        country=country,
        may_text=True,
        places=places,
        brand=brand or BrandFacts(country=country),
        at=at,
    )


def _line(pack: Pack, facts: GateFacts, book: RuleBook, home: str, at: datetime) -> DoorLine:
    """Where a place has several clocks, the moment of a change is told on the brand's."""
    now = door_now(facts, book, at)
    zones = [each.zone for each in facts.contact.places]
    return DoorLine(
        name=named(pack.name),
        url=pack_url(pack.id),
        clocks=_clocks(zones, at),
        door=now.door.value,
        says=changes(now, zones[0] if len(zones) == 1 else home, at, names_zone=len(zones) > 1),
        is_region=pack.reach.region is not None,
    )


def _clocks(zones: Sequence[str], at: datetime) -> str:
    """From the westernmost to the easternmost."""
    walls = sorted({local(at, each).replace(tzinfo=None) for each in zones})
    first, last = f"{walls[0]:%H:%M}", f"{walls[-1]:%H:%M}"
    return first if first == last else f"{first}–{last}"
