"""`yesword pause`: what was paused by itself, resuming it with a reason, and the thresholds that lead to it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.acting import USER, acting
from yesword.cli.finding import find_brand
from yesword.cli.options import using, with_store

if TYPE_CHECKING:
    from yesword.domain.thresholds import Threshold
    from yesword.store.models import SendingAlarm

_PAIR = click.FloatRange(min=0, min_open=True, max=100)


@click.group("pause")
def command() -> None:
    """Campaigns, programs and numbers that are paused by themselves, because too many people left or complained.

    A pause loses nothing: what was queued waits until somebody resumes it with a reason.
    """


@command.command("list")
@click.option("--all", "is_all", is_flag=True, help="Warnings as well, and the last pauses that are over.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@with_store
def list_pauses(data: Path, database_url: str | None, *, is_all: bool, as_json: bool) -> None:
    """Show what is paused, since when, and by which figures."""
    with using(data, database_url):
        from yesword.domain.thresholds import Level
        from yesword.reporting import watching

        rows = list(watching.standing())
        if is_all:
            rows += [*watching.standing(Level.WARN), *watching.history(20)]
        for row in rows:
            click.echo(json.dumps(_described(row), ensure_ascii=False) if as_json else _line(row))
        if not rows and not as_json:
            click.echo("Nothing is paused.")


@command.command("resume")
@click.argument("pause", type=int)
@click.option("--reason", required=True, help="What was wrong, and what is different now.")
@USER
@with_store
def resume(pause: int, reason: str, name: str | None, data: Path, database_url: str | None) -> None:
    """Let it go on. Its figures begin anew, so that it is not paused again by the same ones."""
    with using(data, database_url) as store:
        from yesword.reporting import watching

        actor = acting(name)
        row = watching.resume(
            store, pause, reason, actor.user, datetime.now(UTC), on_machine=actor.on_machine
        )
        click.echo(f"Resumed {row.watched} {row.key}. What was queued is sent in the next minutes.")


@command.command("thresholds")
@click.option("--brand", "key", metavar="KEY", help="Of this brand; may be left out where there is one only.")
@click.option(
    "--opt-outs",
    type=(_PAIR, _PAIR),
    metavar="WARN PAUSE",
    help="Percent of texts at which to warn, and to pause.",
)
@click.option(
    "--errors", type=(_PAIR, _PAIR), metavar="WARN PAUSE", help="The same for texts that do not arrive."
)
@click.option("--complaints", type=(_PAIR, _PAIR), metavar="WARN PAUSE", help="The same for complaints.")
@click.option("--minimum", type=click.IntRange(min=1), help="Texts, below which no share counts.")
@click.option(
    "--complaint-minimum",
    type=click.IntRange(min=1),
    help="Texts, below which no share of complaints counts.",
)
@USER
@with_store
def thresholds(
    key: str | None,
    opt_outs: tuple[float, float] | None,
    errors: tuple[float, float] | None,
    complaints: tuple[float, float] | None,
    minimum: int | None,
    complaint_minimum: int | None,
    name: str | None,
    data: Path,
    database_url: str | None,
) -> None:
    """Show a brand's thresholds, or change them."""
    with using(data, database_url):
        from yesword.domain.ids import BrandId
        from yesword.domain.thresholds import Measure
        from yesword.reporting import thresholds as kept

        brand = BrandId(find_brand(key).pk)
        found = kept.of_brand(brand)
        changed = replace(
            found,
            opt_outs=_threshold(opt_outs) or found.opt_outs,
            errors=_threshold(errors) or found.errors,
            complaints=_threshold(complaints) or found.complaints,
            minimum=minimum or found.minimum,
            complaint_minimum=complaint_minimum or found.complaint_minimum,
        )
        if changed != found:
            actor = acting(name)
            kept.keep(brand, changed, actor.user, on_machine=actor.on_machine)
        for measure in Measure:
            each = changed.of(measure)
            click.echo(
                f"{measure.value:<11} warn at {each.warn / 100:g} %, pause at {each.pause / 100:g} %, "
                f"of at least {changed.least(measure):,} texts"
            )


def _threshold(typed: tuple[float, float] | None) -> "Threshold | None":
    from yesword.domain.thresholds import Threshold

    return None if typed is None else Threshold(warn=round(typed[0] * 100), pause=round(typed[1] * 100))


def _described(row: "SendingAlarm") -> dict[str, object]:
    from yesword.reporting import watching

    return {
        "id": row.pk,
        "level": row.level,
        "of": row.watched,
        "key": row.key,
        "measure": row.measure,
        "share_percent": round(watching.share_of(row), 3),
        "threshold_percent": row.threshold / 100,
        "minimum": row.minimum,
        "texts": row.texts,
        "opt_outs": row.opt_outs,
        "complaints": row.complaints,
        "errors": row.errors,
        "counted_since": row.counted_since.isoformat(timespec="seconds"),
        "began_at": row.began_at.isoformat(timespec="seconds"),
        "ended_at": None if row.ended_at is None else row.ended_at.isoformat(timespec="seconds"),
        "ended_by": str(row.ended_by) if row.ended_by else None,
        "reason": row.reason or None,
    }


def _line(row: "SendingAlarm") -> str:
    from yesword.reporting import watching

    what = f"{row.pk:>4}  {row.level:<5}  {row.watched} {row.key}"
    why = f"{row.measure} {watching.share_of(row):.2f} % of {row.texts:,} texts (threshold {row.threshold / 100:g} %)"
    since = f"since {row.began_at:%Y-%m-%d %H:%M} UTC"
    over = f", over {row.ended_at:%Y-%m-%d %H:%M} UTC: {row.reason or 'passed'}" if row.ended_at else ""
    return f"{what}  {why}  {since}{over}"
