"""A17: a number that is excluded by hand gets nothing more, says what ended, and only its handset takes it back."""

import pytest

from factories.databases import on_both
from factories.worlds import ANNA, world
from yesword.consent import correcting, restoring
from yesword.consent.correcting import NotAReadingError
from yesword.domain import phone
from yesword.domain.events import EXCLUSION, Actor, Grade
from yesword.proof.auditing import audit
from yesword.reporting import exclusions
from yesword.reporting.exclusions import Route, Stands, Wanted
from yesword.reporting.people import read_events
from yesword.sending import excluding
from yesword.sending.excluding import Door, NoWordsError, Outcome, Reason, Wish, WrongScopeError
from yesword.store import models, programs, suppressions

BEN = "+31687654321"
EVE = "+31611111111"


@pytest.fixture
def here(chosen_store):
    with world(chosen_store) as made:
        yield made


@pytest.fixture
def user(here):
    return models.User.objects.create(name="olga", role=models.User.Role.MANAGER)


@pytest.fixture
def exclude(here, user):
    def act(*numbers, brands=(), **more):
        said = {"reason": Reason.BY_PHONE, "user": user.pk, "door": Door.NUMBER, **more}
        wish = Wish(brands=brands or (programs.brand(here.club.brand),), **said)
        return excluding.exclude(
            here.store, [phone.parse(each, country=None) for each in numbers], wish, here.at
        )

    return act


def is_in(here, program, number=ANNA):
    return here.state(number).grant_for(program.id) is not None


def trace(here, number):
    with here.store.database.read() as session:
        return suppressions.find(here.store, session, here.club.brand, [number]).get(number)


# --- what ends -----------------------------------------------------------------------------------------------


@on_both
def test_one_press_ends_everything_of_the_brand_and_says_what(here, exclude, user):
    here.members(1, numbers=[ANNA])
    here.grant([here.contact().id], here.events)
    here.campaign("[Brand]: hello.")
    (line,) = exclude(ANNA)
    assert (line.outcome, set(line.ended)) == (Outcome.ENDED, {here.club.id, here.events.id})
    assert line.is_drained
    here.settle()
    assert here.shown() == [], (
        "neither the campaign nor a confirmation goes to somebody who rang to be left alone"
    )
    (event,) = [each for each in read_events(here.store, here.contact()) if each.event.id == line.event]
    assert (event.event.actor, event.event.route, event.event.reason) == (
        Actor.AGENT,
        EXCLUSION,
        "asked_by_phone",
    )
    assert (event.context["user"], event.context["door"]) == (user.pk, "number")


@on_both
def test_one_program_ends_and_the_others_go_on(here, exclude):
    here.members(1, numbers=[ANNA])
    here.grant([here.contact().id], here.events)
    (line,) = exclude(ANNA, program=here.club)
    assert line.ended == (here.club.id,)
    assert (is_in(here, here.club), is_in(here, here.events)) == (False, True)


def test_all_brands_means_one_stop_each(here, exclude):
    other = models.Brand.objects.create(key="other", name="Other", country="NL", origin="example.org/other")
    here.members(1, numbers=[ANNA])
    lines = exclude(ANNA, brands=(programs.brand(here.club.brand), programs.brand(other.pk)))
    assert [each.outcome for each in lines] == [Outcome.ENDED, Outcome.TRACE]


@on_both
def test_a_number_that_nobody_has_leaves_a_trace_that_no_list_gets_past(here, exclude):
    (line,) = exclude(BEN, reason=Reason.COMPLAINT)
    assert (line.outcome, line.contact) == (Outcome.TRACE, None)
    assert trace(here, BEN).cause == "complaint"
    here.grant(here.strangers([BEN]), here.club, Actor.IMPORT, Grade.D)
    assert not is_in(here, here.club, BEN)
    here.join(BEN)
    assert is_in(here, here.club, BEN), "the handset alone brings itself back"


@on_both
def test_an_unknown_number_can_be_kept_out_of_one_program(here, exclude):
    (line,) = exclude(BEN, program=here.club)
    assert line.outcome is Outcome.KEPT_OUT
    assert trace(here, BEN) is None
    here.grant([line.contact], here.club, Actor.IMPORT, Grade.D)
    here.grant([line.contact], here.events, Actor.IMPORT, Grade.D)
    assert (is_in(here, here.club, BEN), is_in(here, here.events, BEN)) == (False, True)


def test_a_wrong_number_ends_for_good_what_its_former_owner_had_allowed(here, exclude):
    here.members(1, numbers=[ANNA])
    exclude(ANNA, reason=Reason.WRONG_NUMBER)
    assert here.state().invalid_since is not None
    here.text(ANNA, "START")
    assert not is_in(here, here.club)


def test_an_open_question_ends_too(here, exclude):
    assert here.text(ANNA, "SAVEMORE") == "asked"
    (line,) = exclude(ANNA)
    assert line.outcome is Outcome.ENDED
    assert here.state().requests == ()


# --- twice, too little, and back -----------------------------------------------------------------------------


@on_both
def test_to_exclude_twice_ends_nothing_twice(here, exclude):
    here.members(1, numbers=[ANNA])
    first = exclude(ANNA, BEN)
    again = exclude(ANNA, BEN, ANNA)
    assert [each.outcome for each in again] == [Outcome.ALREADY, Outcome.ALREADY]
    assert again[0].event == first[0].event
    assert here.kinds(ANNA).count("withdrawn") == 1
    assert models.AuditEntry.objects.filter(action="number.excluded").count() == 2


def test_a_stop_that_was_read_from_words_is_no_reason_to_keep_an_exclusion_out_of_the_record(here, exclude):
    here.members(1, numbers=[ANNA])
    here.text(ANNA, "please leave me alone")
    (line,) = exclude(ANNA)
    assert line.outcome is Outcome.KEPT_OUT
    assert any(each.route == EXCLUSION for each in here.state().withdrawals)


def test_nobody_here_takes_an_exclusion_back_and_the_handset_does(here, exclude, user):
    here.members(1, numbers=[ANNA])
    (line,) = exclude(ANNA)
    brand, person = programs.brand(here.club.brand), here.contact()
    with here.store.database.write() as session, pytest.raises(NotAReadingError):
        correcting.correct(here.store, session, brand, person, line.event, user.pk, "a typo", here.at)
    here.text(ANNA, "START")
    assert is_in(here, here.club)


def test_other_needs_words_and_a_wrong_number_is_wrong_for_all(here, exclude):
    with pytest.raises(NoWordsError):
        exclude(ANNA, reason=Reason.OTHER, words="  ")
    with pytest.raises(WrongScopeError):
        exclude(ANNA, reason=Reason.WRONG_NUMBER, program=here.club)


def test_the_words_are_sealed_with_the_record(here, exclude):
    here.members(1, numbers=[ANNA])
    (line,) = exclude(ANNA, reason=Reason.OTHER, words="her sister rang, very cross")
    ((body, sealed),) = here.sql("SELECT body, sealed FROM consent_event WHERE id = %s", line.event)
    assert b"sister" not in bytes(body) + bytes(sealed)
    (event,) = [each for each in read_events(here.store, here.contact()) if each.event.id == line.event]
    assert event.context["words"] == "her sister rang, very cross"


def test_many_numbers_in_one_go_keep_their_order(here, exclude):
    members = [f"+3161234{each:04}" for each in range(60)]
    here.members(1, numbers=members[::2])
    lines = exclude(*members)
    assert [each.number.e164 for each in lines] == members
    assert {each.outcome for each in lines[::2]} == {Outcome.ENDED}
    assert {each.outcome for each in lines[1::2]} == {Outcome.TRACE}


# --- after a restore -----------------------------------------------------------------------------------------


@on_both
def test_the_journal_is_told_of_the_known_and_of_the_unknown(here, exclude):
    here.members(1, numbers=[ANNA])
    exclude(ANNA, BEN)
    stops = list(here.store.journal.stops())
    assert len(stops) == 2
    assert not restoring.forgotten(here.store)
    assert audit(here.store).misfits.told == []


# --- the list ------------------------------------------------------------------------------------------------


@on_both
def test_the_list_is_the_record_newest_first(here, exclude):
    here.members(1, numbers=[ANNA])
    here.members(1, numbers=[BEN])
    here.members(1, here.events, numbers=[EVE])
    here.text(ANNA, "STOP")
    here.wait(minutes=1)
    exclude(BEN, reason=Reason.COMPLAINT)
    here.wait(minutes=1)
    exclude(EVE, program=here.events)

    def listed(**wanted):
        found = exclusions.page(here.store, here.club.brand, Wanted(**wanted))
        return [each.person.number for each in found.lines]

    assert listed() == [EVE, BEN, ANNA]
    assert listed(program=here.club.id) == [BEN, ANNA]
    assert listed(reason="complaint") == [BEN]
    assert listed(route=Route.KEYWORD) == [ANNA]
    assert listed(route=Route.HAND) == [EVE, BEN]
    assert listed(since=here.at) == [EVE]
    assert listed(until=here.at) == [BEN, ANNA]


def test_the_list_says_what_became_of_each(here, exclude):
    here.members(1, numbers=[ANNA])
    here.grant([here.contact().id], here.events)
    exclude(ANNA)
    (line,) = exclusions.page(here.store, here.club.brand, Wanted()).lines
    assert line.stands is Stands.STANDS
    here.join()
    (line,) = exclusions.page(here.store, here.club.brand, Wanted()).lines
    assert line.stands is Stands.PARTLY


def test_pages_meet_without_a_gap(here, exclude):
    here.members(1, numbers=[f"+3161234{each:04}" for each in range(7)])
    exclude(*[f"+3161234{each:04}" for each in range(7)])
    brand, seen, after = here.club.brand, [], None
    while True:
        found = exclusions.page(here.store, brand, Wanted(), after=after, count=3)
        seen += [each.event for each in found.lines]
        after = found.after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 7
    assert len(list(exclusions.every(here.store, brand, Wanted()))) == 7


def test_one_number_is_looked_up_whoever_has_it(here, exclude):
    here.members(1, numbers=[ANNA])
    exclude(ANNA, BEN, reason=Reason.BY_MAIL)
    known = exclusions.look_up(here.store, here.club.brand, ANNA)
    assert (known.contact, len(known.stands)) == (here.contact().id, 1)
    unknown = exclusions.look_up(here.store, here.club.brand, BEN)
    assert (unknown.contact, unknown.trace.cause) == (None, "asked_by_mail")
    assert exclusions.look_up(here.store, here.club.brand, EVE).trace is None
    assert exclusions.traces(here.store, here.club.brand) == {"asked_by_mail": 1}


def test_what_is_still_with_the_carrier_is_told_apart_from_done(here, exclude, monkeypatch):
    here.members(1, numbers=[ANNA])
    monkeypatch.setattr(excluding, "drain_all", lambda *_args: False)
    known, unknown = exclude(ANNA, BEN)
    assert (known.is_drained, unknown.is_drained) == (False, True)
