"""`yesword audit-answer`: one command from a list of numbers to the file that the carrier gets."""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from factories.audited import CLAIMED, ERASED, JOINED, KEPT, STOPPED, UNKNOWN, people
from factories.packed import sequence
from factories.queued import add_user
from factories.worlds import CLUB, world
from yesword.cli.audit_answer import command
from yesword.cli.given import UnreadableListError
from yesword.cli.moments import NotATimeError
from yesword.domain.errors import YeswordError
from yesword.reporting.audit_answers.keeping import AskedAheadError
from yesword.store import audits
from yesword.store.models import AuditEntry, CarrierAudit, User


@pytest.fixture
def here(sqlite_store, tmp_path):
    with world(sqlite_store) as made:
        people(made, tmp_path)
        yield made


@pytest.fixture
def run(here, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def called(*arguments, given="", exit_code=0):
        answer = CliRunner().invoke(
            command, [*arguments, "--data", str(here.store.folder)], input=given, catch_exceptions=False
        )
        assert answer.exit_code == exit_code, answer.output
        return answer.output

    return called


def test_one_command_answers_a_list(run, tmp_path):
    listed = tmp_path / "numbers.txt"
    listed.write_text(f"{JOINED}\n{STOPPED}\n{UNKNOWN}\n{ERASED}\n{KEPT}\n{CLAIMED}\n")
    said = run("--sender", CLUB, "--numbers", str(listed), "--carrier", "Bandwidth", "--output", "answer.zip")
    assert "Audit 1: 6 numbers, 6 lines" in said
    for line in ("1  opted in\n", "1  opted out\n", "1  no consent on record\n", "4  with a proof\n"):
        assert line in said
    assert re.search(r"Due \d{4}-\d\d-\d\d \d\d:\d\d UTC, in 24 hours\.", said)
    path = tmp_path / "answer.zip"
    assert path.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        assert "answer.csv" in archive.namelist()
    assert not [number for number in (JOINED, STOPPED, UNKNOWN) if number in said]


def test_the_list_may_come_by_standard_input_and_a_link_is_shown_once(run):
    said = run("--sender", CLUB, "--numbers", "-", "--link", "--output", "a.zip", given=f"{JOINED}\n")
    (word,) = re.findall(r"http://localhost:8000/audit/([\w-]{22})$", said, re.MULTILINE)
    assert word
    ours = AuditEntry.objects.filter(action__startswith="audit.").order_by("pk")
    assert list(ours.values_list("action", flat=True)) == [
        "audit.opened",
        "audit.downloaded",
        "audit.link_made",
    ]


def test_a_first_line_that_was_taken_for_a_heading_is_told(run):
    listed = ("--sender", CLUB, "--numbers", "-", "--output")
    said = run(*listed, "a.zip", given=f"hello\n{JOINED}\n")
    assert (
        "Audit 1: 1 numbers, 1 lines\nTaken for a heading, since there is no digit in it: 'hello'\n" in said
    )
    assert "heading" not in run(*listed, "b.zip", given=f"{JOINED}\n")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_list_is_read_as_any_program_saves_it(run, tmp_path, encoding):
    listed = tmp_path / "numbers.txt"
    listed.write_bytes(f"Empfänger\r\n{JOINED}\r\n{STOPPED}\r\n".encode(encoding))
    said = run("--sender", CLUB, "--numbers", str(listed), "--output", "a.zip")
    assert (
        "Audit 1: 2 numbers, 2 lines\nTaken for a heading, since there is no digit in it: 'Empfänger'" in said
    )


def test_a_list_that_is_no_text_is_refused_by_its_name(run, tmp_path):
    listed = tmp_path / "numbers.xlsx"
    listed.write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(UnreadableListError, match=r"numbers\.xlsx cannot be read .* Save it as text or CSV"):
        run("--sender", CLUB, "--numbers", str(listed), "--output", "a.zip")
    assert not CarrierAudit.objects.exists()


def test_a_clock_that_ran_out_is_said_plainly(run):
    said = run(
        *("--sender", CLUB, "--numbers", "-", "--asked-at", "2026-03-01T12:00+01:00", "--output", "a.zip"),
        given=JOINED,
    )
    assert "OVERDUE since 2026-03-02 11:00 UTC: send it now." in said


def test_sending_is_said_of_it_and_closing_it_keeps_nothing(run, here):
    add_user("kim", "Kim")
    User.objects.update(role=User.Role.MANAGER)
    run("--sender", CLUB, "--numbers", "-", "--output", "a.zip", given=JOINED)
    assert "Audit 1 was answered at" in run("--sent", "1", "--user", "kim")
    audit = CarrierAudit.objects.get()
    assert (audit.state, audit.answered_by.name) == ("answered", "kim")
    assert "Nothing of its answer is kept here" in run("--close", "1", "--user", "kim")
    assert not list((here.store.folder / audits.FOLDER).iterdir())
    assert AuditEntry.objects.filter(user__name="kim").count() == 2


@pytest.mark.parametrize(
    ("arguments", "given", "says"),
    [
        (("--sender", "999", "--numbers", "-"), JOINED, "has ever texted from 999"),
        (("--sender", CLUB, "--numbers", "-"), "nobody", "no telephone number in the list"),
        (("--sent", "7"), "", "There is no audit 7"),
        (
            ("--sender", CLUB, "--numbers", "-", "--user", "nobody"),
            JOINED,
            "Nobody has an account here yet",
        ),  # who is unknown among others is named: test_evidence
    ],
    ids=["another's source", "no number", "no such audit", "no such account"],
)
def test_what_cannot_be_done_says_why_and_opens_no_audit(run, arguments, given, says):
    with pytest.raises(YeswordError, match=says):
        run(*arguments, given=given)
    assert not CarrierAudit.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--sender", CLUB),
        (),
        ("--sent", "1", "--numbers", "-"),
        ("--close", "1", "--link", "--output", "a.zip"),
    ],
    ids=["without a list", "without anything", "sent, with a list", "closed, with a file and a link"],
)
def test_a_command_that_is_not_understood_says_so(run, arguments):
    run(*arguments, exit_code=2)
    assert not CarrierAudit.objects.exists()


def test_an_earlier_audit_goes_with_no_option_of_a_new_one(run):
    run("--sender", CLUB, "--numbers", "-", "--output", "a.zip", given=JOINED)
    said = run("--sent", "1", "--sender", CLUB, "--numbers", "-", given=JOINED, exit_code=2)
    assert "--sent and --close are of an earlier audit, and go without --sender, --numbers." in said
    assert CarrierAudit.objects.get().answered_at is None


def test_no_carrier_has_asked_in_the_future(run):
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%MZ}"
    with pytest.raises(AskedAheadError, match="which is still to come"):
        run("--sender", CLUB, "--numbers", "-", "--asked-at", tomorrow, given=JOINED)
    assert not CarrierAudit.objects.exists()


def test_a_time_that_is_none_opens_no_audit(run):
    with pytest.raises(NotATimeError, match="yesterday"):
        run("--sender", CLUB, "--numbers", "-", "--asked-at", "yesterday", given=JOINED)
    assert not CarrierAudit.objects.exists()


def test_who_only_looks_may_not_answer(run):
    User.objects.create_user("vic", "a long password", role=User.Role.VIEWER)
    with pytest.raises(YeswordError, match="may look and change nothing"):
        run("--sender", CLUB, "--numbers", "-", "--user", "vic", given=JOINED)


def test_the_log_may_grow_while_the_list_is_worked_off(run, here):
    here.join("+31612000020")
    run("--sender", CLUB, "--numbers", "-", "--output", "a.zip", given="+31612000020")
    sequence(here)
    said = run("--sender", CLUB, "--numbers", "-", "--output", "b.zip", given="+31612000020")
    assert "1  with a proof" in said
