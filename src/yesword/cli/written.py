"""Files that commands write for whoever runs them: never over one that is there unless that was said, and for their eyes only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import click

from yesword.cli.misuse import MisuseError

_OWN: Final = 0o600
_ELSEWHERE: Final = (
    FileNotFoundError,
    NotADirectoryError,
    IsADirectoryError,
    PermissionError,
)  # a full disk is no misuse


class FileThereError(MisuseError):
    """There is a file {path} already, and it stays as it is. Name another one, or add --force to replace it."""

    code = "file_there"


class NotWritableError(MisuseError):
    """{path} cannot be written: {reason}. Name a file in a folder that is there and that you may write to."""

    code = "file_not_writable"


may_replace = click.option("--force", "is_forced", is_flag=True, help="Replace a file that is there already.")


def refuse_to_replace(*paths: Path | None, is_forced: bool, makes_folder: bool = False) -> None:
    """Called before there is anything to write: no trace is left, and no work done, for a file that cannot be.

    `makes_folder`: the command makes it where it is not there. Raises FileThereError, NotWritableError.
    """
    for path in paths:
        if path is None:
            continue
        if not makes_folder and not path.parent.is_dir():
            raise NotWritableError(path=path, reason=f"there is no folder {path.parent}")
        if not is_forced and (path.exists() or path.is_symlink()):
            raise FileThereError(path=path)


@contextmanager
def private_file(path: Path, *, is_forced: bool) -> Iterator[IO[bytes]]:
    """A file that nobody else may read, from its first moment. Raises FileThereError, NotWritableError."""
    how = os.O_TRUNC if is_forced else os.O_EXCL
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | how, _OWN)
    except FileExistsError as error:
        raise FileThereError(path=path) from error
    except _ELSEWHERE as error:
        raise NotWritableError(path=path, reason=(error.strerror or str(error)).lower()) from error
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), _OWN)  # one that was there may have been open to all
        try:
            yield file
        except BaseException:
            if not is_forced:  # half a file would be in the way of the next try
                path.unlink(missing_ok=True)
            raise


def write_private(path: Path, body: bytes, *, is_forced: bool) -> None:
    """All of it at once. Raises FileThereError, NotWritableError."""
    with private_file(path, is_forced=is_forced) as file:
        file.write(body)
