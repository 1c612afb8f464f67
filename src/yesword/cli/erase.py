"""`yesword privacy erase`: what an erasure would do, and doing it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.finding import find_program, person_named
from yesword.cli.options import using, with_store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yesword.domain.retention import Part, Retention
    from yesword.privacy.erasing import Plan


@click.command("erase")
@click.argument("number")
@click.option(
    "--program", required=True, help="A program of the brand; the person is erased from the whole brand."
)
@click.option("--user", "name", required=True, metavar="NAME", help="The account of whoever does it.")
@click.option(
    "--requested", is_flag=True, help="The person asked for it. Without this, it is the brand's own wish."
)
@click.option(
    "--dry-run", "is_dry_run", is_flag=True, help="Say what would be done, and change nothing; the default."
)
@click.option(
    "--yes", is_flag=True, help="Do it. Without this, only what would be done is told. There is no undo."
)
@with_store
def erase(
    number: str,
    program: str,
    name: str,
    data: Path,
    database_url: str | None,
    *,
    requested: bool,
    is_dry_run: bool,
    yes: bool,
) -> None:
    """Erase whoever has NUMBER: stop everything, make nothing of what is held, and keep the proof only where it must be.

    The number stays suppressed, so that the stop holds when it is imported again.
    """
    if is_dry_run and yes:
        message = "--dry-run and --yes say two things: leave one of them out."
        raise click.UsageError(message)
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.collect.imports import uploaded
        from yesword.privacy import erasing

        user = rights.acting(name)
        person = person_named(store, number, find_program(program))
        at = datetime.now(UTC)
        plan = erasing.plan(store, person.id, at)
        rows = 0 if person.number is None else uploaded.count_rows(store, person.number)
        for line in [*told(plan, is_done=yes), *_told_of_uploads(rows, is_done=yes)]:
            click.echo(line)
        if not yes:
            click.echo("Nothing was changed. Add --yes to do it; it cannot be undone.")
        else:
            ground = erasing.REQUESTED if requested else erasing.OPERATOR
            erasing.erase(store, person.id, erasing.Wish(ground=ground, by=user.pk), at)
            click.echo("Done.")


def told(plan: "Plan", *, is_done: bool) -> list[str]:
    """What becomes of somebody, in lines."""
    verb = "is" if is_done else "would be"
    parts = plan.retention
    lines = [f"Everything of the brand {verb} stopped, and the number suppressed."]
    if not parts.is_kept:
        return [*lines, f"Everything {verb} erased."]
    lines += [f"What {verb} erased:", *_named(parts.purged)]
    lines += [f"What {verb} kept, locked away:", *_named(parts.kept)]
    return [*lines, _why(parts)]


def _told_of_uploads(rows: int, *, is_done: bool) -> list[str]:
    verb = "are" if is_done else "would be"
    return [f"Lines that {verb} taken out of files left by imports: {rows:,}."] if rows else []


def _named(parts: "Iterable[Part]") -> list[str]:
    from yesword.domain.decisions import Sentence
    from yesword.domain.retention import sentences

    return [f"  - {sentences.render(Sentence.of(f'part.{part.value}'))}" for part in parts]


def _why(retention: "Retention") -> str:
    from yesword.domain.retention import sentences

    return f"To the person: {sentences.render(retention.why)}"
