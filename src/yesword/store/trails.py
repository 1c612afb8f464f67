"""The rows of the trail, who did what, as a statement of the log names them: by id and digest. Stating them is `proof.trail`'s."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from yesword.domain.ids import to_text
from yesword.domain.times import from_micros, to_micros
from yesword.ledger.entry import JsonValue, canonical
from yesword.store.database import Session
from yesword.store.forms import as_time

KIND: Final = "trail"
"""Of the statements that name rows of the trail."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrailRow:
    id: int
    columns: tuple[Any, ...]  # as they stand there: time, user, action, subject, detail

    @property
    def at(self) -> datetime | None:
        """When it was done, as the row says; None where that is no time."""
        return as_time(self.columns[0])

    def digest(self, nonce: bytes) -> str:
        """In hexadecimal. Salted, so that a statement says nothing of rows to whoever does not have them."""
        columns: list[JsonValue] = [
            each if each is None or isinstance(each, str) else repr(each) for each in self.columns
        ]
        return sha256(canonical([nonce.hex(), self.id, *columns])).hexdigest()


def waiting(session: Session, count: int) -> list[TrailRow]:
    """Those that no statement names yet; on PostgreSQL, locked until the transaction ends."""
    return [
        TrailRow(id=key, columns=tuple(rest)) for key, *rest in session.rows("trail_waiting", count=count)
    ]


def of_statement(session: Session, statement: int) -> dict[int, TrailRow]:
    rows = session.rows("trail_of_statement", statement=statement)
    return {key: TrailRow(id=key, columns=tuple(rest)) for key, *rest in rows}


def state(session: Session, rows: list[TrailRow], statement: int) -> None:
    session.many("state_trail", [{"id": each.id, "statement": statement} for each in rows])


def of_no_statement(session: Session, count: int) -> list[tuple[int, str]]:
    """Rows that say that a statement names them, and the statement that there is not."""
    rows = session.rows("trail_of_no_statement", count=count)
    return [(key, to_text("sta", found) if found >= 0 else str(found)) for key, found in rows]


def stated_before(session: Session, at: datetime) -> datetime | None:
    """When the newest statement before this moment named what there was then."""
    row = session.first("trail_stated_before", at=to_micros(at))
    return None if row is None or row[0] is None else from_micros(row[0])


def counts(session: Session) -> tuple[int, int]:
    """How many rows there are, and how many of them no statement names yet."""
    row = session.first("count_trail")
    return (row[0], row[1]) if row else (0, 0)
