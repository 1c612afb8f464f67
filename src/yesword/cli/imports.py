"""`yesword import`: people from a file, with a report that accounts for every row."""

import functools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.finding import find_program
from yesword.cli.moments import read_time
from yesword.cli.options import opened, with_store
from yesword.domain.errors import YeswordError
from yesword.domain.events import Basis
from yesword.domain.parties import Origin, Provenance

if TYPE_CHECKING:
    from collections.abc import Callable

    from yesword.collect.imports import Progress, Report

EXIT_NOTHING_TAKEN: Final = 1
EXIT_BAD_INPUT: Final = 2
EXIT_INTERRUPTED: Final = 130
_SHOWN_LINES: Final = 10


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--program",
    "key",
    metavar="P",
    required=True,
    help="The program that people joined; brand/program where two have it.",
)
@click.option(
    "--country",
    metavar="CC",
    help="Of national numbers, and whether 03/04/2024 is in March or April; by default the brand's.",
)
@click.option(
    "--basis",
    type=click.Choice([Basis.EXPRESS.value, Basis.CUSTOMER.value]),
    default=Basis.EXPRESS.value,
    show_default=True,
    help="On what they would be texted: their own yes, or being customers, where a law lets that do.",
)
@click.option(
    "--relation",
    type=click.Choice([origin.value for origin in Origin]),
    default=Origin.SALE.value,
    show_default=True,
    help="With --basis customer: how they became customers.",
)
@click.option(
    "--told-free-refusal",
    "was_told",
    is_flag=True,
    help="With --basis customer: they were told that refusing is free and easy, when they gave the number.",
)
@click.option(
    "--bought",
    multiple=True,
    metavar="CATEGORY",
    help="With --basis customer: what all of them bought; may be repeated.",
)
@click.option(
    "--provenance",
    type=click.Choice([provenance.value for provenance in Provenance]),
    default=Provenance.OWN.value,
    show_default=True,
    help="Where the file comes from. Of a list that was bought, rented or shared only opt-outs are taken.",
)
@click.option("--opt-outs", "is_opt_outs", is_flag=True, help="Everybody in the file has opted out.")
@click.option(
    "--opt-outs-only",
    "only_opt_outs",
    is_flag=True,
    help="Take the opt-outs of the file and leave everybody else alone; may be repeated until the day you change over.",
)
@click.option("--source", default="", help="Where consent was given, for rows that do not say it.")
@click.option("--date", "date", metavar="DATE", help="When it was given, for rows that do not say it.")
@click.option("--wording", default="", help="What people agreed to, for rows that do not say it.")
@click.option(
    "--wordings",
    "wordings",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file with source, from, until, wording: what rows from that source and those days had.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME=WHAT",
    help="Take a column for something else than its name says; WHAT is as the dry run shows it, attribute, or nothing.",
)
@click.option(
    "--canary",
    type=click.IntRange(0, 100),
    default=0,
    metavar="PERCENT",
    help="Mark this share of the people, so that a campaign can go to them first.",
)
@click.option(
    "--rejected",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rejected rows here, with reasons; readable by you only.",
)
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only say what would happen.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_store
def command(
    file: Path,
    key: str,
    country: str | None,
    basis: str,
    relation: str,
    bought: tuple[str, ...],
    provenance: str,
    data: Path,
    database_url: str | None,
    rejected: Path | None,
    source: str,
    date: str | None,
    wording: str,
    wordings: Path | None,
    columns: tuple[str, ...],
    canary: int,
    *,
    was_told: bool,
    is_opt_outs: bool,
    only_opt_outs: bool,
    is_dry_run: bool,
    as_json: bool,
) -> None:
    """Import people from FILE (CSV with a line of column names) into a program.

    Opt-outs are recorded first, for all texts of the brand. Nobody who has stopped is brought back. Consent is graded:
    D when a row has its source, date and wording; else E, and such a person is not texted. Of customers, a row needs its
    source and the date of the last purchase; they are texted only where a law lets that do. Running the same file again
    changes nothing; one that was cut off goes on where it was. Exports of other systems are known by their columns.

    Exits 0 when it is done, 1 when no row could be taken, 2 when the file, the program or the store cannot be used.
    """
    is_customers = basis == Basis.CUSTOMER.value
    if not is_customers and (was_told or bought or relation != Origin.SALE.value):
        raise click.UsageError(
            "--relation, --told-free-refusal and --bought are about customers: add --basis customer."
        )
    try:
        store = opened(data, database_url)
        # Only an open store has set up the models that these rest on.
        from yesword.collect.imports import Ground, Options, Outcome, run_import
        from yesword.collect.imports.attached import Attached, read_rules
        from yesword.sending.draining import drain, drain_claims

        ground = Ground(
            is_customers=is_customers,
            origin=Origin(relation),
            was_told=was_told,
            bought=bought,
            provenance=Provenance(provenance),
        )
        options = Options(
            country=country,
            is_opt_outs=is_opt_outs,
            is_dry_run=is_dry_run,
            rejected=rejected,
            ground=ground,
            only_opt_outs=only_opt_outs,
            attached=Attached(
                source=source.strip(),
                consented_at=None if date is None else read_time(date),
                wording=wording.strip(),
                rules=() if wordings is None else read_rules(wordings),
            ),
            columns=_columns(file, columns),
            canary=canary,
        )
        try:
            report = run_import(
                store,
                find_program(key),
                file,
                options,
                watch=_watch(),
                drain=functools.partial(drain, store),
                drain_claims=lambda: drain_claims(store),
            )
        finally:
            store.close()
    except YeswordError as error:
        _complain(error, as_json=as_json)
        sys.exit(EXIT_BAD_INPUT)
    except OSError as error:
        # The message of an OSError names files only.
        click.echo(f"The file cannot be read or written: {error.strerror}.", err=True)
        sys.exit(EXIT_BAD_INPUT)
    except KeyboardInterrupt:
        click.echo("\nStopped. What was written stays; run it again to go on.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=1, ensure_ascii=False))
    else:
        _print(report, rejected)
    if report.rows and report.outcomes.get(Outcome.REJECTED, 0) == report.rows:
        sys.exit(EXIT_NOTHING_TAKEN)


def _columns(file: Path, chosen: tuple[str, ...]) -> tuple[str, ...] | None:
    from yesword.collect.imports.columns import chosen_columns

    wanted = dict(each.partition("=")[::2] for each in chosen)
    return chosen_columns(file, wanted) if wanted else None


def _watch() -> "Callable[[Progress], None]":
    """A line that rewrites itself, on a terminal only."""
    is_terminal = sys.stderr.isatty()

    def show(progress: "Progress") -> None:
        if not is_terminal:
            return
        if progress.total is None or progress.left_s is None:
            line = f"Reading: {progress.done:,} rows"
        else:
            line = (
                f"Writing: {progress.done:,} of {progress.total:,} rows, {100 * progress.done // max(progress.total, 1)} %, "
                f"{progress.per_second:,.0f} a second, "
                f"{progress.left_s:,.0f} s left"
            )
        end = "\n" if progress.done == progress.total else ""
        click.echo(f"\r\x1b[K{line}{end}", err=True, nl=False)

    return show


def _print(report: "Report", rejected: Path | None) -> None:
    from yesword.collect.imports.remedies import REMEDIES
    from yesword.collect.imports.report import GRADES, NOTES, OUTCOMES

    will = "would be imported" if report.is_dry_run else "imported"
    click.echo(f"{report.rows:,} rows {will} into {report.program}, {report.seconds:.1f} s")
    click.echo(
        f"  read as {report.encoding}, parted by {_DELIMITERS.get(report.delimiter, report.delimiter)}"
    )
    if report.system:
        click.echo(f"  an export of {report.system}")
    if report.went_on_from:
        click.echo(f"  went on behind {report.went_on_from:,} rows that an earlier attempt had written")
    for name, kind in report.columns:
        click.echo(f"  {name[:40]} → {kind.replace('_', ' ')}")
    _section("Every row")
    for outcome, sentence in OUTCOMES.items():
        if count := report.outcomes.get(outcome, 0):
            _counted(count, sentence)
    if report.grades:
        _section("Evidence")
        for grade, sentence in GRADES.items():
            _counted(report.grades.get(grade, 0), f"{grade.value}: {sentence}")
        for part, count in report.lacks.items():
            _counted(count, f"lack the {part}")
    if report.remedies:
        _section("Who has to be asked anew")
        for remedy, sentence in REMEDIES.items():
            if count := report.remedies.get(remedy, 0):
                _counted(count, sentence)
    if report.canaries:
        _section("To text first")
        _counted(report.canaries, "marked: the attribute canary is yes")
    if report.reasons:
        _section("Rejected")
        for code, (count, sentence) in report.reasons.items():
            _counted(count, f"{code}: {sentence}")
        if rejected is not None:
            click.echo(f"  written to {rejected}")
    if report.notes:
        _section("To look at")
        for note, count in report.notes.items():
            _counted(count, NOTES[note])
    if report.kept_stopped_lines:
        lines = ", ".join(map(str, report.kept_stopped_lines[:_SHOWN_LINES]))
        more = " …" if len(report.kept_stopped_lines) > _SHOWN_LINES else ""
        _section("Not revived")
        click.echo(f"  line {lines}{more}")


_DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def _section(name: str) -> None:
    click.echo(f"\n{name}")


def _counted(count: int, sentence: str) -> None:
    click.echo(f"{count:>10,}  {sentence}")


def _complain(error: YeswordError, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": error.code, "sentence": error.message}, ensure_ascii=False))
    else:
        click.echo(error.message, err=True)
