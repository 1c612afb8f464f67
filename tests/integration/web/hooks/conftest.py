"""What the tests of calls from outside share."""

import pytest
from django.test import Client

from factories import hooks
from factories.consoles import on_the_clock_of
from factories.hooks import signed
from factories.pages import empty_limits
from factories.worlds import world
from yesword.proof.evidence.opening import record_of
from yesword.web.hooks import collecting, receiving


@pytest.fixture
def here(sqlite_store, monkeypatch):
    """The world, with calls that are signed and taken by its clock: the recorded ones are of the day that it begins on."""
    with world(sqlite_store) as made:
        on_the_clock_of(made, monkeypatch, hooks, receiving, collecting)
        yield made


@pytest.fixture
def on_both(store, monkeypatch):
    """As `here`, for what rests on statements that differ between the databases."""
    with world(store) as made:
        on_the_clock_of(made, monkeypatch, hooks, receiving, collecting)
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
