"""Plain SQL on the store, for what only tests ask."""

from typing import Any

from django.db import connections


def sql(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def lost_events() -> int:
    """Events that neither wait for their log nor are in it."""
    ((count,),) = sql(
        "SELECT count(*) FROM consent_event e WHERE NOT EXISTS"
        " (SELECT 1 FROM ledger_outbox o WHERE o.bucket = e.bucket AND o.event_id = e.id)"
        " AND NOT EXISTS (SELECT 1 FROM ledger_entry l WHERE l.event_id = e.id)"
    )
    return int(count)


def imported_people(run: int) -> int:
    ((count,),) = sql("SELECT count(*) FROM import_person WHERE run_id = %s", run)
    return int(count)
