"""Opening a store: its database, vault, keys and ids, from a data folder and perhaps a PostgreSQL URL."""

import contextlib
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final, cast

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connections

from yesword.domain.errors import YeswordError
from yesword.domain.ids import IdMaker
from yesword.store import schema
from yesword.store.configuration import databases
from yesword.store.database import Database
from yesword.store.journal import Journal
from yesword.store.keychecks import WrongKeyError, check_keys, missing_key, refuse_strange
from yesword.store.keyfiles import KeyMissingError, Keys, load_keys
from yesword.store.locality import run_folder, take_maker
from yesword.store.outages import refuse_empty
from yesword.store.sealing import LookUp
from yesword.store.vault import Vault, open_vault


class NoStoreError(YeswordError):
    """There is no store in {folder}. Start one with `yesword serve`, or name its folder with --data."""

    code = "no_store"


class OtherDatabaseError(YeswordError):
    """The store in {folder} is kept in {kept}. {advice}"""

    code = "other_database"


class WrongIsolationError(YeswordError):
    """PostgreSQL runs {level}; Yesword needs read committed. Set default_transaction_isolation for its role."""

    code = "wrong_isolation"


class OldDatabaseError(YeswordError):
    """{found} is too old; Yesword needs {needed}."""

    code = "old_database"


_IN: Final = ("in SQLite", "in PostgreSQL")  # what the file `store` ends with


@dataclass(frozen=True, kw_only=True, repr=False)
class Store:
    """Everything that a verb needs of the store."""

    folder: Path
    url: str | None
    database: Database
    vault: Vault
    look_up: LookUp
    ids: IdMaker
    journal: Journal
    # Why nothing can be unsealed or found: intake goes on, and is kept for later. None while the keys are right.
    keys_trouble: YeswordError | None
    _maker: IO[bytes] = field(compare=False)

    @property
    def run(self) -> Path:
        return run_folder(self.folder)

    def close(self) -> None:
        self.database.close()
        self.vault.close()
        self._maker.close()


def set_up_django(folder: Path, url: str | None) -> None:
    """Point Django at the store. The first call configures it; a later one moves it, as tests do."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["YESWORD_DATA"] = str(folder)
    if url is None:
        os.environ.pop("YESWORD_DATABASE_URL", None)
    else:
        os.environ["YESWORD_DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yesword.web.settings")
    if not apps.ready:
        django.setup()
        return
    connections["default"].close()
    connections.databases["default"] = connections.configure_settings(databases())["default"]
    del connections["default"]


class _Unfit:
    """Stands where the vault and the look-up would stand: whoever asks is told why there is none."""

    def __init__(self, trouble: YeswordError | None) -> None:
        assert trouble is not None
        self._trouble = trouble

    def __getattr__(self, name: str) -> Any:
        if name == "close":
            return lambda: None
        raise self._trouble


def open_store(
    folder: Path, url: str | None = None, *, may_create: bool = False, needs_keys: bool = True
) -> Store:
    """Open the store, bringing its schema up to date. With `may_create`, make it where there is none.

    Without `needs_keys` it opens even when a key is missing or wrong, and says so in `keys_trouble`.
    """
    folder = folder.resolve()
    marker = folder / "store"
    if not marker.exists() and not may_create:
        raise NoStoreError(folder=folder)
    if marker.exists():
        _refuse_another(marker, url)
        if url is None:
            refuse_empty(folder)
    set_up_django(folder, url)
    keys, trouble = _keys(folder, may_create=not marker.exists())
    _check_database()
    migrate()
    database = Database(run_folder(folder))
    if keys is not None:
        trouble = _trouble(database, keys, folder, url)
    else:
        with database.read() as session:
            trouble = missing_key(session, folder) or trouble
    if trouble is not None and needs_keys:
        raise trouble
    if not marker.exists():
        marker.write_text(f"yesword store, made {datetime.now(UTC):%Y-%m-%d}, {_IN[url is not None]}\n")
    number, held = take_maker(run_folder(folder))
    return Store(
        folder=folder,
        url=url,
        database=database,
        vault=open_vault(folder, url, keys) if keys and trouble is None else cast("Vault", _Unfit(trouble)),
        look_up=LookUp(keys.peppers) if keys and trouble is None else cast("LookUp", _Unfit(trouble)),
        keys_trouble=trouble,
        ids=IdMaker(number),
        journal=Journal(Path(os.environ.get("YESWORD_JOURNAL") or folder / "journal")),
        _maker=held,
    )


def _refuse_another(marker: Path, url: str | None) -> None:
    """Keys and journal would be compared with a database that they know nothing of. Raises OtherDatabaseError."""
    said = marker.read_text().rstrip()
    if url is not None and said.endswith(_IN[False]):
        advice = "Take --database-url and YESWORD_DATABASE_URL away."
        raise OtherDatabaseError(folder=marker.parent, kept="SQLite", advice=advice)
    if url is None and said.endswith(_IN[True]):
        advice = "Name its database with --database-url or YESWORD_DATABASE_URL."
        raise OtherDatabaseError(folder=marker.parent, kept="PostgreSQL", advice=advice)


def _keys(folder: Path, *, may_create: bool) -> tuple[Keys | None, YeswordError | None]:
    try:
        return load_keys(folder, may_create=may_create), None
    except KeyMissingError as error:
        return None, error


def _trouble(database: Database, keys: Keys, folder: Path, url: str | None) -> YeswordError | None:
    try:
        with database.write() as session:
            if peppers := check_keys(session, keys, folder):
                with contextlib.closing(open_vault(folder, url, keys)) as vault:
                    refuse_strange(session, vault, LookUp(keys.peppers), peppers)
    except (KeyMissingError, WrongKeyError) as error:
        return error
    return None


def migrate() -> None:
    """Bring the schema up to date and put the guards back: a rebuilt table loses its triggers."""
    from django.db.migrations.executor import MigrationExecutor

    connection = connections["default"]
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
    if missing_guards():
        _install_guards(connection)


def missing_guards() -> frozenset[str]:
    connection = connections["default"]
    ask = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(ask)
        present = {name for (name,) in cursor.fetchall()}
    return schema.guard_names(connection.vendor) - present


def _install_guards(connection: Any) -> None:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        drops = "".join(f"DROP TRIGGER IF EXISTS {name};" for name in sorted(schema.guard_names("sqlite")))
        connection.connection.executescript(f"BEGIN IMMEDIATE; {drops} {schema.guards('sqlite')} COMMIT;")
        return
    with connection.connection.transaction():
        sql = schema.guards("postgresql").replace("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER")
        connection.connection.execute(sql)


def _check_database() -> None:
    connection = connections["default"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
            if version < 150000:
                raise OldDatabaseError(found=f"PostgreSQL {version // 10000}", needed="15 or newer")
            cursor.execute("SHOW default_transaction_isolation")
            (level,) = cursor.fetchone()
            if level != "read committed":
                raise WrongIsolationError(level=level)
