"""What several commands share: where the store is, and opening it."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from yesword.store.opening import Store

Function = TypeVar("Function", bound=Callable[..., Any])


def with_store(function: Function) -> Function:
    """`--data` and `--database-url`, or their environment variables."""
    data = click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="YESWORD_DATA",
        default=Path("data"),
        show_default=True,
        help="The data folder: the SQLite store, the keys and what runs.",
    )
    url = click.option(
        "--database-url",
        envvar="YESWORD_DATABASE_URL",
        default=None,
        help="postgresql://… to use PostgreSQL instead of SQLite.",
    )
    return data(url(function))


def opened(
    data: Path, database_url: str | None, *, may_create: bool = False, needs_keys: bool = True
) -> "Store":
    from yesword.store.opening import open_store

    return open_store(data, database_url, may_create=may_create, needs_keys=needs_keys)


@contextlib.contextmanager
def using(
    data: Path, database_url: str | None, *, may_create: bool = False, needs_keys: bool = True
) -> Iterator["Store"]:
    """The store, open for as long as a command works on it."""
    store = opened(data, database_url, may_create=may_create, needs_keys=needs_keys)
    try:
        yield store
    finally:
        store.close()


def pass_on(data: Path, database_url: str | None) -> None:
    """Let processes started from here find the same store."""
    os.environ["YESWORD_DATA"] = str(data.resolve())
    if database_url:
        os.environ["YESWORD_DATABASE_URL"] = database_url


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that is gone afterwards, with Django pointed at it, so that what imports models can be imported."""
    from yesword.store.opening import set_up_django

    with tempfile.TemporaryDirectory(prefix="yesword-") as folder:
        set_up_django(Path(folder), None)
        yield Path(folder)
