"""A small brand with people, and somebody who acts."""

import pytest

from factories.queued import add_user
from factories.worlds import world


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store):
    with world(store) as made:
        yield made


@pytest.fixture
def kim():
    return add_user("kim", "Kim Jansen")
