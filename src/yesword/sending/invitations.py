"""Questions within other texts: an offer that invites to another program, and a colleague who invites while they talk.

A yes is an answer to such a question only while it is the newest text of ours on that sender, and for seven days: an idle
yes after anything else joins nobody. What the person then joined by is the very text that they got.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from yesword.collect.backing import form_evidence
from yesword.collect.contests import by_id
from yesword.collect.points import Point
from yesword.consent import Act, Draft, append, grant
from yesword.domain import composing
from yesword.domain.errors import YeswordError
from yesword.domain.events import EventKind, Grade, Scope
from yesword.domain.ids import ContactId, MessageId, ProgramId, to_text
from yesword.domain.messages import without_link_words
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState, Request
from yesword.domain.times import from_micros, to_micros
from yesword.sending.thread import Thread
from yesword.store import contacts, contests, models, programs, tallies
from yesword.store.contacts import Contact
from yesword.store.contests import EntryRow
from yesword.store.database import Row, Session
from yesword.store.sealing import place

LASTS: Final = timedelta(days=7)
ROUTE: Final = "offer"  # of a yes to an offer
IN_TALK: Final = "conversation"  # and of one to a colleague
AFTER_ENTRY: Final = "contest_reply"  # and of one to the question that followed the entry of a contest


class OwnProgramError(YeswordError):
    """A campaign of {program} cannot invite to {program}: whoever gets it is in already."""

    code = "invites_to_itself"


class ForeignProgramError(YeswordError):
    """{program} belongs to another brand. A campaign invites to programs of its own brand only."""

    code = "invites_elsewhere"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Invitation:
    """The question that is open. `request`: it was put in a conversation, and is on record. `entry`: it came with the
    receipt of this entry, and `point` has the terms.
    """

    program: Program
    message: MessageId
    language: str
    handed_at: datetime
    sealed_body: bytes
    request: Request | None = None
    entry: EntryRow | None = None
    point: Point | None = None

    @property
    def route(self) -> str:
        """How a yes to it came."""
        return ROUTE if self.entry is None else AFTER_ENTRY


# --- putting it ----------------------------------------------------------------------------------------------


def check(program: ProgramId, invites: ProgramId | None) -> None:
    """Whether a campaign of the program may invite to the other. Raises OwnProgramError, ForeignProgramError."""
    if invites is None:
        return
    own, other = programs.current(program), programs.current(invites)
    if own.id == other.id:
        raise OwnProgramError(program=own.key)
    if own.brand != other.brand:
        raise ForeignProgramError(program=other.key)


def invited_by(campaign: models.Campaign) -> Program | None:
    return None if campaign.invites_id is None else programs.current(ProgramId(campaign.invites_id))


def question(program: Program, language: str) -> str:
    """What the program asks with: the words that its own consent requests have."""
    _, texts = program.texts_in(language)
    return composing.compose(texts.consent_request, program, texts)


def with_question(template: str, invited: Program | None, language: str) -> str:
    """The template of a campaign as it is for people of this language."""
    if invited is None:
        return template
    return f"{template.rstrip()} {question(invited, language).replace('[', '[[')}"


def may_be_invited(state: ConsentState, program: ProgramId) -> bool:
    """Whoever is in, has said no, or has stopped, is not asked."""
    return (
        state.grant_for(program) is None
        and state.withdrawal_for(program) is None
        and not any(each.program in (None, program) for each in state.refusals)
    )


def still_to_invite(
    session: Session, campaign: models.Campaign, people: Sequence[Contact]
) -> Sequence[Contact]:
    """Those of the audience whom the campaign may put its question to: members who have not been asked in vain."""
    if campaign.invites_id is None or not people:
        return people
    standings = contacts.standings(session, [each.id for each in people])
    own, other = ProgramId(campaign.program_id), ProgramId(campaign.invites_id)
    return [
        each
        for each in people
        if standings[each.id].state.grant_for(own) is not None
        and may_be_invited(standings[each.id].state, other)
    ]


# --- hearing the answer --------------------------------------------------------------------------------------


def open_invitation(
    session: Session, contact: ContactId, state: ConsentState, sender: int, at: datetime
) -> Invitation | None:
    """The question that a yes on this sender would answer now; None where the newest text put none."""
    newest = newest_texts(session, [contact], sender, at).get(contact)
    return None if newest is None else put_by(newest, session, contact, state, at)


def newest_texts(
    session: Session, people: Sequence[ContactId], sender: int, at: datetime
) -> dict[ContactId, Row]:
    """The newest text that each of them has got from this sender, if it may have put a question."""
    rows = session.rows(
        "newest_from_sender",
        **session.people(people),
        sender_id=sender,
        since=to_micros(at - LASTS),
        before=to_micros(at),
    )
    return {ContactId(row[0]): row[1:] for row in rows}


def put_by(
    row: Row, session: Session, contact: ContactId, state: ConsentState, at: datetime
) -> Invitation | None:
    """The question of a text, as `newest_texts` found it; None where it put none."""
    if row[5] is None:
        return None
    entry, point = None, None
    asked: tuple[Program, Request | None] | None
    if row[2] is not None:
        asked = _asked_in_talk(state, row[2], at)
    elif row[1] is not None:
        asked = _asked_by_offer(state, row[1])
    else:
        asked, entry, point = _asked_after_entry(session, contact, state, row[0])
    if asked is None:
        return None
    program, request = asked
    return Invitation(
        entry=entry,
        point=point,
        program=program,
        message=MessageId(row[0]),
        language=row[3],
        handed_at=from_micros(row[4]),
        sealed_body=bytes(row[5]),
        request=request,
    )


def _asked_in_talk(state: ConsentState, event: int, at: datetime) -> tuple[Program, Request] | None:
    request = next((each for each in state.requests if each.event == event), None)
    # A request that is the person's own is answered as such; what is old says so itself.
    if request is None or request.is_own_act or request.scope.program is None or at > request.lapses_at:
        return None
    program = request.scope.program
    if not may_be_invited(state, program):
        return None
    if request.program_version is None:
        return programs.current(program), request
    return programs.version(program, request.program_version), request


def _asked_by_offer(state: ConsentState, campaign: int) -> tuple[Program, None] | None:
    invites = programs.invited_by(campaign)
    if invites is None or not may_be_invited(state, ProgramId(invites)):
        return None
    return programs.current(ProgramId(invites)), None


def _asked_after_entry(
    session: Session, contact: ContactId, state: ConsentState, message: int
) -> tuple[tuple[Program, None] | None, EntryRow | None, Point | None]:
    entry = contests.that_asked(session, contact, message)
    if entry is None:
        return None, None, None
    contest = by_id(entry.contest)
    if contest.point is None or not may_be_invited(state, contest.program.id):
        return None, None, None
    return (contest.program, None), entry, contest.point


def of_thread(thread: Thread) -> Invitation | None:
    return open_invitation(
        thread.session, thread.contact.id, thread.state, thread.sender.id, thread.act.received_at
    )


def accept(thread: Thread, found: Invitation) -> str | None:
    """A yes to an offer's question: the other program is joined, as a consent of its own."""
    act = answered(thread, found, found.route)
    if act is None or not thread.contact.may_text:
        return None
    sender = programs.sender_of(found.program).id
    verb = (thread.store, thread.session, thread.brand, thread.contact, found.program, act)
    granted = grant(*verb, Grade.A, sender, thread.at)
    if granted is None:
        return "reply_cap"
    if found.entry is not None and found.point is not None:
        contests.note_yes(thread.session, found.entry.id, contests.BY_REPLY)
        event = granted.events[-1].id
        tallies.joined(thread.session, found.point.id, "", event, thread.contact.id, thread.at)
    return "granted"


def refuse(thread: Thread, found: Invitation) -> str | None:
    """A no to it: remembered, so that no other offer asks again. What the person is in goes on."""
    act = answered(thread, found, found.route)
    if act is None:
        return None
    program = found.program
    draft = Draft(
        kind=EventKind.REFUSED,
        scope=Scope(program=program.id, purposes=(program.purpose,), categories=program.categories),
        actor=act.actor,
        route=act.route,
        occurred_at=act.occurred_at,
        received_at=act.received_at,
        program=program,
        language=act.language,
        evidence=act.evidence,
        context=act.context or {},
        wording=act.wording,
    )
    append(thread.store, thread.session, thread.brand, thread.contact, [draft], thread.at)
    thread.reply(program, "declined")
    return "declined"


def answered(thread: Thread, found: Invitation, route: str) -> Act | None:
    """The act with the text that it answers: what was shown is what was sent. None where its key is gone."""
    seal = thread.store.vault.seal(thread.contact.id)
    if seal is None:
        return None
    shown = without_link_words(seal.open(found.sealed_body, place("body", found.message)).decode())
    context = {**(thread.act.context or {}), "invitation": to_text("msg", found.message)}
    evidence = list(thread.act.evidence)
    if found.entry is not None and found.point is not None:
        context["contest"] = {"terms": found.point.key, "entry": found.entry.digest, "yes": contests.BY_REPLY}
        evidence.append(form_evidence(found.point))
    return replace(
        thread.act, route=route, language=found.language, wording=shown, context=context, evidence=evidence
    )
