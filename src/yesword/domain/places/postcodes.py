"""What a postcode tells of a region: in the United States and Canada a region or a few, elsewhere the country alone.

A post office near a border delivers to some houses across it under its own ZIP code. Where such codes are counted
among another state's by the post itself, `zip.csv` lists both states; a lone road is not known here.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from yesword.domain.places.model import BadPostcodeError, BadPostcodeTableError, Postcode, UnknownRegionError
from yesword.domain.places.regions import read_land, read_region, state_of

_COLUMNS: Final = ("first", "last", "regions")

# With or without the four digits of a block; four digits alone have lost their first 0 to a spreadsheet.
_ZIP: Final = re.compile(r"(?P<zip>[0-9]{4,5})(?:[- ][0-9]{4})?|(?P<run>[0-9]{9})")
# In full, or the first half alone, which is an area. The post uses neither D, F, I, O, Q nor U, nor W and Z in front.
_CANADIAN: Final = re.compile(
    r"([ABCEGHJ-NPR-TVXY])[0-9][ABCEGHJ-NPR-TV-Z](?:[- ]?[0-9][ABCEGHJ-NPR-TV-Z][0-9])?"
)
_PROVINCES: Final = MappingProxyType(
    {
        "A": ("CA-NL",),
        "B": ("CA-NS",),
        "C": ("CA-PE",),
        "E": ("CA-NB",),
        **dict.fromkeys("GHJ", ("CA-QC",)),
        **dict.fromkeys("KLMNP", ("CA-ON",)),
        "R": ("CA-MB",),
        "S": ("CA-SK",),
        "T": ("CA-AB",),
        "V": ("CA-BC",),
        "X": ("CA-NT", "CA-NU"),
        "Y": ("CA-YT",),
    }
)


def regions_by_postcode(postcode: Postcode) -> tuple[str, ...]:
    """ISO 3166-2 of where the postcode may be. Empty where it tells no more than the country: armed forces too.

    Raises `UnknownPlaceCountryError`, and `BadPostcodeError` for what cannot be a postcode there.
    """
    land = read_land(postcode.country)
    code = " ".join(postcode.code.split()).upper()
    country, territory = state_of(land)
    if country == "US":
        found = _by_zip(code)
        # Somebody who names Puerto Rico with a ZIP code of Florida is taken at both words.
        return found if territory is None or territory in found else (*found, territory) if found else ()
    if country == "CA":
        return _by_first_letter(code)
    if not any(character.isalnum() for character in code):
        raise BadPostcodeError(country=country)
    return ()


def _by_zip(code: str) -> tuple[str, ...]:
    read = _ZIP.fullmatch(code)
    if read is None:
        raise BadPostcodeError(country="US")
    digits = read["run"] or read["zip"].zfill(5)
    return _zip_prefixes().get(digits[:3], ())


def _by_first_letter(code: str) -> tuple[str, ...]:
    read = _CANADIAN.fullmatch(code)
    if read is None:
        raise BadPostcodeError(country="CA")
    return _PROVINCES[read[1]]


@lru_cache(maxsize=1)
def _zip_prefixes() -> Mapping[str, tuple[str, ...]]:
    """The first three digits of a ZIP code to its states; those that nobody has, and the forces', are not in it."""
    text = resources.files("yesword.domain.places").joinpath("zip.csv").read_text("utf-8")
    return MappingProxyType(read_zip_prefixes(text.splitlines()))


def read_zip_prefixes(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The table as it stands in the file. Raises `BadPostcodeTableError` at the first line it does not understand."""
    rows = csv.reader(lines)
    if tuple(next(rows, ())) != _COLUMNS:
        raise BadPostcodeTableError(line=1, problem="the columns are not " + ", ".join(_COLUMNS))
    regions: dict[str, tuple[str, ...]] = {}
    beyond = 0
    for line, row in enumerate(rows, start=2):
        if problem := _problem(row, beyond):
            raise BadPostcodeTableError(line=line, problem=problem)
        first, last, named = row
        beyond = int(last) + 1
        regions |= {f"{prefix:03}": tuple(named.split()) for prefix in range(int(first), beyond)}
    return regions


def _problem(row: list[str], beyond: int) -> str | None:
    if len(row) != len(_COLUMNS):
        return "it does not have three fields"
    first, last, named = row
    if not re.fullmatch(r"[0-9]{3}", first) or not re.fullmatch(r"[0-9]{3}", last):
        return "a prefix is three digits"
    if not beyond <= int(first) <= int(last):
        return "the prefixes are out of order, or stand twice"
    if not named or not all(_is_american(region) for region in named.split()):
        return "there is no region, or one that the area codes lack"
    return None


def _is_american(region: str) -> bool:
    try:
        return read_region(region).startswith("US-")
    except UnknownRegionError:
        return False
