"""`yesword invite` and `yesword invitations`: from a list to a funnel, over a real mail server."""

import json

import pytest
from click.testing import CliRunner

from factories.mail import FROM, answer, smtp_server
from factories.points import published
from factories.worlds import world
from yesword.cli import group
from yesword.mail.settings import BOX, OUT, NoMailError
from yesword.mail.settings import FROM as FROM_NAME


@pytest.fixture
def run(sqlite_store, monkeypatch):
    with world(sqlite_store) as here:
        published(here)

    def call(*arguments, **more):
        done = CliRunner().invoke(group, [*arguments, "--data", str(sqlite_store.folder)], **more)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return call


@pytest.fixture
def inbox(monkeypatch):
    with smtp_server() as made:
        monkeypatch.setenv(OUT, f"smtp://127.0.0.1:{made.server.port}")
        monkeypatch.setenv(FROM_NAME, FROM)
        yield made


def test_a_list_is_invited_sent_answered_and_told_as_a_funnel(run, inbox, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text(
        "E-mail;Naam;Status\nanna@example.net;Anna;subscribed\nber@example.net;Ber;unsubscribed\nx;;\n"
    )
    made = run("invite", str(people), "--point", "door", "--permitted-by", "newsletter", "--start")
    assert made.stdout.strip() == "1"
    assert "1  to be invited" in made.stderr
    assert "1  want no e-mail, recorded now" in made.stderr
    assert "1  rejected: mail_bad_address" in made.stderr
    assert run("invitations", "send").stdout == "1 letters sent.\n"
    raw = answer(inbox.of("anna@example.net"), "SUBSCRIBE")
    assert run("invitations", "read", "-", input=raw).stdout == "linked\n"
    assert run("invitations", "send").stdout == "1 letters sent.\n"
    told = json.loads(run("invitations", "status", "1", "--json").stdout)
    assert told["state"] == "done"
    assert told["letters"] == {"sent": 1}
    assert [(line["stage"], line["count"]) for line in told["funnel"]] == [
        ("sent", 1),
        ("opened", None),
        ("clicked", 0),
        ("signed_up", 0),
        ("confirmed", 0),
    ]
    assert "not measured" in run("invitations", "status", "1").stdout
    assert "people → door" in run("invitations", "list").stdout


def test_it_is_paused_resumed_and_cancelled(run, inbox, tmp_path):
    people, words = tmp_path / "people.csv", tmp_path / "words.toml"
    people.write_text("email\nanna@example.net\n")
    words.write_text('[en]\nsubject = "Hi"\nbody = "Join?"\n')
    run("invite", str(people), "--point", "door", "--permitted-by", "newsletter", "--words", str(words))
    for wish in ("start", "pause", "resume"):
        assert run("invitations", wish, "1").exit_code == 0
    assert run("invitations", "cancel", "1").stdout == "1 letters will not go.\n"
    assert run("invitations", "send").stdout == "0 letters sent.\n"


def test_without_a_mail_server_it_says_what_to_set(run, monkeypatch):
    monkeypatch.delenv(OUT, raising=False)
    with pytest.raises(NoMailError, match=OUT):
        run("invitations", "send")
    assert BOX == "YESWORD_MAILBOX_URL"
