"""Where a row says that a person is, and what of it is kept: the places that it allows, never the address itself."""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from yesword.collect.imports import cells
from yesword.domain.phone import PhoneNumber
from yesword.domain.places import (
    EvidenceFamily,
    Place,
    PlaceError,
    PlaceEvidence,
    Postcode,
    Whereabouts,
    places_for,
)

NOTHING_STATED: Final = Whereabouts()
_RANK: Final = MappingProxyType({evidence: rank for rank, evidence in enumerate(PlaceEvidence)})


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Stated:
    """What the cells say, each "" where they say nothing."""

    country: str = ""
    region: str = ""
    postcode: str = ""
    zone: str = ""


def read_whereabouts(stated: Stated, number: PhoneNumber) -> tuple[Whereabouts, tuple[str, ...]]:
    """What can be understood, and the names of those that cannot. Read within the number's country where none is said."""
    own = cells.country(stated.country) if stated.country else None
    within = own or number.country
    given: dict[str, Any] = {}
    if own is not None:
        given["stated_country"] = own
    if stated.region:
        given["stated_region"] = cells.region(stated.region, within)
    if stated.postcode:
        given["postcode"] = Postcode(country=within, code=stated.postcode)
    if stated.zone:
        given["stated_zone"] = stated.zone
    unknown = tuple(
        name for name, value in given.items() if value is None or not _is_known(name, value, number)
    )
    known = {name: value for name, value in given.items() if name not in unknown}
    return Whereabouts(**known), unknown


def _is_known(name: str, value: object, number: PhoneNumber) -> bool:
    asked: dict[str, Any] = {name: value}
    try:
        places_for(number, Whereabouts(**asked))
    except PlaceError:
        return False
    return True


def more_places(known: tuple[Place, ...], number: PhoneNumber, whereabouts: Whereabouts) -> tuple[Place, ...]:
    """Where somebody may be of whom something was known before. An address does not make an earlier one untrue, so both
    stay; what was only presumed from the number gives way.
    """
    before = {(each.country, each.region, each.zone): each for each in known}
    found = []
    for place in places_for(number, whereabouts):
        earlier = before.pop((place.country, place.region, place.zone), None)
        found.append(place if earlier is None else replace(place, grounds=_grounds(place, earlier)))
    stated = (each for each in before.values() if each.families != {EvidenceFamily.NUMBER})
    return (*found, *stated)


def _grounds(*places: Place) -> tuple[PlaceEvidence, ...]:
    every = {ground for place in places for ground in (place.grounds or (place.evidence,))}
    return tuple(sorted(every, key=_RANK.__getitem__))
