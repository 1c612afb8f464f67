"""`yesword bench`: speed and memory, with ratios measured in the same run."""

import json

import click

from yesword.cli.options import scratch_folder


@click.command("bench")
@click.option("--messages", default=200_000, show_default=True, help="Size of the campaign.")
@click.option(
    "--leaves", default=10_000_000, show_default=True, help="Size of the log that proofs are read from."
)
@click.option(
    "--recipients",
    default=1_000_000,
    show_default=True,
    help="Size of the campaign during which the console is looked at.",
)
@click.option("--server-url", envvar="YESWORD_TEST_POSTGRES_URL", help="Measure this PostgreSQL server too.")
@click.option(
    "--only",
    type=click.Choice(["pure", "ledger", "engine", "million", "workers", "imports"]),
    help="Measure only the interpreter, the ledger, the engine, the campaign to very many, a second worker on PostgreSQL, or imports.",
)
@click.option("--rows", default=20_000, show_default=True, help="Size of the file that is imported.")
@click.option("--json", "as_json", is_flag=True, help="Print rows of name, value, unit, ratio and against.")
def command(
    messages: int,
    leaves: int,
    recipients: int,
    server_url: str | None,
    only: str | None,
    rows: int,
    *,
    as_json: bool,
) -> None:
    """Measure this machine. Figures of different machines do not compare; ratios do, roughly."""
    from yesword.bench import pure
    from yesword.bench.rows import table

    found = []
    if only in (None, "pure"):
        found += list(pure.figures())
    if only in (None, "ledger"):
        with scratch_folder():
            from yesword.bench import ledger

            found += list(ledger.figures(leaves))
    if only in (None, "engine"):
        with scratch_folder():
            from yesword.bench import engine

            found += list(engine.figures(messages, server_url))
    if only in (None, "million"):
        with scratch_folder():
            from yesword.bench import million

            found += list(million.figures(recipients))
    if only in (None, "workers") and server_url is not None:
        with scratch_folder():
            from yesword.bench import workers

            found += list(workers.figures(messages, server_url))
    if only in (None, "imports"):
        with scratch_folder():
            from yesword.bench import imports

            found += list(imports.figures(rows, server_url))
    click.echo(json.dumps([figure.as_json() for figure in found]) if as_json else table(found))
