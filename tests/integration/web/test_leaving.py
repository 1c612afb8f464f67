"""The page of who leaves, its file, and resuming with a reason what was paused by itself (mission A6, A7)."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from factories.consoles import fresh, on_the_clock_of, signed_in, trail, words
from factories.worlds import ANNA, CLUB, world
from yesword.cli import group
from yesword.domain.thresholds import Level, Watched
from yesword.reporting import watching
from yesword.sending import campaigns, halting
from yesword.store import holds, leave_answers, models
from yesword.store.holds import Scope
from yesword.store.leave_answers import LeaveAnswer, LeaveReason
from yesword.store.models import Campaign, SendingAlarm, User
from yesword.web.console import pauses, spans

BEN = "+31612340001"


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
    assert "1 person left in the last 30 days. 1 of them left after the 1 text of these days: 100 %." in page
    assert "STOP or its like" in page
    assert "Spring 1 1 1 100 % 0 0" in page
    html = answer.content.decode()
    assert html.count('<svg class="figure-chart') == html.count("Show as a table") > 1
    assert 'aria-current="page"' in html


def test_whoever_left_without_a_text_is_told_apart_and_divided_by_nothing(here, console):
    here.join(BEN)
    here.text(BEN, "STOP")
    someone_left(here)
    page = words(console.get("/leaving"))
    assert (
        "2 people left in the last 30 days. 1 of them left after the 1 text of these days: 100 %."
        " 1 left without such a text, and counts in no share." in page
    )
    assert "Club 1 2 1 100 % 0 0" in page


def test_why_is_told_with_how_many_said_so(here, console):
    for number in (BEN, ANNA):
        here.join(number)
        here.text(number, "STOP")
    here.wait(seconds=1)
    assert "Why they left Nobody said" in words(console.get("/leaving"))
    ((event, contact),) = here.sql("SELECT event_id, contact_id FROM departure ORDER BY event_id LIMIT 1")
    answer = LeaveAnswer(
        event=event, program=here.club.id, campaign=None, said_at=here.at, reason=LeaveReason.TOO_OFTEN
    )
    with here.store.database.write() as session:
        leave_answers.keep(here.store, session, here.club.brand, contact, answer)
    page = words(console.get("/leaving"))
    assert "Why they left 1 of 2 said why Most often: Too many texts (1)." in page


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
    assert "The program Events comes close to a pause." in front
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


# --- what a pause holds ---------------------------------------------------------------------------------------


BOTH = ("/campaigns", "/campaigns/{key}")


def held_by_both(here):
    """A campaign that was started after its program and its number had been paused."""
    here.join(ANNA)
    rows = [
        paused(here, Watched.PROGRAM, here.club.id),
        paused(here, Watched.SENDER, models.Sender.objects.get(address=CLUB).pk),
    ]
    campaign = here.campaign()
    here.settle()
    assert here.states(campaign) == {}
    return campaign, rows


@pytest.mark.parametrize("path", BOTH)
def test_a_campaign_that_the_pause_of_its_program_or_number_holds_says_so_where_it_is_shown(
    here, console, path
):
    campaign, rows = held_by_both(here)
    page = words(console.get(path.format(key=campaign.pk)))
    assert "Held back" in page
    assert "Running" not in page
    assert "the program club is paused by itself." in page.lower()
    assert "The number 800123 is paused by itself, with every program on it." in page
    assert "See why, and resume with a reason" in page
    for row in rows:
        watching.resume(here.store, row.pk, "The link works now.", None, here.at)
    page = words(console.get(path.format(key=campaign.pk)))
    assert "Running" in page
    assert "paused by itself" not in page


@pytest.mark.parametrize("path", BOTH)
def test_a_pause_of_another_program_holds_nothing_here(here, console, path):
    here.join(ANNA)
    paused(here, Watched.PROGRAM, here.events.id)
    page = words(console.get(path.format(key=here.campaign().pk)))
    assert "Running" in page
    assert "paused by itself" not in page


@pytest.mark.parametrize("path", BOTH)
def test_what_closes_all_sending_stands_beside_the_campaign_that_it_holds(here, console, path):
    campaign = here.campaign()
    with here.store.database.write() as session:
        holds.hold(session, holds.LOOK_UPS, here.at)
    page = words(console.get(path.format(key=campaign.pk)))
    assert "Held back" in page
    assert "Nothing is sent: some people are not found by their number." in page


def test_a_halt_of_its_account_holds_a_campaign_and_one_of_another_brand_does_not(here, console):
    campaign = here.campaign()
    other = models.Brand.objects.create(key="other", name="Other", country="NL")
    halting.halt(here.store, here.at, scope=Scope(brand=other.pk))
    assert "Running" in words(console.get(f"/campaigns/{campaign.pk}"))
    halting.halt(here.store, here.at, scope=Scope(account=models.Account.objects.get().pk))
    page = words(console.get(f"/campaigns/{campaign.pk}"))
    assert "Held back" in page
    assert "Sending over simulator is halted." in page


def test_an_open_page_loads_itself_anew_once_its_campaign_is_held(here, console):
    campaign = here.campaign()
    address = f"/campaigns/{campaign.pk}?seen=running"
    assert "HX-Refresh" not in console.get(address)
    halting.halt(here.store, here.at)
    assert console.get(address)["HX-Refresh"] == "true"


def test_a_paused_campaign_says_whether_somebody_did_it(here, console):
    by_itself, by_hand = paused(here).key, here.campaign().pk
    campaigns.pause(by_hand)
    assert "Somebody paused it by hand." in words(console.get(f"/campaigns/{by_hand}"))
    page = words(console.get(f"/campaigns/{by_itself}"))
    assert "by hand" not in page
    assert "The campaign “Spring” is paused by itself." in page


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
    changed = run(here, "pause", "thresholds", "--opt-outs", "1", "1.5", "--user", "kim")
    assert "opt_outs    warn at 1 %, pause at 1.5 %" in changed.output
    wrong = run(here, "pause", "thresholds", "--errors", "9", "8", "--user", "kim")
    assert wrong.exception.code == "bad_threshold"
    assert run(here, "pause", "thresholds", "--opt-outs", "1", "1.6").exit_code == 0
    about = f"brand {here.club.brand}"
    assert sorted(trail("thresholds.changed"), key=str) == [(about, "kim"), (about, None)]


def test_the_command_counts_who_left(here, monkeypatch):
    from yesword.cli import figures

    on_the_clock_of(here, monkeypatch, figures)
    someone_left(here)
    found = run(here, "figures", "leaving", "--json")
    assert found.exit_code == 0, found.exception
    rows = json.loads(found.output)["figures"]
    assert [each["left"] for each in rows if each["about"] == "all"] == [1]
    assert (
        "1 left in 30 days: 1 after one of the 1 texts of these days (100.00 %), 0 without one."
        in run(here, "figures", "leaving").output
    )
    assert run(here, "figures", "leaving", "--program", "nothing").exception.code == "unknown_program"


def test_the_command_says_what_holds_a_campaign_and_how_to_let_it_go_on(here):
    campaign, (program, number) = held_by_both(here)
    halting.halt(here.store, here.at, scope=Scope(brand=here.club.brand), note="Wrong price")
    said = run(here, "campaign", "status", str(campaign.pk)).output
    assert said.startswith("Spring: running, but held, 0 people so far\n")
    assert "Its program club is paused by itself since" in said
    assert "of 1,000 texts 41 led to people leaving, 4.10 % (threshold 3 %)." in said
    assert f"`yesword pause resume {program.pk} --reason …` lets it go on." in said
    assert "Its number 800123 is paused by itself" in said
    assert "Its brand demo is halted since" in said
    assert "Wrong price. `yesword resume --brand demo --reason …` lets it go on." in said
    told = json.loads(run(here, "campaign", "status", str(campaign.pk), "--json").output)
    assert (told["state"], [each["of"] for each in told["held_by"]]) == (
        "running",
        ["program", "sender", "brand"],
    )
    assert "held       Spring" in run(here, "campaign", "list").output
    for row in (program, number):
        watching.resume(here.store, row.pk, "The link works now.", None, here.at)
    halting.resume(here.store, here.at, reason="It is right.", scope=Scope(brand=here.club.brand))
    free = run(here, "campaign", "status", str(campaign.pk)).output
    assert free == "Spring: running, 0 people so far\n"


def test_the_command_tells_a_pause_by_hand_and_what_closes_all_sending(here):
    campaign = here.campaign()
    campaigns.pause(campaign.pk)
    with here.store.database.write() as session:
        holds.hold(session, holds.LOOK_UPS, here.at)
    said = run(here, "campaign", "status", str(campaign.pk)).output
    assert f"Paused by hand. `yesword campaign resume {campaign.pk}` lets it go on." in said
    assert "Nothing is sent: the vault lacks look-ups" in said
