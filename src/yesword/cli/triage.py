"""`yesword triage`: the texts that somebody should look at, and what may be done about each."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from yesword.cli.finding import find_brands
from yesword.cli.granting import add_granting
from yesword.cli.options import using, with_store
from yesword.cli.strays import put_away_command, read_again_command, strays_command
from yesword.domain.errors import YeswordError
from yesword.domain.triage import BECOMES, Verb

if TYPE_CHECKING:
    from yesword.domain.ids import InboundId
    from yesword.sending.triage import Item, Settled
    from yesword.store.contacts import Contact
    from yesword.store.database import Session
    from yesword.store.opening import Store

_PAGE: Final = 200


class StillGoingError(YeswordError):
    """The stop is recorded. A text that it covers is still on its way to the carrier: run the same command again."""

    code = "still_going"


@click.group("triage")
def command() -> None:
    """Texts that somebody should look at: probable stops first, then privacy requests, complaints, perhaps stops and questions.

    Who acts is named with --user, and stays in the record. To undo a stop takes a right of its own: see `allow`.
    """


_ID = click.argument("row", metavar="ID")
_USER = click.option("--user", "name", required=True, metavar="NAME", help="The account of whoever does it.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print what became of it as one JSON object.")


@command.command("list")
@click.option("--brand", "key", metavar="KEY", help="Only this brand; by default all of them.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@click.option("--show-text", is_flag=True, help="Show the words, which are the person's own.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@with_store
def list_open(
    key: str | None, limit: int, data: Path, database_url: str | None, *, show_text: bool, as_json: bool
) -> None:
    """List what waits. Numbers are masked, and words are hidden unless they are asked for."""
    with using(data, database_url) as store:
        count = 0
        for item, person in _waiting(store, key, limit):
            count += 1
            row = _row(item, person, show_text=show_text)
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else _line(row))
        if not count and not as_json:
            click.echo("Nothing waits.")


def _waiting(store: "Store", key: str | None, limit: int) -> Iterator[tuple["Item", "Contact"]]:
    from yesword.domain.ids import BrandId
    from yesword.sending.triage import queue
    from yesword.store import contacts

    left = limit
    for brand in find_brands(key):
        after = None
        while left > 0:
            with store.database.read() as session:
                page = queue(store, session, BrandId(brand.pk), after, min(left, _PAGE))
                people = contacts.read_many(store, session, [item.contact for item in page])
            for item in page:
                yield item, people[item.contact]
            left -= len(page)
            if not page:
                break
            after = page[-1].place


def _row(item: "Item", person: "Contact", *, show_text: bool) -> dict[str, Any]:
    from yesword.domain import phone
    from yesword.domain.ids import to_text
    from yesword.domain.messages import without_link_words
    from yesword.domain.times import iso_millis

    row: dict[str, Any] = {
        "id": to_text("inb", item.id),
        "kind": item.kind.value,
        "received_at": iso_millis(item.received_at),
        "due_at": iso_millis(item.due_at) if item.due_at else None,
        "number": phone.parse(person.number, country=None).masked() if person.number else None,
        "says": [kind.value for kind in item.read.kinds],
        "rule": item.read.rule,
        "confidence": item.read.confidence,
        "span": list(item.read.span) if item.read.span else None,
        "may": [verb.value for verb in item.verbs],
        "event": to_text("evt", item.event) if item.event else None,
    }
    return row | {"text": item.text and without_link_words(item.text)} if show_text else row


def _line(row: dict[str, Any]) -> str:
    due = f"  due {row['due_at'][:10]}" if row["due_at"] else ""
    head = f"{row['id']}  {row['received_at'][:16]}Z  {row['kind']:15}  {row['number'] or 'erased'}{due}"
    read = f"    read as {', '.join(row['says'])} at {row['confidence']:.2f}; may: {', '.join(row['may'])}"
    words = f"\n    {json.dumps(row['text'], ensure_ascii=False)}" if "text" in row else ""
    return f"{head}\n{read}{words}"


@command.command("confirm")
@_ID
@_USER
@_JSON
@with_store
def confirm(row: str, name: str, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """It was a stop. Nothing is sent; a number that is somebody else's now is marked so."""
    _do(data, database_url, row, name, Verb.CONFIRM, as_json=as_json)


@command.command("undo")
@_ID
@_USER
@_JSON
@click.option("--reason", required=True, help="Why it was no stop; stays in the person's record.")
@with_store
def undo(row: str, name: str, reason: str, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """It was no stop: what it had ended goes on. Exact words and links are never undone."""
    _do(data, database_url, row, name, Verb.UNDO, reason, as_json=as_json)


@command.command("stop")
@_ID
@_USER
@_JSON
@with_store
def stop(row: str, name: str, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """It was a stop after all: everything of the brand ends for this person."""
    _do(data, database_url, row, name, Verb.STOP, as_json=as_json)


@command.command("answer")
@_ID
@_USER
@_JSON
@click.option("--text", required=True, help="What the person should read.")
@with_store
def answer(row: str, name: str, text: str, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """Write back, within the rules for conversations."""
    _do(data, database_url, row, name, Verb.ANSWER, text, as_json=as_json)


@command.command("done")
@_ID
@_USER
@_JSON
@click.option("--note", default="", help="What was done, for colleagues.")
@with_store
def done(row: str, name: str, note: str, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """Nothing more to do; of a privacy request: what was asked for is done."""
    _do(data, database_url, row, name, Verb.DONE, note, as_json=as_json)


def _do(
    data: Path,
    database_url: str | None,
    row: str,
    name: str,
    verb: Verb,
    words: str = "",
    *,
    as_json: bool,
) -> None:
    from yesword.domain import ids

    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.privacy import traces
        from yesword.sending.triage import finish

        item = ids.InboundId(ids.from_text("inb", row))
        user = rights.acting(name, rights.Right.CORRECT if verb is Verb.UNDO else None)
        at = datetime.now(UTC)
        with store.database.write() as session:
            settled = _settled(store, session, item, verb, user.pk, words, at)
            if settled.is_new:
                action = f"triage.{BECOMES[verb].value}"  # the row itself may stay open
                traces.leave(action, row.strip().lower(), user.pk)
        if not finish(store, settled):
            raise StillGoingError
        if as_json:
            told = {"id": ids.to_text("inb", item), "kind": settled.item.kind, "state": settled.item.state}
            click.echo(json.dumps(told | {"is_new": settled.is_new}))
            return
        before = "" if settled.is_new else " You had done so before."
        click.echo(f"{settled.item.kind.value}: {settled.item.state.value}.{before}")


def _settled(
    store: "Store", session: "Session", item: "InboundId", verb: Verb, user: int, words: str, at: datetime
) -> "Settled":
    from yesword.sending import triage

    match verb:
        case Verb.CONFIRM:
            return triage.confirm(store, session, item, user, at)
        case Verb.UNDO:
            return triage.undo(store, session, item, user, words, at)
        case Verb.STOP:
            return triage.stop(store, session, item, user, at)
        case Verb.ANSWER:
            return triage.answer(store, session, item, user, words, at)
        case Verb.DONE:
            return triage.done(store, session, item, user, at, words)


for each in (strays_command, read_again_command, put_away_command):
    command.add_command(each)
add_granting(command, "CORRECT", "undo stops that had been misread")
