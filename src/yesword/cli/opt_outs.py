"""`yesword account optouts`: a provider's own list of opt-outs beside ours, and what mends the difference."""

import csv
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.acting import USER, Actor, acting
from yesword.cli.options import using, with_store
from yesword.cli.progress import ProgressLine

if TYPE_CHECKING:
    from yesword.store.models import Account, OptOutCheck
    from yesword.store.opening import Store

EXIT_DIFFERS: Final = 1


@click.command("optouts")
@click.argument("key", metavar="ACCOUNT")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--country", metavar="CC", help="Of national numbers in FILE.")
@click.option("--repair", is_flag=True, help="Record here what they have and we do not.")
@click.option(
    "--theirs",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write whom we have and they do not, with numbers, to hand to the provider; needs --user.",
)
@USER
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_store
def opt_outs(
    key: str,
    file: Path | None,
    country: str | None,
    theirs: Path | None,
    name: str | None,
    data: Path,
    database_url: str | None,
    *,
    repair: bool,
    as_json: bool,
) -> None:
    """Compare the provider's own list of opt-outs with ours: asked of the provider, or from FILE.

    FILE is what the provider lets you download: a number a line, or CSV with columns for the number, the sender, the date.
    Nothing is recorded without --repair.

    Exits 0 when the two agree or were mended, 1 when they differ.
    """
    if theirs and not name:
        raise click.UsageError("Say with --user who takes numbers out in full.")
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.accounts.rights import Right
        from yesword.cli.account import find
        from yesword.reporting import opt_outs as found
        from yesword.worker import opt_outs as lists

        row, now = find(key), datetime.now(UTC)
        actor = acting(name)
        user = actor.user
        if theirs is not None and name is not None:
            rights.acting(name, Right.NUMBERS)
        progress = ProgressLine(words="Compared: {done} numbers")
        if file is None:
            check = lists.pull(store, row, now, user=user, progress=progress)
        else:
            check = lists.import_file(store, row, file, now, country=country, user=user, progress=progress)
        left = found.left(check)
        said = {
            "listed": check.listed,
            "unread": check.unread,
            "agreed": check.agreed,
            "came_back": check.came_back,
            "missing_here": left.ours,
            "missing_here_known": left.ours_known,
            "missing_there": left.theirs,
        }
        if repair:
            said |= _repair(store, row, check, actor)
        if theirs is not None and user is not None:
            said["written"] = _write(store, row, check, theirs, user)
        left = found.left(check)
    click.echo(json.dumps(said)) if as_json else _tell(said)
    sys.exit(EXIT_DIFFERS if left.ours or left.theirs else 0)


def _repair(store: "Store", row: "Account", check: "OptOutCheck", actor: Actor) -> dict[str, int]:
    from yesword.reporting import opt_out_mending

    now = datetime.now(UTC)
    done = opt_out_mending.repair(store, check, now, actor.user, on_machine=actor.on_machine)
    opt_out_mending.tell(row, check, now)
    return {"withdrawn": done.withdrawn, "traces": done.traced}


def _write(store: "Store", row: "Account", check: "OptOutCheck", path: Path, user: int) -> int:
    from yesword.reporting import opt_out_mending

    written = 0
    with path.open("w", encoding="utf-8", newline="") as opened:
        path.chmod(0o600)
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(("number", "opted_out_at"))
        for number, at in opt_out_mending.numbers_for_them(store, check):
            writer.writerow((number, "" if at is None else at.isoformat(timespec="seconds")))
            written += 1
    opt_out_mending.handed_over(check, user, written)
    opt_out_mending.tell(row, check, datetime.now(UTC))
    return written


_WORDS: Final = {
    "listed": "numbers in their list",
    "unread": "lines that could not be read",
    "agreed": "stopped here, too",
    "came_back": "came back later, from their own phones",
    "missing_here": "they have, and we do not",
    "missing_here_known": "of these are people that we know",
    "missing_there": "we have, and they do not",
    "withdrawn": "stops recorded",
    "traces": "numbers that nobody here has, kept out from now on",
    "written": "numbers written for the provider",
}


def _tell(said: dict[str, int]) -> None:
    for name, number in said.items():
        click.echo(f"{number:>10,}  {_WORDS[name]}")
