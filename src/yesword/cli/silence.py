"""`yesword silence NUMBER --program P --since TIME`: what was sent to a number, or that nothing was, as a file to be checked."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.earlier import Records, nobody, records_of
from yesword.cli.finding import find_program
from yesword.cli.misuse import MisuseError
from yesword.cli.options import using, with_store
from yesword.cli.past import read_past
from yesword.cli.silence_told import as_lines
from yesword.cli.written import may_replace, refuse_to_replace, write_private

if TYPE_CHECKING:
    from yesword.store.contacts import Contact


class EmptySpanError(MisuseError):
    """The span has to begin before it ends. Name an earlier time with --since, or a later one with --until."""

    code = "silence_span_backwards"


class SeveralRecordsError(MisuseError):
    """There are {count} records under this number, since it was erased before and its proof is kept. Each gets a file of its own: name the first with --output."""

    code = "silence_several_records"


@click.command("silence")
@click.argument("number")
@click.option("--program", required=True, help="The key of any program of the brand, such as club.")
@click.option(
    "--since", required=True, metavar="TIME", help="From when on, such as 2026-03-02T12:00+01:00; the stop."
)
@click.option("--until", metavar="TIME", help="Up to when; default: now.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write; default: standard output.",
)
@may_replace
@with_store
def command(
    number: str,
    program: str,
    since: str,
    until: str | None,
    output: Path | None,
    data: Path,
    database_url: str | None,
    *,
    is_forced: bool,
) -> None:
    """Show from the log what the brand sent to NUMBER (+31…) in a span of time, or that it sent nothing.

    The file holds the texts of this person alone, and shows nothing of others. Checking it needs no store.

    Where a record under the number was erased and its proof is kept, there is a file about that record, too: beside
    OUTPUT, with "erased" and the day in its name.
    """
    now = datetime.now(UTC)
    start = read_past(since, now)
    end = now if until is None else read_past(until, now, is_until=True)
    if start >= end:
        raise EmptySpanError
    refuse_to_replace(output, is_forced=is_forced)
    with using(data, database_url) as store:
        from yesword.ledger.silence import check, write_silence
        from yesword.proof.silence import sent_to

        chosen = find_program(program)
        records = records_of(store, number, chosen)
        people = [each for each in (records.living, *(kept.contact for kept in records.kept)) if each]
        if not people:
            raise nobody(records, chosen)
        if output is None and len(people) > 1:
            raise SeveralRecordsError(count=len(people))
        paths = [None if output is None else _path(output, records, each) for each in people]
        refuse_to_replace(*paths, is_forced=is_forced)
        shown = [sent_to(store, each, start, end) for each in people]
    for line in records.told():
        click.echo(line, err=True)
    for silence, path in zip(shown, paths, strict=True):
        written = write_silence(silence)
        if path is None:
            sys.stdout.buffer.write(written)
        else:
            write_private(path, written, is_forced=is_forced)
        for line in as_lines(check(silence)):
            click.echo(line, err=True)
        if path is not None:
            click.echo(f"Written to {path}. It holds the number: give it to the person or an auditor only.")


def _path(output: Path, records: Records, person: "Contact") -> Path:
    """Of each further record, a file of its own beside the first."""
    first = records.living or records.kept[0].contact
    if person.id == first.id:
        return output
    days = {each.contact.id: f"{each.erased_at:%Y-%m-%d}" for each in records.kept}
    same = [each for each, day in days.items() if day == days[person.id]]
    number = same.index(person.id)
    return output.with_stem(f"{output.stem}.erased-{days[person.id]}{f'-{number + 1}' if number else ''}")
