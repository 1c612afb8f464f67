"""How much a text ends: a program, all of the brand, or what the former owner of a number had allowed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from factories.leavings import BRAND, NEW_YORKER, STOPPED, STOPPED_ONE, brand_row, is_in, waiting
from factories.readings import Readings, from_one_program, leaving
from factories.worlds import ANNA, CLUB, EVENTS, TEXTS, World, publish
from yesword.domain.messages import MessageState
from yesword.domain.programs import OptIn
from yesword.domain.triage import TriageKind
from yesword.domain.understanding import Kind, Scope
from yesword.sending import triage
from yesword.store import models
from yesword.store.checking import check_store

# --- which program ---------------------------------------------------------------------------------------------


@pytest.fixture
def in_both(here: World) -> World:
    here.join()
    here.text(ANNA, "EVENTS", to=EVENTS)
    return here


def test_a_stop_that_names_a_program_ends_that_one_only(in_both: World, readings: Readings) -> None:
    here = in_both
    readings["no more concerts"] = from_one_program("events")
    assert here.text(ANNA, "no more concerts") == "withdrawn"
    assert is_in(here, here.club)
    assert not is_in(here, here.events)
    assert here.shown()[-1] == STOPPED_ONE
    assert waiting(here) == []


def test_a_keyword_that_names_a_program_ends_that_one_only(in_both: World) -> None:
    here = in_both
    here.text(ANNA, "STOP EVENTS", to=EVENTS)
    assert is_in(here, here.club)
    assert not is_in(here, here.events)


def test_of_one_program_only_that_is_meant(here: World, readings: Readings) -> None:
    here.join()
    readings["not these any more"] = from_one_program(None)
    here.text(ANNA, "not these any more")
    (withdrawal,) = here.state().withdrawals
    assert withdrawal.scope.program == here.club.id
    assert waiting(here) == []


def test_where_nothing_says_which_all_end_and_somebody_looks(in_both: World, readings: Readings) -> None:
    here = in_both
    readings["not these any more"] = from_one_program(None)
    here.text(ANNA, "not these any more")
    assert here.state().grants == ()
    assert [item.kind for item in waiting(here)] == [TriageKind.PROBABLE_STOP]


def test_where_a_rule_makes_it_reach_everything_it_does(
    in_both: World, readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From February 2027 the FCC's rule holds, unless it is stayed again: a stop reaches the whole caller."""
    here = in_both
    readings["no more concerts"] = from_one_program("events")
    here.text(NEW_YORKER, "EVENTS", to=EVENTS)
    here.grant([here.contact(NEW_YORKER).id], here.club)
    here.now[0] = datetime(2027, 3, 2, 17, tzinfo=here.at.tzinfo)
    here.text(NEW_YORKER, "no more concerts")
    assert here.state(NEW_YORKER).grants == ()
    here.text(ANNA, "no more concerts")
    assert is_in(here, here.club)


def test_words_for_everything_end_everything(in_both: World, readings: Readings) -> None:
    here = in_both
    readings["all of it"] = leaving(scope=Scope.EVERYTHING)
    here.text(ANNA, "all of it")
    assert here.state().grants == ()
    assert here.shown()[-1] == STOPPED


def test_on_a_shared_sender_a_named_program_is_of_its_own_brand(here: World, readings: Readings) -> None:
    other = models.Brand.objects.create(
        key="other", name="Birch", country="NL", origin="example.org/ledger/other"
    )
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    birch = publish(other, sender, key="birch", name="Birch", keywords=("BIRCH",), opt_in=OptIn.SINGLE)
    here.join()
    here.text(ANNA, "BIRCH")
    readings["no more birch"] = from_one_program("birch")
    here.text(ANNA, "no more birch")
    assert is_in(here, here.club)
    assert birch.brand != here.club.brand
    ((kinds,),) = here.sql("SELECT count(*) FROM consent_event WHERE kind = 'withdrawn'")
    assert kinds == 1


def test_a_program_that_the_person_is_not_in_is_as_good_as_none(here: World, readings: Readings) -> None:
    """Which one was meant may be a slip of the reading. That never lets texts go on."""
    here.join()
    readings["not these"] = from_one_program("events")
    here.text(ANNA, "not these")
    assert not is_in(here, here.club)
    assert waiting(here) == []


def test_to_say_exactly_what_has_ended_already_ends_no_more(here: World) -> None:
    here.join()
    here.text(ANNA, "EVENTS", to=EVENTS)
    here.text(ANNA, "STOP EVENTS")
    here.text(ANNA, "STOP EVENTS")
    assert is_in(here, here.club)
    assert not is_in(here, here.events)


def test_where_it_is_none_of_several_all_end_and_somebody_looks(here: World, readings: Readings) -> None:
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    brand = models.Brand.objects.get(key="demo")
    shoes = publish(brand, sender, key="shoes", name="Shoes", keywords=("SHOES",), opt_in=OptIn.SINGLE)
    here.join()
    here.text(ANNA, "SHOES")
    readings["not these"] = from_one_program("events")
    here.text(ANNA, "not these")
    assert not is_in(here, here.club)
    assert not is_in(here, shoes)
    assert [item.kind for item in waiting(here)] == [TriageKind.PROBABLE_STOP]


def test_a_program_that_the_person_was_only_asked_about_ends_alone(here: World, readings: Readings) -> None:
    here.text(ANNA, "EVENTS", to=EVENTS)
    assert here.text(ANNA, "SAVEMORE") == "asked"
    readings["not the club"] = from_one_program("club")
    here.text(ANNA, "not the club")
    assert is_in(here, here.events)
    assert here.state().request_for(here.club.id) is None


@pytest.mark.parametrize("words", ["STOP BIRCH", "no more birch"])
def test_a_brand_that_does_not_know_the_person_takes_no_stop_from_those_that_do(
    here: World, readings: Readings, words: str
) -> None:
    other = models.Brand.objects.create(
        key="other", name="Birch", country="NL", origin="example.org/ledger/other"
    )
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    publish(other, sender, key="birch", name="Birch", keywords=("BIRCH",), opt_in=OptIn.SINGLE)
    here.join()
    readings["no more birch"] = from_one_program("birch")
    before = len(here.shown())
    here.text(ANNA, words)
    assert not is_in(here, here.club)
    assert [text.partition(":")[0] for text in here.shown()[before:]] == ["Linde & Loom"]
    assert here.sql("SELECT count(*) FROM contact WHERE brand_id = %s", other.pk) == [(0,)]


# --- a number of somebody else ---------------------------------------------------------------------------------


NOT_HER = "this is not Anna, you have the wrong number"


def test_a_number_of_somebody_else_loses_what_its_owner_allowed(on_both: World, readings: Readings) -> None:
    here = on_both
    readings[NOT_HER] = leaving(kind=Kind.WRONG_NUMBER)
    here.join()
    assert here.text(ANNA, NOT_HER) == "withdrawn"
    assert here.kinds()[-1] == "invalidated"
    assert here.shown()[-1] == STOPPED
    assert here.text(ANNA, "START") == "nothing_to_start"
    assert here.state().grants == ()
    assert waiting(here) == []
    assert check_store(here.store).findings == []


def test_the_answer_to_a_new_owner_does_not_name_the_old_one(here: World, readings: Readings) -> None:
    readings[NOT_HER] = leaving(kind=Kind.WRONG_NUMBER)
    texts = replace(TEXTS, stop="[Brand]: no more messages, [First name|friend].")
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    here.club = publish(brand_row(), sender, texts=(("en", texts),))
    here.members(1, numbers=[ANNA], name="Anna Berg")
    here.text(ANNA, NOT_HER)
    assert here.shown() == [f"{BRAND}: no more messages, friend."]


def test_a_sure_stop_that_says_so_besides_is_one_of_somebody_else(here: World, readings: Readings) -> None:
    readings["stop, wrong number"] = leaving(also=(Kind.WRONG_NUMBER,))
    here.join()
    here.text(ANNA, "stop, wrong number")
    assert here.kinds()[-1] == "invalidated"


def test_a_new_owner_may_join_and_gets_nothing_of_the_old_one(here: World, readings: Readings) -> None:
    readings[NOT_HER] = leaving(kind=Kind.WRONG_NUMBER)
    here.text(ANNA, "EVENTS", to=EVENTS)
    here.join()
    here.text(ANNA, NOT_HER)
    here.join()
    assert is_in(here, here.club)
    assert not is_in(here, here.events)


def test_where_it_is_not_sure_somebody_says_whose_it_is(on_both: World, readings: Readings) -> None:
    here = on_both
    readings[NOT_HER] = leaving(0.8, kind=Kind.WRONG_NUMBER)
    here.join()
    here.text(ANNA, NOT_HER)
    assert here.kinds()[-1] == "withdrawn"
    (item,) = waiting(here)
    with here.store.database.write() as session:
        settled = triage.confirm(here.store, session, item.id, 1, here.at)
    assert triage.finish(here.store, settled)
    assert here.kinds()[-1] == "invalidated"
    assert here.text(ANNA, "START") == "nothing_to_start"


def test_a_start_after_an_unsure_one_brings_nothing_of_the_former_owner_back(
    here: World, readings: Readings
) -> None:
    readings[NOT_HER] = leaving(0.8, kind=Kind.WRONG_NUMBER)
    here.join()
    here.text(ANNA, NOT_HER)
    assert here.text(ANNA, "START") == "nothing_to_start"
    assert here.state().grants == ()


def test_who_came_back_meanwhile_from_that_handset_keeps_what_they_joined(
    here: World, readings: Readings
) -> None:
    readings[NOT_HER] = leaving(0.8, kind=Kind.WRONG_NUMBER)
    here.join()
    here.text(ANNA, NOT_HER)
    here.join()
    (item,) = waiting(here)
    with here.store.database.write() as session:
        triage.confirm(here.store, session, item.id, 1, here.at)
    assert is_in(here, here.club)


def test_a_text_that_is_on_its_way_to_the_old_owner_is_waited_for(here: World, readings: Readings) -> None:
    readings[NOT_HER] = leaving(kind=Kind.WRONG_NUMBER)
    here.join()
    queued = here.plan(here.contact().id, due_at=here.at + timedelta(days=1))
    handled = here.receive(ANNA, NOT_HER)
    assert len(handled.withdrawn) == 1
    assert here.message(queued) == (MessageState.CANCELLED, "withdrawn")
