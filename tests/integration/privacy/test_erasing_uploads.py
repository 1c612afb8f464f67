"""Files that imports have left: whoever is erased goes out of them, and what nobody wants any more goes by itself."""

import hashlib
import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from factories.worlds import ANNA, world
from yesword.cli import group
from yesword.collect.imports import uploaded
from yesword.consent import restoring
from yesword.domain.retention import Override
from yesword.privacy import erasing, erasing_again, retaining
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.privacy.periods import Periods
from yesword.store.models import User

NOW = Wish(ground=REQUESTED, overrides=(Override(days=0, reason="tests"),))
BEN = "+31612345904"
HEAD = "line;code;reason;phone;name\r\n"
OF_ANNA = f'2;wrong_date;No such day.;{ANNA};"Anna\r\nde Vries"\r\n'
OF_BEN = "3;wrong_date;No such day.;06 12345904;Ben\r\n"
OF_CLEO = "4;wrong_date;No such day.;06 12345670;Cleo\r\n"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.strangers([ANNA, BEN])
        yield made


def upload(here, name="one", began_at=None, **members):
    """An upload that has come to its end, with what it rejected."""
    folder = uploaded.folder_of(here.store) / name
    folder.mkdir(parents=True)
    (folder / uploaded.REJECTED).write_bytes(("\ufeff" + HEAD + OF_ANNA + OF_BEN + OF_CLEO).encode())
    state = {"program": here.club.id, "began_at": (began_at or here.at).isoformat(), **members}
    (folder / uploaded.STATE).write_text(json.dumps(state))
    return folder


def rejected(folder):
    return (folder / uploaded.REJECTED).read_bytes().decode()


def test_an_erasure_takes_out_each_row_that_shows_the_number_and_no_other(here):
    folder = upload(here)
    erasing.erase(here.store, here.contact(BEN).id, NOW, here.at)
    assert rejected(folder) == "\ufeff" + HEAD + OF_ANNA + OF_CLEO
    erasing.erase(here.store, here.contact().id, NOW, here.at)
    assert rejected(folder) == "\ufeff" + HEAD + OF_CLEO
    assert (folder / uploaded.REJECTED).stat().st_mode & 0o077 == 0


def test_where_no_row_is_left_there_is_no_file(here):
    folder = upload(here)
    (folder / uploaded.REJECTED).write_text(HEAD + OF_ANNA)
    assert uploaded.take_out(here.store, ANNA) == 1
    assert [path.name for path in folder.iterdir()] == [uploaded.STATE]


@pytest.mark.parametrize(
    ("rows", "left", "encoding"),
    [
        ("phone,name\nAnne,+31612345679\n06 12345904,Bén\n", "phone,name\nAnne,+31612345679\n", "utf-8"),
        ("phone,name\r\n06-12345904,Bén\r\n", "phone,name\r\n", "cp1252"),
        ("phone\tname\n(06) 12 34 59 04\tBén\n\nx\ty", "phone\tname\nx\ty", "utf-16"),
        ("Ben,0612345904\nAnne,0612345679\n", "Anne,0612345679\n", "utf-8"),
        ("sep=;\nphone;name\n06.12345904;Ben\n1;2\n", "sep=;\nphone;name\n1;2\n", "utf-8"),
    ],
    ids=["utf-8", "windows", "utf-16", "no names of columns", "a separator above"],
)
def test_an_upload_that_waits_loses_the_row_and_keeps_the_rest(here, rows, left, encoding):
    path = upload(here, state="waiting") / uploaded.GIVEN / "people.csv"
    path.parent.mkdir()
    path.write_bytes(rows.encode(encoding))
    before = path.stat().st_mtime
    assert uploaded.take_out(here.store, BEN) == 2
    assert path.read_bytes().decode(encoding) == left
    assert path.stat().st_mtime == pytest.approx(before, abs=1)


def test_a_spreadsheet_that_nobody_can_read_goes_as_a_whole(here):
    path = upload(here, state="waiting") / uploaded.GIVEN / "people.xlsx"
    path.parent.mkdir()
    path.write_bytes(b"PK\x03\x04 whatever")
    uploaded.take_out(here.store, BEN)
    assert not path.exists()


def test_a_draft_that_a_crash_left_is_looked_at_too(here):
    folder = upload(here)
    draft = folder / ".rejected.csv.x1"
    draft.write_text(HEAD + OF_BEN + OF_CLEO)
    uploaded.take_out(here.store, BEN)
    assert draft.read_text().replace("\n", "\r\n").count("06 12345904") == 0


def test_a_file_that_is_still_coming_in_is_left_alone(here):
    """What is written to it would be lost; whoever is in it is known to be suppressed when it is imported."""
    folder = uploaded.folder_of(here.store) / "coming"
    (folder / uploaded.GIVEN).mkdir(parents=True)
    path = folder / uploaded.GIVEN / "people.csv"
    path.write_text("phone\n0612345904\n061234")
    assert uploaded.take_out(here.store, BEN) == 0
    old = (datetime.now(UTC) - timedelta(hours=2)).timestamp()
    os.utime(folder, (old, old))
    assert uploaded.take_out(here.store, BEN) == 1


def test_how_far_an_upload_is_does_not_tell_the_number_either(here):
    folder = upload(here, trial={"columns": [{"name": "06-12345904", "taken_for": ""}], "rows": 3})
    uploaded.take_out(here.store, BEN)
    said = json.loads((folder / uploaded.STATE).read_text())
    assert said["trial"] == {"columns": [{"name": "…", "taken_for": ""}], "rows": 3}


def test_the_dry_run_tells_how_many_lines_would_go_and_takes_none(here):
    folders = [upload(here), upload(here, "two")]
    User.objects.create_user("kim", "a sentence that is said", role=User.Role.OWNER)
    command = [
        "privacy",
        "erase",
        BEN,
        "--program",
        "club",
        "--user",
        "kim",
        "--data",
        str(here.store.folder),
    ]
    told = CliRunner().invoke(group, command).output
    assert "Lines that would be taken out of files left by imports: 2." in told
    assert all("06 12345904" in rejected(folder) for folder in folders)
    told = CliRunner().invoke(group, [*command, "--requested", "--yes"]).output
    assert "Lines that are taken out of files left by imports: 2." in told
    assert not any("06 12345904" in rejected(folder) for folder in folders)


# --- a store that was put back ----------------------------------------------------------------------------------


def test_files_that_come_back_with_the_store_lose_the_row_again_though_the_number_is_known_by_its_digest_only(
    here,
):
    folder = upload(here)
    before = (folder / uploaded.REJECTED).read_bytes()
    erasing.erase(here.store, here.contact(BEN).id, NOW, here.at)
    (folder / uploaded.REJECTED).write_bytes(before)
    restoring.replay(here.store, here.at)
    erasing_again.erase_again(here.store, here.at, is_dry_run=True)
    assert rejected(folder) == before.decode()
    erasing_again.erase_again(here.store, here.at)
    assert rejected(folder) == "\ufeff" + HEAD + OF_ANNA + OF_CLEO


def test_a_file_that_is_younger_than_the_erasure_keeps_its_rows(here):
    erasing.erase(here.store, here.contact(BEN).id, NOW, here.at)
    folder = upload(here, began_at=here.at + timedelta(days=70))
    erasing_again.erase_again(here.store, here.at)
    assert "06 12345904" in rejected(folder)


# --- by itself --------------------------------------------------------------------------------------------------


def test_what_an_import_left_goes_after_thirty_days(here):
    old, young = upload(here), upload(here, "two", began_at=here.at + timedelta(days=20))
    here.now[0] += timedelta(days=31)
    assert retaining.run(here.store, here.at, is_dry_run=True, with_people=False).counts["uploads"] == 1
    assert old.exists()
    assert retaining.run(here.store, here.at, with_people=False).counts["uploads"] == 1
    assert not old.exists()
    assert young.exists()
    periods = Periods(texts=timedelta(days=730), silence=timedelta(days=730), uploads=timedelta(days=5))
    retaining.run(here.store, here.at, with_people=False, periods=periods)
    assert not young.exists()


def test_the_plain_digest_of_an_older_version_is_rewritten(here):
    """Of a file with one number it would tell the number to whoever tries them all."""
    plain = hashlib.sha256(b"phone\n0612345904\n").hexdigest()
    folder = upload(here, digest=plain)
    retaining.run(here.store, here.at, with_people=False)
    said = json.loads((folder / uploaded.STATE).read_text())
    assert plain not in (folder / uploaded.STATE).read_text()
    assert "digest" not in said
    (name,) = said["names"]
    assert name.startswith("1:")
