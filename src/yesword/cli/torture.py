"""`yesword torture`: what a killed dispatcher leaves behind, counted by the carrier."""

import json
import sys

import click

from yesword.cli.options import scratch_folder


@click.command("torture")
@click.option("--messages", default=20_000, show_default=True, help="Size of the campaign.")
@click.option(
    "--kills", default=10, show_default=True, help="How often the dispatcher is killed with SIGKILL."
)
@click.option("--seed", default=1, show_default=True, help="Chooses the moments.")
@click.option("--server-url", envvar="YESWORD_TEST_POSTGRES_URL", help="Also on this PostgreSQL server.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(messages: int, kills: int, seed: int, server_url: str | None, *, as_json: bool) -> None:
    """Kill the dispatcher at random moments of a campaign; no text may go twice or get lost without being shown.

    Exit 0 only if both held.
    """
    results = {}
    for name, url in (("sqlite", None), *((("postgresql", server_url),) if server_url else ())):
        with scratch_folder():
            from yesword.bench.torture import torture

            result = torture(messages, kills, seed, lambda line: None if as_json else click.echo(line), url)
        results[name] = result
        if not as_json:
            verdict = "Held" if result.is_held else "BROKEN"
            click.echo(
                f"{verdict} on {name}: {result.messages:,} messages, {result.kills} kills, {result.submitted:,} submitted, "
                f"{result.twice} twice, {result.lost} lost, {result.uncertain} shown as uncertain, {result.seconds} s."
            )
    if as_json:
        click.echo(json.dumps({name: result.as_json() for name, result in results.items()}))
    sys.exit(0 if all(result.is_held for result in results.values()) else 1)
