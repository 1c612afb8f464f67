"""From the number and what is known besides to the places.

Each piece of evidence names a land, and perhaps a region of it, with zones: a clue. Clues add up; a clue that names
only the land gives way to those that name a region of it, and then speaks for these. A zone that the person chose is
the hour everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from yesword.domain.phone import NumberKind, PhoneNumber
from yesword.domain.places.area_codes import area_codes
from yesword.domain.places.clocks import country_zones, distinct, is_kept_in, zone_country, zone_names
from yesword.domain.places.model import Place, PlaceEvidence, Postcode, UnknownZoneError, Whereabouts
from yesword.domain.places.postcodes import regions_by_postcode
from yesword.domain.places.regions import land_of, read_land, read_region, regions_of, state_of, zones_of

_NOTHING_MORE: Final = Whereabouts()
_RANK: Final = {evidence: rank for rank, evidence in enumerate(PlaceEvidence)}


def places_for(
    number: PhoneNumber,
    whereabouts: Whereabouts = _NOTHING_MORE,
    *,
    stated_zone: str | None = None,
    stated_region: str | None = None,
    stated_country: str | None = None,
    postcode: Postcode | None = None,
    network_country: str | None = None,
) -> tuple[Place, ...]:
    """All places where the owner of the number plausibly is, best evidence first, in a stable order.

    What is known besides the number comes as one value, or by name; what is named stands for that of the value.

    - By the number alone: its area code's regions and zones in North America; else all zones of its country.
      Zones whose clocks agree count once. A toll-free or other number without a place has every zone of its
      country. A number of no country (satellite, `001`) has no place at all: the answer is empty, and a
      caller must not take that for leave.
    - `stated_region`, from an address: adds that region with its zones (where they are known by region, in
      North America; else the country's). An area code's own region stays, for laws that follow the number;
      a presumption that named only the same country gives way.
    - `postcode`: adds the regions that it may be in, with all their zones; or its country, as below.
    - `stated_country` and `network_country`: add that country with all its zones. Where a region of it is known
      they speak for that and add no place: an area code is presumption enough among the states of one country.
    - `stated_zone`, from the person: replaces every zone, for it is the best evidence of the hour. Regions
      stay, for laws that follow residence or the number. If no place so far keeps that zone's time, or none is in
      its country, the zone's own country is added, by the regions that keep its time where they are known.

    Raises a `PlaceError` for what is stated and does not exist.
    """
    named: dict[str, Any] = {
        "stated_zone": stated_zone,
        "stated_region": stated_region,
        "stated_country": stated_country,
        "postcode": postcode,
        "network_country": network_country,
    }
    given = {name: value for name, value in named.items() if value is not None}
    known = replace(whereabouts, **given) if given else whereabouts
    return _places(number.country, number.area_code, number.kind, known)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Clue:
    land: str  # what ISO lists as a country, territories too; a `Place` has the state that it belongs to
    region: str | None
    zones: tuple[str, ...]
    evidence: PlaceEvidence


@dataclass(frozen=True, kw_only=True, slots=True)
class _Spot:
    """A place before it is known of which state its land is a part."""

    land: str
    region: str | None
    zone: str
    evidence: PlaceEvidence
    grounds: tuple[PlaceEvidence, ...]

    @property
    def keeps(self) -> tuple[str, ...]:
        return country_zones(self.land) if self.region is None else zones_of(self.region)


# --- clues ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _places(country: str, area_code: str | None, kind: NumberKind, known: Whereabouts) -> tuple[Place, ...]:
    clues = sorted(
        (*_by_what_is_known(known), *_by_number(country, area_code, kind)),
        key=lambda each: _RANK[each.evidence],
    )
    spots = _spots(clues)
    if known.stated_zone is not None:
        spots = _in_zone(spots, known.stated_zone)
    return tuple(_place(spot) for spot in spots)


def _by_what_is_known(known: Whereabouts) -> Iterator[_Clue]:
    if known.stated_region is not None:
        yield _of_region(read_region(known.stated_region), PlaceEvidence.STATED_ADDRESS)
    if known.postcode is not None:
        regions = regions_by_postcode(known.postcode)
        for region in regions:
            yield _of_region(region, PlaceEvidence.POSTCODE)
        if not regions:
            yield _of_land(read_land(known.postcode.country), PlaceEvidence.POSTCODE)
    if known.stated_country is not None:
        yield _of_land(read_land(known.stated_country), PlaceEvidence.STATED_COUNTRY)
    if known.network_country is not None:
        yield _of_land(read_land(known.network_country), PlaceEvidence.NETWORK)


def _by_number(country: str, area_code: str | None, kind: NumberKind) -> Iterator[_Clue]:
    areas = area_codes().get(area_code, ()) if area_code else ()
    for area in areas:
        land = area.country if area.region is None else land_of(area.region)
        zones = distinct(area.zones)
        yield _Clue(land=land, region=area.region, zones=zones, evidence=PlaceEvidence.AREA_CODE)
    if not areas:
        # Toll-free numbers, and North America's personal ones (500 ...), belong to a service and not to a place.
        is_placeless = kind is NumberKind.TOLL_FREE or (area_code is not None and kind is NumberKind.UNKNOWN)
        yield _of_land(country, PlaceEvidence.TOLL_FREE if is_placeless else PlaceEvidence.COUNTRY)


def _of_region(region: str, evidence: PlaceEvidence) -> _Clue:
    return _Clue(land=land_of(region), region=region, zones=zones_of(region), evidence=evidence)


def _of_land(land: str, evidence: PlaceEvidence) -> _Clue:
    return _Clue(land=land, region=state_of(land)[1], zones=country_zones(land), evidence=evidence)


# --- places --------------------------------------------------------------------------------------------------


def _spots(clues: list[_Clue]) -> tuple[_Spot, ...]:
    """Best clue first, each land, region and zone once."""
    by_region = {clue.land for clue in clues if clue.region is not None}
    spots: dict[tuple[str, str | None, str], _Spot] = {}
    for clue in clues:
        if clue.region is None and clue.land in by_region:
            continue
        speaking = [
            each.evidence for each in clues if each.land == clue.land and each.region in (None, clue.region)
        ]
        for zone in clue.zones:
            spot = _Spot(
                land=clue.land,
                region=clue.region,
                zone=zone,
                evidence=clue.evidence,
                grounds=tuple(dict.fromkeys(speaking)),
            )
            spots.setdefault((clue.land, clue.region, zone), spot)
    return tuple(spots.values())


def _in_zone(spots: tuple[_Spot, ...], stated: str) -> tuple[_Spot, ...]:
    zone = stated.strip()
    if zone not in zone_names():
        raise UnknownZoneError(zone=stated)
    here = zone_country().get(zone)  # None for what is no place's own, such as Etc/UTC or an old name
    found: dict[tuple[str, str | None], _Spot] = {}
    is_explained = False
    for spot in spots:
        fits = here in (None, spot.land) and is_kept_in(spot.keeps, zone)
        is_explained = is_explained or fits
        grounds = (PlaceEvidence.STATED_ZONE, *spot.grounds) if fits else spot.grounds
        moved = replace(spot, zone=zone, evidence=PlaceEvidence.STATED_ZONE, grounds=grounds)
        found.setdefault((spot.land, spot.region), moved)
    if here is not None and not is_explained:
        for region in _regions_keeping(here, zone):
            spot = _Spot(
                land=here,
                region=region,
                zone=zone,
                evidence=PlaceEvidence.STATED_ZONE,
                grounds=(PlaceEvidence.STATED_ZONE,),
            )
            found.setdefault((here, region), spot)
    return tuple(found.values())


def _regions_keeping(land: str, zone: str) -> tuple[str | None, ...]:
    regions = tuple(region for region in regions_of(land) if is_kept_in(zones_of(region), zone))
    return regions or (state_of(land)[1],)


def _place(spot: _Spot) -> Place:
    return Place(
        country=state_of(spot.land)[0],
        region=spot.region,
        zone=spot.zone,
        evidence=spot.evidence,
        grounds=spot.grounds,
    )
