"""The files of a registration: what goes into the forms, the way in told for a reader, the texts, and the findings.

Nothing is written here; whoever asks decides where. The names are those that an evidence pack has for them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from yesword.domain import composing
from yesword.domain.programs import OptIn, Program
from yesword.domain.rules.model import Pack
from yesword.reporting.registration import flow, forms
from yesword.reporting.registration.checks import check
from yesword.reporting.registration.details import BusinessDetails
from yesword.reporting.registration.fields import (
    CampaignFields,
    TollFreeFields,
    campaign_fields,
    toll_free_fields,
)
from yesword.reporting.registration.findings import Finding, Grade
from yesword.reporting.registration.tables import Kind

FOLDER: Final = "campaign"
_MARKS: Final = {Grade.REJECTED: "rejected", Grade.CONFIRM: "confirm "}
# The checks that find an answer missing, and not one that is wrong.
_WANTING: Final = frozenset(
    {
        *("wanted", "website_missing", "contact_missing", "samples_few", "sub_use_cases", "opt_in_missing"),
        *("opt_in_link", "opt_in_unreachable", "evidence_missing", "verbal_script"),
    }
)
_UNNUMBERED: Final = "no reviewer's number"


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    kind: Kind
    program: Program
    details: BusinessDetails
    fields: CampaignFields | TollFreeFields
    findings: tuple[Finding, ...]

    @property
    def wanted(self) -> tuple[str, ...]:
        """The fields for which answers are still to be given."""
        return tuple(
            dict.fromkeys(
                each.field for each in self.findings if each.check in _WANTING or each.grade is Grade.CONFIRM
            )
        )


def register(
    program: Program,
    details: BusinessDetails,
    kind: Kind,
    packs: Iterable[Pack],
    on: date,
    *,
    sent: tuple[str, ...] = (),
) -> Registration:
    """`sent` are templates of the program's campaigns, for samples where the operator gave none."""
    fields: CampaignFields | TollFreeFields
    if kind is Kind.TEN_DLC:
        fields = campaign_fields(program, details, sent)
    else:
        fields = toll_free_fields(program, details, sent)
    findings = check(program, details, fields, packs, on)
    return Registration(kind=kind, program=program, details=details, fields=fields, findings=findings)


def files(registration: Registration) -> Mapping[str, str]:
    """Each file by its name in the folder."""
    fields, program = registration.fields, registration.program
    _, texts = program.texts_in(fields.common.language)
    return {
        f"{FOLDER}/fields.json": _json(_forms(registration)),
        f"{FOLDER}/opt-in-flow.md": flow.page(
            program,
            registration.details,
            fields.common.collections,
            fields.common.call_to_action,
            fields.common.optin_message,
            composing.question(program, fields.common.language) if texts.consent_request else "",
        ),
        f"{FOLDER}/messages.json": _json(_messages(registration)),
        f"{FOLDER}/findings.txt": "\n".join((*lines(registration.findings), "")),
    }


def lines(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Three lines a finding: what is wrong and where, who calls it what, and how to mend it."""
    told: list[str] = []
    for each in findings:
        names = ", ".join(code.name for code in each.codes) or _UNNUMBERED
        told += [f"{_MARKS[each.grade]}  {each.field}: {each.problem}", f"          {names}"]
        told.append(f"          Mend: {each.remedy}")
    return tuple(told) or ("Nothing to remark.",)


def _forms(registration: Registration) -> Mapping[str, Any]:
    fields = registration.fields
    head: dict[str, Any] = {"kind": registration.kind.value, "program": registration.program.key}
    head |= {"version": registration.program.version, "wanted": list(registration.wanted)}
    if isinstance(fields, CampaignFields):
        shaped = {"tcr": forms.tcr(fields), "twilio": forms.twilio_campaign(fields)}
    else:
        shaped = {"twilio": forms.twilio_toll_free(fields)}
    return {**head, **shaped, "generic": forms.generic(fields)}


def _messages(registration: Registration) -> Mapping[str, Any]:
    """Every text that a person may get or read on the way in, word for word."""
    common, program = registration.fields.common, registration.program
    said = {
        "language": common.language,
        "call_to_action": [
            {"method": way.method.value, "where": way.where or None, "text": text}
            for way, text in zip(common.collections, common.call_to_action, strict=True)
        ],
        "opt_in": common.optin_message,
        "opt_out": common.optout_message,
        "help": common.help_message,
        "samples": list(common.samples),
        "keywords": {
            "opt_in": list(common.optin_keywords),
            "opt_out": list(common.optout_keywords),
            "help": list(common.help_keywords),
        },
    }
    if program.opt_in is OptIn.DOUBLE:
        said["confirmation_request"] = composing.question(program, common.language)
    return said


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
