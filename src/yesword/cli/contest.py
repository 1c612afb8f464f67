"""`yesword contest`: contests and votes by text, from a file to the draw; and a draw checked by anybody, without a store."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from yesword.cli.given import read_text
from yesword.cli.moments import read_time
from yesword.cli.options import using, with_store
from yesword.cli.remarks import despite_findings, lines
from yesword.cli.written import may_replace, refuse_to_replace, write_private

if TYPE_CHECKING:
    from yesword.collect.contests import Contest
    from yesword.store.database import Session

_WRONG: Final = {
    "list": "The entries are not those whose digest was published.",
    "count": "There are more or fewer entries than were published.",
    "seed_too_early": "The seed was known before the list of entries was fixed.",
    "seed_too_late": "The draw says that it is older than its seed.",
    "other_source": "The seed is not from where it was announced to come.",
    "winners": "Drawn again, others win.",
}


@click.group("contest")
def command() -> None:
    """Contests and votes by text. Entering is no consent; winners are drawn so that anybody can draw them again."""


@command.command("create")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", required=True, help="The name in its address: the page stands at /c/ and this.")
@click.option("--announce", is_flag=True, help="Show its page, and take texts from when it opens.")
@despite_findings
@with_store
def create(
    file: Path, key: str, data: Path, database_url: str | None, *, announce: bool, despite_findings: bool
) -> None:
    """Keep a contest from a TOML file, new or changed; nobody sees it before it is announced.

    It can be changed until it opens. What the terms lack to make a yes a consent stops it, and nobody can answer for that.
    """
    with using(data, database_url):
        from yesword.cli.finding import find_program
        from yesword.collect import contests
        from yesword.domain.collecting import contest_files
        from yesword.domain.linting.finding import at as placed

        text = read_text(file)
        program = find_program(contest_files.program_named(text, file.name))
        definition = contest_files.read_contest(text, program, file.name)
        now = datetime.now(UTC)
        made = contests.draft(program.brand, key, definition, now)
        for language in definition.languages:
            for line in lines(placed(contests.findings(definition, program, language, now), language)):
                click.echo(line, err=True)
        if announce:
            made = contests.announce(made, now, despite=despite_findings)
            click.echo(f"{made.key} is announced: /c/{made.key}")
        else:
            click.echo(f"{made.key} is kept. Announce it with --announce, or in the console.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@with_store
def list_(data: Path, database_url: str | None, *, as_json: bool) -> None:
    """All contests of all brands, newest first."""
    with using(data, database_url) as store:
        from yesword.collect import contests
        from yesword.store.models import Contest

        now = datetime.now(UTC)
        with store.database.read() as session:
            rows = [
                _row(session, contests.find(key), now)
                for key in Contest.objects.order_by("-pk").values_list("key", flat=True)
            ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['key']:<20} {row['state']:<10} {row['entered']:>7,} entered  {row['name']}")
    if not rows:
        click.echo("No contests yet. Make one in the console, or with `yesword contest create`.")


@command.command("show")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_store
def show(key: str, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """How a contest stands: what was entered, what was published, and who won by their entry's digest."""
    with using(data, database_url) as store:
        from yesword.collect import contest_draws, contests
        from yesword.store import contests as rows

        contest = contests.find(key)
        with store.database.read() as session:
            told = _row(session, contest, datetime.now(UTC))
            told["counts"] = dict(contest_draws.results(session, contest).counts)
            fixed, drawn = rows.commitment(session, contest.id), rows.drawn(session, contest.id)
        if fixed is not None:
            told |= {
                "list_digest": fixed.commitment.list_digest,
                "takes_part": fixed.commitment.entries,
                "closed": _said(fixed.commitment.committed_at),
                "seed_from": fixed.commitment.source or None,
            }
        if drawn is not None:
            told |= {"seed": drawn.seed, "seed_at": _said(drawn.seed_at), "winners": list(drawn.winners)}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        if value is not None:
            click.echo(f"{name}: {_shown(value)}")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{each or 'own words'} {count}" for each, count in value.items())
    return "\n  ".join(["", *value]) if isinstance(value, list) else str(value)


@command.command("close")
@click.argument("key")
@click.option("--early", is_flag=True, help="Before the time that people were told.")
@click.option("--seed-source", default="", help="From where the seed comes, if that changed.")
@click.option("--seed-at", help="When it is published there, if that changed: 2026-06-06T20:00+02:00.")
@with_store
def close(
    key: str, seed_source: str, seed_at: str | None, data: Path, database_url: str | None, *, early: bool
) -> None:
    """Fix who takes part, and publish the digest of the list. It happens by itself ten minutes after closing time."""
    with using(data, database_url) as store:
        from yesword.collect import contest_draws, contests

        fixed = contest_draws.close(
            store,
            contests.find(key),
            datetime.now(UTC),
            is_early=early,
            seed_source=seed_source,
            seed_due_at=None if seed_at is None else read_time(seed_at),
        )
    click.echo(
        f"{fixed.entries:,} take part. The digest of the list, published on the page:\n{fixed.list_digest}"
    )
    if fixed.seed_due_at is not None:
        click.echo(f"Draw with the seed from {fixed.source}, published at {_said(fixed.seed_due_at)}.")


@command.command("draw")
@click.argument("key")
@click.option("--seed", required=True, help="What the announced source published, as it stands there.")
@click.option("--seed-at", required=True, help="When it was published: 2026-06-06T20:00+02:00.")
@click.option("--source", default="", help="Who published it, if not who was announced.")
@with_store
def draw(key: str, seed: str, seed_at: str, source: str, data: Path, database_url: str | None) -> None:
    """Draw the winners, once, from a seed that is younger than the published list."""
    with using(data, database_url) as store:
        from yesword.collect import contest_draws, contests

        published_at = read_time(seed_at)
        drawn = contest_draws.draw(store, contests.find(key), seed, source, published_at, datetime.now(UTC))
    for place, each in enumerate(drawn.winners, start=1):
        click.echo(f"{place:>4}  {each}")
    click.echo("Whose they are shows the console, to those who may see numbers.")


@command.command("export")
@click.argument("key")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Here instead of to the output."
)
@may_replace
@with_store
def export(key: str, output: Path | None, data: Path, database_url: str | None, *, is_forced: bool) -> None:
    """The contest as a file that anybody can check. It has no number and no answer in it."""
    refuse_to_replace(output, is_forced=is_forced)
    with using(data, database_url) as store:
        from yesword.collect import contest_draws, contests
        from yesword.domain.collecting import draw_files

        with store.database.read() as session:
            text = draw_files.write(contest_draws.exported(session, contests.find(key)))
    if output is None:
        click.echo(text, nl=False)
        return
    write_private(output, text.encode(), is_forced=is_forced)
    click.echo(f"{output} written.")


@command.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--entry", default="", help="The number of an entry, as the text said it: is it in, did it win?"
)
@click.option("--digest", default="", help="The digest of the list as you noted it before the draw.")
def verify(file: Path, entry: str, digest: str) -> None:
    """Draw again from a file, offline. Exits with 0 where everything fits, with 1 where something does not.

    That the digest was public before the seed cannot be seen in a file: note it when the contest closes, and give it
    with --digest.
    """
    from yesword.domain.collecting import draw_files

    found = draw_files.read(read_text(file))
    wrong = [_WRONG[each.value] for each in draw_files.verify(found)]
    if digest and digest.strip().lower() != found.commitment.list_digest:
        wrong.append("The digest of the list is not the one that you noted.")
    click.echo(
        f"{found.name} ({found.brand}): {len(found.entries):,} entries, list {found.commitment.list_digest}"
    )
    if found.drawn is None:
        click.echo("Not drawn yet.")
    else:
        click.echo(f"Seed {found.drawn.seed!r} from {found.drawn.source}, {_said(found.drawn.seed_at)}.")
        for place, each in enumerate(found.drawn.winners, start=1):
            click.echo(f"{place:>4}  {each}")
    if entry:
        wrong += _told_of(entry.strip().lower(), found)
    for each in wrong:
        click.echo(each, err=True)
    if wrong:
        raise SystemExit(1)
    click.echo("Everything fits." if found.drawn is not None else "The list fits its digest.")


def _told_of(entry: str, file: Any) -> list[str]:
    matching = [each for each in file.entries if each.startswith(entry)]
    if len(matching) != 1:
        return [f"No single entry begins with {entry}."]
    won = file.drawn is not None and matching[0] in file.drawn.winners
    click.echo(f"{matching[0]} takes part{' and won' if won else ''}.")
    return []


def _row(session: "Session", contest: "Contest", at: datetime) -> dict[str, Any]:
    from yesword.collect import contest_draws, contests

    return {
        "key": contest.key,
        "state": contests.standing(session, contest, at).value,
        "name": contest.name,
        "path": f"/c/{contest.key}" if contest.is_announced else None,
        "keywords": " ".join(contest.definition.keywords),
        "sender": contest.program.sender,
        "opens": _said(contest.definition.opens_at),
        "closes": _said(contest.closes_at),
        "entered": contest_draws.results(session, contest).entered,
    }


def _said(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
