"""A campaign from its verdict to its end, at a clock that only moves when told."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from factories.worlds import ANNA, NOON, World, publish, world
from yesword.domain.events import Actor, Grade
from yesword.domain.messages import MessageState
from yesword.domain.programs import Frequency
from yesword.domain.segments import Comparison, Condition
from yesword.domain.templates import TemplateError
from yesword.domain.times import to_micros
from yesword.sending import campaigns, verdicts
from yesword.store import models
from yesword.store.opening import Store

MIAMI = "+13052345678"


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    """For what rests on statements that differ between the databases."""
    with world(store) as made:
        yield made


def mixed(here: World) -> int:
    """People of every sort. How many there are."""
    here.members(12)
    here.members(3, here.events)
    here.strangers(["+31687654321", "+31201234567"])
    here.members(2, numbers=[MIAMI, "+18502345678"])
    here.grant(here.strangers(["+31687654322"]), here.club, Actor.IMPORT, Grade.D)
    here.join(ANNA)
    here.text(ANNA, "STOP")
    busy = here.members(2)
    for each in busy:
        for _ in range(here.club.frequency.count):
            here.plan(each)
    here.settle()
    return 12 + 3 + 2 + 2 + 1 + 1 + 2


def test_the_verdict_is_what_the_campaign_then_does(on_both: World) -> None:
    here = on_both
    here.now[0] = datetime(2026, 3, 2, 19, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    people = mixed(here)
    here.now[0] = datetime(2026, 3, 3, 6, 30, tzinfo=ZoneInfo("America/New_York")).astimezone(ZoneInfo("UTC"))
    campaign = here.campaign(is_started=False)
    verdict = verdicts.complete(here.store, here.scales, campaign, here.at)
    assert (verdict.total, verdict.looked_at) == (people, people)
    assert verdict.now + verdict.waiting + verdict.refused == people
    campaigns.start(campaign.pk, here.at)
    here.settle()
    states = here.states(campaign)
    assert states == {
        MessageState.SENT: verdict.now,
        MessageState.QUEUED: verdict.waiting,
        MessageState.REFUSED: verdict.refused,
    }
    assert (verdict.now, verdict.waiting) == (13, 2)
    stored = Counter(
        here.sql(
            "SELECT m.reason, CASE WHEN m.state = 0 THEN m.due_at END FROM message m WHERE campaign_id = %s",
            campaign.pk,
        )
    )
    told: Counter = Counter()
    for _, code, _, until, count in verdict.reasons:
        told[code, until] += count
    assert stored == told
    campaign.refresh_from_db()
    assert (campaign.state, campaign.audience, sum(states.values())) == ("running", people, people)


def test_the_people_behind_each_number_of_a_verdict_are_shown(here: World) -> None:
    here.members(3)
    here.members(2, here.events)
    verdict = verdicts.complete(here.store, here.scales, here.campaign(is_started=False), here.at)
    shown = Counter(models.VerdictPerson.objects.filter(verdict=verdict).values_list("outcome", "code"))
    assert shown == {("send", ""): 3, ("refuse", "other_program"): 2}


def test_two_who_look_at_once_count_each_person_once(on_both: World) -> None:
    """As a dispatcher and a command line do, or two dispatchers."""
    here = on_both
    here.members(5)
    verdict = verdicts.begin(here.store, here.campaign(is_started=False), here.at)
    both = [models.CampaignVerdict.objects.get(pk=verdict.pk) for _ in range(2)]
    for _ in range(6):
        both = [verdicts.advance(here.store, here.scales, each, 2) for each in reversed(both)]
    verdict.refresh_from_db()
    assert (verdict.is_done, verdict.looked_at, verdict.now) == (True, 5, 5)
    assert models.VerdictPerson.objects.filter(verdict=verdict).count() == 5


def test_a_campaign_ends_when_everybody_had_their_answer(on_both: World) -> None:
    here = on_both
    here.members(5)
    campaign = here.campaign()
    here.settle()
    campaign.refresh_from_db()
    assert (campaign.state, campaign.audience, campaign.ended_at) == ("done", 5, here.at)
    assert here.states(campaign) == {MessageState.SENT: 5}


def test_a_campaign_to_nobody_ends(here: World) -> None:
    campaign = here.campaign()
    here.settle()
    campaign.refresh_from_db()
    assert campaign.state == "done"


def test_the_feeder_stays_ahead_and_no_further(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaigns, "PAGE", 4)
    monkeypatch.setattr(campaigns, "AHEAD", 6)
    here.members(16)
    campaign = here.campaign()
    for _ in range(9):
        campaigns.feed(here.store, here.at)
    assert here.states(campaign) == {MessageState.QUEUED: 8}
    here.settle()
    campaign.refresh_from_db()
    assert (campaign.state, here.states(campaign)) == ("done", {MessageState.SENT: 16})


def test_a_campaign_that_starts_later_feeds_nobody_before(here: World) -> None:
    here.members(1)
    campaign = here.campaign(starts_at=NOON + timedelta(hours=1))
    here.settle()
    assert here.states(campaign) == {}
    here.wait(hours=1)
    here.settle()
    assert here.states(campaign) == {MessageState.SENT: 1}


def test_a_pause_bites_for_texts_that_are_queued_and_a_resume_brings_them_back(on_both: World) -> None:
    here = on_both
    here.members(6)
    campaign = here.campaign()
    here.dispatcher.chores()
    campaigns.pause(campaign.pk)
    here.settle()
    assert here.states(campaign) == {MessageState.QUEUED: 6}
    assert here.carrier.counts().get("accepted", 0) == 0
    assert here.sql("SELECT DISTINCT reason FROM message") == [("paused",)]
    here.wait(hours=1)
    here.settle()
    assert here.states(campaign) == {MessageState.QUEUED: 6}
    campaigns.resume(campaign.pk)
    here.settle()
    assert here.states(campaign) == {MessageState.SENT: 6}


def test_what_a_paused_campaign_may_not_send_is_refused_all_the_same(here: World) -> None:
    here.join()
    campaign = here.campaign()
    here.dispatcher.chores()
    campaigns.pause(campaign.pk)
    here.settle()
    here.text(ANNA, "STOP")
    assert here.states(campaign) == {MessageState.CANCELLED: 1}
    campaigns.resume(campaign.pk)
    here.settle()
    campaign.refresh_from_db()
    assert campaign.state == "done"


def test_a_cancelled_campaign_sends_no_more(on_both: World) -> None:
    here = on_both
    here.members(6)
    campaign = here.campaign()
    here.dispatcher.chores()
    campaigns.cancel(campaign.pk, here.at)
    here.settle()
    assert here.states(campaign) == {MessageState.CANCELLED: 6}
    with pytest.raises(campaigns.CampaignStateError, match="Spring is cancelled; it cannot resume"):
        campaigns.resume(campaign.pk)


def test_a_text_of_a_cancelled_campaign_is_refused_should_it_be_claimed_first(here: World) -> None:
    here.members(1)
    campaign = here.campaign()
    here.dispatcher.chores()
    campaigns.cancel(campaign.pk, here.at)
    assert here.claim_all() == []
    assert here.states(campaign) == {MessageState.CANCELLED: 1}


def test_cancelling_takes_along_those_who_wait_for_their_hour(here: World) -> None:
    miami = ZoneInfo("America/New_York")
    here.now[0] = datetime(2026, 3, 3, 15, tzinfo=miami)
    here.members(1, numbers=[MIAMI])
    here.now[0] = datetime(2026, 3, 3, 20, 30, tzinfo=miami)
    campaign = here.campaign()
    here.settle()
    assert here.states(campaign) == {MessageState.QUEUED: 1}
    campaigns.cancel(campaign.pk, here.at)
    here.dispatcher.chores()
    assert here.states(campaign) == {MessageState.CANCELLED: 1}


def test_somebody_in_florida_at_half_past_eight_in_the_evening_waits_until_eight(here: World) -> None:
    miami = ZoneInfo("America/New_York")
    here.now[0] = datetime(2026, 3, 3, 15, tzinfo=miami)
    here.members(1, numbers=[MIAMI])
    here.now[0] = datetime(2026, 3, 3, 20, 30, tzinfo=miami)
    campaign = here.campaign()
    here.settle()
    ((state, reason, due_at),) = here.sql("SELECT state, reason, due_at FROM message")
    assert (state, reason) == (MessageState.QUEUED, "quiet_hours")
    # A Florida number may be in Pensacola, where it is an hour earlier: eight there is nine in Miami.
    assert due_at in {to_micros(datetime(2026, 3, 4, hour, tzinfo=miami)) for hour in (8, 9)}
    here.now[0] = datetime(2026, 3, 4, 7, 59, tzinfo=miami)
    here.settle()
    assert here.states(campaign) == {MessageState.QUEUED: 1}
    here.now[0] = datetime(2026, 3, 4, 9, 0, tzinfo=miami)
    here.settle()
    assert here.states(campaign) == {MessageState.SENT: 1}


def test_somebody_who_had_what_was_promised_gets_no_more_and_the_rule_is_named(here: World) -> None:
    (anna,) = here.members(1)
    for _ in range(here.club.frequency.count):
        here.plan(anna)
    here.settle()
    here.wait(days=1)
    campaign = here.campaign()
    here.settle()
    assert here.states(campaign) == {MessageState.REFUSED: 1}
    assert here.sql("SELECT reason FROM message WHERE campaign_id = %s", campaign.pk) == [("promise",)]


def test_a_promise_of_one_a_day_makes_the_second_text_wait_for_tomorrow(here: World) -> None:
    sender = models.Sender.objects.get(address=here.club.sender)
    daily = publish(models.Brand.objects.get(), sender, frequency=Frequency(count=1, days=1))
    here.members(1)
    first, second = here.campaign(program=daily), here.campaign(program=daily)
    here.settle()
    assert here.states(first) == {MessageState.SENT: 1}
    assert here.states(second) == {MessageState.QUEUED: 1}
    here.wait(days=1)
    here.settle()
    assert here.states(second) == {MessageState.SENT: 1}


def test_somebody_whose_consent_is_for_events_gets_no_offers(here: World) -> None:
    here.members(1, here.events)
    campaign = here.campaign()
    here.settle()
    assert here.states(campaign) == {MessageState.REFUSED: 1}
    assert here.sql("SELECT reason FROM message") == [("other_program",)]


def test_a_text_that_could_not_go_before_its_end_expires(here: World) -> None:
    here.members(1)
    campaign = here.campaign(send_by=NOON + timedelta(hours=2))
    here.dispatcher.chores()
    here.wait(hours=3)
    here.settle()
    assert here.states(campaign) == {MessageState.EXPIRED: 1}
    campaign.refresh_from_db()
    assert campaign.state == "done"


def test_a_text_that_would_have_to_wait_beyond_its_end_expires_at_once(here: World) -> None:
    here.members(1)
    here.now[0] = datetime(2026, 3, 2, 21, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    campaign = here.campaign(send_by=here.at + timedelta(hours=2))
    here.settle()
    assert here.states(campaign) == {MessageState.EXPIRED: 1}


def test_each_person_reads_their_own_text_with_the_way_out(here: World) -> None:
    here.members(1, numbers=[ANNA], name="Anna Vos", attributes=(("city", "Delft"),))
    here.members(1, numbers=["+31612345679"])
    here.campaign("[Brand]: hi [First name|there], 20% off in [attribute:city|your town].")
    here.settle()
    assert here.shown() == ["Linde & Loom: hi Anna, 20% off in Delft. Reply STOP to stop."]
    assert here.shown("+31612345679") == ["Linde & Loom: hi there, 20% off in your town. Reply STOP to stop."]


def test_a_segment_chooses_and_leaves_no_trace_of_the_others(here: World) -> None:
    here.members(2, attributes=(("city", "Delft"),))
    here.members(3, attributes=(("city", "Gouda"),))
    campaign = here.campaign(segment=(Condition(field="city", comparison=Comparison.IS, value="delft"),))
    here.settle()
    campaign.refresh_from_db()
    assert (campaign.audience, here.states(campaign)) == (2, {MessageState.SENT: 2})


def test_a_template_that_could_fail_halfway_is_refused_beforehand(here: World) -> None:
    with pytest.raises(TemplateError):
        here.campaign("[Brand]: hi [attribute:city]")
    with pytest.raises(campaigns.EmptyTemplateError):
        here.campaign("  ")
