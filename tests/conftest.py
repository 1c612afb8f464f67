"""Real stores for tests: each is a copy of a template made once, never a flush."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from hypothesis import settings

from factories.emptied import Databases
from yesword.store.opening import Store, open_store, set_up_django

# No test asserts on time: a busy machine must not make a property false.
settings.register_profile("yesword", deadline=None)
settings.load_profile("yesword")

POSTGRES_URL = os.environ.get("YESWORD_TEST_POSTGRES_URL")
MUST_HAVE_ALL = bool(os.environ.get("CI"))

# Models can only be imported once Django is set up; tests then move it from store to store.
_SESSION_FOLDER = (
    Path(os.environ.get("PYTEST_DEBUG_TEMPROOT", "/tmp")) / f"yesword-tests-{uuid.uuid4().hex[:8]}"
)
set_up_django(_SESSION_FOLDER, None)
# A password takes a fifth of a second on purpose, and a thousand tests make somebody who signs in.
ScryptPasswordHasher.work_factor = 2**4


def pytest_sessionfinish() -> None:
    shutil.rmtree(_SESSION_FOLDER, ignore_errors=True)


def _lacking(what: str) -> None:
    message = f"{what} is not on this machine: what needs it is not tested"
    if MUST_HAVE_ALL:
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite-template")
    open_store(folder, may_create=True).close()
    with_wal = folder / "yesword.sqlite3"
    subprocess.run(
        [
            "python3",
            "-c",
            f"import sqlite3; sqlite3.connect({str(with_wal)!r}).execute('PRAGMA wal_checkpoint(TRUNCATE)')",
        ],
        check=True,
    )
    return folder


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Databases, Path]]:
    """Databases, and the folder with the keys of their template."""
    if POSTGRES_URL is None:
        _lacking("PostgreSQL (YESWORD_TEST_POSTGRES_URL)")
    assert POSTGRES_URL is not None
    databases, folder = Databases(server=POSTGRES_URL), tmp_path_factory.mktemp("postgres-template")
    databases.make_template(folder)
    yield databases, folder
    databases.drop_all()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, once on each database."""
    folder = tmp_path / "data"
    if request.param == "sqlite":
        yield from _opened_sqlite(request.getfixturevalue("sqlite_template"), folder)
    else:
        yield from _opened_postgres(*request.getfixturevalue("postgres"), folder)


@pytest.fixture
def chosen_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite; on each database for tests that are marked with `factories.databases.on_both`."""
    folder = tmp_path / "data"
    if getattr(request, "param", "sqlite") == "sqlite":
        yield from _opened_sqlite(request.getfixturevalue("sqlite_template"), folder)
    else:
        yield from _opened_postgres(*request.getfixturevalue("postgres"), folder)


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite, for what does not depend on the database."""
    yield from _opened_sqlite(sqlite_template, tmp_path / "data")


@pytest.fixture
def postgresql_store(postgres: tuple[Databases, Path], tmp_path: Path) -> Iterator[Store]:
    yield from _opened_postgres(*postgres, tmp_path / "data")


def _opened_sqlite(template: Path, folder: Path) -> Iterator[Store]:
    shutil.copytree(template, folder)
    opened = open_store(folder)
    yield opened
    opened.close()


def _opened_postgres(databases: Databases, keys: Path, folder: Path) -> Iterator[Store]:
    shutil.copytree(keys, folder)
    name = databases.take()
    opened = open_store(folder, databases.url(name))
    yield opened
    opened.close()
    os.environ.pop("YESWORD_DATABASE_URL", None)  # opening set it, and commands read it
    databases.give_back(name)
