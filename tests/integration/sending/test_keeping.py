"""A text that keeps one program and ends the rest: what ends, its one confirmation, and how it is undone."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from factories.readings import Readings, leaving, reading
from factories.worlds import ANNA, CLUB, EVENTS, TEXTS, World, publish, world
from yesword.consent.correcting import NoSuchStopError, StoppedAgainError, correct
from yesword.domain.events import EventKind
from yesword.domain.messages import MessageState
from yesword.domain.programs import OptIn, Program
from yesword.domain.triage import TriageKind, TriageState, Verb
from yesword.domain.understanding import Intent, Kind, Right, Scope
from yesword.sending import draining, inbound, privacy_requests, triage
from yesword.store import models, programs
from yesword.store.checking import check_store
from yesword.store.opening import Store

BRAND = "Linde & Loom"
NEW_YORKER, CANADIAN = "+12125550123", "+14165550123"
ONLY_CLUB = "only send me the club"
STAYS = f"From now on you only get Club texts from {BRAND}. Reply STOP to end those too."


def keeping(program: str | None, confidence: float = 0.95, **more: Any) -> Intent:
    return leaving(confidence, scope=Scope.OTHERS, program=program, **more)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    known = reading(monkeypatch)
    known[ONLY_CLUB] = keeping("club")
    return known


def one_more(here: World, key: str, **changes: Any) -> Program:
    brand = models.Brand.objects.get(key="demo")
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    usual = {"key": key, "name": key.title(), "keywords": (key.upper(),), "opt_in": OptIn.SINGLE}
    return publish(brand, sender, **(usual | changes))


def in_three(here: World, number: str = ANNA) -> Program:
    """Somebody in the club, the events and the news. The news."""
    news = one_more(here, "news")
    here.join(number)
    here.text(number, "EVENTS", to=EVENTS)
    here.text(number, "NEWS")
    return news


def is_in(here: World, program: Program, number: str = ANNA) -> bool:
    return here.state(number).grant_for(program.id) is not None


def waiting(here: World) -> list[triage.Item]:
    with here.store.database.read() as session:
        return triage.queue(here.store, session, here.club.brand)


def user() -> int:
    return models.User.objects.create_user("kim", "a long password", display_name="Kim").pk


def undo(here: World, item: triage.Item) -> triage.Settled:
    here.wait(seconds=20)
    with here.store.database.write() as session:
        return triage.undo(here.store, session, item.id, user(), "Only asked about the club.", here.at)


# --- what ends -----------------------------------------------------------------------------------------------


def test_all_but_the_named_program_ends_with_an_event_each_and_one_confirmation(on_both: World) -> None:
    here = on_both
    news = in_three(here)
    anna = here.contact().id
    later = here.at + timedelta(days=1)
    offer, concert, item = (
        here.plan(anna, program=each, due_at=later) for each in (here.club, here.events, news)
    )
    shown = len(here.shown())
    assert here.text(ANNA, ONLY_CLUB) == "withdrawn"
    assert is_in(here, here.club)
    assert not is_in(here, here.events)
    assert not is_in(here, news)
    assert {each.scope.program for each in here.state().withdrawals} == {here.events.id, news.id}
    assert here.kinds()[-2:] == ["withdrawn", "withdrawn"]
    assert here.message(offer)[0] is MessageState.QUEUED
    for ended in (concert, item):
        assert here.message(ended) == (MessageState.CANCELLED, "withdrawn")
    assert here.shown()[shown:] == [STAYS]
    assert waiting(here) == []
    assert check_store(here.store).findings == []


def test_a_question_that_is_open_ends_as_well(here: World) -> None:
    news = one_more(here, "news", opt_in=OptIn.DOUBLE)
    here.join()
    here.text(ANNA, "NEWS")
    here.text(ANNA, ONLY_CLUB)
    (withdrawal,) = here.state().withdrawals
    assert withdrawal.scope.program == news.id
    assert here.state().request_for(news.id) is None


def test_a_program_that_the_person_never_joined_has_no_stop(here: World) -> None:
    one_more(here, "news")
    here.join()
    here.text(ANNA, "EVENTS", to=EVENTS)
    here.text(ANNA, ONLY_CLUB)
    (withdrawal,) = here.state().withdrawals
    assert withdrawal.scope.program == here.events.id


def test_who_never_joined_what_they_keep_is_told_that_nothing_comes(here: World) -> None:
    here.text(ANNA, "EVENTS", to=EVENTS)
    here.text(ANNA, ONLY_CLUB)
    assert not is_in(here, here.events)
    assert here.shown()[-1] == f"{BRAND}: no more messages."


def test_a_start_brings_back_all_that_it_had_ended(here: World) -> None:
    news = in_three(here)
    here.text(ANNA, ONLY_CLUB)
    assert here.text(ANNA, "START") == "restarted"
    assert all(is_in(here, each) for each in (here.club, here.events, news))


def test_where_a_rule_makes_a_stop_reach_everything_it_does(here: World) -> None:
    here.text(NEW_YORKER, "EVENTS", to=EVENTS)
    here.grant([here.contact(NEW_YORKER).id], here.club)
    here.now[0] = datetime(2027, 3, 2, 17, tzinfo=here.at.tzinfo)
    here.text(NEW_YORKER, ONLY_CLUB)
    assert here.state(NEW_YORKER).grants == ()
    (withdrawal,) = here.state(NEW_YORKER).withdrawals
    assert withdrawal.scope.program is None
    assert here.shown(NEW_YORKER)[-1] == f"{BRAND}: no more messages."
    assert waiting(here) == []


def test_where_nothing_says_what_stays_all_ends_and_somebody_looks(here: World, readings: Readings) -> None:
    in_three(here)
    readings["only the good ones"] = keeping(None)
    here.text(ANNA, "only the good ones")
    assert here.state().grants == ()
    assert [item.kind for item in waiting(here)] == [TriageKind.PROBABLE_STOP]


def test_a_number_of_somebody_else_keeps_nothing(here: World, readings: Readings) -> None:
    in_three(here)
    readings["wrong number, but the club is fine"] = keeping("club", 0.8, also=(Kind.WRONG_NUMBER,))
    here.text(ANNA, "wrong number, but the club is fine")
    assert here.state().grants == ()


def test_on_a_shared_sender_the_other_brand_ends(here: World) -> None:
    other = models.Brand.objects.create(
        key="other", name="Birch", country="NL", origin="example.org/ledger/other"
    )
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    publish(other, sender, key="birch", name="Birch", keywords=("BIRCH",), opt_in=OptIn.SINGLE)
    here.join()
    here.text(ANNA, "BIRCH")
    handled = here.receive(ANNA, ONLY_CLUB)
    assert is_in(here, here.club)
    ((contact, withdrawn),) = handled.withdrawn
    assert contact != here.contact().id
    assert withdrawn.program is None


def test_where_the_carrier_answers_a_stop_we_do_not(sqlite_store: Store, readings: Readings) -> None:
    with world(sqlite_store) as here:
        models.Account.objects.filter(pk=here.account.pk).update(answers_stop=True)
        here.join()
        here.text(ANNA, "EVENTS", to=EVENTS)
        shown = len(here.shown())
        here.text(ANNA, ONLY_CLUB)
        assert not is_in(here, here.events)
        assert len(here.shown()) == shown


def test_in_canada_both_languages_say_what_stays(sqlite_store: Store, readings: Readings) -> None:
    with world(sqlite_store) as here:
        brand = models.Brand.objects.get(key="demo")
        sender = models.Sender.objects.get(account=here.account, address=CLUB)
        here.club = publish(
            brand, sender, texts=(("en", TEXTS), ("fr", replace(TEXTS, stop="[Brand]: fini.")))
        )
        here.strangers([CANADIAN], language="")
        anna = here.contact(CANADIAN).id
        for program in (here.club, here.events):
            here.grant([anna], program)
        here.text(CANADIAN, ONLY_CLUB)
        said = here.shown(CANADIAN)[-1].split("\n")
        assert said[0] == STAYS
        assert said[1].startswith(f"{BRAND} : désormais, vous ne recevrez plus que nos SMS Club.")


# --- nothing else to end -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("confidence", "kind"),
    [
        pytest.param(0.95, TriageKind.QUESTION, id="for a colleague to answer"),
        pytest.param(0.8, TriageKind.PERHAPS_STOP, id="perhaps a stop, where the reading is not sure"),
    ],
)
def test_where_only_that_program_is_there_nothing_ends(
    on_both: World, readings: Readings, confidence: float, kind: TriageKind
) -> None:
    here = on_both
    readings["just the club please"] = keeping("club", confidence)
    here.join()
    shown = len(here.shown())
    handled = here.receive(ANNA, "just the club please")
    assert handled.withdrawn == ()
    assert is_in(here, here.club)
    assert len(here.shown()) == shown
    (item,) = waiting(here)
    assert (item.kind, item.event) == (kind, None)
    assert Verb.ANSWER in item.verbs


def test_a_request_that_it_makes_counts_though_nothing_ends(here: World, readings: Readings) -> None:
    readings["keep the club, but what do you know of me"] = keeping("club", right=Right.ACCESS)
    here.join()
    assert here.text(ANNA, "keep the club, but what do you know of me") == "privacy_request"
    with here.store.database.read() as session:
        assert len(privacy_requests.of_contact(here.store, session, here.contact().id)) == 1
    assert [item.kind for item in waiting(here)] == [TriageKind.PRIVACY_REQUEST]


# --- on its way ----------------------------------------------------------------------------------------------


def _drains(here: World, handled: inbound.Handled) -> bool:
    return draining.drain_all(here.store, handled.withdrawn, 0.02)


def test_delivered_again_it_is_the_same_events_and_drains_all_of_them_again(on_both: World) -> None:
    here = on_both
    news = in_three(here)
    messages = [here.plan(here.contact().id, program=each) for each in (here.events, news)]
    taken = here.claim_all()
    assert {here.message(each)[0] for each in messages} == {MessageState.SENDING}
    handled = here.receive(ANNA, ONLY_CLUB, ref="keep-1")
    events = here.kinds()
    assert len(handled.withdrawn) == 2
    assert not _drains(here, handled)
    again = here.receive(ANNA, ONLY_CLUB, ref="keep-1")
    assert again == handled
    assert not _drains(here, again)
    for claim in taken:
        here.hand_over(claim)
    assert _drains(here, here.receive(ANNA, ONLY_CLUB, ref="keep-1"))
    assert here.kinds() == events
    here.settle()
    assert here.shown().count(STAYS) == 1


@pytest.mark.parametrize("first", [0, 1], ids=["the first is on its way", "the last is on its way"])
def test_nothing_is_confirmed_before_all_are_drained(here: World, first: int) -> None:
    news = in_three(here)
    here.plan(here.contact().id, program=(here.events, news)[first])
    taken = here.claim_all()
    handled = here.receive(ANNA, ONLY_CLUB)
    assert not _drains(here, handled)
    here.settle()
    assert STAYS not in here.shown()
    for claim in taken:
        here.hand_over(claim)
    assert _drains(here, handled)
    here.settle()
    assert here.shown()[-1] == STAYS


def test_what_stays_may_be_on_its_way(here: World) -> None:
    in_three(here)
    here.plan(here.contact().id)
    taken = here.claim_all()
    assert _drains(here, here.receive(ANNA, ONLY_CLUB))
    for claim in taken:
        here.hand_over(claim)
    assert here.sql("SELECT count(*) FROM message WHERE kind = 'campaign' AND state = 3") == [(1,)]


def test_a_confirmation_that_nobody_let_go_is_let_go_later(on_both: World) -> None:
    here = on_both
    in_three(here)
    here.receive(ANNA, ONLY_CLUB)
    here.wait(seconds=10)
    here.settle()
    assert here.shown()[-1] == STAYS


# --- undone --------------------------------------------------------------------------------------------------


def unsure(here: World, readings: Readings) -> tuple[triage.Item, Program]:
    readings[ONLY_CLUB] = keeping("club", 0.8)
    news = in_three(here)
    here.text(ANNA, ONLY_CLUB)
    (item,) = waiting(here)
    return item, news


def test_an_unsure_one_ends_at_once_and_is_undone_as_a_whole(on_both: World, readings: Readings) -> None:
    here = on_both
    item, news = unsure(here, readings)
    assert item.kind is TriageKind.PROBABLE_STOP
    assert set(item.events) == {each.event for each in here.state().withdrawals}
    assert not is_in(here, news)
    settled = undo(here, item)
    assert settled.item.state is TriageState.UNDONE
    assert here.state().withdrawals == ()
    assert all(is_in(here, each) for each in (here.club, here.events, news))
    assert here.kinds()[-2:] == [EventKind.CORRECTED, EventKind.CORRECTED]
    assert here.sql("SELECT is_undone FROM inbound_text WHERE also_ended <> ''") == [(1,)]
    assert check_store(here.store).findings == []


@pytest.mark.parametrize("which", [0, 1])
def test_undone_on_the_persons_page_it_is_undone_as_a_whole(
    here: World, readings: Readings, which: int
) -> None:
    item, _ = unsure(here, readings)
    with here.store.database.write() as session:
        brand = programs.brand(here.club.brand)
        correct(here.store, session, brand, here.contact(), item.events[which], user(), "Misread.", here.at)
    assert here.state().withdrawals == ()
    assert waiting(here) == []


def test_what_the_person_has_said_exactly_since_stands(here: World, readings: Readings) -> None:
    item, news = unsure(here, readings)
    here.text(ANNA, "STOP EVENTS", to=EVENTS)
    undo(here, item)
    assert is_in(here, news)
    assert not is_in(here, here.events)


def test_after_a_stop_of_everything_none_of_it_is_undone(here: World, readings: Readings) -> None:
    item, _ = unsure(here, readings)
    here.text(ANNA, "STOP")
    with pytest.raises(StoppedAgainError):
        undo(here, item)
    assert here.state().grants == ()


def test_it_is_not_undone_twice(here: World, readings: Readings) -> None:
    item, _ = unsure(here, readings)
    undo(here, item)
    brand = programs.brand(here.club.brand)
    with here.store.database.write() as session, pytest.raises(NoSuchStopError):
        correct(here.store, session, brand, here.contact(), item.events[1], 1, "Misread.", here.at)


def test_each_of_the_stops_may_be_a_misreading(here: World) -> None:
    in_three(here)
    here.text(ANNA, ONLY_CLUB)
    assert {each.route for each in here.state().withdrawals} == {"free_text"}
    assert all(each.may_be_misread for each in here.state().withdrawals)
