"""Leaving by the link of a text: the withdrawal, the wait until nothing that it covers is on its way, and why they left.

Who holds the link can leave, and nothing else. It ends texts to the number that it was made for, whoever opens it.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.consent import Act, Confirmation, Withdrawn, withdraw
from yesword.consent.lately import by_links, was_told
from yesword.consent.taking_back import Instead, take_back
from yesword.domain.errors import YeswordError
from yesword.domain.events import LINK, Actor
from yesword.domain.ids import EventId, ProgramId, to_text
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState, Withdrawal
from yesword.ledger.entry import JsonObject
from yesword.sending.draining import PATIENCE_S, drain_all
from yesword.sending.reply_law import stop_reaches_all
from yesword.sending.stopping import is_news
from yesword.store import contacts, leave_links, programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.leave_links import LeaveLink
from yesword.store.opening import Store

PREFERENCES: Final = "preferences"  # the page behind a code to the handset
# Two taps of one finger. Later it is said anew: a START may have been texted in between that nobody has read yet.
_ONE_TAP: Final = timedelta(seconds=10)
# What the withdrawal itself tells of why.
_REASONS: Final = {LINK: "unsubscribe_link", PREFERENCES: "preference_page"}


class Door(enum.StrEnum):
    """Where a link was used."""

    PAGE = "page"
    ONE_CLICK = "one_click"  # a program did it for the person, as RFC 8058 has it for mail
    OWN_PAGE = "own_page"  # the brand's own page told us


class GoneError(YeswordError):
    """Whoever this link was made for has been erased: there is nobody left to text."""

    code = "gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What became of it. Only where `is_drained`, the person may be told that it is done."""

    event: EventId
    program: ProgramId | None  # None: everything of the brand
    is_new: bool  # False: nothing was left to end, and they say so once more
    is_drained: bool
    may_undo: bool  # whether a slip may be taken back: once, until the handset itself has said yes again


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Holder:
    """Whom a link is about."""

    link: LeaveLink
    contact: Contact
    program: Program  # whose text carried it


def holder(store: Store, word: str) -> Holder | None:
    """Whom this word is about. None: it is no link, or not any more."""
    with store.database.read() as session:
        link = leave_links.find(store, session, word)
        return None if link is None else holder_of(store, session, link)


def holder_of(store: Store, session: Session, link: LeaveLink) -> Holder | None:
    person = contacts.read(store, session, link.contact)
    if person is None or person.erased_at is not None or link.program is None:
        return None
    return Holder(link=link, contact=person, program=programs.current(link.program))


def offers_program_only(who: Holder, at: datetime) -> bool:
    """Whether leaving may be about one program: the brand has others, and no law makes a stop of one reach them all."""
    brand, program = programs.brand(who.contact.brand), who.program
    if len(programs.of_brand(who.contact.brand)) < 2:
        return False
    return not stop_reaches_all(brand, program, programs.sender_of(program), who.contact, at)


def leave(
    store: Store,
    who: Holder,
    at: datetime,
    *,
    door: Door,
    language: str,
    is_program_only: bool = False,
    patience_s: float = PATIENCE_S,
) -> Left:
    """End everything of the brand, or only the program whose text it was. To do it twice ends nothing twice, and
    whoever says so once more after a while is believed as of then.

    Raises `GoneError`.
    """
    act = Act(
        actor=Actor.PERSON,
        route=LINK,
        occurred_at=at,
        received_at=at,
        language=language,
        context=_context(who.link, door),
    )
    return _end(store, who.contact, who.program, act, at, is_program_only, patience_s)


def leave_proven(
    store: Store, contact: Contact, program: Program, at: datetime, *, language: str, is_program_only: bool
) -> Left:
    """The same on the page of somebody who has shown that the handset is theirs. Raises `GoneError`."""
    act = Act(actor=Actor.HANDSET, route=PREFERENCES, occurred_at=at, received_at=at, language=language)
    return _end(store, contact, program, act, at, is_program_only, PATIENCE_S)


def _end(
    store: Store,
    contact: Contact,
    about: Program,
    act: Act,
    at: datetime,
    is_program_only: bool,  # noqa: FBT001 - private
    patience_s: float,
) -> Left:
    program = about if is_program_only else None
    with store.database.write() as session:
        # Locked before it is read: of two taps at once one makes the withdrawal, and the other finds it.
        row = session.first("raise_standing", events=0, bucket=contact.bucket, contact_id=contact.id)
        person = contacts.read(store, session, contact.id)
        if row is None or person is None or person.erased_at is not None:
            raise GoneError
        state = ConsentState.from_bytes(bytes(row[1]))
        may_undo = False
        before = _the_same(state, act.route, None if program is None else program.id)
        if before is not None and at - before.at < _ONE_TAP:
            ended = Withdrawn(event=before.event, seq=before.seq, program=before.scope.program)
        else:
            lately = by_links(session, person, frozenset(_REASONS))
            may_undo = before is None and not lately.was_undone
            is_told = lately.has_left and was_told(session, person, at)
            ended = withdraw(
                store,
                session,
                programs.brand(person.brand),
                person,
                act,
                at,
                program=program,
                confirmation=None if is_told else _confirmation(about, person, state, program),
                reason=_REASONS[act.route],
            )
    is_drained = drain_all(store, [(contact.id, ended)], patience_s)
    return Left(
        event=ended.event,
        program=ended.program,
        is_new=before is None,
        is_drained=is_drained,
        may_undo=may_undo,
    )


def undo(store: Store, who: Holder, event: EventId, at: datetime, instead: Instead | None = None) -> None:
    """Take back what was a slip of the finger. Raises as `take_back` does."""
    with store.database.write() as session:
        brand = programs.brand(who.contact.brand)
        take_back(store, session, brand, who.contact, event, at, instead=instead)


def _the_same(state: ConsentState, route: str, program: ProgramId | None) -> Withdrawal | None:
    """The withdrawal of this route that stands, of as much as another one would end."""
    found = (
        each
        for each in state.withdrawals
        if each.route == route and each.covers(program) and (program is not None or not each.lifted)
    )
    return max(found, key=lambda each: each.seq, default=None)


def _context(link: LeaveLink, door: Door) -> JsonObject:
    found: JsonObject = {"message": to_text("msg", link.message), "door": door.value}
    return found if link.campaign is None else {**found, "campaign": link.campaign}


def _confirmation(
    program: Program, person: Contact, state: ConsentState, ended: Program | None
) -> Confirmation | None:
    """As for a STOP: once, where it is news and the carrier sends none; whether the law allows it, the gate says."""
    sender = programs.sender_of(program)
    if sender.facts.carrier_answers_stop or not is_news(state, ended):
        return None
    return Confirmation(program=program, sender=sender.id, language=person.language)
