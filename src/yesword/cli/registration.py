"""`yesword registration`: what carriers want to be told of a program before it may text, and what they would turn down."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from yesword.cli.finding import find_program
from yesword.cli.misuse import NOT_UNDERSTOOD, MisuseError
from yesword.cli.options import using, with_store
from yesword.cli.written import may_replace, refuse_to_replace
from yesword.reporting.registration.tables import Kind

EXIT_REJECTED: Final = 1


class UnreadableDetailsError(MisuseError):
    """{file} cannot be read: {reason}."""

    code = "unreadable_details"


@click.command("registration")
@click.option("--program", "key", required=True, help="The program's key, such as club.")
@click.option(
    "--kind", type=click.Choice([each.value for each in Kind]), required=True, help="What is registered."
)
@click.option(
    "--details",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A TOML file with what no program knows: the business, where people say yes, samples.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Where the folder `campaign` is made; by default here.",
)
@may_replace
@with_store
def command(
    key: str,
    kind: str,
    details: Path | None,
    output: Path,
    data: Path,
    database_url: str | None,
    *,
    is_forced: bool,
) -> None:
    """Write the registration of a program with the carriers, and say what would get it rejected, by whose code.

    Writes campaign/fields.json, opt-in-flow.md, messages.json and findings.txt. Exits 1 when a finding would get it
    rejected, 0 when there is none or only something to confirm, and 2 when the details cannot be read.
    """
    from yesword.reporting.registration import BusinessDetails, files, read_details, register
    from yesword.reporting.registration.checks import would_be_rejected
    from yesword.reporting.registration.packing import lines
    from yesword.reporting.registration.strict import RegistrationFileError

    try:
        told = BusinessDetails() if details is None else read_details(_read(details), file=details.name)
    except (RegistrationFileError, UnreadableDetailsError) as error:
        click.echo(f"yesword: {error}", err=True)
        sys.exit(NOT_UNDERSTOOD)
    with using(data, database_url):
        from yesword.domain.rules import RuleBook
        from yesword.reporting.registration.sent import templates

        program = find_program(key)
        today = datetime.now(UTC).date()
        made = register(program, told, Kind(kind), RuleBook.load().packs, today, sent=templates(program.id))
    written = {output / name: text for name, text in files(made).items()}
    refuse_to_replace(*written, is_forced=is_forced, makes_folder=True)
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(f"Written: {path}")
    click.echo("\n".join(("", *lines(made.findings))))
    sys.exit(EXIT_REJECTED if would_be_rejected(made.findings) else 0)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise UnreadableDetailsError(file=file, reason=error.strerror or error) from error
    except UnicodeDecodeError as error:
        raise UnreadableDetailsError(file=file, reason="it is not UTF-8") from error
