"""TikTok's lead ads: `entry` holds leads, each with its answers in `changes`.

Signed by `TikTok-Signature: t=…,s=…`, hexadecimal HMAC of `t.body` under the app's secret; an old `t` is a repetition.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from yesword.domain.collecting.hooks import (
    USUAL,
    Fields,
    Told,
    listed,
    moment,
    parse,
    text,
    utc_moment,
    wish,
)
from yesword.domain.collecting.signatures import check_stamped

HEADER: Final = "tiktok-signature"
_LEADS: Final = (1, "1", "LEAD")
_NUMBERS: Final = ("phone_number", "phone")
_NAMES: Final = ("name", "full_name", "first_name")
_MAILS: Final = ("email",)


def check(secret: str, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
    """Raises BadSignatureError, StaleError."""
    check_stamped(secret, headers.get(HEADER, ""), body, at)


def read(body: bytes, fields: Fields = USUAL) -> tuple[Told, ...]:
    """Raises UnreadableHookError."""
    found = parse(body)
    if found.get("object") not in _LEADS:
        return ()
    return tuple(
        _lead({text(each.get("field")): text(each.get("value")) for each in listed(entry, "changes")},
              {name: text(entry.get(name)) for name in ("id", "page_id", "create_time", "is_test", "ad_id")},
              moment(found.get("time")), fields)
        for entry in listed(found, "entry")
        if text(entry.get("id"))
    )  # fmt: skip


def _lead(
    answers: Mapping[str, str], about: Mapping[str, str], sent_at: datetime | None, fields: Fields
) -> Told:
    consent = answers.get(fields.consent, "") if fields.consent else ""
    row = {
        "page_id": about["page_id"],
        "ad_id": about["ad_id"],
        "create_time": about["create_time"],
        "consent_field": fields.consent,
        "consent_value": consent,
    }
    return Told(
        ref=about["id"],
        origin="tiktok lead ad",
        number=_one(answers, fields.number, _NUMBERS),
        name=_one(answers, fields.name, _NAMES),
        mail=_one(answers, fields.mail, _MAILS),
        wish=wish(consent),
        said_at=utc_moment(about["create_time"]) or sent_at,
        form=about["page_id"],
        is_test=about["is_test"].lower() in ("true", "1"),
        row={name: value for name, value in row.items() if value},
    )


def _one(answers: Mapping[str, str], name: str, usual: tuple[str, ...]) -> str:
    return next((answers[each] for each in ((name,) if name else usual) if answers.get(each)), "")
