"""The fields of a registration, made from a program and the operator's answers. What nobody said is left empty, and asked for.

Which form calls a field what is in `forms`; whether it would be accepted, in `checks`.
"""

import re
from dataclasses import dataclass
from typing import Final

from yesword.domain import composing
from yesword.domain.linting import links
from yesword.domain.messages import MessageClass
from yesword.domain.programs import OptIn, Program, Texts
from yesword.domain.understanding import Kind as Reading
from yesword.domain.understanding.keywords import all_keywords
from yesword.reporting.registration import flow
from yesword.reporting.registration.details import BusinessDetails, Collection, Method
from yesword.reporting.registration.tables import LANGUAGE, Kind, meant_by, use_cases

__all__ = ["CampaignFields", "Collected", "Kind", "TollFreeFields", "campaign_fields", "toll_free_fields"]

_AGE_OF_GATES: Final = 18
_WORD: Final = re.compile(r"[A-Za-z0-9]+")
_DEFAULT: Final = "provider default"  # the note of the keywords that carriers expect
_LENDING: Final = frozenset({"loans", "high_risk_loans"})
# The first that is there is told: a verification has room for one.
_OPT_IN_TYPES: Final = {
    Method.WEB_FORM: "WEB_FORM",
    Method.KEYWORD: "VIA_TEXT",
    Method.QR_CODE: "MOBILE_QR_CODE",
    Method.PAPER_FORM: "PAPER_FORM",
    Method.VERBAL: "VERBAL",
    Method.IMPORT: "IMPORT",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Collected:
    """What both kinds of registration have."""

    language: str  # of the texts: English, where the program has any
    call_to_action: tuple[str, ...]  # what people read where they are asked, one for each way in
    collections: tuple[Collection, ...]
    use_case: str  # empty: not known
    samples: tuple[str, ...]
    optin_message: str
    optout_message: str
    help_message: str
    optin_keywords: tuple[str, ...]
    optout_keywords: tuple[str, ...]
    help_keywords: tuple[str, ...]
    is_age_gated: bool
    privacy_policy_url: str
    terms_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignFields:
    """A 10DLC campaign."""

    common: Collected
    brand_id: str
    sub_use_cases: tuple[str, ...]
    description: str
    message_flow: str
    embedded_link: bool
    embedded_link_sample: str
    embedded_phone: bool
    number_pool: bool
    direct_lending: bool
    affiliate_marketing: bool
    auto_renewal: bool
    accepts_terms: bool | None
    reference_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TollFreeFields:
    """A toll-free verification."""

    common: Collected
    business: BusinessDetails  # name, address, contact, registration
    business_name: str
    use_case_categories: tuple[str, ...]
    use_case_summary: str
    opt_in_type: str
    opt_in_image_urls: tuple[str, ...]  # pictures, and pages that show the asking
    message_volume: str
    additional_information: str


def campaign_fields(program: Program, details: BusinessDetails, sent: tuple[str, ...] = ()) -> CampaignFields:
    """`sent` are templates of the program's campaigns, for samples where the operator gave none."""
    common = _common(program, details, sent)
    shown = next(iter(links_in(common.samples)), "")
    return CampaignFields(
        common=common,
        brand_id=details.brand_id,
        sub_use_cases=details.sub_use_cases,
        description=details.description or _description(program, common.language),
        message_flow=flow.told(program, details, common.collections, common.call_to_action),
        embedded_link=bool(shown) if details.has_links is None else details.has_links,
        embedded_link_sample=shown,
        embedded_phone=(
            has_phone_number(common.samples)
            if details.has_phone_numbers is None
            else details.has_phone_numbers
        ),
        number_pool=details.uses_number_pool,
        direct_lending=(
            bool(_LENDING.intersection(program.categories))
            if details.is_direct_lending is None
            else details.is_direct_lending
        ),
        affiliate_marketing=details.is_affiliate_marketing,
        auto_renewal=details.renews_by_itself,
        accepts_terms=details.accepts_registry_terms,
        reference_id=details.reference_id,
    )


def toll_free_fields(
    program: Program, details: BusinessDetails, sent: tuple[str, ...] = ()
) -> TollFreeFields:
    common = _common(program, details, sent)
    codes = details.sub_use_cases or ((common.use_case,) if common.use_case else ())
    known = [use_cases()[code].toll_free for code in codes if code in use_cases()]
    methods = {each.method for each in common.collections}
    return TollFreeFields(
        common=common,
        business=details,
        business_name=details.legal_name,
        use_case_categories=tuple(dict.fromkeys(category for category in known if category)),
        use_case_summary=details.description or _description(program, common.language),
        opt_in_type=next((name for method, name in _OPT_IN_TYPES.items() if method in methods), ""),
        opt_in_image_urls=tuple(
            dict.fromkeys(
                address for each in common.collections for address in (*each.pictures, each.url) if address
            )
        ),
        message_volume=details.monthly_volume,
        additional_information=details.additional_information
        or flow.told(program, details, common.collections, common.call_to_action),
    )


def _common(program: Program, details: BusinessDetails, sent: tuple[str, ...]) -> Collected:
    language, texts = program.texts_in(LANGUAGE)
    collections = ways_in(program, details)
    return Collected(
        language=language,
        call_to_action=tuple(each.wording or composing.disclosure(program, language) for each in collections),
        collections=collections,
        use_case=details.use_case or _use_case(program),
        samples=details.samples
        or tuple(dict.fromkeys(composing.with_way_out(each, program, texts) for each in sent)),
        optin_message=_said(program, texts, texts.welcome),
        optout_message=_said(program, texts, texts.stop),
        help_message=_said(program, texts, texts.help),
        optin_keywords=program.keywords,
        optout_keywords=_expected(Reading.OPT_OUT),
        help_keywords=_expected(Reading.HELP),
        is_age_gated=(
            (program.minimum_age or 0) >= _AGE_OF_GATES
            if details.is_age_gated is None
            else details.is_age_gated
        ),
        privacy_policy_url=program.privacy_url,
        terms_url=program.terms_url,
    )


def ways_in(program: Program, details: BusinessDetails) -> tuple[Collection, ...]:
    """Every way that people say yes by: those the operator told of, and the keywords, which always work."""
    told = details.collections
    has_keyword = any(each.method in (Method.KEYWORD, Method.QR_CODE) for each in told)
    if has_keyword or not program.keywords:
        return told
    return (*told, Collection(method=Method.KEYWORD))


def links_in(samples: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text[slice(*span)] for text in samples for span in links.links(text))


def has_phone_number(samples: tuple[str, ...]) -> bool:
    return any(links.phone_numbers(text) for text in samples)


def _said(program: Program, texts: Texts, source: str) -> str:
    return composing.compose(source, program, texts) if source else ""


def _use_case(program: Program) -> str:
    if program.message_class is MessageClass.PROMOTIONAL:
        return "MARKETING"
    if program.message_class is MessageClass.CONVERSATIONAL:
        return "CUSTOMER_CARE"
    return meant_by((program.purpose, *program.categories))


def _expected(kind: Reading) -> tuple[str, ...]:
    """The words that are answered, of those that carriers and the law expect. Others are understood too."""
    return tuple(
        row.word
        for row in all_keywords()
        if row.kind == kind
        and row.language == LANGUAGE
        and _WORD.fullmatch(row.word)
        and (row.is_per_se or row.note == _DEFAULT)
    )


def _description(program: Program, language: str) -> str:
    """Who texts whom about what, how often, and that everybody asked for it."""
    _, texts = program.texts_in(language)
    about = ", ".join(each.replace("_", " ") for each in program.categories)
    kind = "promotional messages" if program.message_class is MessageClass.PROMOTIONAL else "messages"
    asked = "asked to join and confirmed it by a reply" if program.opt_in is OptIn.DOUBLE else "asked to join"
    return (
        f"{program.brand_name} sends {kind} of its program {program.name}: {program.purpose} ({about}), "
        f"{texts.frequency}. Only people who {asked} get them, and anybody can leave at any time by replying STOP."
    )
