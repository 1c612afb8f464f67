"""The self-check of the ledger: what it looks at, what it leaves in peace, and what it says."""

import itertools
import threading
from types import SimpleNamespace

import pytest

from factories.imports import brand_of
from factories.tampering import Hands, fill
from factories.worlds import ANNA, world
from yesword.domain.ids import BrandId
from yesword.domain.retention import Override
from yesword.privacy import erasing
from yesword.privacy.erasing import Wish
from yesword.proof import logs
from yesword.proof.auditing import audit, patience
from yesword.proof.sequencer import Sequencer
from yesword.store import ledgers, models, programs
from yesword.store.misfits import MOST_TOLD, Fault
from yesword.store.opening import open_store


@pytest.fixture
def here(store):
    with world(store) as made:
        yield made


def sequence(here):
    sequencer = Sequencer(store=here.store, clock=lambda: here.at)
    while sequencer.round():
        pass


def test_it_can_be_asked_at_any_time_and_shows_how_far_it_has_come(here):
    assert audit(here.store).is_sound
    here.join()
    assert audit(here.store).waiting >= 2
    sequence(here)
    steps = []
    report = audit(here.store, progress=lambda done, total: steps.append((done, total)))
    assert report.is_sound
    assert report.first is None
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1] > 0
    assert report.logs[0].size == report.events + report.statements
    other, steps = BrandId(brand_of().pk), []
    audit(here.store, other, progress=lambda done, total: steps.append((done, total)))
    assert set(steps) == {(0, 0)}, "of another brand, which has nothing"


def test_nothing_seems_wrong_while_others_write(here):
    """People join and texts are taken into the log, as fast as they can, under the eyes of one who checks."""
    here.join()
    is_over = threading.Event()
    told, seen, troubles = [], set(), []

    def look():
        try:
            while not is_over.is_set():
                report = audit(here.store)
                told.extend(report.misfits.told)
                seen.add(report.events)
        except Exception as error:  # noqa: BLE001 - told by the test itself
            troubles.append(error)
        finally:
            here.store.database.close()
            here.store.vault.close()

    looker = threading.Thread(target=look)
    looker.start()
    numbers = itertools.count(31_620_000_000)
    sequencer = Sequencer(store=here.store, clock=lambda: here.at)
    try:
        while len(seen) < 8 and not told and not troubles:
            here.members(2)
            number = f"+{next(numbers)}"
            here.join(number)
            here.text(number, "STOP")
            sequencer.round()
    finally:
        is_over.set()
        looker.join()
    assert troubles == []
    assert told == []


@pytest.mark.parametrize(
    ("overrides", "unreadable"),
    [
        pytest.param((Override(days=0, reason="tests"),), 3, id="all of it"),
        pytest.param((), 0, id="all but the proof that is kept"),
    ],
)
def test_what_was_erased_is_counted_and_everything_else_still_fits(here, overrides, unreadable):
    here.join()
    here.members(2)
    sequence(here)
    wish = Wish(ground=erasing.REQUESTED, overrides=overrides)
    erasing.erase(here.store, here.contact().id, wish, here.at)
    sequence(here)
    report = audit(here.store)
    assert report.misfits.told == []
    assert report.unreadable == unreadable


def test_a_stop_whose_line_comes_later_than_its_row_is_not_called_missing(here, monkeypatch):
    here.join()
    here.text(ANNA, "STOP")
    sequence(here)
    (file,) = (here.store.folder / "journal").glob("stops-*.jsonl")
    lines = file.read_bytes()
    file.write_bytes(b"")
    waits = []

    def wait(seconds):
        waits.append(seconds)
        if sum(waits) > 0.5:
            file.write_bytes(lines)

    monkeypatch.setattr(patience, "time", SimpleNamespace(sleep=wait))
    assert audit(here.store).is_sound
    assert sum(waits) < 1, "nobody waits for what is there"
    waits.clear()
    file.write_bytes(b"")
    monkeypatch.setattr(patience, "WAITS_S", (0.0, 0.1))
    assert {each.fault for each in audit(here.store).misfits.told} == {Fault.STOP_NOT_IN_JOURNAL}


def test_disclosures_that_are_gone_without_an_erasure_are_missed(here):
    here.join()
    hands = Hands(store=here.store)
    hands.drop_guards()
    hands.sql("UPDATE consent_event SET sealed = NULL WHERE seq = 1")
    told = [each.fault for each in audit(here.store).misfits.told]
    assert Fault.DISCLOSURES_GONE in told


def test_an_event_that_was_hung_on_another_than_the_one_before_it_is_named(here):
    """Everything in the event is as it was sealed; only the chain is not one."""
    here.join()
    hands = Hands(store=here.store)
    hands.flip("standing", "last_leaf", "1 = 1")
    here.text(ANNA, "STOP")
    sequence(here)
    stop = hands.one("SELECT id FROM consent_event WHERE kind = 'withdrawn'")
    (found,) = audit(here.store).misfits.told
    assert found.fault is Fault.LINK_BROKEN
    assert found.fields["event"] == hands.name(stop)


def test_heads_of_both_keys_count_where_one_took_over(here):
    here.join()
    sequence(here)
    with here.store.database.read() as session:
        (log,) = ledgers.logs(session)
    here.wait(hours=2)
    logs.change_key(here.store, log, here.at)
    assert audit(here.store).misfits.told == []
    sequence(here)
    here.wait(hours=2)
    here.members(1)
    sequence(here)
    report = audit(here.store)
    assert report.misfits.told == []
    assert report.logs[0].checkpoints == 3


def test_the_old_key_alone_signs_nothing_after_another_took_over(here):
    here.join()
    sequence(here)
    with here.store.database.read() as session:
        (log,) = ledgers.logs(session)
    old = logs.signer_of(here.store, log)
    logs.change_key(here.store, log, here.at)
    here.wait(hours=2)
    sequence(here)
    hands = Hands(store=here.store)
    hands.drop_guards()
    note = hands.one("SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")
    text, gap, lines = note.rpartition("\n\n")
    kept = [line for line in lines.splitlines() if _is_by(line, old.verifier_key.key_id)]
    assert len(kept) == 1
    hands.sql("UPDATE ledger_checkpoint SET note = %s WHERE note = %s", f"{text}{gap}{kept[0]}\n", note)
    found = [each for each in audit(here.store).misfits.told if each.fault is not Fault.GUARD_MISSING]
    assert found[0].fault is Fault.CHECKPOINT_UNFIT


def _is_by(line, key_id):
    from yesword.ledger.checkpoint import read_signatures

    return read_signatures(line + "\n")[0].key_id == key_id


def test_a_hundred_are_told_and_all_are_counted(sqlite_store):
    with world(sqlite_store) as here:
        here.members(150)
        hands = Hands(store=sqlite_store)
        hands.drop_guards()
        hands.sql("DELETE FROM ledger_outbox")
        report = audit(sqlite_store)
    nowhere = [each for each in report.misfits.told if each.fault is Fault.EVENT_NOWHERE]
    guards = [each for each in report.misfits.told if each.fault is Fault.GUARD_MISSING]
    assert len(report.misfits.told) == MOST_TOLD
    assert len(nowhere) + len(guards) == MOST_TOLD
    assert report.misfits.count == 150 + len(guards)
    assert report.as_json()["misfits"] == report.misfits.count


def test_a_store_without_its_keys_is_audited_as_far_as_that_goes(sqlite_store):
    with world(sqlite_store) as here:
        fill(here)
    sqlite_store.close()
    (sqlite_store.folder / "keys" / "pepper-1.key").unlink()
    opened = open_store(sqlite_store.folder, needs_keys=False)
    report = audit(opened)
    opened.close()
    assert [each.fault for each in report.misfits.told] == [Fault.KEYS_UNFIT]
    assert report.unreadable == report.events
    assert report.logs[0].size > 256


def test_one_brand_is_asked_about_and_another_is_left_alone(sqlite_store):
    with world(sqlite_store) as here:
        here.join()
        here.members(1)
        sequence(here)
        other = models.Brand.objects.create(
            key="other", name="Other", country="NL", origin="example.org/other"
        )
        hands = Hands(store=sqlite_store)
        hands.drop_guards()
        hands.flip("consent_event", "entry", "seq = 2")
        brand = here.club.brand
        assert [each.fault for each in _told(sqlite_store, brand)] == [
            Fault.LEAF_NOT_OF_ENTRY,
            Fault.DISCLOSURES_FOREIGN,
        ]
        assert _told(sqlite_store, programs.brand(other.pk).id) == []
        assert here.contact(ANNA).brand == brand


def _told(store, brand):
    return [each for each in audit(store, brand).misfits.told if each.fault is not Fault.GUARD_MISSING]
