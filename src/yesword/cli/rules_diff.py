"""`yesword rules diff`: which rules change between two days, and what that would mean for what is on record."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from yesword.cli.misuse import MisuseError
from yesword.cli.progress import ProgressLine
from yesword.cli.rules_told import DAY, rule_object, say
from yesword.domain.rules import RuleBook, telling
from yesword.domain.rules.differing import Change, Difference, LawOf, differences

if TYPE_CHECKING:
    from yesword.sending.repercussions import Tally
    from yesword.store.opening import Store


class SampleWithoutStoreError(MisuseError):
    """--sample asks about messages and grants on record. Name the store with --data."""

    code = "sample_without_store"


_CHANGES: Final = {
    Change.COMES: "comes into force",
    Change.UNSTAYED: "is no longer stayed",
    Change.ENDS: "ends",
    Change.REPLACED: "is replaced",
    Change.GIVES_WAY: "gives way",
    Change.RETURNS: "speaks again",
}


@click.command("diff")
@click.option("--from", "since", required=True, help="The earlier day.", **DAY)
@click.option("--to", "until", required=True, help="The later day.", **DAY)
@click.option("--pack", "packs", metavar="P", multiple=True, help="Only this pack; may be given again.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="YESWORD_DATA",
    help="The data folder of a store, to ask what would change for it.",
)
@click.option(
    "--database-url",
    envvar="YESWORD_DATABASE_URL",
    help="postgresql://… to use PostgreSQL instead of SQLite.",
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Ask about so many messages and grants at most.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def diff(
    since: date,
    until: date,
    packs: tuple[str, ...],
    data: Path | None,
    database_url: str | None,
    sample: int | None,
    *,
    as_json: bool,
) -> None:
    """Show which rules come into force, end or give way between two days.

    With a store, also how many queued messages and how many grants would get another answer from the gate: the same
    text to the same person at the same moment, once under the law of each day. Nothing is sent and nothing is stored.
    """
    if data is None and sample is not None:
        raise SampleWithoutStoreError
    book = RuleBook.load()
    for pack in packs:
        book.pack(pack)  # an unknown one is told whatever the days
    found = list(differences(book, since, until, packs)) if since != until else []
    store = None if data is None else _opened(data, database_url)
    laws = LawOf(book, since), LawOf(book, until)
    if as_json:
        answers = None if store is None else dict(_tallies(store, laws, packs, sample))
        told = {
            "from": str(since),
            "to": str(until),
            "changes": [_difference_object(each) for each in found],
            "answers": None if answers is None else {key: _tally_object(answers[key]) for key in answers},
        }
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    say(_difference_lines(found))
    if since == until:
        click.echo(f"Both days are {since}: no rule changes between a day and itself.")
    elif not found:
        click.echo(f"No rule changes after {since} until {until}.")
    if store is not None:
        for what, tally in _tallies(store, laws, packs, sample):
            say(_tally_lines(_TALLIES[what], tally))


def _difference_lines(found: Iterable[Difference]) -> Iterator[str]:
    for day, each_day in groupby(found, key=lambda each: each.on):
        changes = list(each_day)
        yield str(day)
        for left, each in zip(range(len(changes) - 1, -1, -1), changes, strict=True):
            where = f" in {each.lineage}" if each.lineage else ""
            by = f", by {', '.join(each.others)}" if each.change is Change.REPLACED else ""
            to = f", to {', '.join(each.others)}" if each.change is Change.GIVES_WAY and each.others else ""
            yield f"{'├─' if left else '└─'} {each.rule.id} {_CHANGES[each.change]}{where}{by}{to}"
            margin = "│     " if left else "      "
            yield f"{margin}{telling.asks(each.rule.parameter)} · {each.rule.citation}"
            yield f"{margin}{telling.standing(each.rule)}"


def _difference_object(each: Difference) -> dict[str, Any]:
    return {
        "on": str(each.on),
        "change": each.change.value,
        "lineage": each.lineage or None,
        "others": list(each.others),
        **rule_object(each.rule),
    }


def _opened(data: Path, database_url: str | None) -> "Store":
    from yesword.cli.options import opened

    return opened(data, database_url)


_TALLIES: Final = {"messages": "queued messages", "grants": "active grants"}


def _tallies(
    store: "Store", laws: tuple[LawOf, LawOf], packs: tuple[str, ...], sample: int | None
) -> Iterator[tuple[str, "Tally"]]:
    """What the gate would answer otherwise about what is on record. The store is closed at the end."""
    from yesword.sending.repercussions import Comparison, on_grants, on_queue

    comparison, now = Comparison(*laws, packs), datetime.now(UTC)
    queue = ProgressLine(words="Asking about queued messages: {done} of {total}")
    people = ProgressLine(words="Asking about people with their grants: {done} of {total}")
    try:
        yield "messages", on_queue(store, comparison, now, sample=sample, watch=queue)
        yield "grants", on_grants(store, comparison, now, sample=sample, watch=people)
    finally:
        store.close()


def _tally_lines(what: str, tally: "Tally") -> Iterator[str]:
    asked = f"{tally.asked:,} {what}" if tally.is_all else f"a sample of {tally.asked:,} {what}"
    yield f"Of {asked}, {tally.changed:,} would get another answer."
    for turn, count in tally.turns.most_common():
        yield f"{count:>10,}  {turn.was} → {turn.becomes}: {turn.rule} · {turn.citation} ({turn.code})"


def _tally_object(tally: "Tally") -> dict[str, Any]:
    return {
        "asked": tally.asked,
        "is_all": tally.is_all,
        "changed": tally.changed,
        "turns": [
            {
                "count": count,
                "was": turn.was.value,
                "becomes": turn.becomes.value,
                "rule": turn.rule,
                "code": turn.code,
                "citation": turn.citation,
            }
            for turn, count in tally.turns.most_common()
        ],
    }
