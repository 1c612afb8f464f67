"""`yesword paper`: entering the rows of a paper list from a file, with the scan of the list."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.finding import find_program
from yesword.cli.given import read_list, read_text
from yesword.cli.misuse import MisuseError
from yesword.cli.options import using, with_store
from yesword.domain import phone
from yesword.domain.errors import YeswordError

if TYPE_CHECKING:
    from yesword.collect.paper import PaperRow

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class PaperColumnsError(MisuseError):
    """{file} needs a first line with the columns number and signed, and perhaps name: it has {found}."""

    code = "paper_columns"


class NoSignedDayError(YeswordError):
    """{text} is no day such as 2026-03-02."""

    code = "paper_no_day"


class RowsLeftError(YeswordError):
    """{count} of the rows could not be entered; what is wrong stands above. Mend them and run it again: nobody is entered twice."""

    code = "paper_rows_left"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Typed:
    line: int
    number: str
    name: str
    signed: str


@click.command("paper")
@click.argument("file", metavar="FILE.csv", type=_FILE)
@click.option("--scan", type=_FILE, required=True, help="The scan of the list: PDF or picture, up to 20 MB.")
@click.option("--program", required=True, help="The program's key, such as club.")
@click.option("--language", required=True, metavar="L", help="Of what was printed, such as nl.")
@click.option(
    "--wording",
    type=_FILE,
    help="What was printed, in a text file. By default as on the list before; on a first one, the wording that ships.",
)
@click.option("--user", "name", metavar="NAME", help="The account of whoever does it, for the record.")
@click.option(
    "--confirm/--no-confirm",
    "confirms",
    default=True,
    help="Whether each person confirms by text first. Where the law asks for it, they do in any case.",
)
@click.option(
    "--dry-run", "is_dry", is_flag=True, help="Say what would become of each row, and change nothing."
)
@with_store
def command(
    file: Path,
    scan: Path,
    program: str,
    language: str,
    wording: Path | None,
    name: str | None,
    data: Path,
    database_url: str | None,
    *,
    confirms: bool,
    is_dry: bool,
) -> None:
    """Enter FILE.csv with columns number, name, signed: people who signed on paper, each with the scan as evidence.

    Whoever has stopped or said no stays out. With --confirm, who signed today is asked by one text; who signed earlier
    is asked nothing, and joins by their own text.
    """
    at = datetime.now(UTC)
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.collect import offline, paper
        from yesword.collect.paper import PaperList
        from yesword.domain.collecting.points import PointKind
        from yesword.domain.evidence.kinds import EvidenceKind
        from yesword.domain.rules import RuleBook
        from yesword.proof.evidence.files import accept

        typed = list(_rows(file))
        chosen = find_program(program)
        accepted = accept(EvidenceKind.SCAN, scan.read_bytes())
        user = None if name is None else rights.acting(name).pk
        words = "" if wording is None else read_text(wording)
        if is_dry:
            definition = offline.drafted(chosen, PointKind.PAPER, language, words, confirms=confirms)
            point = offline.unpublished(chosen, definition)
        else:
            point = offline.place(chosen, PointKind.PAPER, language, words, confirms=confirms)
        must = offline.must_confirm(point, RuleBook.load().packs, at.date())
        lines = PaperList(point=point, language=language, scan=accepted, confirms=must, user=user)
        counts: Counter[str] = Counter()
        bad = 0
        for each in typed:
            try:
                row = _read(each, chosen.brand_country, at)
            except YeswordError as error:
                bad += 1
                click.echo(f"line {each.line}: {error.message}", err=True)
                continue
            course = (
                paper.preview(store, lines, row, at) if is_dry else paper.enter(store, lines, row, at).course
            )
            counts[course.value] += 1
    for course_name, count in sorted(counts.items()):
        click.echo(f"{course_name.replace('_', ' ')}: {count}")
    if bad:
        raise RowsLeftError(count=bad)


def _rows(file: Path) -> Iterator[_Typed]:
    with file.open("rb") as reading:
        text = read_list(reading)
    rows = csv.DictReader(io.StringIO(text, newline=""))
    columns = [each.strip().lower() for each in rows.fieldnames or ()]
    if not {"number", "signed"} <= set(columns):
        raise PaperColumnsError(file=file.name, found=", ".join(columns) or "nothing")
    rows.fieldnames = columns
    for row in rows:
        if any(isinstance(value, str) and value.strip() for value in row.values()):
            yield _Typed(
                line=rows.line_num,
                number=row.get("number") or "",
                name=(row.get("name") or "").strip(),
                signed=(row.get("signed") or "").strip(),
            )


def _read(typed: _Typed, country: str, at: datetime) -> "PaperRow":
    from yesword.collect.paper import PaperRow
    from yesword.domain.collecting.offline import day_began
    from yesword.domain.places.clocks import country_zones

    number = phone.parse(typed.number, country=country)
    try:
        day = date.fromisoformat(typed.signed)
    except ValueError:
        raise NoSignedDayError(text=typed.signed or "An empty field") from None
    zone = next(iter(country_zones(country)), "UTC")
    return PaperRow(number=number, signed_at=day_began(day, zone, at), name=typed.name)
