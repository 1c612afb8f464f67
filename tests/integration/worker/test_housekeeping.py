"""The daily round: due once a day, goes on where it was stopped, and erases nobody who only was silent."""

import threading
from datetime import timedelta

import pytest

from factories.worlds import world
from yesword.privacy import retaining
from yesword.store.models import AuditEntry, Brand
from yesword.worker import housekeeping


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.join()
        yield made


def test_it_is_due_at_first_then_after_a_day(here):
    assert housekeeping.is_due(here.at)
    retaining.run(here.store, here.at, with_people=False)
    assert not housekeeping.is_due(here.at + timedelta(hours=23))
    assert housekeeping.is_due(here.at + timedelta(hours=24))


def test_a_round_that_was_stopped_is_due_at_once(here):
    assert not retaining.run(here.store, here.at, is_stopped=lambda: True).is_done
    assert housekeeping.is_due(here.at)


def test_nobody_who_was_only_silent_is_erased_by_it(here):
    years = here.at + timedelta(days=3650)
    here.strangers(["+31612345699"])
    assert retaining.run(here.store, years, is_dry_run=True).counts["erased"] > 0
    assert retaining.run(here.store, years, with_people=False).counts["erased"] == 0


@pytest.fixture
def a_round(here, monkeypatch):
    """One look of it, at a moment."""

    def go(at):
        has_ended = threading.Event()
        monkeypatch.setattr(housekeeping, "_LOOK_EVERY_S", 0)
        monkeypatch.setattr(housekeeping.opt_outs, "ask_around", lambda *_: has_ended.set())
        for each in (here.store.database, here.store.vault):
            monkeypatch.setattr(each, "close", lambda: None)
        housekeeping.run(here.store, has_ended, lambda: at)

    return go


def test_a_stop_that_nobody_could_be_given_counts_once_it_is_known_where_its_number_is_dialled(here, a_round):
    Brand.objects.update(country="US")
    assert here.receive("0612345678", "STOP").what == "nobody"
    here.account.settings = {"addresses": {"country_code": "31"}}
    here.account.save()
    a_round(here.at)
    assert here.kinds()[-1] == "withdrawn"


def test_what_was_done_in_the_console_gets_its_place_in_the_log(here, a_round):
    row = AuditEntry.objects.create(action="campaign.start")
    a_round(row.at + timedelta(minutes=9))
    assert AuditEntry.objects.filter(stated_in=None).exists()
    a_round(row.at + timedelta(minutes=10))
    assert not AuditEntry.objects.filter(stated_in=None).exists()


@pytest.mark.parametrize(
    ("module", "chore"), [("trail", "is_due"), ("contest_draws", "keep_time"), ("sent_tallies", "roll_up")]
)
def test_a_chore_that_fails_keeps_none_of_the_others(here, a_round, monkeypatch, module, chore):
    def fails(*_):
        raise OSError(5, "no")

    done = []
    monkeypatch.setattr(getattr(housekeeping, module), chore, fails)
    monkeypatch.setattr(housekeeping.retaining, "run", lambda *_, **__: done.append("retention"))
    a_round(here.at)
    assert done == ["retention"]
