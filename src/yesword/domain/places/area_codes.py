"""North America by area code: the table, and the loader that refuses what it does not know."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from yesword.domain.places.clocks import zone_names
from yesword.domain.places.model import BadAreaCodeTableError

_COLUMNS: Final = ("area_code", "country", "region", "zones")


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    country: str
    region: str | None
    zones: tuple[str, ...]  # the most people first


@lru_cache(maxsize=1)
def area_codes() -> Mapping[str, tuple[Area, ...]]:
    """Area code to its areas; several where provinces share one."""
    text = resources.files("yesword.domain.places").joinpath("nanp.csv").read_text("utf-8")
    return MappingProxyType(read_area_codes(text.splitlines()))


def read_area_codes(lines: Iterable[str]) -> dict[str, tuple[Area, ...]]:
    """The table as it stands in the file. Raises `BadAreaCodeTableError` at the first line it does not understand."""
    rows = csv.reader(lines)
    if tuple(next(rows, ())) != _COLUMNS:
        raise BadAreaCodeTableError(line=1, problem="the columns are not " + ", ".join(_COLUMNS))
    areas: dict[str, tuple[Area, ...]] = {}
    for line, row in enumerate(rows, start=2):
        if problem := _problem(row):
            raise BadAreaCodeTableError(line=line, problem=problem)
        code, country, region, zones = row
        area = Area(country=country, region=region or None, zones=tuple(zones.split()))
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
    if region and not re.fullmatch(country + r"-[A-Z]{2}", region):
        return "that is no region of the country"
    if not zones or not set(zones.split()) <= zone_names():
        return "there is no zone, or one that tzdata lacks"
    return None
