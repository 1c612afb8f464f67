"""`yesword spoken`: the script that is read aloud, and recording that somebody said yes to it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.finding import find_program
from yesword.cli.given import read_text
from yesword.cli.moments import read_time
from yesword.cli.options import using, with_store
from yesword.domain import phone

if TYPE_CHECKING:
    from yesword.collect.points import Point
    from yesword.domain.programs import Program

_PROGRAM = click.option("--program", required=True, help="The program's key, such as club.")
_LANGUAGE = click.option("--language", required=True, metavar="L", help="In which it is read, such as nl.")
_PLACES = ("counter", "phone", "job_fair", "event", "door")


@click.group("spoken")
def command() -> None:
    """Consent that is given aloud: the script, and who heard the yes, where and when."""


@command.command("script")
@_PROGRAM
@_LANGUAGE
@click.option(
    "--set",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A text file with a new script, which makes a new version.",
)
@click.option(
    "--confirm/--no-confirm", "confirms", default=None, help="Whether each person confirms by text."
)
@with_store
def script(
    program: str,
    language: str,
    file: Path | None,
    data: Path,
    database_url: str | None,
    *,
    confirms: bool | None,
) -> None:
    """Print the script of a program, to be read aloud to the letter."""
    with using(data, database_url):
        from yesword.collect import offline, spoken
        from yesword.domain.collecting.points import PointKind

        chosen = find_program(program)
        point = _point(chosen, language)
        if file is not None or confirms is not None:
            words = spoken.script(point, language) if file is None else read_text(file)
            point = offline.place(chosen, PointKind.SPOKEN, language, words, confirms=confirms)
        click.echo(f"Version {point.version}, {point.digest[:12]}:", err=True)
        click.echo(spoken.script(point, language))


@command.command("record")
@click.argument("number")
@_PROGRAM
@_LANGUAGE
@click.option("--place", type=click.Choice(_PLACES), required=True, help="Where it was said.")
@click.option("--where", default="", help="More about the place, such as 'Utrecht job fair, stand 12'.")
@click.option(
    "--said-at", "said_at", metavar="TIME", required=True, help="When, with its zone: 2026-03-02T11:00+01:00."
)
@click.option("--user", "name", metavar="NAME", required=True, help="The account of whoever read the script.")
@click.option("--person", default="", help="The name of the person.")
@with_store
def record(
    number: str,
    program: str,
    language: str,
    place: str,
    where: str,
    said_at: str,
    name: str,
    person: str,
    data: Path,
    database_url: str | None,
) -> None:
    """Record that NUMBER said yes to the script: attested by you, of grade C, or asked by one text to confirm."""
    at = datetime.now(UTC)
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.collect import offline, spoken
        from yesword.collect.spoken import Place, Spoken
        from yesword.domain.rules import RuleBook

        chosen = find_program(program)
        user = rights.acting(name)
        point = _point(chosen, language)
        told = Spoken(
            point=point,
            number=phone.parse(number, country=chosen.brand_country),
            language=language,
            place=Place(place),
            where=where,
            said_at=read_time(said_at),
            agent=user.name,
            confirms=offline.must_confirm(point, RuleBook.load().packs, at.date()),
            name=person,
            user=user.pk,
        )
        joined = spoken.record(store, told, at)
    graded = f", grade {joined.grade.value}" if joined.grade else ""
    click.echo(f"{joined.course.value.replace('_', ' ')}{graded}")


def _point(program: "Program", language: str) -> "Point":
    """The newest version; the first one, which asks for a confirmation, where nobody has spoken of it yet."""
    from yesword.collect import offline
    from yesword.domain.collecting.points import PointKind

    found = offline.find(program, PointKind.SPOKEN)
    if found is not None and language in found.definition.languages:
        return found
    return offline.place(program, PointKind.SPOKEN, language, "", confirms=None if found else True)
