"""The row that says an import was made, how far it is, and what came of it.

How far it is, is committed with the rows themselves. So whoever starts the same file again in the same way, after a crash
or a stop, goes on behind the last row that was written, and every row is counted once.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from yesword.collect.imports.errors import ImportStoppedError, ImportTakenOverError
from yesword.collect.imports.known_files import name_of, names
from yesword.collect.imports.report import Report, Tally
from yesword.domain.programs import Program
from yesword.store import models
from yesword.store.database import Session
from yesword.store.opening import Store

_NAME_LENGTH: Final = 200
_STATES: Final = models.ImportRun.State


@dataclass(frozen=True, kw_only=True, slots=True)
class Beginning:
    """From where an import goes on: the very first row, or behind those that an earlier attempt has written."""

    run: int | None
    received_at: datetime
    cursor: int = 0
    tally: Mapping[str, Any] | None = None
    attempt: int = 1


def beginning(
    store: Store, program: Program, digest: str, settings: Mapping[str, Any], at: datetime
) -> Beginning:
    """Where an import of this file stands that did not come to its end. `digest`: of the file's bytes, hexadecimal."""
    rows = models.ImportRun.objects.filter(
        program_id=program.id,
        file_digest__in=names(store, program.brand, digest),
        state__in=(_STATES.RUNNING, _STATES.FAILED, _STATES.STOPPED),
    )
    row = rows.order_by("-pk").first()
    if row is None or row.settings != json.loads(json.dumps(settings)) or row.received_at is None:
        return Beginning(run=None, received_at=at)
    return Beginning(
        run=row.pk,
        received_at=row.received_at,
        cursor=row.cursor,
        tally=row.tally or None,
        attempt=row.attempt + 1,
    )


class Run:
    """One attempt at an import, as it stands in the store; of a dry run, nothing does."""

    def __init__(self, store: Store, row: models.ImportRun | None) -> None:
        self._store = store
        self._row = row
        self.file_digest = "" if row is None else row.file_digest
        self.rows = 0
        self.report: Report

    @property
    def id(self) -> int | None:
        return None if self._row is None else int(self._row.pk)

    @property
    def name(self) -> str:
        return "" if self._row is None else f"imp_{self._row.pk}"

    def advance(self, session: Session, cursor: int, tally: Tally) -> None:
        """So many rows are written, and this came of them. Within the transaction that writes the last of them."""
        if self._row is None:
            return
        moved = session.run(
            "advance_import",
            id=self._row.pk,
            attempt=self._row.attempt,
            cursor=cursor,
            tally=json.dumps(tally.to_json()),
        )
        if not moved:
            raise ImportTakenOverError

    def end(self, state: models.ImportRun.State, at: datetime) -> None:
        if self._row is None:
            return
        changes: dict[str, Any] = {"state": state, "rows": self.rows, "ended_at": at}
        if state == _STATES.DONE:
            changes["report"] = self.report.to_json()
        with self._store.database.write():
            mine = models.ImportRun.objects.filter(pk=self._row.pk, attempt=self._row.attempt)
            mine.update(**changes)


@contextmanager
def recorded(
    store: Store,
    program: Program,
    file_name: str,
    digest: str,
    settings: Mapping[str, Any],
    begins: Beginning | None,
    clock: Callable[[], datetime],
) -> Iterator[Run]:
    """The run while it lasts, and how it ended. Without a beginning, it is a dry run."""
    if begins is None:
        yield Run(store, None)
        return
    with store.database.write():
        row = _taken(begins) or models.ImportRun.objects.create(
            brand_id=program.brand,
            program_id=program.id,
            file_name=file_name[:_NAME_LENGTH],
            file_digest=name_of(store, program.brand, digest),
            settings=dict(settings),
            received_at=begins.received_at,
        )
    run = Run(store, row)
    try:
        yield run
    except ImportTakenOverError:
        raise
    except ImportStoppedError:
        run.end(_STATES.STOPPED, clock())
        raise
    except BaseException:
        run.end(_STATES.FAILED, clock())
        raise
    run.end(_STATES.DONE, clock())


def _taken(begins: Beginning) -> models.ImportRun | None:
    if begins.run is None:
        return None
    taken = models.ImportRun.objects.filter(pk=begins.run, attempt=begins.attempt - 1).update(
        attempt=begins.attempt, state=_STATES.RUNNING, ended_at=None
    )
    if not taken:
        raise ImportTakenOverError
    return models.ImportRun.objects.get(pk=begins.run)
