"""`yesword auditor`: keys with which an auditor may fetch the entries of a brand's published log."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.finding import find_brand
from yesword.cli.misuse import MisuseError
from yesword.cli.options import using, with_store

if TYPE_CHECKING:
    from yesword.store.links import Link
    from yesword.store.opening import Store

_DAYS: Final = 30
_SHOWN: Final = 12  # digits of the digest, which name a key without telling it

_BRAND = click.option(
    "--brand", "brand_key", metavar="KEY", help="Whose log; may be left out where there is one brand."
)


class UnknownAuditorKeyError(MisuseError):
    """There is no key {key} that works, or several begin so. `yesword auditor list` shows them."""

    code = "unknown_auditor_key"


@click.group("auditor")
def command() -> None:
    """Keys for auditors. The log's hashes are open to everybody; its entries only to who holds such a key.

    Entries are salted digests and tell nothing about anybody; an auditor compares them with what is shown to them.
    """


@command.command("add")
@_BRAND
@click.option(
    "--days", type=click.IntRange(1, 3660), default=_DAYS, show_default=True, help="How long it works."
)
@with_store
def add(brand_key: str | None, days: int, data: Path, database_url: str | None) -> None:
    """Make a key, and print it. It is shown this once; the store keeps its digest only."""
    with using(data, database_url) as store:
        from yesword.domain.ids import BrandId
        from yesword.privacy import traces
        from yesword.store import links
        from yesword.store.links import LinkKind, NewLink
        from yesword.web.public.addresses import ledger_path, origin

        brand, at = find_brand(brand_key), datetime.now(UTC)
        wanted = NewLink(brand=BrandId(brand.pk), kind=LinkKind.AUDITOR, expires_at=at + timedelta(days=days))
        with store.database.write() as session:
            word = links.make(session, wanted, at)
            name = links.digest_of(word).hex()[:_SHOWN]
            traces.leave("auditor.key_made", name, None, brand=brand.key, by="command line")
        click.echo(word)
        click.echo(
            f"Key {name} works for {days} days at {origin(run=store.run)}{ledger_path(brand.key)}: send it as Authorization: Bearer KEY.",
            err=True,
        )


@command.command("list")
@_BRAND
@with_store
def list_keys(brand_key: str | None, data: Path, database_url: str | None) -> None:
    """List the keys that work, by the beginning of their digest."""
    with using(data, database_url) as store:
        found = _working(store, brand_key)
        for link in found:
            until = f"{link.expires_at:%Y-%m-%d %H:%M} UTC" if link.expires_at else "it is ended"
            click.echo(
                f"{link.digest.hex()[:_SHOWN]}  made {link.made_at:%Y-%m-%d}, works until {until}, used: {link.opened}"
            )
        if not found:
            click.echo("No key works.")


@command.command("end")
@click.argument("key")
@_BRAND
@with_store
def end(key: str, brand_key: str | None, data: Path, database_url: str | None) -> None:
    """End a key, named by the beginning of its digest as `list` shows it. It opens nothing from then on."""
    with using(data, database_url) as store:
        from yesword.privacy import traces
        from yesword.store import links

        found = [each for each in _working(store, brand_key) if each.digest.hex().startswith(key.lower())]
        if len(found) != 1:
            raise UnknownAuditorKeyError(key=key)
        with store.database.write() as session:
            links.end(session, found[0].digest, datetime.now(UTC))
            name = found[0].digest.hex()[:_SHOWN]
            traces.leave("auditor.key_ended", name, None, by="command line")
        click.echo(f"Key {name} opens nothing any more.")


def _working(store: "Store", brand_key: str | None) -> list["Link"]:
    from yesword.domain.ids import BrandId
    from yesword.store import links
    from yesword.store.links import LinkKind

    brand, at = find_brand(brand_key), datetime.now(UTC)
    with store.database.read() as session:
        every = links.of_kind(session, BrandId(brand.pk), LinkKind.AUDITOR)
    return [each for each in every if each.holds(at)]
