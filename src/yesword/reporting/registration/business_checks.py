"""Checks of the business: its website, its name, whoever answers for it, and its entry in an official register."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from yesword.domain.linting.parts import names
from yesword.domain.programs import Program
from yesword.reporting.registration.details import BusinessDetails
from yesword.reporting.registration.findings import Finding, found
from yesword.reporting.registration.tables import Kind, rejections
from yesword.reporting.registration.way_checks import is_address, is_secure

_SOLE: Final = "SOLE_PROPRIETOR"  # has no registration of its own
_EIN: Final = re.compile(r"\d{2}-?\d{7}")
_CONTACT: Final = (
    ("first_name", "the first name"),
    ("last_name", "the last name"),
    ("email", "the e-mail address"),
    ("phone", "the phone number"),
)


def check_website(kind: Kind, details: BusinessDetails) -> Iterator[Finding]:
    address = details.website
    if not address:
        yield found(kind, "website_missing", "website")
    elif not is_address(address):
        yield found(kind, "website_malformed", "website", address=address)
    elif not is_secure(address):
        yield found(kind, "website_insecure", "website", address=address)


def check_business(kind: Kind, program: Program, details: BusinessDetails) -> Iterator[Finding]:
    """What only a toll-free verification asks: of a campaign, the brand was registered before."""
    lacking = [(key, what) for key, what in _CONTACT if not getattr(details.contact, key)]
    if lacking:
        yield found(
            kind,
            "contact_missing",
            "contact",
            what=", ".join(what for _, what in lacking),
            key=", ".join(f"contact.{key}" for key, _ in lacking),
        )
    if details.contact.email and not _is_own(details.contact.email, details.website):
        yield found(
            kind,
            "email_domain",
            "contact.email",
            email=details.contact.email,
            website=details.website or "a website",
        )
    called = [name for name in (details.legal_name, details.doing_business_as) if name]
    if called and not any(
        names(name, program.brand_name) or names(program.brand_name, name) for name in called
    ):
        yield found(kind, "business_name", "legal_name", brand=program.brand_name, name=" or ".join(called))
    if details.business_type != _SOLE and (wrong := _registration(details)):
        yield found(kind, "registration_number", "registration_number", what=wrong)


def _is_own(email: str, website: str) -> bool:
    domain = email.rpartition("@")[2].casefold()
    if not domain or domain in rejections().public_mail_domains:
        return False
    host = ((urlsplit(website).hostname if website else "") or "").removeprefix("www.")
    return not host or domain == host or host.endswith(f".{domain}") or domain.endswith(f".{host}")


def _registration(details: BusinessDetails) -> str:
    keys = ("registration_number", "registration_authority", "registration_country")
    if missing := [key for key in keys if not getattr(details, key)]:
        return f"{', '.join(missing)} missing"
    if details.registration_authority == "EIN" and not _EIN.fullmatch(details.registration_number):
        return "an EIN has nine figures, such as 12-3456789"
    return ""
