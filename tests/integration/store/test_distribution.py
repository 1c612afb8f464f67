"""The tables could be spread over machines as `schema/distribution.toml` says: asked of the catalogs of PostgreSQL.

What Citus refuses is known from its documentation: a unique key or index without the distribution column, a foreign key
between tables that do not lie together, an identity that is no bigint. Citus itself is not tried here.
"""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connections, transaction

from yesword.store.database import queries
from yesword.store.opening import Store
from yesword.store.schema.distribution import distribution

PAGE: Final = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "scale-out.md"
CHOSEN: Final = distribution()

_TABLES: Final = """
SELECT CASE nspname WHEN 'public' THEN relname ELSE nspname || '.' || relname END
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname IN ('public', 'keys') ORDER BY 1
"""
_UNIQUE: Final = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, array_agg(a.attname::text ORDER BY k.place),
  i.indisprimary, i.indexprs IS NOT NULL
FROM pg_index i
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
WHERE (i.indisunique OR i.indisexclusion)
AND i.indrelid IN (SELECT oid FROM pg_class WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'keys')))
GROUP BY i.indrelid, i.indexrelid, i.indisprimary, i.indexprs IS NOT NULL
"""
_FOREIGN: Final = """
SELECT c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text,
  (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place)
   JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number),
  (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.confkey) WITH ORDINALITY AS k (number, place)
   JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number)
FROM pg_constraint c WHERE c.contype = 'f'
"""
_COLUMNS: Final = """
SELECT attrelid::regclass::text, attname::text, format_type(atttypid, NULL), attidentity::text, attnotnull
FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attrelid IN (
  SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace IN (
    SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'keys')))
"""

pytestmark = pytest.mark.postgres


@pytest.fixture
def catalog(postgresql_store: Store) -> Any:
    postgresql_store.vault.rows.in_use()  # its tables are made when it is first asked

    def ask(query: str) -> list[tuple[Any, ...]]:
        with connections["default"].cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    return ask


def unique_keys_that_cannot_be_carried(rows: list[tuple[Any, ...]]) -> list[str]:
    return [
        index
        for table, index, columns, *_ in rows
        if (group := CHOSEN.group_of(table)) is not None and group.column not in columns
    ]


def references_that_cannot_be_carried(rows: list[tuple[Any, ...]]) -> list[str]:
    found = []
    for name, table, target, columns, their_columns in rows:
        own, other = CHOSEN.group_of(table), CHOSEN.group_of(target)
        if own is not None and other is not None:
            pairs = list(zip(columns, their_columns, strict=True))
            is_carried = own is other and (own.column, own.column) in pairs
        elif own is not None:
            is_carried = CHOSEN.place_of(target) == "reference"
        else:
            is_carried = other is None
        if not is_carried:
            found.append(name)
    return found


def test_every_table_has_its_place(catalog: Any) -> None:
    there = {row[0] for row in catalog(_TABLES)}
    assert not [each for each in there if CHOSEN.place_of(each) is None]
    named = [each for group in CHOSEN.groups for each in group.tables] + list(CHOSEN.reference)
    assert sorted(named) == sorted(set(named))
    assert set(named) <= there


def test_each_group_lies_together_by_a_column_that_all_its_tables_have_alike(catalog: Any) -> None:
    kinds = {(table, name): (kind, needed) for table, name, kind, _, needed in catalog(_COLUMNS)}
    for group in CHOSEN.groups:
        of_all = {kinds[table, group.column] for table in group.tables}
        assert len(of_all) == 1, group
        assert of_all.pop()[1], f"{group.column} may be empty"


def test_every_unique_key_of_a_spread_table_has_the_column_that_spreads_it(catalog: Any) -> None:
    rows = catalog(_UNIQUE)
    assert len(rows) > 100
    assert unique_keys_that_cannot_be_carried(rows) == []


def test_what_belongs_to_a_person_is_keyed_by_its_bucket_first(catalog: Any) -> None:
    (group,) = (each for each in CHOSEN.groups if each.column == "bucket")
    first = {table: columns[0] for table, _, columns, is_primary, _ in catalog(_UNIQUE) if is_primary}
    assert {table: first[table] for table in group.tables} == dict.fromkeys(group.tables, "bucket")


def test_no_reference_leads_where_rows_do_not_lie_together(catalog: Any) -> None:
    rows = catalog(_FOREIGN)
    assert len(rows) > 20
    assert references_that_cannot_be_carried(rows) == []


def test_what_counts_by_itself_counts_far_enough(catalog: Any) -> None:
    small = [
        table
        for table, _, kind, identity, _ in catalog(_COLUMNS)
        if identity and kind != "bigint" and CHOSEN.place_of(table) != "local"
    ]
    assert small == []


@pytest.mark.parametrize(
    ("made", "query", "look"),
    [
        ("CREATE UNIQUE INDEX wrong ON message (contact_id)", _UNIQUE, unique_keys_that_cannot_be_carried),
        (
            "ALTER TABLE inbound_ref ADD CONSTRAINT wrong UNIQUE (account_id)",
            _UNIQUE,
            unique_keys_that_cannot_be_carried,
        ),
        (
            "ALTER TABLE provider_ref ADD CONSTRAINT wrong FOREIGN KEY (bucket, message_id) REFERENCES message",
            _FOREIGN,
            references_that_cannot_be_carried,
        ),
        (
            "ALTER TABLE attempt ADD CONSTRAINT wrong FOREIGN KEY (message_id, claim_token) REFERENCES made_up",
            _FOREIGN,
            references_that_cannot_be_carried,
        ),
    ],
    ids=[
        "index without the bucket",
        "key of a look-up without its column",
        "reference from a look-up to a text",
        "reference to what has no place",
    ],
)
def test_a_key_that_could_not_be_carried_is_found(catalog: Any, made: str, query: str, look: Any) -> None:
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE made_up (id BIGINT, number BIGINT, PRIMARY KEY (id, number))")
        cursor.execute(made)
        found = look(catalog(query))
        transaction.set_rollback(True)
    assert found == ["wrong"]


# --- what the page says ----------------------------------------------------------------------------------------


def test_the_page_has_every_statement_and_every_table_with_its_column() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (block,) = re.findall(r"```sql\n(.*?)\n```", page, re.DOTALL)
    assert block.split(";\n") == "\n".join(CHOSEN.statements()).split(";\n")
    for group in CHOSEN.groups:
        tables = ", ".join(f"`{each}`" for each in group.tables)
        assert f"| `{group.column}` | {tables} | {group.why} |" in page


def _columns_of(sql: str) -> dict[str, str]:
    """The tables that a query names and that would be spread, with their columns."""
    spread = {table: group.column for group in CHOSEN.groups for table in group.tables}
    return {table: column for table, column in spread.items() if re.search(rf"\b{table}\b", sql)}


def test_the_page_names_the_queries_that_citus_would_refuse_as_they_stand() -> None:
    walking, locking = set(), set()
    for name, sql in queries("postgresql").items():
        if not (named := _columns_of(sql)):
            continue
        if "RECURSIVE" in sql:
            walking.add(name)
        if re.search(r"\bFOR (NO KEY )?(UPDATE|SHARE)\b", sql) and not all(
            re.search(rf"\b{column} = %\(", sql) for column in named.values()
        ):
            locking.add(name)
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    told = {
        words: set(re.findall(r"`(\w+)`", page.partition(words)[2].partition(". ")[0].partition(" - ")[0]))
        for words in ("of several buckets at once:", "walk an index that way:")
    }
    assert told == {"of several buckets at once:": locking, "walk an index that way:": walking}
