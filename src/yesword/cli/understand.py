"""`yesword understand`: how texts would be read. One text a line in, one answer a line out.

Needs a store only to know the words of a program that it holds.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.options import opened, with_store
from yesword.domain.errors import YeswordError
from yesword.domain.understanding import Context, Intent, PendingKind, understand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yesword.domain.programs import Program

EXIT_BAD_INPUT: Final = 2
_NOTHING: Final = "nothing"
_FILE: Final = ".toml"


@click.command(name="understand")
@click.option(
    "--lang",
    "languages",
    multiple=True,
    metavar="XX",
    help="A language the person may write; repeatable, best first.",
)
@click.option(
    "--pending",
    type=click.Choice([*(kind.value for kind in PendingKind), _NOTHING]),
    default=PendingKind.UNKNOWN.value,
    show_default=True,
    help="What was asked last: yes and no mean something only as answers.",
)
@click.option(
    "--program",
    metavar="P",
    help="As if texted to this program's sender: its key in the store, or its TOML file.",
)
@with_store
@click.option("--labels", "is_label_only", is_flag=True, help="Print only OPT_OUT, OPT_IN, HELP or OTHER.")
@click.option("--without-model", is_flag=True, help="Let only words and phrases speak.")
def command(
    languages: tuple[str, ...],
    pending: str,
    program: str | None,
    data: Path,
    database_url: str | None,
    *,
    is_label_only: bool,
    without_model: bool,
) -> None:
    r"""Say what each text on standard input means, as one JSON object a line.

    A line ends at \n only, and an empty line is an empty text. The span
    counts characters of the text from 0, its end not included.
    """
    try:
        context = _context(languages, pending, program, data, database_url)
    except YeswordError as error:
        click.echo(error.message, err=True)
        sys.exit(EXIT_BAD_INPUT)
    for line in sys.stdin.buffer:
        intent = understand(_text(line.removesuffix(b"\n")), context=context, with_model=not without_model)
        sys.stdout.write((intent.label.value if is_label_only else _json(intent)) + "\n")
        sys.stdout.flush()  # whoever feeds us line by line waits for each answer


def _context(
    languages: tuple[str, ...], asked: str, program: str | None, data: Path, database_url: str | None
) -> Context:
    pending = None if asked == _NOTHING else PendingKind(asked)
    if program is None:
        return Context(languages=languages, pending=pending)
    from yesword.domain.listening import context_of

    here = _in_file(program) if program.endswith(_FILE) else _in_store(program, data, database_url)
    return context_of(here, pending, languages)


def _in_file(file: str) -> "Sequence[Program]":
    from yesword.cli.lint import UnreadableFileError
    from yesword.domain.ids import BrandId
    from yesword.domain.program_files import read_program

    try:
        text = Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(file=file, reason=str(error)) from error
    # Whose program it is makes no difference to how a text is read.
    return [read_program(text, file=file, brand=BrandId(0), brand_name=Path(file).stem, brand_country="US")]


def _in_store(key: str, data: Path, database_url: str | None) -> "Sequence[Program]":
    """The program, and whoever shares its sender: their keywords count there as well."""
    opened(data, database_url)
    from yesword.cli.finding import find_program
    from yesword.store import programs

    found = find_program(key)
    here = programs.on_sender(programs.sender_of(found).id)
    return [found, *(each for each in here if each.id != found.id)]


def _text(line: bytes) -> str:
    """Damaged texts are read as well as they can be: a STOP among broken bytes is still a STOP."""
    try:
        return line.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return line.decode("utf-8", "surrogateescape")


def _json(intent: Intent) -> str:
    return json.dumps(
        {
            "label": intent.label,
            "kind": intent.kind,
            "scope": intent.scope,
            "confidence": intent.confidence,
            "span": intent.span,
            "matched": intent.matched,
            "rule": intent.rule,
            "language": intent.language,
            "is_per_se": intent.is_per_se,
            "is_probable": intent.is_probable,
            "program": intent.program,
            "right": intent.right,
            "also": intent.also,
        }
    )
