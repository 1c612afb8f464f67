"""One import from file to report: read once to see, once to write; opt-outs before anybody is granted anything."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from yesword.collect.imports.claims import (
    AGREED,
    Claim,
    Custom,
    Ground,
    Note,
    seems_a_stop,
    shows_a_number,
)
from yesword.collect.imports.errors import ForbiddenProvenanceError
from yesword.collect.imports.headings import Layout, lay_out
from yesword.collect.imports.provenance import rule_against
from yesword.collect.imports.reading import Record, Source, open_source
from yesword.collect.imports.rejects import Rejects
from yesword.collect.imports.report import Outcome, Report, Tally
from yesword.collect.imports.survey import Survey, survey
from yesword.collect.imports.writing import Drain, Origin, Writer
from yesword.domain.errors import YeswordError
from yesword.domain.phone import PhoneError, parse
from yesword.domain.programs import Program
from yesword.store import models, programs
from yesword.store.opening import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    country: str | None = None  # of national numbers and of dates; by default the brand's
    is_opt_outs: bool = False  # every row is an opt-out, whatever its columns say
    is_dry_run: bool = False
    rejected: Path | None = None  # where the rejected rows go
    ground: Ground = AGREED  # on what the people would be texted


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    is_writing: bool  # else the file is being read for the first time
    done: int
    total: int | None  # rows; not known while reading
    per_second: float
    left_s: float | None


Watch = Callable[[Progress], None]
Again = Callable[[Source, Layout, Custom], Iterator[Claim]]


def _now() -> datetime:
    return datetime.now(UTC)


def _drained(*_: object) -> bool:
    return True


def _unwatched(_: Progress) -> None:
    pass


def run_import(
    store: Store,
    program: Program,
    path: Path,
    options: Options = Options(),
    *,
    clock: Callable[[], datetime] = _now,
    watch: Watch = _unwatched,
    drain: Drain = _drained,
) -> Report:
    """Import the people of a file into a program. Safe to stop at any moment, and to run again.

    `drain` waits for what is on its way to a person who was just stopped; it says whether that is over.
    Raises an `ImportFileError`, `UnknownCountryError` or OSError before anything is written; and
    `ForbiddenProvenanceError` once the opt-outs of a list are recorded that may grant nothing.
    """
    forbidden_by = rule_against(options.ground.provenance)
    brand = programs.brand(program.brand)
    country = known_country(options.country or brand.country)
    began = time.monotonic()
    received_at = clock()
    source = open_source(path)
    layout = lay_out(source.header)
    custom = Custom(country=country, at=received_at, is_opt_outs=options.is_opt_outs, ground=options.ground)
    file_name = "…" if shows_a_number(path.name, country) else path.name
    tally = Tally()

    def report(rows: int) -> Report:
        return _report(source, layout, program, options, file_name, tally, rows, time.monotonic() - began)

    with Rejects(options.rejected, source) as rejects:
        seen = _survey(source, layout, custom, tally, rejects, watch)
    with _recorded(store, program, source, file_name, options, clock) as run:
        run.rows = seen.rows
        writer = Writer(
            store,
            brand,
            program,
            Origin(
                run=run.name,
                file_name=file_name,
                file_digest=source.digest,
                provenance=options.ground.provenance,
            ),
            tally,
            received_at=received_at,
            clock=clock,
            drain=drain,
            is_dry_run=options.is_dry_run,
        )
        rows = [(seen.stops, seen.stops_again), (seen.claims, seen.claims_again)]
        if forbidden_by is not None and seen.claims:
            _write(writer, rows[:1], source, layout, custom, watch)
            raise ForbiddenProvenanceError(
                provenance=options.ground.provenance.value,
                rule=forbidden_by,
                stopped=tally.outcomes[Outcome.STOPPED],
            )
        _write(writer, rows, source, layout, custom, watch)
        run.report = report(seen.rows)
    return run.report


def _survey(
    source: Source, layout: Layout, custom: Custom, tally: Tally, rejects: Rejects, watch: Watch
) -> Survey:
    timer = _Timer()

    def refuse(record: Record, error: YeswordError) -> None:
        tally.reject(error)
        if seems_a_stop(record, layout) or custom.is_opt_outs:
            tally.notes[Note.STOP_NOT_READ] += 1
        rejects.add(record, error)

    seen = survey(source, layout, custom, refuse, lambda done: watch(timer.progress(done, None)))
    tally.outcomes[Outcome.DUPLICATE] = seen.duplicates
    return seen


def _write(
    writer: Writer,
    rows: Sequence[tuple[int, Again]],
    source: Source,
    layout: Layout,
    custom: Custom,
    watch: Watch,
) -> None:
    timer = _Timer()
    done, total = 0, sum(count for count, _ in rows)
    for _, again in rows:
        for written in writer.write(again(source, layout, custom)):
            done += written
            watch(timer.progress(done, total))


class _Timer:
    def __init__(self) -> None:
        self._began = time.monotonic()

    def progress(self, done: int, total: int | None) -> Progress:
        per_second = done / max(time.monotonic() - self._began, 0.001)
        return Progress(
            is_writing=total is not None,
            done=done,
            total=total,
            per_second=per_second,
            left_s=None if total is None else (total - done) / per_second,
        )


def _report(
    source: Source,
    layout: Layout,
    program: Program,
    options: Options,
    file_name: str,
    tally: Tally,
    rows: int,
    seconds: float,
) -> Report:
    return Report(
        file_name=file_name,
        program=program.key,
        encoding=source.encoding,
        delimiter=source.delimiter,
        columns=tuple(layout.described()),
        is_dry_run=options.is_dry_run,
        rows=rows,
        outcomes=dict(tally.outcomes),
        grades=dict(tally.grades),
        lacks=dict(tally.lacks),
        reasons=tally.reasons(),
        notes=dict(tally.notes),
        kept_stopped_lines=tuple(sorted(tally.kept_stopped_lines)),
        seconds=seconds,
    )


def known_country(country: str) -> str:
    """The country in capitals. Raises `UnknownCountryError`, which names what was given and no number."""
    try:
        parse("0", country=country)
    except PhoneError as error:
        if error.code == "phone_unknown_country":
            raise
    return country.strip().upper()


class _Run:
    """The row that says an import was made, and what came of it."""

    def __init__(self, store: Store, row: models.ImportRun | None) -> None:
        self._store = store
        self._row = row
        self.rows = 0
        self.report: Report

    @property
    def name(self) -> str:
        return "" if self._row is None else f"imp_{self._row.pk}"

    def end(self, state: models.ImportRun.State, at: datetime) -> None:
        if self._row is None:
            return
        with self._store.database.write():
            self._row.state = state
            self._row.rows = self.rows
            self._row.ended_at = at
            if state == models.ImportRun.State.DONE:
                self._row.report = self.report.to_json()
            self._row.save()


@contextmanager
def _recorded(
    store: Store,
    program: Program,
    source: Source,
    file_name: str,
    options: Options,
    clock: Callable[[], datetime],
) -> Iterator[_Run]:
    if options.is_dry_run:
        yield _Run(store, None)
        return
    states = models.ImportRun.State
    with store.database.write():
        # A run that a crash cut off never said so itself; this one goes on where it ended.
        models.ImportRun.objects.filter(
            program_id=program.id, file_digest=source.digest, state=states.RUNNING
        ).update(state=states.FAILED, ended_at=clock())
        row = models.ImportRun.objects.create(
            brand_id=program.brand,
            program_id=program.id,
            file_name=file_name[:_NAME_LENGTH],
            file_digest=source.digest,
        )
    run = _Run(store, row)
    try:
        yield run
    except BaseException:
        run.end(states.FAILED, clock())
        raise
    run.end(states.DONE, clock())


_NAME_LENGTH: Final = 200
