"""Whether what stands in a row can be what it should be at all: of the right type, and a time that some calendar has.

SQLite keeps whatever it is given, a text in a column of bytes, too, and either database keeps a time in the year 287,000.
So this is looked at first, in SQL, of every table that an audit reads. What the values say is not looked at here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connections

from yesword.domain.ids import to_text
from yesword.domain.times import from_micros, to_micros
from yesword.store.database import Row
from yesword.store.misfits import MOST_TOLD, Fault, Misfit, misfit
from yesword.store.opening import Store
from yesword.store.vault_sqlite import SqliteRows

TABLES: Final = (
    *("ledger_log", "ledger_key", "ledger_checkpoint", "ledger_attestation", "ledger_entry", "ledger_tile"),
    *("consent_event", "contact", "standing", "evidence_blob", "erasure", "suppression", "replayed_stop"),
    *("ledger_statement", "handed_batch", "ledger_outbox", "shown_page", "store_disclosure"),
    *("store_programversion", "store_program", "store_brand", "store_witness", "store_stampauthority"),
    "store_auditentry",
    *("store_collectionpoint", "store_pointversion", "store_contest"),
    *("contest_entry", "contest_leaf", "contest_commitment", "contest_draw"),
)
VAULT: Final = ("subject_key", "look_up")

_EARLIEST: Final = to_micros(datetime.min.replace(tzinfo=UTC))
_LATEST: Final = to_micros(datetime.max.replace(tzinfo=UTC))
# What a declared type has to hold, as SQLite calls it; the first that occurs in it counts.
_KINDS: Final = (
    *(("INT", "integer"), ("BOOL", "integer"), ("BLOB", "blob")),
    *(("CHAR", "text"), ("TEXT", "text"), ("DATE", "text")),
)
_CALLED: Final = {
    "integer": "a number",
    "real": "a number",
    "text": "a text",
    "blob": "bytes",
    "null": "nothing",
}
# How a row's id is written where people see it.
_PREFIXES: Final = {
    ("consent_event", "id"): "evt",
    ("contact", "id"): "con",
    ("evidence_blob", "id"): "evi",
    ("ledger_statement", "id"): "sta",
    ("handed_batch", "id"): "sta",
    ("standing", "contact_id"): "con",
    ("erasure", "contact_id"): "con",
    ("look_up", "contact_id"): "con",
    ("subject_key", "contact_id"): "con",
    ("ledger_outbox", "event_id"): "evt",
    ("replayed_stop", "event_id"): "evt",
}
_OWNERS: Final = ("id", "contact_id", "event_id")  # whose bucket a row is in
_SHIFT: Final = 53  # of an id, to its bucket, as the schema has it
_NEGATIVE: Final = ("subject_key", "contact_id")  # second keys stand under the other sign
_COLUMNS_OF_POSTGRESQL: Final = (
    "SELECT a.attname, format_type(a.atttypid, NULL), a.attnotnull,"
    " coalesce(a.attnum = ANY(i.indkey::int2[]), false) FROM pg_attribute a"
    " LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary"
    " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
)

Ask = Callable[..., list[Row]]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Column:
    name: str
    kind: str  # as SQLite calls it; empty where any will do
    may_be_null: bool
    is_key: bool

    @property
    def is_time(self) -> bool:
        return self.kind == "integer" and (
            self.name == "since" or self.name.endswith(("_at", "_since", "_until"))
        )

    @property
    def is_id(self) -> bool:
        return self.kind == "integer" and (self.name in ("id", "bucket") or self.name.endswith("_id"))


def misfits_of_forms(store: Store) -> Iterator[Misfit]:
    """Every value that cannot be what its column is for, up to a number of them in each table."""
    for table in TABLES:
        yield from _in_table(_ask, table, is_typed=store.database.vendor == "postgresql")
    rows = None if store.keys_trouble is not None else store.vault.rows
    # Of the vault in PostgreSQL, the types are kept by the database, and no time is ever shown.
    if isinstance(rows, SqliteRows):
        for table in VAULT:
            yield from _in_table(rows.ask, table, is_typed=False)


def _ask(sql: str, values: Sequence[str] | None = None) -> list[Row]:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[Row] = cursor.fetchall()
        return rows


def _in_table(ask: Ask, table: str, *, is_typed: bool) -> Iterator[Misfit]:
    columns = [each for each in _columns(ask, table, is_typed=is_typed) if each.kind]
    names = {each.name for each in columns}
    owner = next((each for each in _OWNERS if each in names), "")
    wrong = {each.name: sql for each in columns if (sql := _wrong(table, each, owner, is_typed=is_typed))}
    if not wrong:
        return
    keys = [each.name for each in columns if each.is_key]
    told = [
        f"CASE WHEN {sql} THEN 1 ELSE 0 END, {_found(name, is_typed=is_typed)}" for name, sql in wrong.items()
    ]
    rows = ask(
        f"SELECT {', '.join([*keys, *told])} FROM {table} WHERE {' OR '.join(wrong.values())} LIMIT {MOST_TOLD}",  # noqa: S608 - names of our own schema
    )
    by_name = {each.name: each for each in columns}
    for row in rows:
        name = _name(table, keys, row)
        for at, column in enumerate(wrong):
            is_wrong, kind, number = row[len(keys) + 3 * at :][:3]
            if is_wrong:
                yield misfit(
                    Fault.VALUE_MALFORMED,
                    table,
                    table=table,
                    row=name,
                    column=column,
                    expected=_wanted(by_name[column]),
                    found=_told(by_name[column], kind, number),
                )


def _columns(ask: Ask, table: str, *, is_typed: bool) -> Iterator[_Column]:
    if is_typed:
        for name, declared, is_needed, is_key in ask(_COLUMNS_OF_POSTGRESQL, (table,)):
            kind = "integer" if declared in ("bigint", "integer", "smallint") else "text" if is_key else ""
            yield _Column(name=name, kind=kind, may_be_null=not is_needed, is_key=is_key)
        return
    for _, name, declared, is_needed, _, key in ask(f"PRAGMA table_info({table})"):
        kind = next((kind for word, kind in _KINDS if word in declared.upper()), "")
        yield _Column(name=name, kind=kind, may_be_null=not (is_needed or key), is_key=bool(key))


def _wrong(table: str, column: _Column, owner: str, *, is_typed: bool) -> str:
    """The condition under which a value cannot be one of this column; empty where any can."""
    name = column.name
    found = []
    if not is_typed:
        kinds = f"'{column.kind}', 'null'" if column.may_be_null else f"'{column.kind}'"
        found.append(f"typeof({name}) NOT IN ({kinds})")
    if column.is_time:
        found.append(f"{name} NOT BETWEEN {_EARLIEST} AND {_LATEST}")
    if column.is_id and (table, name) != _NEGATIVE:
        found.append(f"{name} < 0")
    if column.is_key and column.kind == "text":
        found.append(f"{name} = ''")  # whoever goes from one row to the next begins behind it
    if name == "bucket" and owner:
        # A row in another's bucket is not found where it is looked for.
        is_number = "" if is_typed else f"typeof({owner}) = 'integer' AND "
        found.append(f"({is_number}{owner} >= 0 AND {name} <> {owner} >> {_SHIFT})")
    return f"({' OR '.join(found)})" if found else ""


def _found(name: str, *, is_typed: bool) -> str:
    """What it is, and which number, if it is one."""
    if is_typed:
        return f"'integer', {name}"
    return f"typeof({name}), CASE WHEN typeof({name}) IN ('integer', 'real') THEN {name} END"


def _wanted(column: _Column) -> str:
    if column.name == "bucket":
        return "the bucket of its id"
    if column.is_time:
        return "a time in microseconds"
    if column.is_id:
        return "a number that is not below zero"
    return "a text that is not empty" if column.is_key and column.kind == "text" else _CALLED[column.kind]


def _told(column: _Column, kind: str, number: float | None) -> str:
    if number is None:
        return _CALLED.get(kind, kind)
    return f"{number}, which is in no calendar" if column.is_time else str(number)


def _name(table: str, keys: Sequence[str], row: Row) -> str:
    return ", ".join(_key(table, name, value) for name, value in zip(keys, row, strict=False))


def _key(table: str, name: str, value: Any) -> str:
    prefix = _PREFIXES.get((table, name))
    if prefix is not None and isinstance(value, int) and value >= 0:
        return to_text(prefix, value)
    return f"{name} {value.hex() if isinstance(value, bytes) else value}"


def as_bytes(value: object) -> bytes:
    """What stands in a column of bytes. Where it is something else, it is told as malformed, and matches nothing."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    return b"" if value is None else str(value).encode()


def as_text(value: object) -> str:
    """The same of a column of text."""
    return value.hex() if isinstance(value, bytes) else str(value)


def as_time(value: object) -> datetime | None:
    """A time as Django keeps it on either database; None where it is none."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC)


def as_moment(micros: object) -> str:
    """A time for people, whatever stands there."""
    if not isinstance(micros, int):
        return "nothing" if micros is None else f"{micros!r}"
    try:
        return f"{from_micros(micros):%Y-%m-%d %H:%M:%S} UTC"
    except OverflowError:
        return f"{micros} microseconds, which is in no calendar"
