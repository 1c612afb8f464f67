"""The telephones on the page with handsets: which ones a session has, and whose they are.

A new number is made from a token of the session each time it is needed, so that neither an address nor the store holds
it in the clear.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.domain import phone
from yesword.domain.ids import BadIdError, ContactId, from_text
from yesword.domain.phone import PhoneNumber
from yesword.domain.programs import Program
from yesword.reporting.people import PersonLine, find_by_number, read_person
from yesword.reporting.programs import BrandLine
from yesword.web.installation import store

_SESSION_KEY: Final = "handsets"

COUNTRIES: Final[Mapping[str, Promise]] = {
    "NL": gettext_lazy("the Netherlands"),
    "SE": gettext_lazy("Sweden"),
    "DE": gettext_lazy("Germany"),
    "DK": gettext_lazy("Denmark"),
    "GB": gettext_lazy("Great Britain"),
    "US": gettext_lazy("the United States"),
}
# Beginnings of mobile numbers, and how many digits follow. Sweden's and America's are set aside for fiction.
_PATTERNS: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    "NL": (("+3161234", 4),),
    "SE": (("+467017406", 2),),
    "DE": (("+49152288", 5),),
    "DK": (("+452012", 4),),
    "GB": (("+4474001", 5),),
    "US": tuple((f"+1{area}55501", 2) for area in ("305", "407", "212", "310", "312")),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Phone:
    """One telephone on the page, as the session keeps it: of a contact, or new, in a country."""

    ref: str
    program: str  # key of the program whose code it texts
    contact: str = ""
    country: str = ""
    token: str = ""


def kept(request: HttpRequest) -> list[Phone]:
    kept: list[dict[str, Any]] = request.session.get(_SESSION_KEY, [])
    return [Phone(**each) for each in kept]


def keep(request: HttpRequest, phones: Iterable[Phone]) -> None:
    request.session[_SESSION_KEY] = [asdict(each) for each in phones]


def has_desk(request: HttpRequest) -> bool:
    """Whether this session has been here before, be it that its desk is empty now."""
    return _SESSION_KEY in request.session


def new_phone(brand: BrandLine, running: Sequence[Program], wanted: str) -> Phone | None:
    ref, program = f"p{secrets.token_hex(4)}", running[0].key
    if wanted.startswith("con_"):
        chosen = Phone(ref=ref, program=program, contact=wanted)
        return chosen if contact_of(brand, chosen) is not None else None
    country = wanted if wanted in COUNTRIES else "NL"
    for _try in range(20):
        chosen = Phone(ref=ref, program=program, country=country, token=secrets.token_hex(8))
        if find_by_number(store(), brand.id, invented(chosen).e164) is None:
            return chosen
    return chosen  # all of the few fictional numbers are known by now: one of those then


def invented(chosen: Phone) -> PhoneNumber:
    """The number that a token stands for."""
    drawn = int.from_bytes(salted_hmac("yesword.handsets", chosen.token, algorithm="sha256").digest()[:8])
    beginnings = _PATTERNS[chosen.country]
    beginning, digits = beginnings[drawn % len(beginnings)]
    return phone.parse(f"{beginning}{drawn // 7 % 10**digits:0{digits}}", country=None)


def contact_of(brand: BrandLine, chosen: Phone) -> PersonLine | None:
    """The person of the phone, as soon as the brand knows them."""
    if chosen.contact:
        try:
            found = read_person(store(), ContactId(from_text("con", chosen.contact)))
        except BadIdError:
            return None
        is_ours = found is not None and found.contact.brand == brand.id and found.contact.number is not None
        return found if is_ours else None
    known = find_by_number(store(), brand.id, invented(chosen).e164)
    return read_person(store(), known) if known is not None else None


def number_of(brand: BrandLine, chosen: Phone) -> PhoneNumber:
    if chosen.country:
        return invented(chosen)
    found = contact_of(brand, chosen)
    if found is None or found.contact.number is None:
        raise Http404
    return phone.parse(found.contact.number, country=None)
