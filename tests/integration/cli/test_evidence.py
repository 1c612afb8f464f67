"""Evidence added, shown and taken out by command; and the pages as people were shown them."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from factories.browsers import need_chromium
from factories.worlds import ANNA, NOON, world
from yesword.cli import group
from yesword.domain.errors import YeswordError
from yesword.domain.ids import to_text
from yesword.store import models

SCAN = b"%PDF-1.7\n% signed by Anna\n%%EOF\n"


@pytest.fixture
def here(sqlite_store, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON - timedelta(days=30))
    with world(sqlite_store) as made:
        monkeypatch.undo()
        made.strangers([ANNA])
        models.User.objects.create_user("ben", role=models.User.Role.MANAGER)
        yield made


@pytest.fixture
def run(here):
    def run(*arguments):
        return CliRunner().invoke(group, [*map(str, arguments), "--data", str(here.store.folder)])

    return run


@pytest.fixture
def add(run, tmp_path):
    def add(*more, data=SCAN, kind="scan", day="2026-02-20"):
        file = tmp_path / "file"
        file.write_bytes(data)
        usual = [
            "--program",
            "club",
            "--kind",
            kind,
            "--file",
            file,
            "--happened-at",
            day,
            "--language",
            "en",
        ]
        return run("evidence", "add", ANNA, *usual, *more)

    return add


def trail(action):
    return [
        (each.user and each.user.name, each.subject, each.detail)
        for each in models.AuditEntry.objects.filter(action=action)
    ]


def file_id(answer):
    return answer.output.split()[1].rstrip(":")


def test_a_scan_is_added_shown_and_taken_out_again(here, run, add, tmp_path):
    added = add("--user", "ben", "--note", "from the shop in Amsterdam")
    assert added.exit_code == 0, added.exception
    first, second, third, *_ = added.output.splitlines()
    assert first.startswith("Kept evi_")
    assert first.endswith(f": application/pdf, {len(SCAN)} bytes.")
    assert second.endswith(": consent to club of 2026-02-20.")
    assert third == "Grade C: A scan of the paper shows it."
    assert "  It does not prove that those who attest it tell the truth, or did not err." in added.output
    assert "days after it happened." in added.output
    file, anna = file_id(added), to_text("con", here.contact().id)
    assert [each[:2] for each in trail("evidence.added")] == [("ben", anna)]

    listed = run("evidence", "show", ANNA, "--program", "club", "--user", "ben").output
    assert "granted on 2026-02-20 00:00 UTC by paper" in listed
    assert f"  scan {file}" in listed
    assert f"{file}: scan, application/pdf, {len(SCAN)} bytes, of {datetime.now(UTC).year}-" in listed
    assert ANNA not in listed
    assert trail("evidence.shown") == [("ben", anna, {"program": "club"})]

    path = tmp_path / "out.pdf"
    taken = run("evidence", "extract", file, "--output", path, "--user", "ben")
    assert taken.output == f"Wrote {path}: scan, application/pdf, {len(SCAN)} bytes.\n"
    assert path.read_bytes() == SCAN
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert trail("evidence.extracted") == [("ben", anna, {"file": file})]


def test_no_file_is_overwritten_and_nothing_is_traced_that_was_not_taken_out(run, add, tmp_path):
    file, path = file_id(add()), tmp_path / "out.pdf"
    path.write_text("mine")
    answer = run("evidence", "extract", file, "--output", path)
    assert "already" in str(answer.exception)
    assert path.read_text() == "mine"
    assert trail("evidence.extracted") == []


def test_after_a_stop_it_is_said_that_paper_permits_nothing(here, add):
    here.join()
    here.text(ANNA, "STOP")
    answer = add()
    assert answer.exit_code == 0
    assert "It permits nothing: they have stopped" in answer.output


def test_after_a_no_it_is_said_too(here, add):
    here.text(ANNA, "SAVEMORE")
    here.text(ANNA, "no")
    assert "It permits nothing: they were asked and said no" in add().output


def test_the_words_on_the_paper_are_read_from_a_file(here, add, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("Yes, text me.\n")
    statement = {"data": b"I saw her sign it.", "kind": "attestation", "day": "2020-01-01"}
    assert "no proof" not in add("--wording", words, "--basis", "express_written", **statement).output
    (row,) = here.sql("SELECT count(*) FROM consent_event")
    assert row == (1,)
    assert "--wording" in str(add(**statement).exception)
    words.write_bytes(b"\xff\xfe")
    assert "UTF-8" in str(add("--wording", words, **statement).exception)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param({"day": "20 February"}, "is not a day", id="a day in words"),
        pytest.param({"day": "2026-02-20T12:00"}, "whose time it is", id="a time without its zone"),
        pytest.param({"day": "2098-01-01"}, "still to come", id="a day to come"),
        pytest.param({"data": b"<!doctype html><p>hi"}, "text/html", id="a page"),
        pytest.param({"data": b""}, "empty", id="nothing"),
    ],
)
def test_what_cannot_be_evidence_is_refused_in_a_sentence(add, more, said):
    answer = add(**more)
    assert isinstance(answer.exception, YeswordError)
    assert said in str(answer.exception)


def test_a_file_or_a_person_that_is_not_there_is_told(run, add):
    assert "no file of evidence" in str(run("evidence", "extract", "evi_4").exception)
    assert "starts with evi_" in str(run("evidence", "extract", "con_4").exception)
    assert "Nobody with this number" in str(
        run("evidence", "show", "+31687654321", "--program", "club").exception
    )
    assert "no account called eve" in str(add("--user", "eve").exception)


def test_pages_are_kept_and_written_out_with_their_pictures(run, tmp_path):
    need_chromium()
    answer = run("evidence", "render", "--program", "club", "--output", tmp_path / "pages")
    assert answer.exit_code == 0, answer.exception
    assert [line.split(":")[0] for line in answer.output.splitlines()[:3]] == [
        "Page in en",
        "  390 pixels wide",
        "  1280 pixels wide",
    ]
    assert sorted(each.name for each in (tmp_path / "pages").iterdir()) == [
        "club-en-1280.png",
        "club-en-390.png",
        "club-en.html",
    ]


def test_without_a_browser_the_pages_alone_are_kept_and_it_is_said(run, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = run("evidence", "render", "--program", "club")
    assert answer.exit_code == 0
    assert answer.output.startswith("Page in en: ")
    assert "no Chromium on the PATH" in answer.output
