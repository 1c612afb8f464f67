"""What would get a registration rejected, before anybody pays for a review.

The rejections are data (`data/rejections.toml`); what the texts say is read by the linters of the domain, so that a part
counts here as it counts there. What cannot be seen from here is asked: pages are not fetched.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from yesword.domain.linting.law import law
from yesword.domain.linting.parts import Wording, says
from yesword.domain.phone import sender_kind
from yesword.domain.programs import Program
from yesword.domain.rules.model import Pack
from yesword.domain.rules.model.consent import Age
from yesword.domain.rules.model.content import Part
from yesword.domain.rules.model.when import Route
from yesword.reporting.registration import business_checks, text_checks, way_checks
from yesword.reporting.registration.details import BusinessDetails
from yesword.reporting.registration.fields import CampaignFields, Collected, TollFreeFields
from yesword.reporting.registration.findings import Finding, Grade, asked, found, ordered
from yesword.reporting.registration.tables import Kind, limits, use_cases

__all__ = ["Finding", "Grade", "check", "would_be_rejected"]

_COUNTRY: Final = "US"
_ROUTES: Final = {Kind.TEN_DLC: Route.LONG_CODE, Kind.TOLL_FREE: Route.TOLL_FREE}
_AGE_OF_GATES: Final = 18
_TOLL_FREE_WANTED: Final = (
    ("legal_name", "The legal name of the business"),
    ("business_type", "What kind of business it is"),
    ("notification_email", "Where the answer goes"),
    ("monthly_volume", "How many texts go out a month"),
    ("phone_number_sid", "What the provider calls the toll-free number"),
)
_ADDRESS_WANTED: Final = ("street", "city", "region", "postal_code", "country")


def check(
    program: Program,
    details: BusinessDetails,
    fields: CampaignFields | TollFreeFields,
    packs: Iterable[Pack],
    on: date,
) -> tuple[Finding, ...]:
    """Everything found, what would be rejected first. `packs` are the rules that may ban a category, as of a day."""
    is_campaign = isinstance(fields, CampaignFields)
    kind = Kind.TEN_DLC if is_campaign else Kind.TOLL_FREE
    common = fields.common
    return ordered(
        (
            *business_checks.check_website(kind, details),
            *(
                _campaign(program, details, fields)
                if isinstance(fields, CampaignFields)
                else _toll_free(program, details, fields)
            ),
            *way_checks.check_ways(kind, program, common),
            *_pages(kind, common, details),
            *text_checks.check_texts(kind, program, common),
            *text_checks.check_samples(kind, program, common, len(details.sub_use_cases)),
            *text_checks.check_english(kind, common, _own_words(details, common)),
            *_age(kind, program, common),
            *_prohibited(kind, program, packs, on),
            *_lengths(kind, fields),
            *_sender(kind, program),
        )
    )


def would_be_rejected(findings: Iterable[Finding]) -> bool:
    return any(each.grade is Grade.REJECTED for each in findings)


def _campaign(program: Program, details: BusinessDetails, fields: CampaignFields) -> Iterator[Finding]:
    kind = Kind.TEN_DLC
    if not details.brand_id:
        yield found(kind, "wanted", "brand_id", what="The brand's id in the registry", key="brand_id")
    yield from _use_case(kind, fields.common, details)
    yield from text_checks.check_flags(
        kind, fields.common, link=fields.embedded_link, phone=fields.embedded_phone
    )
    yield from _description(kind, program, fields.description, "description", fields.common.language)


def _toll_free(program: Program, details: BusinessDetails, fields: TollFreeFields) -> Iterator[Finding]:
    kind = Kind.TOLL_FREE
    for key, what in _TOLL_FREE_WANTED:
        if not getattr(details, key):
            yield found(kind, "wanted", key, what=what, key=key)
    missing = [f"address.{key}" for key in _ADDRESS_WANTED if not getattr(details.address, key)]
    if missing:
        what = "The address of the business"
        yield found(kind, "wanted", "address", what=what, key=", ".join(missing))
    yield from business_checks.check_business(kind, program, details)
    yield from _use_case(kind, fields.common, details)
    yield from _description(
        kind, program, fields.use_case_summary, "use_case_summary", fields.common.language
    )


def _use_case(kind: Kind, fields: Collected, details: BusinessDetails) -> Iterator[Finding]:
    known = ", ".join(use_cases())
    if not fields.use_case:
        yield found(
            kind, "wanted", "use_case", what="What the texts are for", key=f"use_case, one of {known}"
        )
        return
    for code in (fields.use_case, *details.sub_use_cases):
        if code not in use_cases():
            yield found(kind, "use_case", "use_case", use_case=code, known=known)
    chosen = use_cases().get(fields.use_case)
    limit = limits(Kind.TEN_DLC)["sub_use_cases"]
    count = len(details.sub_use_cases)
    if chosen and chosen.is_mixed and not (limit.fewest or 0) <= count <= (limit.most or count):
        yield found(kind, "sub_use_cases", "sub_use_cases", use_case=chosen.code, count=count)


def _description(kind: Kind, program: Program, text: str, field: str, language: str) -> Iterator[Finding]:
    said = Wording.of(text, language, program)
    lacking = [] if says(Part.BRAND, said) else [f"that {program.brand_name} sends the texts"]
    if not says(Part.USE_CASE, said) and not says(Part.CATEGORIES, said):
        lacking.append("what the texts are about")
    if lacking:
        yield found(kind, "description", field, what=" and ".join(lacking))


def _pages(kind: Kind, fields: Collected, details: BusinessDetails) -> Iterator[Finding]:
    pages = (
        ("privacy_policy", "privacy_policy_url", fields.privacy_policy_url),
        ("terms", "terms_url", fields.terms_url),
    )
    for check_id, field, address in pages:
        if not way_checks.is_address(address) or not way_checks.is_secure(address):
            yield found(kind, check_id, field, address=address or "none")
    address = fields.privacy_policy_url
    if details.privacy_policy_says_not_shared is None:
        yield asked(kind, "privacy_sharing", "privacy_policy_url", address=address)
    elif not details.privacy_policy_says_not_shared:
        yield found(kind, "privacy_sharing", "privacy_policy_url", address=address)


def _own_words(details: BusinessDetails, fields: Collected) -> tuple[tuple[str, str], ...]:
    """What the operator wrote, and reviewers have to read."""
    return (
        *(("samples", sample) for sample in fields.samples),
        *(("description", text) for text in (details.description, details.additional_information) if text),
        *(
            ("collections", text)
            for each in details.collections
            for text in (each.wording, each.script)
            if text
        ),
    )


def _age(kind: Kind, program: Program, fields: Collected) -> Iterator[Finding]:
    age = program.minimum_age or 0
    if age >= _AGE_OF_GATES and not fields.is_age_gated:
        yield found(kind, "flag_age", "age_gated", age=age)


def _prohibited(kind: Kind, program: Program, packs: Iterable[Pack], on: date) -> Iterator[Finding]:
    held = law(packs, (_COUNTRY,), on, route=_ROUTES[kind], categories=program.categories)
    for rule, age in held.of(Age):
        for category in program.categories:
            if age.is_banned and category in age.categories:
                yield found(kind, "prohibited", "use_case", category=category, citation=rule.citation)


def _lengths(kind: Kind, fields: CampaignFields | TollFreeFields) -> Iterator[Finding]:
    for limit in limits(kind).values():
        value = getattr(fields if hasattr(fields, limit.field) else fields.common, limit.field)
        name = limit.field.replace("_", " ")
        is_keywords = limit.field.endswith("_keywords")
        texts = (",".join(value),) if is_keywords else (value,) if isinstance(value, str) else value
        for place, text in enumerate(texts, start=1):
            what = f"{name.capitalize()} {place}" if len(texts) > 1 else name.capitalize()
            if limit.longest is not None and len(text) > limit.longest:
                yield found(kind, "too_long", limit.field, what=what, length=len(text), longest=limit.longest)
            if limit.shortest is not None and len(text) < limit.shortest:
                yield found(
                    kind, "too_short", limit.field, what=what, length=len(text), shortest=limit.shortest
                )
        if limit.field == "samples" and limit.most is not None and len(texts) > limit.most:
            yield found(kind, "too_many", limit.field, what=name, count=len(texts), most=limit.most)


def _sender(kind: Kind, program: Program) -> Iterator[Finding]:
    if sender_kind(program.sender) != _ROUTES[kind].value:
        yield asked(kind, "sender", "sender", sender=program.sender)
