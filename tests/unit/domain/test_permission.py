from dataclasses import replace
from datetime import timedelta

import pytest

from factories.questions import CLUB, EVENTS, NOON, grant, granted, message, requested, service, stopped
from yesword.domain.events import Basis, Limits, Preferences, Scope
from yesword.domain.ids import EventId
from yesword.domain.messages import MessageClass, MessageKind, Standing
from yesword.domain.permission import Lack, permission
from yesword.domain.state import EMPTY, Refusal

HOUR = timedelta(hours=1)
INFORMATION = message(MessageKind.REMINDER, message_class=MessageClass.INFORMATIONAL)
CODE = message(MessageKind.CODE, message_class=MessageClass.TRANSACTIONAL, trigger="login")


def ask(state, asked=None, *, program=CLUB, at=NOON, **more):
    return permission(state, asked or message(), at, program=program, **more)


# --- what rests on a grant ------------------------------------------------------------------------------------


def test_a_grant_permits_and_is_named():
    found = ask(granted())
    assert found.is_granted
    assert (found.rests_on, found.grant.event) == (Standing.GRANT, EventId(1))


def test_the_strongest_of_several_grants_is_named():
    weak = grant(event=EventId(9), basis=Basis.EXPRESS, scope=Scope())
    assert ask(granted(weak, grant())).grant.event == EventId(1)


@pytest.mark.parametrize(
    ("state", "lack"),
    [
        pytest.param(EMPTY, Lack.NEVER_ASKED, id="nobody asked"),
        pytest.param(requested(lapses_at=NOON + HOUR), Lack.REQUEST_PENDING, id="asked and not answered"),
        pytest.param(
            replace(EMPTY, refusals=(Refusal(event=EventId(3), program=CLUB, at=NOON),)),
            Lack.REFUSED,
            id="answered no",
        ),
        pytest.param(granted(grant(EVENTS)), Lack.OTHER_PROGRAM, id="agreed to other texts"),
        pytest.param(stopped(), Lack.WITHDRAWN, id="stopped everything"),
        pytest.param(stopped(program=CLUB), Lack.WITHDRAWN, id="stopped this program"),
        pytest.param(granted(invalid_since=NOON), Lack.NUMBER_INVALID, id="the number has a new owner"),
        pytest.param(replace(stopped(), is_erased=True), Lack.ERASED, id="erased"),
        pytest.param(
            granted(grant(limits=Limits(ends_at=NOON))), Lack.GRANT_ENDED, id="the grant ended this moment"
        ),
        pytest.param(
            granted(grant(scope=Scope(channels=("mms",)))), Lack.OUT_OF_SCOPE, id="for another channel"
        ),
        pytest.param(
            granted(grant(scope=Scope(purposes=("events",)))), Lack.OUT_OF_SCOPE, id="for another purpose"
        ),
        pytest.param(
            granted(grant(scope=Scope(categories=("bags",)))), Lack.OUT_OF_SCOPE, id="for another category"
        ),
        pytest.param(granted(grant(basis=Basis.CONVERSATION)), Lack.OUT_OF_SCOPE, id="they only wrote first"),
        pytest.param(
            granted(
                grant(scope=Scope(categories=("shoes", "bags"))), grant(EVENTS, scope=Scope(program=EVENTS))
            ),
            None,
            id="the category is one of several",
        ),
        pytest.param(
            granted(grant(basis=Basis.TRIGGER)), Lack.OUT_OF_SCOPE, id="they only ordered something"
        ),
    ],
)
def test_a_campaign_is_told_what_is_missing(state, lack):
    assert ask(state, purpose="offers", categories=("shoes",)).lack is lack


def test_who_agreed_to_other_programs_is_told_with_their_names():
    assert ask(granted(grant(EVENTS))).other_programs == (EVENTS,)


def test_a_stop_of_one_program_leaves_the_other():
    state = replace(stopped(program=EVENTS), grants=(grant(),))
    assert ask(state).is_granted


def test_a_limit_on_categories_asks_the_text_to_name_its_own():
    state = granted(grant(scope=Scope(program=CLUB, categories=("shoes",))))
    assert ask(state, message(categories=("shoes",))).is_granted
    assert ask(state, message(categories=("shoes", "bags"))).lack is Lack.OUT_OF_SCOPE
    assert ask(state).lack is Lack.OUT_OF_SCOPE


def test_a_start_revives_no_older_message():
    lifted = stopped(seq=4)
    state = replace(
        lifted, grants=(grant(seq=5),), withdrawals=(replace(lifted.withdrawals[0], lifted=(CLUB,)),)
    )
    assert ask(state, message(planned_seq=3)).lack is Lack.SUPERSEDED
    assert ask(state, message(planned_seq=4)).lack is Lack.SUPERSEDED
    assert ask(state, message(planned_seq=5)).is_granted


def test_a_first_message_planned_before_any_event_is_not_superseded():
    assert ask(EMPTY, replace(CODE, planned_seq=0)).is_granted
    assert ask(EMPTY, replace(INFORMATION, trigger="appointment", planned_seq=0)).is_granted


@pytest.mark.parametrize("seqs", [(3, 4), (4, 3)], ids=["the newest last", "the newest first"])
def test_of_equal_grants_the_newest_is_named(seqs):
    grants = [
        grant(event=EventId(seq), seq=seq, scope=Scope(program=CLUB, purposes=("offers",))) for seq in seqs
    ]
    assert ask(granted(*grants), purpose="offers").grant.event == EventId(4)


def test_a_grant_that_ended_gives_way_to_a_weaker_one_that_has_not():
    ended = grant(limits=Limits(ends_at=NOON))
    weaker = grant(event=EventId(9), basis=Basis.EXPRESS)
    assert ask(granted(ended, weaker)).grant.event == EventId(9)
    assert ask(granted(ended, weaker), at=NOON - HOUR).grant.event == EventId(1)


# --- what the person chose ------------------------------------------------------------------------------------


def test_a_pause_tells_its_end_and_the_grant():
    found = ask(granted(), preferences=Preferences(paused_until=NOON + HOUR))
    assert (found.lack, found.until, found.grant.event) == (Lack.PAUSED, NOON + HOUR, EventId(1))
    assert ask(granted(), preferences=Preferences(paused_until=NOON)).is_granted


def test_a_pause_in_the_record_counts_as_well():
    state = granted(preferences=((None, Preferences(paused_until=NOON + HOUR)),))
    assert ask(state).lack is Lack.PAUSED


def test_a_category_left_out_is_kept_out():
    unwanted = Preferences(without_categories=("bags",))
    assert ask(granted(), message(categories=("bags",)), preferences=unwanted).lack is Lack.CATEGORY_EXCLUDED
    assert ask(granted(), message(categories=("shoes",)), preferences=unwanted).is_granted


def test_a_pause_does_not_hold_the_welcome():
    found = ask(granted(), service(MessageKind.WELCOME), preferences=Preferences(paused_until=NOON + HOUR))
    assert found.is_granted


# --- what rests on something else -----------------------------------------------------------------------------


def test_a_request_may_be_put_until_it_lapses():
    state = requested(lapses_at=NOON + HOUR)
    question = service(MessageKind.CONSENT_REQUEST)
    assert ask(state, question, at=NOON + HOUR).rests_on is Standing.REQUEST
    assert ask(state, question, at=NOON + HOUR + timedelta(seconds=1)).lack is Lack.REQUEST_LAPSED
    assert ask(EMPTY, question).lack is Lack.NO_REQUEST
    assert ask(state, replace(question, answers=EventId(4))).lack is Lack.SUPERSEDED


@pytest.mark.parametrize(("from_handset", "is_granted"), [(True, True), (False, False)])
def test_after_a_stop_only_the_handset_can_cause_a_request(from_handset, is_granted):
    asked = requested(lapses_at=NOON + HOUR, from_handset=from_handset)
    state = replace(stopped(), requests=asked.requests)
    assert ask(state, service(MessageKind.CONSENT_REQUEST)).is_granted is is_granted


def test_the_confirmation_of_a_stop_goes_although_the_person_stopped():
    reply = service(MessageKind.STOP_REPLY, answers=EventId(2), planned_seq=2)
    assert ask(stopped(), reply).rests_on is Standing.WITHDRAWAL
    assert ask(stopped(), replace(reply, answers=EventId(99))).lack is Lack.NO_WITHDRAWAL
    assert ask(EMPTY, service(MessageKind.STOP_REPLY)).lack is Lack.NO_WITHDRAWAL


def test_help_is_answered_after_a_stop_when_it_was_asked_after_it():
    state = stopped(NOON)
    later = service(MessageKind.HELP_REPLY, conversation_at=NOON + HOUR, planned_seq=2)
    assert ask(state, later, at=NOON + HOUR).is_granted
    earlier = service(MessageKind.HELP_REPLY, conversation_at=NOON - HOUR, planned_seq=2)
    assert ask(state, earlier).lack is Lack.WITHDRAWN
    assert ask(EMPTY, service(MessageKind.HELP_REPLY)).lack is Lack.NO_CONVERSATION


def test_a_stop_never_blocks_a_code_asked_for_a_moment_later():
    assert ask(stopped(), replace(CODE, planned_seq=2)).is_granted
    assert ask(stopped(), replace(CODE, planned_seq=1)).lack is Lack.WITHDRAWN


def test_a_code_needs_to_be_asked_for_and_never_promotes():
    assert ask(EMPTY, replace(CODE, trigger=None)).lack is Lack.NO_TRIGGER
    assert ask(EMPTY, replace(CODE, message_class=MessageClass.PROMOTIONAL)).lack is Lack.NO_TRIGGER


def test_what_informs_and_sells_rests_on_no_trigger():
    assert ask(EMPTY, replace(CODE, is_mixed=True)).lack is Lack.NO_TRIGGER
    mixed = replace(INFORMATION, trigger="appointment", is_mixed=True)
    assert ask(EMPTY, mixed).lack is Lack.NEVER_ASKED
    assert ask(granted(grant(basis=Basis.TRIGGER)), mixed).lack is Lack.OUT_OF_SCOPE


def test_what_somebody_else_asked_for_is_never_put_to_the_person():
    state = requested(lapses_at=NOON + HOUR)
    wished = replace(state, requests=(replace(state.requests[0], is_own_act=False),))
    assert ask(wished, service(MessageKind.CONSENT_REQUEST)).lack is Lack.NO_REQUEST


def test_a_code_does_not_go_to_the_new_owner_of_a_number():
    assert ask(granted(invalid_since=NOON), CODE).lack is Lack.NUMBER_INVALID


def test_a_reminder_rests_on_a_grant_or_on_what_it_reminds_of():
    assert ask(granted(), INFORMATION).rests_on is Standing.GRANT
    assert ask(EMPTY, replace(INFORMATION, trigger="appointment")).rests_on is Standing.TRIGGER
    assert ask(EMPTY, INFORMATION).lack is Lack.NEVER_ASKED
    assert ask(stopped(), replace(INFORMATION, trigger="appointment")).lack is Lack.WITHDRAWN
