"""`yesword triage strays` and what may be done about them: texts that could be given to nobody."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yesword.cli.options import using, with_store

if TYPE_CHECKING:
    from yesword.sending.strays import Stray

_WHYS = {
    "number": "nobody can read a number in what it came from",
    "address": "no program is there where it went to",
}


@click.command("strays")
@click.option("--show-text", is_flag=True, help="Show the words, which are the person's own.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@with_store
def strays_command(data: Path, database_url: str | None, *, show_text: bool, as_json: bool) -> None:
    """List texts that could be given to nobody, stops first. Where they came from is masked."""
    with using(data, database_url) as store:
        from yesword.sending import strays

        found = strays.waiting(store)
        for stray in found:
            row = _row(stray, show_text=show_text)
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else _line(row))
        if not as_json:
            click.echo(
                "Set right what is wrong with the account; then `yesword triage read-again` gives them to whom they are from."
                if found
                else "None wait."
            )


@click.command("read-again")
@with_store
def read_again_command(data: Path, database_url: str | None) -> None:
    """Take in once more what could be given to nobody. `yesword sequence` does it every minute, too."""
    with using(data, database_url) as store:
        from yesword.sending import rereading, strays

        given = rereading.read_again(store, datetime.now(UTC))
        click.echo(f"{given} given to whom they are from, {len(strays.waiting(store))} still wait.")


@click.command("put-away")
@click.argument("row", metavar="ID")
@click.option("--user", "name", required=True, metavar="NAME", help="The account of whoever does it.")
@with_store
def put_away_command(row: str, name: str, data: Path, database_url: str | None) -> None:
    """Delete a text that could be given to nobody: you have seen to it. It ends nobody's texts."""
    from yesword.domain import ids

    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.privacy import traces
        from yesword.sending import strays

        stray = ids.StrayId(ids.from_text("str", row))
        user = rights.acting(name)
        with store.database.write() as session:
            strays.drop(session, stray)
            traces.leave("stray.put_away", row.strip().lower(), user.pk)
        click.echo("Put away.")


def _row(stray: "Stray", *, show_text: bool) -> dict[str, Any]:
    from yesword.channels.ports import masked
    from yesword.domain.ids import to_text
    from yesword.domain.times import iso_millis

    text = stray.text
    row: dict[str, Any] = {
        "id": to_text("str", stray.id),
        "why": stray.why.value,
        "is_stop": stray.is_stop,
        "account": text.account if text else None,
        "received_at": iso_millis(text.received_at) if text else None,
        "from": masked(text.sender_number) if text else None,
        "to": text.to_address if text else None,
    }
    return row | {"text": text.text if text else None} if show_text else row


def _line(row: dict[str, Any]) -> str:
    if row["account"] is None:
        return f"{row['id']}  Its key is gone."
    what = "a stop" if row["is_stop"] else "no plain stop"
    head = f"{row['id']}  {row['received_at'][:16]}Z  {row['account']}  from {row['from']} to {row['to']}"
    words = f"\n    {json.dumps(row['text'], ensure_ascii=False)}" if "text" in row else ""
    return f"{head}\n    {what}: {_WHYS[row['why']]}{words}"
