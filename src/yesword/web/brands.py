"""Which brand the console's pages are about: the one chosen last, or else the oldest; and on whose clock times are shown."""

from typing import Final

from django.http import HttpRequest

from yesword.domain.places import country_zones
from yesword.reporting.programs import BrandLine, brands
from yesword.store.contacts import Contact

_SESSION_KEY: Final = "brand"


def brand_of(request: HttpRequest) -> BrandLine | None:
    """The brand, or None where there is none yet. `?brand=<key>` chooses another one for the rest of the session."""
    known = {each.key: each for each in brands()}
    wanted = request.GET.get("brand")
    if wanted in known and wanted != request.session.get(_SESSION_KEY):
        request.session[_SESSION_KEY] = wanted
    chosen = known.get(str(request.session.get(_SESSION_KEY, "")))
    return chosen or next(iter(known.values()), None)


def zone_of(country: str) -> str:
    """The zone in which a brand's own times are shown: its country's first one."""
    return next(iter(country_zones(country)), "UTC")


def zone_of_person(person: Contact) -> str:
    """The zone in which the person most likely lives."""
    return person.places[0].zone if person.places else "UTC"
