"""Histories that must not happen, told to the checker: it names each, and says nothing of those that may."""

from dataclasses import replace

import pytest

from yesword.domain.messages import MessageKind, MessageState
from yesword.faults.checker import Invariant, Moment, check, shortest
from yesword.faults.evidence import Attempt, Evidence, Passing, Recorded, Start, Stop, StoredMessage

CLUB, EVENTS = 1, 2
ANNA, BO = 0, 1
TEXT = 77


def claimed(at: float, *, is_approved: bool = True) -> Attempt:
    return Attempt(claimed_at=at, ended_at=at + 0.3, outcome="accepted", is_approved=is_approved)


def message(**changes: object) -> StoredMessage:
    told = StoredMessage(
        id=TEXT,
        person=ANNA,
        program=CLUB,
        campaign=5,
        sender="800123",
        kind=MessageKind.CAMPAIGN,
        state=MessageState.SENT,
        attempts=(claimed(10.0),),
    )
    return replace(told, **changes)


def passing(at: float, **changes: object) -> Passing:
    return replace(Passing(at=at, message=TEXT, person=ANNA), **changes)


def evidence(*, text: StoredMessage | None = None, **changes: object) -> Evidence:
    """One text that went as it should, to somebody who had said yes."""
    text = text or message()
    usual = Evidence(
        written=[passing(10.1)],
        taken=[passing(10.2, sender="800123")],
        messages={text.id: text},
        events={ANNA: [Recorded(at=1.0, kind="granted", program=CLUB)]},
        senders={CLUB: "800123", EVENTS: "555888"},
    )
    return replace(usual, **changes)


def stop(asked: float, done: float | None, **changes: object) -> Stop:
    return replace(Stop(person=ANNA, how="text", asked_at=asked, acknowledged_at=done), **changes)


LEFT = {
    ANNA: [Recorded(at=1.0, kind="granted", program=CLUB), Recorded(at=8.1, kind="withdrawn", program=None)]
}

BROKEN = {
    "a text after an acknowledged stop": (
        Invariant.STOP_IS_FINAL,
        evidence(stops=[stop(8.0, 9.0)], events=LEFT),
    ),
    "a text after a stop by link, though a START had come before it": (
        Invariant.STOP_IS_FINAL,
        evidence(stops=[stop(8.0, 9.0, how="link")], starts=[Start(person=ANNA, at=7.0)], events=LEFT),
    ),
    "a text after a stop, and a START after the text": (
        Invariant.STOP_IS_FINAL,
        evidence(stops=[stop(8.0, 9.0)], starts=[Start(person=ANNA, at=11.0)], events=LEFT),
    ),
    "a text after a stop that we read later than a START": (
        Invariant.STOP_IS_FINAL,
        evidence(stops=[stop(8.0, 9.0, heard_at=8.6)], starts=[Start(person=ANNA, at=8.5)], events=LEFT),
    ),
    "a text that the peer never took, written after a stop": (
        Invariant.STOP_IS_FINAL,
        evidence(text=message(state=MessageState.UNCERTAIN), taken=[], stops=[stop(8.0, 9.0)], events=LEFT),
    ),
    "a text that the peer took twice": (
        Invariant.NO_DOUBLE_TEXT,
        evidence(taken=[passing(10.2), passing(10.9)]),
    ),
    "a text that was written twice and taken once": (
        Invariant.NO_DOUBLE_TEXT,
        evidence(written=[passing(10.1), passing(10.8)]),
    ),
    "two texts of one campaign for one person": (
        Invariant.NO_DOUBLE_TEXT,
        evidence(messages={TEXT: message(), 78: message(id=78, state=MessageState.REFUSED)}),
    ),
    "a text that is shown as sent and never went": (Invariant.NOTHING_LOST, evidence(written=[], taken=[])),
    "a text that went and is shown as failed": (
        Invariant.NOTHING_LOST,
        evidence(text=message(state=MessageState.FAILED)),
    ),
    "a text that went and is shown as cancelled": (
        Invariant.NOTHING_LOST,
        evidence(text=message(state=MessageState.CANCELLED)),
    ),
    "a text that is being sent for ever": (
        Invariant.NOTHING_LOST,
        evidence(text=message(state=MessageState.SENDING)),
    ),
    "sending that is held when nothing is wrong any more": (
        Invariant.NOTHING_LOST,
        evidence(held=["restored"]),
    ),
    "a campaign that never ends": (Invariant.NOTHING_LOST, evidence(unfinished=["june"])),
    "a person's text that was acknowledged and not kept": (
        Invariant.NOTHING_LOST,
        evidence(answered={"a1": 3.0}),
    ),
    "a stop that was acknowledged and not recorded": (
        Invariant.NOTHING_LOST,
        evidence(stops=[stop(12.0, 13.0)]),
    ),
    "a stop that was recorded only after its acknowledgement": (
        Invariant.NOTHING_LOST,
        evidence(
            stops=[stop(12.0, 13.0)],
            events={ANNA: [*LEFT[ANNA][:1], Recorded(at=14.0, kind="withdrawn", program=None)]},
        ),
    ),
    "a text that no decision sent": (
        Invariant.ONE_GATE,
        evidence(text=message(attempts=(claimed(10.0, is_approved=False),))),
    ),
    "a text that went before its decision": (
        Invariant.ONE_GATE,
        evidence(text=message(attempts=(claimed(10.5),))),
    ),
    "a text that the store does not know": (Invariant.ONE_GATE, evidence(messages={})),
    "a text that went to somebody else": (
        Invariant.ONE_GATE,
        evidence(written=[passing(10.1, person=BO)], taken=[passing(10.2, person=BO)]),
    ),
    "an event that changed": (Invariant.APPEND_ONLY, evidence(changed=["consent event 4 has changed"])),
    "an audit that finds something": (Invariant.APPEND_ONLY, evidence(misfits=["the fold differs"])),
    "a text of a program that nobody said yes to": (
        Invariant.SCOPED,
        evidence(text=message(program=EVENTS, sender="555888"), taken=[passing(10.2, sender="555888")]),
    ),
    "a text from another program's number": (
        Invariant.SCOPED,
        evidence(taken=[passing(10.2, sender="555888")]),
    ),
    "a text before the person had said yes": (
        Invariant.SCOPED,
        evidence(events={ANNA: [Recorded(at=20.0, kind="granted", program=CLUB)]}),
    ),
}

SOUND = {
    "a text to somebody who said yes": evidence(),
    "a text before the acknowledgement": evidence(
        stops=[stop(10.0, 10.4)],
        events={ANNA: [*LEFT[ANNA][:1], Recorded(at=10.2, kind="withdrawn", program=None)]},
    ),
    "a stop that was never acknowledged": evidence(stops=[stop(8.0, None)]),
    "a text after a stop and a START": evidence(
        stops=[stop(8.0, 9.0)], starts=[Start(person=ANNA, at=9.5)], events=LEFT
    ),
    "somebody else's stop": evidence(
        stops=[stop(8.0, 9.0, person=BO)],
        events={**LEFT, BO: [Recorded(at=8.5, kind="withdrawn", program=None)]},
    ),
    "the confirmation of a stop": evidence(
        text=message(kind=MessageKind.STOP_REPLY, campaign=None), stops=[stop(8.0, 9.0)], events=LEFT
    ),
    "a peer that was asleep, and took late what was written early": evidence(
        stops=[stop(10.3, 10.5)],
        taken=[passing(30.0)],
        text=message(state=MessageState.UNCERTAIN),
        events={ANNA: [*LEFT[ANNA][:1], Recorded(at=10.4, kind="withdrawn", program=None)]},
    ),
    "a text that may have gone and is shown as uncertain": evidence(
        text=message(state=MessageState.UNCERTAIN), taken=[]
    ),
    "a code that went twice": evidence(
        text=message(kind=MessageKind.CODE, campaign=None), taken=[passing(10.2), passing(10.9)]
    ),
    "a stop of somebody who had left before": evidence(
        written=[],
        taken=[],
        text=message(state=MessageState.REFUSED, attempts=()),
        stops=[stop(20.0, 21.0)],
        events=LEFT,
    ),
}


@pytest.mark.parametrize(("invariant", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_a_history_that_breaks_an_invariant_is_named(invariant: Invariant, told: Evidence) -> None:
    assert {each.invariant for each in check(told)} == {invariant}


@pytest.mark.parametrize("told", SOUND.values(), ids=SOUND.keys())
def test_a_history_that_may_happen_is_not(told: Evidence) -> None:
    assert check(told) == []


def test_the_history_that_is_told_is_that_of_the_one_text_in_the_order_of_time() -> None:
    other = message(id=78, campaign=6)
    told = evidence(
        messages={TEXT: message(), 78: other},
        written=[passing(9.8, message=78), passing(10.1)],
        taken=[passing(9.9, message=78), passing(10.2)],
        stops=[stop(8.0, 9.0)],
        events=LEFT,
    )
    found = [each for each in check(told) if f"{TEXT}" in each.what]
    assert [each.history for each in found] == [
        (
            Moment(at=8.0, what="person 0 leaves by text"),
            Moment(at=8.1, what="their record gets: withdrawn"),
            Moment(at=9.0, what="that is acknowledged"),
            Moment(at=10.0, what="the text is claimed"),
            Moment(at=10.1, what="it is written"),
            Moment(at=10.2, what="the peer takes it"),
            Moment(at=10.3, what="it is recorded as accepted"),
        )
    ]


def test_of_each_invariant_the_shortest_history_is_told_and_how_often_it_was_broken() -> None:
    short = message(id=78, campaign=6, attempts=())
    told = evidence(messages={TEXT: message(), 78: short}, written=[], taken=[])
    ((worst, count),) = shortest(check(told)).values()
    assert (worst.history, count) == ((), 2)
    assert "78" in worst.what
