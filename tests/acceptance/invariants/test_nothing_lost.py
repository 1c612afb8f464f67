"""append-only, no-double-text and nothing-lost: what happened stays, happens once, and survives a crash."""

import contextlib
from collections import Counter

import pytest
from django.db import DatabaseError

from factories.busy import KilledError, PowerCutError, busy, cut, killed
from factories.worlds import ANNA, CLUB, RULES, next_token, world
from yesword.channels.memory import MemoryCarrier
from yesword.channels.ports import InboundText
from yesword.domain import codec
from yesword.domain.events import ConsentEvent
from yesword.domain.messages import MessageState
from yesword.domain.state import fold
from yesword.sending import inbound, taking
from yesword.sending.claiming import claim
from yesword.sending.fates import Claimant
from yesword.store.checking import check_store
from yesword.store.opening import Store
from yesword.worker import dispatcher as dispatching_module
from yesword.worker.dispatcher import dispatching

# --- append-only ----------------------------------------------------------------------------------------------


def test_append_only(store: Store) -> None:
    with world(store) as here:
        busy(here)
        events: dict[int, list[ConsentEvent]] = {}
        for contact, body in here.sql("SELECT contact_id, body FROM consent_event ORDER BY contact_id, seq"):
            events.setdefault(contact, []).append(codec.loads(ConsentEvent, bytes(body)))
        assert len(events) > 10
        for contact, own in events.items():
            assert [each.seq for each in own] == list(range(1, len(own) + 1))
            assert fold(own) == here.state(contact)
        assert check_store(store).findings == []
        for statement in (
            "UPDATE consent_event SET kind = 'granted'",
            "DELETE FROM consent_event",
            "UPDATE decision SET verdict = 'send'",
        ):
            with pytest.raises(DatabaseError, match="append-only"), store.database.write():
                here.sql(statement)


# --- no-double-text -------------------------------------------------------------------------------------------


class Counting:
    """Counts what the network itself has taken, message by message."""

    def __init__(self, carrier: MemoryCarrier) -> None:
        self.taken: Counter[int] = Counter()
        self._submit = carrier._network.submit
        carrier._network.submit = self.submit

    def submit(self, rows: list) -> object:
        answers = self._submit(rows)
        self.taken.update(row[0] for _, row in answers.taken)
        return answers


def test_no_double_text(store: Store) -> None:
    with world(store) as here:
        counting = Counting(here.carrier)
        here.members(120)
        campaign = here.campaign()
        here.dispatcher.chores()
        faults = [
            {"disconnect_after": 7},
            {"disconnect_after": None, "throttle_per_s": 5},
            {"throttle_per_s": None, "errors": {"network_error": 0.3}},
            {"errors": {}, "silent": True},
        ]
        for fault in faults:
            here.carrier.configure(**fault)
            for _ in range(4 if store.database.vendor == "postgresql" else 1):
                one = claim(
                    store, here.scales, Claimant(owner=here.dispatcher.owner, token=next_token()), here.at, 20
                )
                here.hand_over(one)
            here.wait(seconds=2)
        here.carrier.configure(silent=False)
        here.carrier.is_up = False
        here.dispatcher.send_due()
        here.carrier.is_up = True
        for _ in range(5):
            here.wait(seconds=2)
            here.settle()
        ended = {row[0]: row[1] for row in here.sql("SELECT id, state FROM message")}
        assert max(counting.taken.values()) == 1
        assert {each for each, state in ended.items() if state == MessageState.SENT} <= set(counting.taken)
        assert {each for each, state in ended.items() if state == MessageState.FAILED}.isdisjoint(
            counting.taken
        )
        assert set(here.states(campaign)) == {MessageState.SENT, MessageState.FAILED, MessageState.UNCERTAIN}
        assert len(ended) == 120


def test_nothing_lost(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was handed over and not recorded is shown as uncertain, and is not sent again."""
    with contextlib.suppress(PowerCutError), world(store) as here:
        here.members(20)
        campaign = here.campaign()
        here.dispatcher.chores()
        with monkeypatch.context() as patched:
            patched.setattr(dispatching_module.handing, "record", cut)
            here.dispatcher.send_due()
    handed_over = here.carrier.counts()["accepted"]
    assert handed_over > 0
    with dispatching(
        store, {here.account.pk: here.carrier.channel()}, RULES, clock=lambda: here.at
    ) as dispatcher:
        dispatcher.settle()
    assert here.states(campaign) == {
        state: count
        for state, count in {MessageState.UNCERTAIN: handed_over, MessageState.SENT: 20 - handed_over}.items()
        if count
    }
    assert here.carrier.counts()["accepted"] == 20


def test_nothing_lost_of_a_text_that_could_not_be_stored_whole(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(sqlite_store) as here:
        here.join()
        text = InboundText(
            account="simulator",
            provider_id="s1",
            sender_number=ANNA,
            to_address=CLUB,
            text="STOP",
            received_at=here.at,
        )
        with monkeypatch.context() as patched:
            patched.setattr(inbound, "_settle", cut)
            assert taking.take(sqlite_store, here.account.pk, [text], lambda: here.at) == [False]
        assert here.kinds() == ["requested", "confirmed"]
        here.wait(seconds=1)
        assert taking.take(sqlite_store, here.account.pk, [text], lambda: here.at) == [True]
        assert here.kinds() == ["requested", "confirmed", "withdrawn"]
        here.settle()
        assert here.shown()[-1] == "Linde & Loom: no more messages."


def test_nothing_lost_of_a_stop_whose_process_died_before_its_drain(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(sqlite_store) as here:
        here.join()
        text = InboundText(
            account="simulator",
            provider_id="s1",
            sender_number=ANNA,
            to_address=CLUB,
            text="STOP",
            received_at=here.at,
        )
        with monkeypatch.context() as patched:
            patched.setattr(inbound, "drain_each", killed)
            with pytest.raises(KilledError):
                taking.take(sqlite_store, here.account.pk, [text], lambda: here.at)
        assert taking.take(sqlite_store, here.account.pk, [text], lambda: here.at) == [True]
        assert here.kinds() == ["requested", "confirmed", "withdrawn"]
