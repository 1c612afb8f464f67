"""`check` and `why`: the gate's answer for a text that is not sent, and a past answer computed again."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from factories.worlds import ANNA, World, world
from yesword.domain.decisions import Verdict
from yesword.domain.explain import render
from yesword.domain.ids import ContactId, MessageId
from yesword.domain.messages import MessageState
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.sending import explaining
from yesword.sending.writing import personal_text
from yesword.store.opening import Store


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    with world(store) as made:
        yield made


def test_each_past_decision_comes_out_the_same_whatever_has_happened_since(on_both: World) -> None:
    here = on_both
    here.now[0] = datetime(2026, 3, 2, 19, 50, tzinfo=ZoneInfo("Europe/Amsterdam"))
    here.join()
    here.now[0] = datetime(2026, 3, 2, 20, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    message = here.plan(here.contact().id)
    here.settle()
    here.now[0] = datetime(2026, 3, 3, 8, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
    here.settle()
    here.text(ANNA, "STOP")
    waited, went = explaining.why(here.store, here.scales, message)
    assert (waited.stored.verdict, went.stored.verdict) == (Verdict.WAIT, Verdict.SEND)
    assert waited.stored.reasons[0].code == "quiet_hours"
    assert waited.is_same
    assert went.is_same
    assert waited.differing == went.differing == ()


def test_a_later_version_says_so(here: World) -> None:
    message = here.plan(*here.members(1))
    here.settle()
    ((body, facts, then),) = here.sql(
        "SELECT body, facts, versions FROM decision WHERE message_id = %s", message
    )
    older = json.dumps(json.loads(then) | {"gate": "0", "tz": "2001a"})
    assert explaining.recompute(here.scales, bytes(body), bytes(facts), older).differing == ("gate", "tz")


def test_a_decision_that_would_come_out_otherwise_is_not_called_the_same(here: World) -> None:
    here.join()
    here.text(ANNA, "HELP")
    rows = here.sql("SELECT body, facts, versions FROM decision ORDER BY at")
    (body, _, then), (_, facts, _) = rows[0], rows[-1]
    assert not explaining.recompute(here.scales, bytes(body), bytes(facts), then).is_same


def test_a_message_without_a_decision_is_told_apart(here: World) -> None:
    with pytest.raises(explaining.NoDecisionError, match="msg_"):
        explaining.why(here.store, here.scales, MessageId(12345))


@pytest.mark.parametrize("words", [pytest.param("HELP", id="a stranger"), "SAVEMORE", "yes", "STOP", "START"])
def test_check_says_what_the_dispatcher_then_does(here: World, words: str) -> None:
    for each in ("HELP", "SAVEMORE", "yes", "STOP", "START"):
        here.text(ANNA, each)
        if each == words:
            break
    campaign = here.campaign()
    person = here.contact()
    text = personal_text(campaign.template, here.club, person)
    checked = explaining.check(here.store, here.scales, person, here.club, here.at, text=text).decision
    assert here.sql("SELECT count(*) FROM message WHERE campaign_id IS NOT NULL") == [(0,)]
    here.settle()
    ((state, reason),) = here.sql("SELECT state, reason FROM message WHERE campaign_id = %s", campaign.pk)
    assert state == {Verdict.SEND: MessageState.SENT, Verdict.REFUSE: MessageState.REFUSED}[checked.verdict]
    assert reason == (checked.reasons[0].code if checked.reasons else "")


def test_check_of_somebody_who_was_erased_names_their_stop(on_both: World) -> None:
    here = on_both
    here.join()
    person = here.contact()
    erasing.erase(here.store, person.id, Wish(ground=REQUESTED), here.at)
    stranger = replace(person, id=ContactId(0))
    unknown = replace(stranger, number="+31612349999")
    reasons = {
        each.number: explaining.check(here.store, here.scales, each, here.club, here.at).decision.reasons[0]
        for each in (stranger, unknown)
    }
    assert reasons[ANNA].code == "withdrawn"
    assert render(reasons[ANNA].sentence) == "The person has stopped these texts."
    assert reasons["+31612349999"].code == "never_asked"
