"""`yesword point key` and `yesword point snippet`: what a shop's own checkout needs, to show the box and to tell of it."""

from datetime import UTC, datetime
from pathlib import Path

import click

from yesword.cli.misuse import MisuseError
from yesword.cli.options import using, with_store


class NoSuchKeyError(MisuseError):
    """The point {key} has no key that begins with {hint} and counts. `yesword point keys` lists them."""

    code = "no_such_point_key"


class NotACheckoutError(MisuseError):
    """The point {key} is no checkout, so no server of a shop tells of it and a key would open nothing. Make a point of the kind checkout."""

    code = "not_a_checkout"


@click.command("key")
@click.argument("key")
@click.option("--end", metavar="HINT", help="End the key that begins so, in place of making one.")
@with_store
def key_command(key: str, end: str | None, data: Path, database_url: str | None) -> None:
    """Make a key with which a shop's server speaks for this one point. It is shown now, and never again."""
    with using(data, database_url):
        from yesword.collect import checkout, points
        from yesword.domain.collecting.points import PointKind

        point = points.find(key)
        if end is None:
            if point.definition.kind is not PointKind.CHECKOUT:
                raise NotACheckoutError(key=key)
            click.echo(checkout.make_key(point))
            return
        if not checkout.end_key(point, end, datetime.now(UTC)):
            raise NoSuchKeyError(key=key, hint=end)


@click.command("keys")
@click.argument("key")
@with_store
def keys_command(key: str, data: Path, database_url: str | None) -> None:
    """The keys of a point, by their first letters."""
    with using(data, database_url):
        from yesword.collect import points
        from yesword.store.models import PointKey

        for row in PointKey.objects.filter(point_id=points.find(key).id).order_by("pk"):
            ended = f", ended {row.ended_at:%Y-%m-%d}" if row.ended_at else ""
            click.echo(f"{row.hint}…  made {row.created_at:%Y-%m-%d}{ended}")


@click.command("snippet")
@click.argument("key")
@click.option("--language", metavar="LL", help="By default the program's own.")
@with_store
def snippet_command(key: str, language: str | None, data: Path, database_url: str | None) -> None:
    """The box for a checkout as HTML: not ticked, with exactly the wording that the consent is pinned to."""
    with using(data, database_url):
        from yesword.collect import points
        from yesword.domain.collecting.snippets import box

        point = points.find(key)
        click.echo(box(point.definition, point.program, language or point.program.default_language))
