"""Where the store is: what an address of PostgreSQL says reaches the driver."""

import pytest

from yesword.store.configuration import BadDatabaseUrlError, databases


def told(monkeypatch, url):
    monkeypatch.setenv("YESWORD_DATABASE_URL", url)
    return databases()["default"]


def test_what_the_address_says_of_encryption_is_heeded(monkeypatch):
    found = told(monkeypatch, "postgresql://anna:se%2Fcret@db.example.org:5433/shop?sslmode=verify-full")
    assert (found["USER"], found["PASSWORD"], found["PORT"], found["NAME"]) == (
        "anna",
        "se/cret",
        "5433",
        "shop",
    )
    assert found["OPTIONS"]["sslmode"] == "verify-full"


def test_a_wire_that_brings_nothing_is_noticed_unless_the_address_says_otherwise(monkeypatch):
    url = "postgresql://anna@db.example.org/shop"
    assert told(monkeypatch, url)["OPTIONS"]["keepalives_idle"] == 10
    options = told(monkeypatch, f"{url}?keepalives_idle=60&options=-c%20work_mem%3D8MB")["OPTIONS"]
    assert options["keepalives_idle"] == "60"
    assert options["options"].endswith("-c lock_timeout=5000 -c work_mem=8MB")


@pytest.mark.parametrize(
    "url", ["mysql://db/shop", "postgresql://db", "shop", "postgresql://anna:se/cret@db.example.org/shop"]
)
def test_another_address_is_refused(monkeypatch, url):
    with pytest.raises(BadDatabaseUrlError) as refused:
        told(monkeypatch, url)
    assert "se" not in refused.value.message.partition("://")[2].partition(" ")[0]
