"""`yesword numbers`: which numbers of a file can be texted at all, and which carriers say nobody has."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.options import scratch_folder, using, with_store
from yesword.cli.progress import ProgressLine
from yesword.domain.errors import YeswordError

if TYPE_CHECKING:
    from yesword.collect.checking import Checked

EXIT_SOME_WRONG: Final = 1
EXIT_BAD_INPUT: Final = 2
_MOST_LINES: Final = 1_000


@click.group("numbers")
def command() -> None:
    """Telephone numbers: those of files, and those that nobody has any more."""


@command.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--country", metavar="CC", help="Of national numbers; without it, only international ones are read."
)
@click.option(
    "--cleaned",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the good numbers here, each once: number, country, kind, line.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(file: Path, country: str | None, cleaned: Path | None, *, as_json: bool) -> None:
    """Check the numbers of FILE: a column of them, or one a line.

    Says how many can be texted, in which countries, and what is wrong with the others. Whether a number is in use, only its
    network knows. Nothing is stored.

    Exits 0 when every number is good, 1 when some are not, 2 when the file cannot be used.
    """
    try:
        with scratch_folder():
            from yesword.collect.checking import check_numbers

            if cleaned is None:
                found = check_numbers(file, country)
            else:
                with cleaned.open("w", encoding="utf-8", newline="") as opened:
                    cleaned.chmod(0o600)
                    found = check_numbers(file, country, opened)
    except YeswordError as error:
        click.echo(
            json.dumps({"error": error.code, "sentence": error.message}) if as_json else error.message,
            err=not as_json,
        )
        sys.exit(EXIT_BAD_INPUT)
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=1, ensure_ascii=False))
    else:
        _print(found)
    if found.wrong:
        sys.exit(EXIT_SOME_WRONG)


@command.command("gone")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--date",
    "day",
    metavar="DAY",
    help="When the numbers were given up, where neither FILE nor its name says.",
)
@click.option("--country", metavar="CC", default="US", show_default=True, help="Of national numbers.")
@click.option("--dry-run", is_flag=True, help="Count what would end, and end nothing.")
@click.option("--user", "name", metavar="NAME", help="Who does it: an account of the console.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_store
def gone(
    file: Path,
    day: str | None,
    country: str,
    name: str | None,
    data: Path,
    database_url: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read FILE, a list of numbers that were given up or passed on, and end what was agreed to before that.

    A number a line, or CSV with columns for the number, the date, and what happened; answers of the Reassigned Numbers
    Database are understood. The same file is read once; one that was interrupted goes on.
    """
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.cli.moments import read_time
        from yesword.sending import gone_numbers

        user = None if name is None else rights.acting(name).pk
        now = datetime.now(UTC)
        feed = gone_numbers.drop(store, file, now, country=country, day=read_time(day) if day else None)
        progress = ProgressLine(words="Read: {done} lines")
        found = gone_numbers.read(store, feed, now, user=user, is_trial=dry_run, progress=progress)
    if as_json:
        click.echo(json.dumps({name: getattr(found, name) for name in found.__slots__}))
        return
    if found.is_known:
        click.echo("This file was read before. Nothing was done again; it came to:")
    for field, words in _CAME_TO.items():
        click.echo(f"{getattr(found, field):>10,}  {words}")
    if dry_run:
        click.echo("Only tried: nothing was changed.")


_CAME_TO: Final = {
    "lines": "lines",
    "passed_over": "no number, or one that is not gone",
    "future": "refused: the day of the date is still to come, so the number cannot have been given up then",
    "undated": "refused: it has no date, or one that cannot be read, so nobody can tell since when",
    "strangers": "numbers that nobody here has",
    "ended": "people whose consents end",
    "newer": "agreed to nothing before that day",
    "already": "had ended already",
}


@command.command("dead")
@click.argument("brand", required=False)
@click.option(
    "--after",
    type=click.IntRange(0, 100),
    metavar="DAYS",
    help="From now on consent ends when it was said on so many days; 0 never by itself.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@with_store
def dead(
    brand: str | None, after: int | None, data: Path, database_url: str | None, *, as_json: bool
) -> None:
    """List the numbers of BRAND of which carriers say that nobody has them, newest first; numbers are masked."""
    with using(data, database_url) as store:
        from yesword.cli.finding import find_brand
        from yesword.domain import phone
        from yesword.domain.ids import BrandId, to_text
        from yesword.sending import dead_numbers
        from yesword.store import contacts

        row = find_brand(brand)
        about = BrandId(row.pk)
        if after is not None:
            dead_numbers.keep_limit(about, after, None)
        lines = dead_numbers.lines(store, about, datetime.now(UTC), _MOST_LINES)
        with store.database.read() as session:
            people = contacts.read_many(store, session, [each.contact for each in lines])
        for line in lines:
            person, found = people[line.contact], line.finding
            number = None if person.erased_at is not None else person.number
            said = {
                "number": "" if number is None else phone.parse(number, country=None).masked(),
                "contact": to_text("con", line.contact),
                "meaning": found.meaning.value,
                "days": found.days,
                "last_at": found.last_at.isoformat(timespec="seconds"),
                "ended": found.is_over,
            }
            state = "consent ended" if found.is_over else "noted"
            told = (
                f"{said['number']}  {said['meaning']} on {found.days} days, last {said['last_at']}: {state}"
            )
            click.echo(json.dumps(said) if as_json else told)
        if not lines and not as_json:
            click.echo("Of no number did a carrier say so lately.")


def _print(found: "Checked") -> None:
    click.echo(f"{found.rows:,} numbers")
    click.echo(f"{found.good:>10,}  can be texted")
    if found.doubles:
        click.echo(f"{found.doubles:>10,}  are doubles of those")
    for country, count in found.countries.items():
        click.echo(f"{count:>10,}  in {country}")
    for kind, count in found.kinds.items():
        click.echo(f"{count:>10,}  {kind.replace('_', ' ')}")
    for code, (count, sentence) in found.wrong.items():
        click.echo(f"{count:>10,}  {code}: {sentence}")
