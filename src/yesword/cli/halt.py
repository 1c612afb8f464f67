"""`yesword halt`, `resume` and `status`: stopping all sending at once, letting it go on, and how things stand."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.acting import USER, acting
from yesword.cli.finding import find_brand
from yesword.cli.misuse import FAILED
from yesword.cli.options import using, with_store
from yesword.cli.setting_up import UnknownAccountError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from yesword.consent.obstacles import Obstacle
    from yesword.sending.gaps import Listening
    from yesword.sending.halting import Stands
    from yesword.store.holds import Scope
    from yesword.store.models import SendingHold
    from yesword.store.opening import Store


_FULL: Final = "Nothing is sent: the disk under {folder} is full. Make room; sending then goes on by itself."
_FRESH_S: Final = 15.0  # somebody notes every few seconds that they listen
_ACCOUNT = click.option("--account", metavar="KEY", help="Only texts over this account.")
_BRAND = click.option("--brand", metavar="KEY", help="Only texts of this brand.")


@click.command("halt")
@click.option("--reason", default="", help="Why, if there is time to say so.")
@_ACCOUNT
@_BRAND
@USER
@with_store
def halt(
    reason: str,
    account: str | None,
    brand: str | None,
    name: str | None,
    data: Path,
    database_url: str | None,
) -> None:
    """Stop all sending now. What comes in is taken in as ever, and stops are obeyed.

    Texts that were handed over to a worker and are not written yet are called back. Waits until all is quiet, and says
    so; exit 1 if something still is on its way after ten seconds.
    """
    with using(data, database_url, needs_keys=False) as store:
        from yesword.sending import halting
        from yesword.store import holds

        scope, at = _scope(account, brand), datetime.now(UTC)
        actor = acting(name)
        is_new = halting.halt(
            store, at, scope=scope, user=actor.user, on_machine=actor.on_machine, note=reason
        )
        click.echo(f"{_named(account, brand)} is halted." if is_new else "It was halted already.")
        is_quiet = holds.is_quiet(store, halting.QUIET_S, scope)
        for line in _told(halting.standing(store, at), _obstacles(store)):
            click.echo(line)
        if not is_quiet:
            click.echo(
                "Some texts still are with a carrier that does not answer. Nothing follows them.", err=True
            )
            sys.exit(FAILED)
        click.echo("All is quiet. `yesword resume` lets it go on.")


@click.command("resume")
@click.option("--reason", required=True, help="What was wrong, and what is different now.")
@_ACCOUNT
@_BRAND
@USER
@with_store
def resume(
    reason: str,
    account: str | None,
    brand: str | None,
    name: str | None,
    data: Path,
    database_url: str | None,
) -> None:
    """Let sending go on after a halt; with --account also where nobody has listened for a while.

    What was queued goes then, but for texts that are of no use any more and people who left meanwhile.
    """
    with using(data, database_url) as store:
        from yesword.sending import halting

        at = datetime.now(UTC)
        scope, actor = _scope(account, brand), acting(name)
        halting.resume(store, at, reason=reason, scope=scope, user=actor.user, on_machine=actor.on_machine)
        click.echo(f"{_named(account, brand)} goes on.")
        for line in _told(halting.standing(store, at), _obstacles(store)):
            click.echo(line)


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_store
def status(data: Path, database_url: str | None, *, as_json: bool) -> None:
    """What is held and why, what waits, which accounts are set up wrongly, and whether carriers are listened to.

    Exit 1 if anything is held, or cannot be sent.
    """
    try:
        is_free = _tell(data, database_url, as_json=as_json)
    except Exception as error:
        from yesword.store.fullness import DiskFullError, is_full

        if not is_full(error):
            raise
        # So full that the store cannot even be opened.
        is_free, sentence = False, _FULL.format(folder=data.resolve())
        found = [{"code": DiskFullError.code, "sentence": sentence}]
        click.echo(json.dumps({"obstacles": found}) if as_json else sentence)
    sys.exit(0 if is_free else FAILED)


def _tell(data: Path, database_url: str | None, *, as_json: bool) -> bool:
    with using(data, database_url, needs_keys=False) as store:
        from yesword.sending import gaps, halting
        from yesword.worker import channels

        at = datetime.now(UTC)
        stands = halting.standing(store, at)
        found, wrong = _obstacles(store), channels.troubles(store)
        with store.database.read() as session:
            heard = gaps.listening(session)
        if as_json:
            told = _described(stands, found, heard) | {"set_up_wrongly": wrong}
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            for line in (*_told(stands, found), *_accounts(heard, wrong, at)):
                click.echo(line)
        return not (stands.holds or stands.reasons or found or wrong)


def _scope(account: str | None, brand: str | None) -> "Scope":
    from yesword.store.holds import Scope
    from yesword.store.models import Account

    if account and brand:
        raise click.UsageError("Name an account or a brand, not both.")
    if account is None:
        return Scope(brand=None if brand is None else find_brand(brand).pk)
    row = Account.objects.filter(key=account).first()
    if row is None:
        known = ", ".join(Account.objects.order_by("key").values_list("key", flat=True)) or "none yet"
        raise UnknownAccountError(key=account, known=known)
    return Scope(account=row.pk)


def _named(account: str | None, brand: str | None) -> str:
    if account:
        return f"Sending over {account}"
    return f"Sending of {brand}" if brand else "All sending"


def _obstacles(store: "Store") -> "tuple[Obstacle, ...]":
    """Also a disk without room: there nothing is held, and nothing can be written down and sent."""
    from yesword.consent.obstacles import Obstacle, obstacles
    from yesword.store.fullness import DiskFullError, has_room

    disks = {each.stat().st_dev: each for each in (store.journal.folder, store.folder)}
    full = (each for each in disks.values() if not has_room(each))
    return (
        *(Obstacle(code=DiskFullError.code, sentence=_FULL.format(folder=each)) for each in full),
        *obstacles(store),
    )


def _told(stands: "Stands", found: "Sequence[Obstacle]") -> "Iterator[str]":
    for row in stands.holds:
        by = f" by {row.began_by}" if row.began_by else ""
        note = f": {row.note}" if row.note else ""
        heard = f"; nobody listened since {row.since:%Y-%m-%d %H:%M} UTC" if row.since else ""
        yield f"{_held(row)} since {row.began_at:%Y-%m-%d %H:%M} UTC{by}{heard}{note}"
    yield from (each.sentence for each in found)
    if not stands.holds and not stands.reasons and not found:
        yield "Sending is free."
    yield f"{stands.queued:,} texts are queued, {stands.under_way:,} are being handed over."


def _held(row: "SendingHold") -> str:
    what = "everything"
    if row.account is not None:
        what = f"the account {row.account.key}"
    elif row.brand is not None:
        what = f"the brand {row.brand.key}"
    return f"{'Halted' if row.why == 'halted' else 'Held'}: {what},"


def _accounts(heard: "Mapping[int, Listening]", wrong: "Mapping[str, str]", at: datetime) -> "Iterator[str]":
    from yesword.store.models import Account

    for row in Account.objects.order_by("key"):
        each = heard.get(row.pk)
        if row.key in wrong:
            yield f"{row.key}: set up wrongly. {wrong[row.key]}"
        if each is None:
            yield f"{row.key}: nobody has listened to it yet."
        elif (at - each.heard_at).total_seconds() < _FRESH_S:
            yield f"{row.key}: listened to."
        else:
            yield f"{row.key}: nobody has listened since {each.heard_at:%Y-%m-%d %H:%M} UTC."


def _described(
    stands: "Stands", found: "Sequence[Obstacle]", heard: "Mapping[int, Listening]"
) -> dict[str, object]:
    from yesword.store.models import Account

    keys = dict(Account.objects.values_list("pk", "key"))
    return {
        "held": [
            {
                "why": row.why,
                "account": row.account.key if row.account else None,
                "brand": row.brand.key if row.brand else None,
                "since": row.began_at.isoformat(timespec="seconds"),
                "by": str(row.began_by) if row.began_by else None,
                "note": row.note or None,
            }
            for row in stands.holds
        ],
        "reasons": sorted(stands.reasons),
        "obstacles": [{"code": each.code, "sentence": each.sentence} for each in found],
        "queued": stands.queued,
        "being_handed_over": stands.under_way,
        "heard": {
            keys[account]: each.heard_at.isoformat(timespec="seconds")
            for account, each in heard.items()
            if account in keys
        },
    }
