"""`yesword leave`: where the links of texts lead that let people leave, and why people left."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.options import using, with_store

if TYPE_CHECKING:
    from yesword.store import models


@click.group("leave")
def command() -> None:
    """Leaving by a link: a page of your own in place of ours, and the reasons that people give."""


@command.command("own-page")
@click.argument("brand")
@click.argument("url", required=False)
@click.option("--program", help="Only for links in texts of this program.")
@click.option("--off", is_flag=True, help="Lead to the page of Yesword again.")
@with_store
def own_page(
    brand: str, url: str | None, program: str | None, data: Path, database_url: str | None, *, off: bool
) -> None:
    """Lead people who open a link to URL instead, with a signed token; without URL, show where links lead.

    The page has to ask with one button, and to hand the token to POST /api/leave. The key that checks tokens is shown
    once, when it is made.
    """
    if url and off:
        message = "Give either a URL or --off."
        raise click.UsageError(message)
    with using(data, database_url) as store:
        from yesword.sending import own_pages

        row = _brand(brand)
        about = _program(row, program)
        if off:
            was_set = own_pages.unset_page(row, about)
            click.echo("Links lead to Yesword's page." if was_set else "They did already.")
        elif url:
            key = own_pages.set_page(store, row, about, url)
            click.echo(f"Links in texts of {program or brand} lead to {url}.")
            if key is not None:
                _show(key)
        else:
            for each in own_pages.of_brand(row):
                click.echo(f"{each.program or 'all programs'}  {each.url}")


@command.command("key")
@click.argument("brand")
@with_store
def key(brand: str, data: Path, database_url: str | None) -> None:
    """Make another key for BRAND's own pages, and show it once. Tokens of the old key count no more."""
    with using(data, database_url) as store:
        from yesword.sending import own_pages

        _show(own_pages.new_key(store, _brand(brand)))


@command.command("reasons")
@click.argument("brand")
@click.option(
    "--days", type=click.IntRange(min=1), default=30, show_default=True, help="How far back to count."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@with_store
def reasons(brand: str, days: int, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """Count why people left by a page, by program and campaign. What they wrote is on their pages in the console."""
    with using(data, database_url) as store:
        from yesword.domain.ids import BrandId
        from yesword.store import leave_answers, models

        now = datetime.now(UTC)
        with store.database.read() as session:
            found = leave_answers.counted(session, BrandId(_brand(brand).pk), now - timedelta(days=days), now)
        keys = dict(models.Program.objects.values_list("pk", "key"))
        for each in found:
            program = keys.get(each.program or 0, "")
            reason = each.reason.value if each.reason else "none"
            if as_json:
                row = {"reason": reason, "program": program, "campaign": each.campaign, "count": each.count}
                click.echo(json.dumps(row))
            else:
                campaign = f"campaign {each.campaign}" if each.campaign else "no campaign"
                click.echo(f"{each.count:>7,}  {reason:<14}{program}, {campaign}")
        if not found and not as_json:
            click.echo("Nobody has said why.")


def _show(key: bytes) -> None:
    click.echo(f"The key, shown this once (HMAC-SHA-256, in hexadecimal):\n\n  {key.hex()}\n")


def _brand(key: str) -> "models.Brand":
    from yesword.cli.finding import find_brand

    return find_brand(key)


def _program(brand: "models.Brand", key: str | None) -> "models.Program | None":
    if key is None:
        return None
    from yesword.store import models

    row = models.Program.objects.filter(brand=brand, key=key).first()
    if row is None:
        message = f"{brand.key} has no program {key}."
        raise click.UsageError(message)
    return row
