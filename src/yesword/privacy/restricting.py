"""Restriction while something is kept (GDPR art. 18): nothing is sent, the person is in no list, and the record stays.

What had been handed to a carrier, or was just being so, has gone. The person can still stop, and whoever is restricted
may still be found by their number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from yesword.domain.errors import YeswordError
from yesword.domain.times import to_micros
from yesword.privacy import traces
from yesword.store import contact_marks, contacts, models
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store


class NotToldError(YeswordError):
    """The person has to be told before a restriction is lifted (GDPR art. 18(3)). Tell them, then say that you have."""

    code = "not_told"


class NoReasonGivenError(YeswordError):
    """Say why: the reason stays with the trace of it."""

    code = "no_reason_given"


class NobodyThereError(YeswordError):
    """The person is not known any more: they have been erased."""

    code = "nobody_there"


@dataclass(frozen=True, kw_only=True, slots=True)
class Restricted:
    """What became of it, or would."""

    is_changed: bool  # False: it was so already
    cancelled: int  # texts that waited


def restrict(
    store: Store, contact: Contact, reason: str, by: int | None, at: datetime, *, is_dry_run: bool = False
) -> Restricted:
    """Keep what is held of the person, and use it for nothing."""
    said = _said(reason)

    def does(session: Session, known: Contact) -> Restricted:
        waiting = session.first("count_waiting_of_contact", bucket=known.bucket, contact_id=known.id)
        cancelled = int(waiting[0]) if waiting else 0
        if is_dry_run:
            return Restricted(is_changed=known.restricted_since is None, cancelled=cancelled)
        is_changed = session.run("restrict_contact", bucket=known.bucket, id=known.id, since=to_micros(at))
        contact_marks.renew(store, session, [known.id])
        cancelled = session.run(
            "cancel_restricted", bucket=known.bucket, contact_id=known.id, now=to_micros(at)
        )
        if is_changed:
            traces.leave(
                "privacy.restricted",
                traces.about(known.id),
                by,
                cancelled=cancelled,
                **_sealed(store, known, said),
            )
        return Restricted(is_changed=bool(is_changed), cancelled=cancelled)

    return _under_lock(store, contact, does)


def unrestrict(
    store: Store,
    contact: Contact,
    reason: str,
    by: int | None,
    *,
    was_told: bool,
    is_dry_run: bool = False,
) -> Restricted:
    """Lift the restriction. No old text comes back with it. Raises `NotToldError` unless the person was told."""
    said = _said(reason)
    if not was_told:
        raise NotToldError

    def does(session: Session, known: Contact) -> Restricted:
        if is_dry_run:
            return Restricted(is_changed=known.restricted_since is not None, cancelled=0)
        is_changed = session.run("unrestrict_contact", bucket=known.bucket, id=known.id)
        contact_marks.renew(store, session, [known.id])
        if is_changed:
            # The retention job has passed them over, so it looks from the front the next time.
            models.RetentionRun.objects.update(is_whole=False)
            traces.leave(
                "privacy.unrestricted",
                traces.about(known.id),
                by,
                was_told=True,
                **_sealed(store, known, said),
            )
        return Restricted(is_changed=bool(is_changed), cancelled=0)

    return _under_lock(store, contact, does)


def _sealed(store: Store, known: Contact, reason: str) -> dict[str, str]:
    """The reason may say anything of the person, so it goes with their key."""
    return {"reason": traces.sealed(store, known, reason)}


def _said(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise NoReasonGivenError
    return said


def _under_lock(store: Store, contact: Contact, does: Callable[[Session, Contact], Restricted]) -> Restricted:
    """Under the standing's lock, so that no claim is in the middle of deciding a text to them."""
    with store.database.write() as session:
        session.first("raise_standing", events=0, bucket=contact.bucket, contact_id=contact.id)
        known = contacts.read(store, session, contact.id)
        if known is None or known.erased_at is not None:
            raise NobodyThereError
        return does(session, known)
