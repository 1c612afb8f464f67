"""`yesword why MESSAGE`: a past decision, computed again from stored facts."""

import json
import sys
from pathlib import Path

import click

from yesword.cli.options import opened, with_store


@click.command("why")
@click.argument("message")
@with_store
@click.option("--json", "as_json", is_flag=True, help="Print the decisions as JSON.")
def command(message: str, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """Show why MESSAGE (msg_…) was sent, held or refused, and compute each decision again.

    Exit 0 when every decision comes out the same, byte for byte; 1 when one does not.
    """
    store = opened(data, database_url)

    from yesword.cli.check import as_object, as_traced
    from yesword.domain.explain import tree
    from yesword.domain.ids import MessageId, from_text
    from yesword.domain.rules import RuleBook
    from yesword.domain.times import iso_millis
    from yesword.domain.tracing import trace
    from yesword.sending.explaining import why
    from yesword.sending.weighing import Scales

    book = RuleBook.load()
    decisions = why(store, Scales(book), MessageId(from_text("msg", message)))
    # Other packs or another gate would tell of rules that nobody asked then, so only what was stored is shown.
    traces = [
        trace(each.stored, each.facts, book)
        if each.is_same and {"gate", "packs"}.isdisjoint(each.differing)
        else None
        for each in decisions
    ]
    if as_json:
        rows = [
            as_object(each.stored)
            | {"at": iso_millis(each.stored.at), "is_same": each.is_same, "differing": list(each.differing)}
            | ({} if traced is None else as_traced(traced))
            for each, traced in zip(decisions, traces, strict=True)
        ]
        click.echo(json.dumps({"message": message, "decisions": rows}, ensure_ascii=False))
    else:
        for each, traced in zip(decisions, traces, strict=True):
            click.echo(f"Decided {each.stored.at:%Y-%m-%d %H:%M:%S} UTC")
            click.echo(tree(each.stored, trace=traced))
            if each.is_same:
                click.echo("Computed again from what was stored: the same, byte for byte.")
            else:
                parts = ", ".join(each.differing) or "nothing that is versioned: the row was changed"
                click.echo(f"Computed again it differs; what changed since: {parts}.")
    store.close()
    sys.exit(0 if all(each.is_same for each in decisions) else 1)
