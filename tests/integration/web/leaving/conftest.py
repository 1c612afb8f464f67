"""Somebody with a text in hand that has a link to leave by, and a browser."""

import pytest

from factories.leaving_links import Visitor, noon
from factories.pages import empty_limits
from factories.worlds import world
from yesword.web.public import leave, leave_api, leave_code


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = noon(-1)
        yield made


@pytest.fixture
def on_both(store):
    with world(store) as made:
        made.now[0] = noon(-1)
        yield made


@pytest.fixture(autouse=True)
def nobody_has_asked_yet(monkeypatch):
    empty_limits(monkeypatch, leave, leave_api, leave_code)


@pytest.fixture
def web():
    return Visitor()
