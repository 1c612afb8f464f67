"""An import as a run: done again, tried dry, killed in the middle, its rejected rows, its command."""

import csv
import json
import random
import re
import signal
import stat
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from click.testing import CliRunner

from factories.imports import (
    ANNA,
    BACKED,
    CLAIMED,
    GOLDEN,
    HEADER,
    NOW,
    OUT,
    WORDING,
    brand_of,
    dump,
    outcomes,
    person,
    published,
    state,
)
from factories.statements import imported_people, lost_events
from yesword.cli.imports import command
from yesword.collect.imports import Outcome, pacing, run_import
from yesword.collect.imports import writing as import_writing
from yesword.collect.imports.attached import Attached
from yesword.collect.imports.errors import ImportStoppedError, ImportTakenOverError, RejectedIsSourceError
from yesword.domain.events import Grade
from yesword.domain.phone import UnknownCountryError, parse
from yesword.store import contacts, models

# --- again ----------------------------------------------------------------------------------------------------


def test_a_second_run_of_a_mixed_file_changes_nothing(store, club, imported, tmp_path):
    first = imported(GOLDEN)
    before = dump(store)
    assert Counter(rejected_codes(first)) == Counter(expected_codes())
    assert first.outcomes[Outcome.CREATED] == first.grades[Grade.D] + first.grades[Grade.E]
    assert first.is_whole
    second = imported(GOLDEN, at=NOW + timedelta(days=40))
    assert dump(store) == before
    assert set(outcomes(second)) == {"unchanged", "already_stopped", "rejected"}
    with GOLDEN.open(newline="") as file:
        header, *rows = csv.reader(file)
    other = tmp_path / "other name.csv"
    with other.open("w", newline="", encoding="utf-16") as file:
        csv.writer(file, delimiter="\t", quoting=csv.QUOTE_ALL).writerows([header, *reversed(rows)])
    imported(other, at=NOW + timedelta(days=41))
    assert dump(store) == before


def rejected_codes(report):
    return {code: count for code, (count, _) in report.reasons.items()}


def expected_codes():
    from yesword.collect.imports.reading import open_source

    found = [
        record.cells[1] if len(record.cells) > 1 else record.cells[0].split(",")[1]
        for record in open_source(GOLDEN).records()
    ]
    return [each for each in found if each not in ("D", "E", "out")]


CONFLICTING = (
    BACKED,
    BACKED.replace("2024-03-01", "2025-03-01").replace("Anna", "Anna B"),
    CLAIMED.replace("Anna", "Anna C"),
    BACKED.replace("Anna", "Anna D"),
)


@pytest.mark.parametrize("turn", range(4))
def test_of_rows_for_one_number_the_same_one_counts_in_any_order(store, club, people, imported, turn):
    rows = [*CONFLICTING[turn:], *CONFLICTING[:turn]]
    assert outcomes(imported(people(*rows))) == {"created": 1, "duplicate": 3}
    assert person(store, club).name == "Anna B"


def test_a_dry_run_says_what_would_happen_and_writes_nothing(store, club, people, imported):
    imported(people(BACKED))
    before, runs = dump(store), models.ImportRun.objects.count()
    other = BACKED.replace("0612345678", "0612345679")
    file = people(BACKED, other, OUT.replace("0612345678", "0612345670"), "nonsense,,,,,,")
    dry = imported(file, is_dry_run=True)
    assert outcomes(dry) == {"unchanged": 1, "created": 1, "stopped": 1, "rejected": 1}
    assert (dump(store), models.ImportRun.objects.count()) == (before, runs)
    assert outcomes(imported(file)) == outcomes(dry)


def test_a_contact_that_appears_while_the_batch_is_made_is_not_made_twice(
    store, club, people, imported, monkeypatch
):
    """Between looking who is known and writing, the person's own text arrives."""
    real = import_writing.contacts.prepare

    def meanwhile(opened, brand, numbers):
        monkeypatch.setattr(import_writing.contacts, "prepare", real)
        [(contact, seal)] = real(opened, brand, [ANNA])
        new = contacts.NewContact(id=contact, seal=seal, number=parse(ANNA, country=None), brand=club.brand)
        with opened.database.write() as session:
            contacts.insert(session, [new], NOW)
        return real(opened, brand, numbers)

    monkeypatch.setattr(import_writing.contacts, "prepare", meanwhile)
    assert outcomes(imported(people(BACKED))) == {"updated": 1}
    assert state(store, club).grant_for(club.id).grade is Grade.D


# --- the rejected rows, and the run itself -----------------------------------------------------------------------


def test_rejected_rows_come_back_with_reasons_for_the_owner_only(store, club, people, imported, tmp_path):
    file = tmp_path / "rejected.csv"
    bad = ["030 2345678,=cmd(),x,,,,", "+44,-1 tje,@home,,,,", "nonsense,Bo,,,,,unsubscribed"]
    report = imported(people(BACKED, *bad), rejected=file)
    assert outcomes(report) == {"created": 1, "rejected": 3}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with file.open(newline="", encoding="utf-8-sig") as opened:
        header, *rows = csv.reader(opened)
    assert header == ["import line", "import code", "import reason", *HEADER.split(",")]
    assert [row[:2] for row in rows] == [
        ["3", "phone_landline"],
        ["4", "phone_too_short"],
        ["5", "phone_letters"],
    ]
    assert [row[3:6] for row in rows[:2]] == [["030 2345678", "'=cmd()", "x"], ["+44", "'-1 tje", "'@home"]]
    assert report.notes["stop_not_read"] == 1


def test_corrected_rows_can_be_imported_as_they_came_back(store, club, people, imported, tmp_path):
    file, again = tmp_path / "rejected.csv", tmp_path / "again.csv"
    imported(people(BACKED.replace("0612345678", "06 1234")), rejected=file)
    file.write_text(file.read_text(encoding="utf-8-sig").replace("06 1234", "06 12345678"))
    assert outcomes(imported(file, rejected=again)) == {"created": 1}
    assert "import line" not in person(store, club).attributes
    assert state(store, club).grant_for(club.id).grade is Grade.D


def test_the_file_itself_is_never_written_over(store, club, people, imported):
    file = people(BACKED)
    with pytest.raises(RejectedIsSourceError):
        imported(file, rejected=file)
    assert BACKED in file.read_text()


def test_an_unknown_country_is_told_before_anything_is_written(store, club, people, imported):
    with pytest.raises(UnknownCountryError):
        imported(people(BACKED), country="Atlantis")
    assert not models.ImportRun.objects.exists()


def test_the_run_is_kept_with_a_report_that_holds_no_number(store, club, imported):
    report = imported(GOLDEN)
    run = models.ImportRun.objects.get()
    assert (run.state, run.rows, run.report) == ("done", report.rows, report.to_json())
    kept = json.dumps(run.report)
    assert not any(number in kept for number in ("0612345", "61000", "06 1000", "example.org"))


def test_no_number_stands_in_the_clear_in_the_store(store, club, imported):
    imported(GOLDEN)
    everything = re.sub(r"\b\d{18,19}\b", "", repr(dump(store)))  # an id may hold any digits by chance
    given = [f"{start}61000{number:04}" for number in range(70) for start in ("31", "0")]
    given += [
        "31302345679",
        "0302345679",
        "46701740605",
        "0701740605",
        "13055550123",
        "0620000060",
        "06 20000060",
    ]
    assert not [number for number in given if number in everything]
    assert "bo@example.org" not in everything


def test_each_encoding_brings_the_same_people(store, club, imported, tmp_path):
    text = "mobiel;naam;plaats\n0612345678;Åsa Groß;Malmö\n"
    for number, encoding in enumerate(["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"]):
        file = tmp_path / f"{number}.csv"
        file.write_bytes(text.encode(encoding))
        assert outcomes(imported(file)) == ({"created": 1} if number == 0 else {"unchanged": 1})
    assert person(store, club).name == "Åsa Groß"


# --- killed in the middle ------------------------------------------------------------------------------------------


_KILLED = """
import os, signal, sys
from pathlib import Path
from yesword.store.opening import open_store
folder, url, key, file, dies_after, when = sys.argv[1:]
store = open_store(Path(folder), url or None)
from yesword.collect.imports import Options, run_import
from yesword.collect.imports import pacing, runs, writing
from yesword.store import models, programs
row = models.Program.objects.get(key=key)
written = 0
place = {"committed": (writing.Writer, "_write_slice"), "in the transaction": (runs.Run, "advance")}[when]
real = getattr(*place)
def once_more(self, *given):
    global written
    real(self, *given)
    written += 1
    if written == int(dies_after):
        os.kill(os.getpid(), signal.SIGKILL)
setattr(*place, once_more)
pacing.Pace.learn = lambda *given: None  # small slices, on a quick database too
run_import(store, programs.version(row.pk, row.version), Path(file))
"""


@pytest.mark.parametrize("when", ["committed", "in the transaction"])
def test_an_import_that_was_killed_goes_on_without_a_double(store, club, people, imported, when):
    stops = [OUT.replace("0612345678", f"06{30000000 + number}") for number in range(60)]
    rows = [BACKED.replace("0612345678", f"06{20000000 + number}") for number in range(400)]
    file = people(*rows, *stops)
    dies_after = random.Random(when).randrange(2, 6)
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(store.folder), store.url or "", club.key, str(file),
         str(dies_after), when],
        check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    run = models.ImportRun.objects.get()
    assert run.state == "running"
    assert 0 < run.cursor < 460
    report = imported(file)
    assert report.went_on_from == run.cursor
    assert outcomes(report) == {"created": 400, "stopped": 60}, (
        "each row counts once, whichever attempt wrote it"
    )
    with store.database.read() as session:
        assert dict(session.rows("count_events", brand_id=club.brand)) == {"granted": 400}
        assert session.first("count_contacts", brand_id=club.brand) == (400,)
        assert dict(session.rows("count_suppressions", brand_id=club.brand)) == {
            "imported_opt_out_undated": 60
        }
    assert lost_events() == 0
    assert imported_people(run.pk) == 400
    told = {line.digest for line in store.journal.stops()}
    assert len(told) == 60
    [state] = models.ImportRun.objects.values_list("state", flat=True)
    assert state == "done"


def test_an_import_that_was_stopped_goes_on_where_it_was(store, club, people, imported, monkeypatch):
    monkeypatch.setattr(pacing.Pace, "learn", lambda *given: None)  # small slices, however quick
    file = people(*(BACKED.replace("0612345678", f"06{20000000 + number}") for number in range(200)))
    asked = []

    def after_two():
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(ImportStoppedError):
        run_import(store, club, file, clock=lambda: NOW, should_stop=after_two)
    assert models.ImportRun.objects.get().state == "stopped"
    assert outcomes(imported(file)) == {"created": 200}
    assert models.ImportRun.objects.get().state == "done"


@pytest.mark.parametrize(("is_over", "notes"), [(True, {}), (False, {"on_its_way": 1})])
def test_one_that_goes_on_waits_for_what_its_last_batch_may_have_stopped(
    store, club, people, monkeypatch, is_over, notes
):
    monkeypatch.setattr(pacing.Pace, "learn", lambda *given: None)
    file = people(*(OUT.replace("0612345678", f"06{20000000 + number}") for number in range(200)))
    asked = []

    def waits():
        asked.append(1)
        return is_over

    stops = iter([False, True, True]).__next__
    with pytest.raises(ImportStoppedError):
        run_import(store, club, file, clock=lambda: NOW, should_stop=stops, drain_claims=waits)
    assert not asked, "a first run knows whom it stops"
    report = run_import(store, club, file, clock=lambda: NOW, drain_claims=waits)
    assert asked == [1]
    assert dict(report.notes) == notes


def test_another_way_to_read_the_file_is_another_import(store, club, people, imported, monkeypatch):
    monkeypatch.setattr(pacing.Pace, "learn", lambda *given: None)
    file = people(*(CLAIMED.replace("0612345678", f"06{20000000 + number}") for number in range(100)))
    with pytest.raises(ImportStoppedError):
        run_import(store, club, file, clock=lambda: NOW, should_stop=iter([False, True, True]).__next__)
    done = models.ImportRun.objects.get().cursor
    report = imported(file, attached=Attached(source="the till", consented_at=NOW, wording=WORDING))
    assert report.went_on_from == 0
    assert outcomes(report) == {"updated": done, "created": 100 - done}
    assert sorted(models.ImportRun.objects.values_list("state", flat=True)) == ["done", "stopped"]


def test_whoever_takes_an_import_over_leaves_nothing_to_who_had_it(store, club, people):
    """Two start the same file, as after a pause that looked like a crash."""
    file = people(*(BACKED.replace("0612345678", f"06{20000000 + number}") for number in range(300)))
    began = []

    def meanwhile():
        if not began:
            began.append(1)
            run_import(store, club, file, clock=lambda: NOW)
        return False

    with pytest.raises(ImportTakenOverError):
        run_import(store, club, file, clock=lambda: NOW, should_stop=meanwhile)
    with store.database.read() as session:
        assert session.first("count_contacts", brand_id=club.brand) == (300,)
    assert models.ImportRun.objects.get().state == "done"


# --- the command -----------------------------------------------------------------------------------------------


@pytest.fixture
def yesword(sqlite_store):
    published(brand_of())
    folder = sqlite_store.folder
    sqlite_store.close()

    def run(*arguments):
        return CliRunner().invoke(command, [*map(str, arguments), "--data", str(folder)])

    return run


def test_the_command_accounts_for_every_row_in_words_and_in_json(yesword, people):
    file = people(BACKED, CLAIMED, "nonsense,,,,,,")
    result = yesword(file, "--program", "club", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["rows"] == sum(report["outcomes"].values()) == 3
    assert [each["code"] for each in report["rejected"]] == ["phone_letters"]
    shown = yesword(file, "--program", "club")
    assert "3 rows imported into club" in shown.output
    assert "known already, nothing new" in shown.output
    assert "0612345678" not in shown.output


def test_the_command_runs_in_a_process_of_its_own(sqlite_store, people):
    published(brand_of())
    sqlite_store.close()
    start = "from yesword.cli import main; main()"
    arguments = ["import", people(BACKED), "--program", "club", "--data", sqlite_store.folder]
    done = subprocess.run(
        [sys.executable, "-c", start, *map(str, arguments)], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "1  new people" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "exit_code", "sentence"),
    [
        (["--program", "cluub"], 2, "no program cluub. Known programs: "),
        (["--program", "club", "--country", "XX"], 2, "two-letter ISO code"),
        (["--program", "club"], 1, "Rejected"),
    ],
    ids=["unknown program", "unknown country", "no row could be taken"],
)
def test_the_command_says_what_is_wrong(yesword, people, arguments, exit_code, sentence):
    result = yesword(people("nonsense,,,,,,"), *arguments)
    assert result.exit_code == exit_code
    assert sentence in result.output
