"""What a change of law would mean for messages and grants on record: only the law differs, and every cause is named."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from factories.books import law, rule
from factories.worlds import RULES, World, world
from yesword.domain.decisions import Verdict
from yesword.domain.rules import RuleBook
from yesword.domain.rules.differing import LawOf
from yesword.domain.rules.loader import read_pack
from yesword.sending import repercussions
from yesword.sending.campaigns import PARKED
from yesword.sending.repercussions import Comparison, Turn, on_grants, on_queue
from yesword.store.opening import Store

CHANGE = date(2027, 1, 1)
BEFORE, AFTER = date(2026, 12, 31), date(2027, 1, 2)
CLOSED_AFTER_NOON = rule(
    hours={"classes": ["promotional"], "every_day": ["09:00-11:00"]}, severity="hold", effective_from=CHANGE
)
CLOSED_AT_NIGHTFALL = rule(
    hours={"classes": ["promotional"], "every_day": ["09:00-17:30"]}, severity="hold", effective_from=CHANGE
)
BANNED = rule(age={"categories": ["shoes"], "is_banned": True}, severity="block", effective_from=CHANGE)


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    with world(store) as made:
        yield made


def comparison(*rules: dict, packs: tuple[str, ...] = ()) -> Comparison:
    """The shipped packs beside a law of the Netherlands that changes on 1 January 2027."""
    book = RuleBook(
        (*RULES.packs, read_pack(law(*rules, pack="xx", name="Change", countries=["NL"]), "xx.toml"))
    )
    return Comparison(LawOf(book, BEFORE), LawOf(book, AFTER), packs)


def turn(code: str, was: Verdict, becomes: Verdict, rule_id: str) -> Turn:
    return Turn(was=was, becomes=becomes, rule=rule_id, code=code, citation="Act 1")


def test_a_ban_turns_every_grant_and_every_queued_message_about_it(on_both: World) -> None:
    here = on_both
    people = here.members(3)
    here.members(2, here.events)  # about concerts
    here.strangers(["+31612349999"])
    for each in people[:2]:
        here.plan(each, due_at=here.at + timedelta(days=1))
    banned = turn("category_banned", Verdict.SEND, Verdict.REFUSE, "xx.age")
    grants = on_grants(here.store, comparison(BANNED), here.at)
    assert (grants.asked, grants.is_all, grants.turns) == (5, True, {banned: 3})
    messages = on_queue(here.store, comparison(BANNED), here.at)
    assert (messages.asked, messages.turns) == (2, {banned: 2})


def test_where_the_law_stays_no_answer_changes(here: World) -> None:
    (person,) = here.members(1)
    here.plan(person)
    same = Comparison(LawOf(RULES, BEFORE), LawOf(RULES, BEFORE))
    assert on_grants(here.store, same, here.at).changed == 0
    assert on_queue(here.store, same, here.at).changed == 0


def test_a_message_is_asked_about_at_the_moment_when_it_is_due(here: World) -> None:
    early, late = here.members(2)
    here.plan(early, due_at=here.at.replace(hour=9) + timedelta(days=1))  # 10:00 in Amsterdam
    here.plan(late, due_at=here.at.replace(hour=13) + timedelta(days=1))  # 14:00
    waits = turn("quiet_hours", Verdict.SEND, Verdict.WAIT, "xx.hours")
    found = on_queue(here.store, comparison(CLOSED_AFTER_NOON), here.at)
    assert (found.asked, found.turns) == (2, {waits: 1})


def test_a_text_of_a_paused_campaign_is_asked_about_as_if_it_went_now(here: World) -> None:
    (person,) = here.members(1)
    here.plan(person, due_at=PARKED)
    found = on_queue(here.store, comparison(CLOSED_AFTER_NOON), here.at)
    assert found.turns == {turn("quiet_hours", Verdict.SEND, Verdict.WAIT, "xx.hours"): 1}


def test_hours_that_do_not_touch_noon_turn_a_grant_all_the_same(here: World) -> None:
    here.members(1)
    found = on_grants(here.store, comparison(CLOSED_AT_NIGHTFALL), here.at)
    assert found.turns == {turn("quiet_hours", Verdict.SEND, Verdict.WAIT, "xx.hours"): 1}


def test_who_has_stopped_has_no_grant_to_turn(here: World) -> None:
    here.join()
    assert on_grants(here.store, comparison(BANNED), here.at).asked == 1
    here.text("+31612345678", "STOP")
    assert on_grants(here.store, comparison(BANNED), here.at).asked == 0


def test_of_a_named_pack_only_its_own_changes_count(here: World) -> None:
    here.members(2)
    assert on_grants(here.store, comparison(BANNED, packs=("nl",)), here.at).changed == 0
    assert on_grants(here.store, comparison(BANNED, packs=("xx",)), here.at).changed == 2


def test_pages_are_read_to_the_end_and_a_sample_is_no_more_than_it_says(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repercussions, "_PAGE", 2)
    for each in here.members(5):
        here.plan(each)
    seen: list[tuple[int, int]] = []
    found = on_grants(here.store, comparison(BANNED), here.at, watch=lambda *done: seen.append(done))
    assert (found.asked, found.changed, seen[-1]) == (5, 5, (5, 5))
    assert on_queue(here.store, comparison(BANNED), here.at).asked == 5
    for ask in (on_grants, on_queue):
        some = ask(here.store, comparison(BANNED), here.at, sample=3)
        assert (some.asked, some.changed, some.is_all) == (3, 3, False)
        all_of_them = ask(here.store, comparison(BANNED), here.at, sample=5)
        assert (all_of_them.asked, all_of_them.is_all) == (5, True)


def test_asking_writes_nothing(here: World) -> None:
    for each in here.members(2):
        here.plan(each)
    count = "SELECT (SELECT count(*) FROM decision), (SELECT count(*) FROM message WHERE state = 0)"
    before = here.sql(count)
    on_queue(here.store, comparison(BANNED), here.at)
    on_grants(here.store, comparison(BANNED), here.at)
    assert here.sql(count) == before == [(0, 2)]
