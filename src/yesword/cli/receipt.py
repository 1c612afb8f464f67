"""`yesword receipt NUMBER --program P`: the consent proof that a person or an auditor can keep and check."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.finding import find_program, person_named
from yesword.cli.options import using, with_store
from yesword.cli.written import may_replace, refuse_to_replace, write_private

if TYPE_CHECKING:
    from yesword.domain.programs import Program
    from yesword.ledger.receipt import Receipt
    from yesword.store.contacts import Contact
    from yesword.store.opening import Store

_WAIT_S: Final = 2.0  # for the sequencer, which takes an event up within one

_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.command("receipt")
@click.argument("number", required=False)
@click.option("--program", help="The program's key, such as club.")
@click.option("--event", "event", metavar="ID", help="Of this event (evt_…); see --list.")
@click.option("--list", "is_list", is_flag=True, help="Name the events, and write no receipt.")
@click.option("--output", type=_FILE, help="Where to write; default: standard output.")
@click.option("--page", type=_FILE, help="Write a page that holds the receipt and checks it, offline.")
@click.option("--json", "as_json", is_flag=True, help="The JSON form, also where the receipt is proven.")
@click.option("--link", "is_link", is_flag=True, help="Make a link to the person's own page, and print it.")
@click.option("--verifier", type=_FILE, help="Write the verifier in one file; takes no NUMBER.")
@may_replace
@with_store
def command(
    number: str | None,
    program: str | None,
    event: str | None,
    output: Path | None,
    page: Path | None,
    verifier: Path | None,
    data: Path,
    database_url: str | None,
    *,
    as_json: bool,
    is_link: bool,
    is_list: bool,
    is_forced: bool,
) -> None:
    """Write the receipt of the consent of NUMBER (+31…) to a program. `yesword verify` checks it, anywhere.

    It is of the event on which the consent rests that is in force now, and where there is none, of the newest event.
    With --event it is of another one, such as a stop, or a consent on paper that was recorded later.

    It is a .tlog-proof file, which tools for such proofs read, too. Before the log has taken the event up, it is
    the JSON form without a proof, and a sentence on standard error says so.
    """
    refuse_to_replace(output, page, verifier, is_forced=is_forced)
    if verifier is not None:
        _write_verifier(verifier)
    if number is None:
        if verifier is None:
            raise click.UsageError("Name the NUMBER whose receipt is wanted.")
        return
    if program is None:
        raise click.UsageError("Name the program with --program.")
    with using(data, database_url) as store:
        if is_list:
            _list(store, number, program)
        else:
            _receipt(store, number, program, event, output, page, as_json=as_json, is_link=is_link)


def _receipt(
    store: "Store",
    number: str,
    key: str,
    event: str | None,
    output: Path | None,
    page: Path | None,
    *,
    as_json: bool,
    is_link: bool,
) -> None:
    from yesword.domain.ids import EventId, from_text
    from yesword.proof.receipts import await_proof, lost_evidence, receipt_for, receipt_of

    program = find_program(key)
    person = person_named(store, number, program)
    wanted = None if event is None else EventId(from_text("evt", event))
    receipt = await_proof(
        lambda: receipt_for(store, person, program) if wanted is None else receipt_of(store, person, wanted),
        _WAIT_S,
    )
    if receipt.proof is None:
        click.echo(
            "This event is not yet in the published log, so its receipt has no proof. Ask again in a moment; if that goes on, `yesword ledger status` says why.",
            err=True,
        )
    for digest, reason in sorted(lost_evidence(store, person, receipt).items()):
        click.echo(
            f"The receipt names the evidence {digest}, and it {reason}. It was tampered with, or lost: it cannot be shown any more.",
            err=True,
        )
    if page is not None:
        _write_page(store, person, receipt, page)
    if is_link:
        click.echo(_link(store, person, program))
    if output is not None:
        _keep(output, _written(receipt, as_json=as_json))
    elif page is None and not is_link:
        sys.stdout.buffer.write(_written(receipt, as_json=as_json))


def _list(store: "Store", number: str, key: str) -> None:
    from yesword.domain.ids import to_text
    from yesword.proof.receipts import events_about

    program = find_program(key)
    for each in events_about(store, person_named(store, number, program), program):
        event = each.event
        told = f"{to_text('evt', event.id)}  {event.kind.value} on {event.occurred_at:%Y-%m-%d %H:%M} UTC by {event.route}"
        click.echo(f"{told}, in force" if each.is_in_force else told)


def _written(receipt: "Receipt", *, as_json: bool) -> bytes:
    from yesword.ledger.receipt import write_receipt, write_tlog_receipt

    return write_receipt(receipt) if as_json or receipt.proof is None else write_tlog_receipt(receipt)


def _write_page(store: "Store", person: "Contact", receipt: "Receipt", path: Path) -> None:
    from yesword.ledger.sceptic import verify_page
    from yesword.proof.receipts import keys_of

    keys = keys_of(store, person, receipt)
    html = verify_page(
        _written(receipt, as_json=False), "\n".join(map(str, keys)) or None, person.language[:2]
    )
    _keep(path, html.encode())


def _keep(path: Path, body: bytes) -> None:
    write_private(path, body, is_forced=True)  # whether it may be replaced was asked before
    click.echo(
        f"Written to {path}. It holds the number and the wording: give it to the person or an auditor only.",
        err=True,
    )


def _link(store: "Store", person: "Contact", program: "Program") -> str:
    from yesword.privacy import traces
    from yesword.store import programs
    from yesword.web.public.addresses import make_receipt_link, origin

    at, brand = datetime.now(UTC), programs.brand(person.brand)
    with store.database.write() as session:
        path = make_receipt_link(session, brand, person.id, program.id, at)
        traces.leave(
            "receipt.link_made", traces.about(person.id), None, program=program.key, by="command line"
        )
    return origin(run=store.run) + path


def _write_verifier(path: Path) -> None:
    from yesword.ledger.sceptic import verifier_source

    path.write_text(verifier_source(), encoding="utf-8")
    click.echo(f"Written to {path}. Read it before you run it; it needs Python and the package cryptography.")
