"""`yesword receipt NUMBER --program P`: the consent proof that a person or an auditor can keep and check."""

import sys
from pathlib import Path

import click

from yesword.cli.options import opened, with_store


@click.command("receipt")
@click.argument("number")
@click.option("--program", required=True, help="The program's key, such as club.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write; default: standard output.",
)
@with_store
def command(number: str, program: str, output: Path | None, data: Path, database_url: str | None) -> None:
    """Write the receipt of the newest event of NUMBER (+31…) in a program. `yesword verify` checks it, anywhere."""
    store = opened(data, database_url)

    from yesword.cli.finding import UnknownPersonError, find_person, find_program
    from yesword.ledger.receipt import write_receipt
    from yesword.proof.receipts import receipt_for

    chosen = find_program(program)
    person = find_person(store, number, chosen)
    if person is None:
        raise UnknownPersonError(brand=chosen.brand_name)
    receipt = write_receipt(receipt_for(store, person, chosen))
    if output is None:
        sys.stdout.buffer.write(receipt)
    else:
        output.write_bytes(receipt)
        output.chmod(0o600)
        click.echo(
            f"Written to {output}. It holds the number and the wording: give it to the person or an auditor only."
        )
    store.close()
