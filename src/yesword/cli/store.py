"""`yesword store`: looking after the store."""

import json
import sys
from datetime import UTC, datetime
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


@command.command("resume")
@with_store
@click.option("--yes", is_flag=True, help="Do it. Without this, only what would be done is told.")
def resume(data: Path, database_url: str | None, *, yes: bool) -> None:
    """After the store was put back from a backup: end again who has stopped since, then let sending go on.

    Texts that were on their way at the time of the backup may have gone already: they are not sent again, and
    shown as uncertain. Running campaigns are paused.
    """
    store = opened(data, database_url)

    from yesword.consent import restoring
    from yesword.store import holds

    at = datetime.now(UTC)
    missing = restoring.forgotten(store)
    done = restoring.replay(store, at, is_dry_run=not yes)
    verb = "" if yes else "would be "
    click.echo(f"{done.known:,} stops of the journal are in the store.")
    click.echo(
        f"{done.ended:,} stops {verb}ended again, {done.suppressed:,} unknown numbers {verb}suppressed."
    )
    click.echo(f"{done.uncertain:,} texts {verb}made uncertain, {done.paused:,} campaigns {verb}paused.")
    for origin in missing.logs:
        click.echo(
            f"The log {origin} was signed at a larger size than the store has: `yesword ledger continue`."
        )
    if not yes:
        click.echo("Nothing was changed. Add --yes to do it.")
    elif missing.logs:
        click.echo("Sending stays closed until these logs are continued; then call this again.")
    else:
        with store.database.write() as session:
            holds.release(session, holds.RESTORED, at)
        click.echo("Sending goes on.")
    store.close()
