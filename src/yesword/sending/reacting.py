"""What a text brings about, once it is understood: one of a few reactions, each with its proper answer.

All of it happens in the transaction that keeps the text. Who wrote and what they mean is settled in `inbound`; how they
leave is in `stopping`.
"""

from dataclasses import dataclass, replace

from yesword.collect import one_person, rewards
from yesword.consent import Act, Draft, Withdrawn, append, ask, confirm, decline, grant, renew, restart
from yesword.domain.events import Actor, EventKind, Grade, Scope
from yesword.domain.ids import EventId
from yesword.domain.messages import MessageKind
from yesword.domain.programs import OptIn, Program
from yesword.domain.shipped_texts import shipped_or_english
from yesword.domain.state import Request
from yesword.domain.triage import CONVERSATION, NOTHING_ELSE, kinds_said
from yesword.domain.understanding import Kind, Right
from yesword.proof.evidence.files import let_go_on_confirming
from yesword.sending import asking_on, invitations, privacy_requests
from yesword.sending.privacy_requests import PrivacyRequest
from yesword.sending.renewals import Reminded, reminded
from yesword.sending.stopping import end_program, narrow, stop
from yesword.sending.thread import Thread
from yesword.store import asked_numbers, programs, tallies

CAPPED = "reply_cap"  # what becomes of a keyword from a number that has had its share of texts


@dataclass(frozen=True, kw_only=True, slots=True)
class Reaction:
    """What became of a text. `is_guess`: how much it ended was not clear."""

    what: str
    withdrawn: tuple[Withdrawn, ...] = ()
    is_guess: bool = False
    request: PrivacyRequest | None = None


def react(thread: Thread) -> Reaction:
    request, is_new = _privacy_request(thread)
    if thread.intent.is_withdrawal:
        withdrawn, is_guess = stop(thread)
        if withdrawn:
            return Reaction(what="withdrawn", withdrawn=withdrawn, is_guess=is_guess, request=request)
    if request is not None:
        if is_new and request.right is Right.ACCESS:
            _access_received(thread, request)
        return Reaction(what="privacy_request", request=request)
    if thread.intent.is_withdrawal:
        return Reaction(what=NOTHING_ELSE)
    if thread.intent.kind is Kind.DECLINE and (ended := _declined_to_renew(thread)) is not None:
        return Reaction(what="withdrawn", withdrawn=(ended,))
    if Kind.COMPLAINT in kinds_said(thread.intent):
        return Reaction(what="complaint")
    handler = {
        Kind.HELP: _help,
        Kind.KEYWORD: _keyword,
        Kind.CONFIRM: _confirm,
        Kind.DECLINE: _decline,
        Kind.OPT_IN: _start,
        Kind.NARROW: _narrow,
    }.get(thread.intent.kind, _other)
    return Reaction(what=handler(thread))


def _privacy_request(thread: Thread) -> tuple[PrivacyRequest | None, bool]:
    """The request that the text makes, whatever else it says; and whether it is the first of its sort."""
    right = thread.intent.right
    if right is None:
        return None, False
    received_at = thread.act.received_at
    return privacy_requests.keep(
        thread.store, thread.session, thread.contact, right, thread.inbound, received_at
    )


def _access_received(thread: Thread, request: PrivacyRequest) -> None:
    """That the request is here, and by when it is answered. In English where no text ships for the language."""
    program = _program_of(thread)
    language, _ = program.texts_in(thread.act.language)
    words = shipped_or_english(language)
    source = words.access_received.replace("[Until]", words.said(request.due_at.date()))
    thread.say(program, source)


def _help(thread: Thread) -> str:
    program = _program_of(thread)
    thread.reply(program, "help", MessageKind.HELP_REPLY)
    return "help"


def _keyword(thread: Thread) -> str:
    program = next(each for each in thread.programs if each.key == thread.intent.program)
    if not thread.contact.may_text:
        # The gate refuses this answer and says why: nobody can read a text on this number.
        thread.reply(program, "unknown_keyword")
        return "cannot_text"
    if thread.state.grant_for(program.id) is not None:
        thread.reply(program, "already_in")
        return "already_in"
    request = thread.state.request_for(program.id)
    if request is not None and thread.act.received_at <= request.lapses_at:
        thread.reply(program, "consent_request")
        return "asked_again"
    verb = (thread.store, thread.session, thread.brand, thread.contact, program, thread.act)
    if program.opt_in is OptIn.DOUBLE:
        asked = ask(*verb, thread.sender.id, thread.at)
        return CAPPED if asked is None else "asked"
    granted = grant(*verb, Grade.A, thread.sender.id, thread.at)
    return CAPPED if granted is None else "granted"


def _confirm(thread: Thread) -> str:
    program, request = (None, None) if _is_after_entry(thread) else _asked(thread)
    if program is None or request is None:
        invited = invitations.of_thread(thread)
        joined = invitations.accept(thread, invited) if invited is not None else None
        return joined or _renew(thread) or _other(thread)
    if thread.act.received_at > request.lapses_at:
        _expire(thread, program, request.event)
        thread.reply(program, "lapsed")
        return "lapsed"
    gift = rewards.gift_after_question(thread.session, thread.contact, request.event, thread.act.language)
    confirmed = confirm(
        thread.store,
        thread.session,
        thread.brand,
        thread.contact,
        _as_asked(program, request),
        request.event,
        replace(_answering(thread, request), gift=gift),
        programs.sender_of(program).id,
        thread.at,
    )
    point, source = asked_numbers.asked_where(thread.session, request.event)
    if point is not None:
        event = confirmed.events[-1].id
        tallies.joined(thread.session, point, source, event, thread.contact.id, thread.at)
    asked_numbers.answered(thread.session, request.event, thread.at)
    let_go_on_confirming(thread.store, thread.session, thread.contact, request.event, thread.at)
    one_person.put_together(thread.store, thread.session, thread.contact, thread.at)
    asking_on.ask_what_was_ticked_too(
        thread.store, thread.session, thread.contact, thread.state, thread.act, request, thread.at
    )
    return "confirmed"


def _is_after_entry(thread: Thread) -> bool:
    """Whether the newest text was the receipt of an entry to a contest, and asked: an older question has to wait."""
    invited = invitations.of_thread(thread)
    return invited is not None and invited.entry is not None


def _answering(thread: Thread, request: Request) -> Act:
    """What the person did; where a colleague had asked them, with the text that they answered."""
    invited = invitations.of_thread(thread)
    if invited is None or invited.request is None or invited.request.event != request.event:
        return thread.act
    return invitations.answered(thread, invited, invitations.IN_TALK) or thread.act


def _as_asked(program: Program, request: Request) -> Program:
    """The version whose wording the person said yes to."""
    if request.program_version is None or request.program_version == program.version:
        return program
    return programs.version(program.id, request.program_version)


def _expire(thread: Thread, program: Program, request: EventId) -> None:
    draft = Draft(
        kind=EventKind.EXPIRED,
        scope=Scope(program=program.id),
        actor=Actor.SYSTEM,
        route="lapse",
        occurred_at=thread.act.received_at,
        received_at=thread.act.received_at,
        program=program,
        answers=request,
        language=thread.act.language,
    )
    append(thread.store, thread.session, thread.brand, thread.contact, [draft], thread.at)


def _decline(thread: Thread) -> str:
    program, request = (None, None) if _is_after_entry(thread) else _asked(thread)
    if program is None or request is None:
        invited = invitations.of_thread(thread)
        return (invitations.refuse(thread, invited) if invited is not None else None) or _other(thread)
    decline(
        thread.store,
        thread.session,
        thread.brand,
        thread.contact,
        program,
        request.event,
        _answering(thread, request),
        thread.at,
    )
    asked_numbers.answered(thread.session, request.event, thread.at)
    thread.reply(program, "declined")
    return "declined"


def _renew(thread: Thread) -> str | None:
    """A yes to a reminder, where one was sent lately."""
    found = _reminded(thread)
    seal = thread.store.vault.seal(thread.contact.id)
    if found is None or seal is None:
        return None
    renew(
        thread.store,
        thread.session,
        thread.brand,
        thread.contact,
        found.program,
        found.grant,
        found.told.reminder(seal),
        thread.act,
        thread.at,
    )
    thread.reply(found.program, "already_in")
    return "renewed"


def _declined_to_renew(thread: Thread) -> Withdrawn | None:
    """A no to a reminder ends what it was about, as a stop would."""
    is_about_another = _asked(thread)[0] is not None or invitations.of_thread(thread) is not None
    found = None if is_about_another else _reminded(thread)
    if found is None:
        return None
    return end_program(thread, found.program, "declined_renewal")


def _reminded(thread: Thread) -> Reminded | None:
    return reminded(thread.session, thread.contact.id, thread.state, thread.programs, thread.at)


def _asked(thread: Thread) -> tuple[Program, Request] | tuple[None, None]:
    """The newest question that is still open, or was left open, among the programs on this sender.

    A colleague may have asked in this thread about a program of another sender.
    """
    invited = invitations.of_thread(thread)
    asked = [] if invited is None or invited.request is None else [(invited.program, invited.request)]
    found = [
        (program, request)
        for program in thread.programs
        if (request := thread.state.request_for(program.id)) is not None
    ] + asked
    return max(found, key=lambda each: each[1].seq, default=(None, None))


def _start(thread: Thread) -> str:
    program = _program_of(thread)
    back = restart(
        thread.store, thread.session, thread.brand, thread.contact, thread.act, thread.at, thread.programs
    )
    if back:
        return "restarted"
    if thread.state.grant_for(program.id) is not None:
        thread.reply(program, "already_in")
        return "already_in"
    thread.reply(program, "unknown_keyword")
    return "nothing_to_start"


def _narrow(thread: Thread) -> str:
    return "narrowed" if narrow(thread) else _other(thread)


def _other(thread: Thread) -> str:
    if thread.is_talking:
        return CONVERSATION
    joined = next((each for each in thread.programs if thread.state.grant_for(each.id) is not None), None)
    if joined is not None and thread.is_yes:
        thread.reply(joined, "already_in")
        return "already_in"
    if thread.intent.suggestion is not None or thread.is_one_word:
        program = _program_of(thread)
        thread.reply(program, "unknown_keyword")
        return "unknown_keyword"
    return CONVERSATION


def _program_of(thread: Thread) -> Program:
    """The program that a text without a keyword is most likely about: one the person is in, or the first here."""
    return next(
        (each for each in thread.programs if thread.state.grant_for(each.id) is not None), thread.programs[0]
    )
