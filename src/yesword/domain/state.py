"""What a contact has allowed, as folded from consent events. Pure and total: any order of kinds gives a state.

Three rules live here because no caller may get round them: evidence of grade E is never a grant; only an act from the
handset that came after a withdrawal brings back what it ended; and a stop that an agent says was misread must have been
read from free text. (A misread stop that is corrected never was one, nor is a slip of the finger on the page of a link.)
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from yesword.domain import codec
from yesword.domain.events import (
    LINK,
    READ,
    SLIP,
    SUPPRESSION,
    Actor,
    Basis,
    ConsentEvent,
    EventKind,
    Grade,
    Limits,
    Preferences,
    Scope,
)
from yesword.domain.ids import EventId, ProgramId
from yesword.domain.parties import Relation
from yesword.domain.times import month_of

# Who may say that a stop was none: the handset; the person on the page of a link, at once and of that link only; or an
# agent with a reason and of free text only. A program never may.
_MAY_CORRECT: Final = (Actor.HANDSET, Actor.PERSON, Actor.AGENT)

_STRONGEST: Final = tuple(Basis)  # first


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    event: EventId
    seq: int
    scope: Scope
    basis: Basis
    grade: Grade
    since: datetime
    program_version: int | None = None
    limits: Limits = Limits()
    is_confirmed: bool = False
    relation: Relation | None = None
    renewed_at: datetime | None = None  # when the person was last reminded of it, and let it go on


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """An open question to the person, asked once."""

    event: EventId
    seq: int
    scope: Scope
    asked_at: datetime
    lapses_at: datetime
    program_version: int | None = None
    is_from_handset: bool = False  # after a stop, only such a request may be put to the person
    is_own_act: bool = (
        True  # what an import, a shop or an API asked for stays pending and is never put to anybody
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawal:
    event: EventId
    seq: int
    scope: Scope
    at: datetime
    route: str
    ended: tuple[
        Grant, ...
    ] = ()  # what START brings back: what has been joined again since is no longer here
    lifted: tuple[ProgramId, ...] = ()  # programs that the handset has joined again since
    kind: EventKind = EventKind.WITHDRAWN  # an erasure, or a number that changed hands, stops as much

    @property
    def known_at(self) -> datetime | None:
        """When it was; None where nothing closer than the month is kept."""
        return None if self.route == SUPPRESSION and self.at == month_of(self.at) else self.at

    @property
    def may_be_misread(self) -> bool:
        """Whether it rests on somebody's reading of free text; exact words, links and pages are what they say."""
        return self.kind is EventKind.WITHDRAWN and self.route in READ

    def may_be_slip(self, at: datetime) -> bool:
        """Whether whoever left by a link a moment ago may take it back on the same page."""
        is_by_link = self.kind is EventKind.WITHDRAWN and self.route == LINK
        return is_by_link and self.at <= at <= self.at + SLIP

    def covers(self, program: ProgramId | None) -> bool:
        if program is None:
            return self.scope.program is None
        return program not in self.lifted and self.scope.program in (None, program)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    event: EventId
    program: ProgramId | None
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentState:
    seq: int = 0
    grants: tuple[Grant, ...] = ()
    requests: tuple[Request, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    preferences: tuple[tuple[ProgramId | None, Preferences], ...] = ()
    invalid_since: datetime | None = None  # somebody else has the number now
    is_erased: bool = False
    stops: tuple[tuple[ProgramId | None, int], ...] = ()  # newest stop of each scope, lifted or not

    def to_bytes(self) -> bytes:
        return codec.dumps(self)

    @staticmethod
    def from_bytes(data: bytes) -> "ConsentState":
        return codec.loads(ConsentState, data)

    def grant_for(self, program: ProgramId | None) -> Grant | None:
        """The strongest grant that covers the program, by basis and then by evidence; none while it is stopped."""
        if self.withdrawal_for(program) is not None:
            return None
        found = [grant for grant in self.grants if grant.scope.program in (None, program)]
        return min(found, key=lambda grant: (_STRONGEST.index(grant.basis), grant.grade.value), default=None)

    def request_for(self, program: ProgramId | None) -> Request | None:
        return next((request for request in self.requests if request.scope.program == program), None)

    def withdrawal_for(self, program: ProgramId | None) -> Withdrawal | None:
        """The newest withdrawal that still covers the program."""
        found = [withdrawal for withdrawal in self.withdrawals if withdrawal.covers(program)]
        return max(found, key=lambda withdrawal: withdrawal.seq, default=None)

    def stop_seq_for(self, program: ProgramId | None) -> int:
        """Messages for the program that were planned at or before this place in the record may not go.

        A withdrawal counts here even after it was lifted: a START revives no old message.
        """
        found = [seq for stopped, seq in self.stops if program is None or stopped in (None, program)]
        return max(found, default=0)

    def preferences_for(self, program: ProgramId | None) -> Preferences | None:
        chosen = dict(self.preferences)
        return chosen.get(program) or chosen.get(None)


EMPTY = ConsentState()


def fold(events: Iterable[ConsentEvent], start: ConsentState = EMPTY) -> ConsentState:
    return functools.reduce(apply, events, start)


def apply(state: ConsentState, event: ConsentEvent) -> ConsentState:
    """The state after one more event. Events must come in the order of `seq`."""
    after = _APPLY[event.kind](state, event)
    # What comes by the thousand sets it while it copies the state anyway.
    return after if after.seq == event.seq else replace(after, seq=event.seq)


def _requested(state: ConsentState, event: ConsentEvent) -> ConsentState:
    from_handset = event.actor is Actor.HANDSET
    if event.lapses_at is None or (state.is_erased and not from_handset):
        return state
    is_own_act = event.actor in (Actor.HANDSET, Actor.PERSON)
    open_one = state.request_for(event.scope.program)
    if (
        open_one is not None
        and open_one.is_own_act
        and not is_own_act
        and event.received_at <= open_one.lapses_at
    ):
        return state
    request = Request(
        event=event.id,
        seq=event.seq,
        scope=event.scope,
        asked_at=event.received_at,
        lapses_at=event.lapses_at,
        program_version=event.program_version,
        is_from_handset=from_handset,
        is_own_act=is_own_act,
    )
    others = tuple(each for each in state.requests if each.scope.program != event.scope.program)
    return replace(state, seq=event.seq, requests=(*others, request))


def _granted(state: ConsentState, event: ConsentEvent) -> ConsentState:
    if event.basis is None or event.grade in (None, Grade.E) or _is_stopped(state, event):
        return state
    if not event.provenance.may_grant:
        return state  # consent cannot be bought
    assert event.grade is not None
    program = event.scope.program
    from_handset = event.actor is Actor.HANDSET
    if not from_handset and any(each.program == program for each in state.refusals):
        return state  # the person said no; a list does not say yes for them
    grant = Grant(
        event=event.id,
        seq=event.seq,
        scope=event.scope,
        basis=event.basis,
        grade=event.grade,
        since=event.occurred_at,
        program_version=event.program_version,
        limits=event.limits,
        is_confirmed=from_handset,
        relation=event.relation,
    )
    grants = _joined(state.grants, grant)
    if not from_handset:
        # An open question stays open: a no that comes after an import has to be heard.
        return replace(state, seq=event.seq, grants=grants)
    return replace(
        state,
        seq=event.seq,
        grants=grants,
        requests=tuple(each for each in state.requests if each.scope.program != program),
        withdrawals=_lift(state.withdrawals, program, event.received_at),
        refusals=tuple(each for each in state.refusals if each.program != program),
        invalid_since=None,
        is_erased=False,
    )


def _renewed(state: ConsentState, event: ConsentEvent) -> ConsentState:
    """A yes anew is a grant. A reminder that nobody answered dates the old one anew, and does nothing else: whatever the
    event says of basis or scope, it neither confirms nor strengthens, and it lifts no stop.
    """
    if event.actor is not Actor.SYSTEM:
        return _granted(state, event)
    reminded = tuple(
        replace(grant, renewed_at=event.occurred_at) if grant.event == event.answers else grant
        for grant in state.grants
    )
    return replace(state, grants=reminded)


def _is_stopped(state: ConsentState, event: ConsentEvent) -> bool:
    """Whether a stop stands in the way of a grant: any, unless the handset acted after it."""
    stops = [each for each in state.withdrawals if each.covers(event.scope.program)]
    return any(event.actor is not Actor.HANDSET or event.received_at <= each.at for each in stops)


def _joined(grants: tuple[Grant, ...], new: Grant) -> tuple[Grant, ...]:
    """A later grant takes the place of an equal or weaker one: a list does not push out a yes from the handset."""

    def is_replaced(old: Grant) -> bool:
        is_same = (old.scope, old.limits) == (new.scope, new.limits)
        is_as_strong = (
            _STRONGEST.index(new.basis) <= _STRONGEST.index(old.basis) and new.grade.value <= old.grade.value
        )
        # That somebody is a customer stays true when they say yes.
        return is_same and is_as_strong and (old.relation is None or new.basis is old.basis)

    return (*(each for each in grants if not is_replaced(each)), new)


def _lift(
    withdrawals: tuple[Withdrawal, ...], program: ProgramId | None, received_at: datetime
) -> tuple[Withdrawal, ...]:
    if program is None:
        return tuple(each for each in withdrawals if each.at >= received_at)
    return tuple(
        replace(
            each,
            lifted=(*each.lifted, program),
            ended=tuple(grant for grant in each.ended if grant.scope.program != program),
        )
        if each.covers(program)
        else each
        for each in withdrawals
    )


def _confirmed(state: ConsentState, event: ConsentEvent) -> ConsentState:
    request = state.request_for(event.scope.program)
    if request is None or request.event != event.answers or event.received_at > request.lapses_at:
        return state
    if event.actor is not Actor.HANDSET:
        return state
    # The yes is to what was asked, whatever the program has become since.
    version = event.program_version if request.program_version is None else request.program_version
    return _granted(state, replace(event, scope=request.scope, program_version=version))


def _refused(state: ConsentState, event: ConsentEvent) -> ConsentState:
    program = event.scope.program
    return replace(
        state,
        requests=tuple(each for each in state.requests if each.scope.program != program),
        refusals=(
            *(each for each in state.refusals if each.program != program),
            Refusal(event=event.id, program=program, at=event.received_at),
        ),
    )


def _withdrawn(state: ConsentState, event: ConsentEvent) -> ConsentState:
    program = event.scope.program

    def is_covered(scope: Scope) -> bool:
        return program is None or scope.program == program

    # A second STOP ends nothing new, but both are kept: if one turns out to be misread, the other still stands.
    is_first = program is None or state.withdrawal_for(program) is None
    parts = [_part(grant, program) for grant in state.grants] if is_first else []
    withdrawal = Withdrawal(
        event=event.id,
        seq=event.seq,
        scope=event.scope,
        at=event.received_at,
        route=event.route,
        ended=tuple(part for part in parts if part is not None),
    )
    return replace(
        state,
        seq=event.seq,
        grants=tuple(grant for grant in state.grants if not is_covered(grant.scope)),
        requests=tuple(each for each in state.requests if not is_covered(each.scope)),
        withdrawals=(*(each for each in state.withdrawals if not _is_spent(each)), withdrawal),
        stops=_stopped(state, program, event.seq),
    )


def _part(grant: Grant, program: ProgramId | None) -> Grant | None:
    """What a withdrawal of the program takes from a grant; of one for the whole brand, only this program."""
    if program is None or grant.scope.program == program:
        return grant
    if grant.scope.program is None:
        return replace(grant, scope=replace(grant.scope, program=program))
    return None


def _is_spent(withdrawal: Withdrawal) -> bool:
    return withdrawal.scope.program is not None and not withdrawal.covers(withdrawal.scope.program)


def _stopped(
    state: ConsentState, program: ProgramId | None, seq: int
) -> tuple[tuple[ProgramId | None, int], ...]:
    return (*(each for each in state.stops if each[0] != program), (program, seq))


def _corrected(state: ConsentState, event: ConsentEvent) -> ConsentState:
    undone = next((each for each in state.withdrawals if each.event == event.answers), None)
    if undone is None or undone.kind is not EventKind.WITHDRAWN or event.actor not in _MAY_CORRECT:
        return state
    if event.actor is Actor.AGENT and not (event.reason and undone.may_be_misread):
        return state
    if event.actor is Actor.PERSON and not undone.may_be_slip(event.received_at):
        return state
    left = replace(state, withdrawals=tuple(each for each in state.withdrawals if each is not undone))
    return functools.reduce(_restored, undone.ended, left)


def _restored(state: ConsentState, grant: Grant) -> ConsentState:
    """The state with a grant of an undone stop back, as far as no other stop covers it."""
    covering = state.withdrawal_for(grant.scope.program)
    if covering is not None:
        return replace(state, withdrawals=_ended_by(state.withdrawals, covering, grant))
    is_there = any(
        each.event == grant.event and each.scope.program in (None, grant.scope.program)
        for each in state.grants
    )
    withdrawals = state.withdrawals
    if grant.scope.program is None:
        for each in state.withdrawals:
            part = _part(grant, each.scope.program)
            if not _is_spent(each) and part is not None:
                withdrawals = _ended_by(withdrawals, each, part)
    grants = state.grants if is_there else _joined(state.grants, grant)
    return replace(state, grants=grants, withdrawals=withdrawals)


def _ended_by(withdrawals: tuple[Withdrawal, ...], stop: Withdrawal, grant: Grant) -> tuple[Withdrawal, ...]:
    return tuple(
        replace(each, ended=(*each.ended, grant))
        if each.event == stop.event and grant not in each.ended
        else each
        for each in withdrawals
    )


def _preferred(state: ConsentState, event: ConsentEvent) -> ConsentState:
    if event.preferences is None:
        return state
    program = event.scope.program
    others = tuple((key, chosen) for key, chosen in state.preferences if key != program)
    return replace(state, seq=event.seq, preferences=(*others, (program, event.preferences)))


def _expired(state: ConsentState, event: ConsentEvent) -> ConsentState:
    def remaining(grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
        return tuple(grant for grant in grants if grant.event != event.answers)

    return replace(
        state,
        grants=remaining(state.grants),
        requests=tuple(each for each in state.requests if each.event != event.answers),
        withdrawals=tuple(replace(each, ended=remaining(each.ended)) for each in state.withdrawals),
    )


def _invalidated(state: ConsentState, event: ConsentEvent) -> ConsentState:
    """Somebody else has the number: what its former owner allowed does not come back, by START or by correction."""
    return replace(
        state,
        grants=(),
        requests=(),
        withdrawals=_everything_ended(state, event),
        invalid_since=event.received_at,
        stops=_stopped(state, None, event.seq),
    )


def _erased(state: ConsentState, event: ConsentEvent) -> ConsentState:
    return ConsentState(
        withdrawals=_everything_ended(state, event), is_erased=True, stops=_stopped(state, None, event.seq)
    )


def _everything_ended(state: ConsentState, event: ConsentEvent) -> tuple[Withdrawal, ...]:
    """One more stop, of the whole brand, and nothing left to bring back. The older ones keep their own times."""
    stop = Withdrawal(
        event=event.id,
        seq=event.seq,
        scope=Scope(),
        at=event.received_at,
        route=event.route,
        kind=event.kind,
    )
    return (*(replace(each, ended=()) for each in state.withdrawals if not _is_spent(each)), stop)


_APPLY = {
    EventKind.REQUESTED: _requested,
    EventKind.GRANTED: _granted,
    EventKind.RENEWED: _renewed,
    EventKind.CONFIRMED: _confirmed,
    EventKind.REFUSED: _refused,
    EventKind.PREFERRED: _preferred,
    EventKind.WITHDRAWN: _withdrawn,
    EventKind.CORRECTED: _corrected,
    EventKind.EXPIRED: _expired,
    EventKind.INVALIDATED: _invalidated,
    EventKind.ERASED: _erased,
}
