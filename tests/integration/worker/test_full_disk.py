"""A full disk: nothing is sent that could not be written down, nothing is lost, and it goes on once there is room."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from factories.full_disk import full_disk
from factories.worlds import ANNA, CLUB, RULES, world
from yesword.channels.ports import DeliveryReport, InboundText, ReportState
from yesword.domain.messages import MessageState
from yesword.sending import taking
from yesword.worker.dispatcher import keep_dispatching

MANY = 300
LATER = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


@pytest.fixture
def here(sqlite_store):
    """A campaign for many people, all of it queued, and its dispatcher gone."""
    with world(sqlite_store) as made:
        made.members(MANY)
        made.row = made.campaign()
        made.dispatcher.chores()
    return made


@pytest.fixture
def disk():
    with full_disk() as made:
        yield made


def dispatch(here, when_it_rests, channel=None):
    """Until nothing is queued. What is done when it rests for long is done once."""
    acts = [when_it_rests]
    looks = []

    def rest(seconds):
        looks.append(seconds)
        if seconds and acts:
            acts.pop()()
        return not states(here)[MessageState.QUEUED] or len(looks) > 500

    through = channel or here.carrier.channel(account="simulator")
    keep_dispatching(here.store, lambda _: {here.account.pk: through}, RULES, rest, lambda: LATER)
    return looks


def states(here):
    return Counter(here.states(here.row))


def phones(here):
    return [each.texts for each in here.carrier.handsets(5 * MANY)]


def test_nothing_goes_while_the_disk_is_full_and_all_of_it_once_there_is_room(here, disk):
    disk.fill()
    gone = []

    def make_room():
        gone.append(len(phones(here)))
        disk.make_room()

    looks = dispatch(here, make_room)
    assert gone == [0]
    assert states(here) == {MessageState.SENT: MANY}
    assert phones(here) == [1] * MANY
    assert any(looks)


def test_what_went_and_could_not_be_written_down_is_uncertain_and_goes_to_nobody_again(here, disk):
    own = here.carrier.channel(account="simulator")

    class Filling:
        """The disk fills up while the carrier takes the first of them."""

        takes_per_second, answers_in_s, rests_s = own.takes_per_second, 0.0, 0.0

        def submit(self, handovers, *, recall=None):
            if not phones(here):
                disk.fill()
            yield from own.submit(handovers, recall=recall)

    gone = []

    def make_room():
        gone.append(len(phones(here)))
        disk.make_room()

    dispatch(here, make_room, Filling())
    (first,) = gone
    assert 0 < first < MANY
    assert states(here) == {MessageState.UNCERTAIN: first, MessageState.SENT: MANY - first}
    assert phones(here) == [1] * MANY


def test_a_receiver_acknowledges_nothing_that_it_could_not_keep_and_takes_it_later(here, disk):
    text = InboundText(
        account="simulator",
        provider_id="in-1",
        sender_number=ANNA,
        to_address=CLUB,
        text="STOP " + "x" * 20_000,
        received_at=LATER,
    )
    reports = [
        DeliveryReport(
            account="simulator",
            provider_id=f"{number}-" + "x" * 2_000,
            state=ReportState.DELIVERED,
            at=LATER,
        )
        for number in range(300)
    ]
    disk.fill()
    taken = taking.take(here.store, here.account.pk, [text, *reports], lambda: LATER)
    assert taken == [False] * 301
    disk.make_room()
    assert all(taking.take(here.store, here.account.pk, [text, *reports], lambda: LATER))
