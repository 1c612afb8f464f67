"""The automatic pause: a campaign, a program or a number that too many leave is paused within a minute, loses nothing, and
goes on only with a reason.
"""

import json
from dataclasses import replace

import pytest

from factories.worlds import CLUB, World, publish, world
from yesword.domain.ids import ContactId
from yesword.domain.messages import MessageKind, MessageState
from yesword.domain.thresholds import USUAL, Level, Watched
from yesword.reporting import thresholds, watching
from yesword.reporting.watching import NoSuchPauseError, ReasonNeededError
from yesword.sending import campaigns, inbound
from yesword.sending.campaigns import CampaignHeldError
from yesword.store import contacts, models, sent_tallies, webhooks
from yesword.store.models import AuditEntry, Campaign, SendingAlarm
from yesword.store.opening import Store

PEOPLE, SOON = 300, 220


def numbers(count: int, prefix: str = "+3161") -> list[str]:
    return [f"{prefix}{each:07d}" for each in range(count)]


def begun(here: World, people: list[str], sent: int, **more: object) -> Campaign:
    """A campaign that has reached so many, with the rest in the queue."""
    here.members(0, more.get("program"), numbers=people)
    campaign = here.campaign(**more)
    here.dispatcher.chores()
    while here.states(campaign).get(MessageState.SENT, 0) < sent:
        here.hand_over(here.claim(limit=20))
    return campaign


def stops(here: World, count: int, campaign: Campaign, **more: str) -> None:
    """So many of those who got it answer STOP."""
    rows = here.sql(
        "SELECT contact_id FROM message WHERE campaign_id = %s AND state IN (3, 9) ORDER BY contact_id LIMIT %s",
        campaign.pk,
        count,
    )
    for (contact,) in rows:
        handled = here.receive(number_of(here, contact), "STOP", **more)
        assert inbound.may_acknowledge(here.store, handled)


def number_of(here: World, contact: int) -> str:
    with here.store.database.read() as session:
        person = contacts.read(here.store, session, ContactId(contact))
    assert person is not None
    assert person.number is not None
    return person.number


def a_minute_later(here: World) -> None:
    here.wait(minutes=1)
    here.dispatcher.chores()


def open_pauses() -> set[tuple[str, int]]:
    return {(each.watched, each.key) for each in watching.standing()}


def test_a_campaign_that_four_in_a_hundred_stop_is_paused_and_keeps_its_queue(store: Store) -> None:
    with world(store) as here:
        campaign = begun(here, numbers(PEOPLE), SOON)
        stops(here, 9, campaign)
        a_minute_later(here)
        assert (Watched.CAMPAIGN.value, campaign.pk) in open_pauses()
        campaign.refresh_from_db()
        assert campaign.state == Campaign.State.PAUSED

        sent = here.states(campaign)[MessageState.SENT]
        for watched in (Watched.PROGRAM, Watched.SENDER):  # so that only the campaign is held
            for row in watching.standing():
                if row.watched == watched.value:
                    watching.resume(store, row.pk, "Only the campaign is looked at here.", None, here.at)
        here.settle()
        found = here.states(campaign)
        assert found[MessageState.SENT] == sent, "not one more goes"
        assert found[MessageState.QUEUED] + found.get(MessageState.CANCELLED, 0) == PEOPLE - sent, (
            "nothing is lost"
        )
        reasons = {
            row[0]
            for row in here.sql(
                "SELECT reason FROM message WHERE campaign_id = %s AND state = 0", campaign.pk
            )
        }
        assert reasons == {"reputation"}

        other = here.campaign(program=here.events)
        here.members(3, here.events, numbers=numbers(3, "+3162"))
        here.settle()
        assert here.states(other)[MessageState.SENT] == 3, "others go on"


def test_it_goes_on_only_with_a_reason_and_is_not_paused_again_by_the_same_figures(store: Store) -> None:
    with world(store) as here:
        campaign = begun(here, numbers(PEOPLE), SOON)
        stops(here, 9, campaign)
        a_minute_later(here)
        here.settle()
        with pytest.raises(CampaignHeldError):
            campaigns.resume(campaign.pk)
        for pause in watching.standing():
            with pytest.raises(ReasonNeededError):
                watching.resume(store, pause.pk, "  ", None, here.at)
            watching.resume(store, pause.pk, "The discount was wrong; it is right now.", None, here.at)
            with pytest.raises(NoSuchPauseError):
                watching.resume(store, pause.pk, "Twice.", None, here.at)
        here.settle()
        for _ in range(3):
            a_minute_later(here)
            here.settle()
        assert open_pauses() == set()
        found = here.states(campaign)
        assert found.get(MessageState.QUEUED, 0) == 0
        assert found[MessageState.SENT] + found.get(MessageState.CANCELLED, 0) == PEOPLE, (
            "all that waited goes"
        )
        campaign.refresh_from_db()
        assert campaign.state == Campaign.State.DONE

        paused, resumed = (
            AuditEntry.objects.filter(action=action, subject=f"campaign {campaign.pk}").get()
            for action in ("sending.paused", "sending.resumed")
        )
        assert paused.detail["opt_outs"] == 9
        assert paused.detail["threshold"] == 300
        assert resumed.detail == {"reason": "The discount was wrong; it is right now."}


def test_a_number_is_paused_with_every_program_on_it_and_no_other_number(store: Store) -> None:
    with world(store) as here:
        sender = models.Sender.objects.get(address=CLUB)
        brand = models.Brand.objects.get()
        news = publish(brand, sender, key="news", name="News", keywords=("NEWS",))
        campaign = begun(here, numbers(PEOPLE), SOON)
        stops(here, 9, campaign)
        a_minute_later(here)
        assert (Watched.SENDER.value, sender.pk) in open_pauses()

        on_it = here.campaign("[Brand]: news.", program=news)
        elsewhere = here.campaign("[Brand]: a concert.", program=here.events)
        fans = numbers(5, "+3163")
        here.members(0, news, numbers=fans)
        people = [here.contact(each).id for each in fans]
        here.grant(people, here.events)
        reminder = here.plan(people[0], program=news, kind=MessageKind.REMINDER)
        here.settle()
        assert here.states(on_it) == {}, "nothing is even planned while it cannot go"
        assert here.message(reminder) == (MessageState.QUEUED, "reputation")
        assert here.states(elsewhere)[MessageState.SENT] == 5

        # Who writes to the number is answered all the same.
        here.text(fans[1], "HELP")
        assert "help" in here.shown(fans[1])[-1]
        here.text(fans[2], "STOP")
        assert "no more" in here.shown(fans[2])[-1]

        # And the way the pause ends is the way it began: for all of them.
        for pause in watching.standing():
            watching.resume(store, pause.pk, "Looked at.", None, here.at)
        here.settle()
        assert here.message(reminder)[0] is MessageState.SENT
        assert here.states(on_it)[MessageState.SENT] == 4


def test_it_warns_before_it_pauses_and_the_warning_passes(store: Store) -> None:
    with world(store) as here:
        campaign = begun(here, numbers(PEOPLE), SOON)
        stops(here, 5, campaign)
        a_minute_later(here)
        assert open_pauses() == set()
        warned = {(each.watched, each.opt_outs) for each in watching.standing(Level.WARN)}
        assert warned == {("campaign", 5), ("program", 5), ("sender", 5)}
        here.wait(days=8)
        here.dispatcher.chores()
        assert watching.standing(Level.WARN) == []
        assert SendingAlarm.objects.filter(level="warn", ended_at=None).count() == 0


def test_the_brands_own_thresholds_hold(store: Store) -> None:
    with world(store) as here:
        thresholds.keep(here.club.brand, replace(USUAL, minimum=5_000), None)
        campaign = begun(here, numbers(PEOPLE), SOON)
        stops(here, 100, campaign)
        a_minute_later(here)
        assert open_pauses() == set()
        assert watching.standing(Level.WARN) == []


def test_texts_that_go_astray_pause_as_well(store: Store) -> None:
    with world(store) as here:
        campaign = begun(here, numbers(PEOPLE), SOON)
        here.sql(
            "UPDATE message SET state = 10 WHERE id IN (SELECT id FROM message WHERE campaign_id = %s AND state = 3 "
            "ORDER BY id LIMIT 30)",
            campaign.pk,
        )
        a_minute_later(here)
        assert {each.measure for each in watching.standing()} == {"errors"}
        assert (Watched.CAMPAIGN.value, campaign.pk) in open_pauses()


def test_a_cancelled_campaign_leaves_no_pause_behind(store: Store) -> None:
    with world(store) as here:
        campaign = begun(here, numbers(PEOPLE), SOON)
        stops(here, 9, campaign)
        a_minute_later(here)
        campaigns.cancel(campaign.pk, here.at)
        a_minute_later(here)
        assert (Watched.CAMPAIGN.value, campaign.pk) not in open_pauses()


def test_those_who_listen_are_told_of_the_programs_that_do_not_send(store: Store) -> None:
    with world(store) as here:
        models.WebhookEndpoint.objects.create(
            brand_id=here.club.brand,
            url="https://shop.example/hooks",
            kinds=webhooks.WebhookKind.PROGRAM_PAUSED.value,
            sealed=b"",
        )
        campaign = begun(here, numbers(PEOPLE), SOON)
        stops(here, 9, campaign)
        a_minute_later(here)
        bodies = [json.loads(row[0]) for row in here.sql("SELECT body FROM webhook_delivery")]
        told = {
            (each["type"], *(each["data"][name] for name in ("program", "campaign", "reason")))
            for each in bodies
        }
        # A campaign that is paused by itself is told too, and by its number: the rest of its program goes on.
        assert told == {
            ("program.paused", "club", None, "reputation"),
            ("program.paused", "club", str(campaign.pk), "reputation"),
        }


def test_minutes_become_days_and_count_as_much(store: Store) -> None:
    with world(store) as here:
        begun(here, numbers(40), 40)
        here.wait(days=10)
        for _ in range(2):
            with store.database.write() as session:
                sent_tallies.roll_up(session, here.at)
        assert here.sql("SELECT sum(texts), count(*) FROM sent_tally")[0] == (40, 1)
