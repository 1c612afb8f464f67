"""`yesword audit-answer`: the answer to a carrier that asks how numbers on its list came to be texted."""

from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from yesword.cli.finding import find_brand
from yesword.cli.given import read_list
from yesword.cli.moments import read_time
from yesword.cli.options import using, with_store
from yesword.cli.progress import ProgressLine
from yesword.cli.written import may_replace, refuse_to_replace, write_private

if TYPE_CHECKING:
    from yesword.reporting.audit_answers import Answer, Asked
    from yesword.store.models import CarrierAudit, User
    from yesword.store.opening import Store

_HOUR_S: Final = 3600
_OF_EARLIER: Final = frozenset({"sent", "closed", "name", "data", "database_url"})


@click.command("audit-answer")
@click.option("--sender", metavar="ADDRESS", help="The source that the carrier names, such as 800123.")
@click.option(
    "--numbers",
    type=click.File("rb"),
    metavar="FILE",
    help="The numbers that it asks about, one a line; - reads standard input.",
)
@click.option("--carrier", default="", metavar="NAME", help="Who asks.")
@click.option("--reference", default="", metavar="TEXT", help="The carrier's own name for its question.")
@click.option(
    "--campaign-id", default="", metavar="ID", help="The campaign as it is registered with the carriers."
)
@click.option(
    "--asked-at",
    metavar="TIME",
    help="When the carrier asked, such as 2026-03-01T14:05+01:00; now by default. The answer is due 24 hours later.",
)
@click.option(
    "--country", metavar="CC", help="Of numbers without their country code; by default the brand's."
)
@click.option(
    "--brand", "brand_key", metavar="KEY", help="Whose sender; may be left out where there is one brand."
)
@click.option("--user", "name", metavar="NAME", help="The account of whoever answers, for the audit trail.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write; by default consent-audit-….zip in this folder.",
)
@may_replace
@click.option("--link", "is_link", is_flag=True, help="Make a link for the auditor, and print it.")
@click.option("--sent", type=int, metavar="NUMBER", help="Say of an earlier audit that its answer was sent.")
@click.option(
    "--close", "closed", type=int, metavar="NUMBER", help="Close an earlier audit, and keep nothing of it."
)
@with_store
def command(
    sender: str | None,
    numbers: IO[bytes] | None,
    sent: int | None,
    closed: int | None,
    name: str | None,
    data: Path,
    database_url: str | None,
    **more: Any,
) -> None:
    """Answer a carrier's audit: how each number on its list opted in, when, in which words, with the proofs.

    One zip file: a table, the story of how people join and leave, a proof for each line, and the wordings. It holds
    numbers in the clear. Until the audit is closed, it is kept sealed, so that the console and a link can give it out.
    """
    if sent is not None or closed is not None:
        _refuse_more()
    elif sender is None or numbers is None:
        raise click.UsageError("Name the source with --sender, and the list of numbers with --numbers.")
    stated = more.pop("asked_at")
    asked_at = read_time(stated) if stated else datetime.now(UTC)
    refuse_to_replace(more["output"], is_forced=more["is_forced"])
    with using(data, database_url) as store:
        from yesword.accounts import rights

        user = None if name is None else rights.acting(name)
        if sent is not None:
            _sent(store, sent, user)
        if closed is not None:
            _close(store, closed, user)
        if sender is not None and numbers is not None:
            _answer(store, sender, read_list(numbers), asked_at, user, **more)


def _refuse_more() -> None:
    """What an earlier audit would take no notice of, so that nobody thinks that it did."""
    context = click.get_current_context()
    given = [
        each.opts[0]
        for each in context.command.params
        if each.name not in _OF_EARLIER
        and context.get_parameter_source(each.name or "") is ParameterSource.COMMANDLINE
    ]
    if given:
        message = f"--sent and --close are of an earlier audit, and go without {', '.join(given)}."
        raise click.UsageError(message)


def _answer(
    store: "Store",
    sender: str,
    listed: str,
    asked_at: datetime,
    user: "User | None",
    *,
    carrier: str,
    reference: str,
    campaign_id: str,
    country: str | None,
    brand_key: str | None,
    output: Path | None,
    is_link: bool,
    is_forced: bool,
) -> None:
    from yesword.domain.ids import BrandId
    from yesword.reporting.audit_answers import Question, keeping, read_numbers

    brand = find_brand(brand_key)
    question = Question(
        sender=sender, asked_at=asked_at, carrier=carrier, reference=reference, campaign=campaign_id
    )
    asked = read_numbers(listed, country.upper() if country else brand.country)
    keeping.check_source(BrandId(brand.pk), sender)
    at = datetime.now(UTC)
    audit = keeping.open_audit(
        store, BrandId(brand.pk), question, asked, None if user is None else user.pk, at
    )
    _trace(store, user, "audit.opened", audit, numbers=len(asked.numbers))
    answer = keeping.make_answer(store, audit, asked, at, ProgressLine(words="{done} of {total} numbers"))
    path = output or Path(keeping.name_of(audit))
    write_private(path, keeping.read_answer(store, audit, at), is_forced=is_forced)
    _trace(store, user, "audit.downloaded", audit)
    _tell(audit, answer, asked, path, at)
    if is_link:
        _link(store, audit, user, at)


def _tell(audit: "CarrierAudit", answer: "Answer", asked: "Asked", path: Path, at: datetime) -> None:
    from yesword.reporting.audit_answers.telling import STATUSES

    click.echo(f"Audit {audit.pk}: {len(asked.numbers):,} numbers, {len(answer.lines):,} lines")
    if asked.heading:
        click.echo(f"Taken for a heading, since there is no digit in it: {asked.heading!r}")
    for status, count in answer.counts.items():
        click.echo(f"{count:>8,}  {STATUSES[status]}")
    proven = sum(each.main is not None for each in answer.lines)
    click.echo(f"{proven:>8,}  with a proof")
    waiting = sum(each.is_waiting for each in answer.lines)
    if waiting:
        click.echo(
            f"{waiting:>8,}  with an event that is not in the published log yet: `yesword ledger status` says why"
        )
    for note in answer.notes:
        click.echo(f"Not in it: {note}")
    left = audit.due_at - at
    hours = abs(left.total_seconds()) / _HOUR_S
    due = f"{audit.due_at:%Y-%m-%d %H:%M} UTC"
    click.echo(
        f"Due {due}, in {hours:.0f} hours."
        if left.total_seconds() >= 0
        else f"OVERDUE since {due}: send it now."
    )
    click.echo(
        f"Written to {path}. It holds numbers in the clear: give it to the carrier and to nobody else."
    )
    click.echo(f"Once it is sent: yesword audit-answer --sent {audit.pk}")


def _link(store: "Store", audit: "CarrierAudit", user: "User | None", at: datetime) -> None:
    from yesword.reporting.audit_answers import keeping
    from yesword.web.public.addresses import origin
    from yesword.web.public.audit import link_path

    word = keeping.make_link(store, audit, at)
    _trace(store, user, "audit.link_made", audit)
    click.echo("A link for the auditor, which works for 7 days and is shown this once:")
    click.echo(origin(run=store.run) + link_path(word))


def _sent(store: "Store", number: int, user: "User | None") -> None:
    from yesword.reporting.audit_answers import keeping

    audit = keeping.find(number)
    if keeping.mark_answered(store, audit, user, datetime.now(UTC)):
        _trace(store, user, keeping.SENT, audit)
    at = "" if audit.answered_at is None else f" at {audit.answered_at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"Audit {number} was answered{at}.")


def _close(store: "Store", number: int, user: "User | None") -> None:
    from yesword.reporting.audit_answers import keeping

    audit = keeping.find(number)
    keeping.close(store, audit, datetime.now(UTC))
    _trace(store, user, "audit.closed", audit)
    click.echo(f"Audit {number} is closed. Nothing of its answer is kept here, and its links open nothing.")


def _trace(store: "Store", user: "User | None", action: str, audit: "CarrierAudit", **detail: int) -> None:
    from yesword.privacy import traces

    by = None if user is None else user.pk
    with store.database.write():
        traces.leave(action, f"audit {audit.pk}", by, **{"by": "command line", **detail})
