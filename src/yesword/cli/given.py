"""Files that somebody gives a command to read: a list of numbers as any program wrote it, and texts in UTF-8."""

from pathlib import Path
from typing import IO, Final

from yesword.cli.misuse import MisuseError

_STDIN: Final = "<stdin>"


class UnreadableListError(MisuseError):
    """{file} cannot be read as a list of numbers: it is a spreadsheet, or holds bytes that no text has. Save it as text or CSV (UTF-8), with one number a line."""

    code = "unreadable_list"


class NotTextError(MisuseError):
    """{file} is no text in UTF-8. Save it as UTF-8 and try again."""

    code = "not_text"


def read_list(file: IO[bytes]) -> str:
    """All of it, whatever the encoding, as imports read theirs. The store has to be open. Raises UnreadableListError."""
    from yesword.collect.imports.errors import ImportFileError
    from yesword.collect.imports.reading import text_of

    try:
        return text_of(file.read())
    except ImportFileError as error:
        path = getattr(file, "name", _STDIN)
        raise UnreadableListError(file="The input" if path == _STDIN else Path(path).name) from error


def read_text(path: Path) -> str:
    """Raises NotTextError."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise NotTextError(file=path.name) from error
