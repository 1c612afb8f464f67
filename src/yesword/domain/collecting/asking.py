"""What may be done with a number that somebody gave: asked, granted, kept waiting, or left alone. Pure.

A form must not become a way to pester a stranger. So a number is asked once a day and stays unanswered twice a month at
most, over all brands; who said no, or stopped, is not asked from a page again; and only the person's own act asks at all.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.collecting.points import Confirming
from yesword.domain.events import Actor
from yesword.domain.ids import ProgramId
from yesword.domain.state import ConsentState

A_DAY: Final = timedelta(days=1)
A_MONTH: Final = timedelta(days=30)
MOST_A_DAY: Final = 1
MOST_UNANSWERED: Final = 2
FRESH: Final = timedelta(hours=24)  # an act that is told later than this asks nobody any more


class Course(enum.StrEnum):
    """What becomes of an act on a collection point."""

    GRANT = "grant"
    ASK = "ask"  # one text asks
    WAIT = "wait"  # a request is noted and sends nothing: the handset has to act
    ALREADY_IN = "already_in"
    ALREADY_ASKED = "already_asked"
    BARRED = "barred"  # they said no: nothing is noted, and nothing is sent
    CAPPED = "capped"  # this number has been asked enough, or everybody has
    CANNOT_TEXT = (
        "cannot_text"  # no text reaches this number, or it is of a country that the point does not serve
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """How often a number was asked over all brands."""

    today: int = 0
    unanswered: int = 0  # within a month


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """All that the choice rests on."""

    state: ConsentState
    program: ProgramId
    confirming: Confirming
    actor: Actor
    occurred_at: datetime
    at: datetime
    may_text: bool
    serves_country: bool
    asked: Asked = Asked()
    is_point_capped: bool = False  # the point, or the brand, has asked as many as it may for now
    sender_can_receive: bool = True


def course(case: Case) -> Course:
    state = case.state
    if not case.may_text or not case.serves_country:
        return Course.CANNOT_TEXT
    if state.grant_for(case.program) is not None:
        return Course.ALREADY_IN
    from_handset = case.actor is Actor.HANDSET
    if from_handset:
        return Course.GRANT
    if any(each.program in (None, case.program) for each in state.refusals):
        return Course.BARRED
    if state.withdrawal_for(case.program) is not None:
        return Course.WAIT
    if case.actor is not Actor.PERSON and case.confirming is not Confirming.NONE:
        return Course.WAIT
    if case.confirming is Confirming.NONE:
        return Course.GRANT
    if case.confirming is Confirming.REVERSE and case.sender_can_receive:
        return Course.WAIT
    return _asking(case)


def _asking(case: Case) -> Course:
    open_one = case.state.request_for(case.program)
    if open_one is not None and open_one.is_own_act and case.at <= open_one.lapses_at:
        return Course.ALREADY_ASKED
    if case.at - case.occurred_at > FRESH:
        return Course.WAIT
    is_capped = case.asked.today >= MOST_A_DAY or case.asked.unanswered >= MOST_UNANSWERED
    return Course.CAPPED if is_capped or case.is_point_capped else Course.ASK
