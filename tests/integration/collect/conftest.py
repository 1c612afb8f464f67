"""What the tests of the ways in share: a world on each database."""

from collections.abc import Iterator

import pytest

from factories.worlds import World, world
from yesword.store.opening import Store


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    """For what rests on statements that differ between the databases."""
    with world(store) as made:
        yield made
