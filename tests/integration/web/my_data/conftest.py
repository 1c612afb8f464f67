"""What the tests of a person's own page share."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from factories.own_page import NAME, SAID, browser
from factories.worlds import ANNA, world
from yesword.web.public import my_data, my_rights, receipt


def settled(opened):
    cache.clear()
    opened.strangers([ANNA], name=NAME, language="en")
    opened.join()
    opened.text(ANNA, SAID)
    opened.now[0] = datetime.now(UTC)
    return opened


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as opened:
        yield settled(opened)


@pytest.fixture
def on_both(store):
    with world(store) as opened:
        yield settled(opened)


@pytest.fixture(autouse=True)
def unlimited(monkeypatch):
    """One address asks for all tests; the cap on it has a test of its own."""
    caps = ((my_data, ("_ASKS", "_TRIES")), (my_rights, ("_COPIES",)), (receipt, ("_PAGES", "_MISSES")))
    for module, names in caps:
        for name in names:
            monkeypatch.setattr(getattr(module, name), "take", lambda key: 0.0)


@pytest.fixture
def web():
    return browser()
