"""`yesword store`: looking after the store."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.misuse import FAILED
from yesword.cli.options import opened, using, with_store
from yesword.cli.progress import ProgressLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yesword.consent.refinding import Refound
    from yesword.privacy.erasing_again import Again


@click.group("store")
def command() -> None:
    """Look after the store."""


@command.command("check")
@with_store
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(data: Path, database_url: str | None, *, as_json: bool) -> None:
    """Fold every record anew and compare; look for missing guards, entries and keys, and for why nothing is sent.

    Exit 1 if anything does not fit, or nothing is sent from this store, as when it was put back from a backup.
    """
    with using(data, database_url) as store:
        from yesword.consent.obstacles import obstacles
        from yesword.store.checking import check_store

        report, held = check_store(store), obstacles(store)
    if as_json:
        told = [{"code": each.code, "sentence": each.sentence} for each in held]
        click.echo(json.dumps(report.as_json() | {"held": told}))
    else:
        click.echo(f"{report.contacts:,} records with {report.events:,} events folded anew.")
        for finding in report.findings:
            click.echo(f"  {finding}", err=True)
        click.echo(
            "Everything fits." if not report.findings else f"{len(report.findings)} things do not fit."
        )
        for obstacle in held:
            click.echo(obstacle.sentence)
    sys.exit(FAILED if report.findings or held else 0)


@command.command("resume")
@with_store
@click.option("--yes", is_flag=True, help="Do it. Without this, only what would be done is told.")
def resume(data: Path, database_url: str | None, *, yes: bool) -> None:
    """After the store was put back from a backup: stop and erase again whom it has forgotten, then let sending go on.

    Who has stopped since is stopped again, and who was erased since is erased again, as the journal says.
    Nobody who has ended e-mail since is written to.
    Who is not found by their number any more, because the vault was put back or changed, is found again.
    Texts that were on their way at the time of the backup may have gone already: they are not sent again, and
    shown as uncertain. Running campaigns are paused.
    """
    store = opened(data, database_url)

    from yesword.consent import refinding, restoring
    from yesword.privacy import erasing_again
    from yesword.store import holds

    at = datetime.now(UTC)
    found = refinding.find_again(store, at, is_dry_run=not yes)
    missing = restoring.forgotten(store)
    done = restoring.replay(store, at, is_dry_run=not yes)
    again = erasing_again.erase_again(store, at, is_dry_run=True)
    if yes and (again.people or again.unfinished):
        progress = ProgressLine(words="Erasing again: {done} of {total} people", total=again.people)
        again = erasing_again.erase_again(store, at, progress=progress)
    verb = "" if yes else "would be "
    click.echo(f"{done.known:,} stops of the journal are in the store.")
    click.echo(
        f"{done.ended:,} stops {verb}ended again, {done.suppressed:,} unknown numbers {verb}suppressed."
    )
    if done.mails:
        many = "1 e-mail address is" if done.mails == 1 else f"{done.mails:,} e-mail addresses are"
        click.echo(f"{many} to be written to no more." if verb else f"{many} written to no more.")
    for line in _found_again(found, verb):
        click.echo(line)
    for line in _told(again, verb):
        click.echo(line)
    click.echo(f"{done.uncertain:,} texts {verb}made uncertain, {done.paused:,} campaigns {verb}paused.")
    for origin in missing.logs:
        click.echo(
            f"The log {origin} was signed at a larger size than the store has: `yesword ledger continue`."
        )
    for origin in missing.headless:
        click.echo(
            f"The journal does not know the log {origin}, so stops may be missing that nobody can name. "
            "Put the journal back from its copy; only if there is none, `yesword ledger accept`."
        )
    if not yes:
        click.echo("Nothing was changed. Add --yes to do it.")
    elif again.unfinished:
        click.echo("Sending stays closed until they are erased: call this again in a minute.")
    elif missing.logs or missing.headless:
        click.echo("Sending stays closed until that is settled; then call this again.")
    else:
        with store.database.write() as session:
            holds.release(session, holds.RESTORED, at)
            holds.release(session, holds.LOOK_UPS, at)
        click.echo("Sending goes on.")
    store.close()


def _found_again(found: "Refound", verb: str) -> "Iterator[str]":
    """Whose look-ups were missing from the vault."""
    if found.gone:
        was = verb or ("was " if found.gone == 1 else "were ")
        yield f"{_people(found.gone)} who had been erased, and whom the vault knew again, {was}forgotten once more."
    if found.lost:
        yield (
            f"The vault lacks the key of {_people(found.lost)}: a newer copy of it would have it. "
            "Without one nobody can text them, and who had stopped stays stopped."
        )
    if found.entered:
        line = f"{_people(found.entered)} {verb or ('is ' if found.entered == 1 else 'are ')}found by their number again"
        if found.joined:
            line += f"; {found.joined:,} of them had been met anew, and what they allowed then {verb or 'is '}ended"
        yield f"{line}."


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _told(again: "Again", verb: str) -> "Iterator[str]":
    """How many people were erased since the backup, in lines."""
    if again.people == 1:
        line = f"1 person who was erased since the backup {verb or 'was '}erased again"
    else:
        line = f"{again.people:,} people who were erased since the backup {verb or 'were '}erased again"
    if again.absent:
        line += f"; of {again.absent:,} of them the store has nothing, and their numbers {verb or 'are '}suppressed"
    yield f"{line}."
    if again.unfinished:
        yield f"Texts to {again.unfinished:,} of those being erased are still on their way."
