"""`yesword alerts`: who is told when something is wrong, by letter or by webhook, and what is wrong now."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from yesword.cli.acting import USER, acting
from yesword.cli.options import using, with_store

_KINDS: Final = (
    "halted", "held", "gap", "paused", "disk_full", "witness_refuses", "ledger_trouble", "sequencer_behind",
    "carrier_away", "drift", "stray_texts",
)  # fmt: skip
_LANGUAGES: Final = ("en", "nl", "sv", "de", "da")


@click.group("alerts")
def command() -> None:
    """Whom to tell when something is wrong. Each kind is told at most once an hour, and once when it is over."""


@command.command("set")
@click.option("--mail", metavar="ADDRESS", help="Write there; an empty one ends it.")
@click.option("--webhook", metavar="URL", help="Call there, signed; an empty one ends it.")
@click.option("--language", type=click.Choice(_LANGUAGES), help="Of what is told.")
@click.option("--off", "off", type=click.Choice(_KINDS), multiple=True, help="Of this kind tell nobody.")
@click.option("--on", "on", type=click.Choice(_KINDS), multiple=True, help="Of this kind tell again.")
@USER
@with_store
def set_route(
    mail: str | None,
    webhook: str | None,
    language: str | None,
    off: tuple[str, ...],
    on: tuple[str, ...],
    name: str | None,
    data: Path,
    database_url: str | None,
) -> None:
    """Say where alerts go. What is left out stays as it is. Letters need a mail server: YESWORD_MAIL_URL."""
    with using(data, database_url) as store:
        from yesword.reporting import alert_routes

        actor = acting(name)
        kept, is_new_secret = alert_routes.change(
            store,
            actor.user,
            on_machine=actor.on_machine,
            mail=mail,
            webhook=webhook,
            language=language,
            off=off,
            on=on,
        )
        click.echo(_told(kept.mail, kept.webhook))
        if is_new_secret:
            click.echo(f"Its secret, which is shown now and never again: {kept.secret}")


@command.command("show")
@with_store
def show(data: Path, database_url: str | None) -> None:
    """Where alerts go, and what is wrong now."""
    with using(data, database_url) as store:
        from yesword.reporting import alerts
        from yesword.store import alert_settings
        from yesword.worker import alert_words

        route = alert_settings.read(store)
        click.echo(_told(route.mail, route.webhook))
        if route.unwanted:
            click.echo(f"Nobody is told of: {', '.join(route.unwanted)}.")
        rows = alerts.open_alerts()
        for row in rows:
            what = alert_words.WORDS[alerts.AlertKind(row.kind)][0]
            subject = f" ({row.subject})" if row.subject else ""
            click.echo(f"{row.began_at:%Y-%m-%d %H:%M} UTC  {what}{subject}")
        if not rows:
            click.echo("Nothing is wrong.")


@command.command("test")
@with_store
def test(data: Path, database_url: str | None) -> None:
    """Tell a test by every way that is set, and say whether it arrived."""
    with using(data, database_url) as store:
        from yesword.worker.alerting import Alerting

        Alerting(store=store, clock=lambda: datetime.now(UTC)).try_out()
        click.echo("It was taken. Look whether it has come.")


def _told(mail: str, webhook: str) -> str:
    from yesword.mail import addresses

    ways = [
        *([f"by letter to {addresses.mask(mail)}"] if mail else []),
        *([f"to {webhook}"] if webhook else []),
    ]
    return (
        f"Alerts go {' and '.join(ways)}." if ways else "Alerts lead nowhere: they stand in the console only."
    )
