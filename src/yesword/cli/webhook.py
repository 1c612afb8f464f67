"""`yesword webhook`: whom we tell of changes of consent, of refused messages and of paused programs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from yesword.cli.finding import find_brand
from yesword.cli.options import using, with_store
from yesword.domain.ids import BrandId

_KINDS = ("consent.changed", "message.refused", "program.paused")


@click.group("webhook")
def command() -> None:
    """Whom we tell of every stop and every yes, signed as Standard Webhooks are."""


@command.command("add")
@click.argument("url")
@click.option("--brand", metavar="KEY", help="May be left out where there is one brand.")
@click.option(
    "--kind", "kinds", type=click.Choice(_KINDS), multiple=True, help="What it hears of; by default all."
)
@click.option("--with-number", is_flag=True, help="Tell the number, too, in the clear.")
@with_store
def add(
    url: str,
    brand: str | None,
    kinds: tuple[str, ...],
    data: Path,
    database_url: str | None,
    *,
    with_number: bool,
) -> None:
    """Tell URL of what happens from now on. Prints the secret that signs; it is shown now, and never again."""
    with using(data, database_url) as store:
        from yesword.sending import webhooks
        from yesword.store.webhooks import WebhookKind

        row, secret = webhooks.add(
            store,
            BrandId(find_brand(brand).pk),
            url,
            [WebhookKind(each) for each in kinds or _KINDS],
            with_number=with_number,
        )
        click.echo(f"endpoint {row.pk}")
        click.echo(secret)


@command.command("list")
@with_store
def list_endpoints(data: Path, database_url: str | None) -> None:
    """The endpoints, and how each of them fares."""
    with using(data, database_url) as store:
        from yesword.sending import webhooks

        rows = webhooks.endpoints_of()
        for row in rows:
            waiting, delivered, given_up = webhooks.counts(store, row.pk)
            state = "on" if row.is_on else f"off ({row.off_because})"
            click.echo(f"{row.pk}  {state}  {row.url}")
            click.echo(f"    {row.kinds}{', with numbers' if row.with_number else ''}, brand {row.brand.key}")
            click.echo(f"    {delivered:,} told, {waiting:,} waiting, {given_up:,} given up")
            if row.failing_since:
                click.echo(f"    fails since {row.failing_since:%Y-%m-%d %H:%M} UTC")
        if not rows:
            click.echo("No endpoints yet. `yesword webhook add` makes one.")


@command.command("log")
@click.argument("endpoint", type=int)
@click.option("--count", default=20, show_default=True)
@with_store
def log(endpoint: int, count: int, data: Path, database_url: str | None) -> None:
    """What an endpoint was told lately, the newest first."""
    with using(data, database_url) as store:
        from yesword.sending import webhooks

        row = webhooks.endpoint(endpoint)
        for each in webhooks.deliveries(store, row.pk, count):
            state = "told" if each.delivered_at else "given up" if each.ended_at else "waiting"
            tries = f"{each.tries} tries" if each.tries != 1 else "1 try"
            trouble = f", {each.trouble}" if each.trouble and not each.delivered_at else ""
            click.echo(
                f"{each.created_at:%Y-%m-%d %H:%M:%S}  {each.id}  {each.kind:<16} {state}, {tries}{trouble}"
            )


@command.command("replay")
@click.argument("what")
@click.option("--days", default=7, show_default=True, help="Of an endpoint: how far back.")
@with_store
def replay(what: str, days: int, data: Path, database_url: str | None) -> None:
    """Tell again: one delivery by its id (whk_…), or all that an endpoint, by its number, did not get."""
    with using(data, database_url) as store:
        from yesword.sending import webhooks

        now = datetime.now(UTC)
        if not what.isdecimal():
            webhooks.replay(store, what, now)
            return
        row = webhooks.endpoint(int(what))
        again = webhooks.replay_failed(store, row.pk, now - timedelta(days=days), now)
        click.echo(f"{again:,} to be told again")


@command.command("off")
@click.argument("endpoint", type=int)
@with_store
def off(endpoint: int, data: Path, database_url: str | None) -> None:
    """Tell it nothing more. What happens meanwhile is not kept for it."""
    with using(data, database_url):
        from yesword.sending import webhooks

        webhooks.switch(endpoint, is_on=False)


@command.command("on")
@click.argument("endpoint", type=int)
@with_store
def on(endpoint: int, data: Path, database_url: str | None) -> None:
    """Tell it again, beginning with what still waits for it."""
    with using(data, database_url):
        from yesword.sending import webhooks

        webhooks.switch(endpoint, is_on=True)
