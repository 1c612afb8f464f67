"""What the tests of sending share: a world, and readings of texts that the test itself decides."""

from collections.abc import Iterator

import pytest

from factories.readings import Readings, reading
from factories.worlds import World, world
from yesword.store import models
from yesword.store.opening import Store


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    return reading(monkeypatch)


@pytest.fixture
def here(sqlite_store: Store, readings: Readings) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store, readings: Readings) -> Iterator[World]:
    """For what rests on statements that differ between the databases."""
    with world(store) as made:
        yield made


@pytest.fixture
def user(here: World) -> int:
    return models.User.objects.create_user("kim", "a long password", display_name="Kim").pk
