"""`yesword attest`: the witnesses and timestamp authorities that vouch for the ledgers, and how asking them goes."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.finding import find_brand
from yesword.cli.options import using, with_store

if TYPE_CHECKING:
    from yesword.domain.ids import BrandId
    from yesword.proof.asking import Outcome

_SHORTEST_S: Final = 60


@click.group("attest")
def command() -> None:
    """Who vouches for the ledgers from outside: witnesses cosign their heads, timestamp authorities stamp them.

    Both are optional and nothing waits for them. They are shown heads only: sizes and hashes, no personal data.
    """


# --- who ------------------------------------------------------------------------------------------------------


@command.group("witness")
def witness() -> None:
    """Witnesses: others who remember the size of the ledger and cosign what continues it."""


@witness.command("add")
@click.argument("name")
@click.argument("url")
@click.argument("vkey")
@click.option("--brand", "brand_key", metavar="KEY", help="The brand whose ledger it watches.")
@click.option("--all", "is_for_all", is_flag=True, help="It watches the ledgers of all brands.")
@with_store
def add_witness(
    name: str,
    url: str,
    vkey: str,
    brand_key: str | None,
    data: Path,
    database_url: str | None,
    *,
    is_for_all: bool,
) -> None:
    """Ask the witness NAME at URL from now on. VKEY is its public key, from its operator; give them the ledger's.

    The same NAME and VKEY again change the rest.
    """
    if (brand_key is None) != is_for_all:
        raise click.UsageError("Name the brand with --brand KEY, or say --all.")
    with using(data, database_url) as store:
        from yesword.domain.ids import BrandId
        from yesword.proof import attesters

        brand = BrandId(find_brand(brand_key).pk) if brand_key else None
        attesters.add_witness(store, name, url, vkey, brand)
        click.echo(f"The witness {name} is asked from now on. `yesword attest now` asks at once.")


@command.group("stamp")
def stamp() -> None:
    """Timestamp authorities (RFC 3161): others who sign at which time a head existed."""


@stamp.command("add")
@click.argument("name")
@click.argument("url")
@click.option(
    "--roots",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The authority's root certificates, PEM, from the authority itself.",
)
@click.option(
    "--every",
    "every_s",
    type=click.IntRange(min=_SHORTEST_S),
    default=3600,
    show_default=True,
    help="Seconds between two stamps on a ledger that grows.",
)
@with_store
def add_authority(
    name: str, url: str, roots: Path, every_s: int, data: Path, database_url: str | None
) -> None:
    """Have the ledgers of all brands stamped by the authority NAME at URL from now on.

    The same NAME and roots again change the rest.
    """
    with using(data, database_url) as store:
        from yesword.proof import attesters

        attesters.add_authority(store, name, url, roots.read_bytes(), every_s)
        click.echo(f"The authority {name} is asked from now on. `yesword attest now` asks at once.")


@command.command("remove")
@click.argument("name")
@click.option(
    "--was-wrong",
    is_flag=True,
    help="The alarm of this witness was false: sign the ledgers again that it alone put in doubt.",
)
@with_store
def remove(name: str, data: Path, database_url: str | None, *, was_wrong: bool) -> None:
    """Ask the witness or authority NAME no more. What it vouched for stays, and stays checkable."""
    with using(data, database_url) as store:
        from yesword.proof import attesters

        cleared = attesters.remove(store, name, was_wrong=was_wrong)
        click.echo(f"{name} is asked no more. What it vouched for is kept.")
        for origin in cleared:
            click.echo(f"The ledger {origin} is signed again.")


# --- how it goes ----------------------------------------------------------------------------------------------


@command.command("list")
@with_store
def list_all(data: Path, database_url: str | None) -> None:
    """Every witness and authority, and how asking it about each ledger went the last time."""
    with using(data, database_url) as store:
        from yesword.store import attesters, ledgers
        from yesword.store.ledgers import STAMP, WITNESS
        from yesword.store.models import Brand

        keys = dict(Brand.objects.values_list("pk", "key"))
        with store.database.read() as session:
            origins = {row.id: row.origin for row in ledgers.logs(session)}
        asked = attesters.askings().values()

        def show(kind: str, name: str, line: str, *, is_on: bool) -> None:
            click.echo(line if is_on else f"{line}, off")
            for each in asked:
                if (each.kind, each.name) != (kind, name):
                    continue
                vouched = (
                    f"{each.size:,} records on {_utc(each.last_ok_at)}" if each.last_ok_at else "nothing yet"
                )
                click.echo(f"  {origins.get(each.log, each.log)}: {vouched}")
                if each.last_error:
                    click.echo(f"    {_utc(each.last_asked_at)}: {each.last_error}")

        witnesses, authorities = attesters.witnesses(), attesters.authorities()
        for one in witnesses:
            brand = "all brands" if one.brand is None else f"the brand {keys[one.brand]}"
            show(WITNESS, one.name, f"witness {one.name} at {one.url}, for {brand}", is_on=one.is_on)
        for clock in authorities:
            line = f"authority {clock.name} at {_host(clock.url)}, every {clock.every_s:,} seconds"
            show(STAMP, clock.name, line, is_on=clock.is_on)
        if not witnesses and not authorities:
            click.echo("Nobody vouches for the ledgers yet: see `yesword attest witness add`.")


@command.command("now")
@with_store
def now(data: Path, database_url: str | None) -> None:
    """Ask everybody at once, and tell what came of it. Exit 1 if somebody did not vouch."""
    with using(data, database_url) as store:
        from yesword.proof.attesting import Occasion, attest_due

        outcomes: list[Outcome] = []
        attest_due(store, datetime.now(UTC), occasion=Occasion.DEMAND, tell=outcomes.append)
        for line in _told(outcomes):
            click.echo(line)
    sys.exit(1 if any(each.said.failure for each in outcomes) else 0)


def _told(outcomes: Iterable["Outcome"]) -> list[str]:
    from yesword.store.ledgers import WITNESS

    lines = []
    for each in outcomes:
        about = f"{each.log.origin}, {each.head.size:,} records"
        if each.said.failure is not None:
            lines.append(f"{about}: {each.said.failure.message}")
        else:
            did = "cosigned" if each.kind == WITNESS else "stamped"
            lines.append(f"{about}: {did} by {each.name} on {_utc(each.said.at)}.")
    return sorted(lines) or ["There was nothing to ask: no head is new, or nobody is on."]


def witnesses_to_tell(brand: "BrandId") -> list[str]:
    """What follows for the witnesses of a brand once its log has another key."""
    from yesword.store import attesters

    asked = [each.name for each in attesters.witnesses() if each.is_on and each.brand in (None, brand)]
    if not asked:
        return []
    return [
        f"Its witnesses refuse it until they have that key, too: {', '.join(asked)}. `yesword ledger status` shows who does."
    ]


def _utc(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else "an unknown day"


def _host(url: str) -> str:
    """Never the whole address of an authority: some carry a customer's key."""
    from urllib.parse import urlsplit

    return urlsplit(url).hostname or url
