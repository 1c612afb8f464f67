"""`yesword import-undo` and `yesword import-list`: what can be done once an import is there."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from yesword.cli.misuse import MisuseError
from yesword.cli.options import using, with_store
from yesword.domain.errors import YeswordError

EXIT_BAD_INPUT = 2


class NoSuchImportError(MisuseError):
    """There is no import {number}. The console lists them under Imports; so does `yesword import-list` without a number."""

    code = "no_such_import"


@click.command("import-undo")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why; it is kept with each person whose consent ends.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only say what would happen.")
@with_store
def undo_command(number: int, reason: str, data: Path, database_url: str | None, *, is_dry_run: bool) -> None:
    """Take back what import NUMBER granted, within a day of its end.

    Whoever has acted since keeps their consent. The opt-outs of the file stay. Nothing is deleted: each consent that ends
    does so by an event of its own, with the reason.

    Exits 0 when it is done, 2 when the import cannot be undone.
    """
    try:
        with using(data, database_url) as store:
            from yesword.collect.imports.undoing import undo

            found = undo(store, number, reason, datetime.now(UTC), is_dry_run=is_dry_run)
    except YeswordError as error:
        click.echo(error.message, err=True)
        sys.exit(EXIT_BAD_INPUT)
    will = "would end" if is_dry_run else "ended"
    for count, sentence in (
        (found.taken_back, f"{will}: nobody has built on it"),
        (found.acted, "kept: they have acted since"),
        (found.ended_before, "had ended before"),
        (found.claims, "were claims only, which permit nothing"),
    ):
        click.echo(f"{count:>10,}  {sentence}")


@click.command("import-list")
@click.argument("number", type=int, required=False)
@click.option(
    "--ask",
    "way",
    type=click.Choice(["text", "mail", "checkout"]),
    help="Print the people of one way to ask, in full, as CSV. Without it, how many there are of each.",
)
@with_store
def list_command(number: int | None, way: str | None, data: Path, database_url: str | None) -> None:
    """Say whom of import NUMBER to ask anew, and how. Nobody is texted by it.

    Without a number, the imports so far. The list holds numbers and addresses in full: keep it as you would the file.

    Exits 0 when it is done, 2 when there is no such import.
    """
    try:
        with using(data, database_url) as store:
            from yesword.collect.imports.asking_lists import count_to_ask, lines
            from yesword.collect.imports.remedies import REMEDIES, Remedy
            from yesword.store import models

            if number is None:
                for run in models.ImportRun.objects.order_by("-pk")[:50]:
                    click.echo(
                        f"{run.pk:>6}  {run.created_at:%Y-%m-%d %H:%M}  {run.state:<8}  {run.rows:>10,}  {run.file_name}"
                    )
                return
            found = models.ImportRun.objects.filter(pk=number).first()
            if found is None:
                raise NoSuchImportError(number=number)
            if way is None:
                counts = count_to_ask(store, found)
                for remedy, sentence in REMEDIES.items():
                    click.echo(f"{counts.get(remedy, 0):>10,}  {sentence}")
                return
            with store.database.write():
                models.AuditEntry.objects.create(
                    action="import.list", subject=f"import {number}", detail={"way": way}
                )
            for line in lines(store, found, Remedy(way)):
                click.echo(line, nl=False)
    except YeswordError as error:
        click.echo(error.message, err=True)
        sys.exit(EXIT_BAD_INPUT)
