"""Greenhouse: applications, with the answers to the questions about texts in custom fields.

Signed by `Signature: sha256 …`, hexadecimal HMAC of the body. Custom fields stand with the application or with the
candidate, under a key of their own; which of them asks is a setting.
"""

from collections.abc import Mapping
from typing import Any, Final

from yesword.domain.collecting.hooks import (
    USUAL,
    Course,
    Fields,
    Told,
    UnreadableHookError,
    Wish,
    listed,
    moment,
    parse,
    part,
    text,
    wish,
)
from yesword.domain.collecting.signatures import Signature

SIGNATURE: Final = Signature(header="signature", encoding="hex", prefix="sha256 ")
DELIVERY: Final = "greenhouse-event-id"
CONSENT: Final = "text_message_consent"
GENERAL: Final = "text_message_other_jobs"
_NEW: Final = frozenset({"new_candidate_application"})
_CLOSING: Final = {
    "hire_candidate": "hired",
    "candidate_hired": "hired",
    "reject_candidate": "rejected",
    "candidate_rejected": "rejected",
    "delete_application": "deleted",
}
_OVER: Final = frozenset({"hired", "rejected"})
_MOBILE: Final = "mobile"


def read(headers: Mapping[str, str], body: bytes, fields: Fields = USUAL) -> tuple[Told, ...]:  # noqa: ARG001 - all have them
    """Raises UnreadableHookError."""
    found = parse(body)
    action = text(found.get("action"))
    if action not in _NEW and action not in _CLOSING and action != "application_updated":
        return ()  # a ping among them
    application = part(found, "payload", "application")
    ref = text(application.get("id"))
    if not ref:
        raise UnreadableHookError(what="the application has no id")
    status = text(application.get("status"))
    if action in _CLOSING or status in _OVER:
        return (
            Told(
                ref=ref,
                origin=f"greenhouse {action}",
                course=Course.CLOSES,
                closing=_CLOSING.get(action, status),
            ),
        )
    return (_application(action, application, fields),) if action in _NEW else ()


def _application(action: str, application: Mapping[str, Any], fields: Fields) -> Told:
    candidate = part(application, "candidate")
    # A question is the application's where both have it: the candidate's may be of an earlier one.
    answers = {**part(candidate, "custom_fields"), **part(application, "custom_fields")}
    specific, general = fields.consent or CONSENT, fields.general or GENERAL
    names = (text(candidate.get("first_name")), text(candidate.get("last_name")))
    row = {
        "action": action,
        "application": text(application.get("id")),
        "applied_at": text(application.get("applied_at")),
        "question": text(part(answers, specific).get("name")) or specific,
        "answer": text(part(answers, specific).get("value")),
        "general_question": text(part(answers, general).get("name")),
        "general_answer": text(part(answers, general).get("value")),
    }
    return Told(
        ref=row["application"],
        origin=f"greenhouse {action}",
        number=_number(candidate),
        name=" ".join(each for each in names if each),
        mail=next((text(each.get("value")) for each in listed(candidate, "email_addresses")), ""),
        wish=wish(part(answers, specific).get("value")),
        general=wish(part(answers, general).get("value")) if part(answers, general) else Wish.UNSAID,
        said_at=moment(application.get("applied_at")),
        form=next((text(each.get("id")) for each in listed(application, "jobs")), ""),
        course=Course.OPENS,
        row={name: value for name, value in row.items() if value},
    )


def _number(candidate: Mapping[str, Any]) -> str:
    """The mobile one, if any is called so."""
    found = listed(candidate, "phone_numbers")
    mobile = [each for each in found if text(each.get("type")).lower() == _MOBILE]
    return next((text(each.get("value")) for each in (*mobile, *found)), "")
