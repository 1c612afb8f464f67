"""PostgreSQL databases for tests, each used by one test after the other and emptied in between.

Making a database is a thousand files, and takes longer than most tests. So one that was used is emptied until it holds what
its template holds. Where a test changed more than rows, or rows that the template has, the database is dropped instead.
"""

from dataclasses import dataclass, field
from uuid import uuid4

import psycopg
from psycopg import Connection, sql

from yesword.store.opening import open_store

_SHAPE = """
SELECT md5(concat_ws('/',
  (SELECT string_agg(concat(oid, relkind, relname), ',' ORDER BY oid) FROM pg_class
   WHERE relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%')),
  (SELECT string_agg(concat(attrelid, attname, atttypid, attnotnull), ',' ORDER BY attrelid, attnum) FROM pg_attribute
   WHERE attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r') AND attnum > 0),
  (SELECT string_agg(concat(oid, tgenabled, tgfoid), ',' ORDER BY oid) FROM pg_trigger),
  (SELECT string_agg(pg_get_constraintdef(oid), ',' ORDER BY oid) FROM pg_constraint),
  (SELECT string_agg(prosrc, ',' ORDER BY oid) FROM pg_proc
   WHERE pronamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema')))
))
"""
_TABLES = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname NOT IN ('information_schema') AND nspname NOT LIKE 'pg\\_%' ORDER BY 1, 2
"""
_SEQUENCES = "SELECT schemaname, sequencename, last_value, start_value FROM pg_sequences ORDER BY 1, 2"
_OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

Table = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class _State:
    """What a database holds when nobody has used it."""

    shape: str
    tables: tuple[Table, ...]
    rows: dict[Table, str]  # a digest, of those that are not empty
    sequences: tuple[tuple[str, str, int | None, int], ...]


@dataclass(kw_only=True)
class Databases:
    """`server` ends with the database that may be used to make others."""

    server: str
    template: str = ""
    _free: list[str] = field(default_factory=list)
    _states: dict[str, _State] = field(default_factory=dict)

    def url(self, name: str) -> str:
        return self.server.rsplit("/", 1)[0] + f"/{name}"

    def make_template(self, folder) -> None:
        self.template = self._named("template")
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.template)))
        opened = open_store(folder, self.url(self.template), may_create=True)
        opened.vault.rows.in_use()  # its tables are made when it is first asked
        opened.close()

    def take(self) -> str:
        """The name of one that is as its template."""
        if self._free:
            return self._free.pop()
        name, template = self._named("test"), sql.Identifier(self.template)
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), template))
        with psycopg.connect(self.url(name)) as connection:
            self._states[name] = _state(connection)
        return name

    def give_back(self, name: str) -> None:
        with psycopg.connect(self.url(name)) as connection:
            is_as_it_was = _empty(connection, self._states[name])
        if is_as_it_was:
            self._free.append(name)
        else:
            self._drop(name)

    def drop_all(self) -> None:
        for name in (*self._states, self.template):
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._states.pop(name, None)
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)

    @staticmethod
    def _named(kind: str) -> str:
        return f"yesword_{kind}_{uuid4().hex[:8]}"


def _state(connection: Connection) -> _State:
    tables = tuple(connection.execute(_TABLES).fetchall())
    return _State(
        shape=connection.execute(_SHAPE).fetchone()[0],
        tables=tables,
        rows={each: _digest(connection, each) for each in _used(connection, tables)},
        sequences=tuple(connection.execute(_SEQUENCES).fetchall()),
    )


def _empty(connection: Connection, state: _State) -> bool:
    """False: it is not as it was, and cannot be made so."""
    connection.execute(f"SELECT pg_terminate_backend(pid) {_OTHERS}")
    if connection.execute(_SHAPE).fetchone()[0] != state.shape:
        return False
    used = _used(connection, state.tables)
    if any(_digest(connection, each) != digest for each, digest in state.rows.items()):
        return False
    connection.execute("SET session_replication_role = replica")  # no trigger, and no order among tables
    for each in used:
        if each not in state.rows:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*each)))
    was = {row[:2]: row[2] for row in state.sequences}
    for *name, now, start in connection.execute(_SEQUENCES).fetchall():
        then = was[tuple(name)]
        if now != then:
            place = sql.Identifier(*name).as_string(connection)
            connection.execute("SELECT setval(%s, %s, %s)", (place, then or start, then is not None))
    return True


def _used(connection: Connection, tables: tuple[Table, ...]) -> list[Table]:
    """Those that are not empty."""
    asked = sql.SQL(", ").join(
        sql.SQL("EXISTS (SELECT FROM {})").format(sql.Identifier(*each)) for each in tables
    )
    found = connection.execute(sql.SQL("SELECT {}").format(asked)).fetchone()
    return [each for each, is_used in zip(tables, found, strict=True) if is_used]


def _digest(connection: Connection, table: Table) -> str:
    rows = sql.SQL("SELECT md5(string_agg(each::text, '/' ORDER BY each::text)) FROM {} AS each")
    return connection.execute(rows.format(sql.Identifier(*table))).fetchone()[0]
