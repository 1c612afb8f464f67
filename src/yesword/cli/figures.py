"""`yesword figures`: the console's figures, for a terminal or another program."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from yesword.cli.finding import UnknownProgramError, find_brand
from yesword.cli.options import using, with_store


@click.group("figures")
def command() -> None:
    """Figures about people, none of whom is named."""


@command.command("leaving")
@click.option("--brand", "key", metavar="KEY", help="Of this brand; may be left out where there is one only.")
@click.option("--program", "program_key", metavar="KEY", help="Only of this program.")
@click.option(
    "--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How many days back."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_store
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
    with using(data, database_url) as store:
        from yesword.domain.ids import BrandId
        from yesword.reporting import leaving as figures
        from yesword.store import programs

        brand = BrandId(find_brand(key).pk)
        program = programs.by_key(brand, program_key) if program_key else None
        if program_key and program is None:
            known = ", ".join(each.key for each in programs.of_brand(brand)) or "none yet"
            raise UnknownProgramError(key=program_key, known=known)
        until = datetime.now(UTC)
        since = until - timedelta(days=days)
        found = figures.count(store, brand, since, until, program.id if program else None)
        rows = figures.as_rows(found)
        if as_json:
            head = {
                "since": since.isoformat(timespec="seconds"),
                "until": until.isoformat(timespec="seconds"),
                "program": program_key,
            }
            click.echo(json.dumps({**head, "figures": rows}, ensure_ascii=False))
            return
        click.echo(f"{found.left:,} left in {days} days, after {found.texts:,} texts.")
        for row in rows:
            if row["about"] in ("all", "day"):
                continue
            more = ", ".join(
                f"{value:,} {name.replace('_', ' ')}"
                for name, value in row.items()
                if name not in ("about", "which", "left") and isinstance(value, int)
            )
            click.echo(f"  {row['about']:<9} {row['which']}: {row['left']:,}{f' ({more})' if more else ''}")


@command.command("refused")
@click.option("--brand", "key", metavar="KEY", help="Of this brand; may be left out where there is one only.")
@click.option("--program", "program_key", metavar="KEY", help="Only of this program.")
@click.option(
    "--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How many days back."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_store
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
    with using(data, database_url) as store:
        from yesword.domain.ids import BrandId
        from yesword.reporting import refused as figures
        from yesword.store import programs

        brand = BrandId(find_brand(key).pk)
        program = programs.by_key(brand, program_key) if program_key else None
        if program_key and program is None:
            known = ", ".join(each.key for each in programs.of_brand(brand)) or "none yet"
            raise UnknownProgramError(key=program_key, known=known)
        until = datetime.now(UTC)
        since = until - timedelta(days=days)
        found = figures.count(store, brand, since, until, program.id if program else None)
        rows = figures.as_rows(found)
        if as_json:
            head = {
                "since": since.isoformat(timespec="seconds"),
                "until": until.isoformat(timespec="seconds"),
                "program": program_key,
            }
            click.echo(json.dumps({**head, "figures": rows}, ensure_ascii=False))
            return
        click.echo(
            f"{found.refused:,} refused or not delivered in {days} days, of {found.texts:,} texts; "
            f"{found.grave:,} of them filtered or against a carrier's rules."
        )
        for row in rows:
            if str(row["about"]).startswith(("all", "day")):
                continue
            more = ", ".join(
                f"{row[each.value]:,} {each.value.replace('_', ' ')}"
                for each in figures.Cause
                if row[each.value]
            )
            click.echo(
                f"  {row['about']:<9} {row['which']}: {row['refused']:,}{f' ({more})' if more else ''}"
            )
