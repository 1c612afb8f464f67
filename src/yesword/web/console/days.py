"""Days that an address names, as `?on=2027-02-01`, and today where the brand is."""

from datetime import UTC, date, datetime
from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yesword.web.brands import brand_of, zone_of
from yesword.web.lawful import local

_EARLIEST_YEAR: Final = 2000
_LATEST_YEAR: Final = 2099


def today(request: HttpRequest) -> date:
    """The day where the brand is."""
    brand = brand_of(request)
    zone_name = zone_of(brand.country) if brand else "UTC"
    return local(datetime.now(UTC), zone_name).date()


def read_day(asked: str, usual: date) -> tuple[date, str]:
    """A day as an address names it; with what is wrong, where it does not."""
    if not asked:
        return usual, ""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return usual, _("That is no day. Write it as 2027-02-01.")
    if not _EARLIEST_YEAR <= day.year <= _LATEST_YEAR:
        return usual, _("No law is known for then. Name a year from 2000 to 2099.")
    return day, ""
