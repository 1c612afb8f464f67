"""Each kind of event brings about one state of DPV, and none of them claims a consent that did not stand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.events import (
    CLUB,
    NEWS,
    at,
    confirmed,
    corrected,
    event,
    granted,
    imported,
    read_as_stop,
    requested,
    withdrawn,
)
from factories.recorded import recorded
from yesword.domain.events import (
    FREE_TEXT,
    OTHER_OWNER,
    REPLY,
    Actor,
    Basis,
    EventKind,
    Grade,
    Limits,
    Preferences,
)
from yesword.domain.ids import EventId
from yesword.domain.parties import Provenance
from yesword.proof.records import Status, statuses

_ASKED = requested(1, actor=Actor.PERSON)
_YES = granted(1)
_MISREAD = read_as_stop(2)
_PAUSE = {"preferences": Preferences(paused_until=at(900))}

STORIES = {
    "asked": ([_ASKED], Status.REQUESTED),
    "joined by keyword": ([_YES], Status.GIVEN),
    "asked and confirmed": ([_ASKED, confirmed(2, _ASKED)], Status.GIVEN),
    "asked and refused": ([_ASKED, event(EventKind.REFUSED, 2)], Status.REFUSED),
    "asked, and nobody answered": (
        [_ASKED, event(EventKind.EXPIRED, 70, actor=Actor.SYSTEM, answers=_ASKED.id)],
        Status.DEFERRED,
    ),
    "asked, then stopped, then the question lapsed": (
        [_ASKED, withdrawn(2), event(EventKind.EXPIRED, 70, actor=Actor.SYSTEM, answers=_ASKED.id)],
        Status.WITHDRAWN,
    ),
    "an import with wording and date": ([imported(1)], Status.GIVEN),
    "an import without evidence": ([imported(1, grade=Grade.E)], Status.UNKNOWN),
    "an import without evidence of who had said yes": (
        [_YES, imported(2, grade=Grade.E)],
        Status.GIVEN,
    ),
    "an import without evidence of who had stopped": (
        [_YES, withdrawn(2), imported(3, grade=Grade.E)],
        Status.WITHDRAWN,
    ),
    "an import with evidence of who had stopped": ([_YES, withdrawn(2), imported(3)], Status.WITHDRAWN),
    "a bought consent": ([imported(1, provenance=Provenance.PURCHASED)], Status.UNKNOWN),
    "renewed by the person": ([_YES, granted(2, kind=EventKind.RENEWED)], Status.RENEWED),
    "a reminder that nobody answered": (
        [_YES, granted(2, kind=EventKind.RENEWED, actor=Actor.SYSTEM, answers=_YES.id)],
        Status.GIVEN,
    ),
    "a reminder of what had been renewed": (
        [
            _YES,
            granted(2, kind=EventKind.RENEWED),
            event(EventKind.RENEWED, 3, actor=Actor.SYSTEM, answers=EventId(1002)),
        ],
        Status.RENEWED,
    ),
    "a pause": ([_YES, event(EventKind.PREFERRED, 2, **_PAUSE)], Status.GIVEN),
    "a pause by who had stopped": (
        [_YES, withdrawn(2), event(EventKind.PREFERRED, 3, **_PAUSE)],
        Status.WITHDRAWN,
    ),
    "topics chosen before anything else": ([event(EventKind.PREFERRED, 1, **_PAUSE)], Status.UNKNOWN),
    "stopped": ([_YES, withdrawn(2)], Status.WITHDRAWN),
    "stopped, and joined again": ([_YES, withdrawn(2), granted(3)], Status.GIVEN),
    "a stop that the carrier told of": ([_YES, withdrawn(2, actor=Actor.CARRIER)], Status.WITHDRAWN),
    "ended by the brand": ([_YES, withdrawn(2, actor=Actor.SYSTEM)], Status.REVOKED),
    "a misread stop undone": ([_YES, _MISREAD, corrected(3, _MISREAD)], Status.GIVEN),
    "a misread stop of a renewed consent undone": (
        [_YES, granted(2, kind=EventKind.RENEWED), read_as_stop(3), corrected(4, read_as_stop(3))],
        Status.RENEWED,
    ),
    "a misread stop of somebody who had only been asked": (
        [_ASKED, _MISREAD, corrected(3, _MISREAD)],
        Status.REQUESTED,
    ),
    "one of two stops undone": (
        [_YES, _MISREAD, withdrawn(3), corrected(4, _MISREAD)],
        Status.WITHDRAWN,
    ),
    "two misread stops undone, the later one first": (
        [_YES, _MISREAD, read_as_stop(3), corrected(4, read_as_stop(3)), corrected(5, _MISREAD)],
        Status.GIVEN,
    ),
    "the time that the law gives is over": (
        [_YES, event(EventKind.EXPIRED, 2, actor=Actor.SYSTEM, answers=_YES.id)],
        Status.EXPIRED,
    ),
    "one of two grants is over": (
        [
            _YES,
            granted(2, basis=Basis.TRIGGER, limits=Limits(trigger=4)),
            event(EventKind.EXPIRED, 3, actor=Actor.SYSTEM, answers=EventId(1002)),
        ],
        Status.GIVEN,
    ),
    "a reply that somebody else has the number": (
        [_YES, event(EventKind.INVALIDATED, 2, None, reason="wrong_number")],
        Status.EXPIRED,
    ),
    "free text that somebody else has the number": (
        [_YES, event(EventKind.INVALIDATED, 2, None, route=OTHER_OWNER)],
        Status.EXPIRED,
    ),
    "a list that proved bad": (
        [imported(1), event(EventKind.INVALIDATED, 2, None, actor=Actor.AGENT, reason="bad_list")],
        Status.INVALIDATED,
    ),
    "erased at the person's wish": ([_YES, event(EventKind.ERASED, 2, None)], Status.WITHDRAWN),
    "erased when its time was over": (
        [_YES, event(EventKind.ERASED, 2, None, actor=Actor.SYSTEM)],
        Status.REVOKED,
    ),
    "erased after the number changed hands": (
        [
            _YES,
            event(EventKind.INVALIDATED, 2, None, reason="wrong_number"),
            event(EventKind.ERASED, 3, None, actor=Actor.SYSTEM),
        ],
        Status.EXPIRED,
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_newest_state_of(story):
    events, expected = STORIES[story]
    assert statuses(recorded(events))[-1] is expected


def test_a_refusal_is_what_was_said_even_where_a_customer_may_be_texted():
    events = [granted(1, basis=Basis.CUSTOMER), requested(2), event(EventKind.REFUSED, 3)]
    told = recorded(events)
    assert told[-1].is_permitted
    assert statuses(told) == (Status.GIVEN, Status.REQUESTED, Status.REFUSED)


@pytest.mark.parametrize("kind", [EventKind.PREFERRED, EventKind.CORRECTED])
def test_a_consent_that_ran_out_unseen_does_not_go_on(kind):
    """The fold keeps a grant whose time is over until an event says so; whoever asks for a day may know better."""
    given, later = recorded([_YES, event(kind, 2)])
    assert statuses((given, replace(later, rests_on=None)))[-1] is Status.EXPIRED


def test_a_consent_to_the_whole_brand_is_told_where_it_shows():
    (chosen,) = recorded([event(EventKind.PREFERRED, 1, **_PAUSE)], rests_on="evt_1")
    assert statuses((chosen,)) == (Status.GIVEN,)


_EVENTS = st.tuples(
    st.sampled_from(EventKind),
    st.sampled_from([CLUB, CLUB, NEWS, None]),
    st.sampled_from([Actor.HANDSET, *Actor]),
    st.sampled_from([*Basis, None]),
    st.sampled_from([*Grade, None]),
    st.sampled_from([REPLY, FREE_TEXT, OTHER_OWNER]),
    st.integers(0, 11),
)


@given(drawn=st.lists(_EVENTS, min_size=1, max_size=12))
def test_no_state_is_valid_for_processing_where_no_grant_stood(drawn):
    events = []
    for seq, (kind, program, actor, basis, grade, route, back) in enumerate(drawn, 1):
        answers = events[-1 - back % len(events)].id if events else None
        fields = {"actor": actor, "route": route, "answers": answers, "reason": "read again"}
        if kind in (EventKind.GRANTED, EventKind.CONFIRMED, EventKind.RENEWED):
            fields |= {"basis": basis, "grade": grade}
        if kind is EventKind.REQUESTED:
            fields["lapses_at"] = at(seq) + timedelta(minutes=5)
        events.append(event(kind, seq, program, **fields))
    told = recorded(events)
    for each, status in zip(told, statuses(told), strict=True):
        assert each.is_permitted or not status.is_valid
        if each.is_permitted and not status.is_valid:
            assert each.kind in _SPEAK_OF_THEMSELVES


# What was asked, and what the person answered, is told as it was, whatever else stands.
_SPEAK_OF_THEMSELVES = (EventKind.REQUESTED, EventKind.REFUSED)
