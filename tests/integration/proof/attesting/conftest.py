"""What the tests of attesting share."""

import pytest

from factories.attested import Bench
from factories.worlds import world


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def bench(store, tmp_path):
    with world(store) as here:
        yield Bench(here=here, folder=tmp_path)


@pytest.fixture
def sqlite_bench(sqlite_store, tmp_path):
    """For what does not depend on the database."""
    with world(sqlite_store) as here:
        yield Bench(here=here, folder=tmp_path)
