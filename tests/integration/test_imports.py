"""Imports on a real store: who may be texted afterwards, who may not, and that a second run changes nothing."""

import csv
import json
import signal
import sqlite3
import stat
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from factories.programs import a_program
from yesword.cli.imports import command
from yesword.collect.imports import Options, Outcome, run_import
from yesword.collect.imports import writing as import_writing
from yesword.collect.imports.errors import RejectedIsSourceError
from yesword.collect.imports.weighing import Change, Facts, update_facts
from yesword.consent import Act, Draft, append, invalidate, withdraw
from yesword.consent.record import open_sections
from yesword.domain import codec
from yesword.domain.events import Actor, Basis, ConsentEvent, EventKind, Grade, Scope
from yesword.domain.ids import BrandId
from yesword.domain.phone import UnknownCountryError, parse
from yesword.ledger.entry import open_disclosure
from yesword.store import contacts, models, programs

GOLDEN = Path(__file__).parents[1] / "fixtures" / "imports" / "odd-rows.csv"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDING = "Ja, stuur mij aanbiedingen van Acme per sms"
HEADER = "mobile,name,city,consent date,consent source,consent wording,status"
ANNA = "+31612345678"
BACKED = f'0612345678,Anna,Utrecht,2024-03-01,checkout,"{WORDING}",'
CLAIMED = "0612345678,Anna,Utrecht,,,,"
OUT = "0612345678,,,,,,unsubscribed"


def brand_of(key="acme", country="NL"):
    return models.Brand.objects.create(key=key, name="Acme", country=country, origin=f"{key}.example/ledger")


def published(brand, key="club"):
    account, _ = models.Account.objects.get_or_create(key="sim", defaults={"channel": "simulator"})
    sender, _ = models.Sender.objects.get_or_create(account=account, address="800123", kind="short_code")
    return programs.publish(a_program(brand=BrandId(brand.pk), brand_country=brand.country, key=key), sender)


@pytest.fixture
def club(store):
    return published(brand_of())


@pytest.fixture
def people(tmp_path):
    """Writes a file of these rows."""

    def write(*rows, name="people.csv", header=HEADER):
        file = tmp_path / name
        file.write_text("\n".join([header, *rows]) + "\n")
        return file

    return write


@pytest.fixture
def imported(store, club):
    def run(file, program=None, at=NOW, **options):
        return run_import(store, program or club, file, Options(**options), clock=lambda: at)

    return run


def outcomes(report):
    assert report.is_whole
    return {outcome.value: count for outcome, count in report.outcomes.items() if count}


def contact_id_of(store, program, number=ANNA):
    with store.database.read() as session:
        return contacts.find(store, session, program.brand, number)


def person(store, program, number=ANNA):
    with store.database.read() as session:
        return contacts.read(store, session, contact_id_of(store, program, number))


def state(store, program, number=ANNA):
    contact = contact_id_of(store, program, number)
    with store.database.read() as session:
        return contacts.standings(session, [contact])[contact].state


def events(store, program, number=ANNA):
    contact = person(store, program, number)
    with store.database.read() as session:
        rows = session.rows("events_of_contact", bucket=contact.bucket, contact_id=contact.id)
    return [codec.loads(ConsentEvent, bytes(row[1])) for row in rows], rows


def act(at=NOW, actor=Actor.HANDSET):
    return Act(actor=actor, route="reply", occurred_at=at, received_at=at, language="nl")


def stop(store, program, number=ANNA, scope=None):
    brand = programs.brand(program.brand)
    with store.database.write() as session:
        found = contacts.read(store, session, contacts.find(store, session, program.brand, number))
        withdraw(store, session, brand, found, act(), NOW, program=scope)


def write_event(store, program, kind, *, at=NOW, number=ANNA, **more):
    brand = programs.brand(program.brand)
    draft = Draft(
        kind=kind, scope=Scope(program=program.id), actor=Actor.HANDSET, route="keyword", occurred_at=at,
        received_at=at, program=program, **more,
    )  # fmt: skip
    with store.database.write() as session:
        found = contacts.read(store, session, contacts.find(store, session, program.brand, number))
        return append(store, session, brand, found, [draft], at)


def join(store, program, at=NOW):
    write_event(
        store, program, EventKind.GRANTED, at=at, basis=Basis.EXPRESS_WRITTEN, grade=Grade.A, language="nl"
    )


def dump(store):
    """Every row of the store and the vault, but for the list of imports."""
    if store.url is None:
        files = [store.folder / "yesword.sqlite3", store.folder / "keys.sqlite3"]
        found = {}
        for file in files:
            connection = sqlite3.connect(file)
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            found |= {
                name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"'))) for (name,) in tables
            }
            connection.close()
    else:
        import psycopg

        with psycopg.connect(store.url) as connection:
            tables = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'keys')"
            ).fetchall()
            found = {
                name: sorted(map(repr, connection.execute(f'SELECT * FROM "{schema}"."{name}"')))
                for schema, name in tables
            }
    return {
        name: rows for name, rows in found.items() if "importrun" not in name and name != "sqlite_sequence"
    }


# --- grades ---------------------------------------------------------------------------------------------------


def test_source_date_and_wording_make_a_grant_of_grade_d(store, club, people, imported):
    assert outcomes(imported(people(BACKED))) == {"created": 1}
    grant = state(store, club).grant_for(club.id)
    assert (grant.grade, grant.basis, grant.since) == (
        Grade.D,
        Basis.EXPRESS,
        datetime(2024, 3, 1, tzinfo=UTC),
    )
    assert grant.scope == Scope(program=club.id, purposes=("offers",), categories=("shoes", "bags"))
    assert not grant.is_confirmed


def test_a_claim_without_proof_stands_in_the_record_and_permits_nothing(store, club, people, imported):
    report = imported(people(CLAIMED))
    assert outcomes(report) == {"created": 1}
    assert report.grades == {Grade.E: 1}
    assert report.lacks == {"source": 1, "date": 1, "wording": 1}
    assert state(store, club).grant_for(club.id) is None
    [event], _ = events(store, club)
    assert (event.kind, event.grade, event.basis, event.disclosure) == (
        EventKind.GRANTED,
        Grade.E,
        None,
        None,
    )


def test_the_row_and_its_wording_are_sealed_into_the_evidence(store, club, people, imported):
    imported(people(BACKED))
    [event], [row] = events(store, club)
    contact = person(store, club)
    origin = programs.brand(club.brand).origin
    opened = dict(
        open_disclosure(each)
        for each in open_sections(store.vault.seal(contact.id), bytes(row[2]), origin, event.id)
    )
    assert opened["notice"]["text"] == WORDING
    assert opened["evidence"][0]["row"]["mobile"] == "0612345678"
    assert opened["evidence"][0]["row"]["consent source"] == "checkout"
    assert opened["context"]["line"] == 2


def test_better_proof_lifts_a_claim_to_a_grant(store, club, people, imported):
    imported(people(CLAIMED))
    assert outcomes(imported(people(BACKED))) == {"updated": 1}
    assert state(store, club).grant_for(club.id).grade is Grade.D
    assert outcomes(imported(people(CLAIMED))) == {"unchanged": 1}


def test_what_a_person_granted_from_the_handset_is_not_granted_again(store, club, people, imported):
    imported(people(CLAIMED))
    join(store, club)
    assert outcomes(imported(people(BACKED))) == {"unchanged": 1}
    assert state(store, club).grant_for(club.id).grade is Grade.A


def test_consent_for_one_program_is_none_for_another(store, club, people, imported):
    imported(people(BACKED))
    events_program = published(models.Brand.objects.get(), "events")
    assert state(store, club).grant_for(events_program.id) is None
    assert outcomes(imported(people(BACKED), events_program)) == {"updated": 1}


def test_facts_of_known_people_are_brought_up_to_date_and_nothing_is_emptied(store, club, people, imported):
    imported(people(BACKED))
    assert outcomes(imported(people(BACKED.replace("Anna", "Anna de Vries").replace("Utrecht", "")))) == {
        "updated": 1
    }
    found = person(store, club)
    assert (found.name, found.attributes["location"], found.language) == ("Anna de Vries", "Utrecht", "nl")


# --- stops ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", [BACKED, CLAIMED], ids=["with proof", "claimed"])
@pytest.mark.parametrize("is_whole_brand", [True, False], ids=["all of the brand", "this program"])
def test_who_has_stopped_is_not_revived(store, club, people, imported, row, is_whole_brand):
    imported(people(BACKED))
    stop(store, club, scope=None if is_whole_brand else club)
    before = dump(store)
    report = imported(people(row.replace("Anna", "Somebody else")))
    assert outcomes(report) == {"kept_stopped": 1}
    assert report.kept_stopped_lines == (2,)
    assert dump(store) == before
    assert state(store, club).grant_for(club.id) is None


def test_who_said_no_is_not_revived(store, club, people, imported):
    imported(people(CLAIMED))
    write_event(store, club, EventKind.REFUSED)
    assert outcomes(imported(people(BACKED))) == {"kept_stopped": 1}


def test_whose_number_changed_hands_is_not_revived(store, club, people, imported):
    imported(people(CLAIMED))
    write_event(store, club, EventKind.INVALIDATED)
    assert outcomes(imported(people(BACKED))) == {"kept_stopped": 1}


def test_who_was_excluded_is_left_alone(store, club, people, imported):
    imported(people(CLAIMED))
    excluded = person(store, club)
    with store.database.write() as session:
        session.run("set_excluded", is_excluded=1, bucket=excluded.bucket, id=excluded.id)
    assert outcomes(imported(people(BACKED))) == {"kept_stopped": 1}


def test_consent_that_ended_since_does_not_come_back_with_the_same_file(store, club, people, imported):
    imported(people(BACKED))
    [event], _ = events(store, club)
    write_event(store, club, EventKind.EXPIRED, answers=event.id)
    assert outcomes(imported(people(BACKED))) == {"unchanged": 1}
    assert state(store, club).grant_for(club.id) is None


@pytest.mark.parametrize("rows", [(BACKED, OUT), (OUT, BACKED)], ids=["opt-out last", "opt-out first"])
def test_an_opt_out_in_the_file_counts_before_any_grant(store, club, people, imported, rows):
    assert outcomes(imported(people(*rows))) == {"stopped": 1, "duplicate": 1}
    [event], _ = events(store, club)
    assert (event.kind, event.scope.program) == (EventKind.WITHDRAWN, None)
    assert outcomes(imported(people(BACKED))) == {"kept_stopped": 1}


def test_a_list_of_opt_outs_ends_what_was_granted_and_waits_for_what_is_on_its_way(
    store, club, people, imported
):
    imported(people(BACKED))
    drained = []
    file = people("0612345678", header="phone")
    report = run_import(
        store,
        club,
        file,
        Options(is_opt_outs=True),
        drain=lambda contact, stopped: bool(drained.append(contact)) or True,
    )
    assert outcomes(report) == {"stopped": 1}
    assert drained == [contact_id_of(store, club)]
    assert state(store, club).grants == ()
    assert outcomes(imported(file, is_opt_outs=True)) == {"already_stopped": 1}


def test_an_opt_out_that_was_imported_once_does_not_end_a_later_return(store, club, people, imported):
    imported(people(OUT))
    join(store, club, at=NOW + timedelta(minutes=1))
    assert outcomes(imported(people(OUT))) == {"came_back": 1}
    assert state(store, club).grant_for(club.id) is not None


def test_an_opt_out_that_was_corrected_does_not_come_back_with_the_same_file(store, club, people, imported):
    imported(people(OUT))
    [event], _ = events(store, club)
    write_event(store, club, EventKind.CORRECTED, answers=event.id)
    assert outcomes(imported(people(OUT))) == {"came_back": 1}
    assert state(store, club).withdrawal_for(club.id) is None


def test_an_opt_out_older_than_the_persons_return_ends_nothing(store, club, people, imported):
    imported(people(CLAIMED))
    join(store, club, at=NOW)
    header = "phone,unsubscribed at"
    assert outcomes(imported(people("0612345678,2025-06-01", header=header))) == {"came_back": 1}
    assert outcomes(imported(people("0612345678,2026-03-03", header=header))) == {"stopped": 1}
    assert state(store, club).grant_for(club.id) is None


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


# --- a number that changed hands -------------------------------------------------------------------------------


@pytest.fixture
def second_owner(store, club, imported, people):
    """Anna was imported; somebody else has her number since, and has joined."""
    imported(people(BACKED))
    brand = programs.brand(club.brand)
    with store.database.write() as session:
        found = contacts.read(store, session, contacts.find(store, session, club.brand, ANNA))
        invalidate(store, session, brand, found, act(), NOW, reason="wrong_number")
    join(store, club, at=NOW + timedelta(hours=1))
    assert person(store, club).name == ""


@pytest.mark.parametrize("said_on", ["2024-03-01", "2026-03-01", ""], ids=["again", "before it", "undated"])
def test_what_was_said_before_it_changed_hands_is_not_of_the_new_owner(
    store, club, imported, people, second_owner, said_on
):
    row = f'0612345678,Anna,Utrecht,{said_on},checkout,"{WORDING}",'
    imported(people(row), at=NOW + timedelta(days=60))
    found = person(store, club)
    assert (found.name, found.attributes, found.hidden_since) == ("", {}, NOW)


def test_what_was_said_since_is_of_the_new_owner_and_all_that_is_known(
    store, club, imported, people, second_owner
):
    row = f'0612345678,Bram,,2026-04-01,checkout,"{WORDING}",'
    imported(people(row), at=NOW + timedelta(days=60))
    found = person(store, club)
    assert (found.name, found.hidden_since) == ("Bram", None)
    assert "Utrecht" not in found.attributes.values()
    before = dump(store)
    imported(people(row), at=NOW + timedelta(days=61))
    assert dump(store) == before


def test_who_hides_it_while_an_import_runs_is_not_overwritten(store, club, imported, people):
    imported(people(BACKED))
    read_before = person(store, club)
    with store.database.write() as session:
        contacts.hide_owner(session, read_before.id, NOW)
        facts = Facts(
            name="Anna", language="nl", attributes={}, places=read_before.places,
            recipient=read_before.recipient,
        )  # fmt: skip
        update_facts(session, [Change(claim=None, contact=read_before, outcome=Outcome.UPDATED, facts=facts)])
    assert person(store, club).hidden_since == NOW


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
    everything = repr(dump(store))
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
from datetime import UTC, datetime
from pathlib import Path
from yesword.store.opening import open_store
folder, url, key, file = sys.argv[1:]
store = open_store(Path(folder), url or None)
from yesword.collect.imports import Options, run_import
from yesword.collect.imports import writing
from yesword.store import models, programs
row = models.Program.objects.get(key=key)
written = 0
real = writing.Writer._write_slice
def once_more(self, *slices):
    global written
    real(self, *slices)
    written += 1
    if written == 3:
        os.kill(os.getpid(), signal.SIGKILL)
writing.Writer._write_slice = once_more
run_import(store, programs.version(row.pk, row.version), Path(file))
"""


def test_an_import_that_was_killed_is_finished_by_the_next(store, club, people, imported):
    rows = [BACKED.replace("0612345678", f"06{20000000 + number}") for number in range(400)]
    file = people(*rows)
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(store.folder), store.url or "", club.key, str(file)], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    found = outcomes(imported(file))
    assert 0 < found["unchanged"] < 400
    assert found["created"] == 400 - found["unchanged"]
    with store.database.read() as session:
        assert dict(session.rows("count_events", brand_id=club.brand)) == {"granted": 400}
        assert session.first("outbox_missing") == (0,)
        assert session.first("count_contacts", brand_id=club.brand) == (400,)
    assert sorted(models.ImportRun.objects.values_list("state", flat=True)) == ["done", "failed"]


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
