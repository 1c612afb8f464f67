"""Once a week providers that hand over a list are asked; a difference is an alert, and records nothing."""

from datetime import timedelta

import pytest

from factories.worlds import ANNA, world
from yesword.channels.http.opt_outs import OptOutListRefusedError
from yesword.channels.ports import ListedOptOut
from yesword.reporting.alerts import open_alerts
from yesword.sending import carriers
from yesword.store.models import OptOutCheck
from yesword.worker import opt_outs
from yesword.worker.opt_outs import BadOptOutSettingError


class Keeps:
    """A provider's list."""

    def __init__(self, *numbers, refuses=False):
        self.numbers, self.refuses, self.asked = numbers, refuses, 0

    def opt_outs(self):
        self.asked += 1
        if self.refuses:
            raise OptOutListRefusedError(account="us", status=503)
        yield from (ListedOptOut(number=each) for each in self.numbers)


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.members(1, numbers=[ANNA])
        yield made


@pytest.fixture
def provider(here, monkeypatch):
    """The account's provider hands over this list."""

    def set_up(found):
        monkeypatch.setattr(opt_outs, "list_of", lambda store, account: found)
        monkeypatch.setattr(carriers, "is_http", lambda account: True)
        return found

    return set_up


def test_it_is_asked_once_a_week_and_a_difference_is_an_alert_that_records_nothing(here, provider):
    list_ = provider(Keeps(ANNA, "redacted"))
    assert opt_outs.ask_around(here.store, here.at) == 1
    assert opt_outs.ask_around(here.store, here.at + timedelta(days=6)) == 0
    assert [(each.kind, each.subject) for each in open_alerts()] == [("drift", f"account {here.account.key}")]
    assert OptOutCheck.objects.get().unread == 1
    assert here.state().grant_for(here.club.id) is not None
    list_.numbers = ()
    assert opt_outs.ask_around(here.store, here.at + timedelta(days=7)) == 1
    assert open_alerts() == [], "it is over by itself when the two agree"


def test_a_list_that_is_refused_is_no_empty_list_and_is_asked_for_again_the_next_day(here, provider):
    provider(Keeps(ANNA))
    opt_outs.ask_around(here.store, here.at)
    provider(Keeps(refuses=True))
    later = here.at + timedelta(days=8)
    assert opt_outs.ask_around(here.store, later) == 1
    assert len(open_alerts()) == 1, "what was found before stands"
    assert opt_outs.ask_around(here.store, later + timedelta(hours=1)) == 0
    assert opt_outs.ask_around(here.store, later + timedelta(days=1)) == 1


def test_it_can_be_turned_off_and_a_setting_that_means_nothing_is_refused(here, provider, monkeypatch):
    list_ = provider(Keeps(ANNA))
    monkeypatch.setenv("YESWORD_OPT_OUTS_EVERY", "0")
    assert opt_outs.ask_around(here.store, here.at) == 0
    assert list_.asked == 0
    monkeypatch.setenv("YESWORD_OPT_OUTS_EVERY", "weekly")
    with pytest.raises(BadOptOutSettingError):
        opt_outs.ask_around(here.store, here.at)
