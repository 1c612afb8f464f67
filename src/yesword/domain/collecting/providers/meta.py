"""Meta's lead ads: a call names leads, and what people answered has to be fetched from the Graph API.

Signed by `X-Hub-Signature-256: sha256=…`, hexadecimal HMAC of the body under the app's secret. An address is proven by a
GET with `hub.verify_token`, to be answered by `hub.challenge`. `field_data` is a list of names and lists of values.
"""

from collections.abc import Mapping
from typing import Any, Final

from yesword.domain.collecting.hooks import (
    USUAL,
    Fields,
    Pending,
    Told,
    UnreadableHookError,
    listed,
    moment,
    parse,
    part,
    text,
    wish,
)
from yesword.domain.collecting.signatures import Signature, same

SIGNATURE: Final = Signature(header="x-hub-signature-256", encoding="hex", prefix="sha256=")
_LEAD: Final = "leadgen"
_NUMBERS: Final = ("phone_number", "phone", "work_phone_number")
_NAMES: Final = ("full_name", "first_name")
_MAILS: Final = ("email", "work_email")


def challenge(asked: Mapping[str, str], token: str) -> str:
    """What proves the address. Raises BadSignatureError."""
    same(asked.get("hub.verify_token", "") if asked.get("hub.mode") == "subscribe" else "", token)
    return asked.get("hub.challenge", "")


def read(body: bytes) -> tuple[Pending, ...]:
    """The leads that it names. Raises UnreadableHookError."""
    found = parse(body)
    if found.get("object") != "page":
        return ()
    return tuple(
        Pending(
            ref=ref,
            form=text(value.get("form_id")),
            created_at=moment(value.get("created_time")),
        )
        for entry in listed(found, "entry")
        for change in listed(entry, "changes")
        if change.get("field") == _LEAD
        and (ref := text((value := part(change, "value")).get("leadgen_id"))).isdecimal()
    )


def lead(body: bytes, fields: Fields = USUAL) -> Told:
    """A lead as the Graph API gives it. Raises UnreadableHookError."""
    found = parse(body)
    ref = text(found.get("id"))
    if not ref:
        raise UnreadableHookError(what="the lead has no id")
    answers = {text(each.get("name")): _values(each) for each in listed(found, "field_data")}
    boxes = {
        text(each.get("checkbox_key")): each.get("is_checked")
        for each in listed(found, "custom_disclaimer_responses")
    }
    consent = boxes.get(fields.consent, answers.get(fields.consent)) if fields.consent else None
    row = {
        "form_id": text(found.get("form_id")),
        "created_time": text(found.get("created_time")),
        "consent_field": fields.consent,
        "consent_value": text(consent[0] if isinstance(consent, list) and consent else consent),
    }
    return Told(
        ref=ref,
        origin="meta lead ad",
        number=_one(answers, fields.number, _NUMBERS),
        name=_one(answers, fields.name, _NAMES),
        mail=_one(answers, fields.mail, _MAILS),
        # The box of a disclaimer comes as "1" or "", and no answer to it is a no.
        wish=wish(consent or "no") if fields.consent in boxes else wish(consent),
        said_at=moment(_zoned(text(found.get("created_time")))),
        form=row["form_id"],
        is_test="<test lead" in str(found.get("field_data", "")).lower(),
        row={name: value for name, value in row.items() if value},
    )


def _values(field: Mapping[str, Any]) -> list[str]:
    values = field.get("values")
    return [text(each) for each in values] if isinstance(values, list) else []


def _one(answers: Mapping[str, list[str]], name: str, usual: tuple[str, ...]) -> str:
    return next((answers[each][0] for each in ((name,) if name else usual) if answers.get(each)), "")


def _zoned(said: str) -> str:
    """`2018-02-28T08:49:14+0000`: zones without a colon are not ISO 8601's extended form."""
    return f"{said[:-2]}:{said[-2:]}" if said[-5:-4] in ("+", "-") else said
