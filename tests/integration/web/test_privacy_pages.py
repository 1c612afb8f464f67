"""The page about privacy: who waits, who was erased, what went wrong, what goes by itself; and each breach with its clock."""

import csv
import io
import re
from datetime import timedelta

import pytest

from factories.consoles import fresh, on_the_clock_of, signed_in, trail, words
from factories.worlds import ANNA, world
from yesword.accounts import rights
from yesword.domain.ids import to_text
from yesword.privacy import breaches, erasing, retaining
from yesword.privacy.breaches import Found, Later, Risk
from yesword.privacy.erasing import OPERATOR, Wish
from yesword.store import models
from yesword.store.models import User
from yesword.web.console import breach_forms, breach_people, privacy
from yesword.web.console import breaches as pages

BEA = "+31612345679"
WHAT = "A laptop with a list of members was stolen"


@pytest.fixture
def here(sqlite_store, monkeypatch):
    fresh()
    with world(sqlite_store) as opened:
        on_the_clock_of(opened, monkeypatch, privacy, pages, breach_forms, breach_people)
        yield opened


@pytest.fixture
def console(here):
    return signed_in()


def read(client, address="/privacy"):
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return words(answer)


def opened(here, **more):
    usual = {"what": WHAT, "noticed_at": here.at}
    return breaches.open_breach(here.store, here.club.brand, Found(**{**usual, **more}), None, here.at)


def local(at):
    """As the brand's clock shows it, in a field."""
    return f"{at + timedelta(hours=1):%Y-%m-%dT%H:%M}"


# Who waits


def test_those_who_wait_are_listed_with_their_clock_the_first_to_be_due_first(here, console):
    here.join()
    here.text(ANNA, "delete my data please")
    here.wait(days=10)
    here.join(BEA)
    here.text(BEA, "what data do you have on me?")
    here.wait(days=25)
    said = read(console)
    assert "Overdue by 4 days, since 2 April 2026" in said
    assert "days left, until 12 April 2026" in said
    assert said.index("They want their data deleted.") < said.index("They want to see what you know")
    assert "+31 •••••• 678" in said
    assert ANNA not in said


def test_more_than_a_page_of_them_is_reached_by_a_link(here, console, monkeypatch):
    monkeypatch.setattr(privacy, "PAGE", 2)
    for number in (ANNA, BEA, "+31612345670"):
        here.join(number)
        here.text(number, "delete my data please")
    html = console.get("/privacy").content.decode()
    (url,) = re.findall(r'href="(/privacy\?after=prq_\w+)"', html)
    said = read(console, url)
    assert said.count("They want their data deleted.") == 1
    assert "From the start" in said


@pytest.mark.parametrize("after", ["prq_zzz", "con_1", "%00"])
def test_an_address_that_names_nothing_begins_at_the_start(here, console, after):
    assert "Nobody. When somebody texts" in read(console, f"/privacy?after={after}")


# Who was erased


def test_who_was_erased_is_listed_with_what_is_kept_until_when_and_why(here, console):
    here.join()
    anna = here.contact().id
    kept = erasing.plan(here.store, anna, here.at).retention
    erasing.erase(here.store, anna, Wish(ground=OPERATOR, by=User.objects.get().pk), here.at)
    said = read(console)
    until = kept.retain_until
    assert f"Proof until {until.day} {until:%B %Y}" in said
    assert kept.citation in said
    assert "The brand erased them (owner)" in said
    assert "Erased, the proof locked away" in said
    assert f"/people/{to_text('con', anna)}" in console.get("/privacy").content.decode()


# What goes by itself


def test_that_the_job_never_ran_is_said(here, console):
    assert "It has never run." in read(console)


def test_when_it_ran_last_and_what_went_is_said_and_when_it_stops_running(here, console):
    here.join()
    retaining.run(here.store, here.at)
    said = read(console)
    assert "It ran last on 2 March 2026" in said
    assert "There was nothing to let go." in said
    assert "It has" not in said
    here.wait(days=3)
    assert "It has not run for more than two days." in read(console)


def test_a_dry_run_says_what_would_go_and_lets_nothing_go(here, console):
    here.join()
    here.text(ANNA, "stop")
    here.wait(days=365 * 9)
    before = here.sql("SELECT count(*) FROM inbound_text WHERE sealed_body IS NOT NULL")
    said = words(console.post("/privacy/retention"))
    assert "If it ran now, this would go. Nothing has gone." in said
    assert "People of whom nothing was heard for long 1" in said
    assert here.sql("SELECT count(*) FROM inbound_text WHERE sealed_body IS NOT NULL") == before
    assert not models.RetentionRun.objects.exists()


def test_a_dry_run_that_would_take_long_says_that_it_is_a_part(here, console, monkeypatch):
    monkeypatch.setattr("yesword.web.console.retention._PATIENCE_S", -1)
    assert "Only a part was counted" in words(console.post("/privacy/retention"))


# A breach


def test_a_breach_is_written_down_and_its_clock_runs(here, console):
    typed = {
        "what": WHAT,
        "noticed_at": local(here.at - timedelta(hours=10)),
        "risk": "likely",
        "data_kinds": "numbers, names",
        "people_count": "400",
    }
    answer = console.post("/privacy/breaches/new", typed, follow=True)
    said = words(answer)
    for each in (WHAT, "3 days left to tell the authority", "numbers, names", "400", "Written down by owner"):
        assert each in said, each
    breach = models.Breach.objects.get()
    assert breach.noticed_at == here.at.replace(second=0) - timedelta(hours=10)
    assert (breach.data, breach.opened_by.name) == (["numbers", "names"], "owner")
    assert trail("breach.opened") == [(f"breach {breach.pk}", "owner")]
    assert WHAT in read(console)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        pytest.param({"what": "  "}, "This field is required.", id="nothing happened"),
        pytest.param({"noticed_at": "2031-01-01T00:00"}, "This moment is still ahead.", id="not noticed yet"),
        pytest.param({"noticed_at": "yesterday"}, "That is no day and time.", id="no time"),
        pytest.param({"noticed_at": ""}, "This field is required.", id="nobody noticed"),
        pytest.param({"happened_at": "2026-03-02T12:59"}, "It was noticed before it happened", id="order"),
        pytest.param({"risk": "huge"}, "huge", id="no such risk"),
        pytest.param({"people_count": "-1"}, "0", id="fewer than nobody"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(here, console, wrong, says):
    typed = {"what": WHAT, "noticed_at": "2026-03-02T12:30", "risk": "likely", **wrong}
    answer = console.post("/privacy/breaches/new", typed)
    assert answer.status_code == 422
    assert says in words(answer)
    assert typed["noticed_at"] in answer.content.decode()
    assert not models.Breach.objects.exists()


@pytest.mark.parametrize(
    ("later", "hours", "says"),
    [
        pytest.param({}, 70, "2 hours left to tell the authority", id="running"),
        pytest.param({}, 80, "overdue by 8 hours", id="overdue"),
        pytest.param({"risk": Risk.UNLIKELY}, 80, "No risk, so nobody has to be told", id="no risk"),
        pytest.param({"told": 10}, 80, "The authority was told in time", id="in time"),
        pytest.param({"told": 79}, 80, "The authority was told late", id="late"),
    ],
)
def test_the_clock_says_how_it_stands(here, console, later, hours, says):
    breach = opened(here)
    told = later.pop("told", None)
    if told is not None:
        later["authority_told_at"] = here.at + timedelta(hours=told)
    here.wait(hours=hours)
    breaches.amend(here.store, breach.pk, Later(**later), None, here.at)
    assert says in read(console)
    assert says in read(console, f"/privacy/breaches/{breach.pk}")


def test_it_says_what_is_missing_and_is_closed_when_nothing_is(here, console):
    breach = opened(here, risk=Risk.HIGH)
    url = f"/privacy/breaches/{breach.pk}"
    said = read(console, url)
    for each in (
        "The authority has not been told, and people are at risk.",
        "The risk is high, and the people were not told, nor is it said why not.",
        "Nobody says what was done about it.",
    ):
        assert each in said, each
    assert "something is still missing" in words(console.post(f"{url}/close", follow=True))
    here.wait(hours=1)
    typed = {
        "risk": "high",
        "measures": "The disk was locked",
        "authority_told_at": local(here.at),
        "people_told_at": local(here.at),
    }
    console.post(f"{url}/amend", typed)
    assert "All that has to be told was told." in read(console, url)
    assert "The breach is closed." in words(console.post(f"{url}/close", follow=True))
    assert "it is closed" not in read(console)
    assert trail("breach.closed") == [(f"breach {breach.pk}", "owner")]
    assert "the breach is closed" in words(console.post(f"{url}/amend", typed, follow=True))
    assert "the breach is closed" in words(console.post(f"{url}/close", follow=True))


@pytest.mark.parametrize(
    "missing",
    [
        pytest.param({"risk": Risk.HIGH}, id="a high risk"),
        pytest.param({"risk": Risk.LIKELY, "late": True}, id="told late"),
    ],
)
def test_each_thing_that_may_be_missing_has_words_in_the_readers_language(here, missing):
    breach = opened(here, risk=missing["risk"])
    if missing.get("late"):
        breach.authority_told_at = here.at + timedelta(hours=80)
    found = breaches.missing_for_closing(breach, here.at)
    assert found
    assert set(found) <= set(pages._MISSING)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        pytest.param({"authority_told_at": "2026-03-01T09:00"}, "before anybody had noticed", id="too early"),
        pytest.param({"people_told_at": "2031-03-01T09:00"}, "still ahead", id="ahead"),
        pytest.param({"risk": "none at all"}, "none at all", id="no such risk"),
    ],
)
def test_what_cannot_have_been_done_is_not_written_down(here, console, typed, says):
    breach = opened(here)
    answer = console.post(
        f"/privacy/breaches/{breach.pk}/amend", {"risk": "high", "measures": "locked", **typed}
    )
    assert answer.status_code == 422
    assert says in words(answer)
    assert "locked" in words(answer)
    breach.refresh_from_db()
    assert breach.measures == ""


def test_told_in_the_minute_in_which_it_was_noticed_is_told_in_time(here, console):
    here.wait(seconds=30)
    breach = opened(here)
    here.wait(seconds=20)
    typed = {"risk": "likely", "authority_told_at": local(here.at)}
    assert console.post(f"/privacy/breaches/{breach.pk}/amend", typed).status_code == 302
    assert "The authority was told in time" in read(console, f"/privacy/breaches/{breach.pk}")


# Whom it touched


def people_of(answer):
    text = b"".join(answer.streaming_content).decode()
    return [each["number"] for each in csv.DictReader(io.StringIO(text))]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        pytest.param({"way": "program", "program": "club"}, [ANNA], id="a program"),
        pytest.param(
            {"way": "span", "since": "2026-03-02T00:00", "until": "2026-03-03T00:00"}, [ANNA, BEA], id="a day"
        ),
        pytest.param({"way": "numbers", "numbers": f"06 12345679\n\n{BEA}\n"}, [BEA], id="numbers"),
    ],
)
def test_those_whom_it_may_have_touched_come_as_a_list(here, console, typed, numbers):
    here.join()
    here.members(1, here.events, numbers=[BEA])
    breach = opened(here)
    if typed.get("program") == "club":
        typed = {**typed, "program": str(here.club.id)}
    answer = console.post(f"/privacy/breaches/{breach.pk}/people", typed)
    assert answer.status_code == 200
    assert sorted(people_of(answer)) == sorted(numbers)
    assert answer["Content-Disposition"] == f'attachment; filename="breach-{breach.pk}-people.csv"'
    assert answer["Cache-Control"] == "private, no-store"
    assert trail("breach.people_exported") == [(f"breach {breach.pk}", "owner")]


def test_they_may_be_counted_first_which_shows_nobody(here, console):
    here.join()
    breach = opened(here)
    typed = {"way": "program", "program": str(here.club.id), "count": "yes"}
    answer = console.post(f"/privacy/breaches/{breach.pk}/people", typed)
    assert "It may have touched 1 person." in words(answer)
    assert trail("breach.people_exported") == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        pytest.param({"way": "program", "program": ""}, "This field is required.", id="no program"),
        pytest.param({"way": "import_run", "import_run": "77"}, "77", id="an import that is not there"),
        pytest.param({"way": "span", "since": "2026-03-02T00:00"}, "This field is required.", id="no end"),
        pytest.param(
            {"way": "span", "since": "2026-03-02T00:00", "until": "2026-03-01T00:00"},
            "not after the beginning",
            id="an end before the beginning",
        ),
        pytest.param({"way": "numbers", "numbers": "\n"}, "This field is required.", id="no numbers"),
        pytest.param(
            {"way": "numbers", "numbers": f"{BEA}\nhello\n"},
            "stands no number: 2.",
            id="a word among numbers",
        ),
        pytest.param({"way": "all"}, "Something needs correcting", id="no such way"),
    ],
)
def test_what_names_nobody_gives_no_list(here, console, typed, says):
    breach = opened(here)
    answer = console.post(f"/privacy/breaches/{breach.pk}/people", typed)
    assert answer.status_code == 422
    assert says in words(answer)
    assert trail("breach.people_exported") == []


# Who may


def test_a_viewer_sees_it_all_and_changes_nothing(here):
    viewer, breach = signed_in(User.Role.VIEWER), opened(here)
    assert WHAT in read(viewer)
    page = viewer.get(f"/privacy/breaches/{breach.pk}").content.decode()
    assert "<form" not in page[page.index("<main") : page.index("</main>")]
    main = viewer.get("/privacy").content.decode()
    assert "<form" not in main[main.index("<main") : main.index("</main>")]
    for address in ("/privacy/breaches/new", f"/privacy/breaches/{breach.pk}/amend"):
        assert viewer.post(address, {"risk": "high"}).status_code == 403
    for address in ("close", "people"):
        assert viewer.post(f"/privacy/breaches/{breach.pk}/{address}").status_code == 403
    assert viewer.post("/privacy/retention").status_code == 403
    assert viewer.get("/privacy/breaches/new").status_code == 403


def test_the_list_of_people_takes_a_right_of_its_own(here):
    manager, breach = signed_in(User.Role.MANAGER), opened(here)
    url, typed = f"/privacy/breaches/{breach.pk}/people", {"way": "program", "program": str(here.club.id)}
    assert "takes a right of its own" in read(manager, f"/privacy/breaches/{breach.pk}")
    assert manager.post(url, typed).status_code == 403
    rights.give("manager", rights.Right.NUMBERS)
    assert people_of(manager.post(url, typed)) == []


def test_a_breach_that_is_not_there_has_no_page(here, console):
    assert console.get("/privacy/breaches/77").status_code == 404
    assert console.post("/privacy/breaches/77/people", {}).status_code == 404
