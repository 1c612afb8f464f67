"""`yesword demo`: the whole product with an invented brand, in the browser or as a story in the terminal."""

import json
import os
import sys
from pathlib import Path
from typing import Final

import click

from yesword.cli.options import opened, scratch_folder

_FOR_EVER_S: Final = 100 * 365 * 24 * 3600


@click.command("demo")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-data"),
    show_default=True,
    help="Folder for the demo's store.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of the console.")
@click.option(
    "--port", default=8000, show_default=True, help="Port of the console; the next free one is taken."
)
@click.option(
    "--check", "check_only", is_flag=True, help="Stop as soon as the front page answers; exit 0 if it did."
)
@click.option(
    "--story", is_flag=True, help="Play the story in the terminal on a scratch store, with a stepped clock."
)
@click.option("--json", "as_json", is_flag=True, help="With --story: print the claims as JSON.")
def command(data: Path, host: str, port: int, *, check_only: bool, story: bool, as_json: bool) -> None:
    """Try Yesword with an invented brand, four programs and their people. Nothing leaves this machine.

    Its people never get into a database of yours: YESWORD_DATABASE_URL is left aside, and that is said.
    """
    if story:
        _tell(as_json=as_json)
    else:
        _serve(data, host, port, check_only=check_only)


def _tell(*, as_json: bool) -> None:
    with scratch_folder() as folder:
        from yesword.demo.story import tell

        told = tell(folder, say=None if as_json else click.echo)
    if as_json:
        click.echo(json.dumps(told.as_json(), ensure_ascii=False, indent=2))
    sys.exit(0 if told.is_held else 1)


def _serve(data: Path, host: str, port: int, *, check_only: bool) -> None:
    if os.environ.get("YESWORD_DATABASE_URL"):
        click.echo(
            f"The demo keeps its people in {data}, and not in the database of YESWORD_DATABASE_URL. "
            "Unset that for other commands on this folder."
        )
    store = opened(data, None, may_create=True)

    from yesword.cli import serve
    from yesword.demo.house import furnish

    sign_in = furnish(store)
    port = serve.free_port(host, port)
    address = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
    os.environ.setdefault("YESWORD_PUBLIC_URL", address)  # the links in its texts lead here
    # Nobody can text its carrier while it is off, so nothing is missed then.
    os.environ.setdefault("YESWORD_GAP_AFTER", str(_FOR_EVER_S))

    def greeting() -> list[str]:
        return [
            "",
            "  The demo is ready.",
            f"  Console   {address}/            sign in as {sign_in.name} with {sign_in.password}",
            f"  Handsets  {address}/handsets    text SAVEMORE to 800123 as a person would",
            "",
        ]

    serve.run(store, None, host, port, greeting, check_only=check_only)
