"""Whether the person's own record permits a text: the grant or act that it rests on, or what is missing.

What a law asks of a grant beyond that (its standard, its age) is held against the answer in the gate; here only the
person speaks.
"""

import enum
from datetime import datetime
from typing import NamedTuple

from yesword.domain.events import READ, REPLY, Basis, Preferences, Scope, is_of_ours, trigger_ref
from yesword.domain.facts import MessageFacts
from yesword.domain.ids import ProgramId
from yesword.domain.messages import KINDS, MessageClass, MessageKind, Standing
from yesword.domain.state import ConsentState, Grant, Request, Withdrawal


class Lack(enum.StrEnum):
    """What is missing, or stands in the way."""

    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"  # planned before a stop, which a later START does not revive
    NEVER_ASKED = "never_asked"
    REQUEST_PENDING = "request_pending"
    REQUEST_LAPSED = "request_lapsed"
    NO_REQUEST = "no_request"
    REFUSED = "refused"
    OTHER_PROGRAM = "other_program"
    GRANT_ENDED = "grant_ended"
    OUT_OF_SCOPE = "out_of_scope"  # granted for other purposes, categories or channels
    NUMBER_INVALID = "number_invalid"  # somebody else has the number now
    ERASED = "erased"
    PAUSED = "paused"
    CATEGORY_EXCLUDED = "category_excluded"
    NO_WITHDRAWAL = "no_withdrawal"
    NO_CONVERSATION = "no_conversation"
    NO_TRIGGER = "no_trigger"


class Permission(NamedTuple):
    """Granted when `lack` is None. What it rests on is given where there is such a thing."""

    lack: Lack | None = None
    rests_on: Standing | None = None
    grant: Grant | None = None
    request: Request | None = None
    withdrawal: Withdrawal | None = None
    since: datetime | None = None  # of what stands in the way
    until: datetime | None = None  # of a pause
    other_programs: tuple[ProgramId, ...] = ()  # that are granted, when this one is not

    @property
    def is_granted(self) -> bool:
        return self.lack is None


_BASES = tuple(Basis)
_AFTER_A_STOP = (Standing.TRIGGER, Standing.CONVERSATION)
_BY_TEXT = READ | {REPLY}


def permission(
    state: ConsentState,
    message: MessageFacts,
    at: datetime,
    *,
    program: ProgramId | None,
    purpose: str | None = None,
    categories: tuple[str, ...] = (),
    preferences: Preferences | None = None,
) -> Permission:
    """What the record says about one text at one moment.

    `categories` are the program's, for a message that names none of its own. `preferences` are the person's choices;
    None takes those in the state.
    """
    standing = KINDS[message.kind].rests_on
    if standing is Standing.WITHDRAWAL:
        return _on_withdrawal(state, message)
    is_quiet = not (state.stops or state.withdrawals or state.is_erased or state.invalid_since)
    if not is_quiet and (ended := _ended(state, message, program, standing)) is not None:
        return ended
    if standing is Standing.REQUEST:
        return _on_request(state, message, program, at)
    if standing is Standing.CONVERSATION:
        return _on_conversation(state, message, at)
    if standing is Standing.TRIGGER:
        return _on_trigger(state, message, at)
    found = _on_grant(state, message, program, purpose, message.categories or categories, at)
    if not found.is_granted and message.kind is MessageKind.REMINDER and _informs(message):
        found = _on_trigger(state, message, at)
    if not found.is_granted or message.kind is MessageKind.WELCOME:
        return found
    chosen = preferences or (state.preferences_for(program) if state.preferences else None)
    return found if chosen is None else _as_chosen(found, chosen, message.categories or categories, at)


def _ended(
    state: ConsentState, message: MessageFacts, program: ProgramId | None, standing: Standing
) -> Permission | None:
    """A stop, an erasure or a new owner of the number that this text would go against."""
    newest = state.stop_seq_for(program)
    if message.planned_seq is not None and newest:
        # A code or an answer that the person asks for after the stop is planned at the stop's own place.
        is_older = (
            message.planned_seq < newest if standing in _AFTER_A_STOP else message.planned_seq <= newest
        )
        if is_older:
            return _stopped(state, program) or Permission(lack=Lack.SUPERSEDED)
    if standing is Standing.REQUEST:
        request = state.request_for(program)
        # Only what the handset itself asked for may be put to somebody who had stopped.
        return None if request is None or request.is_from_handset else _stopped(state, program)
    stopped = _stopped(state, program)
    if stopped is None or standing is Standing.GRANT:
        return stopped
    if standing is Standing.CONVERSATION:
        is_newer = (
            message.conversation_at is not None
            and stopped.since is not None
            and message.conversation_at > stopped.since
        )
        return None if is_newer else stopped
    # STOP never blocks a code that the person asks for a moment later; a number that changed hands does.
    return stopped if stopped.lack is Lack.NUMBER_INVALID else None


def _stopped(state: ConsentState, program: ProgramId | None) -> Permission | None:
    withdrawal = state.withdrawal_for(program)
    since = withdrawal.at if withdrawal else None
    if state.is_erased:
        return Permission(lack=Lack.ERASED, withdrawal=withdrawal, since=since)
    if state.invalid_since is not None:
        return Permission(lack=Lack.NUMBER_INVALID, since=state.invalid_since)
    if withdrawal is not None:
        return Permission(lack=Lack.WITHDRAWN, withdrawal=withdrawal, since=since)
    return None


def _on_withdrawal(state: ConsentState, message: MessageFacts) -> Permission:
    found = next((each for each in state.withdrawals if each.event == message.answers), None)
    if state.is_erased:
        return Permission(lack=Lack.ERASED, withdrawal=found, since=found.at if found else None)
    if found is None or message.answers is None:
        return Permission(lack=Lack.NO_WITHDRAWAL)
    return Permission(rests_on=Standing.WITHDRAWAL, withdrawal=found)


def _on_request(
    state: ConsentState, message: MessageFacts, program: ProgramId | None, at: datetime
) -> Permission:
    request = state.request_for(program)
    if request is None or not request.is_own_act:
        refusal = next((each for each in state.refusals if each.program == program), None)
        if refusal is not None:
            return Permission(lack=Lack.REFUSED, since=refusal.at)
        return Permission(lack=Lack.NO_REQUEST)
    if message.answers is not None and message.answers != request.event:
        return Permission(lack=Lack.SUPERSEDED, request=request)
    if at > request.lapses_at:
        return Permission(lack=Lack.REQUEST_LAPSED, request=request, since=request.lapses_at)
    return Permission(rests_on=Standing.REQUEST, request=request)


def _on_conversation(state: ConsentState, message: MessageFacts, at: datetime) -> Permission:
    if message.conversation_at is None or message.conversation_at > at:
        return Permission(lack=Lack.NO_CONVERSATION)
    withdrawal = _said_by(state, message.conversation_at)
    if withdrawal is not None:
        return Permission(lack=Lack.WITHDRAWN, withdrawal=withdrawal, since=withdrawal.at)
    return Permission(rests_on=Standing.CONVERSATION, since=message.conversation_at)


def _said_by(state: ConsentState, text_at: datetime) -> Withdrawal | None:
    """The withdrawal that the person's text itself was, of whatever program: it opens no conversation."""
    return next((each for each in state.withdrawals if each.at == text_at and each.route in _BY_TEXT), None)


def _on_trigger(state: ConsentState, message: MessageFacts, at: datetime) -> Permission:
    if not _informs(message) or not _is_open(state, message.trigger, at):
        return Permission(lack=Lack.NO_TRIGGER)
    return Permission(rests_on=Standing.TRIGGER)


def _informs(message: MessageFacts) -> bool:
    return (
        message.trigger is not None
        and not message.is_mixed
        and message.message_class is not MessageClass.PROMOTIONAL
    )


def _is_open(state: ConsentState, trigger: str | None, at: datetime) -> bool:
    """An order or application that we were told of counts until it closes. Of others, only whoever names them knows."""
    if trigger is None or not is_of_ours(trigger):
        return True
    limits = (grant.limits for grant in state.grants if grant.limits.trigger is not None)
    return any(
        trigger_ref(each.trigger or 0) == trigger and (each.ends_at is None or at < each.ends_at)
        for each in limits
    )


def _on_grant(
    state: ConsentState,
    message: MessageFacts,
    program: ProgramId | None,
    purpose: str | None,
    categories: tuple[str, ...],
    at: datetime,
) -> Permission:
    if len(state.grants) == 1:  # as with most people
        (only,) = state.grants
        is_current = only.limits.ends_at is None or at < only.limits.ends_at
        if (
            is_current
            and only.scope.program in (None, program)
            and _is_within(only, message, purpose, categories)
        ):
            return Permission(rests_on=Standing.GRANT, grant=only)
    covering = [grant for grant in state.grants if grant.scope.program in (None, program)]
    current = [grant for grant in covering if grant.limits.ends_at is None or at < grant.limits.ends_at]
    within = [grant for grant in current if _is_within(grant, message, purpose, categories)]
    if within:
        best = within[0] if len(within) == 1 else min(within, key=_strength)
        return Permission(rests_on=Standing.GRANT, grant=best)
    if current:
        return Permission(lack=Lack.OUT_OF_SCOPE, grant=current[0])
    if covering:
        return Permission(lack=Lack.GRANT_ENDED, grant=covering[0], since=covering[0].limits.ends_at)
    if state.request_for(program) is not None:
        return Permission(lack=Lack.REQUEST_PENDING, request=state.request_for(program))
    refusal = next((each for each in state.refusals if each.program == program), None)
    if refusal is not None:
        return Permission(lack=Lack.REFUSED, since=refusal.at)
    others = tuple(grant.scope.program for grant in state.grants if grant.scope.program is not None)
    return Permission(lack=Lack.OTHER_PROGRAM if others else Lack.NEVER_ASKED, other_programs=others)


def _strength(grant: Grant) -> tuple[int, str, int]:
    return _BASES.index(grant.basis), grant.grade.value, -grant.seq  # of equals the newest


def _is_within(grant: Grant, message: MessageFacts, purpose: str | None, categories: tuple[str, ...]) -> bool:
    """Whether the scope and the limits of the grant hold this text; an empty scope is no limit."""
    scope = grant.scope
    if grant.basis is Basis.CONVERSATION:
        return False  # it lets an answer go, and an answer rests on the person's text itself
    if grant.basis is Basis.TRIGGER and not _informs(message):
        return False
    if grant.limits.trigger is not None and message.trigger != trigger_ref(grant.limits.trigger):
        return False
    return (
        "sms" in scope.channels
        and (not scope.purposes or purpose in scope.purposes)
        # A text that does not say what it is about cannot be shown to stay within the categories.
        and (not scope.categories or categories == scope.categories or _is_about(categories, scope))
    )


def _is_about(categories: tuple[str, ...], scope: Scope) -> bool:
    return bool(categories) and set(categories) <= set(scope.categories)


def _as_chosen(
    found: Permission, chosen: Preferences, categories: tuple[str, ...], at: datetime
) -> Permission:
    if set(chosen.without_categories) & set(categories):
        return Permission(lack=Lack.CATEGORY_EXCLUDED, grant=found.grant)
    if chosen.paused_until is not None and at < chosen.paused_until:
        return Permission(
            lack=Lack.PAUSED, rests_on=found.rests_on, grant=found.grant, until=chosen.paused_until
        )
    return found
