"""`yesword hook`: other systems that tell us of people's answers: shops, lead ads, systems for applications."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.finding import find_brand
from yesword.cli.misuse import MisuseError
from yesword.cli.options import using, with_store
from yesword.domain.collecting.hooks import Fields, Provider
from yesword.domain.ids import BrandId

if TYPE_CHECKING:
    from yesword.store.models import HookSource

_FIELDS: Final = tuple(Fields.__dataclass_fields__)


class UnknownFieldError(MisuseError):
    """--field wants NAME=FIELD, where NAME is one of {known}."""

    code = "unknown_hook_field"


class SecretNeededError(MisuseError):
    """The secret is empty. Give the one that the other system shows, or set YESWORD_HOOK_SECRET."""

    code = "hook_secret_needed"


@click.group("hook")
def command() -> None:
    """Other systems that tell us of people's answers, and what came from them."""


_SECRET = click.option(
    "--secret",
    envvar="YESWORD_HOOK_SECRET",
    prompt=True,
    hide_input=True,
    help="Shared with the other system. Asked for where it is not given.",
)
_VERIFY = click.option(
    "--verify", envvar="YESWORD_HOOK_VERIFY", default="", help="Meta: the word that proves the address."
)
_TOKEN = click.option(
    "--token", envvar="YESWORD_HOOK_TOKEN", default="", help="Meta: the page's token, to fetch leads with."
)


@command.command("add")
@click.argument("provider", type=click.Choice([each.value for each in Provider]))
@click.option("--brand", metavar="KEY", help="May be left out where there is one brand.")
@click.option("--name", required=True, help="What you call it.")
@click.option(
    "--point", required=True, metavar="KEY", help="The collection point whose question it tells of."
)
@click.option("--general", default="", metavar="KEY", help="Applications: the point of the second question.")
@click.option(
    "--informs", default="", metavar="PROGRAM", help="The program of texts about orders or applications."
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=FIELD",
    help=f"What a form calls something, for {', '.join(_FIELDS)}; may be repeated.",
)
@click.option("--language", default="", metavar="LL", help="Of answers that do not say it.")
@click.option("--graph-url", default="", help="Meta: another address of the Graph API.")
@_SECRET
@_VERIFY
@_TOKEN
@with_store
def add(
    provider: str,
    brand: str | None,
    name: str,
    point: str,
    general: str,
    informs: str,
    fields: tuple[str, ...],
    language: str,
    graph_url: str,
    secret: str,
    verify: str,
    token: str,
    data: Path,
    database_url: str | None,
) -> None:
    """Let another system tell us of answers. Prints the address to enter there."""
    named = _named(fields)
    if not secret.strip():
        raise SecretNeededError
    with using(data, database_url) as store:
        from yesword.collect import sources
        from yesword.collect.graph import check_url
        from yesword.collect.sources import NewSource, Secrets

        made = sources.add(
            store,
            NewSource(
                brand=BrandId(find_brand(brand).pk),
                provider=Provider(provider),
                name=name,
                point=point,
                secrets=Secrets(secret=secret.strip(), verify=verify, token=token),
                general=general,
                informs=informs,
                language=language,
                fields=named,
                graph_url=check_url(graph_url) if graph_url else "",
            ),
        )
        click.echo(f"source {made.id}")
        click.echo(f"{_origin(store.run)}/hooks/{made.key}")


def _origin(run: Path) -> str:
    from yesword.web.public.addresses import origin

    return origin(run=run)


def _named(fields: tuple[str, ...]) -> Fields:
    found = dict(each.partition("=")[::2] for each in fields)
    if set(found) - set(_FIELDS) or not all(found.values()):
        raise UnknownFieldError(known=", ".join(_FIELDS))
    return Fields(**found)


@command.command("list")
@with_store
def list_sources(data: Path, database_url: str | None) -> None:
    """The sources, what came last from each, and what is missing."""
    with using(data, database_url) as store:
        from yesword.collect import sources

        rows = sources.rows_of()
        for row in rows:
            _show(row)
            with store.database.read() as session:
                forms = sources.unknown_forms(session, row.pk)
                waiting, trouble = sources.leads_waiting(session, row.pk)
            for form in forms:
                click.echo(
                    f"    form {form.form}: nobody has said what it shows; {form.waiting} answers grant nothing"
                )
            if waiting:
                click.echo(f"    {waiting} leads to be fetched" + (f" ({trouble})" if trouble else ""))
        if not rows:
            click.echo("No sources yet. `yesword hook add` makes one.")


def _show(row: "HookSource") -> None:
    state = "open" if row.is_open else "closed"
    click.echo(f"{row.pk}  {row.provider:<12} {state:<7} {row.name}, for the point {row.point.key}")
    last = f", last {row.last_received_at:%Y-%m-%d %H:%M} UTC" if row.last_received_at else ""
    click.echo(f"    {row.received} calls taken{last}")
    if row.refused:
        click.echo(
            f"    {row.refused} refused, last {row.last_refused_at:%Y-%m-%d %H:%M} UTC ({row.last_refusal})"
        )


@command.command("form")
@click.argument("source", type=int)
@click.argument("form")
@click.option("--wording", required=True, help="Exactly what stands beside the question, or - to read it.")
@click.option("--language", required=True, metavar="LL")
@with_store
def say_form(
    source: int, form: str, wording: str, language: str, data: Path, database_url: str | None
) -> None:
    """Say what a form of a lead ad shows. Answers from now on are pinned to it; earlier ones stay as they are."""
    words = sys.stdin.read() if wording == "-" else wording
    with using(data, database_url) as store:
        from yesword.collect import sources
        from yesword.collect.sources import Shown

        with store.database.write() as session:
            sources.say_form(session, source, form, Shown(language=language, wording=words.strip()))


@command.command("leavers")
@click.argument("source", type=int)
@click.option("--days", default=7, show_default=True, help="Who withdrew within so many days of joining.")
@click.option("--over", default=90, show_default=True, help="Of those who came within so many days.")
@with_store
def leavers(source: int, days: int, over: int, data: Path, database_url: str | None) -> None:
    """How many joined by each form, and how many of them left again soon."""
    with using(data, database_url) as store:
        from yesword.collect import sources
        from yesword.reporting import early_leavers

        row, now = sources.row_of(source), datetime.now(UTC)
        with store.database.read() as session:
            found = early_leavers.of_source(
                session, row.pk, since=now - timedelta(days=over), until=now, within=timedelta(days=days)
            )
        for each in found:
            click.echo(
                f"{each.form or 'all':<24} {each.joined:>7,} joined  {each.left:>7,} left ({each.share:.1%})"
            )
        if not found:
            click.echo("Nobody came by it in that time.")


@command.command("secret")
@click.argument("source", type=int)
@_SECRET
@_VERIFY
@_TOKEN
@with_store
def secret(source: int, secret: str, verify: str, token: str, data: Path, database_url: str | None) -> None:
    """Set other secrets, all of them at once. The address stays."""
    if not secret.strip():
        raise SecretNeededError
    with using(data, database_url) as store:
        from yesword.collect import sources
        from yesword.collect.sources import Secrets

        sources.set_secrets(
            store, sources.row_of(source), Secrets(secret=secret.strip(), verify=verify, token=token)
        )


@command.command("close")
@click.argument("source", type=int)
@with_store
def close(source: int, data: Path, database_url: str | None) -> None:
    """Take no more calls from it: its address leads nowhere."""
    _switch(source, data, database_url, is_open=False)


@command.command("open")
@click.argument("source", type=int)
@with_store
def open_(source: int, data: Path, database_url: str | None) -> None:
    """Take calls from it again."""
    _switch(source, data, database_url, is_open=True)


def _switch(source: int, data: Path, database_url: str | None, *, is_open: bool) -> None:
    with using(data, database_url):
        from yesword.collect import sources

        row = sources.row_of(source)
        row.is_open = is_open
        row.save(update_fields=["is_open"])
