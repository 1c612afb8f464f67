"""Carriers' audits in the console and on the auditor's page: the clock, the answer, the links, and who may."""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from factories.consoles import signed_in
from factories.packed import sequence
from factories.pages import empty_limits
from factories.worlds import CLUB, world
from yesword.cli import group
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.reporting.audit_answers import keeping
from yesword.store import audits
from yesword.store.models import AuditEntry, CarrierAudit, User
from yesword.web import audit_words
from yesword.web.console import audit_making
from yesword.web.logs import mask
from yesword.web.public import audit as public_audit

JOINED, STOPPED, UNKNOWN = "+31612000001", "+31612000002", "+31612000005"
NUMBERS = f"{JOINED}\n{STOPPED}\n{UNKNOWN}"
NO_LINK = "This link opens nothing"


@pytest.fixture
def here(sqlite_store, monkeypatch):
    empty_limits(monkeypatch, public_audit)
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC) - timedelta(minutes=10)
        made.join(JOINED)
        made.join(STOPPED)
        made.text(STOPPED, "STOP")
        sequence(made)
        yield made


@pytest.fixture
def manager(here):
    return signed_in(User.Role.MANAGER)


@pytest.fixture
def stranger():
    return Client(SERVER_NAME="localhost")


def ask(client, numbers=NUMBERS, **changes):
    wanted = {"sender": CLUB, "numbers": numbers, "carrier": "Bandwidth", "reference": "CASE-1", **changes}
    answer = client.post("/audits", wanted)
    for thread in list(audit_making._making.values()):
        thread.join(20)
    return answer


def only():
    return CarrierAudit.objects.get()


def words(answer, status=200):
    assert answer.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def table_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("answer.csv").decode()


def linked(client):
    answer = client.post(f"/audits/{only().pk}/link")
    (word,) = re.findall(r"/audit/([\w-]{22})", answer.content.decode())
    return word


def test_a_list_is_answered_and_added_up(here, manager):
    page = ask(manager)
    assert page["Location"] == f"/audits/{only().pk}"
    said = words(manager.get(page["Location"]))
    assert "Bandwidth · CASE-1" in said
    assert "24 hours left" in said
    assert "Opted in 1" in said
    assert "Opted out 1" in said
    assert "No consent on record 1" in said
    assert "3 lines in all" in said
    assert (only().unknown_count, len(only().contacts)) == (1, 2)


def test_the_answer_is_downloaded_and_that_leaves_a_trace(here, manager):
    ask(manager)
    answer = manager.post(f"/audits/{only().pk}/answer")
    assert answer["Content-Type"] == "application/zip"
    assert f'filename="consent-audit-{CLUB}-' in answer["Content-Disposition"]
    assert all(number in table_of(answer.content) for number in (JOINED, STOPPED, UNKNOWN))
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "user__name")) == [
        ("audit.opened", "manager"),
        ("audit.downloaded", "manager"),
    ]


def test_numbers_are_masked_on_the_page_and_in_no_address(here, manager):
    ask(manager)
    html = manager.get(f"/audits/{only().pk}").content.decode()
    for number in (JOINED, STOPPED, UNKNOWN):
        assert number[-6:] not in html
    assert "+31 •••••• 001" in html


def test_the_list_may_be_a_file_which_never_lies_on_a_disk(here, manager, monkeypatch):
    def refuse(*given, **more):
        raise AssertionError("an uploaded list was written to a file")

    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", refuse)
    file = SimpleUploadedFile("list.csv", f"destination\n{JOINED}\n{UNKNOWN}\n".encode())
    ask(manager, "", file=file)
    assert only().counts == {"opted_in": 1, "unknown": 1}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_file_is_read_as_any_program_saves_it(here, manager, encoding):
    listed = f"Empfänger\r\n{JOINED}\r\n{UNKNOWN}\r\n".encode(encoding)
    ask(manager, "", file=SimpleUploadedFile("list.csv", listed))
    assert only().counts == {"opted_in": 1, "unknown": 1}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"numbers": "", "file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04")}, "cannot be read as a list"),
        ({"numbers": ""}, "There is no telephone number in the list."),
        ({"sender": "999"}, "Select a valid choice"),
        ({"sender": ""}, "This field is required."),
        ({"asked_at": "2036-01-01T10:00"}, "That lies in the future."),
    ],
    ids=["a spreadsheet", "no numbers", "another's source", "no source", "a time to come"],
)
def test_a_form_that_is_wrong_is_shown_again_with_what_was_typed(here, manager, changes, says):
    said = ask(manager, **changes)
    assert says in words(said, 422)
    assert "CASE-1" in said.content.decode()
    assert not CarrierAudit.objects.exists()


@pytest.mark.parametrize(
    ("hours", "says", "tone"),
    [(-7, "17 hours left", "amber"), (-20, "4 hours left", "brick"), (-27, "Overdue by 3 hours", "brick")],
    ids=["plenty of time", "soon", "too late"],
)
def test_the_clock_is_told_in_words(here, manager, hours, says, tone):
    ask(manager)
    at = datetime.now(UTC)
    CarrierAudit.objects.update(
        asked_at=at + timedelta(hours=hours), due_at=at + timedelta(hours=hours + 24, seconds=1)
    )
    assert says in words(manager.get("/audits"))
    assert says in words(manager.get(f"/audits/{only().pk}"))
    assert audit_words.standing(only(), at).tone == tone


def test_saying_that_it_was_sent_stops_the_clock(here, manager):
    ask(manager)
    manager.post(f"/audits/{only().pk}/sent")
    said = words(manager.get(f"/audits/{only().pk}"))
    assert "Answered in time" in said
    assert "by manager" in said
    assert "stop the clock" not in said.replace("stops the clock", "")


def test_an_answer_that_was_late_says_by_how_much(here, manager):
    ask(manager)
    CarrierAudit.objects.update(due_at=datetime.now(UTC) - timedelta(hours=5))
    manager.post(f"/audits/{only().pk}/sent")
    assert "Answered 5 hours late" in words(manager.get("/audits"))


# --- who may -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "/audits"),
        ("post", "/audits"),
        ("get", "/audits/1"),
        ("post", "/audits/1/answer"),
        ("post", "/audits/1/again"),
        ("post", "/audits/1/sent"),
        ("post", "/audits/1/link"),
        ("post", "/audits/1/links/00/end"),
        ("post", "/audits/1/close"),
    ],
)
def test_who_only_looks_sees_nothing_of_it(here, manager, method, address):
    ask(manager)
    viewer = signed_in(User.Role.VIEWER)
    assert getattr(viewer, method)(address).status_code == 403
    assert only().state == "open"


def test_the_way_there_is_shown_to_those_who_may_go(here, manager):
    assert 'href="/audits"' in manager.get("/people").content.decode()
    assert 'href="/audits"' not in signed_in(User.Role.VIEWER).get("/people").content.decode()


def test_forms_are_refused_without_their_token(here):
    client = signed_in(User.Role.MANAGER, enforce_csrf_checks=True)
    assert client.post("/audits", {"sender": CLUB, "numbers": NUMBERS}).status_code == 403
    assert not CarrierAudit.objects.exists()


# --- the auditor's page ------------------------------------------------------------------------------------------


def test_an_auditor_sees_sums_and_takes_the_answer_without_an_account(here, manager, stranger):
    ask(manager)
    word = linked(manager)
    page = stranger.get(f"/audit/{word}")
    said = words(page)
    assert "Consent audit: the answer of Linde &amp; Loom" in said
    assert "Opted in 1" in said
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert not page.cookies
    assert "<script" not in page.content.decode()
    for number in (JOINED, STOPPED, UNKNOWN):
        assert number[-6:] not in page.content.decode()
    taken = stranger.post(f"/audit/{word}/answer")
    assert JOINED in table_of(taken.content)
    assert (only().state, only().answered_by) == ("answered", None)
    assert "The auditor took the answer on" in words(manager.get(f"/audits/{only().pk}"))
    assert AuditEntry.objects.filter(action="audit.taken_by_link", user=None).count() == 1


def test_who_sent_it_by_hand_is_told(here, manager):
    ask(manager)
    manager.post(f"/audits/{only().pk}/sent")
    assert re.search(r"Sent by hand on .* as manager says", words(manager.get(f"/audits/{only().pk}")))


def test_sent_at_the_command_line_by_nobody_in_particular_it_was_not_taken_by_the_auditor(here, manager):
    ask(manager)
    done = CliRunner().invoke(
        group, ["audit-answer", "--sent", str(only().pk), "--data", str(here.store.folder)]
    )
    assert done.exit_code == 0, done.output
    said = words(manager.get(f"/audits/{only().pk}"))
    assert "as was said at the command line" in said
    assert "The auditor took" not in said


def test_what_only_follows_links_takes_nothing_and_stops_no_clock(here, manager, stranger):
    ask(manager)
    word = linked(manager)
    assert stranger.get(f"/audit/{word}/answer").status_code == 405
    assert stranger.head(f"/audit/{word}").status_code == 200
    assert only().state == "open"


def test_openings_are_counted_and_the_link_can_be_ended(here, manager, stranger):
    ask(manager)
    word = linked(manager)
    for _ in range(2):
        stranger.get(f"/audit/{word}")
    html = manager.get(f"/audits/{only().pk}").content.decode()
    assert "opened 2 times" in html
    (end,) = set(re.findall(r'action="(/audits/\d+/links/\w+/end)"', html))
    manager.post(end)
    assert NO_LINK in words(stranger.get(f"/audit/{word}"), 404)
    assert stranger.post(f"/audit/{word}/answer").status_code == 404


@pytest.mark.parametrize("word", ["x" * 22, "short", "y" * 300])
def test_a_wrong_word_gets_the_same_page_as_one_that_ran_out(here, manager, stranger, word):
    ask(manager)
    here.sql("UPDATE private_link SET expires_at = 0")
    gone = linked(manager)
    here.sql("UPDATE private_link SET expires_at = 0")
    expected = stranger.get(f"/audit/{gone}")
    answer = stranger.get(f"/audit/{word}")
    assert words(answer, 404) == words(expected, 404)
    assert stranger.post(f"/audit/{word}/answer").status_code == 404


def test_a_link_lasts_for_seven_days(here, manager):
    ask(manager)
    linked(manager)
    (link,) = keeping.links_of(here.store, only())
    assert link.expires_at - link.made_at == timedelta(days=7)


def test_a_receipts_word_opens_no_audit_and_an_audits_no_receipt(here, manager, stranger):
    ask(manager)
    word = linked(manager)
    assert stranger.get(f"/r/{word}").status_code == 404


def test_guessing_words_is_slowed_down(here, manager, stranger):
    told = [stranger.get(f"/audit/{'z' * 21}{each % 10}").status_code for each in range(40)]
    assert told[0] == 404
    assert told[-1] == 429


def test_the_page_speaks_the_language_that_is_asked_for(here, manager, stranger):
    ask(manager)
    word = linked(manager)
    page = stranger.get(f"/audit/{word}?lang=nl")
    assert page["Content-Language"] == "nl"
    assert 'lang="nl"' in page.content.decode()


def test_the_word_stands_in_no_log():
    assert mask("GET /audit/abcdefghijklmnopqrstuv/answer failed") == "GET /audit/•••/answer failed"


# --- what becomes of it ------------------------------------------------------------------------------------------


def test_closing_is_asked_once_more_and_keeps_nothing(here, manager, stranger):
    ask(manager)
    word = linked(manager)
    here_url = f"/audits/{only().pk}"
    assert "This cannot be undone." in words(manager.get(f"{here_url}/close"))
    manager.post(f"{here_url}/close")
    assert only().state == "closed"
    assert NO_LINK in words(stranger.get(f"/audit/{word}"), 404)
    said = words(manager.get(here_url))
    assert "Opted in 1" in said, "what it added up to stays"
    assert "Download the answer" not in said
    assert manager.post(f"{here_url}/link").status_code == 404
    assert manager.post(f"{here_url}/again", {"numbers": NUMBERS}).status_code == 404


def test_once_somebody_is_erased_the_list_is_asked_for_again(here, manager):
    ask(manager)
    word = linked(manager)
    erasing.erase(here.store, here.contact(STOPPED).id, Wish(ground=REQUESTED), datetime.now(UTC))
    here_url = f"/audits/{only().pk}"
    assert "Somebody in it was erased since" in words(manager.get(here_url))
    assert manager.post(f"{here_url}/answer").status_code == 302
    assert "no longer here" in words(Client(SERVER_NAME="localhost").get(f"/audit/{word}"))
    assert "no telephone number" in words(manager.post(f"{here_url}/again", {"numbers": ""}), 422)
    manager.post(f"{here_url}/again", {"numbers": NUMBERS})
    for thread in list(audit_making._making.values()):
        thread.join(20)
    assert "Erased, proof kept 1" in words(manager.get(here_url))


def test_an_answer_that_is_being_made_shows_how_far_it_is(here, manager):
    ask(manager)
    audit = only()
    audits.forget(here.store, audit, datetime.now(UTC))
    CarrierAudit.objects.update(touched_at=datetime.now(UTC), asked_count=200, done_count=50, made_at=None)
    said = words(manager.get(f"/audits/{audit.pk}"))
    assert "50 of 200" in said
    CarrierAudit.objects.update(touched_at=datetime.now(UTC) - timedelta(minutes=2))
    assert "It was cut off or failed" in words(manager.get(f"/audits/{audit.pk}"))


def test_an_answer_that_fails_says_so_at_once(here, manager, monkeypatch):
    def fail(*given, **more):
        raise OSError("the disk is full")

    monkeypatch.setattr(keeping, "make_answer", fail)
    page = ask(manager)
    assert "It was cut off or failed" in words(manager.get(page["Location"]))


def test_without_a_brand_there_is_nothing_to_answer(sqlite_store):
    client = signed_in(User.Role.MANAGER)
    assert "No carrier has asked yet" in words(client.get("/audits"))
    assert client.get("/audits/99").status_code == 404
