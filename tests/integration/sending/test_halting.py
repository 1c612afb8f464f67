"""A halt: nothing more goes, not even of a batch that is half written; everything is taken in; and it goes on with a reason."""

import time

import pytest

from factories.worlds import ANNA, EVENTS, World, world
from yesword.channels.memory import MemoryCarrier
from yesword.domain.messages import MessageState
from yesword.sending import halting
from yesword.sending.halting import HaltReasonNeededError, NotHeldError
from yesword.store import holds, models
from yesword.store.holds import Scope
from yesword.store.models import AuditEntry, Campaign, SendingHold
from yesword.store.opening import Store

REASON = "The template was wrong; it is right now."
PATIENCE_S = 20


def counts(here: World, campaign: Campaign) -> dict[MessageState, int]:
    return {state: count for state, count in here.states(campaign).items() if count}


def test_nothing_goes_while_halted_and_everything_is_taken_in(store: Store) -> None:
    with world(store) as here:
        here.members(5)
        here.join()
        shown = len(here.shown())
        campaign = here.campaign()
        assert halting.halt(store, here.at)
        assert not halting.halt(store, here.at), "a second press changes nothing"
        here.settle()
        assert counts(here, campaign) == {}, "no audience is fed"
        here.wait(hours=1)
        handled = here.receive(ANNA, "STOP")
        assert here.state(ANNA).grant_for(here.club.id) is None, "a stop ends it at once"
        assert handled.withdrawn
        here.settle()
        assert len(here.shown()) == shown, "not even its confirmation goes"
        assert holds.is_quiet(store, 0.1)


def test_it_goes_on_only_with_a_reason_and_leaves_a_trace(store: Store) -> None:
    with world(store) as here:
        here.members(5)
        campaign = here.campaign()
        user = models.User.objects.create_user("anna", role="owner")
        halting.halt(store, here.at, user=user.pk, note="Looks wrong")
        with pytest.raises(HaltReasonNeededError):
            halting.resume(store, here.at, reason="  ")
        halting.resume(store, here.at, reason=REASON, user=user.pk)
        with pytest.raises(NotHeldError):
            halting.resume(store, here.at, reason=REASON)
        here.settle()
        assert counts(here, campaign) == {MessageState.SENT: 5}
        (row,) = SendingHold.objects.all()
        assert (row.why, row.began_by, row.note, row.reason) == ("halted", user, "Looks wrong", REASON)
        trail = AuditEntry.objects.filter(action__startswith="sending.").order_by("pk")
        assert [(each.action, each.user) for each in trail] == [
            ("sending.halted", user),
            ("sending.let_go", user),
        ]


class HaltsAfter:
    """A carrier's channel during whose hand-over somebody presses the button."""

    def __init__(self, carrier, store, after):
        self._own = carrier.channel(account="simulator", window=1, chunk=1)
        self._store, self._left = store, after

    takes_per_second = 10_000.0
    answers_in_s = 0.0
    rests_s = 0.0

    def submit(self, handovers, *, recall=None):
        for outcome in self._own.submit(handovers, recall=recall):
            yield outcome
            self._left -= 1  # of all batches: on PostgreSQL there is one for each group, and some are small
            if self._left == 0:
                halting.halt(self._store, handovers[0].decision.at)
                deadline = time.monotonic() + PATIENCE_S
                # A carrier is slower than this one: before it answers again, somebody has looked.
                while recall is not None and handovers[-1].message_id not in recall():
                    assert time.monotonic() < deadline, "nobody looks"
                    time.sleep(0.005)

    def close(self):
        self._own.close()


def test_it_takes_effect_between_two_texts_of_a_batch_and_nothing_is_lost_or_sent_twice(store: Store) -> None:
    carrier = MemoryCarrier()
    with world(store, channel=HaltsAfter(carrier, store, 3)) as here:
        here.members(40)
        campaign = here.campaign()
        here.dispatcher.chores()
        for _ in range(60):
            here.dispatcher.send_due()
        sent = counts(here, campaign)[MessageState.SENT]
        assert 3 <= sent < 10, "those that were on the wire, and not the batch"
        assert counts(here, campaign) == {MessageState.SENT: sent, MessageState.QUEUED: 40 - sent}
        assert holds.is_quiet(store, 0)
        halting.resume(store, here.at, reason=REASON)
        here.dispatcher.channels = {here.account.pk: carrier.channel(account="simulator")}
        here.wait(minutes=1)
        here.settle()
        assert counts(here, campaign) == {MessageState.SENT: 40}
        assert [each.texts for each in carrier.handsets()] == [1] * 40, "nobody got it twice"


def test_a_stop_that_comes_while_halted_ends_what_was_called_back(store: Store) -> None:
    with world(store) as here:
        here.join()
        here.plan(here.contact().id)
        (taken,) = here.claim_all()
        halting.halt(store, here.at)
        handled = here.receive(ANNA, "STOP")
        told = here.hand_over(taken)
        assert told.sent == 0
        message = taken.claimed[0].judged.queued.id
        assert here.message(message) == (MessageState.CANCELLED, "withdrawn")
        assert handled.withdrawn


def others(here: World) -> tuple[Scope, Scope]:
    """A second account, with the sender of the events on it; the scopes of both."""
    account = models.Account.objects.create(key="second", channel="simulator")
    models.Sender.objects.filter(address=EVENTS).update(account=account)
    here.dispatcher.channels[account.pk] = here.carrier.channel(account="second")
    here.scales.refresh()
    return Scope(account=here.account.pk), Scope(account=account.pk)


def test_a_halt_of_one_account_leaves_the_other_alone_and_loses_nothing(store: Store) -> None:
    with world(store) as here:
        first, _ = others(here)
        people = here.members(6)
        here.grant(people, here.events)
        planned = [here.plan(each) for each in people[:3]]
        halting.halt(store, here.at, scope=first)
        held = here.campaign()
        free = here.campaign(program=here.events)
        here.settle()
        assert counts(here, free) == {MessageState.SENT: 6}
        assert counts(here, held) == {}, "no audience is fed to an account that is held"
        assert {here.message(each) for each in planned} == {(MessageState.QUEUED, "held")}
        stands = halting.standing(store, here.at)
        assert (stands.is_all_halted, stands.queued, stands.under_way) == (False, 3, 0)
        halting.resume(store, here.at, scope=first, reason=REASON)
        here.settle()
        assert {here.message(each)[0] for each in planned} == {MessageState.SENT}
        assert SendingHold.objects.get().ended_at == here.at


def test_a_halt_of_a_brand_holds_its_texts_and_those_of_a_batch_that_was_claimed(store: Store) -> None:
    with world(store) as here:
        people = here.members(4)
        planned = [here.plan(each) for each in people]
        taken = here.claim_all()
        brand = Scope(brand=here.club.brand)
        halting.halt(store, here.at, scope=brand)
        assert not any(here.hand_over(each).sent for each in taken)
        here.wait(minutes=1)
        here.settle()
        assert {here.message(each) for each in planned} == {(MessageState.QUEUED, "held")}
        halting.halt(store, here.at)
        halting.resume(store, here.at, scope=brand, reason=REASON)
        here.settle()
        assert not here.carrier.handsets(), "all of it is still halted"
        halting.resume(store, here.at, reason=REASON)
        here.settle()
        assert {here.message(each)[0] for each in planned} == {MessageState.SENT}
        here.wait(minutes=2)
        here.dispatcher.chores()
        assert not SendingHold.objects.filter(is_released=False).exists()


def test_two_who_hold_at_once_keep_both_reasons(store: Store) -> None:
    with world(store) as here:
        scope = Scope(account=here.account.pk)
        with store.database.write() as session:
            assert holds.hold(session, holds.KEYS, here.at)
            assert holds.hold(session, holds.GAP, here.at, scope)
            assert not holds.hold(session, holds.GAP, here.at, scope)
        with store.database.write() as session:
            holds.release(session, holds.KEYS, here.at)
            found = holds.held(session)
        assert (found.reasons, found.scopes) == (frozenset(), {("gap", scope)})
        assert found.scope_of(here.account.pk, 99) == scope
        assert found.scope_of(99, here.club.brand) is None
