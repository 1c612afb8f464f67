"""Time zones and the countries that keep them, read from the tzdata package.

Never from the machine, so that the same version gives the same places. Reading a clock at a moment is for `hours`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

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


@lru_cache(maxsize=512)
def country_zones(country: str) -> tuple[str, ...]:
    """The zones of a country (ISO alpha-2), one for each way of keeping time. Empty if there is no such country."""
    return distinct(_zones_by_country().get(country, ()))


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Every name that tzdata knows, old ones too."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


@lru_cache(maxsize=1)
def zone_country() -> Mapping[str, str]:
    """Zone to ISO alpha-2: zones of most of an area first, so that Sydney and not an outpost names the clock."""
    text = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    rows.sort(key=lambda row: ("most areas" not in "".join(row[3:]), row[2].startswith("Antarctica/")))
    return MappingProxyType({zone: country for country, _, zone, *_ in rows})


def distinct(zones: tuple[str, ...]) -> tuple[str, ...]:
    """The zones without those whose clocks agree with an earlier one."""
    if len(zones) < 2:
        return zones
    first: dict[tuple[timedelta | None, ...], str] = {}
    for zone in zones:
        first.setdefault(_clock(zone), zone)
    return tuple(first.values())


def is_kept_in(zones: tuple[str, ...], zone: str) -> bool:
    """Whether one of the zones keeps the time of this one, by whatever name."""
    return zone in zones or _clock(zone) in [_clock(each) for each in zones]


@lru_cache(maxsize=1)
def _zones_by_country() -> Mapping[str, tuple[str, ...]]:
    zones: dict[str, tuple[str, ...]] = dict(_ZONES_ELSEWHERE)
    for zone, country in zone_country().items():
        zones[country] = (*zones.get(country, ()), zone)
    return MappingProxyType(zones)


@lru_cache(maxsize=1024)
def _clock(zone: str) -> tuple[timedelta | None, ...]:
    """How the zone keeps time: its offset from UTC on every day compared."""
    with resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as data:
        rules = ZoneInfo.from_file(data, key=zone)
    days = (_COMPARED_FROM + timedelta(days=day) for day in range(_COMPARED_DAYS))
    return tuple(day.astimezone(rules).utcoffset() for day in days)
