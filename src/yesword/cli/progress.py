"""A line on the terminal that says how far a command is, and rewrites itself. Where nobody looks, it is not written."""

import sys
from dataclasses import dataclass

import click


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgressLine:
    """Called with how much is done, and with the total where that is found out on the way. Of a single one nothing is told."""

    words: str  # with {done} and {total}
    total: int | None = None

    def __call__(self, done: int, total: int | None = None) -> None:
        total = self.total if total is None else total
        if not sys.stderr.isatty() or (total is not None and total <= 1):
            return
        end = "\n" if total is not None and done >= total else ""
        line = self.words.format(done=f"{done:,}", total=f"{total:,}" if total is not None else "")
        click.echo(f"\r\x1b[K{line}{end}", err=True, nl=False)
