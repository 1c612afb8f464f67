"""Sending invitations: one letter after another, each looked at anew, claimed, handed over and recorded by itself.

A claim is committed before its letter is handed over. What was being handed over when a process died went or did not:
it is uncertain, and nobody gets it twice.
"""

import contextlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from yesword.collect import inviting, letters
from yesword.collect.letters import Reader, Sender
from yesword.collect.points import NoSuchPointError, Point
from yesword.consent import restoring
from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ContactId
from yesword.domain.state import ConsentState
from yesword.mail.sending import BadLetterError, Letter, NoServerError, Outcome, Post
from yesword.store import contacts, holds, invitations, invitees
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.invitations import LEASE, Due, Settled, State
from yesword.store.locality import is_gone, locality, owner_lock
from yesword.store.models import InvitationCampaign
from yesword.store.opening import Store

_BATCH: Final = 50
MOST_TRIES: Final = 6
_FIRST_PAUSE: Final = timedelta(minutes=5)  # doubles with each try: about five hours in all
# A list with so many boxes that are not there was never looked after: mail providers would take all of it for spam.
FAILING_AFTER: Final = 100
FAILING_SHARE: Final = 0.125
FAILING: Final = "too_many_failed"
CLOSED: Final = "point_closed"

Clock = Callable[[], datetime]


class AlreadyPostingError(YeswordError):
    """Another process already sends letters of the store in {folder}. Leave the work to it, or stop it first."""

    code = "already_posting"


@dataclass(kw_only=True)
class Mailer:
    store: Store
    post: Post
    sender: Sender
    owner: str
    clock: Clock
    is_over: Callable[[], bool] = field(default=lambda: False)

    def send_due(self) -> int:
        """All letters that are due now, as far as they are wanted. How many were handed over. Raises NoServerError."""
        recover(self.store, self.owner, self.clock())
        with self.store.database.read() as session:
            if holds.held_for(session):
                return 0
        # A store that was put back does not know who has left since, and perhaps nobody has closed the valve yet.
        if restoring.forgotten(self.store):
            return 0
        sent = self._answers()
        for row in _running():
            sent += self._campaign(row)
        return sent

    def _campaign(self, row: InvitationCampaign) -> int:
        try:
            point = inviting.point_of(row)
        except NoSuchPointError:
            inviting.pause(row, CLOSED)
            return 0
        sent = 0
        while not self.is_over():
            with self.store.database.read() as session:
                found = invitations.due(session, row.pk, self.clock(), _BATCH)
            if not found:
                break
            for one in found:
                if self.is_over() or not _is_running(row):
                    return sent
                sent += self._one(row, point, one)
            self._watch(row)
        self._close(row)
        return sent

    def _one(self, row: InvitationCampaign, point: Point, one: Due) -> int:
        reader = self._claimed(point, one)
        if reader is None:
            return 0
        where = letters.links(self.store, one.id, point, self.sender, measures_opens=row.measures_opens)
        letter = letters.invitation_letter(inviting.wordings_of(row), point, reader, where, self.sender)
        return self._handed(one, letter, is_answer=False)

    def _claimed(self, point: Point, one: Due) -> Reader | None:
        """Whom to write to, now that nobody else does; None where nothing may be sent, which is noted."""
        with self.store.database.write() as session:
            reader, reason = _look(self.store, session, point, one)
            if reader is None:
                invitations.bar(session, one.id, reason)
                return None
            return reader if invitations.claim(session, one, self.owner, self.clock()) else None

    def _answers(self) -> int:
        """The letters that answer a yes: each person gets one of an invitation, whatever their machine says to it."""
        with self.store.database.read() as session:
            found = invitations.due_answers(session, self.clock(), _BATCH)
        sent = 0
        for one in found:
            row = inviting.find(one.campaign)
            try:
                point = inviting.point_of(row)
            except NoSuchPointError:
                continue
            with self.store.database.write() as session:
                reader = _reader(self.store, session, one.contact, BrandId(row.brand_id))
                if not invitations.claim(session, one, self.owner, self.clock(), is_answer=True):
                    continue
                if reader is None:
                    failed = Settled(state=State.FAILED, due_at=self.clock())
                    invitations.settle(session, one, self.owner, failed, is_answer=True)
                    continue
            where = letters.links(self.store, one.id, point, self.sender, measures_opens=False)
            sent += self._handed(one, letters.step_letter(point, reader, where, self.sender), is_answer=True)
        return sent

    def _handed(self, one: Due, letter: Letter, *, is_answer: bool) -> int:
        try:
            told = self.post.deliver(letter, self.clock())
        except BadLetterError as error:
            self._settle(one, Settled(state=State.FAILED, reason=error.code, due_at=self.clock()), is_answer=is_answer)  # fmt: skip
            return 0
        except NoServerError:
            waits = Settled(state=State.WAITING, due_at=self.clock(), is_try=False)
            self._settle(one, waits, is_answer=is_answer)
            raise
        settled = _settled(one, told.outcome, told.code, self.clock())
        self._settle(one, settled, is_answer=is_answer)
        return int(settled.state is State.SENT)

    def _settle(self, one: Due, settled: Settled, *, is_answer: bool) -> None:
        with self.store.database.write() as session:
            invitations.settle(session, one, self.owner, settled, is_answer=is_answer)

    def _watch(self, row: InvitationCampaign) -> None:
        with self.store.database.read() as session:
            found = invitations.states(session, row.pk)
        failed = found.get(State.FAILED, 0)
        handed = failed + found.get(State.SENT, 0)
        if handed >= FAILING_AFTER and failed > handed * FAILING_SHARE and _is_running(row):
            inviting.pause(row, FAILING)

    def _close(self, row: InvitationCampaign) -> None:
        """A campaign is done when nobody of it waits any more; a letter that nobody knows of keeps it open for nobody."""
        with self.store.database.read() as session:
            found = invitations.states(session, row.pk)
        if not found.get(State.WAITING) and not found.get(State.SENDING):
            InvitationCampaign.objects.filter(pk=row.pk, state=row.State.RUNNING).update(
                state=row.State.DONE, ended_at=self.clock()
            )


@contextlib.contextmanager
def mailer(
    store: Store,
    post: Post,
    sender: Sender,
    clock: Clock,
    is_over: Callable[[], bool] = lambda: False,
) -> Iterator[Mailer]:
    """The one of this machine. What another one left behind is settled first. Raises AlreadyPostingError."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(owner_lock(store.run, "mailer"))
        except BlockingIOError:
            raise AlreadyPostingError(folder=store.folder) from None
        owner = f"{locality(store.run)}.{secrets.token_hex(8)}"
        stack.enter_context(owner_lock(store.run, owner))
        yield Mailer(store=store, post=post, sender=sender, owner=owner, clock=clock, is_over=is_over)


def recover(store: Store, owner: str, at: datetime) -> int:
    """Call uncertain what somebody was handing over who can do so no longer. How many letters."""
    with store.database.read() as session:
        others = [each for each in invitations.owners(session) if each != owner]
    here = locality(store.run)
    gone = [each for each in others if each.partition(".")[0] == here and is_gone(store.run, each)]
    away = any(each.partition(".")[0] != here for each in others)
    if not gone and not away:
        return 0
    # Nobody on this machine waits for a mail server as long as a lease; of another one only the clock can tell.
    before = at - LEASE if away else datetime.fromtimestamp(0, at.tzinfo)
    with store.database.write() as session:
        return sum(invitations.lose(session, each, before) for each in [*gone, ""])


def _running() -> list[InvitationCampaign]:
    running = InvitationCampaign.objects.filter(state=InvitationCampaign.State.RUNNING)
    return list(running.select_related("point", "brand").order_by("pk"))


def _is_running(row: InvitationCampaign) -> bool:
    return InvitationCampaign.objects.filter(pk=row.pk, state=row.State.RUNNING).exists()


def _settled(one: Due, outcome: Outcome, code: int, at: datetime) -> Settled:
    match outcome:
        case Outcome.ACCEPTED:
            return Settled(state=State.SENT, due_at=at, sent_at=at)
        case Outcome.REFUSED:
            return Settled(state=State.FAILED, due_at=at, reason=f"refused_{code}")
        case Outcome.UNKNOWN:
            return Settled(state=State.UNCERTAIN, due_at=at, reason="connection_lost")
        case Outcome.LATER if one.tries + 1 >= MOST_TRIES:
            return Settled(state=State.FAILED, due_at=at, reason="tried_too_often")
        case _:
            return Settled(state=State.WAITING, due_at=at + _FIRST_PAUSE * 2**one.tries)


# --- whom to write to ----------------------------------------------------------------------------------------


def _look(store: Store, session: Session, point: Point, one: Due) -> tuple[Reader | None, str]:
    """Whom to write to; or nobody, and why: another permission than that to text, and never against a stop of texts."""
    others = invitations.numbers_of(session, [one.contact]).get(one.contact, set())
    people = contacts.read_many(store, session, {one.contact, *others})
    person = people.get(one.contact)
    mail = invitees.mails(store, session, [one.contact]).get(one.contact)
    if person is None or mail is None:
        return None, "gone"
    reason = invitees.suppressed(store, session, point.brand, [mail]).get(mail) or _why_not(people.values())
    if not reason:
        standings = contacts.standings(session, people)
        reason = next(filter(None, (_standing(each.state, point) for each in standings.values())), "")
    return (None, reason) if reason else (_as_reader(person, mail), "")


def _why_not(people: Iterable[Contact]) -> str:
    for each in people:
        if each.erased_at is not None:
            return "gone"
        if each.restricted_since is not None:
            return "restricted"
    return ""


def _standing(state: ConsentState, point: Point) -> str:
    program = point.program.id
    if state.withdrawal_for(program) is not None:
        return "stopped_texts"
    if any(each.program in (None, program) for each in state.refusals):
        return "said_no"
    return "already_in" if state.grant_for(program) is not None else ""


def _reader(store: Store, session: Session, contact: ContactId, brand: BrandId) -> Reader | None:
    """For an answer to what they wrote: wanted, unless they have left since."""
    mail = invitees.mails(store, session, [contact]).get(contact)
    person = contacts.read(store, session, contact)
    if mail is None or person is None or invitees.suppressed(store, session, brand, [mail]):
        return None
    return _as_reader(person, mail)


def _as_reader(person: Contact, mail: str) -> Reader:
    return Reader(
        mail=mail,
        name=person.name,
        language=person.language,
        attributes=tuple(person.attributes.items()),
    )
