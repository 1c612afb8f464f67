"""Imports in the console: a file on its way in, its report, and who may."""

import hashlib
import json
import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from factories.consoles import signed_in
from factories.worlds import world
from yesword.store import contacts, models
from yesword.store.models import AuditEntry, User
from yesword.web.console import uploads
from yesword.web.console.uploads import Uploads

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


def test_the_digest_of_the_file_is_nowhere_but_under_the_pepper(here, manager):
    """Of a short file, a plain one would tell the number to whoever tries them all."""
    finished(send(manager, here))
    plain = hashlib.sha256(ROWS.encode()).hexdigest()
    (state,) = Uploads(here.store).folder.rglob("state.json")
    assert plain not in state.read_text()
    assert json.loads(state.read_text())["names"] == [models.ImportRun.objects.get().file_digest]


def test_an_older_upload_with_a_plain_digest_goes_on_and_is_rewritten(here, manager):
    location = finished(send(manager, here, look="1"))
    (path,) = Uploads(here.store).folder.rglob("state.json")
    state = json.loads(path.read_text())
    plain = hashlib.sha256(ROWS.encode()).hexdigest()
    path.write_text(json.dumps({**{k: v for k, v in state.items() if k != "names"}, "digest": plain}))
    assert manager.get(location).status_code == 200
    assert plain not in path.read_text()
    assert json.loads(path.read_text()) == state


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


BACKED = "phone,name,when,consent source\n+31612345601,Anna,2024-03-01,checkout\n+31612345602,Bruno,2025-08-09,checkout\n+31612345603,Cleo,,\n"


def looked_at(client, here, rows=BACKED, **changes):
    answer = send(client, here, rows, look="1", **changes)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def chosen(*columns, **more):
    return {f"column-{place}": what for place, what in enumerate(columns)} | more


def test_a_file_is_looked_at_with_its_columns_guessed_and_its_cells_masked(here, manager):
    place = looked_at(manager, here)
    page = manager.get(place)
    said = words(page)
    assert "What is in each column?" in said
    assert "345601" not in page.content.decode(), "no number is shown in full"
    assert "Anna" not in said
    selected = re.findall(r'<option value="([^"]*)" selected>', page.content.decode())
    assert selected == ["phone", "name", "attribute", "consent_source"]
    assert not models.ImportRun.objects.exists()


def test_columns_are_chosen_tried_and_imported(here, manager):
    place = looked_at(manager, here, source="shop", wording="Yes to offers by text")
    columns = chosen("phone", "name", "consent_date", "consent_source")
    finished(manager.post(f"{place}/go", {**columns, "try": "1"}))
    said = words(manager.get(place))
    assert "Only tried: nothing is written yet." in said
    assert "New people 3" in said
    assert "Ask them where they come to you" in said
    assert not models.ImportRun.objects.exists()
    page = manager.get(finished(manager.post(f"{place}/go", {"go": "1"})))
    run = models.ImportRun.objects.get()
    assert page["Location"] == f"/imports/{run.pk}"
    assert run.report["grades"] == {"D": 2, "E": 1}, "two say a date, and the wording was attached"
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["import"]


def test_wordings_are_attached_by_source_and_days(here, manager):
    rules = {
        "rule-1-source": "Checkout", "rule-1-from": "2024-01-01", "rule-1-until": "2024-12-31",
        "rule-1-wording": "The old wording", "rule-2-wording": "", "rule-2-source": "",
    }  # fmt: skip
    finished(send(manager, here, BACKED.replace("when", "consent date"), **rules))
    assert models.ImportRun.objects.get().report["grades"] == {"D": 1, "E": 2}
    assert "not complete" in words(send(manager, here, **{"rule-1-source": "checkout"}), 422)


def test_without_a_column_of_numbers_it_asks_for_one(here, manager):
    place = looked_at(manager, here, "who,name\n+31612345601,Anna\n")
    columns = chosen("attribute", "name")
    assert "Say which column holds the telephone numbers." in words(
        manager.post(f"{place}/go", {**columns, "try": "1"}), 422
    )
    manager.get(finished(manager.post(f"{place}/go", chosen("phone", "name", go="1"))))
    assert models.ImportRun.objects.get().report["outcomes"]["created"] == 1


def test_a_file_that_nobody_wants_is_deleted(here, manager):
    place = looked_at(manager, here)
    manager.post(f"{place}/drop")
    assert not list(Uploads(here.store).folder.iterdir())
    assert manager.get(place).status_code == 404


def test_a_file_that_waits_for_a_day_is_deleted(here, manager):
    looked_at(manager, here)
    kept = Uploads(here.store)
    kept.sweep(datetime.now(UTC) + timedelta(hours=23))
    assert list(kept.folder.iterdir())
    kept.sweep(datetime.now(UTC) + timedelta(hours=25))
    assert not list(kept.folder.iterdir())


def test_a_running_import_is_stopped_and_goes_on(here, manager, monkeypatch):
    from yesword.collect.imports import writing

    at_once, may_go = threading.Event(), threading.Event()
    real = writing.Writer._write_slice

    def slowly(self, steps):
        real(self, steps)
        at_once.set()
        assert may_go.wait(20)

    monkeypatch.setattr(writing.Writer, "_write_slice", slowly)
    rows = "phone\n" + "".join(f"+316{20000000 + number}\n" for number in range(300))
    answer = send(manager, here, rows)
    assert at_once.wait(20)
    token = answer["Location"].rsplit("/", 1)[-1]
    assert "Stop here" in words(manager.get(answer["Location"]))
    manager.post(f"/imports/uploads/{token}/stop")
    may_go.set()
    finished(answer)
    assert models.ImportRun.objects.get().state == "stopped"
    assert "it can go on from there" in words(manager.get(answer["Location"]))
    monkeypatch.setattr(writing.Writer, "_write_slice", real)
    finished(manager.post(f"/imports/uploads/{token}/go"))
    run = models.ImportRun.objects.get()
    assert (run.state, run.report["outcomes"]["created"]) == ("done", 300)
    assert run.report["went_on_from"] > 0


def test_an_import_is_undone_with_a_reason_and_a_trace(here, manager):
    finished(send(manager, here, BACKED.replace("when", "consent date"), wording="Yes to offers by text"))
    run = models.ImportRun.objects.get()
    said = words(manager.get(f"/imports/{run.pk}/undo"))
    assert "Consent that would end 2" in said
    assert "Say why" in words(manager.post(f"/imports/{run.pk}/undo", {}), 422)
    manager.post(f"/imports/{run.pk}/undo", {"reason": "the wrong file"})
    said = words(manager.get(f"/imports/{run.pk}"))
    assert "This import was undone: the consent of 2 people ended. the wrong file" in said
    assert "import.undo" in AuditEntry.objects.values_list("action", flat=True)


def test_a_list_of_whom_to_ask_is_downloaded_and_leaves_a_trace(here, manager):
    finished(
        send(manager, here, "phone,email,name\n+31612345601,anna@example.org,Anna\n+31612345602,,Bruno\n")
    )
    run = models.ImportRun.objects.get()
    assert "Ask them by e-mail" in words(manager.get(f"/imports/{run.pk}"))
    answer = manager.post(f"/imports/{run.pk}/ask", {"way": "mail"})
    assert b"".join(answer.streaming_content).decode().splitlines() == [
        "phone,email,name,language",
        "+31612345601,anna@example.org,Anna,nl",
    ]
    assert manager.post(f"/imports/{run.pk}/ask", {"way": "nonsense"}).status_code == 404
    assert "import.list" in AuditEntry.objects.values_list("action", flat=True)


def test_numbers_are_checked_and_nothing_of_them_is_stored(here, manager):
    given = "+31612345601\n0612345602\n0201234567\n0612345602\n12\n"

    def sent(**more):
        file = SimpleUploadedFile("numbers.txt", given.encode(), content_type="text/plain")
        return manager.post("/numbers", {"file": file, "country": "NL", **more})

    said = words(sent())
    assert "2 of 5 can be texted" in said
    assert "A landline or service number" in said
    assert "The same number once more 1" in said
    assert sent(cleaned="1").content.decode().splitlines() == [
        "number,country,kind,line",
        "+31612345601,NL,mobile,1",
        "+31612345602,NL,mobile,2",
    ]
    assert not list(Uploads(here.store).folder.iterdir())
    assert not models.ImportRun.objects.exists()


def test_a_viewer_follows_nothing_up(here, manager):
    finished(send(manager, here))
    run = models.ImportRun.objects.get()
    viewer = signed_in(User.Role.VIEWER)
    for path in (f"/imports/{run.pk}/undo", f"/imports/{run.pk}/ask", "/numbers"):
        assert viewer.post(path, {"way": "mail", "reason": "x"}).status_code == 403, path
