"""Imports in the console: a file on its way in, its report, and who may."""

import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from factories.worlds import world
from yesword.store import contacts, models
from yesword.store.models import AuditEntry, User
from yesword.web.console import uploads
from yesword.web.console.uploads import Uploads

BACKEND = "django.contrib.auth.backends.ModelBackend"
ROWS = """phone,name,language
+31612345601,Anna,nl
+31612345602,Bruno,nl
not a number,Nobody,nl
+31612345601,Anna again,nl
"""


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


def signed_in(role, **more):
    user = User.objects.create_user(role, "a sentence that is said", role=role)
    client = Client(SERVER_NAME="localhost", **more)
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def manager(here):
    return signed_in(User.Role.MANAGER)


def send(client, here, rows=ROWS, name="people.csv", **changes):
    given = SimpleUploadedFile(name, rows.encode(), content_type="text/csv")
    wanted = {"program": str(here.club.id), "country": "", "file": given, **changes}
    return client.post("/imports", wanted)


def finished(answer):
    """Wait for the import's own thread."""
    assert answer.status_code == 302, answer.content.decode()
    token = answer["Location"].rsplit("/", 1)[-1]
    thread = uploads._running.get(token)
    if thread is not None:
        thread.join(20)
        assert not thread.is_alive()
    return answer["Location"]


def words(answer, status=200):
    assert answer.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_file_is_imported_with_every_row_accounted_for(here, manager):
    page = manager.get(finished(send(manager, here)))
    run = models.ImportRun.objects.get()
    assert page["Location"] == f"/imports/{run.pk}"
    assert (run.state, run.rows, run.created_by.name) == ("done", 4, "manager")
    said = words(manager.get(page["Location"]))
    assert "4 of 4 rows accounted for." in said
    assert "New people 2" in said
    assert "2 people are known by a claim only, and are not texted." in said
    with here.store.database.read() as session:
        assert contacts.find(here.store, session, here.club.brand, "+31612345602") is not None
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["import"]


def test_nothing_of_the_upload_stays_but_the_rejected_rows_for_their_reader_only(here, manager):
    finished(send(manager, here))
    folder = Uploads(here.store).folder
    kept = sorted(path for path in folder.rglob("*") if path.is_file())
    assert [path.name for path in kept] == ["rejected.csv", "state.json"]
    assert kept[0].stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0
    run = models.ImportRun.objects.get()
    answer = manager.get(f"/imports/{run.pk}/rejected")
    assert b"not a number" in b"".join(answer.streaming_content)
    assert 'filename="rejected-' in answer["Content-Disposition"]
    manager.post(f"/imports/{run.pk}/forget")
    assert manager.get(f"/imports/{run.pk}/rejected").status_code == 404
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["import", "import.rejected", "import.forget"]


def test_the_same_file_again_changes_nothing(here, manager):
    finished(send(manager, here))
    finished(send(manager, here))
    newest = models.ImportRun.objects.order_by("-pk").first()
    assert newest.report["outcomes"]["created"] == 0
    assert newest.report["outcomes"]["unchanged"] == 2


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("name,city\nAnna,Utrecht\n", "No column is known to hold telephone numbers"),
        ("", "There is nothing in the file"),
        ("PK\x03\x04 whatever", "The file is a spreadsheet"),
    ],
    ids=["no number", "empty", "a spreadsheet"],
)
def test_a_file_that_cannot_be_taken_says_why(here, manager, rows, says):
    said = words(manager.get(finished(send(manager, here, rows or "\n"))))
    assert says in said
    assert not models.ImportRun.objects.exists()


def test_a_file_that_is_too_large_is_dropped_while_it_comes(here, manager, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST", 40)
    manager.raise_request_exception = False
    assert send(manager, here).status_code in {302, 400, 422}
    folder = Uploads(here.store).folder
    assert not folder.exists() or not list(folder.iterdir())
    assert not models.ImportRun.objects.exists()


def test_no_file_is_said_and_the_choices_are_kept(here, manager):
    answer = manager.post("/imports", {"program": str(here.club.id), "country": "SE"})
    assert "Choose a file." in words(answer, 422)
    assert 'value="SE"' in answer.content.decode()


def test_a_country_that_is_none_is_refused_and_the_file_dropped(here, manager):
    assert "There is no such country" in words(send(manager, here, country="QQ"), 422)
    assert not list(Uploads(here.store).folder.iterdir())


def test_a_name_with_a_number_is_not_repeated(here, manager):
    finished(send(manager, here, name="+31612345678.csv"))
    assert models.ImportRun.objects.get().file_name == "…"
    for path in Uploads(here.store).folder.rglob("state.json"):
        assert "612345678" not in path.read_text()


def test_a_name_never_leads_out_of_its_folder(here, manager):
    finished(send(manager, here, name="..\\..\\..\\evil.csv"))
    outside = [
        path for path in here.store.folder.rglob("*evil*") if Uploads(here.store).folder not in path.parents
    ]
    assert outside == []


def test_an_import_that_was_cut_off_says_so(here, manager):
    location = finished(send(manager, here))
    token = location.rsplit("/", 1)[-1]
    state = Uploads(here.store).folder / token / "state.json"
    state.write_text(state.read_text().replace('"state": "done"', '"state": "running"'))
    assert Uploads(here.store).read(token).error_code == "cut_off"
    assert "The server was stopped in the middle." in words(manager.get(location))
    assert Uploads(here.store).read("../" + token) is None


def test_a_form_without_its_token_brings_nothing_in(here):
    careful = signed_in(User.Role.OWNER, enforce_csrf_checks=True)
    assert send(careful, here).status_code == 403
    assert not models.ImportRun.objects.exists()
    folder = Uploads(here.store).folder
    assert not folder.exists() or not list(folder.iterdir())


def test_a_viewer_imports_nothing_and_reads_no_rejected_rows(here, manager):
    finished(send(manager, here))
    run = models.ImportRun.objects.get()
    viewer = signed_in(User.Role.VIEWER)
    assert send(viewer, here).status_code == 403
    assert viewer.get(f"/imports/{run.pk}/rejected").status_code == 403
    assert viewer.post(f"/imports/{run.pk}/forget").status_code == 403
    assert "4 of 4 rows accounted for." in words(viewer.get(f"/imports/{run.pk}"))
    assert 'type="file"' not in viewer.get("/imports").content.decode()


def test_uploads_are_out_of_reach_of_others(here, manager):
    finished(send(manager, here))
    for path in Uploads(here.store).folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0
