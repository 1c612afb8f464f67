"""Audits as rows: opened when a carrier asks, answered, closed; and their answers, which `store.audits` keeps sealed.

The rows never hold a number. Those that are known here stand in them by their ids, the others by a keyed digest.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ContactId, from_text, to_text
from yesword.reporting.audit_answers.answer import Answer
from yesword.reporting.audit_answers.asking import Asked, Question
from yesword.reporting.audit_answers.collecting import Watch, collect, programs_of, sources_of
from yesword.reporting.audit_answers.writing import vouching, write_answer
from yesword.store import audits, contacts, links, programs
from yesword.store.links import Link, LinkKind, NewLink
from yesword.store.models import AuditEntry, CarrierAudit, User
from yesword.store.opening import Store

STALLED: Final = timedelta(seconds=30)  # whoever makes an answer says at least so often how far it is

_UNKNOWN: Final = "asked_phone"  # keys the digests of numbers that nobody here has
SENT: Final = "audit.answered"  # the trace of whoever says that they sent it
_TELLS: Final = timedelta(milliseconds=500)

State = CarrierAudit.State


class NoAnswerError(YeswordError):
    """The answer to audit {number} is not kept: it was closed, somebody in it was erased since, or it was never finished. Give the list again to make it anew."""

    code = "audit_answer_gone"


class AuditClosedError(YeswordError):
    """Audit {number} is closed. Open another one if the carrier asks again."""

    code = "audit_closed"


class AskedAheadError(YeswordError):
    """The carrier cannot have asked at {asked}, which is still to come. Correct the time, or leave it out for now."""

    code = "audit_asked_ahead"


class NoSuchAuditError(YeswordError):
    """There is no audit {number}. `yesword audit-answer` says the number when it opens one."""

    code = "no_such_audit"


def open_audit(
    store: Store, brand: BrandId, question: Question, asked: Asked, by: int | None, at: datetime
) -> CarrierAudit:
    """Write down that a carrier asked. The clock runs from when it did. Raises AskedAheadError."""
    if question.asked_at > at:
        raise AskedAheadError(asked=f"{question.asked_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    with store.database.write():
        return CarrierAudit.objects.create(
            brand_id=brand,
            sender=question.sender,
            carrier=question.carrier,
            reference=question.reference,
            campaign=question.campaign,
            asked_at=question.asked_at,
            due_at=question.due_at,
            opened_at=at,
            opened_by_id=by,
            asked_count=len(asked.numbers),
            touched_at=at,
        )


def senders_of(brand: BrandId) -> list[str]:
    """What the brand's programs text from, or did."""
    return sorted(set().union(*sources_of(brand).values()))


def check_source(brand: BrandId, sender: str) -> None:
    """That a program of the brand texts from there, or did. Raises UnknownSourceError."""
    programs_of(programs.brand(brand), sender)


def find(number: int) -> CarrierAudit:
    """Raises NoSuchAuditError."""
    row = CarrierAudit.objects.select_related("brand", "opened_by", "answered_by").filter(pk=number).first()
    if row is None:
        raise NoSuchAuditError(number=number)
    return row


def is_being_made(audit: CarrierAudit, at: datetime) -> bool:
    return audit.vault_key is None and audit.state != State.CLOSED and at - audit.touched_at < STALLED


def question_of(audit: CarrierAudit) -> Question:
    return Question(
        sender=audit.sender,
        asked_at=audit.asked_at,
        carrier=audit.carrier,
        reference=audit.reference,
        campaign=audit.campaign,
    )


# --- the answer --------------------------------------------------------------------------------------------------


def make_answer(
    store: Store,
    audit: CarrierAudit,
    asked: Asked,
    at: datetime,
    watch: Watch = lambda _done, _total: None,
) -> Answer:
    """Collect, write and seal the answer; one that was made before is destroyed. Raises AuditClosedError."""
    if audit.state == State.CLOSED:
        raise AuditClosedError(number=audit.pk)
    brand = programs.brand(audit.brand_id)
    answer = collect(store, brand, question_of(audit), asked, at, _telling(store, audit, watch))
    old = audit.vault_key
    key = audits.new_key(store, brand.id)
    data = write_answer(answer, to_text("aud", key), vouching(store, answer))
    audits.keep(store, key, data)
    found = {each.contact for each in answer.lines if each.contact is not None}
    known = {each.number for each in answer.lines if each.contact is not None}
    unknown = [number for number in asked.numbers if number not in known]
    with store.database.write():
        audit.asked_count = audit.done_count = len(asked.numbers)
        audit.contacts = [to_text("con", each) for each in sorted(found)]
        audit.unknown_count = len(unknown)
        audit.unknown_digests = sorted(
            store.look_up.digest(brand.id, _UNKNOWN, each).hex() for each in unknown
        )
        audit.counts = {status.value: count for status, count in answer.counts.items()}
        audit.vault_key, audit.made_at = key, at
        audit.file_digest, audit.file_size = hashlib.sha256(data).hexdigest(), len(data)
        audit.save(update_fields=_MADE)
    if old is not None:
        audits.destroy(store, old, at)
    return answer


_MADE: Final = (
    "asked_count",
    "done_count",
    "contacts",
    "unknown_count",
    "unknown_digests",
    "counts",
    "vault_key",
    "made_at",
    "file_digest",
    "file_size",
)


def _telling(store: Store, audit: CarrierAudit, watch: Watch) -> Watch:
    """Keep in the row how far it is, now and then; whoever asked hears of every number."""
    told = datetime.now(UTC)

    def tell(done: int, total: int) -> None:
        nonlocal told
        watch(done, total)
        now = datetime.now(UTC)
        if now - told >= _TELLS:
            told = now
            with store.database.write():
                CarrierAudit.objects.filter(pk=audit.pk).update(
                    done_count=done, asked_count=total, touched_at=now
                )

    return tell


def give_up(store: Store, audit: CarrierAudit) -> None:
    """Nobody makes this answer any more."""
    with store.database.write():
        CarrierAudit.objects.filter(pk=audit.pk).update(touched_at=audit.opened_at - STALLED)


def begin_again(store: Store, audit: CarrierAudit, asked: Asked, at: datetime) -> None:
    """An answer is being made anew. Raises AuditClosedError."""
    if audit.state == State.CLOSED:
        raise AuditClosedError(number=audit.pk)
    with store.database.write():
        audit.asked_count, audit.done_count, audit.touched_at = len(asked.numbers), 0, at
        audit.save(update_fields=["asked_count", "done_count", "touched_at"])


def read_answer(store: Store, audit: CarrierAudit, at: datetime) -> bytes:
    """The zip file. Raises NoAnswerError."""
    data = audits.read(store, audit.vault_key) if is_kept(store, audit, at) and audit.vault_key else None
    if data is None:
        raise NoAnswerError(number=audit.pk)
    return data


def is_kept(store: Store, audit: CarrierAudit, at: datetime) -> bool:
    """Whether there is an answer to be had. One that speaks of somebody who was erased since is destroyed."""
    if audit.vault_key is not None and _has_erased(store, audit):
        audits.forget(store, audit, at)
    return audit.vault_key is not None and audits.is_kept(store, audit.vault_key)


def name_of(audit: CarrierAudit) -> str:
    """What the file is called where somebody keeps it."""
    return f"consent-audit-{audit.sender}-{audit.asked_at:%Y-%m-%d}-{audit.pk}.zip"


def people(audit: CarrierAudit) -> Iterator[ContactId]:
    """Those who were found."""
    for each in audit.contacts:
        yield ContactId(from_text("con", each))


def _has_erased(store: Store, audit: CarrierAudit) -> bool:
    """Whether anybody in the answer was erased after it was made."""
    with store.database.read() as session:
        found = contacts.read_many(store, session, people(audit))
    return any(
        each.erased_at is not None and audit.made_at is not None and each.erased_at > audit.made_at
        for each in found.values()
    )


# --- what becomes of an audit ------------------------------------------------------------------------------------


def mark_answered(store: Store, audit: CarrierAudit, by: User | None, at: datetime) -> bool:
    """Stop the clock. `by`: None, where the auditor took the answer. False: it had stopped before."""
    with store.database.write():
        changed = CarrierAudit.objects.filter(pk=audit.pk, state=State.OPEN).update(
            state=State.ANSWERED, answered_at=at, answered_by=by
        )
    audit.refresh_from_db(fields=["state", "answered_at", "answered_by"])
    return bool(changed)


def was_sent(audit: CarrierAudit) -> bool:
    """Whether somebody of the brand said that they sent the answer; otherwise the auditor took it by the link."""
    return (
        audit.answered_by_id is not None
        or AuditEntry.objects.filter(action=SENT, subject=f"audit {audit.pk}").exists()
    )


def close(store: Store, audit: CarrierAudit, at: datetime) -> None:
    """Nothing of the answer is kept, and its links open nothing any more."""
    with store.database.write() as session:
        audit.state, audit.closed_at, audit.unknown_digests = State.CLOSED, at, []
        audit.save(update_fields=["state", "closed_at", "unknown_digests"])
        for link in links_of(store, audit):
            links.end(session, link.digest, at)
    audits.forget(store, audit, at)


def make_link(store: Store, audit: CarrierAudit, at: datetime) -> str:
    """The word of a link for the auditor. Raises AuditClosedError, NoAnswerError."""
    if audit.state == State.CLOSED:
        raise AuditClosedError(number=audit.pk)
    if audit.vault_key is None:
        raise NoAnswerError(number=audit.pk)
    link = NewLink(
        brand=BrandId(audit.brand_id), kind=LinkKind.AUDIT, pack=audit.pk, expires_at=at + links.AUDIT_LASTS
    )
    with store.database.write() as session:
        return links.make(session, link, at)


def links_of(store: Store, audit: CarrierAudit) -> list[Link]:
    """All that were made for an audit, newest first."""
    with store.database.read() as session:
        found = links.of_kind(session, BrandId(audit.brand_id), LinkKind.AUDIT)
    return [each for each in found if each.pack == audit.pk]
