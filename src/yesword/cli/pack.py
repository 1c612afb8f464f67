"""`yesword pack NUMBER --program P`: everything there is to show of one person and one program, in one file."""

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from datetime import time as day_time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.options import opened, with_store
from yesword.domain.errors import YeswordError
from yesword.ledger.packs import Purpose

if TYPE_CHECKING:
    from yesword.domain.programs import Program
    from yesword.proof.packs.writing import Pack
    from yesword.store.contacts import Contact
    from yesword.store.opening import Store

WAIT_S: Final = 3.0  # the log takes an event up within a second while it is being kept
_LOOK_S: Final = 0.1
_END_OF_DAY: Final = day_time(23, 59, 59, 999_999, tzinfo=UTC)


class BadMomentError(YeswordError):
    """{text} is not a day or a time. Write it as 2026-03-01, or as 2026-03-01T14:05+01:00."""

    code = "pack_bad_moment"


class BadCountryError(YeswordError):
    """{text} is not a country code. Use two letters, such as NL."""

    code = "pack_bad_country"


@click.command("pack")
@click.argument("number")
@click.option("--program", required=True, help="The program's key, such as club.")
@click.option(
    "--at",
    metavar="DATE",
    help="The day or time that is asked about; now by default. A day is taken to its end, in UTC.",
)
@click.option(
    "--purpose",
    type=click.Choice([each.value for each in Purpose]),
    default=Purpose.LITIGATION.value,
    show_default=True,
    help="Who asks, and so how much they are shown.",
)
@click.option("--without-number", is_flag=True, help="Leave out the number, and whatever may lead to it.")
@click.option(
    "--stored-in",
    multiple=True,
    metavar="CC",
    help="Where the store is, for the record; by default the brand's country. May be repeated.",
)
@click.option("--user", "name", metavar="NAME", help="The account of whoever makes it, for the audit trail.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write; by default pak_….zip in this folder.",
)
@with_store
def command(
    number: str,
    program: str,
    at: str | None,
    purpose: str,
    stored_in: tuple[str, ...],
    name: str | None,
    output: Path | None,
    data: Path,
    database_url: str | None,
    *,
    without_number: bool,
) -> None:
    """Write the evidence pack of NUMBER (+31…) in a program. `yesword verify` checks it, anywhere.

    It holds the events with their proofs, the wordings as shown, and a summary to read. That it was made stands in the
    audit trail. An event that the log has not taken up within three seconds is in it as "not yet in the log".

    Of somebody who was erased there is a pack only to answer a claim, and only as long as their proof is kept for that.
    """
    made_at = datetime.now(UTC)
    asked = made_at if at is None else _moment(at)
    countries = tuple(_country(each) for each in stored_in)
    with closing(opened(data, database_url)) as store:
        from yesword.accounts import rights
        from yesword.cli.finding import UnknownPersonError, find_person, find_program
        from yesword.domain.ids import random_bucket, to_text
        from yesword.proof.packs.dossier import collect
        from yesword.proof.packs.writing import Order, write_pack
        from yesword.store.models import AuditEntry

        user = None if name is None else rights.named(name)
        chosen = find_program(program)
        person = find_person(store, number, chosen)
        if person is None and purpose == Purpose.LITIGATION.value:
            person = _kept(store, number, chosen)
        if person is None:
            raise UnknownPersonError(brand=chosen.brand_name)
        _wait_for_log(store, person)
        pack = write_pack(
            collect(store, person, chosen, made_at),
            Order(
                id=to_text("pak", store.ids.make(random_bucket())),
                purpose=Purpose(purpose),
                created_at=made_at,
                at=asked,
                with_number=not without_number,
                stored_in=countries,
            ),
        )
        manifest = pack.manifest
        AuditEntry.objects.create(
            user=user,
            action="pack.made",
            subject=f"contact {person.id}",
            detail={
                "pack": manifest.id,
                "program": chosen.key,
                "purpose": manifest.purpose.value,
                "disclosed": list(manifest.disclosed),
            },
        )
        path = output or Path(f"{manifest.id}.zip")
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_bytes(pack.data)
        _tell(pack, path)


def _moment(text: str) -> datetime:
    """A day ends in UTC; a time without its zone is refused."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadMomentError(text=text) from error
    if "T" not in text and " " not in text:
        return datetime.combine(found.date(), _END_OF_DAY)
    if found.tzinfo is None:
        raise BadMomentError(text=text)
    return found.astimezone(UTC)


def _country(text: str) -> str:
    country = text.strip().upper()
    if len(country) != len("NL") or not country.isascii() or not country.isalpha():
        raise BadCountryError(text=text)
    return country


def _kept(store: "Store", number: str, program: "Program") -> "Contact | None":
    """Somebody who was erased, and whose proof is kept for a claim and nothing else."""
    from yesword.domain import phone
    from yesword.privacy.erasing import HOLD_LOOK_UP
    from yesword.store import contacts

    parsed = phone.parse(number, country=program.brand_country)
    digests = store.look_up.digests(program.brand, HOLD_LOOK_UP, parsed.e164)
    found = store.vault.find(program.brand, HOLD_LOOK_UP, digests)
    if not found:
        return None
    with store.database.read() as session:
        return contacts.read(store, session, next(iter(found.values())))


def _wait_for_log(store: "Store", person: "Contact") -> None:
    """While somebody keeps the log, it takes up what is new within a second."""
    from yesword.proof.packs.dossier import waiting_events

    until = datetime.now(UTC) + timedelta(seconds=WAIT_S)
    while waiting_events(store, person) and datetime.now(UTC) < until:
        time.sleep(_LOOK_S)


def _tell(pack: "Pack", path: Path) -> None:
    from yesword.proof.packs.sentences import render

    asked = pack.timeline.at.astimezone(UTC)
    click.echo(f"On {asked:%Y-%m-%d} at {asked:%H:%M} UTC:")
    for sentence in pack.timeline.state:
        click.echo(f"  {render(sentence)}")
    count = len(pack.timeline.lines)
    size = pack.manifest.checkpoint.size
    click.echo(f"Events: {count}, under a checkpoint of {size} records.")
    for event in pack.manifest.waiting:
        click.echo(
            f"Not yet in the log, and so not proven: {event}. `yesword sequence` or `yesword serve` keeps the log."
        )
    for name, why in pack.manifest.left_out.items():
        click.echo(f"Without {name}: {why}.")
    shown = ", ".join(pack.manifest.disclosed)
    click.echo(f"Written to {path}. It shows: {shown}. Give it to nobody but those whom it is for.")
