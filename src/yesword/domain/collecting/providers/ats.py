"""Any system for applications, in our own format: signed as Standard Webhooks are, so that repetitions are refused.

`application.created` and `application.closed`; docs/how-to/connect-an-ats.md shows both whole.
"""

from collections.abc import Mapping
from typing import Final

from yesword.domain.collecting.hooks import (
    USUAL,
    Course,
    Fields,
    Told,
    UnreadableHookError,
    moment,
    parse,
    part,
    text,
    wish,
)

_CREATED: Final = "application.created"
_CLOSED: Final = "application.closed"


def read(headers: Mapping[str, str], body: bytes, fields: Fields = USUAL) -> tuple[Told, ...]:  # noqa: ARG001 - all have them
    """Raises UnreadableHookError."""
    found = parse(body)
    kind, data = text(found.get("type")), part(found, "data")
    if kind not in (_CREATED, _CLOSED):
        return ()
    ref = text(data.get("application_id"))
    if not ref:
        raise UnreadableHookError(what="it has no data.application_id")
    if kind == _CLOSED:
        return (
            Told(
                ref=ref,
                origin=f"ats {kind}",
                course=Course.CLOSES,
                closing=text(data.get("reason"))[:40] or "closed",
            ),
        )
    row = {
        name: text(data.get(name))
        for name in ("application_id", "job_id", "applied_at", "consent", "question", "general_consent", "general_question")
    }  # fmt: skip
    return (
        Told(
            ref=ref,
            origin=f"ats {kind}",
            number=text(data.get("number")),
            country=text(data.get("country"))[:2].upper(),
            name=text(data.get("name")),
            mail=text(data.get("email")),
            language=text(data.get("language"))[:2].lower(),
            wish=wish(data.get("consent")),
            general=wish(data.get("general_consent")),
            said_at=moment(data.get("applied_at")),
            form=row["job_id"],
            course=Course.OPENS,
            row={name: value for name, value in row.items() if value},
        ),
    )
