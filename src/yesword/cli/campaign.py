"""`yesword campaign`: make, judge, start, watch and stop campaigns from the command line."""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yesword.cli.finding import find_program
from yesword.cli.misuse import MisuseError
from yesword.cli.moments import read_time
from yesword.cli.options import using, with_store
from yesword.cli.remarks import despite_findings, lines, stop_at_errors

if TYPE_CHECKING:
    from yesword.domain.linting.finding import Finding
    from yesword.reporting.holding import Holding
    from yesword.store.models import Campaign, CampaignVerdict
    from yesword.store.opening import Store


class UnknownCampaignError(MisuseError):
    """There is no campaign {number}. `yesword campaign list` shows those that there are."""

    code = "unknown_campaign"


@click.group("campaign")
def command() -> None:
    """Make, judge, start, watch and stop campaigns."""


def _campaign(number: int) -> "Campaign":
    from yesword.store.models import Campaign

    found = Campaign.objects.select_related("program__sender").filter(pk=number).first()
    if found is None:
        raise UnknownCampaignError(number=number)
    return found


@command.command("create")
@click.option("--program", required=True, help="The program it belongs to.")
@click.option("--name", required=True, help="What to call it.")
@click.option("--text", required=True, help="The template, such as '[Brand]: hello [First name|there]'.")
@click.option(
    "--where",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Only people with this language, country, region, source or attribute; may be repeated.",
)
@click.option("--category", multiple=True, help="Product category that it is about; may be repeated.")
@click.option(
    "--send-by", metavar="TIME", help="After this moment it is of no use: what waits longer is refused."
)
@click.option(
    "--mixed", "is_mixed", is_flag=True, help="It informs and also sells, so it is held to be promotion."
)
@click.option(
    "--invites", metavar="KEY", help="A program of the brand whose question stands at the end of the text."
)
@despite_findings
@with_store
def create(
    program: str,
    name: str,
    text: str,
    where: tuple[str, ...],
    category: tuple[str, ...],
    send_by: str | None,
    invites: str | None,
    data: Path,
    database_url: str | None,
    *,
    is_mixed: bool,
    despite_findings: bool,
) -> None:
    """Make a draft; prints its number.

    What the linter finds in the text, by the law of where the audience is, goes to the error output; an error there
    stops it.
    """
    from yesword.domain.segments import Comparison, Condition

    conditions = []
    for each in where:
        field, equals, value = each.partition("=")
        if not equals or not field.strip():
            raise click.BadParameter(f"{each} is not of the form FIELD=VALUE", param_hint="--where")
        conditions.append(Condition(field=field.strip(), comparison=Comparison.IS, value=value.strip()))
    with using(data, database_url) as store:
        from yesword.sending import campaigns
        from yesword.sending.campaigns import NewCampaign

        found = find_program(program)
        new = NewCampaign(
            brand=found.brand,
            program=found.id,
            name=name,
            template=text,
            segment=tuple(conditions),
            categories=category,
            send_by=read_time(send_by, is_until=True) if send_by else None,
            is_mixed=is_mixed,
            invites=find_program(invites).id if invites else None,
        )
        _proofread(store, campaigns.written(new), despite=despite_findings)
        click.echo(campaigns.create(new).pk)


def _proofread(store: "Store", draft: "Campaign", *, despite: bool) -> None:
    from yesword.domain.rules import RuleBook
    from yesword.sending.proofreading import SELLS, audience_places, is_for_the_gate, proofread
    from yesword.sending.weighing import Scales

    rules = RuleBook.load()
    findings = proofread(Scales(rules), draft, audience_places(store, draft), datetime.now(UTC).date())
    for line in lines(findings):
        click.echo(line, err=True)
    if any(each.code == SELLS for each in findings):
        click.echo("         If it is meant to sell too, say so with --mixed.", err=True)
    # A law of some place is for the gate, person by person: one of them in Korea stops nobody else's text.
    ours = [each for each in findings if not is_for_the_gate(each, rules) or _is_for_all(each)]
    stop_at_errors(ours, draft.name, "no draft was made", despite=despite)


def _is_for_all(finding: "Finding") -> bool:
    """Whether the house asks for it, and so of everybody's text."""
    return any(rule.startswith("house.") for rule in (finding.rule, *finding.also))


@command.command("verdict")
@click.argument("number", type=int)
@click.option("--at", metavar="TIME", help="Judge for this moment instead of now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_store
def verdict(number: int, at: str | None, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """How many would go now, wait until when, or be refused and why; computed by the gate that sends."""
    with using(data, database_url) as store:
        from yesword.domain.rules import RuleBook
        from yesword.sending import verdicts
        from yesword.sending.weighing import Scales

        moment = read_time(at) if at else datetime.now(UTC)
        found = verdicts.complete(store, Scales(RuleBook.load()), _campaign(number), moment)
        row = _verdict_row(found)
        if as_json:
            click.echo(json.dumps(row))
            return
        click.echo(
            f"{found.now:,} now · {found.waiting:,} wait · {found.refused:,} refused, at {moment:%Y-%m-%d %H:%M} UTC"
        )
        for reason in row["reasons"]:
            until = f", until {reason['until']}" if reason["until"] else ""
            if reason["code"]:
                click.echo(
                    f"  {reason['count']:>9,}  {reason['verdict']}: {reason['code']} ({reason['rule']}){until}"
                )


def _verdict_row(found: "CampaignVerdict") -> dict[str, Any]:
    from yesword.domain.times import from_micros, iso_millis

    return {
        "now": found.now,
        "waiting": found.waiting,
        "refused": found.refused,
        "audience": found.now + found.waiting + found.refused,
        "segments": found.segments,
        "reasons": [
            {
                "verdict": outcome,
                "code": code,
                "rule": rule,
                "until": None if until is None else iso_millis(from_micros(until)),
                "count": count,
            }
            for outcome, code, rule, until, count in found.reasons
        ],
    }


@command.command("start")
@click.argument("number", type=int)
@with_store
def start(number: int, data: Path, database_url: str | None) -> None:
    """Start a draft. The dispatcher sends it; this command does not wait."""
    with using(data, database_url):
        from yesword.sending import campaigns

        campaigns.start(_campaign(number).pk, datetime.now(UTC))


@command.command("pause")
@click.argument("number", type=int)
@with_store
def pause(number: int, data: Path, database_url: str | None) -> None:
    """Pause a running campaign; what is queued stays where it is."""
    with using(data, database_url):
        from yesword.sending import campaigns

        campaigns.pause(_campaign(number).pk)


@command.command("resume")
@click.argument("number", type=int)
@with_store
def resume(number: int, data: Path, database_url: str | None) -> None:
    """Go on with a paused campaign."""
    with using(data, database_url):
        from yesword.sending import campaigns

        campaigns.resume(_campaign(number).pk)


@command.command("cancel")
@click.argument("number", type=int)
@click.option("--yes", is_flag=True, help="Do not ask; what is not sent yet never goes.")
@with_store
def cancel(number: int, data: Path, database_url: str | None, *, yes: bool) -> None:
    """Cancel a campaign for good."""
    with using(data, database_url):
        from yesword.sending import campaigns

        row = _campaign(number)
        if not yes:
            click.confirm(f"Cancel “{row.name}”? What is not sent yet never goes.", abort=True)
        campaigns.cancel(row.pk, datetime.now(UTC))


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@with_store
def list_(data: Path, database_url: str | None, *, as_json: bool) -> None:
    """All campaigns, newest first."""
    with using(data, database_url) as store:
        from yesword.reporting import holding
        from yesword.store.models import Campaign

        found = list(Campaign.objects.select_related("program__sender").order_by("-pk"))
        held = holding.of_each(store, found)
        rows = [_status_row(store, each, held[each.pk]) for each in found]
        if as_json:
            click.echo(json.dumps(rows))
            return
        for row in rows:
            state = "held" if row["state"] == "running" and row["held_by"] else row["state"]
            click.echo(f"{row['number']:>6}  {state:<10} {row['name']}")
        if not rows:
            click.echo("No campaigns yet. `yesword campaign create --help` says how to make one.")


@command.command("status")
@click.argument("number", type=int)
@click.option(
    "--wait", is_flag=True, help="Stay until it is done, paused or cancelled; exit 1 unless it is done."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_store
def status(number: int, data: Path, database_url: str | None, *, wait: bool, as_json: bool) -> None:
    """How far a campaign is, what holds it, and where each of its messages is."""
    with using(data, database_url) as store:
        from yesword.cli import holding as told
        from yesword.reporting import holding

        campaign = _campaign(number)
        held = holding.of(store, campaign)
        if wait and campaign.state == "running":
            for line in told.lines(store, campaign, held):
                click.echo(line, err=True)
        while wait and campaign.state == "running":
            time.sleep(0.5)
            campaign = _campaign(number)
            held = holding.of(store, campaign)
        row = _status_row(store, campaign, held)
        if as_json:
            click.echo(json.dumps(row))
        else:
            state = "running, but held" if row["state"] == "running" and held else row["state"]
            click.echo(f"{row['name']}: {state}, {row['audience']:,} people so far")
            for line in told.lines(store, campaign, held):
                click.echo(f"  {line}")
            for state, count in row["messages"].items():
                click.echo(f"  {count:>9,}  {state}")
    if wait and row["state"] != "done":
        sys.exit(1)


def _status_row(store: "Store", row: "Campaign", held: "Holding") -> dict[str, Any]:
    from yesword.cli.holding import as_objects
    from yesword.sending import campaigns

    states = campaigns.states(store, row.pk)
    return {
        "number": row.pk,
        "name": row.name,
        "state": row.state,
        "audience": row.audience,
        "is_fed": row.is_fed,
        "held_by": as_objects(held),
        "messages": {state.name.lower(): count for state, count in sorted(states.items())},
        "started_at": row.started_at.isoformat() if row.started_at else None,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
    }
