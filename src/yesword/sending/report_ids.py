"""Delivery reports whose id is the carrier's, in another spelling than when it took the text: hexadecimal then, decimal now.

An account's setting `dialect.id_form` says so. Where nobody set it, it is learned from the first reports that find no
text, and entered there, so that whoever sends and whoever listens write ids alike when they start the next time. Until then,
and for what was sent before, each such report is matched here: by look-ups of the few spellings that an id can have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from yesword.channels.smpp.reports import IdForm, form_that_fits, spellings
from yesword.domain.times import to_micros
from yesword.store import models
from yesword.store.database import Session
from yesword.store.opening import Store

log = structlog.get_logger("yesword.reports")

SMPP: Final = "smpp"
EVERY: Final = timedelta(seconds=5)
_AFTER: Final = timedelta(seconds=5)  # a report may come before our own record of the hand-over
_UNTIL: Final = timedelta(days=3)
_AT_ONCE: Final = 500
ENOUGH: Final = 3  # reports that one form explains, before it is believed


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sent:
    """A text, by the id that the carrier gave when it took it."""

    provider_id: str
    bucket: int
    message: int
    attempt: int


def match(store: Store, at: datetime) -> int:
    """Match what waits. The number of reports that are to be applied now."""
    matched = 0
    for account in models.Account.objects.filter(channel=SMPP):
        with store.database.read() as session:
            waiting = _waiting(session, account.pk, at)
            known = _form(account)
            found = _found(session, account.pk, waiting, [known] if known is not IdForm.AS_IS else IdForm)
        form = known if known is not IdForm.AS_IS else _learned(found)
        if form is None:
            continue
        sent = found[form]
        if not sent:
            continue
        with store.database.write() as session:
            if known is IdForm.AS_IS:
                _enter(account, form)
            session.many(
                "insert_provider_ref",
                [
                    {
                        "account_id": account.pk,
                        "provider_id": reported,
                        "bucket": each.bucket,
                        "message_id": each.message,
                        "attempt_id": each.attempt,
                    }
                    for reported, each in sent.items()
                ],
            )
        matched += len(sent)
    return matched


def _waiting(session: Session, account: int, at: datetime) -> list[str]:
    rows = session.rows(
        "reports_without_text",
        account_id=account,
        after=to_micros(at - _UNTIL),
        before=to_micros(at - _AFTER),
        count=_AT_ONCE,
    )
    return [row[0] for row in rows]


def _found(
    session: Session, account: int, waiting: Sequence[str], forms: "Sequence[IdForm] | type[IdForm]"
) -> Mapping[IdForm, Mapping[str, _Sent]]:
    """By each form, the reports that it explains, each with its text."""
    asked = {(form, reported): spellings(reported, form) for form in forms for reported in waiting}
    wanted = sorted({each for own in asked.values() for each in own})
    rows = session.rows("texts_of_ids", account_id=account, ids=session.texts(wanted)) if wanted else []
    sent = {row[0]: _Sent(provider_id=row[0], bucket=row[1], message=row[2], attempt=row[3]) for row in rows}
    found: dict[IdForm, dict[str, _Sent]] = {form: {} for form in forms}
    for (form, reported), own in asked.items():
        hits = [sent[each] for each in own if each in sent]
        if len(hits) == 1:  # of two, nobody can say which
            found[form][reported] = hits[0]
    return found


def _learned(found: Mapping[IdForm, Mapping[str, _Sent]]) -> IdForm | None:
    """The form that explains most, if it is enough, and no other explains as much in another way.

    Ids of digits alone that differ in zeros are explained in either base; the higher one is right of letters, too.
    """
    best, *others = sorted(found.items(), key=lambda each: (-len(each[1]), each[0] is not IdForm.HEX))
    form, sent = best
    rivals = [each for _, each in others if len(each) == len(sent) and each != sent]
    if len(sent) < ENOUGH or rivals:
        return None
    fits = form_that_fits((each.provider_id for each in sent.values()), sent)
    return form if fits is not None else None


def _form(account: models.Account) -> IdForm:
    dialect = account.settings.get("dialect")
    try:
        return IdForm((dialect or {}).get("id_form", IdForm.AS_IS))
    except (ValueError, AttributeError):
        return IdForm.AS_IS  # whoever makes the channel says what is wrong


def _enter(account: models.Account, form: IdForm) -> None:
    account.settings = {
        **account.settings,
        "dialect": {**(account.settings.get("dialect") or {}), "id_form": form.value},
    }
    account.save(update_fields=["settings"])
    models.AuditEntry.objects.create(
        action="account.id_form_learned", subject=f"account {account.pk}", detail={"id_form": form.value}
    )
    log.warning("report_ids_learned", account=account.key, form=form.value)
