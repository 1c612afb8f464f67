"""The named queries of the store: none stands twice, and a file that has one twice is refused."""

import pytest

from yesword.store import database
from yesword.store.database import RepeatedQueryError

VENDORS = ("sqlite", "postgresql")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "queries").mkdir()
    monkeypatch.setattr(database.resources, "files", lambda _: tmp_path)
    return tmp_path / "queries"


@pytest.mark.parametrize("vendor", VENDORS)
def test_none_of_ours_stands_twice(vendor):
    assert len(database.queries.__wrapped__(vendor)) > 500


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("only", ["", " [sqlite]", " [postgresql]"])
def test_a_name_that_stands_twice_is_refused_with_its_file(folder, vendor, only):
    for name in ("one", "two"):
        (folder / f"{name}.sql").write_text(f"-- name: count_people{only}\nSELECT count(*) FROM {name}\n")
    with pytest.raises(RepeatedQueryError, match=r"count_people in store/queries, the second in two\.sql"):
        database.queries.__wrapped__(vendor)


def test_a_databases_own_form_stands_beside_the_common_one(folder):
    both = "-- name: now [postgresql]\nSELECT now()\n\n-- name: now\nSELECT 1\n"
    (folder / "one.sql").write_text(both)
    assert [database.queries.__wrapped__(each)["now"] for each in VENDORS] == ["SELECT 1", "SELECT now()"]
