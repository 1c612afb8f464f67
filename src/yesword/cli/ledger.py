"""`yesword ledger`: checking the ledgers, and deciding about one that may not be signed any more."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.attest import witnesses_to_tell
from yesword.cli.finding import find_brand
from yesword.cli.misuse import FAILED
from yesword.cli.options import using, with_store
from yesword.cli.progress import ProgressLine

if TYPE_CHECKING:
    from yesword.domain.ids import BrandId
    from yesword.proof.auditing import AuditReport
    from yesword.proof.standing import LogStatus

_BRAND = click.option("--brand", "key", metavar="KEY", help="The brand; by default the only one there is.")


@click.group("ledger")
def command() -> None:
    """The ledgers of the brands: check them, see how they stand, and mend what only a person may decide."""


def _brand(key: str | None) -> "BrandId":
    from yesword.domain.ids import BrandId

    return BrandId(find_brand(key).pk)


# --- looking ----------------------------------------------------------------------------------------------------


@command.command("audit")
@click.option("--brand", "key", metavar="KEY", help="Only this brand; by default all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_store
def audit(key: str | None, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """Compute everything anew: leaves, tiles, heads, signatures, links, state, wordings and the journal.

    Nothing has to be stopped for it. Names the first thing that does not fit, then up to a hundred more.

    Exits 0 when everything fits, 1 when anything does not.
    """
    with using(data, database_url, needs_keys=False) as store:
        from yesword.proof import auditing

        progress = ProgressLine(words="{done} of {total} places and records")
        report = auditing.audit(store, _brand(key) if key else None, progress)
        if as_json:
            click.echo(json.dumps(report.as_json()))
        else:
            for line in _told(report):
                click.echo(line)
    if not report.is_sound:
        sys.exit(FAILED)


def _told(report: "AuditReport") -> Iterator[str]:
    from yesword.store.misfits import Fault

    for log in report.logs:
        yield f"{log.origin}: {log.size:,} records under {log.root.hex()}"
        yield f"  {log.tiles:,} tiles, {log.checkpoints:,} checkpoints, {log.attestations:,} attestations"
        if log.unverified:
            yield f"  {log.unverified:,} attestations are of somebody whose key is not known here."
        if log.closed:
            yield f"  It was given up: {log.closed}"
        if log.known:
            yield f"  {log.known.count:,} things in it do not fit, which is known since then:"
            yield from (f"    {each.where}: {each.sentence}" for each in log.known.told)
            if log.known.count > len(log.known.told):
                yield f"    and {log.known.count - len(log.known.told):,} more"
    # Without the keys nobody can tell who was erased from who is only locked.
    is_locked = any(each.fault is Fault.KEYS_UNFIT for each in report.misfits.told)
    closed = "that cannot be read, for want of the keys" if is_locked else "of them erased"
    yield f"{report.contacts:,} people with {report.events:,} events, {report.unreadable:,} {closed}"
    yield f"{report.statements:,} statements, {report.waiting:,} waiting for their place, {report.stops:,} stops in the journal"
    yield f"{report.trail:,} rows of who did what, {report.trail_waiting:,} not named by the log yet"
    first = report.first
    if first is None:
        yield "Everything fits."
        return
    yield ""
    yield f"The first thing that does not fit ({first.where}, {first.fault.value}):"
    yield f"  {first.sentence}"
    others = report.misfits.told[1:]
    if others:
        yield "Others:"
        yield from (f"  {each.where}: {each.sentence}" for each in others)
    rest = report.misfits.count - len(report.misfits.told)
    if rest:
        yield f"  and {rest:,} more"
    yield f"{report.misfits.count:,} things do not fit. Change nothing, keep a copy, and compare with a backup."


@command.command("status")
@click.option("--brand", "key", metavar="KEY", help="Only this brand; by default all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_store
def status(key: str | None, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """How each log stands: its size, what waits, who vouched for it last, and what to do if it is in trouble.

    Says too why nothing is sent, where the store was put back from a backup or lacks a key.

    Exits 1 when a log that should grow is not signed any more, or nothing is sent.
    """
    with using(data, database_url, needs_keys=False) as store:
        from yesword.consent.obstacles import obstacles
        from yesword.proof.standing import statuses

        found = statuses(store, _brand(key) if key else None)
        held = obstacles(store)
        now = datetime.now(UTC)
    if as_json:
        told = [{"code": each.code, "sentence": each.sentence} for each in held]
        click.echo(json.dumps({"logs": [_as_object(each) for each in found], "held": told}))
    elif not found:
        click.echo("There is no log yet: the sequencer makes it when the first event is recorded.")
    else:
        for each in found:
            for line in _status_told(each, now):
                click.echo(line)
    if not as_json:
        for obstacle in held:
            click.echo(obstacle.sentence)
    if held or not all(each.is_signed for each in found):
        sys.exit(FAILED)


def _status_told(log: "LogStatus", now: datetime) -> Iterator[str]:
    yield log.origin
    published = "" if log.published == log.size else f", {log.published:,} of them published"
    yield f"  {log.size:,} records{published}, signed {_moment(log.signed_at)}"
    if log.waiting_since is not None:
        seconds = max((now - log.waiting_since).total_seconds(), 0)
        yield f"  {log.waiting:,} wait for their place, the first since {_moment(log.waiting_since)} ({seconds:,.0f} s)"
    for each in log.vouchers:
        yield f"  {each.kind} {each.name}: {each.size:,} records, {_moment(each.at)}"
    if not log.vouchers:
        yield "  nobody outside has vouched for it"
    for silent in log.silent:
        yield f"  {silent.kind} {silent.name}, {_moment(silent.at)}: {silent.reason}"
        if silent.advice:
            yield f"    {silent.advice}"
    if not log.is_newest:
        yield "  given up; another log follows it"
    elif log.trouble:
        yield f"  NOT SIGNED ANY MORE: {log.trouble}"
        yield f"  {log.advice}"
    if log.key_trouble:
        yield f"  NOT SIGNED: {log.key_trouble}"


def _as_object(log: "LogStatus") -> dict[str, object]:
    return {
        "origin": log.origin,
        "is_newest": log.is_newest,
        "size": log.size,
        "published": log.published,
        "waiting": log.waiting,
        "waiting_since": None if log.waiting_since is None else log.waiting_since.isoformat(),
        "signed_at": None if log.signed_at is None else log.signed_at.isoformat(),
        "vouchers": [
            {"kind": each.kind, "name": each.name, "size": each.size, "at": each.at.isoformat()}
            for each in log.vouchers
        ],
        "silent": [
            {
                "kind": each.kind,
                "name": each.name,
                "at": each.at.isoformat(),
                "code": each.code,
                "reason": each.reason,
            }
            for each in log.silent
        ],
        "key_trouble": log.key_trouble,
        "trouble": log.trouble,
        "advice": log.advice,
    }


@command.command("policy")
@_BRAND
@click.option(
    "--vkey",
    "is_vkey",
    is_flag=True,
    help="Print the keys alone that the newest log has had, one a line, newest first, as `yesword verify --vkey` takes them.",
)
@with_store
def policy(key: str | None, data: Path, database_url: str | None, *, is_vkey: bool) -> None:
    """Print whom to believe about the brand, as tlog-policy: the keys of its logs, and its witnesses.

    Give it to whoever checks proofs, by a way that they trust. They may ask for more witnesses, or for others. It holds
    every key that any of the logs has had, since older proofs go on being checked with the key that signed them.
    """
    with using(data, database_url, needs_keys=False) as store:
        from yesword.ledger.policy import write_policy
        from yesword.proof.policies import policy_of

        with store.database.read() as session:
            found = policy_of(session, _brand(key))
        if not is_vkey:
            click.echo(write_policy(found), nl=False)
        elif found.logs:
            newest = found.logs[0].key.name
            for log in found.logs:
                if log.key.name == newest:
                    click.echo(str(log.key))
        else:
            click.echo("There is no log yet, and so no key: the sequencer makes both.", err=True)
            sys.exit(FAILED)


# --- deciding ---------------------------------------------------------------------------------------------------


@command.command("accept")
@_BRAND
@click.option("--yes", is_flag=True, help="Do it without asking.")
@with_store
def accept(key: str | None, data: Path, database_url: str | None, *, yes: bool) -> None:
    """Make the head in the store the one that the journal remembers, where the journal knows none.

    For a machine that never signed this log. If it did, the journal was lost: look for its copy first, since the store
    may be older than what was signed. Where the journal or the store was put back and fits, only the mark is lifted.
    """
    with using(data, database_url) as store:
        from yesword.consent.obstacles import obstacles
        from yesword.proof import continuing

        found = continuing.acceptable(store, _brand(key), datetime.now(UTC))
        click.echo(f"{found.log.origin}: {found.size:,} records")
        click.echo(f"root {found.root.hex()}")
        if found.is_mended:
            click.echo("The journal has this head, and the store fits it.")
        elif not yes:
            typed = click.prompt("If nothing beyond this was ever signed, type the log's name", err=True)
            if typed != found.log.origin:
                click.echo("Nothing was changed: that is not its name.", err=True)
                sys.exit(FAILED)
        continuing.accept(store, found)
        click.echo("The log is signed again from here on.")
        if obstacles(store):
            click.echo("Nothing is sent yet: `yesword store resume` says what is to be done first.")


@command.command("continue")
@_BRAND
@click.option("--reason", metavar="TEXT", help="Why, for everybody to read; by default what was found.")
@click.option("--yes", is_flag=True, help="Do it. Without this, only what would be done is told.")
@with_store
def continue_(
    key: str | None, reason: str | None, data: Path, database_url: str | None, *, yes: bool
) -> None:
    """Give up a log that cannot be signed any more, and begin another that says so.

    All events and statements get a place in the new log, together with a statement of what was given up and why.
    Receipts with proofs from the old log go on verifying under its own heads.
    """
    with using(data, database_url) as store:
        from yesword.proof import continuing

        brand = _brand(key)
        at = datetime.now(UTC)
        planned = continuing.plan(store, brand, reason, at)
        click.echo(f"Given up: {planned.origin}, {planned.size:,} records in the store")
        for each in planned.heads:
            click.echo(f"  signed last: {each.origin}, {each.size:,} records under {each.root.hex()}")
        click.echo(f"  because {planned.reason}")
        click.echo(f"Entered anew: {planned.events:,} events and statements")
        if not yes:
            click.echo("Nothing was changed. Add --yes to do it.")
            return
        new = continuing.continue_log(store, brand, planned, at)
        click.echo(
            f"Begun: {new.origin}. The sequencer fills it; give its key to those who hold the old one:"
        )
        click.echo(f"  yesword ledger policy --brand {find_brand(key).key}")
        for line in witnesses_to_tell(brand):
            click.echo(line)


def _moment(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"
