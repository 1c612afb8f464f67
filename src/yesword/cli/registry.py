"""`yesword registry`: what do-not-text lists and their like say of our people's numbers."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.misuse import MisuseError
from yesword.cli.moments import read_time
from yesword.cli.options import using, with_store
from yesword.domain.errors import YeswordError

if TYPE_CHECKING:
    from yesword.collect.registries import Answered, Registry
    from yesword.store.registries import KeptAnswers

EXIT_NOTHING_READ: Final = 1
EXIT_BAD_INPUT: Final = 2
_SHOWN_LINES: Final = 10


class CheckedLaterError(MisuseError):
    """The registry cannot have been asked on {day}, which is still to come. Correct --checked-on."""

    code = "checked_later"


@click.group("registry")
def command() -> None:
    """Registries of numbers, and what they said."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--registry",
    "registry_id",
    required=True,
    metavar="ID",
    help="Which registry said so; see `registry list`.",
)
@click.option(
    "--listed/--clear", "is_listed", default=None, help="All numbers in the file are listed, or none is."
)
@click.option(
    "--checked-on",
    metavar="DATE",
    help="When the registry was asked; by default now.",
)
@click.option("--country", metavar="CC", help="Of national numbers; by default the registry's.")
@with_store
def import_answers(
    file: Path,
    registry_id: str,
    checked_on: str | None,
    country: str | None,
    data: Path,
    database_url: str | None,
    *,
    is_listed: bool | None,
) -> None:
    """Keep what a registry said of our people's numbers.

    FILE has one number a line, or columns "number", "listed" and "since". Numbers that nobody here has are counted and
    not kept. The newest answer counts, so running it again changes nothing.

    Exits 0 when it is done, 1 when no line could be read, 2 when the file, the registry or the store cannot be used.
    """
    try:
        with using(data, database_url) as store:
            # Only an open store has set up the models that these rest on.
            from yesword.collect.registries import Asking, keep_answers, number_registry
            from yesword.domain.rules import RuleBook

            registry = number_registry(RuleBook.load(), registry_id)
            asking = Asking(checked_at=_checked_at(checked_on), is_listed=is_listed, country=country)
            found = keep_answers(store, file, registry, asking)
    except YeswordError as error:
        click.echo(error.message, err=True)
        sys.exit(EXIT_BAD_INPUT)
    _print(found, registry.id)
    if found.lines and found.unreadable == found.lines:
        sys.exit(EXIT_NOTHING_READ)


def _checked_at(text: str | None) -> datetime:
    """Of a day its beginning, so that an answer never seems fresher than it is."""
    now = datetime.now(UTC)
    if text is None:
        return now
    checked_at = read_time(text)
    if checked_at > now:
        raise CheckedLaterError(day=text)
    return checked_at


def _print(found: "Answered", registry: str) -> None:
    click.echo(f"{found.lines:,} lines of {registry}, {found.listed:,} of them listed")
    for count, sentence in (
        (found.people, "people here with such a number"),
        (found.changed, "of whom something new is kept"),
        (found.unknown, "numbers that nobody here has: not kept"),
        (found.unreadable, "lines that cannot be read"),
    ):
        click.echo(f"{count:>10,}  {sentence}")
    if found.unreadable_lines:
        lines = ", ".join(map(str, found.unreadable_lines[:_SHOWN_LINES]))
        more = " …" if len(found.unreadable_lines) > _SHOWN_LINES else ""
        click.echo(f"  line {lines}{more}")


@command.command("list")
@with_store
def list_registries(data: Path, database_url: str | None) -> None:
    """The registries that rules ask about, and what is kept of each."""
    with using(data, database_url) as store:
        from yesword.collect.registries import number_registries
        from yesword.domain.rules import RuleBook
        from yesword.store import registries

        with store.database.read() as session:
            kept = {each.registry: each for each in registries.kept(session)}
        for registry in number_registries(RuleBook.load()).values():
            _show(registry, kept.get(registry.id))


def _show(registry: "Registry", kept: "KeptAnswers | None") -> None:
    age = f"; an answer is good for {registry.max_age_days} days" if registry.max_age_days else ""
    click.echo(f"{registry.id}: {_MEANS[registry.listing.value]}{age}")
    click.echo(f"  asked by {', '.join(registry.rules)}")
    if kept is None:
        click.echo("  never asked")
    else:
        days = (_day(kept.oldest_at), _day(kept.newest_at))
        asked = days[0] if days[0] == days[1] else f"{days[0]} to {days[1]}"
        click.echo(f"  answers kept: {kept.people:,}, listed: {kept.listed:,}; asked {asked}")


_MEANS: Final = {
    "refuses": "who is listed may not be texted",
    "permits": "who is not listed may not be texted",
    "reassigned": "a number that is listed has a new owner",
}


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
