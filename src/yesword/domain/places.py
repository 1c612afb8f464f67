"""Where a person plausibly is: every country, region and time zone that a number, or what they said, allows.

Which law then holds, and which hours, is for `rules` and `hours`; here nothing is weighed. A number is a
presumption, not a place, so the answer errs on the side of more places: a text must be lawful in all of them.

Data: `nanp.csv` beside this module has North America by area code. A zone is listed for an area code where a
county seat or a known exchange of it keeps that zone's time. Other countries come from `zone.tab` of tzdata.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from yesword.domain.errors import YeswordError
from yesword.domain.phone import NumberKind, PhoneNumber


class PlaceEvidence(StrEnum):
    """What a place is concluded from, best first."""

    STATED_ZONE = "stated_zone"
    STATED_ADDRESS = "stated_address"
    POSTCODE = "postcode"
    AREA_CODE = "area_code"
    COUNTRY = "country"  # of the number's country code
    TOLL_FREE = "toll_free"  # a number that belongs to no place within its country


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    country: str  # ISO 3166-1 alpha-2 of the state whose law holds: Puerto Rico is US, region US-PR
    region: str | None  # ISO 3166-2, or None where the country is all that is known
    zone: str  # IANA name
    evidence: PlaceEvidence


class PlaceError(YeswordError):
    """Not a place that is known."""

    code: ClassVar[str] = "place"


class UnknownZoneError(PlaceError):
    """There is no time zone "{zone}". Use an IANA name, such as Europe/Amsterdam."""

    code = "place_unknown_zone"


class UnknownRegionError(PlaceError):
    """There is no region "{region}". Use an ISO 3166-2 code, such as US-FL or NL-UT."""

    code = "place_unknown_region"


class BadAreaCodeTableError(PlaceError):
    """Line {line} of the area-code table is not understood: {problem}. Install Yesword again."""

    code = "place_bad_table"


def places_for(
    number: PhoneNumber, *, stated_zone: str | None = None, stated_region: str | None = None
) -> tuple[Place, ...]:
    """All places where the owner of the number plausibly is, in a stable order.

    - By the number alone: its area code's regions and zones in North America; else all zones of its country.
      Zones whose clocks agree count once. A toll-free or other number without a place has every zone of its
      country. A number of no country (satellite, `001`) has no place at all: the answer is empty, and a
      caller must not take that for leave.
    - `stated_region`, from an address: adds that region with its zones (where they are known by region, in
      North America; else the country's). An area code's own region stays, for laws that follow the number;
      a presumption that named only the same country gives way.
    - `stated_zone`, from the person: replaces every zone, for it is the best evidence of the hour. Regions
      stay, for laws that follow residence or the number; the zone's own country is added if it is another.

    Raises `UnknownZoneError` or `UnknownRegionError` for what is stated and does not exist.
    """
    return _places(number.country, number.area_code, number.kind, stated_zone, stated_region)


@lru_cache(maxsize=8192)
def _places(
    country: str, area_code: str | None, kind: NumberKind, stated_zone: str | None, stated_region: str | None
) -> tuple[Place, ...]:
    places = _by_number(country, area_code, kind)
    if stated_region is not None:
        stated = _by_region(stated_region)
        overruled = {place for place in places if place.region is None and place.country == stated[0].country}
        places = (*stated, *(place for place in places if place not in overruled))
    if stated_zone is not None:
        places = _in_zone(places, stated_zone)
    return tuple(dict.fromkeys(places))


def _by_number(country: str, area_code: str | None, kind: NumberKind) -> tuple[Place, ...]:
    areas = _area_codes().get(area_code, ()) if area_code else ()
    if areas:
        return tuple(
            Place(country=area.country, region=area.region, zone=zone, evidence=PlaceEvidence.AREA_CODE)
            for area in areas
            for zone in _distinct(area.zones)
        )
    # Toll-free numbers, and North America's personal ones (500 …), belong to a service and not to a place.
    is_placeless = kind is NumberKind.TOLL_FREE or (area_code is not None and kind is NumberKind.UNKNOWN)
    evidence = PlaceEvidence.TOLL_FREE if is_placeless else PlaceEvidence.COUNTRY
    return tuple(
        Place(country=country, region=None, zone=zone, evidence=evidence) for zone in country_zones(country)
    )


def _by_region(stated: str) -> tuple[Place, ...]:
    region = stated.strip().upper()
    country = region[:2]
    zones = _region_zones().get(region)
    if zones is None:
        # North America's regions are all in the table; elsewhere only the shape can be checked.
        if not _REGION.fullmatch(region) or country in _COUNTRIES_BY_REGION or not country_zones(country):
            raise UnknownRegionError(region=stated)
        zones = country_zones(country)
    return tuple(
        Place(country=country, region=region, zone=zone, evidence=PlaceEvidence.STATED_ADDRESS)
        for zone in _distinct(zones)
    )


def _in_zone(places: tuple[Place, ...], stated: str) -> tuple[Place, ...]:
    zone = stated.strip()
    if zone not in _zone_names():
        raise UnknownZoneError(zone=stated)
    here = _zone_country().get(zone)
    found = [
        Place(country=place.country, region=place.region, zone=zone, evidence=PlaceEvidence.STATED_ZONE)
        for place in places
    ]
    if here is not None and here not in {place.country for place in places}:
        found.append(Place(country=here, region=None, zone=zone, evidence=PlaceEvidence.STATED_ZONE))
    return tuple(found)


@lru_cache(maxsize=512)
def country_zones(country: str) -> tuple[str, ...]:
    """The zones of a country (ISO alpha-2), one for each way of keeping time. Empty if there is no such country."""
    return _distinct(_zones_by_country().get(country, ()))


# --- North America -------------------------------------------------------------------------------------------

_REGION: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_COUNTRIES_BY_REGION: Final = frozenset({"US", "CA"})
_COLUMNS: Final = ("area_code", "country", "region", "zones")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Area:
    country: str
    region: str | None
    zones: tuple[str, ...]  # the most people first


@lru_cache(maxsize=1)
def _area_codes() -> Mapping[str, tuple["_Area", ...]]:
    """Area code to its areas; several where provinces share one."""
    text = resources.files("yesword.domain").joinpath("nanp.csv").read_text("utf-8")
    return MappingProxyType(read_area_codes(text.splitlines()))


def read_area_codes(lines: Iterable[str]) -> dict[str, tuple[_Area, ...]]:
    """The table as it stands in the file. Raises `BadAreaCodeTableError` at the first line it does not understand."""
    rows = csv.reader(lines)
    if tuple(next(rows, ())) != _COLUMNS:
        raise BadAreaCodeTableError(line=1, problem="the columns are not " + ", ".join(_COLUMNS))
    areas: dict[str, tuple[_Area, ...]] = {}
    for line, row in enumerate(rows, start=2):
        if problem := _problem(row):
            raise BadAreaCodeTableError(line=line, problem=problem)
        code, country, region, zones = row
        area = _Area(country=country, region=region or None, zones=tuple(zones.split()))
        areas[code] = (*areas.get(code, ()), area)
    return areas


def _problem(row: list[str]) -> str | None:
    if len(row) != len(_COLUMNS):
        return "it does not have four fields"
    code, country, region, zones = row
    if not re.fullmatch(r"[2-9][0-8][0-9]", code):
        return "that is no area code"
    if not re.fullmatch(r"[A-Z]{2}", country):
        return "that is no country"
    if region and not (_REGION.fullmatch(region) and region.startswith(country)):
        return "that is no region of the country"
    if not zones or not set(zones.split()) <= _zone_names():
        return "there is no zone, or one that tzdata lacks"
    return None


@lru_cache(maxsize=1)
def _region_zones() -> Mapping[str, tuple[str, ...]]:
    zones: dict[str, dict[str, None]] = {}
    for areas in _area_codes().values():
        for area in areas:
            if area.region is not None:
                zones.setdefault(area.region, {}).update(dict.fromkeys(area.zones))
    return MappingProxyType({region: tuple(found) for region, found in zones.items()})


# --- tzdata --------------------------------------------------------------------------------------------------
# Read from the tzdata package and never from the machine, so that the same version gives the same places.

# Countries of the numbering plans that zone.tab does not list.
_ZONES_ELSEWHERE: Final = MappingProxyType(
    {
        "AC": ("Atlantic/St_Helena",),
        "TA": ("Atlantic/St_Helena",),
        "XK": ("Europe/Belgrade",),
    }
)
# A year on both sides of now would do; more keeps apart what a known change of rules will part.
_COMPARED_FROM: Final = datetime(2024, 1, 1, 12, tzinfo=UTC)
_COMPARED_DAYS: Final = 6 * 365


@lru_cache(maxsize=1)
def _zone_country() -> Mapping[str, str]:
    """Zone to ISO alpha-2: zones of most of an area first, so that Sydney and not an outpost names the clock."""
    text = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    rows.sort(key=lambda row: ("most areas" not in "".join(row[3:]), row[2].startswith("Antarctica/")))
    return MappingProxyType({zone: country for country, _, zone, *_ in rows})


@lru_cache(maxsize=1)
def _zones_by_country() -> Mapping[str, tuple[str, ...]]:
    zones: dict[str, tuple[str, ...]] = dict(_ZONES_ELSEWHERE)
    for zone, country in _zone_country().items():
        zones[country] = (*zones.get(country, ()), zone)
    return MappingProxyType(zones)


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def _distinct(zones: tuple[str, ...]) -> tuple[str, ...]:
    """The zones without those whose clocks agree with an earlier one."""
    if len(zones) < 2:
        return zones
    first: dict[tuple[timedelta | None, ...], str] = {}
    for zone in zones:
        first.setdefault(_clock(zone), zone)
    return tuple(first.values())


@lru_cache(maxsize=1024)
def _clock(zone: str) -> tuple[timedelta | None, ...]:
    """How the zone keeps time: its offset from UTC on every day compared."""
    with resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as data:
        rules = ZoneInfo.from_file(data, key=zone)
    days = (_COMPARED_FROM + timedelta(days=day) for day in range(_COMPARED_DAYS))
    return tuple(day.astimezone(rules).utcoffset() for day in days)
