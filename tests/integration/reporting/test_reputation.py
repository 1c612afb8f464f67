"""Stops and complaints beside what was sent: whose they are, and when a share may be told."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from factories.readings import Readings, leaving, read_as, reading
from factories.worlds import ANNA, CLUB, EVENTS, NOON, World, world
from yesword.domain.understanding import Kind
from yesword.reporting.reputation import MINIMUM, Reputation, by_campaign, by_program, by_sender
from yesword.sending import triage
from yesword.store import models
from yesword.store.opening import Store

UNSURE, CROSS = "please be so kind and leave it", "stop or I report you"
SINCE, UNTIL = NOON, NOON + timedelta(days=30)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    known = reading(monkeypatch)
    known[UNSURE] = leaving(0.7)
    known[CROSS] = leaving(also=(Kind.COMPLAINT,))
    return known


@pytest.fixture
def here(store: Store, readings: Readings) -> Iterator[World]:
    with world(store) as made:
        yield made


def sender(here: World, address: str) -> int:
    return models.Sender.objects.get(account=here.account, address=address).pk


def found(here: World, of, since=SINCE, until=UNTIL) -> dict:
    with here.store.database.read() as session:
        return of(session, here.club.brand, since, until)


def numbers(count: int) -> list[str]:
    return [f"+3161111{number:04d}" for number in range(count)]


def test_a_stop_counts_against_what_the_person_had_got_last(here: World) -> None:
    people = numbers(6)
    here.members(6, numbers=people)
    first, second = here.campaign("[Brand]: 10% off."), None
    here.wait(minutes=1)
    here.settle()
    here.text(people[0], "STOP")
    here.text(people[1], CROSS)
    here.wait(hours=1)
    second = here.campaign("[Brand]: 20% off.")
    here.wait(minutes=1)
    here.settle()
    here.text(people[2], "STOP")
    campaigns = found(here, by_campaign)
    assert campaigns[first.pk] == Reputation(texts=6, opt_outs=2, complaints=1)
    assert campaigns[second.pk] == Reputation(texts=4, opt_outs=1)
    club = Reputation(texts=13, opt_outs=3, complaints=1)  # the three confirmations are texts, too
    assert found(here, by_program) == {here.club.id: club}
    assert found(here, by_sender) == {sender(here, CLUB): club}


def test_a_stop_to_another_sender_counts_where_the_text_had_come_from(here: World) -> None:
    here.members(1, numbers=[ANNA])
    here.campaign()
    here.wait(minutes=1)
    here.settle()
    here.text(ANNA, "STOP", to=EVENTS)
    assert found(here, by_sender)[sender(here, CLUB)].opt_outs == 1


def test_who_had_got_nothing_counts_where_they_wrote(here: World) -> None:
    here.text(ANNA, "STOP", to=EVENTS)
    assert found(here, by_sender)[sender(here, EVENTS)].opt_outs == 1
    assert found(here, by_program)[here.events.id].opt_outs == 1
    assert found(here, by_campaign) == {}


def test_a_stop_that_had_been_misread_does_not_count(here: World) -> None:
    here.text(ANNA, UNSURE)
    assert found(here, by_sender)[sender(here, CLUB)].opt_outs == 1
    with here.store.database.write() as session:
        (item,) = triage.queue(here.store, session, here.club.brand)
        triage.undo(here.store, session, item.id, 1, "a slip", here.at)
    assert found(here, by_sender)[sender(here, CLUB)].opt_outs == 0


def test_who_stops_or_complains_again_counts_once(here: World) -> None:
    """Of each sender, program and campaign; so of a program less than its campaigns add up to."""
    people = numbers(2)
    here.members(2, numbers=people)
    for _ in range(2):
        here.campaign()
        here.wait(minutes=1)
        here.settle()
        here.text(people[0], CROSS)
        here.text(people[0], "STOP")
        here.text(people[0], "START")
        here.wait(hours=2)
    for of in (by_sender, by_program):
        (figures,) = found(here, of).values()
        assert (figures.opt_outs, figures.complaints) == (1, 1)


def test_one_who_stops_two_campaigns_counts_against_both(here: World) -> None:
    here.members(1, numbers=[ANNA])
    ids = []
    for _ in range(2):
        ids.append(here.campaign().pk)
        here.wait(minutes=1)
        here.settle()
        here.text(ANNA, CROSS)
        here.wait(minutes=1)
        here.text(ANNA, "START")
        here.wait(hours=2)
    assert [found(here, by_campaign)[each].opt_outs for each in ids] == [1, 1]
    assert found(here, by_program)[here.club.id].opt_outs == 1


def test_a_stop_that_a_colleague_saw_counts(here: World, readings: Readings) -> None:
    readings["nope"] = read_as(Kind.OTHER, rule="weak_word")
    here.members(1, numbers=[ANNA])
    campaign = here.campaign()
    here.wait(minutes=1)
    here.settle()
    here.text(ANNA, "nope")
    assert found(here, by_campaign)[campaign.pk].opt_outs == 0
    with here.store.database.write() as session:
        (item,) = triage.queue(here.store, session, here.club.brand)
        triage.stop(here.store, session, item.id, 1, here.at)
    assert found(here, by_campaign)[campaign.pk].opt_outs == 1


def test_what_happened_at_another_time_or_to_another_brand_does_not_count(here: World) -> None:
    here.join()
    here.text(ANNA, "STOP")
    assert found(here, by_sender, since=UNTIL, until=UNTIL + timedelta(days=1)) == {}
    assert found(here, by_sender, since=SINCE - timedelta(days=9), until=SINCE) == {}
    other = models.Brand.objects.create(key="other", name="Other", country="NL", origin="example.org/other")
    with here.store.database.read() as session:
        assert by_sender(session, other.pk, SINCE, UNTIL) == {}


def test_of_few_texts_no_share_is_told() -> None:
    few = Reputation(texts=MINIMUM - 1, opt_outs=3, complaints=1)
    assert (few.opt_out_rate, few.complaint_rate) == (None, None)
    enough = few + Reputation(texts=1)
    assert (enough.opt_out_rate, enough.complaint_rate) == (0.03, 0.01)
