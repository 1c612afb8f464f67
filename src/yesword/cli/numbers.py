"""`yesword numbers`: which numbers of a file can be texted at all. Needs no store, and keeps nothing."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.options import scratch_folder
from yesword.domain.errors import YeswordError

if TYPE_CHECKING:
    from yesword.collect.checking import Checked

EXIT_SOME_WRONG: Final = 1
EXIT_BAD_INPUT: Final = 2


@click.group("numbers")
def command() -> None:
    """Telephone numbers in files."""


@command.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--country", metavar="CC", help="Of national numbers; without it, only international ones are read."
)
@click.option(
    "--cleaned",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the good numbers here, each once: number, country, kind, line.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(file: Path, country: str | None, cleaned: Path | None, *, as_json: bool) -> None:
    """Check the numbers of FILE: a column of them, or one a line.

    Says how many can be texted, in which countries, and what is wrong with the others. Whether a number is in use, only its
    network knows. Nothing is stored.

    Exits 0 when every number is good, 1 when some are not, 2 when the file cannot be used.
    """
    try:
        with scratch_folder():
            from yesword.collect.checking import check_numbers

            if cleaned is None:
                found = check_numbers(file, country)
            else:
                with cleaned.open("w", encoding="utf-8", newline="") as opened:
                    cleaned.chmod(0o600)
                    found = check_numbers(file, country, opened)
    except YeswordError as error:
        click.echo(
            json.dumps({"error": error.code, "sentence": error.message}) if as_json else error.message,
            err=not as_json,
        )
        sys.exit(EXIT_BAD_INPUT)
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=1, ensure_ascii=False))
    else:
        _print(found)
    if found.wrong:
        sys.exit(EXIT_SOME_WRONG)


def _print(found: "Checked") -> None:
    click.echo(f"{found.rows:,} numbers")
    click.echo(f"{found.good:>10,}  can be texted")
    if found.doubles:
        click.echo(f"{found.doubles:>10,}  are doubles of those")
    for country, count in found.countries.items():
        click.echo(f"{count:>10,}  in {country}")
    for kind, count in found.kinds.items():
        click.echo(f"{count:>10,}  {kind.replace('_', ' ')}")
    for code, (count, sentence) in found.wrong.items():
        click.echo(f"{count:>10,}  {code}: {sentence}")
