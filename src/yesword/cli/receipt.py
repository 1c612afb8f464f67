"""`yesword receipt NUMBER --program P`: the consent proof that a person or an auditor can keep and check."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.options import opened, with_store

if TYPE_CHECKING:
    from yesword.domain.programs import Program
    from yesword.ledger.receipt import Receipt
    from yesword.store.contacts import Contact
    from yesword.store.opening import Store

_WAIT_S: Final = 2.0  # for the sequencer, which takes an event up within one
_OWN: Final = 0o600

_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.command("receipt")
@click.argument("number", required=False)
@click.option("--program", help="The program's key, such as club.")
@click.option("--output", type=_FILE, help="Where to write; default: standard output.")
@click.option("--page", type=_FILE, help="Write a page that holds the receipt and checks it, offline.")
@click.option("--json", "as_json", is_flag=True, help="The JSON form, also where the receipt is proven.")
@click.option("--link", "is_link", is_flag=True, help="Make a link to the person's own page, and print it.")
@click.option("--verifier", type=_FILE, help="Write the verifier in one file; takes no NUMBER.")
@with_store
def command(
    number: str | None,
    program: str | None,
    output: Path | None,
    page: Path | None,
    verifier: Path | None,
    data: Path,
    database_url: str | None,
    *,
    as_json: bool,
    is_link: bool,
) -> None:
    """Write the receipt of the newest event of NUMBER (+31…) in a program. `yesword verify` checks it, anywhere.

    It is a .tlog-proof file, which tools for such proofs read, too. Before the log has taken the event up, it is
    the JSON form without a proof, and a sentence on standard error says so.
    """
    if verifier is not None:
        _write_verifier(verifier)
    if number is None:
        if verifier is None:
            raise click.UsageError("Name the NUMBER whose receipt is wanted.")
        return
    if program is None:
        raise click.UsageError("Name the program with --program.")
    store = opened(data, database_url)
    try:
        _receipt(store, number, program, output, page, as_json=as_json, is_link=is_link)
    finally:
        store.close()


def _receipt(
    store: "Store",
    number: str,
    key: str,
    output: Path | None,
    page: Path | None,
    *,
    as_json: bool,
    is_link: bool,
) -> None:
    from yesword.cli.finding import UnknownPersonError, find_person, find_program
    from yesword.proof.receipts import await_proof, receipt_for

    program = find_program(key)
    person = find_person(store, number, program)
    if person is None:
        raise UnknownPersonError(brand=program.brand_name)
    receipt = await_proof(lambda: receipt_for(store, person, program), _WAIT_S)
    if receipt.proof is None:
        click.echo(
            "This event is not yet in the published log, so its receipt has no proof. Ask again in a moment; if that goes on, `yesword ledger status` says why.",
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


def _written(receipt: "Receipt", *, as_json: bool) -> bytes:
    from yesword.ledger.receipt import write_receipt, write_tlog_receipt

    return write_receipt(receipt) if as_json or receipt.proof is None else write_tlog_receipt(receipt)


def _write_page(store: "Store", person: "Contact", receipt: "Receipt", path: Path) -> None:
    from yesword.ledger.sceptic import verify_page
    from yesword.proof.receipts import key_of

    key = key_of(store, person, receipt)
    html = verify_page(
        _written(receipt, as_json=False), None if key is None else str(key), person.language[:2]
    )
    _keep(path, html.encode())


def _keep(path: Path, body: bytes) -> None:
    path.touch(mode=_OWN)
    path.chmod(_OWN)
    path.write_bytes(body)
    click.echo(
        f"Written to {path}. It holds the number and the wording: give it to the person or an auditor only.",
        err=True,
    )


def _link(store: "Store", person: "Contact", program: "Program") -> str:
    from yesword.domain.ids import to_text
    from yesword.store import programs
    from yesword.store.models import AuditEntry
    from yesword.web.public.addresses import make_receipt_link, origin

    at, brand = datetime.now(UTC), programs.brand(person.brand)
    with store.database.write() as session:
        path = make_receipt_link(session, brand, person.id, program.id, at)
        AuditEntry.objects.create(
            action="receipt.link_made",
            subject=to_text("con", person.id),
            detail={"program": program.key, "by": "command line"},
        )
    return origin() + path


def _write_verifier(path: Path) -> None:
    from yesword.ledger.sceptic import verifier_source

    path.write_text(verifier_source(), encoding="utf-8")
    click.echo(f"Written to {path}. Read it before you run it; it needs Python and the package cryptography.")
