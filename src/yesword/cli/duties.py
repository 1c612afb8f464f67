"""What a brand owes without anybody's asking, under `yesword privacy`: who waits for an answer, the record of processing,
and the retention job.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yesword.cli.finding import find_brand
from yesword.cli.moments import read_time
from yesword.cli.options import using, with_store

if TYPE_CHECKING:
    from yesword.store.opening import Store


@click.command("requests")
@click.option("--brand", "key", metavar="KEY", help="Only this brand; by default all of them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@with_store
def requests(key: str | None, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """List what people have asked for and wait for, the first to be due first. Numbers are masked."""
    with using(data, database_url) as store:
        from yesword.store import models

        brands = [find_brand(key)] if key else list(models.Brand.objects.order_by("pk"))
        count = 0
        for brand in brands:
            for row in _open_requests(store, brand.pk, datetime.now(UTC)):
                count += 1
                click.echo(json.dumps(row) if as_json else _request_line(row))
        if not count and not as_json:
            click.echo("Nobody waits for an answer.")


def _open_requests(store: "Store", brand: int, at: datetime) -> Iterator[dict[str, Any]]:
    from yesword.domain import phone
    from yesword.domain.ids import BrandId, to_text
    from yesword.domain.times import iso_millis
    from yesword.sending.privacy_requests import open_requests
    from yesword.store import contacts

    after = None
    while True:
        with store.database.read() as session:
            page = open_requests(store, session, BrandId(brand), after)
            people = contacts.read_many(store, session, [each.contact for each in page])
        for each in page:
            number = people[each.contact].number
            yield {
                "id": to_text("prq", each.id),
                "text": None if each.inbound is None else to_text("inb", each.inbound),
                "asks_for": each.right.value,
                "number": phone.parse(number, country=None).masked() if number else None,
                "asked_at": iso_millis(each.asked_at),
                "due_at": iso_millis(each.due_at),
                "days_left": (each.due_at - at) // timedelta(days=1),
                "is_overdue": each.due_at < at,
            }
        if not page:
            return
        after = (page[-1].due_at, page[-1].id)


def _request_line(row: Mapping[str, Any]) -> str:
    left = "OVERDUE" if row["is_overdue"] else f"{row['days_left']} days left"
    return (
        f"{row['text'] or row['id']:17}  {row['asks_for']:8}  {row['number'] or 'erased':16}  "
        f"asked {row['asked_at'][:10]}  due {row['due_at'][:10]}  {left}"
    )


@click.command("close")
@click.argument("request")
@click.option(
    "--user", "name", required=True, metavar="NAME", help="The account of whoever did what was asked."
)
@click.option("--note", default="", help="How; kept with the request, sealed.")
@with_store
def close(request: str, name: str, note: str, data: Path, database_url: str | None) -> None:
    """Close the request with the id REQUEST, such as one that was made on the person's own page, once it is met."""
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.domain.ids import RequestId, from_text
        from yesword.sending import privacy_requests

        user = rights.acting(name)
        with store.database.write() as session:
            found = RequestId(from_text("prq", request))
            privacy_requests.close(store, session, found, user.pk, datetime.now(UTC), note)
        click.echo("Closed.")


@click.command("processing")
@click.option("--brand", "key", metavar="KEY", help="Of this brand; may be left out where there is one only.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON instead of Markdown.")
@with_store
def processing(key: str | None, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """Print the record of processing activities (GDPR, article 30) of a brand, made from what is set up."""
    with using(data, database_url) as store:
        from yesword.domain.ids import BrandId
        from yesword.privacy.processing import as_json as json_of
        from yesword.privacy.processing import as_markdown, record

        found = record(store, BrandId(find_brand(key).pk), datetime.now(UTC))
        click.echo(json_of(found) if as_json else as_markdown(found), nl=False)


@click.command("retain")
@click.option("--at", metavar="TIME", help="As if it were then; only with --dry-run.")
@click.option(
    "--texts",
    type=click.IntRange(min=30),
    default=730,
    show_default=True,
    metavar="DAYS",
    help="Keep texts that prove nothing for so long.",
)
@click.option(
    "--silence",
    type=click.IntRange(min=30),
    default=730,
    show_default=True,
    metavar="DAYS",
    help="Keep people who may not be texted for so long after the last thing that happened.",
)
@click.option(
    "--uploads",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    metavar="DAYS",
    help="Keep what is left of files uploaded to be imported, such as rejected rows, for so long.",
)
@click.option("--user", "name", metavar="NAME", help="The account of whoever does it; none for a timer.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would go, and change nothing.")
@with_store
def retain(
    at: str | None,
    texts: int,
    silence: int,
    uploads: int,
    name: str | None,
    data: Path,
    database_url: str | None,
    *,
    is_dry_run: bool,
) -> None:
    """Let go what is due: addresses, files, what imports have left, old texts, and people whose proof nobody needs any more.

    May be stopped at any moment, and goes on the next time. Run it once a day.
    """
    if at and not is_dry_run:
        message = "To do it, the clock has to say so: give --at with --dry-run only."
        raise click.UsageError(message)
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.privacy import retaining
        from yesword.privacy.periods import Periods
        from yesword.worker.supervisor import stop_on_signals

        user = rights.acting(name).pk if name else None
        done = retaining.run(
            store,
            read_time(at) if at else datetime.now(UTC),
            is_dry_run=is_dry_run,
            progress=_progress,
            is_stopped=stop_on_signals().is_set,
            periods=Periods(
                texts=timedelta(days=texts),
                silence=timedelta(days=silence),
                uploads=timedelta(days=uploads),
            ),
            by=user,
        )
        if sys.stderr.isatty():
            click.echo(err=True)
        would = "Would go" if is_dry_run else "Gone"
        click.echo(
            f"{would}: {done.counts['addresses']:,} addresses · {done.counts['files']:,} files · "
            f"{done.counts['inbound_texts'] + done.counts['sent_texts']:,} texts · "
            f"{done.counts['erased'] + done.counts['holds_ended'] + done.counts['finished']:,} people · "
            f"{done.counts['uploads']:,} uploads"
        )
        if done.counts["kept"]:
            click.echo(f"Kept: {done.counts['kept']:,} silent people, whose proof is still needed.")
        if not done.is_done:
            click.echo("Stopped; the next run goes on from here.")


def _progress(step: str, counts: Mapping[str, int]) -> None:
    if sys.stderr.isatty():
        gone = sum(count for name, count in counts.items() if name != "kept")
        click.echo(f"\r{step.replace('_', ' ')}: {gone:,}   ", nl=False, err=True)
