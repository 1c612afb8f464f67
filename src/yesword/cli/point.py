"""`yesword point`: the places where people are asked: listed, shown, published from a file, closed and opened."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yesword.cli.finding import find_program
from yesword.cli.given import read_text
from yesword.cli.options import using, with_store
from yesword.cli.point_calls import key_command, keys_command, snippet_command
from yesword.cli.point_embed import embed_command, visitor_key_command
from yesword.cli.remarks import despite_findings, lines, stop_at_errors

if TYPE_CHECKING:
    from yesword.domain.collecting.points import PointDefinition
    from yesword.domain.linting.finding import Finding
    from yesword.store.models import CollectionPoint


@click.group("point")
def command() -> None:
    """The places where people are asked for their yes: forms and their like."""


def _point(key: str) -> "CollectionPoint":
    from yesword.collect.points import NoSuchPointError
    from yesword.store.models import CollectionPoint

    found = CollectionPoint.objects.filter(key=key).first()
    if found is None:
        raise NoSuchPointError(key=key)
    return found


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@with_store
def list_(data: Path, database_url: str | None, *, as_json: bool) -> None:
    """All points of all brands, newest first."""
    with using(data, database_url):
        from yesword.store.models import CollectionPoint

        rows = [_row(each) for each in CollectionPoint.objects.order_by("-pk")]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['key']:<20} {row['state']:<7} v{row['version']:<3} {row['kind']:<10} {row['name']}")
    if not rows:
        click.echo("No points yet. Make one in the console, or with `yesword point publish`.")


def _row(row: "CollectionPoint") -> dict[str, Any]:
    state = "draft" if not row.version else "open" if row.is_open else "closed"
    return {
        "key": row.key,
        "state": state,
        "version": row.version,
        "kind": row.kind,
        "name": row.name,
        "path": f"/f/{row.key}" if row.kind in ("form", "email", "application") else None,
    }


@command.command("show")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_store
def show(key: str, data: Path, database_url: str | None, *, as_json: bool) -> None:
    """What a point asks now, and how many came in by which link."""
    with using(data, database_url) as store:
        from yesword.collect import points
        from yesword.collect.joining import is_capped
        from yesword.domain.collecting.wordings import consent_text
        from yesword.store import tallies
        from yesword.store.models import SourceTag

        row = _point(key)
        told = _row(row)
        point = points.newest(row.pk)
        if point is not None:
            labels = dict(SourceTag.objects.filter(point=row).values_list("code", "label"))
            with store.database.read() as session:
                found = tallies.read(session, row.pk)
                told["is_held_back"] = is_capped(session, point, datetime.now(UTC))
            told |= {
                "digest": point.digest,
                "program": point.program.key,
                "confirming": point.definition.confirming.value,
                "wording": {
                    each: consent_text(point.definition, point.program, each)
                    for each in point.definition.languages
                },
                "sources": [
                    {
                        "tag": tag,
                        "label": labels.get(tag, ""),
                        **{what.value: count for what, count in counts.items()},
                    }
                    for tag, counts in sorted(found.items())
                ],
            }
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        if isinstance(value, dict):
            click.echo("\n".join(f"{name} {inner}: {said}" for inner, said in value.items()))
        elif isinstance(value, list):
            click.echo(
                "\n".join(f"{name}: {', '.join(f'{k} {v}' for k, v in each.items() if v)}" for each in value)
            )
        else:
            click.echo(f"{name}: {value}")


@command.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", required=True, help="Its name: the page of a form stands at /f/ and this.")
@click.option("--pictures", is_flag=True, help="Make pictures of the page too; needs Chromium.")
@despite_findings
@with_store
def publish(
    file: Path,
    key: str,
    data: Path,
    database_url: str | None,
    *,
    pictures: bool,
    despite_findings: bool,
) -> None:
    """Publish a collection point from a TOML file as a new version; one that says nothing new stays as it is.

    Its kind is a form unless the file says `kind = "checkout"`, `"lead_ad"`, `"application"` or `"email"`.
    What the linter finds in the wording, by the law of the countries that it serves, goes to the error output; an error
    there stops it.
    """
    with using(data, database_url) as store:
        from yesword.domain.collecting import point_files
        from yesword.web import point_publishing

        text = read_text(file)
        program = find_program(point_files.program_named(text, file.name))
        general = point_files.general_named(text, file.name)
        asked = find_program(general) if general else None
        definition = point_files.read_point(text, program, file.name, asked)
        found = _findings(definition)
        for line in lines(found):
            click.echo(line, err=True)
        stop_at_errors(found, definition.name, "nothing was published", despite=despite_findings)
        point = point_publishing.publish(store, program.brand, key, definition, datetime.now(UTC))
        click.echo(f"{point.key} version {point.version}, {point.digest[:16]}")
        if pictures:
            made = point_publishing.take_pictures(store, point, datetime.now(UTC))
            click.echo(f"{made} pictures made")


def _findings(definition: "PointDefinition") -> "list[Finding]":
    """Of the words as they will stand there: those of the file, or else those that ship."""
    from yesword.domain.collecting.points import check
    from yesword.domain.collecting.wordings import worded
    from yesword.domain.linting.finding import at
    from yesword.store import programs
    from yesword.web.console.point_building import findings

    program = programs.version(definition.program, definition.program_version)
    check(definition, program)
    definition = worded(definition, program)
    languages = definition.languages or program.languages
    return [one for each in languages for one in at(findings(definition, program, each), each)]


@command.command("close")
@click.argument("key")
@with_store
def close(key: str, data: Path, database_url: str | None) -> None:
    """Ask nobody there any more; whoever is in stays in."""
    with using(data, database_url):
        from yesword.collect import points

        points.set_open(_point(key).key, is_open=False)


@command.command("open")
@click.argument("key")
@with_store
def open_(key: str, data: Path, database_url: str | None) -> None:
    """Open it again, as it was published last."""
    with using(data, database_url):
        from yesword.collect import points

        points.set_open(_point(key).key, is_open=True)


for _each in (key_command, keys_command, snippet_command, embed_command, visitor_key_command):
    command.add_command(_each)
