"""Every row and line that names somebody by a digest, and all by which it could lead to a record: to see that none does."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.db import connection

from yesword.domain.ids import BrandId, ContactId, to_text
from yesword.privacy.kept_proof import HOLD_LOOK_UP, PLACES
from yesword.store import models
from yesword.store.asked_numbers import ALL_BRANDS
from yesword.store.contacts import PHONE
from yesword.store.opening import Store
from yesword.store.suppressions import MAIL

_LATER = 1_500_000_000_000_000  # microseconds since 1970: nothing that is no time is as large, but for ids
_SMALL = 1_000_000_000  # ids of what is about nobody
_NEVER = 4_000_000_000_000_000
_HOUR_US = 3_600_000_000
_OWN = ("contact_id", "merged_into")

Row = tuple[str, dict[str, object]]

# Every kind of look-up that there is; another one costs this test nothing.
_KINDS = (
    PHONE,
    MAIL,
    HOLD_LOOK_UP,
    "asked_phone",
    "audit_answer",
    "fact",
    "import_file",
    "trigger",
    "handset_code",
)


def digests(store: Store, value: str) -> set[bytes]:
    """Of a number or an address, by whoever has every pepper: in every spelling, for every brand and every kind."""
    spellings = {value, value.removeprefix("+"), *(f"{value}#{place}" for place in range(2, PLACES + 1))}
    return {
        digest
        for brand in (ALL_BRANDS, *models.Brand.objects.values_list("pk", flat=True))
        for kind in _KINDS
        for each in spellings
        for digest in store.look_up.digests(BrandId(brand), kind, each)
    }


def rows(store: Store) -> Iterator[Row]:
    """Each row of the store and of the vault, by the name of its table."""
    yield from _of(connection.cursor(), "store", is_postgres=store.url is not None)
    if store.url is None:
        vault = sqlite3.connect(store.folder / "keys.sqlite3")
        yield from _of(vault.cursor(), "vault", is_postgres=False)
        vault.close()


def _of(cursor: object, where: str, *, is_postgres: bool) -> Iterator[Row]:
    tables = (
        "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        if is_postgres
        else "SELECT name FROM sqlite_master WHERE type = 'table'"
    )
    cursor.execute(tables)  # type: ignore[attr-defined]
    for (table,) in cursor.fetchall():  # type: ignore[attr-defined]
        cursor.execute(f"SELECT * FROM {table}")  # type: ignore[attr-defined]
        names = [column[0] for column in cursor.description]  # type: ignore[attr-defined]
        for row in cursor.fetchall():  # type: ignore[attr-defined]
            yield f"{where}.{table.removeprefix('public.')}", dict(zip(names, row, strict=True))


def lines(store: Store) -> Iterator[Row]:
    """Each line of the journal, and when its file says that it was written."""
    for file in sorted(store.journal.folder.glob("*.jsonl")):
        written = int(file.stat().st_mtime * 1_000_000)
        for line in file.read_text().splitlines():
            fields = {str(place): value for place, value in enumerate(json.loads(line))}
            moments = {"written": written} if file.name.startswith("gone") else {}
            yield f"journal/{file.name}", {**fields, **moments}


def traits(store: Store, contact: ContactId) -> set[str]:
    """By what a record is known: the ids of its rows, and each moment in them that is closer than a day."""
    found = {str(contact), to_text("con", contact)}
    for table, row in rows(store):
        is_its = table.endswith((".contact", "_contact")) and row.get("id") == contact
        if is_its or any(row.get(name) == contact for name in _OWN):
            found |= {str(row[name]) for name in ("id", "event_id", "message_id") if _is_id(row.get(name))}
            found |= {str(value) for value in row.values() if _is_close(value)}
    events = {
        row["id"] for table, row in rows(store) if table.endswith("consent_event") and str(row["id"]) in found
    }
    for _, row in rows(store):
        if row.get("event_id") in events and "digest" not in row:
            found |= {str(value) for value in row.values() if _is_close(value)}
    return found


def _is_id(value: object) -> bool:
    return isinstance(value, int) and value > _SMALL


def _is_close(value: object) -> bool:
    """A moment that is none that everything of a day or of an hour may have."""
    if isinstance(value, datetime):
        value = int(value.replace(tzinfo=UTC).timestamp() * 1_000_000)
    return isinstance(value, int) and _LATER < value < _NEVER and value % _HOUR_US != 0


def named(store: Store, digests: Iterable[bytes]) -> list[Row]:
    """The rows and lines in which one of these stands, however it is written."""
    wanted = [each.hex() for each in digests]
    return [
        (where, row)
        for where, row in (*rows(store), *lines(store))
        if any(each in text for text in map(_text, row.values()) for each in wanted)
    ]


def leading(found: Iterable[Row], by: set[str]) -> list[tuple[str, str]]:
    """Where one of these rows has something by which the record is known."""
    return [
        (where, f"{name}: {value!r}")
        for where, row in found
        for name, value in row.items()
        if any(each in _text(value) for each in by)
    ]


def _text(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime):
        return str(int(value.replace(tzinfo=UTC).timestamp() * 1_000_000))
    return json.dumps(value) if isinstance(value, list | dict) else str(value)
