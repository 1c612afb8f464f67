"""`yesword privacy breach`: the register of data breaches, its clock, and whom each may have touched."""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, TextIO

import click

from yesword.cli.finding import find_brand, find_program
from yesword.cli.given import read_list
from yesword.cli.moments import read_time
from yesword.cli.options import using, with_store
from yesword.cli.written import may_replace, private_file

if TYPE_CHECKING:
    from yesword.privacy.breaches import Touched
    from yesword.store.models import Breach

_USER: Final = click.option(
    "--user", "name", required=True, metavar="NAME", help="The account of whoever does it."
)
_DRY_RUN: Final = click.option(
    "--dry-run", "is_dry_run", is_flag=True, help="Say what would change, and change nothing."
)
_RISKS: Final = ("unlikely", "likely", "high")


@click.group("breach")
def breach() -> None:
    """Breaches of personal data: written down, with 72 hours to tell the authority (GDPR, article 33).

    Nobody is told by these commands: what you did is written down.
    """


@breach.command("open")
@click.option("--brand", "key", metavar="KEY", help="Of this brand; may be left out where there is one only.")
@click.option("--what", required=True, help="What happened, without anybody's data.")
@click.option(
    "--noticed", required=True, metavar="TIME", help="When somebody became aware: the clock runs from then."
)
@click.option("--happened", metavar="TIME", help="When it happened, if that is known.")
@click.option(
    "--data-kind", "kinds", multiple=True, metavar="KIND", help="A category of data, such as numbers."
)
@click.option("--people-kind", "people", multiple=True, metavar="KIND", help="A category of people.")
@click.option("--people-count", type=click.IntRange(min=0), help="About how many people.")
@click.option("--risk", type=click.Choice(_RISKS), default="likely", show_default=True, help="To the people.")
@click.option("--consequences", default="", help="What may come of it.")
@click.option("--measures", default="", help="What was done about it.")
@_USER
@_DRY_RUN
@with_store
def open_breach(
    key: str | None,
    what: str,
    noticed: str,
    happened: str | None,
    kinds: tuple[str, ...],
    people: tuple[str, ...],
    people_count: int | None,
    risk: str,
    consequences: str,
    measures: str,
    name: str,
    data: Path,
    database_url: str | None,
    *,
    is_dry_run: bool,
) -> None:
    """Write a breach down."""
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.domain.ids import BrandId
        from yesword.privacy import breaches

        found = breaches.Found(
            what=what,
            noticed_at=read_time(noticed),
            happened_at=read_time(happened) if happened else None,
            data=kinds,
            people=people,
            people_count=people_count,
            risk=breaches.Risk(risk),
            consequences=consequences,
            measures=measures,
        )
        user, brand, at = rights.acting(name), BrandId(find_brand(key).pk), datetime.now(UTC)
        row = breaches.open_breach(store, brand, found, user.pk, at, is_dry_run=is_dry_run)
        clock = breaches.clock(row, at)
        said = "Would open a breach" if is_dry_run else f"Opened breach {row.pk}"
        told = f"; the authority has to be told by {clock.due_at:%Y-%m-%d %H:%M} UTC" if clock.runs else ""
        click.echo(f"{said}{told}{': OVERDUE' if clock.is_overdue else '.'}")


@breach.command("list")
@click.option("--brand", "key", metavar="KEY", help="Only this brand; by default all of them.")
@click.option("--open", "is_open", is_flag=True, help="Only those that are open.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@with_store
def list_breaches(
    key: str | None, data: Path, database_url: str | None, *, is_open: bool, as_json: bool
) -> None:
    """List breaches, the open ones first, and how much of the 72 hours is left."""
    with using(data, database_url):
        from yesword.domain.ids import BrandId
        from yesword.privacy import breaches

        brand = BrandId(find_brand(key).pk) if key else None
        at = datetime.now(UTC)
        rows = breaches.register(brand, is_open=is_open)
        for row in rows:
            click.echo(
                json.dumps(breaches.described(row, at), ensure_ascii=False) if as_json else _line(row, at)
            )
        if not rows and not as_json:
            click.echo("No breach is written down.")


def _line(row: "Breach", at: datetime) -> str:
    from yesword.privacy import breaches

    left = breaches.left(row, at)
    shown = left.upper() if left.startswith("overdue") else left
    return f"{row.pk}  {row.brand.key}  {row.state:6}  {row.risk:8}  {row.noticed_at:%Y-%m-%d %H:%M}Z  {shown}  {row.what}"


@breach.command("change")
@click.argument("number", type=int)
@click.option("--risk", type=click.Choice(_RISKS), help="To the people.")
@click.option("--people-count", type=click.IntRange(min=0), help="About how many people.")
@click.option("--consequences", help="What may come of it.")
@click.option("--measures", help="What was done about it.")
@click.option("--authority-told", metavar="TIME", help="When the authority was told.")
@click.option("--why-late", help="Why that was after 72 hours.")
@click.option("--people-told", metavar="TIME", help="When the people were told (article 34).")
@click.option("--why-people-not-told", help="Why they need not be.")
@_USER
@_DRY_RUN
@with_store
def change(
    number: int,
    risk: str | None,
    people_count: int | None,
    consequences: str | None,
    measures: str | None,
    authority_told: str | None,
    why_late: str | None,
    people_told: str | None,
    why_people_not_told: str | None,
    name: str,
    data: Path,
    database_url: str | None,
    *,
    is_dry_run: bool,
) -> None:
    """Add to breach NUMBER what was learnt or done since."""
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.privacy import breaches

        later = breaches.Later(
            risk=breaches.Risk(risk) if risk else None,
            people_count=people_count,
            consequences=consequences,
            measures=measures,
            authority_told_at=read_time(authority_told) if authority_told else None,
            why_late=why_late,
            people_told_at=read_time(people_told) if people_told else None,
            why_people_not_told=why_people_not_told,
        )
        at = datetime.now(UTC)
        row = breaches.amend(store, number, later, rights.acting(name).pk, at, is_dry_run=is_dry_run)
        click.echo(_line(row, at))


@breach.command("close")
@click.argument("number", type=int)
@_USER
@_DRY_RUN
@with_store
def close(number: int, name: str, data: Path, database_url: str | None, *, is_dry_run: bool) -> None:
    """Close breach NUMBER, once all that has to be told was told. What was written of it stays."""
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.privacy import breaches

        breaches.close(store, number, rights.acting(name).pk, datetime.now(UTC), is_dry_run=is_dry_run)
        click.echo(f"Breach {number} {'could be closed' if is_dry_run else 'is closed'}.")


@breach.command("people")
@click.argument("number", type=int)
@click.option("--program", help="Everybody whose record has something of this program.")
@click.option("--import", "run", type=int, metavar="RUN", help="Everybody who came by this import.")
@click.option(
    "--from", "since", metavar="TIME", help="With --to: everybody about whom something came in or went out."
)
@click.option("--to", "until", metavar="TIME", help="The end of that span.")
@click.option("--numbers", type=click.File("rb"), help="A file with a number on each line.")
@click.option(
    "--output",
    "--out",
    type=click.Path(path_type=Path),
    help="Write the CSV to this file; - for standard output.",
)
@may_replace
@_USER
@_DRY_RUN
@with_store
def people(
    number: int,
    program: str | None,
    run: int | None,
    since: str | None,
    until: str | None,
    numbers: IO[bytes] | None,
    output: Path | None,
    name: str,
    data: Path,
    database_url: str | None,
    *,
    is_dry_run: bool,
    is_forced: bool,
) -> None:
    """Export whom breach NUMBER may have touched, numbers in the clear, so that they can be told.

    Takes a right of its own: see `yesword privacy allow`. With --dry-run they are only counted.
    """
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.domain.ids import BrandId
        from yesword.privacy import breaches

        user = rights.acting(name, rights.Right.NUMBERS)
        row = breaches.read(number)
        touched = _touched(program, run, since, until, numbers, row.brand.country)
        if is_dry_run or output is None:
            count = sum(1 for _ in breaches.people(store, BrandId(row.brand_id), touched))
            click.echo(f"{count:,} people. Name a file with --output to have them.")
            return
        with _opened(output, is_forced=is_forced) as file:
            count = breaches.write_people(store, row, touched, file, user.pk, datetime.now(UTC))
        click.echo(f"{count:,} people.", err=str(output) == "-")


def _touched(
    program: str | None,
    run: int | None,
    since: str | None,
    until: str | None,
    numbers: IO[bytes] | None,
    country: str,
) -> "Touched":
    from yesword.domain import phone
    from yesword.privacy.breaches import Touched

    if bool(since) != bool(until):
        message = "--from and --to go together."
        raise click.UsageError(message)
    lines = [line.strip() for line in read_list(numbers).splitlines()] if numbers else []
    return Touched(
        program=find_program(program).id if program else None,
        import_run=run,
        span=(read_time(since), read_time(until, is_until=True)) if since and until else None,
        numbers=tuple(phone.parse(line, country=country).e164 for line in lines if line),
    )


@contextmanager
def _opened(output: Path, *, is_forced: bool) -> Iterator[TextIO]:
    if str(output) == "-":
        yield sys.stdout
        return
    with (
        private_file(output, is_forced=is_forced) as file,
        io.TextIOWrapper(file, encoding="utf-8", newline="") as text,
    ):
        yield text
