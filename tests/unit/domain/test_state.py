from dataclasses import replace

import pytest

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
from yesword.domain.events import Actor, Basis, EventKind, Grade, Limits, Preferences, Scope
from yesword.domain.parties import Origin, Provenance, Relation
from yesword.domain.state import EMPTY, ConsentState, apply, fold

NOT_THE_HANDSET = [actor for actor in Actor if actor is not Actor.HANDSET]


def programs_granted(state):
    return {program for program in (CLUB, NEWS) if state.grant_for(program) is not None}


def ended_by_stops(state):
    return {grant.event for stop in state.withdrawals for grant in stop.ended}


def test_a_person_nobody_asked_has_allowed_nothing():
    assert EMPTY.grant_for(CLUB) is None
    assert EMPTY.stop_seq_for(CLUB) == 0


# Granting


def test_a_keyword_grants_its_own_program_only():
    state = fold([granted(1, CLUB)])
    assert programs_granted(state) == {CLUB}


def test_a_grant_for_the_brand_covers_every_program():
    assert programs_granted(fold([granted(1, None)])) == {CLUB, NEWS}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"grade": Grade.E}, id="claimed only"),
        pytest.param({"grade": None}, id="without evidence"),
        pytest.param({"basis": None}, id="without a basis"),
    ],
)
@pytest.mark.parametrize("build", [granted, imported])
def test_an_event_without_evidence_or_basis_is_never_a_grant(build, changes):
    assert fold([build(1, **changes)]).grants == ()


def test_an_import_does_not_push_out_a_yes_from_the_handset():
    state = fold([granted(1), imported(2)])
    assert state.grant_for(CLUB).grade is Grade.A


def test_a_renewal_of_equal_strength_takes_the_place_of_the_old_grant():
    state = fold([granted(1), granted(2, kind=EventKind.RENEWED)])
    assert [grant.seq for grant in state.grants] == [2]


def test_a_grant_for_one_order_leaves_the_grant_for_offers():
    order = granted(2, basis=Basis.TRIGGER, limits=Limits(trigger=9))
    state = fold([granted(1), order])
    assert len(state.grants) == 2
    assert state.grant_for(CLUB).basis is Basis.EXPRESS_WRITTEN


# Where consent comes from


@pytest.mark.parametrize(
    ("provenance", "grants"),
    [
        (Provenance.OWN, True),
        (Provenance.MERGED, True),
        (Provenance.PURCHASED, False),
        (Provenance.RENTED, False),
        (Provenance.SHARED, False),
    ],
)
@pytest.mark.parametrize("build", [granted, imported])
@pytest.mark.parametrize("kind", [EventKind.GRANTED, EventKind.RENEWED])
def test_consent_cannot_be_bought(build, kind, provenance, grants):
    bought = build(1) if kind is EventKind.GRANTED else granted(1, kind=kind)
    state = fold([replace(bought, provenance=provenance)])
    assert (state.grants != ()) is grants


def test_consent_that_was_bought_lifts_no_stop_and_pushes_out_no_grant():
    bought = granted(3, provenance=Provenance.PURCHASED)
    assert fold([granted(1), withdrawn(2), bought]).withdrawal_for(CLUB) is not None
    assert [grant.seq for grant in fold([granted(1), bought]).grants] == [1]


def test_a_yes_to_a_request_counts_whatever_list_the_number_came_from():
    request = requested(1, provenance=Provenance.PURCHASED, actor=Actor.PERSON)
    assert fold([request, confirmed(2, request)]).grant_for(CLUB) is not None


# Customers


def bought_on(minute, **changes):
    relation = Relation(origin=Origin.SALE, at=at(minute), was_told=True, categories=("shoes",))
    fields = {"basis": Basis.CUSTOMER, "grade": Grade.C, "actor": Actor.API, "relation": relation}
    return granted(**(fields | changes))


def test_who_bought_something_is_a_customer_with_what_was_bought():
    (grant,) = fold([bought_on(0, seq=1)]).grants
    assert (grant.basis, grant.relation.at, grant.relation.categories) == (Basis.CUSTOMER, at(0), ("shoes",))


def test_a_customer_who_says_yes_stays_a_customer():
    state = fold([bought_on(0, seq=1), granted(2)])
    assert state.grant_for(CLUB).basis is Basis.EXPRESS_WRITTEN
    assert [grant.relation.origin for grant in state.grants if grant.relation] == [Origin.SALE]


def test_of_two_purchases_the_newer_counts():
    (grant,) = fold([bought_on(0, seq=1), bought_on(9, seq=2)]).grants
    assert grant.relation.at == at(9)


def test_a_stop_ends_what_being_a_customer_allowed_and_a_purchase_does_not_lift_it():
    state = fold([bought_on(0, seq=1), withdrawn(2), bought_on(3, seq=3)])
    assert state.grants == ()
    assert state.withdrawal_for(CLUB) is not None


# Reminders


def reminded(seq, of, **changes):
    fields = {"actor": Actor.SYSTEM, "answers": of, "basis": Basis.EXPRESS_WRITTEN, "grade": Grade.A}
    return event(EventKind.RENEWED, seq, **(fields | changes))


def test_a_reminder_dates_the_grant_anew_and_does_nothing_else():
    given = bought_on(0, seq=1)
    (grant,) = fold([given, reminded(2, given.id)]).grants
    assert grant.renewed_at == at(2)
    assert replace(grant, renewed_at=None) == fold([given]).grants[0]


@pytest.mark.parametrize("of", [None, 4711], ids=["nothing", "a grant that is not there"])
def test_a_reminder_of_nothing_grants_nothing(of):
    assert fold([reminded(1, of)]).grants == ()
    assert fold([granted(1), reminded(2, of)]).grants == fold([granted(1)]).grants


def test_a_reminder_lifts_no_stop():
    state = fold([granted(1), withdrawn(2), reminded(3, 1001)])
    assert state.grants == ()
    assert state.withdrawal_for(CLUB) is not None


def test_a_reminder_strengthens_and_confirms_nothing_whatever_it_says():
    (grant,) = fold([imported(1), reminded(2, 1001)]).grants
    assert (grant.basis, grant.grade, grant.is_confirmed) == (Basis.EXPRESS, Grade.D, False)
    assert grant.renewed_at == at(2)


def test_a_reminder_takes_no_confirmation_away():
    assert fold([granted(1), reminded(2, 1001)]).grant_for(CLUB).is_confirmed


def test_a_reminder_of_a_consent_for_the_brand_lifts_no_stop_of_a_program():
    state = fold([granted(1, None), withdrawn(2, NEWS), reminded(3, 1001)])
    assert state.withdrawal_for(NEWS) is not None
    assert programs_granted(state) == {CLUB}


def test_a_consent_that_expires_is_gone_reminded_or_not():
    ended = event(EventKind.EXPIRED, 3, actor=Actor.SYSTEM, answers=1001)
    assert fold([granted(1), reminded(2, 1001), ended]).grants == ()


# Asking


def test_a_request_is_no_grant():
    state = fold([requested(1)])
    assert state.grant_for(CLUB) is None
    assert state.request_for(CLUB).lapses_at == at(61)


def test_a_yes_from_the_handset_grants_and_closes_the_question():
    request = requested(1)
    state = fold([request, confirmed(2, request)])
    assert state.grant_for(CLUB).is_confirmed
    assert state.request_for(CLUB) is None


def test_a_yes_on_the_last_moment_counts():
    request = requested(1)
    assert fold([request, confirmed(2, request, received_at=at(61))]).grant_for(CLUB) is not None


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"received_at": at(61.1)}, id="after it lapsed"),
        pytest.param({"answers": 4711}, id="to another question"),
        pytest.param({"answers": None}, id="to no question"),
        pytest.param({"scope": Scope(program=NEWS)}, id="about another program"),
        pytest.param({"grade": Grade.E}, id="without evidence"),
        *[pytest.param({"actor": actor}, id=f"by the {actor}") for actor in NOT_THE_HANDSET],
    ],
)
def test_a_yes_does_not_count(changes):
    request = requested(1)
    state = fold([request, confirmed(2, request, **changes)])
    assert state.grants == ()


def test_a_yes_without_a_question_grants_nothing():
    assert fold([confirmed(2, requested(1))]).grants == ()


def test_a_yes_to_the_question_that_a_newer_one_replaced_grants_nothing():
    first = requested(1)
    assert fold([first, requested(2), confirmed(3, first)]).grants == ()


def test_a_yes_is_to_what_was_asked_and_not_to_what_the_program_became():
    request = requested(1, scope=Scope(program=CLUB, categories=("shoes",)), program_version=1)
    wider = confirmed(2, request, scope=Scope(program=CLUB), program_version=2)
    grant = fold([request, wider]).grant_for(CLUB)
    assert grant.scope.categories == ("shoes",)
    assert grant.program_version == 1


def test_an_import_does_not_close_the_question_so_a_no_is_still_heard():
    state = fold([requested(1), imported(2)])
    assert state.request_for(CLUB) is not None


def test_a_no_closes_the_question_and_is_kept():
    request = requested(1)
    state = fold([request, event(EventKind.REFUSED, 2, answers=request.id)])
    assert state.request_for(CLUB) is None
    assert [refusal.program for refusal in state.refusals] == [CLUB]


def test_joining_forgets_an_earlier_no():
    assert fold([event(EventKind.REFUSED, 1), granted(2)]).refusals == ()


# Stopping


def test_a_stop_of_the_brand_ends_everything():
    state = fold([granted(1, CLUB), granted(2, NEWS), withdrawn(3)])
    assert programs_granted(state) == set()
    assert state.grants == ()


def test_a_stop_of_one_program_leaves_the_others():
    state = fold([granted(1, CLUB), granted(2, NEWS), withdrawn(3, CLUB)])
    assert programs_granted(state) == {NEWS}


def test_a_stop_of_one_program_takes_it_out_of_a_grant_for_the_brand():
    state = fold([granted(1, None), withdrawn(2, CLUB)])
    assert programs_granted(state) == {NEWS}
    (part,) = state.withdrawals[0].ended
    assert part.scope.program == CLUB, "START has to be able to bring it back"


def test_a_stop_closes_the_questions_that_it_covers():
    request = requested(1)
    state = fold([request, withdrawn(2), confirmed(3, request)])
    assert state.grants == ()


@pytest.mark.parametrize("actor", NOT_THE_HANDSET)
@pytest.mark.parametrize("kind", [EventKind.GRANTED, EventKind.RENEWED, EventKind.CONFIRMED])
@pytest.mark.parametrize("stopped", [CLUB, None], ids=["program stopped", "brand stopped"])
@pytest.mark.parametrize("given", [CLUB, None], ids=["for the program", "for the brand"])
def test_only_the_handset_lifts_a_stop(actor, kind, stopped, given):
    request = requested(3, given)
    fields = {"actor": actor, "answers": request.id, "basis": Basis.EXPRESS_WRITTEN, "grade": Grade.A}
    state = fold([granted(1), withdrawn(2, stopped), request, event(kind, 4, given, **fields)])
    assert state.grant_for(CLUB) is None
    assert state.withdrawal_for(CLUB) is not None


def test_after_a_stop_a_question_from_elsewhere_is_known_as_such():
    state = fold([withdrawn(1), requested(2, actor=Actor.API)])
    assert not state.request_for(CLUB).is_from_handset


def test_the_handset_lifts_the_stop_of_the_program_that_it_joins_and_no_other():
    state = fold([granted(1, CLUB), granted(2, NEWS), withdrawn(3), granted(4, CLUB)])
    assert programs_granted(state) == {CLUB}
    assert state.withdrawal_for(NEWS) is not None
    assert ended_by_stops(state) == {1002}, "only what was not joined again is left for START"


@pytest.mark.parametrize(
    ("minute", "is_in"),
    [
        pytest.param(4, False, id="before the stop, delivered late"),
        pytest.param(5, False, id="in the same instant"),
        pytest.param(6, True, id="after the stop"),
    ],
)
@pytest.mark.parametrize("given", [CLUB, None], ids=["for the program", "for the brand"])
def test_a_start_lifts_a_stop_only_when_it_came_after_it(minute, is_in, given):
    late = granted(3, given, received_at=at(minute))
    state = fold([granted(1, CLUB), withdrawn(2, received_at=at(5)), late])
    assert (state.grant_for(CLUB) is not None) == is_in


def test_a_brand_wide_start_that_came_late_for_one_program_leaves_that_one_stopped():
    late = granted(2, None, received_at=at(4))
    state = fold([withdrawn(1, CLUB, received_at=at(5)), late])
    assert programs_granted(state) == {NEWS}


def test_a_second_stop_keeps_what_the_first_one_ended():
    state = fold([granted(1), withdrawn(2), withdrawn(3)])
    assert ended_by_stops(state) == {1001}


def test_the_confirmation_of_a_stop_still_finds_it_after_a_second_stop():
    first = withdrawn(2)
    state = fold([granted(1), first, withdrawn(3)])
    assert first.id in {stop.event for stop in state.withdrawals}


def test_stopping_and_joining_over_and_over_does_not_pile_up():
    state = EMPTY
    for seq in range(1, 41, 2):
        state = fold([granted(seq), withdrawn(seq + 1, CLUB)], state)
    assert len(state.withdrawals) == 1


# Which messages a stop covers


def test_a_start_revives_no_old_message():
    state = fold([granted(1), withdrawn(2), granted(3)])
    assert state.stop_seq_for(CLUB) == 2


@pytest.mark.parametrize(
    "later",
    [
        pytest.param([granted(3, None)], id="a start for the whole brand"),
        pytest.param([corrected(3, withdrawn(2))], id="a correction"),
        pytest.param([event(EventKind.ERASED, 3), granted(4)], id="an erasure and a new start"),
    ],
)
def test_the_place_of_a_stop_never_goes_down(later):
    before = fold([granted(1), withdrawn(2)])
    assert fold(later, before).stop_seq_for(CLUB) >= before.stop_seq_for(CLUB) == 2


def test_a_stop_of_one_program_covers_no_message_of_another():
    state = fold([withdrawn(1, CLUB)])
    assert (state.stop_seq_for(CLUB), state.stop_seq_for(NEWS), state.stop_seq_for(None)) == (1, 0, 1)


@pytest.mark.parametrize("kind", [EventKind.INVALIDATED, EventKind.ERASED])
def test_a_new_owner_and_an_erasure_cover_all_older_messages(kind):
    assert fold([granted(1), event(kind, 2)]).stop_seq_for(NEWS) == 2


# Correcting a misread stop


def test_a_correction_brings_back_what_the_misread_stop_had_ended():
    stop = read_as_stop(3)
    state = fold([granted(1, CLUB), granted(2, NEWS), stop, corrected(4, stop)])
    assert programs_granted(state) == {CLUB, NEWS}


@pytest.mark.parametrize("meant", [2, 3], ids=["the first was meant", "the second was meant"])
def test_a_correction_undoes_one_stop_and_not_the_one_that_was_meant(meant):
    stops = {2: read_as_stop(2), 3: read_as_stop(3)}
    misread = stops[5 - meant]
    state = fold([granted(1), stops[2], stops[3], corrected(4, misread)])
    assert state.grant_for(CLUB) is None
    assert ended_by_stops(state) == {1001}, "START brings it back all the same"


def test_a_correction_leaves_a_program_that_was_stopped_for_itself():
    stop = read_as_stop(3)
    state = fold([granted(1, CLUB), granted(2, NEWS), stop, withdrawn(4, CLUB), corrected(5, stop)])
    assert programs_granted(state) == {NEWS}
    assert ended_by_stops(state) == {1001}


def test_a_correction_of_a_brand_stop_leaves_a_program_out_of_a_grant_for_the_brand():
    stop = read_as_stop(2)
    state = fold([granted(1, None), stop, withdrawn(3, CLUB), corrected(4, stop)])
    assert programs_granted(state) == {NEWS}
    assert [grant.scope.program for grant in state.withdrawals[0].ended] == [CLUB]


def test_a_correction_brings_back_no_second_grant_beside_the_one_that_was_never_ended():
    stop = read_as_stop(2, CLUB)
    state = fold([granted(1, None), stop, corrected(3, stop)])
    assert [grant.scope.program for grant in state.grants] == [None]
    assert programs_granted(state) == {CLUB, NEWS}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"actor": Actor.IMPORT}, id="by an import"),
        pytest.param({"actor": Actor.API}, id="by a program"),
        pytest.param({"actor": Actor.SYSTEM}, id="by ourselves"),
        pytest.param({"actor": Actor.CARRIER}, id="by a carrier"),
        pytest.param({"reason": None}, id="by an agent who gives no reason"),
        pytest.param({"answers": 4711}, id="of a stop that is not there"),
        pytest.param({"answers": None}, id="of nothing"),
    ],
)
def test_a_correction_does_not_count(changes):
    stop = read_as_stop(2)
    state = fold([granted(1), stop, corrected(3, stop, **changes)])
    assert state.grant_for(CLUB) is None
    assert state.withdrawal_for(CLUB) is not None


@pytest.mark.parametrize(
    "route", ["reply", "keyword", "link", "page", "agent", "carrier_block", "import", ""]
)
def test_an_agent_corrects_nothing_but_what_was_read_from_free_text(route):
    stop = withdrawn(2, route=route)
    before = fold([granted(1), stop])
    assert fold([corrected(3, stop)], before) == replace(before, seq=3)
    assert not before.withdrawals[0].may_be_misread


def test_a_correction_revives_no_message_from_before_the_stop():
    stop = read_as_stop(2)
    state = fold([granted(1), stop, corrected(3, stop)])
    assert state.grant_for(CLUB) is not None
    assert state.stop_seq_for(CLUB) == 2


def test_the_person_may_undo_a_slip_without_giving_a_reason():
    stop = withdrawn(2, route="link")
    state = fold([granted(1), stop, corrected(3, stop, actor=Actor.PERSON, reason=None)])
    assert state.grant_for(CLUB) is not None


@pytest.mark.parametrize(
    ("route", "minute"),
    [
        pytest.param("link", 17.1, id="of a link, but later than a quarter of an hour"),
        pytest.param("link", 1.9, id="of a link, but from before it"),
        pytest.param("reply", 3, id="of an exact word"),
        pytest.param("free_text", 3, id="of their own free text: they text START"),
        pytest.param("agent", 3, id="of what they told an agent"),
        pytest.param("carrier_block", 3, id="of what their carrier told us"),
    ],
)
def test_the_person_undoes_nothing_else_without_the_handset(route, minute):
    stop = withdrawn(2, route=route)
    slip = corrected(3, stop, actor=Actor.PERSON, reason=None, received_at=at(minute))
    state = fold([granted(1), stop, slip])
    assert state.grant_for(CLUB) is None
    assert state.withdrawal_for(CLUB) is not None


@pytest.mark.parametrize("kind", [EventKind.INVALIDATED, EventKind.ERASED])
def test_neither_an_erasure_nor_a_new_owner_can_be_corrected_away(kind):
    ending = event(kind, 2)
    state = fold([granted(1), ending, granted(3, CLUB), corrected(4, ending), imported(5, NEWS)])
    assert programs_granted(state) == {CLUB}


# Ending by itself, changing hands, erasure


def test_an_expired_grant_is_over():
    assert fold([granted(1), event(EventKind.EXPIRED, 2, answers=1001)]).grants == ()


def test_what_expired_while_it_was_stopped_does_not_come_back():
    stop = read_as_stop(2)
    state = fold([granted(1), stop, event(EventKind.EXPIRED, 3, answers=1001), corrected(4, stop)])
    assert state.grants == ()


def test_a_number_that_changed_hands_takes_nothing_along():
    stop = read_as_stop(3)
    changed = event(EventKind.INVALIDATED, 4, actor=Actor.CARRIER)
    state = fold([granted(1, CLUB), granted(2, NEWS), stop, changed, granted(5, CLUB), corrected(6, stop)])
    assert programs_granted(state) == {CLUB}, "the new owner joined one program, and only that"
    assert ended_by_stops(state) == set()
    assert state.invalid_since is None


def test_an_old_list_does_not_reach_the_new_owner_of_a_number():
    changed = event(EventKind.INVALIDATED, 1, actor=Actor.CARRIER)
    state = fold([changed, imported(2, CLUB), granted(3, CLUB), imported(4, NEWS), imported(5, None)])
    assert programs_granted(state) == {CLUB}


def test_an_erased_person_stays_stopped_until_they_write_again():
    erased = event(EventKind.ERASED, 2)
    state = fold([granted(1), erased, imported(3), requested(4, actor=Actor.PERSON)])
    assert state.is_erased
    assert (state.grants, state.requests) == ((), ())
    again = requested(5)
    assert programs_granted(fold([again, confirmed(6, again)], state)) == {CLUB}


def test_an_erasure_does_not_make_room_for_a_start_that_came_before_the_stop():
    stop = withdrawn(1, received_at=at(9))
    erased = event(EventKind.ERASED, 2, received_at=at(3))
    assert fold([stop, erased, granted(3, received_at=at(8))]).grants == ()


# Choices, and the whole


def test_a_choice_for_the_program_goes_before_one_for_the_brand():
    whole = event(EventKind.PREFERRED, 1, None, preferences=Preferences(count=2, window_days=30))
    own = event(EventKind.PREFERRED, 2, CLUB, preferences=Preferences(count=1, window_days=7))
    state = fold([whole, own, event(EventKind.PREFERRED, 3, CLUB)])
    assert (state.preferences_for(CLUB).count, state.preferences_for(NEWS).count) == (1, 2)


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_event_can_be_the_first(kind):
    assert apply(EMPTY, event(kind, 1)).seq == 1


def test_a_state_survives_being_stored():
    stop = withdrawn(3)
    story = [granted(1), requested(2, NEWS), stop, granted(4, NEWS), event(EventKind.REFUSED, 5)]
    state = fold([*story, bought_on(6, seq=6, program=NEWS), reminded(7, 1004)])
    assert ConsentState.from_bytes(state.to_bytes()) == state
