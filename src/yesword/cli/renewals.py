"""`yesword renewals`: which consents are due to be renewed, and the daily step by hand."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yesword.cli.finding import find_program
from yesword.cli.moments import read_time
from yesword.cli.options import using, with_store

if TYPE_CHECKING:
    from yesword.domain.programs import Program
    from yesword.sending.renewals import Due


@click.group("renewals")
def command() -> None:
    """Consents that grow old: which are due for a reminder, and what silence does to them.

    Programs remind people only where their file says `renew = true`.
    """


@command.command("list")
@click.option(
    "--within",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="DAYS",
    help="Also those that are due within so many days.",
)
@click.option("--program", help="Only this program; by default all of them.")
@click.option("--at", metavar="TIME", help="Look from this moment instead of now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@with_store
def list_due(
    within: int,
    program: str | None,
    at: str | None,
    data: Path,
    database_url: str | None,
    *,
    as_json: bool,
) -> None:
    """List the consents that are due, with the rule that says so and what becomes of them in silence.

    Also those of programs that remind nobody: the same rules hold for their texts. Nothing is changed.
    """
    with using(data, database_url) as store:
        from yesword.domain.rules import RuleBook
        from yesword.sending.renewals import due
        from yesword.sending.weighing import Scales

        scales = Scales(RuleBook.load())
        moment = read_time(at) if at else datetime.now(UTC)
        for each in [find_program(program)] if program else _programs():
            found = due(store, scales, each, moment, timedelta(days=within))
            if as_json:
                for one in found:
                    click.echo(json.dumps(_row(one)))
            else:
                _print(each, found)


def _programs() -> list["Program"]:
    from yesword.domain.ids import BrandId
    from yesword.store import models, programs

    brands = models.Brand.objects.order_by("pk").values_list("pk", flat=True)
    return [program for brand in brands for program in programs.of_brand(BrandId(brand))]


def _print(program: "Program", found: Iterator["Due"]) -> None:
    from yesword.domain.ids import to_text

    reminds = "reminds people" if program.renews else "reminds nobody"
    click.echo(f"{program.brand_name} {program.name} ({program.key}), which {reminds}")
    count = 0
    for count, one in enumerate(found, start=1):  # noqa: B007 - counted, and printed as it comes
        told = ", reminded" if one.is_told else ""
        click.echo(
            f"  {to_text('con', one.contact)}  since {one.since:%Y-%m-%d}  due {one.notice_at:%Y-%m-%d}  "
            f"{_SILENCE[one.on_silence.value].format(on=f'{one.over_at:%Y-%m-%d}')}  {one.rule}{told}"
        )
    if not count:
        click.echo("  nobody")


_SILENCE = {
    "lapse": "ends by silence after {on}",
    "keep": "goes on in silence",
    "reconfirm": "the next text says why it comes",
}


def _row(due: "Due") -> dict[str, Any]:
    from yesword.domain.ids import to_text
    from yesword.domain.times import iso_millis

    return {
        "contact": to_text("con", due.contact),
        "program": due.program.key,
        "since": iso_millis(due.since),
        "notice_at": iso_millis(due.notice_at),
        "over_at": iso_millis(due.over_at),
        "rule": due.rule,
        "on_silence": due.on_silence.value,
        "is_told": due.is_told,
    }


@command.command("run")
@with_store
def run(data: Path, database_url: str | None) -> None:
    """Do the daily step now: queue the reminders that are due, and write down what silence has kept or ended.

    Workers do it once a day by themselves. To do it twice does nothing twice.
    """
    with using(data, database_url) as store:
        from yesword.domain.rules import RuleBook
        from yesword.sending import renewal_rounds
        from yesword.sending.weighing import Scales

        done = renewal_rounds.run(store, Scales(RuleBook.load()), datetime.now(UTC))
        click.echo(f"{done.reminded:,} reminded · {done.kept:,} went on in silence · {done.lapsed:,} ended")
