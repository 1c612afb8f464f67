"""`yesword silence NUMBER --program P --since TIME`: what was sent to a number, or that nothing was, as a file to be checked."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from yesword.cli.check import read_time
from yesword.cli.options import opened, with_store


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
@with_store
def command(
    number: str,
    program: str,
    since: str,
    until: str | None,
    output: Path | None,
    data: Path,
    database_url: str | None,
) -> None:
    """Show from the log what the brand sent to NUMBER (+31…) in a span of time, or that it sent nothing.

    The file holds the texts of this person alone, and shows nothing of others. Checking it needs no store.
    """
    start, end = read_time(since), datetime.now(UTC) if until is None else read_time(until)
    store = opened(data, database_url)

    from yesword.cli.finding import UnknownPersonError, find_person, find_program
    from yesword.cli.silence_told import as_lines
    from yesword.ledger.silence import check, write_silence
    from yesword.proof.silence import sent_to

    chosen = find_program(program)
    person = find_person(store, number, chosen)
    if person is None:
        raise UnknownPersonError(brand=chosen.brand_name)
    silence = sent_to(store, person, start, end)
    written = write_silence(silence)
    if output is None:
        sys.stdout.buffer.write(written)
    else:
        output.write_bytes(written)
        output.chmod(0o600)
    for line in as_lines(check(silence)):
        click.echo(line, err=True)
    if output is not None:
        click.echo(f"Written to {output}. It holds the number: give it to the person or an auditor only.")
    store.close()
