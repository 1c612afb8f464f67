"""What the tests of calls from outside share."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from factories.hooks import signed
from factories.pages import empty_limits
from factories.worlds import world
from yesword.proof.evidence.opening import record_of
from yesword.web.hooks import collecting, receiving


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime(2026, 3, 2, 12, tzinfo=UTC)
        yield made


@pytest.fixture
def on_both(store):
    """For what rests on statements that differ between the databases."""
    with world(store) as made:
        made.now[0] = datetime(2026, 3, 2, 12, tzinfo=UTC)
        yield made


@pytest.fixture(autouse=True)
def nobody_has_called_yet(monkeypatch):
    empty_limits(monkeypatch, receiving, collecting)


@pytest.fixture
def client():
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def call(client):
    """Call a source as its provider would."""

    def called(source, body, headers=None, **more):
        headers = signed(source.provider, body, **more) if headers is None else headers
        return client.post(
            f"/hooks/{source.key}", data=body, content_type="application/json", headers=headers
        )

    return called


@pytest.fixture
def record():
    """Every event of somebody, with what opens of it."""

    def found(here, number="+31612345678"):
        with here.store.database.read() as session:
            return list(record_of(here.store, session, here.contact(number)))

    return found
