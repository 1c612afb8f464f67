"""What the record of one person says of one program, for whoever asks about it: pure, from events and texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.events import Basis, ConsentEvent, EventKind
from yesword.domain.ids import MessageId
from yesword.domain.messages import MessageKind
from yesword.domain.programs import Program
from yesword.domain.state import EMPTY, ConsentState, apply
from yesword.reporting.audit_answers.answer import Method, Status
from yesword.sending.stopping import CLARIFIED

_RESTARTS: Final = ("start_after_stop", CLARIFIED)
_AGREED: Final = (Basis.EXPRESS_WRITTEN, Basis.EXPRESS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """One that was handed over."""

    id: MessageId
    kind: str
    program: int | None
    answers: int | None
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """What the record of one person says of one program."""

    state: ConsentState
    events: tuple[ConsentEvent, ...]  # those that concern it, in their order
    opt_in: ConsentEvent | None
    asked: ConsentEvent | None  # the request that it confirmed
    restart: ConsentEvent | None
    ended: ConsentEvent | None  # the newest stop that was no misreading


def told(events: Sequence[ConsentEvent], program: Program | None) -> Story:
    """Fold all that happened, and remember what each grant for the program rested on."""
    wanted = None if program is None else program.id
    known = {each.id: each for each in events}
    state, granted = EMPTY, list[ConsentEvent]()
    for event in events:
        state = apply(state, event)
        grant = state.grant_for(wanted)
        if grant is not None and (not granted or granted[-1].id != grant.event):
            granted.append(known[grant.event])
    concerned = tuple(each for each in events if each.scope.program in (None, wanted))
    opt_ins = [each for each in granted if each.reason not in _RESTARTS] or granted
    opt_in = opt_ins[-1] if opt_ins else None
    undone = {each.answers for each in events if each.kind is EventKind.CORRECTED}
    stops = [each for each in concerned if each.kind in _STOPS and each.id not in undone]
    newest = granted[-1] if granted else None
    is_restarted = newest is not None and newest is not opt_in and state.grant_for(wanted) is not None
    return Story(
        state=state,
        events=concerned,
        opt_in=opt_in,
        asked=known.get(opt_in.answers)
        if opt_in is not None and opt_in.answers is not None and opt_in.kind is EventKind.CONFIRMED
        else None,
        restart=newest if is_restarted else None,
        ended=stops[-1] if stops else None,
    )


_STOPS: Final = frozenset({EventKind.WITHDRAWN, EventKind.INVALIDATED})


def status_of(story: Story, program: Program | None, at: datetime) -> Status:
    wanted, state = None if program is None else program.id, story.state
    if state.invalid_since is not None:
        return Status.OTHER_OWNER
    grant = state.grant_for(wanted)
    if grant is not None:
        if grant.limits.ends_at is not None and grant.limits.ends_at <= at:
            return Status.LAPSED
        return Status.OPTED_IN if grant.basis in _AGREED else Status.OTHER_GROUND
    stop, request = state.withdrawal_for(wanted), state.request_for(wanted)
    if stop is not None and (request is None or request.seq < stop.seq):
        return Status.OPTED_OUT
    if request is not None:
        return Status.ASKED if at <= request.lapses_at else Status.LAPSED
    if any(each.program in (None, wanted) for each in state.refusals):
        return Status.DECLINED
    kinds = {each.kind for each in story.events}
    if EventKind.EXPIRED in kinds:
        return Status.LAPSED
    return Status.CLAIMED if EventKind.GRANTED in kinds else Status.UNKNOWN


def method_of(story: Story) -> Method | None:
    """Of what the line is about, where that is somebody's yes, claimed or real."""
    event = story.opt_in or next(
        (each for each in reversed(story.events) if each.kind in (EventKind.REQUESTED, EventKind.GRANTED)),
        None,
    )
    if event is None:
        return None
    first = story.asked or event
    return Method(
        actor=first.actor,
        route=first.route,
        is_confirmed=event.kind is EventKind.CONFIRMED,
        basis=event.basis,
    )


def texts_after(story: Story, program: Program | None, texts: Sequence[Text]) -> int:
    """How many texts went out after a stop that stands: each of them is a mistake, but the one that confirms it."""
    stop = story.state.withdrawal_for(None if program is None else program.id)
    if stop is None:
        return 0
    return sum(each.at > stop.at and each.kind != MessageKind.STOP_REPLY for each in texts)
