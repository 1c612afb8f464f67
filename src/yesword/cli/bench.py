"""`yesword bench`: speed and memory, with ratios measured in the same run."""

import json
from typing import TYPE_CHECKING

import click

from yesword.cli.options import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
    if only == "workers" and server_url is None:
        raise click.UsageError("A second worker needs a server: say --server-url.")
    with scratch_folder():
        from yesword.bench import engine, imports, ledger, million, pure, workers
        from yesword.bench.rows import Figure, table

        kinds: dict[str, Callable[[], Iterator[Figure]]] = {
            "pure": pure.figures,
            "ledger": lambda: ledger.figures(leaves),
            "engine": lambda: engine.figures(messages, server_url),
            "million": lambda: million.figures(recipients),
            "imports": lambda: imports.figures(rows, server_url),
        }
        if server_url is not None:
            kinds["workers"] = lambda: workers.figures(messages, server_url)
        found = []
        for kind in kinds if only is None else (only,):
            for figure in kinds[kind]():
                click.echo(f"{figure.name}: {figure.shown}", err=True)  # all of them take most of an hour
                found.append(figure)
    click.echo(json.dumps([figure.as_json() for figure in found]) if as_json else table(found))
