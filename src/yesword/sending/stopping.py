"""Leaving: how much a text ends, what its one confirmation says, and what an answer to its question brings back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.consent import Act, Confirmation, Withdrawn, invalidate, restart, withdraw, withdraw_each
from yesword.consent.withdrawing import CONFIRM_WITHIN
from yesword.domain import composing
from yesword.domain.events import EventKind
from yesword.domain.ids import ContactId, EventId, ProgramId, bucket_of
from yesword.domain.programs import Program
from yesword.domain.shipped_texts import shipped_or_english, words_in
from yesword.domain.state import ConsentState
from yesword.domain.times import to_micros
from yesword.domain.triage import kinds_said
from yesword.domain.understanding import Intent, Kind, Scope
from yesword.sending import reply_law
from yesword.sending.thread import Thread
from yesword.store import programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow

WHICH_TEXTS: Final = "which_texts"  # the subject of a confirmation that asks
ANSWER_COUNTS: Final = timedelta(hours=24)
CLARIFIED: Final = "clarified"  # why such an answer brings something back


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """How much a text ends. `program` None: everything of the brand, or everything but `kept`."""

    program: Program | None = None
    kept: Program | None = None
    is_guess: bool = False  # the text speaks of one program, and nothing says which


def stop(thread: Thread) -> tuple[tuple[Withdrawn, ...], bool]:
    """End what the text ends. And whether how much that is had to be guessed.

    Nothing ends where the text keeps the only texts that the person gets.
    """
    intent = thread.intent
    if has_other_owner(intent) and not intent.is_probable:
        confirmation = _confirmation(thread, Reach(), "stop")
        reason = Kind.WRONG_NUMBER.value
        return (invalidate(*_who(thread), confirmation=confirmation, reason=reason),), False
    reach = _reach(thread)
    if reach.kept is not None:
        return _keep_only(thread, reach.kept), False
    key = "stop" if reach.program is None else "stop_program"
    confirmation = _confirmation(thread, reach, key)
    ended = withdraw(
        *_who(thread), program=reach.program, confirmation=confirmation, reason=intent.kind.value
    )
    return (ended,), reach.is_guess


def _keep_only(thread: Thread, kept: Program) -> tuple[Withdrawn, ...]:
    """End each of the brand's other programs that the person has joined or was asked about."""
    others = _others(thread, kept)
    if not others:
        return ()
    confirmation = None
    if not thread.sender.facts.carrier_answers_stop:
        confirmation = _says_what_stays(thread, kept)
    return withdraw_each(
        *_who(thread), ended=others, confirmation=confirmation, reason=thread.intent.kind.value
    )


def _says_what_stays(thread: Thread, kept: Program) -> Confirmation:
    sender = thread.sender.id
    if thread.state.grant_for(kept.id) is None:  # they never joined it, so nothing stays
        program = thread.programs[0]
        language, adds = thread.spoken(program, "stop")
        source = program.texts_in(language)[1].stop
        return Confirmation(program=program, sender=sender, language=language, adds=adds, source=source)
    language, adds = thread.said_in(kept, _stop_others)
    return Confirmation(
        program=kept, sender=sender, language=language, adds=adds, source=_stop_others(language)
    )


def _stop_others(language: str) -> str:
    return shipped_or_english(language).stop_others


def end_program(thread: Thread, program: Program, reason: str) -> Withdrawn:
    """End one program by an answer to a question about it."""
    confirmation = None
    if not thread.sender.facts.carrier_answers_stop:
        confirmation = Confirmation(program=program, sender=thread.sender.id)
    return withdraw(*_who(thread), program=program, confirmation=confirmation, reason=reason)


def has_other_owner(intent: Intent) -> bool:
    return Kind.WRONG_NUMBER in kinds_said(intent)


def _who(thread: Thread) -> tuple[Store, Session, BrandRow, Contact, Act, datetime]:
    return thread.store, thread.session, thread.brand, thread.contact, thread.act, thread.at


# --- how much ends -------------------------------------------------------------------------------------------


def _reach(thread: Thread) -> Reach:
    intent = thread.intent
    if intent.scope not in (Scope.PROGRAM, Scope.OTHERS):
        return Reach()
    known = programs.of_brand(thread.contact.brand)
    named = next((each for each in known if each.key == intent.program), None)
    if intent.scope is Scope.OTHERS:
        return _reach_of_others(thread, named)
    if named is not None and _is_theirs(thread, named):
        return Reach(program=None if _reaches_all(thread, named) else named)
    joined = _joined(thread.state, known)
    return Reach(program=joined[0]) if len(joined) == 1 else Reach(is_guess=True)


def _is_theirs(thread: Thread, named: Program) -> bool:
    """Whether the person has anything of what they name: else it may be a slip, which must never let texts go on.

    To name exactly what they have left already is no slip.
    """
    if _takes_part(thread.state, named):
        return True
    left = (each for each in thread.state.withdrawals if each.scope.program == named.id)
    return thread.intent.is_exact and any(each.covers(named.id) for each in left)


def _reach_of_others(thread: Thread, named: Program | None) -> Reach:
    if has_other_owner(thread.intent):
        return Reach()
    if named is None:  # what is kept may be another brand's, on the same sender; then all of this one ends
        return Reach(is_guess=thread.intent.program is None)
    # What stays is asked about, too: the gate would hold a stop of the others against it.
    others = _others(thread, named)
    if others and any(_reaches_all(thread, each) for each in (*others, named)):
        return Reach()
    return Reach(kept=named)


def _reaches_all(thread: Thread, program: Program) -> bool:
    return reply_law.stop_reaches_all(thread.brand, program, thread.sender, thread.contact, thread.at)


def _others(thread: Thread, kept: Program) -> list[Program]:
    """What of the brand the person has joined or was asked about, but this one."""
    return [
        each
        for each in programs.of_brand(thread.contact.brand)
        if each.id != kept.id and _takes_part(thread.state, each)
    ]


def _takes_part(state: ConsentState, program: Program) -> bool:
    return state.grant_for(program.id) is not None or state.request_for(program.id) is not None


def _joined(state: ConsentState, known: list[Program]) -> list[Program]:
    return [each for each in known if state.grant_for(each.id) is not None]


# --- the one confirmation ------------------------------------------------------------------------------------


def _confirmation(thread: Thread, reach: Reach, key: str) -> Confirmation | None:
    """None where a confirmation would be no news, or the carrier itself sends one."""
    if thread.sender.facts.carrier_answers_stop or not is_news(thread.state, reach.program):
        return None
    sender, is_personal = thread.sender.id, not has_other_owner(thread.intent)
    asked = _question(thread, reach)
    if asked is not None:
        program, text = asked
        return Confirmation(program=program, sender=sender, adds=f" {text}", subject=WHICH_TEXTS)
    program = reach.program or thread.programs[0]
    language, adds = thread.spoken(program, key)
    return Confirmation(program=program, sender=sender, language=language, adds=adds, is_personal=is_personal)


def is_news(state: ConsentState, ended: Program | None) -> bool:
    """Whether a stop is the first, or ends something that the person has joined or was asked about since the last."""
    program = ended.id if ended else None
    open_scopes = [*(each.scope for each in state.grants), *(each.scope for each in state.requests)]
    ends_something = any(program in (None, scope.program) for scope in open_scopes)
    return ends_something or state.withdrawal_for(program) is None


# --- which texts were meant ----------------------------------------------------------------------------------


def _question(thread: Thread, reach: Reach) -> tuple[Program, str] | None:
    """Whether only one program was meant, if this may be asked and there is something to tell apart.

    Everything has stopped already, and stays stopped in silence.
    """
    intent = thread.intent
    is_bare = intent.kind is Kind.OPT_OUT and intent.scope is Scope.UNSPECIFIED and intent.is_exact
    if not is_bare or intent.also or reach.program is not None or thread.pair is not None:
        return None
    if not any(each.asks_which for each in thread.programs):
        return None
    meant = _last_heard_of(thread)
    if meant is None or not meant.asks_which:
        return None
    joined = _joined(thread.state, programs.of_brand(thread.contact.brand))
    language, texts = meant.texts_in(thread.act.language)
    words = words_in(language)
    if words is None or len(joined) < 2 or meant not in joined:
        return None
    if not reply_law.may_clarify(thread.contact.places, thread.at):
        return None
    return meant, composing.compose(words.which_texts, meant, texts)


def _last_heard_of(thread: Thread) -> Program | None:
    """The program whose text the person got last from this sender."""
    row = thread.session.first(
        "last_program_from",
        bucket=thread.contact.bucket,
        contact_id=thread.contact.id,
        sender_id=thread.sender.id,
        before=to_micros(thread.at),
    )
    return next((each for each in thread.programs if row and each.id == row[0]), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question that still counts: the stop that it is about, and the program that may alone have been meant."""

    event: EventId
    program: ProgramId


def which_asked(session: Session, contact: ContactId, state: ConsentState, at: datetime) -> Asked | None:
    """What the person may answer now: the newest stop stands, and its confirmation asked less than a day ago."""
    stopped = state.withdrawal_for(None)
    is_open = (
        stopped is not None
        and stopped.kind is EventKind.WITHDRAWN
        and not stopped.lifted
        and at - stopped.at <= ANSWER_COUNTS + CONFIRM_WITHIN
    )
    if stopped is None or not is_open:
        return None
    row = session.first(
        "which_texts_asked",
        bucket=bucket_of(contact),
        contact_id=contact,
        subject=WHICH_TEXTS,
        since=to_micros(at - ANSWER_COUNTS),
    )
    if row is None or row[1] != stopped.event:
        return None
    return Asked(event=stopped.event, program=ProgramId(row[0]))


def narrow(thread: Thread) -> bool:
    """The stop was about one program only: the others come back, by the person's own word. False: nothing was asked."""
    asked = which_asked(thread.session, thread.contact.id, thread.state, thread.at)
    if asked is None:
        return False
    back = restart(
        *_who(thread),
        thread.programs,
        of=asked.event,
        but=asked.program,
        reason=CLARIFIED,
        welcomes=False,
    )
    if not back:
        return False
    thread.reply(programs.current(asked.program), "stop_program")
    return True
