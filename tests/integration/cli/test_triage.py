"""`yesword triage`: what is listed, what stays hidden, who may do what."""

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from factories.readings import leaving, reading
from factories.worlds import ANNA, World, world
from yesword.cli.triage import command
from yesword.domain.understanding import Kind, Right
from yesword.store import models
from yesword.store.opening import Store

UNSURE = "please be so kind and leave it"
Run = Callable[..., Result]


@pytest.fixture
def here(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    reading(monkeypatch)[UNSURE] = leaving(0.7)
    with world(sqlite_store) as made:
        made.join()
        made.text(ANNA, UNSURE)
        models.User.objects.create_user("olga", "x", role="owner")
        models.User.objects.create_user("mo", "x", role="manager")
        models.User.objects.create_user("vi", "x", role="viewer")
        yield made


@pytest.fixture
def run(sqlite_store: Store) -> Run:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(command, [*arguments, "--data", str(sqlite_store.folder)])

    return run


def rows(run: Run, *arguments: str) -> list[dict]:
    done = run("list", "--json", *arguments)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.output.splitlines()]


def test_numbers_are_masked_and_words_are_hidden(here: World, run: Run) -> None:
    (row,) = rows(run)
    assert (row["kind"], row["may"], row["confidence"]) == ("probable_stop", ["confirm", "undo"], 0.7)
    assert "text" not in row
    listed = run("list").output
    assert row["id"] in listed
    assert ANNA not in listed
    assert ANNA[3:] not in listed
    assert UNSURE not in listed


def test_words_are_shown_when_asked_for(here: World, run: Run) -> None:
    assert rows(run, "--show-text")[0]["text"] == UNSURE
    assert UNSURE in run("list", "--show-text").output


def test_only_so_many_and_only_of_one_brand(here: World, run: Run) -> None:
    for number in range(4):
        here.text(f"+3161234560{number}", "do you have these in size 42, in the shop on Main Street")
    assert len(rows(run, "--limit", "3")) == 3
    assert len(rows(run)) == 5
    assert len(rows(run, "--brand", "demo")) == 5
    assert run("list", "--brand", "other").exception.code == "unknown_brand"


def test_an_owner_may_undo_and_it_leaves_a_trace(here: World, run: Run) -> None:
    (row,) = rows(run)
    done = run("undo", row["id"], "--user", "olga", "--reason", "she meant the parcel")
    assert done.output == "probable_stop: undone.\n"
    assert here.state().grant_for(here.club.id) is not None
    entry = models.AuditEntry.objects.get(action="triage.undone")
    assert (entry.user.name, entry.subject) == ("olga", row["id"])
    again = run("undo", row["id"], "--user", "olga", "--reason", "she meant the parcel")
    assert "before" in again.output
    assert models.AuditEntry.objects.filter(action="triage.undone").count() == 1


def test_others_may_undo_when_they_are_allowed_to(here: World, run: Run) -> None:
    (row,) = rows(run)
    undo = ("undo", row["id"], "--user", "mo", "--reason", "a slip")
    assert run(*undo).exception.code == "right_missing"
    assert here.state().grants == ()
    assert run("allow", "mo").exit_code == 0
    assert run("disallow", "mo").exit_code == 0
    assert run(*undo).exception.code == "right_missing"
    run("allow", "mo")
    assert run(*undo).exit_code == 0


def test_an_owner_keeps_the_right_and_a_viewer_only_looks(here: World, run: Run) -> None:
    (row,) = rows(run)
    assert "still may" in run("disallow", "olga").output
    run("allow", "vi")
    assert run("confirm", row["id"], "--user", "vi").exception.code == "only_looks"
    assert run("confirm", row["id"], "--user", "nobody").exception.code == "no_such_user"
    assert run("confirm", row["id"], "--user", "mo").output == "probable_stop: confirmed.\n"


def test_answering_and_being_done(here: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    here.text("+31612345670", "do you have these in size 42, in the shop on Main Street")
    row = rows(run)[1]
    done = run("done", row["id"], "--user", "mo", "--note", "called back", "--json")
    assert json.loads(done.output) == {"id": row["id"], "kind": "question", "state": "done", "is_new": True}
    here.text("+31612345671", "do you have these in size 42, in the shop on Main Street")
    row = rows(run)[1]
    assert run("answer", row["id"], "--user", "mo", "--text", "Yes.").output == "question: answered.\n"
    queued = here.sql("SELECT count(*) FROM message WHERE class = 'conversational'")
    assert queued == [(1,)]


def test_a_colleague_may_see_a_stop(here: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from factories.readings import read_as

    reading(monkeypatch)["nope"] = read_as(Kind.OTHER, rule="weak_word")
    here.join("+31612345670")
    here.text("+31612345670", "nope")
    row = rows(run)[1]
    assert row["kind"] == "perhaps_stop"
    assert run("stop", row["id"], "--user", "mo").exit_code == 0
    assert here.state("+31612345670").grants == ()


def test_the_day_by_which_a_request_is_due_is_listed(
    here: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from factories.readings import read_as

    reading(monkeypatch)["mine?"] = read_as(Kind.PRIVACY_REQUEST, right=Right.ACCESS)
    here.text("+31612345670", "mine?")
    assert "due 2026-04-02" in run("list").output


def test_answering_a_request_leaves_it_open(here: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from factories.readings import read_as

    reading(monkeypatch)["mine?"] = read_as(Kind.PRIVACY_REQUEST, right=Right.ACCESS)
    here.text("+31612345670", "mine?")
    row = rows(run)[1]
    answered = run("answer", row["id"], "--user", "mo", "--text", "Linde & Loom: who are you?")
    assert answered.output == "privacy_request: open.\n"
    assert rows(run)[1] == row
    assert models.AuditEntry.objects.filter(action="triage.answered", subject=row["id"]).count() == 1


def test_texts_for_nobody_are_listed_masked_read_again_and_put_away(here: World, run: Run) -> None:
    assert run("strays").output == "None wait.\n"
    junk = "11111111111111111111"
    here.receive(junk, "STOP it")
    here.wait(seconds=1)
    here.receive("+31687654321", "stop", to="999999")
    listed = run("strays").output
    assert junk not in listed
    assert "STOP it" not in listed
    assert "from 111…11" in listed
    assert "a stop: no program is there where it went to" in listed
    rows = [json.loads(line) for line in run("strays", "--json", "--show-text").output.splitlines()]
    assert [(row["why"], row["text"]) for row in rows] == [("number", "STOP it"), ("address", "stop")]
    models.Sender.objects.filter(address="555888").update(address="999999")
    assert run("read-again").output == "1 given to whom they are from, 1 still wait.\n"
    assert run("put-away", rows[0]["id"], "--user", "vi").exception.code == "only_looks"
    assert run("put-away", rows[0]["id"], "--user", "mo").output == "Put away.\n"
    assert run("put-away", rows[0]["id"], "--user", "mo").exception.code == "no_such_stray"
    entry = models.AuditEntry.objects.get(action="stray.put_away")
    assert (entry.user.name, entry.subject) == ("mo", rows[0]["id"])
    assert run("strays").output == "None wait.\n"
