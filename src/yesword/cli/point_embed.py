"""`yesword point embed` and `yesword point visitor-key`: a form as a pop-up on another site, and who looks at it there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yesword.cli.misuse import MisuseError
from yesword.cli.options import using, with_store
from yesword.cli.point_calls import NoSuchKeyError
from yesword.domain.collecting.popups import (
    PopupOptions,
    Position,
    Theme,
    Trigger,
    Way,
    origin_of,
    policy,
    read_options,
    snippet,
)

if TYPE_CHECKING:
    from yesword.collect.points import Point


class NoPopupError(MisuseError):
    """The form {key} has no pop-up yet. Say with `--origin https://shop.example` on which site it stands, and it is made."""

    code = "no_popup"


@click.command("embed")
@click.argument("key")
@click.option("--origin", "origins", multiple=True, help="A site that may show it; give each by itself.")
@click.option("--way", type=click.Choice([each.value for each in Way]), help="Type a number, or nothing.")
@click.option("--trigger", type=click.Choice([each.value for each in Trigger]), help="When it comes.")
@click.option("--after", type=int, help="Seconds, or percent of the page with --trigger scroll.")
@click.option("--every-days", type=int, help="Once in so many days.")
@click.option("--most-closes", type=int, help="Never again after it was closed so often.")
@click.option("--theme", type=click.Choice([each.value for each in Theme]), help="Light or dark.")
@click.option("--position", type=click.Choice([each.value for each in Position]), help="Where it stands.")
@with_store
def embed_command(
    key: str, origins: tuple[str, ...], data: Path, database_url: str | None, **chosen: Any
) -> None:
    """Print what a site puts into its page to show a form as a pop-up. With options the pop-up is published first.

    What is not given stays as it is. KEY is the form's.
    """
    with using(data, database_url) as store:
        from django.urls import reverse

        from yesword.collect import points, popups
        from yesword.web import point_publishing
        from yesword.web.public.addresses import origin

        form = points.find(key)
        popup = _popup_of(form)
        given = {name: value for name, value in chosen.items() if value is not None}
        if given or origins:
            options = _options(form, popup, origins, given)
            definition = popups.definition_of(form, options)
            name = popups.key_for(form.key)
            popup = point_publishing.publish(store, form.brand, name, definition, datetime.now(UTC))
            click.echo(f"{popup.key} version {popup.version}, {popup.digest[:16]}", err=True)
        if popup is None:
            raise NoPopupError(key=key)
        here = origin(run=store.run)
        title = form.definition.wording_in(form.program.default_language).title or form.program.name
        script, page = reverse("public:popup-script"), reverse("public:form", args=[form.key])
        click.echo(snippet(f"{here}{script}", popup.key, f"{here}{page}", escape(title)))
        click.echo(f"Content-Security-Policy: {policy(here)}", err=True)


@click.command("visitor-key")
@click.argument("key")
@click.option("--end", metavar="HINT", help="End the key that begins so, in place of making one.")
@with_store
def visitor_key_command(key: str, end: str | None, data: Path, database_url: str | None) -> None:
    """Make a key with which a site's own server signs who looks at its page. It is shown now, and never again.

    KEY is the form's.
    """
    with using(data, database_url) as store:
        from yesword.collect import points, popups

        popup = _popup_of(points.find(key))
        if popup is None:
            raise NoPopupError(key=key)
        if end is None:
            click.echo(popups.make_key(store, popup))
        elif not popups.end_key(popup, end, datetime.now(UTC)):
            raise NoSuchKeyError(key=popup.key, hint=end)


def _popup_of(form: "Point") -> "Point | None":
    from yesword.collect import points, popups

    try:
        return points.find(popups.key_for(form.key))
    except points.NoSuchPointError:
        return None


def _options(
    form: "Point", popup: "Point | None", origins: Sequence[str], given: dict[str, Any]
) -> PopupOptions:
    kinds = {"way": Way, "trigger": Trigger, "theme": Theme, "position": Position}
    changes: dict[str, Any] = {
        name: kinds[name](value) if name in kinds else value for name, value in given.items()
    }
    if given.get("trigger") == Trigger.CLICK.value:
        changes["after"] = 0
    if origins:
        changes["origins"] = tuple(origin_of(each) for each in origins)
    usual = PopupOptions(form=form.key, origins=()) if popup is None else read_options(popup.definition)
    return replace(usual, **changes)
