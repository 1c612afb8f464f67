"""The file of rejected rows: as they were given, with the line and the reason, readable by its owner only.

It can be corrected and imported as it is: our three columns are left out then. A cell that a spreadsheet would take for
a formula gets an apostrophe in front; telephone numbers, which begin with a plus as well, do not.
"""

import csv
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from yesword.collect.imports.errors import RejectedIsSourceError
from yesword.collect.imports.headings import REJECTED_COLUMNS
from yesword.collect.imports.reading import Record, Source, same_file
from yesword.domain.errors import YeswordError

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_MERE_NUMBER: Final = re.compile(r"[+-]?[\d\s()./-]*")


class Rejects:
    """Written beside its place and moved there when it is whole. Without a path, nothing is written."""

    def __init__(self, path: Path | None, source: Source) -> None:
        self._path = path
        self._source = source
        self._draft: Path | None = None

    def __enter__(self) -> Self:
        if self._path is None:
            return self
        if same_file(self._path, self._source.path):
            raise RejectedIsSourceError
        # mkstemp makes a file that only its owner can read, before there is anything in it.
        handle, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        self._draft = Path(name)
        # The mark at the start tells spreadsheets that this is UTF-8.
        self._file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._file, delimiter=self._source.delimiter)
        self._rows.writerow([*REJECTED_COLUMNS, *map(harmless, self._own_names())])
        return self

    def add(self, record: Record, error: YeswordError) -> None:
        if self._draft is not None:
            self._rows.writerow([record.line, error.code, str(error), *map(harmless, self._own(record))])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._draft is None or self._path is None:
            return
        self._file.close()
        if kind is None:
            self._draft.replace(self._path)
        else:
            with suppress(FileNotFoundError):
                self._draft.unlink()

    def _own_names(self) -> tuple[str, ...]:
        return tuple(name for name in self._source.header if name not in REJECTED_COLUMNS)

    def _own(self, record: Record) -> tuple[str, ...]:
        """Without what an earlier file of rejected rows had put in front."""
        skipped = len(self._source.header) - len(self._own_names())
        return record.cells[skipped:] if self._source.header[:skipped] == REJECTED_COLUMNS else record.cells


def harmless(cell: str) -> str:
    is_formula = cell.startswith(_FORMULA) and not _MERE_NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell
