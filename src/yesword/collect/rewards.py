"""Rewards for joining: said once to a number, when it is a member, and never taken back when it leaves."""

from yesword.collect import points
from yesword.collect.points import Point
from yesword.domain.collecting.wordings import gift
from yesword.domain.ids import EventId, ProgramId
from yesword.store import asked_numbers
from yesword.store.contacts import Contact
from yesword.store.database import Session


def gift_for(session: Session, contact: Contact, point: Point, language: str) -> str:
    """What the welcome says of the reward; empty for whoever was a member before, however they left."""
    words = gift(point.definition, language)
    return words if words and not _was_member(session, contact, point.definition.program) else ""


def gift_after_question(session: Session, contact: Contact, request: EventId, language: str) -> str:
    """The same where a point had asked by text, and the person has just said yes."""
    asked, _ = asked_numbers.asked_where(session, request)
    point = None if asked is None else points.newest(asked)
    return "" if point is None else gift_for(session, contact, point, language)


def _was_member(session: Session, contact: Contact, program: ProgramId) -> bool:
    found = session.first("was_member", bucket=contact.bucket, contact_id=contact.id, program_id=program)
    return found is not None
