"""What a text brings about, once it is understood: one of a few reactions, each with its proper answer.

All of it happens in the transaction that keeps the text. Who wrote and what they mean is settled in `inbound`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from yesword.consent import (
    Act,
    Answer,
    Draft,
    Withdrawn,
    answer,
    append,
    ask,
    confirm,
    decline,
    grant,
    renew,
    restart,
    withdraw,
)
from yesword.domain.events import Actor, EventKind, Grade, Scope
from yesword.domain.ids import EventId
from yesword.domain.messages import MessageKind
from yesword.domain.programs import OptIn, Program
from yesword.domain.state import ConsentState, Request
from yesword.domain.times import to_micros
from yesword.domain.understanding import Intent, Kind
from yesword.domain.understanding import Scope as StopScope
from yesword.sending.renewals import Reminded, reminded
from yesword.store import contacts, programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow, SenderRow

# Two machines that answer each other stop after this many answers.
REPLY_CAP: Final = 6
REPLY_WINDOW: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Thread:
    """One brand's side of a text: who wrote, to which sender, and what the brand runs there."""

    store: Store
    session: Session
    brand: BrandRow
    contact: Contact
    state: ConsentState
    programs: Sequence[Program]
    sender: SenderRow
    intent: Intent
    is_one_word: bool  # as a keyword would be
    is_yes: bool  # it would be a yes, had anything been asked
    act: Act
    at: datetime
    notes: list[str] = field(default_factory=list)

    def reply(self, program: Program, source: str, kind: MessageKind = MessageKind.REPLY) -> None:
        """One automatic answer, unless this number has had its share of them lately."""
        row = self.session.first(
            "automatic_replies_since",
            bucket=self.contact.bucket,
            contact_id=self.contact.id,
            since=to_micros(self.at - REPLY_WINDOW),
        )
        if row is not None and row[0] >= REPLY_CAP:
            self.notes.append("reply_cap")
            return
        seq = contacts.standings(self.session, [self.contact.id])[self.contact.id].seq
        what = Answer(kind=kind, source=source)
        answer(self.store, self.session, self.contact, program, self.act, self.sender.id, seq, what, self.at)


def react(thread: Thread) -> tuple[str, Withdrawn | None]:
    if thread.intent.is_withdrawal:
        return "withdrawn", _withdraw(thread)
    if thread.intent.kind is Kind.DECLINE and (ended := _declined_to_renew(thread)) is not None:
        return "withdrawn", ended
    handler = {
        Kind.HELP: _help,
        Kind.KEYWORD: _keyword,
        Kind.CONFIRM: _confirm,
        Kind.DECLINE: _decline,
        Kind.OPT_IN: _start,
    }.get(thread.intent.kind, _other)
    return handler(thread), None


def _withdraw(thread: Thread) -> Withdrawn:
    named = next((each for each in thread.programs if each.key == thread.intent.program), None)
    ended = named if thread.intent.scope is StopScope.PROGRAM else None
    confirms = _is_news(thread.state, ended) and not thread.sender.facts.carrier_answers_stop
    return withdraw(
        thread.store,
        thread.session,
        thread.brand,
        thread.contact,
        thread.act,
        thread.at,
        program=ended,
        confirm_as=(ended or thread.programs[0]) if confirms else None,
        sender=thread.sender.id if confirms else None,
        reason=thread.intent.kind.value,
    )


def _is_news(state: ConsentState, ended: Program | None) -> bool:
    """Whether a stop is the first, or ends something that the person has joined or was asked about since the last."""
    program = ended.id if ended else None
    open_scopes = [*(each.scope for each in state.grants), *(each.scope for each in state.requests)]
    ends_something = any(program in (None, scope.program) for scope in open_scopes)
    return ends_something or state.withdrawal_for(program) is None


def _help(thread: Thread) -> str:
    program = _program_of(thread)
    thread.reply(program, program.texts_in(thread.act.language)[1].help, MessageKind.HELP_REPLY)
    return "help"


def _keyword(thread: Thread) -> str:
    program = next(each for each in thread.programs if each.key == thread.intent.program)
    texts = program.texts_in(thread.act.language)[1]
    if not thread.contact.may_text:
        # The gate refuses this answer and says why: nobody can read a text on this number.
        thread.reply(program, texts.unknown_keyword)
        return "cannot_text"
    if thread.state.grant_for(program.id) is not None:
        thread.reply(program, texts.already_in)
        return "already_in"
    request = thread.state.request_for(program.id)
    if request is not None and thread.act.received_at <= request.lapses_at:
        thread.reply(program, texts.consent_request)
        return "asked_again"
    verb = (thread.store, thread.session, thread.brand, thread.contact, program, thread.act)
    if program.opt_in is OptIn.DOUBLE:
        ask(*verb, thread.sender.id, thread.at)
        return "asked"
    grant(*verb, Grade.A, thread.sender.id, thread.at)
    return "granted"


def _confirm(thread: Thread) -> str:
    program, request = _asked(thread)
    if program is None or request is None:
        return _renew(thread) or _other(thread)
    if thread.act.received_at > request.lapses_at:
        _expire(thread, program, request.event)
        thread.reply(program, program.texts_in(thread.act.language)[1].lapsed)
        return "lapsed"
    confirm(
        thread.store,
        thread.session,
        thread.brand,
        thread.contact,
        _as_asked(program, request),
        request.event,
        thread.act,
        thread.sender.id,
        thread.at,
    )
    return "confirmed"


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
    program, request = _asked(thread)
    if program is None or request is None:
        return _other(thread)
    decline(
        thread.store,
        thread.session,
        thread.brand,
        thread.contact,
        program,
        request.event,
        thread.act,
        thread.at,
    )
    thread.reply(program, program.texts_in(thread.act.language)[1].declined)
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
    thread.reply(found.program, found.program.texts_in(thread.act.language)[1].already_in)
    return "renewed"


def _declined_to_renew(thread: Thread) -> Withdrawn | None:
    """A no to a reminder ends what it was about, as a stop would."""
    found = None if _asked(thread)[0] is not None else _reminded(thread)
    if found is None:
        return None
    confirms = not thread.sender.facts.carrier_answers_stop
    return withdraw(
        thread.store,
        thread.session,
        thread.brand,
        thread.contact,
        thread.act,
        thread.at,
        program=found.program,
        confirm_as=found.program if confirms else None,
        sender=thread.sender.id if confirms else None,
        reason="declined_renewal",
    )


def _reminded(thread: Thread) -> Reminded | None:
    return reminded(thread.session, thread.contact.id, thread.state, thread.programs, thread.at)


def _asked(thread: Thread) -> tuple[Program, Request] | tuple[None, None]:
    """The newest question that is still open, or was left open, among the programs on this sender."""
    found = [
        (program, request)
        for program in thread.programs
        if (request := thread.state.request_for(program.id)) is not None
    ]
    return max(found, key=lambda each: each[1].seq, default=(None, None))


def _start(thread: Thread) -> str:
    program = _program_of(thread)
    back = restart(
        thread.store, thread.session, thread.brand, thread.contact, thread.act, thread.at, thread.programs
    )
    if back:
        return "restarted"
    texts = program.texts_in(thread.act.language)[1]
    if thread.state.grant_for(program.id) is not None:
        thread.reply(program, texts.already_in)
        return "already_in"
    thread.reply(program, texts.unknown_keyword)
    return "nothing_to_start"


def _other(thread: Thread) -> str:
    joined = next((each for each in thread.programs if thread.state.grant_for(each.id) is not None), None)
    if thread.is_yes and joined is not None:
        thread.reply(joined, joined.texts_in(thread.act.language)[1].already_in)
        return "already_in"
    if thread.intent.suggestion is not None or thread.is_one_word:
        program = _program_of(thread)
        thread.reply(program, program.texts_in(thread.act.language)[1].unknown_keyword)
        return "unknown_keyword"
    return "conversation"


def _program_of(thread: Thread) -> Program:
    """The program that a text without a keyword is most likely about: one the person is in, or the first here."""
    return next(
        (each for each in thread.programs if thread.state.grant_for(each.id) is not None), thread.programs[0]
    )
