"""One import from file to report: read once to see, once to write; opt-outs before anybody is granted anything."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from yesword.collect.imports.attached import NOTHING_ATTACHED, Attached
from yesword.collect.imports.claims import (
    AGREED,
    Custom,
    Ground,
    Note,
    seems_a_stop,
    shows_a_number,
)
from yesword.collect.imports.drafting import Origin
from yesword.collect.imports.errors import ForbiddenProvenanceError, ImportStoppedError
from yesword.collect.imports.headings import Layout, lay_out, lay_out_as
from yesword.collect.imports.provenance import rule_against
from yesword.collect.imports.quick_numbers import QuickNumbers
from yesword.collect.imports.reading import Record, Source, open_source
from yesword.collect.imports.rejects import Rejects
from yesword.collect.imports.report import Outcome, Report, Tally
from yesword.collect.imports.runs import beginning, recorded
from yesword.collect.imports.survey import Survey, survey
from yesword.collect.imports.systems import System, recognise
from yesword.collect.imports.writing import Drain, Writer
from yesword.consent.refinding import hold_if_lost
from yesword.domain.errors import YeswordError
from yesword.domain.phone import PhoneError, parse
from yesword.domain.programs import Program
from yesword.store import programs
from yesword.store.garbage import seldom_collected
from yesword.store.opening import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    country: str | None = None  # of national numbers and of dates; by default the brand's
    is_opt_outs: bool = False  # every row is an opt-out, whatever its columns say
    only_opt_outs: bool = False  # take the opt-outs of the file, and leave everybody else alone
    is_dry_run: bool = False
    rejected: Path | None = None  # where the rejected rows go
    ground: Ground = AGREED  # on what the people would be texted
    attached: Attached = NOTHING_ATTACHED
    columns: tuple[str, ...] | None = None  # what each is taken for; by default as its name says
    canary: int = 0  # percent of the people to mark, so that they can be texted first

    def to_json(self, country: str) -> dict[str, object]:
        """What makes two imports of one file the same: nothing personal."""
        ground = self.ground
        return {
            "country": country,
            "opt_outs": self.is_opt_outs,
            "only_opt_outs": self.only_opt_outs,
            "basis": "customer" if ground.is_customers else "express",
            "relation": ground.origin.value,
            "was_told": ground.was_told,
            "bought": list(ground.bought),
            "provenance": ground.provenance.value,
            "attached": self.attached.to_json(),
            "columns": None if self.columns is None else list(self.columns),
            "canary": self.canary,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    is_writing: bool  # else the file is being read for the first time
    done: int
    total: int | None  # rows; not known while reading
    per_second: float
    left_s: float | None


Watch = Callable[[Progress], None]


def _now() -> datetime:
    return datetime.now(UTC)


def _drained(*_: object) -> bool:
    return True


def _unwatched(_: Progress) -> None:
    pass


def _never() -> bool:
    return False


@seldom_collected()
def run_import(
    store: Store,
    program: Program,
    path: Path,
    options: Options = Options(),
    *,
    clock: Callable[[], datetime] = _now,
    watch: Watch = _unwatched,
    drain: Drain = _drained,
    drain_claims: Callable[[], bool] = _drained,
    should_stop: Callable[[], bool] = _never,
) -> Report:
    """Import the people of a file into a program. Safe to stop at any moment: the same file goes on where it ended.

    `drain` waits for what is on its way to a person who was just stopped; it says whether that is over. `drain_claims`
    does so for everybody, where an import goes on whose last batch may have been stopped and not been waited for.
    Raises an `ImportFileError`, `UnknownCountryError` or OSError before anything is written;
    `ForbiddenProvenanceError` once the opt-outs of a list are recorded that may grant nothing; and
    `ImportStoppedError` when `should_stop` says so.
    """
    forbidden_by = rule_against(options.ground.provenance)
    brand = programs.brand(program.brand)
    country = known_country(options.country or brand.country)
    began = time.monotonic()
    source = open_source(path)
    system, layout = understand(source, options.columns)
    settings = options.to_json(country)
    if not options.is_dry_run:
        hold_if_lost(
            store, clock()
        )  # or else whoever has stopped could come in as somebody new, and be texted
    begins = beginning(store, program, source.digest, settings, clock())
    custom = Custom(
        country=country,
        at=begins.received_at,
        is_opt_outs=options.is_opt_outs,
        ground=options.ground,
        attached=options.attached,
        read_number=QuickNumbers().parse,
    )
    file_name = "…" if shows_a_number(path.name, country) else path.name
    read, written = Tally(), Tally()
    with Rejects(options.rejected, source) as rejects:
        seen = _survey(source, layout, custom, read, rejects, _Timer(watch), should_stop)
    only_stops = options.only_opt_outs or (forbidden_by is not None and bool(seen.claims))
    if options.only_opt_outs:
        read.outcomes[Outcome.LEFT_ALONE] = seen.claims
    with recorded(
        store, program, file_name, source.digest, settings, None if options.is_dry_run else begins, clock
    ) as run:
        run.rows = seen.rows
        skip = 0 if options.is_dry_run else begins.cursor
        if skip and begins.tally is not None:
            written.add(begins.tally)
        if skip and not drain_claims():
            written.notes[Note.ON_ITS_WAY] += 1
        writer = Writer(
            store,
            brand,
            program,
            Origin(
                run=run.name,
                file_name=file_name,
                file_digest=run.file_digest,
                received_at=begins.received_at,
                provenance=options.ground.provenance,
                attached_source=options.attached.source,
            ),
            written,
            run,
            clock=clock,
            drain=drain,
            is_dry_run=options.is_dry_run,
            canary=options.canary,
            should_stop=should_stop,
        )
        claims = chain(
            seen.stops_again(source, layout, custom),
            () if only_stops else seen.claims_again(source, layout, custom),
        )
        timer = _Timer(watch, skip, seen.stops + (0 if only_stops else seen.claims))
        for done in writer.write(claims, skip):
            timer.tell(done)
        if forbidden_by is not None and seen.claims and not options.only_opt_outs:
            raise ForbiddenProvenanceError(
                provenance=options.ground.provenance.value,
                rule=forbidden_by,
                stopped=written.outcomes[Outcome.STOPPED],
            )
        read.add(written.to_json())
        run.report = Report(
            file_name=file_name,
            program=program.key,
            encoding=source.encoding,
            delimiter=source.delimiter,
            columns=tuple(layout.described()),
            is_dry_run=options.is_dry_run,
            rows=seen.rows,
            outcomes=dict(read.outcomes),
            grades=dict(read.grades),
            lacks=dict(read.lacks),
            reasons=read.reasons(),
            notes=dict(read.notes),
            kept_stopped_lines=tuple(sorted(read.kept_stopped_lines)),
            seconds=time.monotonic() - began,
            system=system.name if system is not None else "",
            went_on_from=skip,
            canaries=read.canaries,
            remedies=dict(read.remedies),
        )
    return run.report


def understand(source: Source, columns: Sequence[str] | None = None) -> tuple[System | None, Layout]:
    """Whose export a file is, and which column is which: as chosen, or as the names say."""
    system = recognise(source.header)
    words = {} if system is None else system.words
    if columns is not None:
        return system, lay_out_as(source.header, columns, words)
    known = {} if system is None else system.places(source.header)
    return system, lay_out(source.header, known, words)


def _survey(
    source: Source,
    layout: Layout,
    custom: Custom,
    tally: Tally,
    rejects: Rejects,
    timer: "_Timer",
    should_stop: Callable[[], bool],
) -> Survey:
    def refuse(record: Record, error: YeswordError) -> None:
        tally.reject(error)
        if seems_a_stop(record, layout) or custom.is_opt_outs:
            tally.notes[Note.STOP_NOT_READ] += 1
        rejects.add(record, error)

    def tick(rows: int) -> None:
        if should_stop():
            raise ImportStoppedError(done=0)
        timer.tell(rows)

    seen = survey(source, layout, custom, refuse, tick)
    tally.outcomes[Outcome.DUPLICATE] = seen.duplicates
    return seen


class _Timer:
    """Tells how far it is, how fast, and for how long still."""

    def __init__(self, watch: Watch, done: int = 0, total: int | None = None) -> None:
        self._watch = watch
        self._began = time.monotonic()
        self._first = self._done = done
        self._total = total

    def tell(self, more: int) -> None:
        self._done += more
        per_second = (self._done - self._first) / max(time.monotonic() - self._began, 0.001)
        self._watch(
            Progress(
                is_writing=self._total is not None,
                done=self._done,
                total=self._total,
                per_second=per_second,
                left_s=None if self._total is None else (self._total - self._done) / per_second,
            )
        )


def known_country(country: str) -> str:
    """The country in capitals. Raises `UnknownCountryError`, which names what was given and no number."""
    try:
        parse("0", country=country)
    except PhoneError as error:
        if error.code == "phone_unknown_country":
            raise
    return country.strip().upper()
