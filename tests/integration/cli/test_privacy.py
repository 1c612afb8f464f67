"""`yesword privacy`: what is written for whom, who may do what, and what a dry run leaves alone."""

import json
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from factories.readings import read_as, reading
from factories.worlds import ANNA, World, world
from yesword.cli.privacy import command
from yesword.domain.understanding import Kind
from yesword.domain.understanding import Right as Asked
from yesword.privacy.wishes import ask_brand
from yesword.store import models
from yesword.store.opening import Store

Run = Callable[..., Result]
ASKS = "what do you have on me"


@pytest.fixture
def here(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    reading(monkeypatch)[ASKS] = read_as(Kind.PRIVACY_REQUEST, right=Asked.ACCESS, language="en")
    with world(sqlite_store) as made:
        made.strangers([ANNA], name="Anna de Wit")
        made.join()
        models.User.objects.create_user("olga", "x", role="owner")
        models.User.objects.create_user("mo", "x", role="manager")
        models.User.objects.create_user("vi", "x", role="viewer")
        yield made


@pytest.fixture
def run(sqlite_store: Store) -> Run:
    def run(*arguments: str, ok: bool = True) -> Result:
        done = CliRunner().invoke(command, [*arguments, "--data", str(sqlite_store.folder)])
        assert (done.exit_code == 0) is ok, (done.output, done.exception)
        return done

    return run


def code(done: Result) -> str:
    return done.exception.code  # type: ignore[union-attr]


def actions() -> list[str]:
    return list(models.AuditEntry.objects.order_by("pk").values_list("action", flat=True))


PERSON = (ANNA, "--program", "club")


def test_access_writes_both_files_for_nobody_else_and_leaves_a_trace(
    here: World, run: Run, tmp_path: Path
) -> None:
    one, two = tmp_path / "anna.json", tmp_path / "anna.html"
    done = run(
        "access", *PERSON, "--user", "mo", "--second-proof",
        "--json", str(one), "--html", str(two), "--language", "nl",
    )  # fmt: skip
    assert "2 entries of the record" in done.output
    assert ANNA not in done.output
    assert json.loads(one.read_text())["identity"]["name"] == "Anna de Wit"
    assert '<html lang="nl">' in two.read_text()
    assert {stat.S_IMODE(path.stat().st_mode) for path in (one, two)} == {0o600}
    entry = models.AuditEntry.objects.get(action="privacy.accessed")
    assert (entry.user.name, entry.detail) == ("mo", {"is_second_proof": True})


def test_without_a_second_proof_it_says_what_is_not_shown(here: World, run: Run) -> None:
    done = run("access", *PERSON, "--user", "mo")
    assert "Not shown: the name, the details of 2 entries" in done.output
    assert "Anna de Wit" not in done.output
    assert actions() == []


def test_who_may_only_look_changes_nothing_and_gets_nothing(here: World, run: Run) -> None:
    for arguments in (
        ("access", *PERSON),
        ("rectify", *PERSON, "--name", "Bo"),
        ("restrict", *PERSON, "--reason", "x"),
    ):
        assert code(run(*arguments, "--user", "vi", ok=False)) == "only_looks"
    assert here.contact().name == "Anna de Wit"


def test_rectify_says_which_fields_and_no_values(here: World, run: Run) -> None:
    change = (
        "rectify",
        *PERSON,
        "--user",
        "mo",
        "--name",
        "Anna Bos",
        "--set",
        "City=Delft",
        "--zone",
        "Europe/Paris",
    )
    assert run(*change, "--dry-run").output == "Would change: name, places, attributes.City.\n"
    assert here.contact().name == "Anna de Wit"
    assert run(*change).output == "Changed: name, places, attributes.City.\n"
    assert run(*change).output == "It says so already.\n"
    assert (here.contact().name, here.contact().attributes) == ("Anna Bos", {"City": "Delft"})
    assert actions() == ["privacy.rectified"]


def test_a_new_number_is_refused_with_what_to_do(here: World, run: Run) -> None:
    done = run("rectify", *PERSON, "--user", "mo", "--number", "+31612345699", ok=False)
    assert code(done) == "new_number"


def test_a_restriction_is_made_and_lifted_once_the_person_was_told(here: World, run: Run) -> None:
    limit = ("restrict", *PERSON, "--user", "mo", "--reason", "she says it is wrong")
    here.plan(here.contact().id)
    assert run(*limit, "--dry-run").output == "Would be restricted. 1 waiting texts would be cancelled.\n"
    assert run(*limit).output == "Now restricted. 1 waiting texts were cancelled.\n"
    assert run(*limit).output == "They are restricted already.\n"
    lift = ("unrestrict", *PERSON, "--user", "mo", "--reason", "settled")
    assert code(run(*lift, ok=False)) == "not_told"
    assert run(*lift, "--told").output == "Now unrestricted.\n"
    assert actions() == ["privacy.restricted", "privacy.unrestricted"]


def test_who_waits_for_an_answer_is_listed_with_the_clock(here: World, run: Run) -> None:
    assert run("requests").output == "Nobody waits for an answer.\n"
    here.text(ANNA, ASKS)
    (row,) = [json.loads(line) for line in run("requests", "--json").output.splitlines()]
    assert (row["asks_for"], row["due_at"][:10], row["is_overdue"]) == ("access", "2026-04-02", True)
    listed = run("requests", "--brand", "demo").output
    assert "OVERDUE" in listed
    assert ANNA not in listed


def test_a_request_from_the_persons_own_page_is_closed_by_its_id(here: World, run: Run) -> None:
    ask_brand(here.store, here.contact(), Asked.ERASURE, here.at)
    (row,) = [json.loads(line) for line in run("requests", "--json").output.splitlines()]
    assert (row["text"], row["asks_for"]) == (None, "erasure")
    assert row["id"] in run("requests").output
    assert code(run("close", "con_1", "--user", "mo", ok=False)) == "bad_id"
    assert run("close", row["id"], "--user", "mo", "--note", "erased").output == "Closed.\n"
    assert run("requests").output == "Nobody waits for an answer.\n"


def test_a_second_proof_opens_the_persons_own_page(here: World, run: Run) -> None:
    assert "for 30 days" in run("confirm", *PERSON, "--user", "mo").output
    with here.store.database.read() as session:
        person = here.contact()
        assert session.first("second_proof", bucket=person.bucket, contact_id=person.id) is not None
    assert actions() == ["privacy.second_proof"]


def test_processing_as_markdown_and_as_json(here: World, run: Run) -> None:
    assert run("processing").output.startswith("# Record of processing activities: Linde & Loom")
    found = json.loads(run("processing", "--brand", "demo", "--json").output)
    assert [each["program"] for each in found["activities"]] == ["club", "events"]


def test_retain_counts_and_a_dry_run_may_look_ahead(here: World, run: Run) -> None:
    ahead = run("retain", "--dry-run", "--at", "2036-01-01T00:00Z", "--texts", "30")
    assert ahead.output.startswith("Would go: 0 addresses · 0 files · ")
    assert "· 0 people" in ahead.output
    assert run("retain").output.startswith("Gone: 0 addresses · 0 files · 0 texts · 0 people · 0 uploads")
    assert run("retain", "--at", "2036-01-01T00:00Z", ok=False).exit_code == 2
    assert actions() == ["retention.done"]


def test_a_breach_from_its_opening_to_its_end(here: World, run: Run, tmp_path: Path) -> None:
    assert run("breach", "list").output == "No breach is written down.\n"
    noticed = f"{datetime.now(UTC) - timedelta(hours=80):%Y-%m-%dT%H:%MZ}"
    opening = (
        "breach",
        "open",
        "--what",
        "a list was sent to a wrong address",
        "--noticed",
        noticed,
        "--user",
        "olga",
    )
    assert run(*opening, "--dry-run").output.startswith("Would open a breach")
    assert run(*opening).output.rstrip().endswith("OVERDUE")
    number = str(models.Breach.objects.get().pk)
    assert "OVERDUE BY" in run("breach", "list", "--open").output
    (row,) = [json.loads(line) for line in run("breach", "list", "--json").output.splitlines()]
    assert row["is_overdue"] is True
    assert code(run("breach", "close", number, "--user", "olga", ok=False)) == "breach_unfinished"
    told = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%MZ}"
    run(
        "breach", "change", number, "--user", "olga", "--authority-told", told,
        "--why-late", "nobody read the mail", "--measures", "the address was asked to delete it",
    )  # fmt: skip
    assert run("breach", "close", number, "--user", "olga", "--dry-run").output.endswith("could be closed.\n")
    assert run("breach", "close", number, "--user", "olga").output == f"Breach {number} is closed.\n"
    assert actions() == ["breach.opened", "breach.amended", "breach.closed"]


def test_whom_it_touched_takes_a_right_of_its_own(here: World, run: Run, tmp_path: Path) -> None:
    run("breach", "open", "--what", "x", "--noticed", "2026-03-01T00:00Z", "--user", "olga")
    number, out = str(models.Breach.objects.get().pk), tmp_path / "people.csv"
    wanted = ("breach", "people", number, "--program", "club", "--user")
    refused = run(*wanted, "mo", ok=False)
    assert code(refused) == "right_missing"
    assert "yesword privacy allow mo" in str(refused.exception)
    run("allow", "mo")
    assert run(*wanted, "mo").output == "1 people. Name a file with --output to have them.\n"
    assert run(*wanted, "mo", "--out", str(out)).output == "1 people.\n"
    assert ANNA in out.read_text()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "no longer" in run("disallow", "mo").output
    assert code(run(*wanted, "mo", ok=False)) == "right_missing"
    listed = tmp_path / "numbers.txt"
    listed.write_text("06 12345678\n\n", encoding="utf-8")
    assert run("breach", "people", number, "--numbers", str(listed), "--user", "olga").output.startswith(
        "1 people"
    )
    listed.write_text("06 12345678\r\n", encoding="utf-16")
    assert run("breach", "people", number, "--numbers", str(listed), "--user", "olga").output.startswith(
        "1 people"
    )
    listed.write_bytes(b"06 12345678\x00\n")
    answer = run("breach", "people", number, "--numbers", str(listed), "--user", "olga", ok=False)
    assert code(answer) == "unreadable_list"
    assert actions().count("breach.people_exported") == 1
