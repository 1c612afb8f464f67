"""The register of breaches: its clock, what has to be there before one is closed, and whom it may have touched."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from factories.queued import BERT
from factories.worlds import ANNA, EVENTS
from yesword.collect.imports.running import run_import
from yesword.privacy import breaches
from yesword.privacy.breaches import (
    BadBreachError,
    BreachClosedError,
    BreachUnfinishedError,
    Found,
    Later,
    NobodyMeantError,
    NoSuchBreachError,
    Risk,
    Touched,
)
from yesword.store import models

CARL = "+31612345670"
DORA = "+31612345671"
HOUR = timedelta(hours=1)


def found(here, **more):
    usual = {"what": "A laptop with a list of members was stolen", "noticed_at": here.at}
    return Found(**{**usual, **more})


def opened(here, by=None, **more):
    return breaches.open_breach(here.store, here.club.brand, found(here, **more), by, here.at)


def told(here, breach, **later):
    return breaches.amend(here.store, breach.pk, Later(**later), None, here.at)


# --- the clock -------------------------------------------------------------------------------------------------


def test_the_clock_runs_for_72_hours_from_when_it_was_noticed(here):
    breach = opened(here, noticed_at=here.at - 10 * HOUR)
    clock = breaches.clock(breach, here.at)
    assert (clock.due_at, clock.runs, clock.is_overdue) == (here.at + 62 * HOUR, True, False)
    assert breaches.left(breach, here.at) == "62 h left"
    late = here.at + 63 * HOUR
    assert breaches.clock(breach, late).is_overdue
    assert breaches.left(breach, late) == "overdue by 1 h"


@pytest.mark.parametrize(
    ("hours", "left"), [pytest.param(71, "told", id="in time"), pytest.param(73, "told late", id="too late")]
)
def test_the_clock_stops_when_the_authority_is_told(here, hours, left):
    breach = opened(here)
    here.wait(hours=hours)
    breach = told(here, breach, authority_told_at=here.at)
    assert not breaches.clock(breach, here.at + 100 * HOUR).runs
    assert breaches.left(breach, here.at) == left


def test_where_nobody_is_at_risk_no_clock_runs(here):
    assert not breaches.clock(opened(here, risk=Risk.UNLIKELY), here.at + 1000 * HOUR).is_overdue


def test_the_open_ones_come_first_and_of_them_the_first_to_be_due(here):
    closed = opened(here, noticed_at=here.at - 9 * HOUR, risk=Risk.UNLIKELY, measures="wiped from afar")
    later, sooner = opened(here), opened(here, noticed_at=here.at - HOUR)
    breaches.close(here.store, closed.pk, None, here.at)
    assert [each.pk for each in breaches.register()] == [sooner.pk, later.pk, closed.pk]
    assert [each.pk for each in breaches.register(here.club.brand, is_open=True)] == [sooner.pk, later.pk]


# --- what is written down --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "why"),
    [
        pytest.param({"what": "  "}, "say what happened", id="nothing happened"),
        pytest.param({"noticed_at": datetime(2030, 1, 1, tzinfo=UTC)}, "in the future", id="noticed later"),
        pytest.param({"happened_at": datetime(2030, 1, 1, tzinfo=UTC)}, "before it happened", id="happened later"),
        pytest.param({"people_count": -1}, "fewer than no people", id="fewer than nobody"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_not_written_down(here, more, why):
    with pytest.raises(BadBreachError, match=why):
        opened(here, **more)
    assert not models.Breach.objects.exists()


def test_it_may_be_told_in_phases_and_who_did_it_is_kept(here, kim):
    breach = opened(here, by=kim, data=("numbers",), people=("members",))
    here.wait(hours=5)
    after = breaches.amend(here.store, breach.pk, Later(people_count=12, measures="wiped"), kim, here.at)
    assert (after.people_count, after.measures, after.data, after.people) == (
        12,
        "wiped",
        ["numbers"],
        ["members"],
    )
    entries = models.AuditEntry.objects.order_by("pk").values_list("action", "user_id", "subject")
    assert list(entries) == [
        ("breach.opened", kim, f"breach {breach.pk}"),
        ("breach.amended", kim, f"breach {breach.pk}"),
    ]


def test_a_dry_run_writes_nothing_down(here):
    breaches.open_breach(here.store, here.club.brand, found(here), None, here.at, is_dry_run=True)
    breach = opened(here)
    breaches.amend(here.store, breach.pk, Later(measures="wiped"), None, here.at, is_dry_run=True)
    assert [each.measures for each in models.Breach.objects.all()] == [""]


@pytest.mark.parametrize(
    ("more", "later", "hours", "missing"),
    [
        pytest.param({}, {"measures": "wiped"}, 0, "authority has not been told", id="the authority"),
        pytest.param(
            {}, {"measures": "wiped", "authority_told_at": ...}, 80, "after 72 hours", id="why it was late"
        ),
        pytest.param(
            {"risk": Risk.HIGH},
            {"measures": "wiped", "authority_told_at": ...},
            1,
            "people were not told",
            id="the people",
        ),
        pytest.param({}, {"authority_told_at": ...}, 1, "what was done", id="what was done"),
    ],
)
def test_it_is_not_closed_while_something_is_missing(here, more, later, hours, missing):
    breach = opened(here, **more)
    here.wait(hours=hours)
    if later:
        told(here, breach, **{name: here.at if value is ... else value for name, value in later.items()})
    with pytest.raises(BreachUnfinishedError, match=missing):
        breaches.close(here.store, breach.pk, None, here.at)
    assert breaches.read(breach.pk).state == "open"


def test_what_is_closed_stays_as_it_was_written(here, kim):
    breach = opened(here, risk=Risk.HIGH)
    here.wait(hours=2)
    told(here, breach, authority_told_at=here.at, people_told_at=here.at, measures="wiped")
    closed = breaches.close(here.store, breach.pk, kim, here.at)
    assert (closed.state, closed.closed_by_id, closed.closed_at) == ("closed", kim, here.at)
    with pytest.raises(BreachClosedError):
        told(here, breach, measures="nothing")
    with pytest.raises(BreachClosedError):
        breaches.close(here.store, breach.pk, kim, here.at)


def test_nobody_can_have_been_told_before_it_was_noticed(here):
    breach = opened(here)
    with pytest.raises(BadBreachError):
        told(here, breach, authority_told_at=here.at - HOUR)


def test_one_that_is_not_there_is_said_to_be_missing(here):
    with pytest.raises(NoSuchBreachError, match="99"):
        breaches.read(99)


# --- whom it touched -------------------------------------------------------------------------------------------


def numbers(here, **touched):
    return {each.number for each in breaches.people(here.store, here.club.brand, Touched(**touched))}


@pytest.fixture
def four(on_both, tmp_path):
    """Anna in the club, Bert at events a day later, Carl and Dora by an import each another day later."""
    here = on_both
    here.join()
    here.wait(days=1)
    assert here.text(BERT, "EVENTS", to=EVENTS) == "granted"
    here.wait(days=1)
    for number, name in ((CARL, "=Carl"), (DORA, "Dora")):
        file = tmp_path / f"{name[1:]}.csv"
        file.write_text(
            f"number;name;consent date;source\n{number};{name};2026-02-01;shop\n", encoding="utf-8"
        )
        run_import(here.store, here.club, file, clock=lambda: here.at)
    return here


def test_by_program_by_import_by_span_and_by_number(four):
    here = four
    run, _ = models.ImportRun.objects.order_by("pk")
    start = here.at - timedelta(days=2, hours=1)
    assert numbers(here, program=here.club.id) == {ANNA, CARL, DORA}
    assert numbers(here, program=here.events.id) == {BERT}
    assert numbers(here, import_run=run.pk) == {CARL}
    assert numbers(here, span=(start, start + timedelta(hours=3))) == {ANNA}
    assert numbers(here, span=(start, here.at)) == {ANNA, BERT, CARL, DORA}
    assert numbers(here, numbers=(BERT, "+31612345600")) == {BERT}


def test_page_by_page(here, monkeypatch):
    monkeypatch.setattr(breaches, "_PAGE", 2)
    here.members(5)
    assert len(numbers(here, program=here.club.id)) == 5


@pytest.mark.parametrize(
    "touched",
    [
        pytest.param({}, id="nobody"),
        pytest.param({"program": 1, "import_run": 1}, id="two ways at once"),
    ],
)
def test_exactly_one_way_says_who_is_meant(touched):
    with pytest.raises(NobodyMeantError):
        Touched(**touched)


def test_an_import_that_is_not_there_touched_nobody(here):
    with pytest.raises(NobodyMeantError):
        numbers(here, import_run=99)


def test_the_list_has_numbers_and_leaves_a_trace_without_them(four, kim):
    here = four
    breach, out = opened(here), io.StringIO()
    touched = Touched(numbers=(ANNA, CARL))
    assert breaches.write_people(here.store, breach, touched, out, kim, here.at) == 2
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert {row["number"]: row["name"] for row in rows} == {ANNA: "", CARL: "'=Carl"}
    entry = models.AuditEntry.objects.get(action="breach.people_exported")
    assert (entry.user_id, entry.detail["numbers"]) == (kim, 2)
    assert ANNA not in str(entry.detail)
