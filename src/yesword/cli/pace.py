"""`yesword pace`: how fast texts may go, how many a day, and how programs share what there is."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.finding import find_program
from yesword.cli.misuse import MisuseError
from yesword.cli.options import using, with_store
from yesword.cli.setting_up import UnknownAccountError, find_sender

if TYPE_CHECKING:
    from yesword.domain.pacing import Limit

_COUNTRY_LETTERS: Final = 2


class UnknownLimitError(MisuseError):
    """There is no limit of {what}. `yesword pace list` shows those there are."""

    code = "unknown_limit"


class BadCountryError(MisuseError):
    """{country} is no country. Write its two letters, such as NL."""

    code = "bad_country"


@click.group("pace")
def command() -> None:
    """How fast texts may go, and how many a day. Codes and answers go first; programs share the rest.

    A limit is of all texts that have what it names: an account, a sender, the country of the number, or several of them.
    """


def _of_what(decorated: click.decorators.FC) -> click.decorators.FC:
    for option in (
        click.option("--country", metavar="CC", help="Texts to numbers of this country."),
        click.option("--sender", "address", metavar="ADDRESS", help="Texts from this sender."),
        click.option("--account", "account_key", metavar="KEY", help="Texts by this account."),
    ):
        decorated = option(decorated)
    return decorated


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@with_store
def list_limits(data: Path, database_url: str | None, *, as_json: bool) -> None:
    """Show every limit, and the programs that have more than one share."""
    with using(data, database_url):
        from yesword.store import limits
        from yesword.store.models import Program

        found = limits.all_limits()
        for each in found:
            click.echo(json.dumps(_described(each)) if as_json else f"{_name(each)}: {_says(each)}")
        if as_json:
            return
        if not found:
            click.echo("No limits: texts go as fast as their carriers take them.")
        for row in Program.objects.exclude(weight=1).order_by("key"):
            click.echo(f"Program {row.key}: {row.weight} shares.")


@command.command("set")
@_of_what
@click.option("--per-second", type=click.FloatRange(min=0, min_open=True), help="Texts a second.")
@click.option(
    "--burst",
    type=click.IntRange(min=1),
    help="How many may go at once after a rest. By default what a second allows.",
)
@click.option("--day-cap", type=click.IntRange(min=1), help="Texts a day.")
@click.option(
    "--day-zone",
    default="UTC",
    show_default=True,
    metavar="ZONE",
    help="Where the day begins at midnight, such as America/Los_Angeles.",
)
@with_store
def set_limit(
    account_key: str | None,
    address: str | None,
    country: str | None,
    per_second: float | None,
    burst: int | None,
    day_cap: int | None,
    day_zone: str,
    data: Path,
    database_url: str | None,
) -> None:
    """Set a limit, or change the one of the same. Every worker follows a second later."""
    with using(data, database_url):
        from dataclasses import replace

        from yesword.store import limits

        limit = replace(
            _limit(account_key, address, country),
            per_second=per_second,
            burst=burst or max(1, int(per_second or 1)),
            day_cap=day_cap,
            day_zone=day_zone,
        )
        limits.keep(limit)
        click.echo(f"{_name(limit)}: {_says(limit)}")


@command.command("drop")
@_of_what
@with_store
def drop_limit(
    account_key: str | None,
    address: str | None,
    country: str | None,
    data: Path,
    database_url: str | None,
) -> None:
    """Drop the limit of just this."""
    with using(data, database_url):
        from yesword.store import limits

        limit = _limit(account_key, address, country)
        if not limits.drop(limit):
            raise UnknownLimitError(what=_named(limit))
        click.echo(f"{_name(limit)}: no limit any more.")


@command.command("share")
@click.argument("program")
@click.argument("shares", type=click.IntRange(1, 100))
@with_store
def share(program: str, shares: int, data: Path, database_url: str | None) -> None:
    """Give PROGRAM so many SHARES of what programs compete for; each has one by itself."""
    with using(data, database_url):
        from yesword.store.models import Program

        found = find_program(program)
        Program.objects.filter(pk=found.id).update(weight=shares)
        click.echo(f"{found.key} has {shares} share{'s' if shares > 1 else ''}.")


def _limit(account_key: str | None, address: str | None, country: str | None) -> "Limit":
    from yesword.domain.pacing import Limit
    from yesword.store.models import Account

    account = Account.objects.filter(key=account_key).first() if account_key else None
    if account_key and account is None:
        known = ", ".join(Account.objects.order_by("key").values_list("key", flat=True)) or "none yet"
        raise UnknownAccountError(key=account_key, known=known)
    if country and (len(country) != _COUNTRY_LETTERS or not country.isalpha()):
        raise BadCountryError(country=country)
    return Limit(
        account=account.pk if account and not address else None,
        sender=find_sender(address, account_key).pk if address else None,
        country=country.upper() if country else None,
    )


def _name(limit: "Limit") -> str:
    named = _named(limit)
    return named[0].upper() + named[1:]


def _named(limit: "Limit") -> str:
    from yesword.store.models import Account, Sender

    named = []
    if limit.account is not None:
        named.append(f"account {Account.objects.get(pk=limit.account).key}")
    if limit.sender is not None:
        row = Sender.objects.select_related("account").get(pk=limit.sender)
        named.append(f"sender {row.address} of {row.account.key}")
    if limit.country is not None:
        named.append(f"to {limit.country}")
    return ", ".join(named) or "all texts"


def _says(limit: "Limit") -> str:
    said = []
    if limit.per_second is not None:
        said.append(f"{limit.per_second:g} a second, {limit.burst:,} at once")
    if limit.day_cap is not None:
        said.append(f"{limit.day_cap:,} a day, from midnight {limit.day_zone}")
    return "; ".join(said) + "."


def _described(limit: "Limit") -> dict[str, object]:
    return {
        "of": _name(limit),
        "per_second": limit.per_second,
        "burst": limit.burst,
        "day_cap": limit.day_cap,
        "day_zone": limit.day_zone,
    }
