"""`yesword proclaim`: emergencies and holidays that an authority declared, entered by hand."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from yesword.cli.acting import machine_user
from yesword.cli.misuse import MisuseError
from yesword.cli.moments import read_day, read_time
from yesword.cli.options import using, with_store

if TYPE_CHECKING:
    from yesword.domain.facts import Cause
    from yesword.store.models import Proclamation

Function = TypeVar("Function", bound=Callable[..., Any])
_NAME: Final = click.option(
    "--name", required=True, help='What it is called, such as "flood"; reasons quote it.'
)
_BY: Final = click.option(
    "--by", metavar="WHO", help="Who enters it; by default the account that runs the command."
)


class NamelessError(MisuseError):
    """What was declared has no name. Say what it is, such as "flood": reasons quote it."""

    code = "nameless_proclamation"


@click.group("proclaim")
def command() -> None:
    """Emergencies and holidays that an authority declared.

    Some states forbid promotion while an emergency lasts, and on holidays that a governor declares. No calendar knows
    these, so somebody has to enter them.
    """


@command.command("emergency")
@click.argument("place")
@click.option(
    "--from", "starts", required=True, metavar="TIME", help="When it begins, such as 2026-03-02T09:00-05:00."
)
@click.option(
    "--to", "ends", required=True, metavar="TIME", help="When it ends; `proclaim end` ends it sooner."
)
@_NAME
@_BY
@with_store
def emergency(
    place: str, starts: str, ends: str, name: str, by: str | None, data: Path, database_url: str | None
) -> None:
    """Enter an emergency in PLACE: a country such as US, or a region such as US-NY."""
    starts_at, ends_at = read_time(starts), read_time(ends, is_until=True)
    with using(data, database_url):
        from yesword.domain.facts import Cause
        from yesword.store.proclamations import read_place

        _enter(Cause.EMERGENCY, read_place(place), starts_at, ends_at, name, by)


@command.command("holiday")
@click.argument("place")
@click.option("--on", "day", required=True, metavar="DATE", help="The day.")
@_NAME
@_BY
@with_store
def holiday(place: str, day: str, name: str, by: str | None, data: Path, database_url: str | None) -> None:
    """Enter a holiday in PLACE: a country such as US, or a region such as US-LA. It lasts the day on every clock there."""
    on = read_day(day)
    with using(data, database_url):
        from yesword.domain.facts import Cause
        from yesword.store.proclamations import day_in, read_place

        where = read_place(place)
        starts_at, ends_at = day_in(where, on)
        _enter(Cause.HOLIDAY, where, starts_at, ends_at, name, by)


def _enter(
    cause: "Cause",
    place: tuple[str, str | None],
    starts_at: datetime,
    ends_at: datetime,
    name: str,
    by: str | None,
) -> None:
    from yesword.domain.facts import Proclamation
    from yesword.store.proclamations import proclaim

    country, region = place
    if not name.strip():
        raise NamelessError
    entered = proclaim(
        Proclamation(
            cause=cause, country=country, region=region, starts_at=starts_at, ends_at=ends_at, name=name
        ),
        by or machine_user(),
        datetime.now(UTC),
    )
    click.echo(_line(entered))
    if not _is_heeded(cause, country, region):
        click.echo(
            "No rule that decides asks about such a thing there, so texts go on. "
            "Pause the programs if they should rest.",
            err=True,
        )


def _is_heeded(cause: "Cause", country: str, region: str | None) -> bool:
    """Whether any rule in force or to come asks about such a thing there."""
    from yesword.domain.facts import Cause
    from yesword.domain.rules import RuleBook
    from yesword.domain.rules.model.times import Hours, Suspension

    def heeds(parameter: object) -> bool:
        if cause is Cause.EMERGENCY:
            return isinstance(parameter, Suspension)
        return isinstance(parameter, Hours) and parameter.week.calendar is not None

    lines = RuleBook.load().lineages(country, region, may_be_any_region=True)
    rules = (rule for line in lines for pack in line for rule in pack.rules)
    return any(rule.is_enforced and heeds(rule.parameter) for rule in rules)


@command.command("list")
@with_store
def list_all(data: Path, database_url: str | None) -> None:
    """All that was ever entered, newest first."""
    with using(data, database_url):
        from yesword.store.proclamations import newest_first

        for entered in newest_first():
            click.echo(f"{_line(entered)}, entered by {entered.entered_by}")


@command.command("end")
@click.argument("number", type=int)
@with_store
def end(number: int, data: Path, database_url: str | None) -> None:
    """End proclamation NUMBER now: it was lifted, or entered in error. It stays on the list."""
    with using(data, database_url):
        from yesword.store import proclamations

        click.echo(_line(proclamations.end(number, datetime.now(UTC))))


def _line(entered: "Proclamation") -> str:
    place = entered.region or entered.country
    ended = "" if entered.ended_at is None else f", ended {_utc(entered.ended_at)}"
    span = f"{_utc(entered.starts_at)} to {_utc(entered.ends_at)}"
    return f"{entered.pk}: {entered.cause} in {place}, {entered.name}: {span}{ended}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
