"""Invitations as rows: put in line, claimed by whoever hands them over, settled, and what came of them later.

A row is committed before anything is handed over, so that nobody gets a letter twice: what was being handed over when
its process died is uncertain, and is not sent again.
"""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.ids import BrandId, ContactId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.store.database import Row, Session

LEASE: Final = timedelta(minutes=15)  # of another host: longer than any mail server is waited for


class State(enum.StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"  # the mail server has it
    UNCERTAIN = "uncertain"
    FAILED = "failed"  # the mail server does not want it
    BARRED = "barred"  # nothing may be sent
    CANCELLED = "cancelled"


class Step(enum.StrEnum):
    """What a person did with an invitation. The value names the query that notes it."""

    OPENED = "note_opened"
    CLICKED = "note_clicked"
    REPLIED = "note_replied"
    BOUNCED = "note_bounced"
    LEFT = "note_left"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewInvitation:
    id: int  # in the bucket of its contact
    campaign: int
    brand: BrandId
    contact: ContactId
    known: ContactId | None = None  # who has the number that came with the address


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A letter that waits: an invitation, or the one that answers a reply."""

    id: int
    contact: ContactId
    campaign: int
    tries: int
    known: ContactId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    id: int
    campaign: int
    brand: BrandId
    contact: ContactId
    known: ContactId | None
    state: State
    answer: str
    sent_at: datetime | None
    joined: ContactId | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What became of a letter that was handed over, or was not."""

    state: State
    due_at: datetime
    reason: str = ""
    sent_at: datetime | None = None
    is_try: bool = True  # it counts as one of the times that it was tried


def insert(session: Session, new: NewInvitation, at: datetime) -> bool:
    """False: the person is in this campaign already."""
    return bool(
        session.run(
            "insert_invitation",
            bucket=bucket_of(new.id),
            id=new.id,
            campaign_id=new.campaign,
            brand_id=new.brand,
            contact_id=new.contact,
            known_contact=new.known,
            due_at=to_micros(at),
        )
    )


def due(session: Session, campaign: int, at: datetime, count: int) -> list[Due]:
    rows = session.rows("due_invitations", campaign_id=campaign, now=to_micros(at), count=count)
    return [
        Due(id=row[0], contact=ContactId(row[1]), campaign=campaign, tries=row[3], known=_contact(row[2]))
        for row in rows
    ]


def due_answers(session: Session, at: datetime, count: int) -> list[Due]:
    rows = session.rows("due_answers", now=to_micros(at), count=count)
    return [Due(id=row[0], contact=ContactId(row[1]), campaign=row[2], tries=row[3]) for row in rows]


def claim(session: Session, one: Due, owner: str, at: datetime, *, is_answer: bool = False) -> bool:
    """False: somebody else has it, or it waits no longer."""
    name = "claim_answer" if is_answer else "claim_invitation"
    return bool(session.run(name, bucket=bucket_of(one.id), id=one.id, owner=owner, now=to_micros(at)))


def settle(session: Session, one: Due, owner: str, settled: Settled, *, is_answer: bool = False) -> bool:
    """False: it is not ours any more."""
    given: dict[str, object] = {
        "bucket": bucket_of(one.id),
        "id": one.id,
        "owner": owner,
        "state": settled.state.value,
        "due_at": to_micros(settled.due_at),
        "tried": int(settled.is_try),
    }
    if is_answer:
        return bool(session.run("settle_answer", **given))
    sent_at = None if settled.sent_at is None else to_micros(settled.sent_at)
    return bool(session.run("settle_invitation", **given, reason=settled.reason, sent_at=sent_at))


def bar(session: Session, invitation: int, reason: str) -> None:
    session.run("bar_invitation", bucket=bucket_of(invitation), id=invitation, reason=reason)


def bar_others(session: Session, contact: ContactId, reason: str) -> int:
    """Whatever still waits for this person."""
    return session.run("bar_others_of_contact", bucket=bucket_of(contact), contact_id=contact, reason=reason)


def owners(session: Session) -> list[str]:
    """Who is handing over just now, or was when they died."""
    return [row[0] for row in session.rows("owners_on_their_way")]


def lose(session: Session, owner: str, before: datetime) -> int:
    """Call uncertain what this owner was handing over, and what anybody has been for longer than a lease."""
    given = {"owner": owner, "before": to_micros(before)}
    return session.run("lose_invitations", **given) + session.run("lose_answers", **given)


def cancel_waiting(session: Session, campaign: int) -> int:
    return session.run("cancel_invitations", campaign_id=campaign)


def read(session: Session, invitation: int) -> Invitation | None:
    row = session.first("invitation", bucket=bucket_of(invitation), id=invitation)
    if row is None:
        return None
    return Invitation(
        id=row[0],
        campaign=row[1],
        brand=BrandId(row[2]),
        contact=ContactId(row[3]),
        known=_contact(row[4]),
        state=State(row[5]),
        answer=row[6],
        sent_at=None if row[7] is None else from_micros(row[7]),
        joined=_contact(row[8]),
    )


def of_contact(session: Session, contact: ContactId) -> Sequence[Row]:
    """All that was sent to a person and what they did with it, for whoever asks what is held of them."""
    people = [contact, *(ContactId(row[0]) for row in session.rows("merged_of", id=contact))]
    return [
        row
        for each in people
        for row in session.rows("invitations_of_contact", bucket=bucket_of(each), contact_id=each)
    ]


def that_led_to(session: Session, contact: ContactId, brand: BrandId, since: datetime) -> Sequence[ContactId]:
    """Who was written to, where a page behind their letter was sent with this contact's number; the newest first.

    Whoever said that the letter had been passed on to them is left out.
    """
    rows = session.rows("invitations_that_joined", contact_id=contact, brand_id=brand, since=to_micros(since))
    return [ContactId(row[0]) for row in rows]


def numbers_of(session: Session, contacts: Iterable[ContactId]) -> Mapping[ContactId, set[ContactId]]:
    """Under which other contacts these people are known by number: what came with the list, or what they signed up with."""
    wanted = sorted(set(contacts))
    buckets = sorted({bucket_of(each) for each in wanted}) if session.vendor == "postgresql" else 0
    found: dict[ContactId, set[ContactId]] = {}
    for contact, known, joined in session.rows(
        "others_of_invitees", ids=session.ids(wanted), buckets=buckets
    ):
        others = {ContactId(each) for each in (known, joined) if each is not None}
        found.setdefault(ContactId(contact), set()).update(others)
    return found


def note(session: Session, invitation: int, step: Step, at: datetime) -> bool:
    """The first time counts. Whoever answers a letter has had it, whatever was thought of it until then."""
    place: dict[str, object] = {"bucket": bucket_of(invitation), "id": invitation}
    session.run("found_sent", **place)
    return bool(session.run(step.value, **place, at=to_micros(at)))


def note_signed_up(
    session: Session, invitation: int, contact: ContactId | None, at: datetime, *, is_passed_on: bool = False
) -> None:
    """`contact`: who has the number that they gave."""
    place: dict[str, object] = {"bucket": bucket_of(invitation), "id": invitation}
    session.run("found_sent", **place)
    session.run(
        "note_signed_up", **place, at=to_micros(at), joined_contact=contact, is_passed_on=int(is_passed_on)
    )


def owe_answer(session: Session, invitation: int, at: datetime) -> bool:
    """Put the one answer in line. False: there was one already, so that two machines never write to each other."""
    return bool(session.run("owe_answer", bucket=bucket_of(invitation), id=invitation, at=to_micros(at)))


def states(session: Session, campaign: int) -> Mapping[State, int]:
    rows = session.rows("invitation_states", campaign_id=campaign)
    return {State(state): int(count) for state, count in rows}


def reasons(session: Session, campaign: int) -> list[tuple[State, str, int]]:
    """Why some were not sent, the commonest first."""
    rows = session.rows("invitation_bars", campaign_id=campaign)
    return [(State(state), reason, int(count)) for state, reason, count in rows]


def _contact(found: int | None) -> ContactId | None:
    return None if found is None else ContactId(found)
