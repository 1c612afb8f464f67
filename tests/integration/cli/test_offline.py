"""Paper lists and spoken consent by command."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from factories.worlds import ANNA, world
from yesword.cli import group
from yesword.cli.given import NotTextError
from yesword.cli.paper import NoSignedDayError, PaperColumnsError, RowsLeftError
from yesword.domain.events import EventKind, Grade
from yesword.proof.evidence.opening import record_of
from yesword.store import models

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

SCAN = b"%PDF-1.7\n% the list of Saturday\n%%EOF\n"
BEN = "+31612345679"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        models.User.objects.create_user("mira", role=models.User.Role.MANAGER)
        yield made


@pytest.fixture
def run(here):
    def run(*arguments):
        return CliRunner().invoke(group, [*map(str, arguments), "--data", str(here.store.folder)])

    return run


@pytest.fixture
def paper(run, tmp_path):
    def paper(rows, *more):
        (tmp_path / "list.csv").write_bytes(rows if isinstance(rows, bytes) else rows.encode())
        (tmp_path / "scan.pdf").write_bytes(SCAN)
        usual = ["--scan", tmp_path / "scan.pdf", "--program", "club", "--language", "en"]
        return run("paper", tmp_path / "list.csv", *usual, *more)

    return paper


def day(ago):
    """Of the brand, where it may be tomorrow already."""
    return (datetime.now(AMSTERDAM) - timedelta(days=ago)).date().isoformat()


def test_i10_a_file_of_rows_is_entered_with_the_scan(here, paper):
    rows = f"number,name,signed\n{ANNA},Anna,{day(3)}\n06 12345679,,{day(4)}\n"
    dry = paper(rows, "--no-confirm", "--dry-run")
    assert dry.output == "grant: 2\n"
    assert here.sql("SELECT count(*) FROM contact") == [(0,)]
    answer = paper(rows, "--no-confirm", "--user", "mira")
    assert (answer.exit_code, answer.output) == (0, "grant: 2\n")
    assert here.state().grant_for(here.club.id).grade is Grade.C
    assert paper(rows, "--no-confirm").output == "already in: 2\n"


def test_by_default_nobody_joins_from_paper_without_a_text_of_their_own(here, paper):
    answer = paper(f"number,signed\n{ANNA},{day(0)}\n{BEN},{day(5)}\n")
    assert answer.output == "ask: 1\nwait: 1\n"
    assert here.state().grants == ()


def test_rows_that_cannot_be_read_are_named_and_the_others_are_in(here, paper):
    answer = paper(f"number,signed\n{ANNA},{day(1)}\nbanana,{day(1)}\n{BEN},yesterday\n", "--no-confirm")
    assert isinstance(answer.exception, RowsLeftError)
    assert "line 3:" in answer.stderr
    assert f"line 4: {NoSignedDayError(text='yesterday').message}" in answer.stderr
    assert here.state().grant_for(here.club.id) is not None


def test_a_file_without_its_columns_is_refused_before_anything_happens(here, paper):
    answer = paper(f"{ANNA},{day(1)}\n")
    assert isinstance(answer.exception, PaperColumnsError)
    assert here.sql("SELECT count(*) FROM contact") == [(0,)]


def test_a_file_of_rows_is_read_as_a_spreadsheet_saves_it(here, paper, tmp_path):
    rows = f"number,name,signed\n{ANNA},Åsa,{day(3)}\n"
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        assert paper(rows.encode(encoding), "--no-confirm", "--dry-run").output == "grant: 1\n"
    answer = paper(b"PK\x03\x04", "--no-confirm")
    assert (answer.exception.code, here.sql("SELECT count(*) FROM contact")) == ("unreadable_list", [(0,)])


def test_words_that_are_no_utf_8_are_refused_by_the_name_of_their_file(here, run, paper, tmp_path):
    words = tmp_path / "script.txt"
    words.write_bytes("Må vi skrive til dig?".encode("latin-1"))
    usual = ("--program", "club", "--language", "en")
    answers = [
        run("spoken", "script", *usual, "--set", words),
        paper(f"number,signed\n{ANNA},{day(1)}\n", "--wording", words),
        run("point", "publish", words, "--key", "shop"),
    ]
    assert [str(each.exception) for each in answers] == [NotTextError(file="script.txt").message] * 3


def test_g16_a_spoken_yes_is_recorded_by_command(here, run):
    usual = ("--program", "club", "--language", "en")
    assert run("spoken", "script", *usual, "--no-confirm").exit_code == 0
    said = (datetime.now(UTC) - timedelta(hours=30)).isoformat()
    more = ("--place", "phone", "--said-at", said, "--user", "mira")
    answer = run("spoken", "record", ANNA, *usual, *more)
    assert (answer.exit_code, answer.output) == (0, "grant, grade C\n")
    with here.store.database.read() as session:
        (granted,) = record_of(here.store, session, here.contact())
    assert (granted.event.kind, granted.event.route) == (EventKind.GRANTED, "spoken")


def test_a_new_script_is_a_new_version(here, run, tmp_path):
    (tmp_path / "script.txt").write_text("May we text you offers?")
    usual = ("--program", "club", "--language", "en")
    first = run("spoken", "script", *usual)
    second = run("spoken", "script", *usual, "--set", tmp_path / "script.txt")
    assert first.stdout != second.stdout
    assert second.stdout == "May we text you offers?\n"
    assert "Version 2" in second.stderr
