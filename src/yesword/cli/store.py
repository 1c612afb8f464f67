"""`yesword store`: looking after the store."""

import json
import sys
from pathlib import Path

import click

from yesword.cli.options import opened, with_store


@click.group("store")
def command() -> None:
    """Look after the store."""


@command.command("check")
@with_store
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(data: Path, database_url: str | None, *, as_json: bool) -> None:
    """Fold every record anew and compare; look for missing guards, entries and keys. Exit 1 if anything does not fit."""
    store = opened(data, database_url)

    from yesword.store.checking import check_store

    report = check_store(store)
    if as_json:
        click.echo(json.dumps(report.as_json()))
    else:
        click.echo(f"{report.contacts:,} records with {report.events:,} events folded anew.")
        for finding in report.findings:
            click.echo(f"  {finding}", err=True)
        click.echo(
            "Everything fits." if not report.findings else f"{len(report.findings)} things do not fit."
        )
    store.close()
    sys.exit(1 if report.findings else 0)
