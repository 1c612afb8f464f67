"""Regions, and of which state a territory is one: what ISO 3166-1 lists as a country is not always under its own law."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from yesword.domain.places.area_codes import area_codes
from yesword.domain.places.clocks import country_zones, distinct
from yesword.domain.places.model import UnknownPlaceCountryError, UnknownRegionError

_REGION: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_COUNTRIES_BY_REGION: Final = frozenset({"US", "CA"})

# Lands with a code, a number range or zones of their own, under the law of another state. Lands that make their own
# law on these matters (Jersey, Guernsey, Man, the Faroes, Aruba ...) stay countries here.
_PART_OF: Final[Mapping[str, tuple[str, str | None]]] = MappingProxyType(
    {
        "AS": ("US", "US-AS"),
        "GU": ("US", "US-GU"),
        "MP": ("US", "US-MP"),
        "PR": ("US", "US-PR"),
        "VI": ("US", "US-VI"),
        "GP": ("FR", "FR-971"),
        "MQ": ("FR", "FR-972"),
        "GF": ("FR", "FR-973"),
        "RE": ("FR", "FR-974"),
        "YT": ("FR", "FR-976"),
        "BL": ("FR", "FR-BL"),
        "MF": ("FR", "FR-MF"),
        "PM": ("FR", "FR-PM"),
        "AX": ("FI", "FI-01"),
        "SJ": ("NO", "NO-21"),
        "CC": ("AU", None),
        "CX": ("AU", None),
        "NF": ("AU", None),
    }
)
_LAND_OF: Final[Mapping[str, str]] = MappingProxyType(
    {region: land for land, (_, region) in _PART_OF.items() if region is not None}
)


def state_of(land: str) -> tuple[str, str | None]:
    """The state whose law holds in what ISO lists as a country, and the region that it is of that state, if any."""
    return _PART_OF.get(land, (land, None))


def land_of(region: str) -> str:
    """What ISO lists as the country of a region: PR for US-PR, and US for US-FL."""
    return _LAND_OF.get(region, region[:2])


def read_land(stated: str) -> str:
    """Raises `UnknownPlaceCountryError`."""
    land = stated.strip().upper()
    if not country_zones(land):
        raise UnknownPlaceCountryError(country=stated)
    return land


def read_region(stated: str) -> str:
    """Raises `UnknownRegionError`."""
    region = stated.strip().upper()
    if region in _region_zones() or region in _LAND_OF:
        return region
    # North America's regions are all in the table; elsewhere only the shape can be checked.
    country = region[:2]
    if not _REGION.fullmatch(region) or country in _COUNTRIES_BY_REGION or not country_zones(country):
        raise UnknownRegionError(region=stated)
    return region


def zones_of(region: str) -> tuple[str, ...]:
    """The zones of a region; where no table says more, those of its country."""
    return _region_zones().get(region) or country_zones(land_of(region))


def regions_of(land: str) -> tuple[str, ...]:
    """The regions whose zones are known one by one; none for most countries."""
    return tuple(region for region in _region_zones() if land_of(region) == land)


@lru_cache(maxsize=1)
def _region_zones() -> Mapping[str, tuple[str, ...]]:
    zones: dict[str, dict[str, None]] = {}
    for areas in area_codes().values():
        for area in areas:
            if area.region is not None:
                zones.setdefault(area.region, {}).update(dict.fromkeys(area.zones))
    return MappingProxyType({region: distinct(tuple(found)) for region, found in zones.items()})
