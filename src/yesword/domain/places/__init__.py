"""Where a person plausibly is: every country, region and time zone that a number, or what is known besides, allows.

Which law then holds, and which hours, is for `rules` and `hours`; here nothing is weighed. A number is a
presumption, not a place, so the answer errs on the side of more places: a text must be lawful in all of them.

Data: `nanp.csv` has North America by area code. A zone is listed for an area code where a county seat or a known
exchange of it keeps that zone's time. `zip.csv` has the United States by the first three digits of a ZIP code.
Other countries come from `zone.tab` of tzdata.
"""

from yesword.domain.places.clocks import country_zones
from yesword.domain.places.concluding import places_for
from yesword.domain.places.model import (
    BadAreaCodeTableError,
    BadPostcodeError,
    BadPostcodeTableError,
    EvidenceFamily,
    Place,
    PlaceError,
    PlaceEvidence,
    Postcode,
    UnknownPlaceCountryError,
    UnknownRegionError,
    UnknownZoneError,
    Whereabouts,
)

__all__ = [
    "BadAreaCodeTableError",
    "BadPostcodeError",
    "BadPostcodeTableError",
    "EvidenceFamily",
    "Place",
    "PlaceError",
    "PlaceEvidence",
    "Postcode",
    "UnknownPlaceCountryError",
    "UnknownRegionError",
    "UnknownZoneError",
    "Whereabouts",
    "country_zones",
    "places_for",
]
