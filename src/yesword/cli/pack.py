"""`yesword pack NUMBER --program P`: everything there is to show of one person and one program, in one file."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.earlier import Records, erased_told, nobody, records_of
from yesword.cli.finding import find_program
from yesword.cli.misuse import MisuseError
from yesword.cli.options import using, with_store
from yesword.cli.past import read_past
from yesword.cli.written import may_replace, refuse_to_replace, write_private
from yesword.domain.places.clocks import country_zones
from yesword.ledger.packs import Purpose

if TYPE_CHECKING:
    from yesword.domain.programs import Program
    from yesword.proof.packs.dossier import Dossier
    from yesword.proof.packs.earlier import EarlierDossier
    from yesword.proof.packs.writing import Pack
    from yesword.store.contacts import Contact
    from yesword.store.opening import Store

WAIT_S: Final = 3.0  # the log takes an event up within a second while it is being kept
_LOOK_S: Final = 0.1


class BadCountryError(MisuseError):
    """{text} is the code of no country. Use the two letters of ISO 3166, such as NL."""

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
@may_replace
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
    is_forced: bool,
) -> None:
    """Write the evidence pack of NUMBER (+31…) in a program. `yesword verify` checks it, anywhere.

    It holds the events with their proofs, the wordings as shown, and a summary to read. That it was made stands in the
    audit trail. An event that the log has not taken up within three seconds is in it as "not yet in the log".

    Of somebody who was erased there is a pack only to answer a claim, and only as long as their proof is kept for that.
    Where the number is known anew since, their pack lies in the one of the newer record.

    Where the number changed hands there is none for `dsar`: it would show whoever has it now the record of its former
    owner. `yesword privacy access` writes what they may have.
    """
    refuse_to_replace(output, is_forced=is_forced)
    made_at = datetime.now(UTC)
    asked = made_at if at is None else read_past(at, made_at, is_until=True)
    stored = tuple(_country(each) for each in stored_in)
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.domain.ids import random_bucket, to_text
        from yesword.privacy import traces
        from yesword.proof.packs.writing import Order, write_pack

        user = None if name is None else rights.named(name)
        chosen = find_program(program)
        records = records_of(store, number, chosen)
        found = _collected(store, records, chosen, made_at, is_claim=purpose == Purpose.LITIGATION.value)
        order = Order(
            id=to_text("pak", store.ids.make(random_bucket())),
            purpose=Purpose(purpose),
            created_at=made_at,
            at=asked,
            with_number=not without_number,
            stored_in=stored,
            left_out=_not_for_this(records, purpose),
        )
        is_told = purpose in _TOLD_OF_ERASURES
        pack = write_pack(found.main, order, found.earlier, records.forgotten if is_told else None)
        manifest = pack.manifest
        for person in (found.main.contact, *(each.kept.contact for each in found.earlier)):
            traces.leave(
                "pack.made",
                f"contact {person.id}",
                None if user is None else user.pk,
                pack=manifest.id,
                program=chosen.key,
                purpose=manifest.purpose.value,
                disclosed=list(manifest.disclosed),
            )
        path = output or Path(f"{manifest.id}.zip")
        write_private(path, pack.data, is_forced=is_forced)
        _tell(pack, path)
        if not found.earlier and records.living is not None:
            for line in records.told():
                click.echo(line)


def _country(text: str) -> str:
    country = text.strip().upper()
    if not country_zones(country):
        raise BadCountryError(text=text)
    return country


# Who may be somebody else than the person before them under the number, or is anybody, is not told of them.
_TOLD_OF_ERASURES: Final = (Purpose.LITIGATION.value, Purpose.CARRIER_AUDIT.value)


def _not_for_this(records: Records, purpose: str) -> dict[str, str]:
    if purpose != Purpose.CARRIER_AUDIT.value or records.living is None:
        return {}
    return {
        f"earlier/{number}": f"{erased_told(each)} It is kept to answer a claim and for nothing else"
        for number, each in enumerate(records.kept, 1)
    }


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Collected:
    main: "Dossier"
    earlier: "tuple[EarlierDossier, ...]" = ()


def _collected(
    store: "Store", records: Records, program: "Program", at: datetime, *, is_claim: bool
) -> _Collected:
    """The record that stands first, and for a claim those that were erased before it. Raises what finds nobody."""
    from yesword.domain.ids import random_bucket, to_text
    from yesword.proof.packs.dossier import NoRecordError, collect
    from yesword.proof.packs.earlier import EarlierDossier

    earlier, missing = [], None
    for kept in records.kept if is_claim else ():
        _wait_for_log(store, kept.contact)
        try:
            dossier = collect(store, kept.contact, program, at)
        except NoRecordError as error:  # they had nothing to do with this program
            missing = error
            continue
        name = to_text("pak", store.ids.make(random_bucket()))
        earlier.append(EarlierDossier(kept=kept, dossier=dossier, id=name))
    if records.living is not None:
        _wait_for_log(store, records.living)
        try:
            return _Collected(main=collect(store, records.living, program, at), earlier=tuple(earlier))
        except NoRecordError as error:
            missing = error
    if earlier:
        return _Collected(main=earlier[0].dossier, earlier=tuple(earlier[1:]))
    raise missing or nobody(records, program)


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
    for name, why in pack.left_out:
        click.echo(f"Without {name}: {why}.")
    shown = ", ".join(pack.manifest.disclosed)
    click.echo(f"Written to {path}. It shows: {shown}. Give it to nobody but those whom it is for.")
