"""What becomes of a consent in time: said yes to anew, gone on in silence after a reminder, or lapsed.

When any of it is due is for the rules to say; whoever calls has asked them.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from yesword.consent.answering import Act
from yesword.consent.record import Draft, Recorded, append
from yesword.domain import ids
from yesword.domain.events import Actor, Basis, EventKind, Grade
from yesword.domain.ids import MessageId
from yesword.domain.programs import Program
from yesword.domain.state import Grant
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow

RENEWAL = "renewal"  # the route of what follows from a reminder
LAPSE = "lapse"  # and of what follows from time alone


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Reminder:
    """The text that reminded the person, or asked them."""

    message: MessageId
    text: str
    language: str
    handed_at: datetime


def renew(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    program: Program,
    grant: Grant,
    reminder: Reminder,
    act: Act,
    at: datetime,
) -> Recorded:
    """A yes from the handset to a reminder. It is about the program that asked, however wide the consent was."""
    draft = Draft(
        kind=EventKind.RENEWED,
        scope=replace(grant.scope, program=program.id),
        actor=act.actor,
        route=act.route,
        occurred_at=act.occurred_at,
        received_at=act.received_at,
        program=program,
        basis=Basis.EXPRESS_WRITTEN,
        grade=Grade.A,
        limits=grant.limits,
        answers=grant.event,
        language=reminder.language,
        evidence=act.evidence,
        context={**(act.context or {}), "reminder": ids.to_text("msg", reminder.message)},
        wording=reminder.text,
    )
    return append(store, session, brand, contact, [draft], at)


def keep(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    program: Program,
    grant: Grant,
    reminder: Reminder,
    rule: str,
    at: datetime,
) -> Recorded:
    """The person was reminded, and by the rule silence keeps the consent: it goes on, exactly as it was."""
    draft = Draft(
        kind=EventKind.RENEWED,
        scope=grant.scope,
        actor=Actor.SYSTEM,
        route=RENEWAL,
        occurred_at=reminder.handed_at,
        received_at=reminder.handed_at,
        program=program,
        basis=grant.basis,
        grade=grant.grade,
        limits=grant.limits,
        relation=grant.relation,
        answers=grant.event,
        language=reminder.language,
        reason=rule,
        context={"reminder": ids.to_text("msg", reminder.message)},
        wording=reminder.text,
    )
    return append(store, session, brand, contact, [draft], at)


def lapse(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    program: Program,
    grant: Grant,
    rule: str,
    over_at: datetime,
    at: datetime,
) -> Recorded:
    """The time that the rule gives a consent is over, and nobody said yes to more."""
    draft = Draft(
        kind=EventKind.EXPIRED,
        scope=grant.scope,
        actor=Actor.SYSTEM,
        route=LAPSE,
        occurred_at=over_at,
        received_at=at,
        program=program,
        answers=grant.event,
        language=contact.language,
        reason=rule,
    )
    return append(store, session, brand, contact, [draft], at)
