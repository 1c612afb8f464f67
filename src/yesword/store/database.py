"""Named SQL in one transaction, on SQLite and on PostgreSQL.

Writers on SQLite pass a turnstile first: the database's own busy handler lets a busy writer win again and again while a
STOP waits for seconds. Of two file locks, whoever holds the first is next.
"""

import contextlib
import fcntl
import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from django.db import connections, transaction

from yesword.domain.errors import YeswordError
from yesword.domain.ids import bucket_of

T = TypeVar("T")
Row = tuple[Any, ...]
Vendor = Literal["sqlite", "postgresql"]
_NAME: Final = re.compile(r"^-- name: (\w+)(?: \[(sqlite|postgresql)\])?$", re.MULTILINE)
_WRITTEN: Final = re.compile(r"(?:INSERT INTO|UPDATE) (\w+)")
_WORD: Final = re.compile(r"\w+")
_PARAMETER: Final = re.compile(r"(?<![:\w]):([a-z_]+)")


class UnknownQueryError(YeswordError):
    """There is no query named {name} for {vendor} in store/queries."""

    code = "unknown_query"


class RepeatedQueryError(YeswordError):
    """There are two queries named {name} in store/queries, the second in {file}. Give one of them another name."""

    code = "repeated_query"


@cache
def queries(vendor: Vendor) -> Mapping[str, str]:
    """Every named query, with the vendor's own form where there is one, and with its parameter style.

    Raises RepeatedQueryError.
    """
    found: dict[str, str] = {}
    own: set[str] = set()
    seen: set[tuple[str, str]] = set()
    folder = resources.files("yesword.store") / "queries"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".sql"):
            continue
        parts = _NAME.split(file.read_text(encoding="utf-8"))
        for name, only, sql in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            if (name, only) in seen:
                raise RepeatedQueryError(name=name, file=file.name)
            seen.add((name, only))
            if (only and only != vendor) or (name in own and not only):
                continue
            found[name] = _PARAMETER.sub(r"%(\1)s", sql).strip() if vendor == "postgresql" else sql.strip()
            if only:
                own.add(name)
    return found


@cache
def _table_written(sql: str) -> str:
    found = _WRITTEN.match(sql)
    assert found is not None, "only what inserts or updates is put"
    return found[1]


@cache
def _words_of(sql: str) -> frozenset[str]:
    return frozenset(_WORD.findall(sql))


class Session:
    """Runs named queries on the connection of this thread."""

    def __init__(self, vendor: Vendor, alias: str) -> None:
        self.vendor = vendor
        self._alias = alias
        self._queries = queries(vendor)
        connection = connections[alias]
        connection.ensure_connection()
        self._raw: Any = connection.connection
        self._gathered: dict[object, list[Any]] = {}
        self._put: dict[str, list[Mapping[str, Any]]] | None = None  # rows by query, within `together`
        self._put_off: dict[Callable[[Session, list[Any]], None], list[Any]] = {}
        self.known: dict[object, Row] | None = None  # what was looked up for many, within `together`

    def rows(self, name: str, /, **parameters: Any) -> list[Row]:
        found: list[Row] = self._raw.execute(self._sql(name), parameters).fetchall()
        return found

    def first(self, name: str, /, **parameters: Any) -> Row | None:
        found: Row | None = self._raw.execute(self._sql(name), parameters).fetchone()
        return found

    def run(self, name: str, /, **parameters: Any) -> int:
        """Execute; the number of rows that it touched."""
        return int(self._raw.execute(self._sql(name), parameters).rowcount)

    def many(self, name: str, /, rows: Sequence[Mapping[str, Any]]) -> int:
        """Execute once a row; the number of rows touched in all."""
        return self._execute_many(self._sql(name), rows) if rows else 0

    def put(self, name: str, /, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same, where nobody asks how many: within `together`, with the other rows of this query."""
        if self._put is None:
            self.many(name, rows)
        else:
            self._put.setdefault(name, []).extend(rows)

    def put_off(self, items: Iterable[T], act: "Callable[[Session, list[T]], None]") -> None:
        """Do this now; within `together` once for all items, at its end."""
        if self._put is None:
            act(self, list(items))
        else:
            self._put_off.setdefault(act, []).extend(items)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """What is done within for people who have nothing to do with each other is written in few statements.

        What is put is written at the end, or before any other query of this session that names its table. Of one person the
        order of two queries on one table is kept only where it is the same for everybody.
        """
        assert self._put is None, "not within another"
        self._put, self.known = {}, {}
        try:
            yield
            while self._put_off:
                act = next(iter(self._put_off))
                act(self, self._put_off.pop(act))
            self._write_put(lambda _table: True)
        finally:
            self._put, self.known, self._put_off = None, None, {}

    def _write_put(self, is_wanted: Callable[[str], bool]) -> None:
        put = self._put or {}
        for name in [each for each in put if is_wanted(_table_written(self._queries[each]))]:
            self._execute_many(self._queries[name], put.pop(name))

    def _execute_many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> int:
        cursor = self._raw.cursor()
        cursor.executemany(sql, rows)
        return int(cursor.rowcount)

    def ids(self, ids: Iterable[int]) -> Any:
        """A list of ids as one parameter: `IN (SELECT value FROM json_each(:ids))`, or `= ANY(:ids)`."""
        return json.dumps(list(ids)) if self.vendor == "sqlite" else list(ids)

    def texts(self, texts: Iterable[str]) -> Any:
        """A list of texts as one parameter, in the same two forms."""
        return json.dumps(list(texts)) if self.vendor == "sqlite" else list(texts)

    def people(self, ids: Iterable[int]) -> dict[str, Any]:
        """A list of ids and that of their buckets, for a query that looks up each of them where it is."""
        wanted = list(ids)
        buckets = [bucket_of(each) for each in wanted] if self.vendor == "postgresql" else 0
        return {"ids": self.ids(wanted), "buckets": buckets}

    def table(self, **columns: Sequence[int]) -> dict[str, Any]:
        """Columns of the same length as parameters: `json_each(:rows)`, each an array, or `unnest(:one, :other)`."""
        if self.vendor == "sqlite":
            return {"rows": json.dumps(list(zip(*columns.values(), strict=True)))}
        return {name: list(column) for name, column in columns.items()}

    def after_commit(self, act: Callable[[], None]) -> None:
        """Do this once the transaction is durable, before whoever asked for it hears of it; never if it is rolled back."""
        transaction.on_commit(act, using=self._alias)

    def gather_for_after(self, items: Iterable[T], act: Callable[[list[T]], None]) -> None:
        """The same with all items that are gathered in this transaction for one deed, at once."""
        found = self._gathered.get(act)
        if found is None:
            found = self._gathered[act] = []
            self.after_commit(functools.partial(act, found))
        found.extend(items)

    def _sql(self, name: str) -> str:
        try:
            sql = self._queries[name]
        except KeyError:
            raise UnknownQueryError(name=name, vendor=self.vendor) from None
        if self._put:
            self._write_put(lambda table: table in _words_of(sql))
        return sql


def asking() -> Session:
    """For a look at what somebody has set, from wherever one is: within a transaction of this thread, or by itself."""
    return Session("sqlite" if connections["default"].vendor == "sqlite" else "postgresql", "default")


class Database:
    """Where sessions come from."""

    def __init__(self, run_folder: Path, alias: str = "default") -> None:
        self.alias = alias
        self.vendor: Vendor = "sqlite" if connections[alias].vendor == "sqlite" else "postgresql"
        self._run_folder = run_folder

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that may write: immediate on SQLite, READ COMMITTED on PostgreSQL."""
        with self._turnstile(), transaction.atomic(using=self.alias):
            yield Session(self.vendor, self.alias)

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """Statements that each see the newest committed state."""
        yield Session(self.vendor, self.alias)

    @contextlib.contextmanager
    def overwriting(self) -> Iterator[None]:
        """What is deleted or replaced within is overwritten, down to pages that become free."""
        if self.vendor != "sqlite":
            yield
            return
        cursor = connections[self.alias].cursor()
        cursor.execute("PRAGMA secure_delete=ON")
        try:
            yield
        finally:
            cursor.execute("PRAGMA secure_delete=FAST")

    def scrub(self) -> None:
        """Leave no trace of what was overwritten in the journal of the database. PostgreSQL does so when it vacuums."""
        if self.vendor == "sqlite":
            with connections[self.alias].cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def is_lost(self) -> bool:
        """Whether this thread had a connection to a server, or tried to, and has none."""
        connection = connections[self.alias]
        raw: Any = connection.connection
        return self.vendor == "postgresql" and (raw is None or bool(raw.closed))

    def close(self) -> None:
        connections[self.alias].close()

    @contextlib.contextmanager
    def _turnstile(self) -> Iterator[None]:
        if self.vendor != "sqlite" or connections[self.alias].in_atomic_block:
            yield
            return
        with (self._run_folder / "writer").open("ab") as writer:
            with (self._run_folder / "next-writer").open("ab") as following:
                fcntl.flock(following, fcntl.LOCK_EX)
                fcntl.flock(writer, fcntl.LOCK_EX)
            yield
