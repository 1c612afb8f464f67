"""The page of who leaves, its file, and resuming with a reason what was paused by itself (mission A6, A7)."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from factories.consoles import fresh, on_the_clock_of, signed_in, trail, words
from factories.worlds import ANNA, world
from yesword.cli import group
from yesword.domain.thresholds import Level, Watched
from yesword.reporting import watching
from yesword.sending import campaigns
from yesword.store import models
from yesword.store.models import Campaign, SendingAlarm, User
from yesword.web.console import pauses, spans


@pytest.fixture
def here(sqlite_store, monkeypatch):
    fresh()
    with world(sqlite_store) as made:
        on_the_clock_of(made, monkeypatch, spans, pauses)
        yield made


@pytest.fixture
def console(here):
    return signed_in(User.Role.MANAGER)


def someone_left(here):
    here.join(ANNA)
    here.campaign()
    here.settle()
    here.text(ANNA, "STOP")
    here.wait(seconds=1)


def paused(here, watched=Watched.CAMPAIGN, key=None, level=Level.PAUSE):
    if key is None:
        key = here.campaign().pk
        campaigns.pause(key)
    return SendingAlarm.objects.create(
        level=level.value,
        watched=watched.value,
        key=key,
        measure="opt_outs",
        threshold=300,
        minimum=200,
        texts=1000,
        opt_outs=41,
        complaints=0,
        errors=0,
        counted_since=here.at,
        began_at=here.at,
    )


def test_the_page_says_who_left_and_has_a_table_behind_each_figure(here, console):
    someone_left(here)
    answer = console.get("/leaving")
    page = words(answer)
    assert "1 person left in the last 30 days. That is 100 % of 1 text." in page
    assert "STOP or its like" in page
    assert "Spring 1 1 100 % 0 0" in page
    html = answer.content.decode()
    assert html.count('<svg class="figure-chart') == html.count("Show as a table") > 1
    assert 'aria-current="page"' in html


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        pytest.param("days=7&program=club", "1 person left in the last 7 days.", id="of its program"),
        pytest.param("days=7&program=events", "Nobody left in the last 7 days.", id="of another program"),
        pytest.param("days=8&program=none", "1 person left in the last 30 days.", id="of what is not there"),
    ],
)
def test_it_is_filtered_by_days_and_program(here, console, chosen, said):
    someone_left(here)
    assert said in words(console.get(f"/leaving?{chosen}"))


def test_the_figures_are_taken_along_as_a_file_that_names_nobody(here, console):
    someone_left(here)
    models.Campaign.objects.update(name="=HYPERLINK()")
    answer = console.get("/leaving/figures.csv?days=7")
    assert 'attachment; filename="leaving-demo-' in answer["Content-Disposition"]
    text = answer.content.decode()
    assert ANNA[1:] not in text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(each["about"], each["which"], each["left"]) for each in rows if each["about"] == "way"] == [
        ("way", "keyword", "1")
    ]
    assert [each["which"] for each in rows if each["about"] == "campaign"] == ["'=HYPERLINK()"]


def test_what_is_paused_stands_on_the_front_page_and_with_its_figures(here, console):
    here.join(ANNA)
    paused(here)
    paused(here, Watched.SENDER, models.Sender.objects.first().pk)
    paused(here, Watched.PROGRAM, here.events.id, Level.WARN)
    front = words(console.get("/"))
    assert "The campaign “Spring” is paused by itself." in front
    assert "Of 1,000 texts, 41 led to people leaving: 4.1 %, and 3 % is the threshold." in front
    assert "The number 800123 is paused by itself, with every program on it." in front
    assert "The program events comes close to a pause." in front
    assert "Resume with a reason" in words(console.get("/leaving"))


def test_to_resume_wants_a_reason_and_leaves_a_trace(here, console):
    row = paused(here)
    address = f"/leaving/pauses/{row.pk}/resume"
    refused = console.post(address, {"reason": "   "})
    assert refused.status_code == 422
    row.refresh_from_db()
    assert row.ended_at is None
    answer = console.post(address, {"reason": "The discount is right now."}, follow=True)
    assert "It goes on." in words(answer) or "It goes on." in answer.content.decode()
    row.refresh_from_db()
    assert (row.reason, row.ended_by.name, row.ended_at) == ("The discount is right now.", "manager", here.at)
    assert Campaign.objects.get(pk=row.key).state == Campaign.State.RUNNING
    assert trail("sending.resumed") == [(f"campaign {row.key}", "manager")]
    assert "The discount is right now. (manager)" in words(console.get("/leaving"))
    again = console.post(address, {"reason": "Twice."}, follow=True)
    assert "goes on already" in again.content.decode()
    assert trail("sending.resumed") == [(f"campaign {row.key}", "manager")]


def test_the_button_of_a_campaign_leads_to_the_question_for_a_reason(here, console):
    row = paused(here)
    answer = console.post(f"/campaigns/{row.key}/resume")
    assert answer["Location"] == f"/leaving/pauses/{row.pk}/resume"
    assert Campaign.objects.get(pk=row.key).state == Campaign.State.PAUSED


def test_who_only_looks_resumes_nothing(here):
    row = paused(here)
    viewer = signed_in(User.Role.VIEWER)
    assert "Resume with a reason" not in words(viewer.get("/leaving"))
    assert viewer.post(f"/leaving/pauses/{row.pk}/resume", {"reason": "I like it."}).status_code == 403
    assert len(watching.standing()) == 1


# --- the same in a terminal ------------------------------------------------------------------------------------


def run(here, *words):
    return CliRunner().invoke(group, [*words, "--data", str(here.store.folder)])


def test_the_command_shows_pauses_and_resumes_with_a_reason(here):
    User.objects.create_user("kim", "a sentence that only they say", role=User.Role.MANAGER)
    row = paused(here)
    listed = run(here, "pause", "list", "--json")
    assert listed.exit_code == 0
    assert json.loads(listed.output)["share_percent"] == 4.1
    assert run(here, "pause", "resume", str(row.pk), "--user", "kim").exit_code == 2
    assert (
        run(here, "pause", "resume", str(row.pk), "--user", "kim", "--reason", " ").exception.code
        == "reason_needed"
    )
    done = run(here, "pause", "resume", str(row.pk), "--user", "kim", "--reason", "It is right now.")
    assert done.exit_code == 0
    assert run(here, "pause", "list").output == "Nothing is paused.\n"
    assert "It is right now." in run(here, "pause", "list", "--all").output


def test_the_command_shows_and_changes_thresholds(here):
    User.objects.create_user("kim", "a sentence that only they say", role=User.Role.MANAGER)
    assert "opt_outs    warn at 2 %, pause at 3 %" in run(here, "pause", "thresholds").output
    assert run(here, "pause", "thresholds", "--opt-outs", "1", "1.5").exit_code == 2
    changed = run(here, "pause", "thresholds", "--opt-outs", "1", "1.5", "--user", "kim")
    assert "opt_outs    warn at 1 %, pause at 1.5 %" in changed.output
    wrong = run(here, "pause", "thresholds", "--errors", "9", "8", "--user", "kim")
    assert wrong.exception.code == "bad_threshold"
    assert trail("thresholds.changed") == [(f"brand {here.club.brand}", "kim")]


def test_the_command_counts_who_left(here, monkeypatch):
    from yesword.cli import figures

    on_the_clock_of(here, monkeypatch, figures)
    someone_left(here)
    found = run(here, "figures", "leaving", "--json")
    assert found.exit_code == 0, found.exception
    rows = json.loads(found.output)["figures"]
    assert [each["left"] for each in rows if each["about"] == "all"] == [1]
    assert "1 left in 30 days, after 1 texts." in run(here, "figures", "leaving").output
    assert run(here, "figures", "leaving", "--program", "nothing").exception.code == "unknown_program"
