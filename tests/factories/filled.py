"""A PostgreSQL database with many rows in the tables that grow, made by the server itself: for the plans of queries.

The rows are about nobody, and refer to each other by their number: row 7 of one table belongs to row 7 of the others. What
a query asks for is then known by the name of its parameter.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from yesword.store.database import queries
from yesword.store.schema.distribution import distribution

MANY: Final = 50_000
SOME: Final = 10_000
BEGAN: Final = 1_700_000_000_000_000
MINUTE: Final = 60_000_000
ASKED: Final = 9_007  # the number of the row that is asked for

_OFTEN: Final = frozenset(
    {
        *("contact", "standing", "consent_event", "message", "attempt", "decision", "provider_ref"),
        *("delivery_report", "inbound_text", "inbound_ref", "ledger_entry", "leave_link"),
    }
)
_FEW: Final = frozenset(
    {
        *("brand_id", "account_id", "sender_id", "program_id", "campaign_id", "log_id", "endpoint_id"),
        *("point_id", "contest_id", "source_id", "run_id"),
    }
)
_ROW_ID: Final = "(((i % 1024)::bigint << 53) + i)"
# What is not as the name of the column says: most texts are sent long ago, some wait.
_OWN: Final = {
    "message.state": "CASE WHEN i % 10 = 0 THEN 0 WHEN i % 500 = 1 THEN 1 WHEN i % 500 = 2 THEN 2 "
    "WHEN i % 500 = 3 THEN 5 WHEN i % 500 = 4 THEN 10 ELSE 9 END",
    "message.lane": "1 + i % 7",
    "message.owner": "CASE WHEN i % 500 = 2 THEN 'owner' || i % 3 END",
    "message.claim_token": "i / 100",
    "message.campaign_id": "CASE WHEN i % 3 > 0 THEN i / 500 END",
    "message.program_id": "1 + i % 3",
    "message.held_for": f"CASE WHEN i % 500 = 1 THEN {_ROW_ID} END",
    "message.handed_at": f"CASE WHEN i % 10 > 0 THEN {BEGAN} + i * {MINUTE}::bigint END",
    "message.decision_id": _ROW_ID,
    "message.kind": "(ARRAY['campaign', 'campaign', 'reminder', 'code', 'stop_reply'])[1 + i % 5]",
    "attempt.claim_token": "i / 100",
    "consent_event.kind": "(ARRAY['granted', 'confirmed', 'confirmed', 'withdrawn'])[1 + i % 4]",
    "delivery_report.is_applied": "CASE WHEN i % 200 = 0 THEN 0 ELSE 1 END",
    "delivery_report.message_id": _ROW_ID,
    "inbound_text.last_message_id": _ROW_ID,
    "ledger_tile.idx": "i",
    "triage.state": "CASE WHEN i % 100 = 0 THEN 'open' ELSE 'done' END",
    "webhook_delivery.ended_at": f"CASE WHEN i % 100 > 0 THEN {BEGAN} + i * {MINUTE}::bigint END",
    "invitation.state": "CASE WHEN i % 100 = 0 THEN 'waiting' ELSE 'sent' END",
    "departure.handed_at": f"{BEGAN} + i * {MINUTE}::bigint",
    "inbound_part.account": "'account' || i % 3",
    "sent_tally.minute": f"{BEGAN // MINUTE} + i",
    "sent_tally.slot": "i % 16",
    "paced_day.limit_key": "'x' || i",
    "paced_day.day": "'2024-01-01'",
}


@dataclass(frozen=True, kw_only=True)
class Column:
    table: str
    name: str
    type: str
    is_needed: bool

    @property
    def expression(self) -> str | None:
        """What row `i` has here. None: what the table gives of itself."""
        own = _OWN.get(f"{self.table}.{self.name}")
        if own is not None:
            return own
        if not self.is_needed:
            return None
        if self.name == "bucket":
            return "i % 1024"
        if self.name in _FEW:
            return "1 + i % 50"
        if self.name == "id" or self.name.endswith("_id"):
            return "'x' || i" if self.type == "text" else _ROW_ID
        if self.name.endswith("_at") or self.name in ("since", "at"):
            return f"{BEGAN} + i * {MINUTE}::bigint"
        return {
            "text": "'x' || i",
            "bytea": "decode(md5(i::text), 'hex')",
            "float8": "0.5",
            "bool": "false",
        }.get(self.type, "i")


def fill(connection: psycopg.Connection[Any]) -> None:
    """Every table that would be spread over machines."""
    connection.execute(
        "SET session_replication_role = replica"
    )  # no guard has anything to say to rows of nobody
    grown = [each for group in distribution().groups for each in group.tables if "." not in each]
    for table in grown:
        given = {each.name: each.expression for each in _columns(connection, table)}
        used = {name: expression for name, expression in given.items() if expression is not None}
        connection.execute(
            f"INSERT INTO {table} ({', '.join(used)}) SELECT {', '.join(used.values())} "
            f"FROM generate_series(1, {MANY if table in _OFTEN else SOME}) AS i"
        )
    connection.execute("SET session_replication_role = origin")
    connection.execute(f"ANALYZE {', '.join(grown)}")


def _columns(connection: psycopg.Connection[Any], table: str) -> list[Column]:
    rows = connection.execute(
        "SELECT column_name, udt_name, is_nullable = 'NO' AND column_default IS NULL "
        "FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
        [table],
    ).fetchall()
    return [Column(table=table, name=name, type=kind, is_needed=needed) for name, kind, needed in rows]


# --- what is asked for -----------------------------------------------------------------------------------------

_DAY: Final = 19_700  # since 1970
_BUCKET: Final = ASKED % 1024
_ID: Final = (_BUCKET << 53) + ASKED
_ROWS: Final = range(ASKED - 9, ASKED + 1)
_NOW: Final = BEGAN + MANY * MINUTE
_VALUES: Final[dict[str, Any]] = {
    "bucket": _BUCKET,
    "first": 64,
    "last": 127,
    "cursor_bucket": _BUCKET,
    "cursor": _ID,
    "buckets": [each % 1024 for each in _ROWS],
    "ids": [((each % 1024) << 53) + each for each in _ROWS],
    "after_due_at": -(1 << 62),
    "count": 100,
    "lane": 3,
    "held": 1 << 61,
    "parked": 1 << 61,
    "stamp": MANY - 500,
    "owner": "owner1",
    "claim_token": ASKED // 100,
    "campaign_id": ASKED // 500,
    "provider_id": f"x{ASKED}",
    "digest": f"x{ASKED}",
    "code": f"x{ASKED}",
    "start": ASKED - 100,
    "stop": ASKED,
    "idx": ASKED,
    "size": ASKED,
    "least": MANY - 10,
    "minute": _NOW // MINUTE - 200,
    "held_for": _ID,
    "account": "account1",
    "watched": "sender",
    "only": 0,
    "kind": "x",
    "limit_key": f"x{ASKED}",
}


_GROUP: Final = [each for each in range(1, MANY) if each % 1024 < 64][:1000]
CLAIM: Final = {
    "buckets": [each % 1024 for each in _GROUP],
    "ids": [((each % 1024) << 53) + each for each in _GROUP],
}
"""A thousand people of a group of buckets, as a claim asks for them."""


def value(name: str, kind: str) -> Any:
    """For a parameter of that name and type of PostgreSQL: what the row that is asked for has."""
    if kind == "text[]":
        return [f"x{each}" for each in _ROWS]
    if kind.endswith("[]"):
        own = _VALUES.get("ids" if name == "contacts" else name)
        return own if isinstance(own, list) else [value(name, kind.removesuffix("[]"))] * len(_ROWS)
    if kind.startswith(("timestamp", "date")):
        return "2024-01-01"
    if kind == "integer" and (name in ("now", "until", "since", "before") or name.endswith("_at")):
        return _DAY
    if name == "before":
        return BEGAN + 50 * MINUTE  # few are so old
    if name in ("since", "lately", "month", "after") and kind == "bigint":
        return _NOW - 200 * MINUTE
    if name == "day":
        return "2024-01-01" if kind == "text" else _DAY
    if name in ("now", "until", "at") or name.endswith("_at"):
        return _NOW
    known = _VALUES.get(name)
    if kind == "bytea":
        return f"\\x{ASKED:032x}"
    if known is not None and isinstance(known, str) == (kind == "text"):
        return known
    if name in _FEW:
        return 1
    if name == "id" or name.endswith("_id"):
        return f"x{ASKED}" if kind == "text" else _ID
    return {"text": f"x{ASKED}", "double precision": 0.5, "boolean": True}.get(kind, 1)


# --- plans -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Index:
    table: str
    first: str  # its first column
    is_partial: bool


def read_indexes(connection: psycopg.Connection[Any]) -> dict[str, Index]:
    rows = connection.execute(
        "SELECT c.relname, t.relname, pg_get_indexdef(i.indexrelid, 1, true), i.indpred IS NOT NULL "
        "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid"
    ).fetchall()
    return {
        name: Index(table=table, first=first, is_partial=is_partial)
        for name, table, first, is_partial in rows
    }


def plan_of(
    connection: psycopg.Connection[Any], name: str, given: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The plan for a named query and the row that is asked for, as the server makes it for these very values."""
    own = given or {}
    sql = queries("postgresql")[name]
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
    for number, each in enumerate(names, 1):
        sql = sql.replace(f"%({each})s", f"${number}")
    sql = sql.replace("%%", "%")
    connection.execute(f"PREPARE asked AS {sql}")
    try:
        row = connection.execute(
            "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'asked'"
        ).fetchone()
        assert row is not None
        typed = zip(names, row[0], strict=True)
        values = [_literal(own.get(each, value(each, kind)), kind) for each, kind in typed]
        asked = f"EXECUTE asked({', '.join(values)})" if values else "EXECUTE asked"
        (found,) = connection.execute(f"EXPLAIN (FORMAT JSON) {asked}").fetchone()  # type: ignore[misc]
    finally:
        connection.execute("DEALLOCATE asked")
    plan: dict[str, Any] = found[0]["Plan"]
    return plan


def _literal(given: Any, kind: str) -> str:
    if isinstance(given, list):
        return f"'{{{','.join(str(each) for each in given)}}}'::{kind}"
    return f"'{given}'::{kind}"


def read_whole(plan: dict[str, Any], grown: frozenset[str], indexes: dict[str, Index]) -> list[str]:
    """The steps of a plan that read all of a table that grows, or all of an index that grows with it.

    A partial index may be read whole: it holds the few rows that wait for something.
    """
    found = []
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in grown:
        found.append(f"all of {plan['Relation Name']}")
    index = indexes.get(plan.get("Index Name", ""))
    if index is not None and index.table in grown and not index.is_partial:
        narrowed = re.findall(r"\w+", plan.get("Index Cond", ""))
        if index.first not in narrowed:
            found.append(f"all of {plan['Index Name']}")
    for each in plan.get("Plans", ()):
        found += read_whole(each, grown, indexes)
    return found
