"""`yesword brand`, `program` and `sender`: what an installation is set up with before anybody can be texted."""

import json
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.finding import find_brand
from yesword.cli.given import read_text
from yesword.cli.misuse import MisuseError
from yesword.cli.options import using, with_store
from yesword.cli.remarks import as_object, despite_findings, lines, read_places, stop_at_errors
from yesword.domain.ids import BrandId
from yesword.domain.messages import MessageClass
from yesword.domain.parties import SenderTrait

if TYPE_CHECKING:
    from yesword.domain.linting.finding import Finding
    from yesword.domain.programs import Program
    from yesword.store.models import Sender


_ASSUMED_COUNTRY: Final = "NL"  # of a brand that nobody names
_ORIGIN: Final = re.compile(r"(?=.{3,200}\Z)[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*")


class UnknownAccountError(MisuseError):
    """There is no account {key}. Known accounts: {known}. `yesword account add` makes one."""

    code = "unknown_account"


class UnknownSenderError(MisuseError):
    """There is no sender {address}. Known senders: {known}. `yesword program apply` makes those that programs name."""

    code = "unknown_sender"


class AmbiguousSenderError(MisuseError):
    """Several accounts have a sender {address}. Name one with --account: {known}."""

    code = "ambiguous_sender"


class BadBrandError(MisuseError):
    """{what} cannot be used: {why}."""

    code = "bad_brand"


@click.group("brand")
def brand() -> None:
    """The legal senders that consent is given to."""


_TRAITS = click.Choice([trait.value for trait in SenderTrait])


@brand.command("add")
@click.argument("key")
@click.option("--name", required=True, help="The name that people know; every text says it.")
@click.option("--country", required=True, metavar="CC", help="Where the legal sender is.")
@click.option("--region", metavar="CC-RR", help="From which state or province it sends, such as US-TX.")
@click.option(
    "--trait",
    "traits",
    type=_TRAITS,
    multiple=True,
    help="What it is, where a law's exemptions ask; may be repeated.",
)
@click.option("--address", default="", help="Postal address, for receipts and records.")
@click.option(
    "--origin", required=True, help="Names the brand's ledger for ever, such as example.com/ledger."
)
@with_store
def add_brand(
    key: str,
    name: str,
    country: str,
    region: str | None,
    traits: tuple[str, ...],
    address: str,
    origin: str,
    data: Path,
    database_url: str | None,
) -> None:
    """Add the brand KEY. Its origin cannot be changed once consent is recorded."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", key):
        raise BadBrandError(what=f"The key {key}", why="use small letters, digits and hyphens")
    land = _land(country)
    _check_origin(origin)
    sends_from = _region(region, land) if region else ""
    with using(data, database_url, may_create=True):
        from yesword.store.models import Brand

        if Brand.objects.filter(key=key).exists() or Brand.objects.filter(origin=origin).exists():
            raise BadBrandError(what=f"The key {key} or the origin {origin}", why="a brand has it already")
        Brand.objects.create(
            key=key,
            name=name,
            country=land,
            region=sends_from,
            traits=sorted(set(traits)),
            address=address,
            origin=origin,
        )
        click.echo(
            f"Added {name}. Next: an account (yesword account add) and a program (yesword program apply)."
        )


@brand.command("change")
@click.argument("key")
@click.option("--region", metavar="CC-RR", help='From which state or province it sends; "" for none.')
@click.option("--trait", "traits", type=_TRAITS, multiple=True, help="What it is, too; may be repeated.")
@click.option(
    "--not-trait", "not_traits", type=_TRAITS, multiple=True, help="What it no longer is; may be repeated."
)
@with_store
def change_brand(
    key: str,
    region: str | None,
    traits: tuple[str, ...],
    not_traits: tuple[str, ...],
    data: Path,
    database_url: str | None,
) -> None:
    """Change what the brand KEY says of itself, and show it. You answer for it: a law's exemption rests on it."""
    with using(data, database_url):
        found = find_brand(key)
        if region is not None:
            found.region = _region(region, found.country) if region else ""
        found.traits = sorted({*found.traits, *traits} - set(not_traits))
        found.save(update_fields=["region", "traits"])
        sends_from = found.region or found.country
        click.echo(
            f"{found.name} sends from {sends_from}; it is: {', '.join(found.traits) or 'nothing special'}."
        )


def _land(stated: str) -> str:
    from yesword.domain.places.regions import read_land

    return read_land(stated)


def _check_origin(origin: str) -> None:
    """It is the name of a log and of its key for ever, as proofs carry it: a host, and mostly a path."""
    scheme, mark, rest = origin.rpartition("://")
    if mark:
        raise BadBrandError(
            what=f"The origin {origin}",
            why=f"it is a name and no address, so write {rest} without {scheme}://",
        )
    if not _ORIGIN.fullmatch(origin):
        raise BadBrandError(
            what=f"The origin {origin}",
            why="write a host and a path without spaces and plus signs, such as example.com/ledger",
        )


def _region(stated: str, country: str) -> str:
    from yesword.domain.places.regions import read_region

    region = read_region(stated)
    if region[:2] != country:
        raise BadBrandError(what=f"The region {region}", why=f"the brand is in {country}")
    return region


@click.command("sender")
@click.argument("address")
@click.option(
    "--account", "account_key", metavar="KEY", help="Of which account, where several have such a sender."
)
@click.option(
    "--registered", multiple=True, metavar="REGISTRY", help="It stands in this registry; may be repeated."
)
@click.option(
    "--not-registered", multiple=True, metavar="REGISTRY", help="It no longer does; may be repeated."
)
@click.option(
    "--country",
    "countries",
    multiple=True,
    metavar="CC",
    help='Where it is for, in a pool: DE; may be repeated. "" for anywhere.',
)
@click.option(
    "--class",
    "classes",
    multiple=True,
    type=click.Choice([*(each.value for each in MessageClass), ""]),
    help='What it carries, in a pool; may be repeated. "" for everything.',
)
@with_store
def sender(
    address: str,
    account_key: str | None,
    registered: tuple[str, ...],
    not_registered: tuple[str, ...],
    countries: tuple[str, ...],
    classes: tuple[str, ...],
    data: Path,
    database_url: str | None,
) -> None:
    """Note where the sender ADDRESS is registered and what it is for, and show it.

    Rules ask about it: a US long code must stand in `tcr`, a Spanish name in `cnmc-alias`.
    """
    with using(data, database_url):
        from yesword.collect.registries import sender_registry
        from yesword.domain.rules import RuleBook

        found = find_sender(address, account_key)
        book = RuleBook.load()
        added = {sender_registry(book, each) for each in registered}
        found.registrations = sorted({*found.registrations, *added} - set(not_registered))
        if countries:
            found.countries = sorted({_country(each) for each in countries} - {""})
        if classes:
            found.classes = sorted({*classes} - {""})
        found.save(update_fields=["registrations", "countries", "classes"])
        kind = found.get_kind_display().lower()
        stands = ", ".join(found.registrations) or "nowhere"
        click.echo(f"{found.address}, {kind} of {found.account.key}; registered: {stands}.")
        if found.countries or found.classes:
            where = ", ".join(found.countries) or "anywhere"
            click.echo(f"In a pool: to {where}; carries {', '.join(found.classes) or 'everything'}.")


def _country(stated: str) -> str:
    country = stated.upper()
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        raise BadBrandError(what=f"The country {stated}", why="use two letters, such as NL")
    return country


def find_sender(address: str, account_key: str | None) -> "Sender":
    from yesword.store.models import Sender

    rows = Sender.objects.select_related("account").filter(address=address)
    found = list(rows.filter(account__key=account_key) if account_key else rows)
    if not found:
        raise UnknownSenderError(
            address=address, known=_known(Sender.objects.values_list("address", flat=True))
        )
    if len(found) > 1:
        raise AmbiguousSenderError(address=address, known=_known(each.account.key for each in found))
    return found[0]


@click.group("program")
def program() -> None:
    """Programs as files: read strictly, published in versions that never change."""


_COUNTRIES: Final = click.option(
    "--country",
    "countries",
    multiple=True,
    metavar="CC",
    help="Where its people are: DK, US-OK; may be repeated. By default the brand's country.",
)


@program.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--brand", "name", default="Brand", help="The name of the sender, to look for in the texts.")
@_COUNTRIES
@despite_findings
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check_program(
    file: Path, name: str, countries: tuple[str, ...], *, despite_findings: bool, as_json: bool
) -> None:
    """Read FILE (TOML) and say what is missing, misspelt or could not be sent, and what its wordings lack.

    Needs no store. Without --country the people are taken to be in the Netherlands.
    """
    found = _read(file, BrandId(0), name, _ASSUMED_COUNTRY)
    findings = _lint(found, countries)
    if as_json:
        shown = {"program": found.key, "findings": [as_object(each) for each in findings]}
        click.echo(json.dumps(shown, indent=1, ensure_ascii=False))
        sys.exit(_exit_code(findings, despite=despite_findings))
    for line in lines(findings):
        click.echo(line)
    stop_at_errors(findings, file.name, "it would not be published", despite=despite_findings)
    opinion = "It can be published." if findings else "Nothing is wrong with it."
    click.echo(f"{found.key}: {len(found.texts)} languages, keywords {', '.join(found.keywords)}. {opinion}")


@program.command("apply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--brand", "brand_key", required=True, help="Whose program it is.")
@click.option("--account", "account_key", required=True, help="The account that its sender belongs to.")
@_COUNTRIES
@despite_findings
@click.option(
    "--render",
    "renders",
    is_flag=True,
    help="Keep its wordings as pages with pictures too, as `yesword evidence render` does. Takes Chromium, and seconds.",
)
@with_store
def apply_program(
    file: Path,
    brand_key: str,
    account_key: str,
    countries: tuple[str, ...],
    data: Path,
    database_url: str | None,
    *,
    despite_findings: bool,
    renders: bool,
) -> None:
    """Publish FILE as the program's newest version; a file that says nothing new makes none.

    What the linter finds in its wordings is printed; an error there stops it.
    """
    with using(data, database_url, may_create=True) as store:
        from yesword.store import programs
        from yesword.store.models import Account

        owner = find_brand(brand_key)
        through = Account.objects.filter(key=account_key).first()
        if through is None:
            raise UnknownAccountError(
                key=account_key, known=_known(Account.objects.values_list("key", flat=True))
            )
        read = _read(file, BrandId(owner.pk), owner.name, owner.country)
        findings = _lint(read, countries)
        for line in lines(findings):
            click.echo(line, err=True)
        stop_at_errors(findings, file.name, "nothing was published", despite=despite_findings)
        before = programs.by_key(BrandId(owner.pk), read.key)
        with store.database.write():
            published = programs.publish(read, programs.sender_for(through, read.sender))
        if before is not None and before.version == published.version:
            click.echo(f"{published.key} says nothing new; version {published.version} stays.")
        else:
            click.echo(f"Published {published.key}, version {published.version}, on {published.sender}.")
        if renders:
            from yesword.cli.evidence import tell_pages
            from yesword.proof.renders import publish_program

            tell_pages(publish_program(store, published, datetime.now(UTC)))


def _known(keys: Iterable[str]) -> str:
    return ", ".join(sorted(keys)) or "none yet"


def _read(file: Path, owner: BrandId, name: str, country: str) -> "Program":
    from yesword.domain.program_files import read_program

    return read_program(read_text(file), file=file.name, brand=owner, brand_name=name, brand_country=country)


def _lint(read: "Program", countries: Iterable[str]) -> "tuple[Finding, ...]":
    from yesword.domain.linting.programs import lint_program
    from yesword.domain.rules import RuleBook

    today = datetime.now(UTC).date()
    return lint_program(read, RuleBook.load().packs, today, countries=read_places(countries))


def _exit_code(findings: "Iterable[Finding]", *, despite: bool) -> int:
    from yesword.domain.linting.finding import has_errors

    return 1 if has_errors(findings) and not despite else 0
