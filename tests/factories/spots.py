"""Places in short: as pairs of region and zone, and the zones that tests speak of."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from yesword.domain.phone import parse
from yesword.domain.places import places_for

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)

SATELLITE = parse("+8821612345678", country=None)  # nowhere, so that all else speaks for itself


def regions_and_zones(raw, **stated):
    return {
        (place.region or place.country, place.zone)
        for place in places_for(parse(raw, country=None), **stated)
    }


def clock(zone):
    rules = ZoneInfo(zone)
    return tuple(
        (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=d)).astimezone(rules).utcoffset()
        for d in range(365)
    )
