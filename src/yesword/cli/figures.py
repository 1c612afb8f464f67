"""`yesword figures`: the console's figures, for a terminal or another program."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yesword.cli.finding import UnknownProgramError, find_brand
from yesword.cli.options import Function, using, with_store

if TYPE_CHECKING:
    from yesword.domain.ids import BrandId, ProgramId
    from yesword.store.opening import Store


@click.group("figures")
def command() -> None:
    """Figures about people, none of whom is named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is counted: whose, and from when until when."""

    store: "Store"
    brand: "BrandId"
    program: "ProgramId | None"
    program_key: str | None
    since: datetime
    until: datetime

    def as_json(self, rows: Sequence[Mapping[str, object]]) -> str:
        head = {
            "since": self.since.isoformat(timespec="seconds"),
            "until": self.until.isoformat(timespec="seconds"),
            "program": self.program_key,
        }
        return json.dumps({**head, "figures": rows}, ensure_ascii=False)


def _asking(function: Function) -> Function:
    """The options by which it is said what to count, the same for all figures."""
    options: Sequence[Callable[[Function], Function]] = (
        click.option(
            "--brand", "key", metavar="KEY", help="Of this brand; may be left out where there is one only."
        ),
        click.option("--program", "program_key", metavar="KEY", help="Only of this program."),
        click.option(
            "--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How many days back."
        ),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        with_store,
    )
    for option in reversed(options):
        function = option(function)
    return function


@contextmanager
def _asked(
    key: str | None, program_key: str | None, days: int, data: Path, database_url: str | None
) -> Iterator[Asked]:
    with using(data, database_url) as store:
        from yesword.domain.ids import BrandId
        from yesword.store import programs

        brand = BrandId(find_brand(key).pk)
        program = programs.by_key(brand, program_key) if program_key else None
        if program_key and program is None:
            known = ", ".join(each.key for each in programs.of_brand(brand)) or "none yet"
            raise UnknownProgramError(key=program_key, known=known)
        until = datetime.now(UTC)
        yield Asked(
            store=store,
            brand=brand,
            program=program.id if program else None,
            program_key=program_key,
            since=until - timedelta(days=days),
            until=until,
        )


def _line(row: Mapping[str, Any], counted: str, parts: Sequence[tuple[str, Any]]) -> str:
    more = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in parts)
    return f"  {row['about']:<9} {row['which']}: {row[counted]:,}{f' ({more})' if more else ''}"


@command.command("leaving")
@_asking
def leaving(
    key: str | None,
    program_key: str | None,
    days: int,
    data: Path,
    database_url: str | None,
    *,
    as_json: bool,
) -> None:
    """Who left: why, by which way, from where they had come, after which texts, and how soon."""
    with _asked(key, program_key, days, data, database_url) as asked:
        from yesword.reporting import leaving as figures

        found = figures.count(asked.store, asked.brand, asked.since, asked.until, asked.program)
        rows = figures.as_rows(found)
        if as_json:
            click.echo(asked.as_json(rows))
            return
        share = "" if found.after_share is None else f" ({found.after_share * 100:.2f} %)"
        click.echo(
            f"{found.left:,} left in {days} days: {found.after:,} after one of the {found.texts:,} texts of these days{share}, "
            f"{found.untexted:,} without one."
        )
        for row in rows:
            if row["about"] not in ("all", "day"):
                numbers = [(name, value) for name, value in row.items() if isinstance(value, int)]
                click.echo(_line(row, "left", [each for each in numbers if each[0] != "left"]))


@command.command("refused")
@_asking
def refused(
    key: str | None,
    program_key: str | None,
    days: int,
    data: Path,
    database_url: str | None,
    *,
    as_json: bool,
) -> None:
    """What carriers refused or did not deliver: filtered, against their rules, or otherwise, by sender, program and code."""
    with _asked(key, program_key, days, data, database_url) as asked:
        from yesword.reporting import refused as figures

        found = figures.count(asked.store, asked.brand, asked.since, asked.until, asked.program)
        rows = figures.as_rows(found)
        if as_json:
            click.echo(asked.as_json(rows))
            return
        click.echo(
            f"{found.refused:,} refused or not delivered in {days} days, of {found.texts:,} texts; "
            f"{found.grave:,} of them filtered or against a carrier's rules."
        )
        for row in rows:
            if not str(row["about"]).startswith(("all", "day")):
                parts = [(each.value, row[each.value]) for each in figures.Cause if row[each.value]]
                click.echo(_line(row, "refused", parts))
