"""What may be done with a number that somebody gave."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.collecting.asking import FRESH, MOST_UNANSWERED, Asked, Case, Course, course
from yesword.domain.collecting.points import Confirming
from yesword.domain.events import Actor, Basis, Grade, Scope
from yesword.domain.ids import EventId, ProgramId
from yesword.domain.state import ConsentState, Grant, Refusal, Request, Withdrawal

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLUB = ProgramId(7)
SCOPE = Scope(program=CLUB)
USUAL = Case(
    state=ConsentState(),
    program=CLUB,
    confirming=Confirming.ASK,
    actor=Actor.PERSON,
    occurred_at=NOON,
    at=NOON,
    may_text=True,
    serves_country=True,
)
IN = ConsentState(
    grants=(
        Grant(event=EventId(1), seq=1, scope=SCOPE, basis=Basis.EXPRESS_WRITTEN, grade=Grade.A, since=NOON),
    )
)
STOPPED = ConsentState(
    withdrawals=(Withdrawal(event=EventId(2), seq=2, scope=SCOPE, at=NOON, route="reply"),)
)
SAID_NO = ConsentState(refusals=(Refusal(event=EventId(3), program=CLUB, at=NOON),))
ASKED = ConsentState(
    requests=(
        Request(event=EventId(4), seq=4, scope=SCOPE, asked_at=NOON, lapses_at=NOON + timedelta(hours=24)),
    )
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, Course.ASK, id="a stranger is asked"),
        pytest.param(
            {"confirming": Confirming.NONE}, Course.GRANT, id="the act itself grants where the point is so"
        ),
        pytest.param(
            {"confirming": Confirming.REVERSE}, Course.WAIT, id="where they text first, we send nothing"
        ),
        pytest.param(
            {"confirming": Confirming.REVERSE, "sender_can_receive": False},
            Course.ASK,
            id="a sender that cannot receive has to ask",
        ),
        pytest.param({"may_text": False}, Course.CANNOT_TEXT, id="a fixed line"),
        pytest.param({"serves_country": False}, Course.CANNOT_TEXT, id="another country"),
        pytest.param({"state": IN}, Course.ALREADY_IN, id="a member"),
        pytest.param({"state": STOPPED}, Course.WAIT, id="who stopped has to text"),
        pytest.param(
            {"state": STOPPED, "confirming": Confirming.NONE}, Course.WAIT, id="no tick lifts a stop"
        ),
        pytest.param({"state": SAID_NO}, Course.BARRED, id="who said no is left alone"),
        pytest.param(
            {"state": SAID_NO, "confirming": Confirming.NONE},
            Course.BARRED,
            id="whatever the point is made for",
        ),
        pytest.param(
            {"state": SAID_NO, "actor": Actor.HANDSET}, Course.GRANT, id="but from their handset they may"
        ),
        pytest.param({"state": STOPPED, "actor": Actor.HANDSET}, Course.GRANT, id="so may who stopped"),
        pytest.param({"state": ASKED}, Course.ALREADY_ASKED, id="an open question is not put twice"),
        pytest.param({"actor": Actor.API}, Course.WAIT, id="a program asks nobody"),
        pytest.param({"actor": Actor.AGENT}, Course.WAIT, id="neither does a colleague"),
        pytest.param({"asked": Asked(today=1)}, Course.CAPPED, id="once a day"),
        pytest.param(
            {"asked": Asked(unanswered=MOST_UNANSWERED)}, Course.CAPPED, id="twice a month unanswered"
        ),
        pytest.param({"is_point_capped": True}, Course.CAPPED, id="the point has asked enough"),
        pytest.param(
            {"at": NOON + FRESH + timedelta(seconds=1)}, Course.WAIT, id="an act that is told a day late"
        ),
    ],
)
def test_what_becomes_of_an_act(changes, expected):
    assert course(replace(USUAL, **changes)) is expected


@given(
    state=st.sampled_from([ConsentState(), IN, STOPPED, SAID_NO, ASKED]),
    confirming=st.sampled_from(Confirming),
    actor=st.sampled_from([each for each in Actor if each not in (Actor.PERSON, Actor.HANDSET)]),
    can_receive=st.booleans(),
)
def test_only_a_persons_own_act_leads_to_a_text_that_asks(state, confirming, actor, can_receive):
    case = replace(USUAL, state=state, confirming=confirming, actor=actor, sender_can_receive=can_receive)
    assert course(case) is not Course.ASK


@given(
    state=st.sampled_from([STOPPED, SAID_NO]),
    confirming=st.sampled_from(Confirming),
    actor=st.sampled_from([each for each in Actor if each is not Actor.HANDSET]),
    can_receive=st.booleans(),
)
def test_after_a_stop_or_a_no_only_the_handset_grants(state, confirming, actor, can_receive):
    case = replace(USUAL, state=state, confirming=confirming, actor=actor, sender_can_receive=can_receive)
    assert course(case) in (Course.WAIT, Course.BARRED)
