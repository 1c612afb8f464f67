"""Checks of the ways in: what people read where they say yes, and what shows a reviewer that it is so."""

from collections.abc import Iterator
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from yesword.domain.linting import links
from yesword.domain.linting.disclosures import lint_disclosure
from yesword.domain.linting.parts import Wording, says
from yesword.domain.messages import MessageClass
from yesword.domain.programs import Program
from yesword.domain.rules.model.content import Part
from yesword.reporting.registration.details import Collection, Method
from yesword.reporting.registration.fields import Collected
from yesword.reporting.registration.findings import Finding, asked, found
from yesword.reporting.registration.tables import Kind

_FIELD: Final = "message_flow"
_ANY_DAY: Final = date(2026, 11, 22)  # no rules are held against it
_PARTS: Final = (
    ("cta_brand", (Part.BRAND,)),
    ("cta_use_case", (Part.USE_CASE, Part.CATEGORIES)),  # one of them will do
    ("cta_channel", (Part.CHANNEL,)),
    ("cta_frequency", (Part.FREQUENCY,)),
    ("cta_rates", (Part.RATES,)),
    ("cta_help", (Part.HELP,)),
    ("cta_stop", (Part.STOP,)),
    ("cta_privacy", (Part.PRIVACY,)),
    ("cta_terms", (Part.TERMS,)),
)
_FORMS: Final = frozenset({Method.WEB_FORM, Method.PAPER_FORM})
_KEYED: Final = frozenset({Method.KEYWORD, Method.QR_CODE})
_UNWRITTEN: Final = frozenset({Method.VERBAL, Method.IMPORT})


def check_ways(kind: Kind, program: Program, fields: Collected) -> Iterator[Finding]:
    if not fields.collections:
        yield found(kind, "opt_in_missing", _FIELD)
    methods = {each.method for each in fields.collections}
    if methods and methods <= _UNWRITTEN and program.message_class is MessageClass.PROMOTIONAL:
        yield found(kind, "written_consent", _FIELD)
    for place, (way, wording) in enumerate(
        zip(fields.collections, fields.call_to_action, strict=True), start=1
    ):
        name = f"{place}, {way.method.value.replace('_', ' ')}"
        yield from _wording(kind, program, fields, wording, name)
        if way.method not in _KEYED and not way.wording and program.sender in wording:
            yield asked(kind, "cta_wording", "collections", way=name)
        yield from _form(kind, way, name)
        yield from _evidence(kind, way, name)
        if way.method in _KEYED and not fields.optin_keywords:
            yield found(kind, "optin_keywords_missing", "optin_keywords", way=name)


def _wording(kind: Kind, program: Program, fields: Collected, text: str, way: str) -> Iterator[Finding]:
    said = Wording.of(text, fields.language, program)
    for check, parts in _PARTS:
        if not any(says(part, said) for part in parts):
            yield found(
                kind,
                check,
                _FIELD,
                way=way,
                brand=program.brand_name,
                frequency=said.frequency,
                privacy=fields.privacy_policy_url,
                terms=fields.terms_url,
            )
    # Of the linter's findings only this is a reviewer's: what else it asks for is the law's.
    linted = lint_disclosure(text, None, program, fields.language, (), (), _ANY_DAY)
    if any(each.code == "partners" for each in linted):
        yield found(kind, "cta_partners", _FIELD, way=way)


def _form(kind: Kind, way: Collection, name: str) -> Iterator[Finding]:
    if way.method not in _FORMS:
        return
    field = "collections"
    if way.has_phone_field is None:
        yield asked(kind, "form_phone_field", field, way=name)
    elif not way.has_phone_field:
        yield found(kind, "form_phone_field", field, way=name)
    for check, is_so in (("form_ticked", way.box_is_ticked), ("form_condition", way.is_condition)):
        if is_so is None:
            yield asked(kind, check, field, way=name)
        elif is_so:
            yield found(kind, check, field, way=name)


def _evidence(kind: Kind, way: Collection, name: str) -> Iterator[Finding]:
    field = "collections"
    for address in (way.url, *way.pictures):
        if not address:
            continue
        if not is_address(address):
            yield found(kind, "opt_in_link_malformed", field, way=name, address=address)
        elif not is_secure(address):
            yield found(kind, "opt_in_link_insecure", field, way=name, address=address)
    match way.method:
        case Method.WEB_FORM if way.is_public is None and not way.pictures:
            yield asked(kind, "opt_in_unreachable", field, way=name)
        case Method.WEB_FORM if way.is_public is False and not way.pictures:
            yield found(kind, "opt_in_unreachable", field, way=name)
        case Method.VERBAL if not way.script:
            yield found(kind, "verbal_script", field, way=name)
        case Method.WEB_FORM | Method.VERBAL:
            pass
        case _ if not way.url and not way.pictures:
            yield found(kind, "evidence_missing", field, way=name)
    if way.method is Method.WEB_FORM and way.is_public is not False and not way.url:
        yield found(kind, "opt_in_link", field, way=name)


def is_address(text: str) -> bool:
    """Whether it may be a page: http or https, and a host that is a domain, as the linter of links knows them."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and "." in (parts.hostname or "").strip(".")
        and links.links(text) == ((0, len(text)),)
    )


def is_secure(text: str) -> bool:
    return urlsplit(text).scheme == "https"
