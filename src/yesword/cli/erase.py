"""`yesword privacy erase`: what an erasure would do, and doing it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.finding import UnknownPersonError, find_person, find_program
from yesword.cli.options import opened, with_store

if TYPE_CHECKING:
    from yesword.domain.retention import Retention
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
    yes: bool,
) -> None:
    """Erase whoever has NUMBER: stop everything, make nothing of what is held, and keep the proof only where it must be.

    The number stays suppressed, so that the stop holds when it is imported again.
    """
    store = opened(data, database_url)

    from yesword.accounts import rights
    from yesword.privacy import erasing

    user = rights.acting(name)
    found = find_program(program)
    person = find_person(store, number, found)
    if person is None:
        raise UnknownPersonError(brand=found.brand_name)
    at = datetime.now(UTC)
    for line in told(erasing.plan(store, person.id, at), is_done=yes):
        click.echo(line)
    if not yes:
        click.echo("Nothing was changed. Add --yes to do it; it cannot be undone.")
    else:
        ground = erasing.REQUESTED if requested else erasing.OPERATOR
        erasing.erase(store, person.id, erasing.Wish(ground=ground, by=user.pk), at)
        click.echo("Done.")
    store.close()


def told(plan: "Plan", *, is_done: bool) -> list[str]:
    """What becomes of somebody, in lines."""
    verb = "is" if is_done else "would be"
    parts = plan.retention
    lines = [f"Everything of the brand {verb} stopped, and the number suppressed."]
    lines.append(f"Erased now: {_named(parts.purged)}." if parts.is_kept else f"Everything {verb} erased.")
    if parts.is_kept:
        lines.append(f"Kept, locked away: {_named(parts.kept)}.")
        lines.append(_why(parts))
    return lines


def _named(parts: "tuple[object, ...]") -> str:
    return ", ".join(str(part) for part in parts)


def _why(retention: "Retention") -> str:
    from yesword.domain.retention import sentences

    return f"To the person: {sentences.render(retention.why)}"
