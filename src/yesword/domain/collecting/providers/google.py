"""Google's lead forms: the answers come at once, in `user_column_data`.

Not signed: `google_key` in the body is a secret that both sides know. A lead that Google sends to try the address says
`is_test`.
"""

from collections.abc import Mapping
from typing import Any, Final

from yesword.domain.collecting.hooks import (
    USUAL,
    Fields,
    Told,
    UnreadableHookError,
    listed,
    moment,
    parse,
    text,
    wish,
)
from yesword.domain.collecting.signatures import same

_NUMBERS: Final = ("PHONE_NUMBER", "WORK_PHONE")
_NAMES: Final = ("FULL_NAME", "FIRST_NAME")
_MAILS: Final = ("EMAIL", "WORK_EMAIL")


def check(secret: str, body: bytes) -> None:
    """Raises BadSignatureError, UnreadableHookError."""
    key = parse(body).get("google_key")
    same(key if isinstance(key, str) else "", secret)


def read(body: bytes, fields: Fields = USUAL) -> tuple[Told, ...]:
    """Raises UnreadableHookError."""
    found = parse(body)
    ref = text(found.get("lead_id"))
    if not ref:
        raise UnreadableHookError(what="the lead has no lead_id")
    answers = _answers(found)
    consent = answers.get(fields.consent, "") if fields.consent else ""
    row = {
        "form_id": text(found.get("form_id")),
        "campaign_id": text(found.get("campaign_id")),
        "lead_submit_time": text(found.get("lead_submit_time")),
        "consent_field": fields.consent,
        "consent_value": consent,
    }
    return (
        Told(
            ref=ref,
            origin="google lead form",
            number=_one(answers, fields.number, _NUMBERS),
            country=answers.get("COUNTRY", "")[:2].upper() if len(answers.get("COUNTRY", "")) == 2 else "",
            name=_one(answers, fields.name, _NAMES),
            mail=_one(answers, fields.mail, _MAILS),
            wish=wish(consent),
            said_at=moment(found.get("lead_submit_time")),
            form=row["form_id"],
            is_test=found.get("is_test") is True,
            row={name: value for name, value in row.items() if value},
        ),
    )


def _answers(found: Mapping[str, Any]) -> dict[str, str]:
    """By id, and by the words of the question, which is all that a question of one's own has."""
    answers = {}
    for each in listed(found, "user_column_data"):
        for name in (text(each.get("column_name")), text(each.get("column_id"))):
            if name:
                answers[name] = text(each.get("string_value"))
    return answers


def _one(answers: Mapping[str, str], name: str, usual: tuple[str, ...]) -> str:
    return next((answers[each] for each in ((name,) if name else usual) if answers.get(each)), "")
