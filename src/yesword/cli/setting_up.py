"""`yesword brand`, `account` and `program`: what an installation is set up with before anybody can be texted."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.options import opened, with_store
from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId

if TYPE_CHECKING:
    from yesword.domain.programs import Program
    from yesword.store.opening import Store


class UnknownBrandError(YeswordError):
    """There is no brand {key}. Known brands: {known}. `yesword brand add` makes one."""

    code = "unknown_brand"


class UnknownAccountError(YeswordError):
    """There is no account {key}. Known accounts: {known}. `yesword account add` makes one."""

    code = "unknown_account"


class NotTextError(YeswordError):
    """{file} is no text in UTF-8. Save it as UTF-8 and try again."""

    code = "not_text"


class BadBrandError(YeswordError):
    """{what} cannot be used: {why}."""

    code = "bad_brand"


@contextmanager
def _store(data: Path, database_url: str | None) -> Iterator["Store"]:
    store = opened(data, database_url, may_create=True)
    try:
        yield store
    finally:
        store.close()


@click.group("brand")
def brand() -> None:
    """The legal senders that consent is given to."""


@brand.command("add")
@click.argument("key")
@click.option("--name", required=True, help="The name that people know; every text says it.")
@click.option("--country", required=True, metavar="CC", help="Where the legal sender is.")
@click.option("--address", default="", help="Postal address, for receipts and records.")
@click.option(
    "--origin", required=True, help="Names the brand's ledger for ever, such as example.com/ledger."
)
@with_store
def add_brand(
    key: str, name: str, country: str, address: str, origin: str, data: Path, database_url: str | None
) -> None:
    """Add the brand KEY. Its origin cannot be changed once consent is recorded."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", key):
        raise BadBrandError(what=f"The key {key}", why="use small letters, digits and hyphens")
    if not re.fullmatch(r"[A-Z]{2}", country.upper()):
        raise BadBrandError(what=f"The country {country}", why="use two letters, such as NL")
    if not re.fullmatch(r"[^\s+]{3,200}", origin):
        raise BadBrandError(
            what=f"The origin {origin}",
            why="write three characters or more without spaces and plus signs, such as example.com/ledger",
        )
    with _store(data, database_url):
        from yesword.store.models import Brand

        if Brand.objects.filter(key=key).exists() or Brand.objects.filter(origin=origin).exists():
            raise BadBrandError(what=f"The key {key} or the origin {origin}", why="a brand has it already")
        Brand.objects.create(key=key, name=name, country=country.upper(), address=address, origin=origin)
        click.echo(
            f"Added {name}. Next: an account (yesword account add) and a program (yesword program apply)."
        )


@click.group("account")
def account() -> None:
    """Accounts with carriers."""


@account.command("add")
@click.argument("key")
@click.option(
    "--channel",
    type=click.Choice(["simulator"]),
    default="simulator",
    show_default=True,
    help="What speaks with it.",
)
@click.option(
    "--answers-stop", is_flag=True, help="The carrier itself answers STOP: then Yesword confirms nothing."
)
@with_store
def add_account(key: str, channel: str, data: Path, database_url: str | None, *, answers_stop: bool) -> None:
    """Add the account KEY. The processes take it up when they start the next time."""
    with _store(data, database_url):
        from yesword.store.models import Account

        _, is_new = Account.objects.get_or_create(
            key=key, defaults={"channel": channel, "answers_stop": answers_stop}
        )
        click.echo(f"Added the account {key}." if is_new else f"The account {key} is there already.")


@click.group("program")
def program() -> None:
    """Programs as files: read strictly, published in versions that never change."""


@program.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_program(file: Path) -> None:
    """Read FILE (TOML) and say what is missing, misspelt or could not be sent. Needs no store."""
    found = _read(file, BrandId(0), "Brand", "NL")
    click.echo(
        f"{found.key}: {len(found.texts)} languages, keywords {', '.join(found.keywords)}. Nothing is wrong with it."
    )


@program.command("apply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--brand", "brand_key", required=True, help="Whose program it is.")
@click.option("--account", "account_key", required=True, help="The account that its sender belongs to.")
@with_store
def apply_program(file: Path, brand_key: str, account_key: str, data: Path, database_url: str | None) -> None:
    """Publish FILE as the program's newest version; a file that says nothing new makes none."""
    with _store(data, database_url) as store:
        from yesword.store import programs
        from yesword.store.models import Account, Brand

        owner = Brand.objects.filter(key=brand_key).first()
        if owner is None:
            raise UnknownBrandError(key=brand_key, known=_known(Brand.objects.values_list("key", flat=True)))
        through = Account.objects.filter(key=account_key).first()
        if through is None:
            raise UnknownAccountError(
                key=account_key, known=_known(Account.objects.values_list("key", flat=True))
            )
        read = _read(file, BrandId(owner.pk), owner.name, owner.country)
        before = programs.by_key(BrandId(owner.pk), read.key)
        with store.database.write():
            published = programs.publish(read, programs.sender_for(through, read.sender))
        if before is not None and before.version == published.version:
            click.echo(f"{published.key} says nothing new; version {published.version} stays.")
        else:
            click.echo(f"Published {published.key}, version {published.version}, on {published.sender}.")


def _known(keys: Iterable[str]) -> str:
    return ", ".join(sorted(keys)) or "none yet"


def _read(file: Path, owner: BrandId, name: str, country: str) -> "Program":
    from yesword.domain.program_files import read_program

    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise NotTextError(file=file.name) from error
    return read_program(text, file=file.name, brand=owner, brand_name=name, brand_country=country)
