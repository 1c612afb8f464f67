"""Lists of numbers that were given up: what is older ends, what is newer stays, and a list is read once."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from factories.databases import on_both
from factories.worlds import ANNA, world
from yesword.domain.messages import MessageState
from yesword.reporting.people import read_events
from yesword.sending import gone_numbers
from yesword.sending.gone_numbers import DayToComeError, NoDateError
from yesword.store.models import AuditEntry, GoneFile

BEN, EVE, STRANGER = "+31687654321", "+31687654322", "+31687654399"


@pytest.fixture
def here(chosen_store):
    with world(chosen_store) as made:
        made.members(3, numbers=[ANNA, BEN, EVE])
        made.wait(days=10)
        yield made


@pytest.fixture
def read(here, tmp_path):
    def read(text, *, name="list.csv", trial=False, **more):
        path = tmp_path / name
        path.write_text(text)
        feed = gone_numbers.drop(here.store, path, here.at, country="NL", **more)
        return gone_numbers.read(here.store, feed, here.at, is_trial=trial)

    return read


def is_in(here, number=ANNA):
    return here.state(number).grant_for(here.club.id) is not None


def day(here, ago):
    return f"{here.at - timedelta(days=ago):%Y-%m-%d}"


@on_both
def test_what_was_agreed_to_before_the_day_ends_and_what_is_newer_stays(here, read):
    message = here.plan(here.contact(ANNA).id)
    text = f"number,date of deactivation\n{ANNA},{day(here, 2)}\n{BEN},{day(here, 30)}\n{STRANGER},{day(here, 2)}\n-,\n"
    trial = read(text, trial=True)
    assert (trial.ended, trial.newer, trial.strangers, trial.passed_over) == (1, 1, 1, 1)
    assert is_in(here, ANNA)
    assert not GoneFile.objects.exists()
    found = read(text)
    assert (found.lines, found.ended, found.newer, found.strangers, found.passed_over) == (4, 1, 1, 1, 1)
    assert not is_in(here, ANNA)
    assert is_in(here, BEN)
    assert is_in(here, EVE)
    assert here.message(message)[0] is MessageState.CANCELLED
    event = max(read_events(here.store, here.contact(ANNA)), key=lambda each: each.event.seq).event
    assert (event.kind.value, event.route, event.reason) == ("invalidated", "gone_list", "deactivated")
    assert here.contact(ANNA).hidden_since is not None
    assert AuditEntry.objects.get(action="gone_numbers.read").detail["ended"] == 1


@on_both
def test_the_same_list_is_read_once_and_one_that_was_interrupted_goes_on(here, read, monkeypatch):
    monkeypatch.setattr(gone_numbers, "_LINES", 1)
    text = f"number,date\n{ANNA},{day(here, 1)}\n{BEN},{day(here, 1)}\n"
    whole, calls = gone_numbers._void, []

    def breaks(*arguments, **more):
        calls.append(1)
        if len(calls) == 2:
            raise OSError("the power went")
        return whole(*arguments, **more)

    monkeypatch.setattr(gone_numbers, "_void", breaks)
    with pytest.raises(OSError, match="power"):
        read(text)
    assert (is_in(here, ANNA), is_in(here, BEN)) == (False, True)
    monkeypatch.setattr(gone_numbers, "_void", whole)
    found = read(text)
    assert (found.lines, found.ended) == (2, 2)
    assert not is_in(here, BEN)
    here.join(BEN)
    again = read(text)
    assert (again.is_known, again.ended) == (True, 2)
    assert is_in(here, BEN), "whoever joined since is somebody new"


def test_start_from_the_handset_brings_back_nothing_of_the_former_owner(here, read):
    here.text(ANNA, "STOP")
    here.wait(hours=1)
    read(f"number,date\n{ANNA},{day(here, 0)}\n")
    here.text(ANNA, "START")
    assert not is_in(here)


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        pytest.param(
            "number,date,result\n{anna},{old},YES\n{ben},{old},NO\n{eve},{old},NO_DATA\n", 1, id="named"
        ),
        pytest.param("{anna},{old},yes\n{ben},{old},no\n{eve},{old},no data\n", 1, id="without column names"),
    ],
)
def test_of_the_answers_of_the_reassigned_numbers_database_only_a_yes_counts(here, read, text, ended):
    found = read(text.format(anna=ANNA, ben=BEN, eve=EVE, old=day(here, 300)))
    assert (found.ended, found.passed_over) == (ended, 2)
    assert not is_in(here, ANNA), "the date is the one that was asked about, not that of the disconnection"
    event = max(read_events(here.store, here.contact(ANNA)), key=lambda each: each.event.seq).event
    assert event.reason == "reassigned"


def test_a_carriers_list_of_bare_numbers_is_of_the_day_in_its_name(here, read):
    bare = f"{ANNA.removeprefix('+')}\n{BEN.removeprefix('+')}\n"
    with pytest.raises(NoDateError):
        read(bare, name="numbers.txt")
    assert read(bare, name=f"deactivations-{day(here, 40)}.txt").newer == 2
    assert read(bare + "\n", name="numbers.txt", day=here.at - timedelta(days=1)).ended == 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"number,date\n{ANNA},2030-01-01\n{BEN},{{ahead}}\n{EVE},{{ago}}\n", id="named"),
        pytest.param(f"{ANNA},2030-01-01\n{BEN},{{ahead}}\n{EVE},{{ago}}\n", id="without column names"),
    ],
)
def test_a_row_of_a_day_to_come_is_refused_and_the_rest_is_read(here, read, text):
    found = read(text.format(ahead=day(here, -30), ago=day(here, 1)))
    assert (found.lines, found.future, found.ended, found.passed_over) == (3, 2, 1, 0)
    assert is_in(here, ANNA)
    assert is_in(here, BEN)
    assert not is_in(here, EVE)
    assert AuditEntry.objects.get(action="gone_numbers.read").detail["future"] == 2


@pytest.mark.parametrize("written", ["not a date", "11/23/26", "31-31-2026", ""])
@pytest.mark.parametrize("head", ["number,date\n", ""], ids=["named", "without column names"])
def test_a_row_that_does_not_say_when_is_refused_and_the_rest_is_read(here, read, head, written):
    found = read(f"{head}{EVE},{day(here, 1)}\n{ANNA},{written}\n")
    assert (found.lines, found.undated, found.ended) == (2, 1, 1)
    assert is_in(here, ANNA)
    assert not is_in(here, EVE)


def test_the_day_of_the_list_counts_for_rows_without_one_and_not_for_what_is_none(here, read):
    found = read(f"number,date\n{ANNA},\n{BEN},not a date\n", day=here.at - timedelta(days=1))
    assert (found.undated, found.ended) == (1, 1)
    assert not is_in(here, ANNA)
    assert is_in(here, BEN)


def test_a_day_to_come_is_no_day_for_a_whole_list(here, read):
    with pytest.raises(DayToComeError):
        read(f"{ANNA}\n", day=here.at + timedelta(days=40))
    with pytest.raises(NoDateError):
        read(f"{ANNA}\n", name=f"deactivations-{day(here, -40)}.txt")
    assert is_in(here, ANNA)


def test_files_that_are_dropped_into_the_folder_are_read_once_they_are_whole(here, tmp_path):
    folder = tmp_path / "drop"
    folder.mkdir()
    told, at = set(), datetime.now(UTC)

    def look(at):
        return gone_numbers.look(here.store, at, told, {"YESWORD_GONE_FOLDER": str(folder)})

    (folder / "broken.csv").write_text("colour\nred\n")
    file = folder / "deactivations_20991231.csv"
    file.write_text(f"{ANNA}\n")
    (folder / "notes.md").write_text(f"{BEN}\n")
    assert look(at) == 0, "it may still be written"
    for each in folder.iterdir():
        os.utime(each, ((at - timedelta(hours=1)).timestamp(),) * 2)
    assert look(at) == 1
    assert not is_in(here, ANNA)
    assert is_in(here, BEN)
    assert look(at) == 0
    assert gone_numbers.look(here.store, at, set(), {}) == 0, "without a folder nothing is read"
