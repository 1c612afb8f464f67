"""The values: a place, what it is concluded from, what may be known of a person besides the number, and the errors."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Final

from yesword.domain.errors import YeswordError


class EvidenceFamily(StrEnum):
    """What a law asks of a place: that a person lives there, is there now, or has a number of there."""

    RESIDENCE = "residence"
    LOCATION = "location"
    NUMBER = "number"


class PlaceEvidence(StrEnum):
    """What a place is concluded from, best first."""

    STATED_ZONE = "stated_zone"
    STATED_ADDRESS = "stated_address"
    POSTCODE = "postcode"
    STATED_COUNTRY = "stated_country"
    AREA_CODE = "area_code"
    COUNTRY = "country"  # of the number's country code
    NETWORK = "network"  # the country of the network that serves the number
    TOLL_FREE = "toll_free"  # a number that belongs to no place within its country

    @property
    def family(self) -> EvidenceFamily:
        return _FAMILIES[self]


_FAMILIES: Final = MappingProxyType(
    {
        PlaceEvidence.STATED_ZONE: EvidenceFamily.LOCATION,
        PlaceEvidence.STATED_ADDRESS: EvidenceFamily.RESIDENCE,
        PlaceEvidence.POSTCODE: EvidenceFamily.RESIDENCE,
        PlaceEvidence.STATED_COUNTRY: EvidenceFamily.RESIDENCE,
        PlaceEvidence.AREA_CODE: EvidenceFamily.NUMBER,
        PlaceEvidence.COUNTRY: EvidenceFamily.NUMBER,
        PlaceEvidence.NETWORK: EvidenceFamily.LOCATION,
        PlaceEvidence.TOLL_FREE: EvidenceFamily.NUMBER,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    country: str  # ISO 3166-1 alpha-2 of the state whose law holds: Puerto Rico is US, region US-PR
    region: str | None  # ISO 3166-2, or None where the country is all that is known
    zone: str  # IANA name
    evidence: PlaceEvidence  # for the zone, and so for the hour
    grounds: tuple[
        PlaceEvidence, ...
    ] = ()  # all that speaks for country and region, best first; empty: `evidence`

    def __hash__(self) -> int:
        # The gate looks rules up by tuples of places for every text, and a tuple does not keep its hash. A string
        # does, where an enum hashes its name anew. Places that differ seldom share a zone, and equality still tells.
        return hash(self.zone)

    @property
    def families(self) -> frozenset[EvidenceFamily]:
        """On which sorts of evidence the country and region rest, for laws that ask for one sort."""
        if self.grounds:
            return frozenset(each.family for each in self.grounds)
        if self.evidence is PlaceEvidence.STATED_ZONE and self.region is not None:
            # No zone names a region, and what did was not kept: it may have been of any sort.
            return frozenset(EvidenceFamily)
        return frozenset({self.evidence.family})


@dataclass(frozen=True, kw_only=True, slots=True)
class Postcode:
    country: str  # ISO 3166-1 alpha-2, for the same digits are a place in many
    code: str  # as it was given


@dataclass(frozen=True, kw_only=True, slots=True)
class Whereabouts:
    """What is known of where a person is, besides the number. Each may be missing."""

    stated_zone: str | None = None  # IANA; chosen by the person
    stated_region: str | None = None  # ISO 3166-2; of an address
    stated_country: str | None = None  # ISO 3166-1 alpha-2; of an address, or chosen
    postcode: Postcode | None = None
    network_country: str | None = None  # ISO 3166-1 alpha-2; where the serving network is, as a look-up tells


class PlaceError(YeswordError):
    """Not a place that is known."""

    code: ClassVar[str] = "place"


class UnknownZoneError(PlaceError):
    """There is no time zone "{zone}". Use an IANA name, such as Europe/Amsterdam."""

    code = "place_unknown_zone"


class UnknownRegionError(PlaceError):
    """There is no region "{region}". Use an ISO 3166-2 code, such as US-FL or NL-UT."""

    code = "place_unknown_region"


class UnknownPlaceCountryError(PlaceError):
    """There is no country "{country}". Use its two-letter ISO code, such as NL."""

    code = "place_unknown_country"


class BadPostcodeError(PlaceError):
    """That is not a postcode of {country}. Write it as on an envelope, such as 33101 or K1A 0B1, or check the country."""

    # The postcode is part of an address, so it is not repeated: error texts end up in logs.
    code = "place_bad_postcode"


class BadAreaCodeTableError(PlaceError):
    """Line {line} of the area-code table is not understood: {problem}. Install Yesword again."""

    code = "place_bad_table"


class BadPostcodeTableError(PlaceError):
    """Line {line} of the postcode table is not understood: {problem}. Install Yesword again."""

    code = "place_bad_postcode_table"
