"""Nobody listened for a while: sending over that account is held until what came in meanwhile is known, and no text is lost."""

import threading
import time
from datetime import timedelta
from itertools import pairwise

import pytest

from factories.worlds import ANNA, CLUB, World, with_own_connections, world
from yesword.channels.http.missed import ListRefusedError
from yesword.channels.ports import InboundText, MissedItems
from yesword.domain.messages import MessageState
from yesword.sending import gaps, halting, taking
from yesword.sending.gaps import BadGapSettingError
from yesword.store import holds
from yesword.store.models import AuditEntry, SendingHold
from yesword.store.opening import Store
from yesword.worker import listening, receiver
from yesword.worker.listening import Ear

OUTAGE = timedelta(hours=2)


def ear_of(here: World, listens: object, clock=None) -> Ear:
    return Ear(
        account=here.account.pk,
        listens=listens,
        take=lambda items: taking.take(here.store, here.account.pk, items, lambda: here.at),
    )


def planned(here: World, number: str = ANNA):
    return here.plan(here.contact(number).id)


class Keeps:
    """A carrier that keeps a list of what came in and of whom it blocked."""

    is_listening = True

    def __init__(self, items=(), blocked=()):
        self.found, self.asked = MissedItems(items=tuple(items), opted_out=tuple(blocked)), []

    def missed_since(self, since):
        self.asked.append(since)
        return self.found


class Redelivers:
    """A carrier that brings again what nobody took."""

    is_listening = True


def stop_from(here: World, number: str = ANNA) -> InboundText:
    return InboundText(
        account=here.account.key,
        provider_id="missed-1",
        sender_number=number,
        to_address=CLUB,
        text="STOP",
        received_at=here.at - timedelta(hours=1),
    )


def test_a_stop_that_nobody_heard_is_fetched_before_another_text_goes(store: Store) -> None:
    with world(store) as here:
        here.join()
        ear = ear_of(here, Keeps())
        listening.round_of(store, [ear], here.at)
        heard_at = here.at
        here.wait(hours=2)
        message = planned(here)
        gaps.look(store, here.at)  # as whoever sends does, before the first claim
        here.settle()
        assert here.message(message) == (MessageState.QUEUED, "held"), "it waits, and is not lost"
        ear.listens = Keeps(items=[stop_from(here)])
        listening.round_of(store, [ear], here.at)
        assert ear.listens.asked[0] < heard_at, "with a margin for the carrier's clock"
        here.settle()
        assert here.message(message) == (MessageState.CANCELLED, "withdrawn")
        hold = SendingHold.objects.get()
        assert (hold.why, hold.caught_up, hold.since) == ("gap", "pulled", heard_at)
        assert holds.is_quiet(store, 0)


def test_a_number_that_the_carrier_blocked_meanwhile_is_withdrawn_and_the_others_get_their_texts(
    store: Store,
) -> None:
    with world(store) as here:
        here.join()
        other = here.members(1)[0]
        listening.round_of(store, [ear_of(here, Keeps())], here.at)
        here.wait(hours=2)
        blocked, free = planned(here), here.plan(other)
        gaps.look(store, here.at)
        keeps = Keeps(blocked=[ANNA, "+31699999999"])
        listening.round_of(store, [ear_of(here, keeps)], here.at)
        here.settle()
        assert here.message(blocked)[0] is MessageState.CANCELLED
        assert here.message(free)[0] is MessageState.SENT
        events = here.kinds()
        assert events[-1] == "withdrawn"
        assert gaps.withdraw_blocked(store, here.account.pk, [ANNA], here.at) == 0, "once is enough"


def test_where_the_carrier_brings_it_again_sending_waits_until_it_is_quiet(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(store) as here:
        here.join()
        ear = ear_of(here, Redelivers())
        listening.round_of(store, [ear], here.at)
        here.wait(hours=2)
        message = planned(here)
        listening.round_of(store, [ear], here.at)  # whoever listens finds the gap, too
        here.settle()
        assert here.message(message)[1] == "held"
        assert gaps.open_gap(here.account.pk) is not None
        ear.handle([stop_from(here)])
        ear.up_since = ear.busy_at = time.monotonic() - 60
        listening.round_of(store, [ear], here.at)
        here.settle()
        assert here.message(message) == (MessageState.CANCELLED, "withdrawn")
        assert SendingHold.objects.get().caught_up == "settled"


@pytest.mark.parametrize(
    ("minutes_away", "quiet_s", "is_open"),
    [
        pytest.param(4, 230, True, id="not yet for as long as it was away"),
        pytest.param(4, 250, False, id="for as long"),
        pytest.param(600, 890, True, id="not yet for the longest pause of any provider"),
        pytest.param(600, 910, False, id="no provider waits longer"),
    ],
)
def test_a_provider_that_calls_waits_longer_the_longer_nobody_answered(
    store: Store, minutes_away: int, quiet_s: int, *, is_open: bool
) -> None:
    with world(store) as here:
        here.join()
        ear = ear_of(here, None)
        ear.longest_pause_s = listening._LONGEST_PAUSE_S
        listening.round_of(store, [ear], here.at)
        here.wait(minutes=minutes_away)
        ear.up_since = None
        listening.round_of(store, [ear], here.at)
        here.wait(seconds=quiet_s)
        assert ear.up_since is not None
        ear.up_since -= quiet_s
        listening.round_of(store, [ear], here.at)
        assert (gaps.open_gap(here.account.pk) is not None) == is_open


def test_a_short_gap_is_none_and_the_threshold_is_a_setting(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(store) as here:
        here.join()
        gaps.beat(store, here.account.pk, here.at)
        here.wait(seconds=50)
        assert gaps.look(store, here.at) == 0
        monkeypatch.setenv("YESWORD_GAP_AFTER", "30")
        assert gaps.look(store, here.at) == 1
        assert gaps.look(store, here.at) == 0, "held once"
        monkeypatch.setenv("YESWORD_GAP_AFTER", "soon")
        with pytest.raises(BadGapSettingError):
            gaps.look(store, here.at)


def test_an_account_that_was_never_listened_to_is_not_held(store: Store) -> None:
    with world(store) as here:
        listening.round_of(store, [ear_of(here, type("Down", (), {"is_listening": False})())], here.at)
        here.wait(hours=2)
        assert gaps.look(store, here.at) == 0


def test_somebody_may_say_go_on_and_the_same_gap_holds_nothing_again(store: Store) -> None:
    with world(store) as here:
        here.join()
        gaps.beat(store, here.account.pk, here.at)
        here.wait(hours=2)
        message = planned(here)
        gaps.look(store, here.at)
        scope = holds.Scope(account=here.account.pk)
        halting.resume(store, here.at, scope=scope, reason="The carrier's list was read by hand.")
        here.settle()
        assert here.message(message)[0] is MessageState.SENT
        here.wait(hours=1)
        assert gaps.look(store, here.at) == 0
        gaps.beat(store, here.account.pk, here.at)
        here.wait(minutes=5)
        assert gaps.look(store, here.at) == 1, "another gap is another matter"
        assert AuditEntry.objects.filter(action="sending.let_go").count() == 1


class Refuses:
    """A carrier whose list cannot be had for a while."""

    is_listening = True

    def __init__(self, times):
        self.times, self.asked = times, 0

    def missed_since(self, since):
        self.asked += 1
        if self.asked <= self.times:
            raise ListRefusedError(account="main", status=401)
        return MissedItems(items=())


def test_a_carrier_that_does_not_tell_what_came_in_is_asked_less_and_less_often(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(listening.time, "monotonic", lambda: clock[0])
    with world(store) as here:
        here.join()
        ear = ear_of(here, Refuses(times=9))
        listening.round_of(store, [ear], here.at)
        here.wait(hours=2)
        asked_at = []
        while not asked_at or gaps.open_gap(here.account.pk) is not None:
            before = ear.listens.asked
            listening._noted(store, ear, here.at)
            if ear.listens.asked > before:
                asked_at.append(clock[0])
            clock[0] += listening.EVERY_S
            here.wait(seconds=listening.EVERY_S)
        assert [late - early for early, late in pairwise(asked_at)] == [3, 6, 12, 24, 48, 96, 192, 300, 300]


def test_what_could_not_be_stored_keeps_it_held(store: Store) -> None:
    with world(store) as here:
        here.join()
        ear = ear_of(here, Keeps())
        listening.round_of(store, [ear], here.at)
        here.wait(hours=2)
        ear.listens, ear.take = Keeps(items=[stop_from(here)]), lambda items: [False] * len(items)
        listening.round_of(store, [ear], here.at)
        assert gaps.open_gap(here.account.pk) is not None


def test_a_real_receiver_notes_that_it_listens_and_stops_noting_when_it_ends(store: Store) -> None:
    with world(store) as here:
        stop = threading.Event()
        own = {here.account.pk: here.carrier.receiver(account=here.account.key)}
        thread = threading.Thread(
            target=with_own_connections, args=(store, lambda: receiver.run(store, lambda _: own, stop))
        )
        thread.start()
        for _ in range(500):
            with store.database.read() as session:
                known = gaps.listening(session)
            if known:
                break
            time.sleep(0.02)
        stop.set()
        thread.join()
        assert known[here.account.pk].is_up
