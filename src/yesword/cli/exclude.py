"""`yesword exclude` and `yesword exclusions`: numbers out at once, and who is excluded."""

import csv
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import click

from yesword.cli.finding import find_brand, find_brands, find_program
from yesword.cli.given import read_list
from yesword.cli.misuse import FAILED
from yesword.cli.moments import read_time
from yesword.cli.options import using, with_store
from yesword.cli.progress import ProgressLine
from yesword.domain import phone

if TYPE_CHECKING:
    from yesword.domain.ids import BrandId
    from yesword.reporting.exclusions import Line, Wanted
    from yesword.sending.excluding import Excluded, Wish
    from yesword.store.opening import Store

REASONS: Final = ("asked_by_phone", "asked_by_mail", "asked_in_person", "complaint", "wrong_number", "other")
_ROUTES: Final = (
    "hand", "keyword", "free_text", "link", "page", "agent", "carrier", "api", "import", "house", "other",
)  # fmt: skip


@click.command("exclude")
@click.argument("numbers", nargs=-1, metavar="NUMBER…")
@click.option(
    "--file",
    "file",
    type=click.File("rb"),
    help="More numbers, one a line; - reads them from the input.",
)
@click.option("--brand", metavar="B", help="Everything of this brand; the only one there is may go unnamed.")
@click.option("--program", metavar="P", help="Only this program; brand/program where two have it.")
@click.option("--all-brands", "of_all", is_flag=True, help="Everything of every brand here.")
@click.option("--reason", type=click.Choice(REASONS), required=True, help="Why, as they said it.")
@click.option(
    "--words", default="", help="In words; sealed with the person's record. Needed with --reason other."
)
@click.option("--user", "name", metavar="NAME", required=True, help="The account of whoever was asked.")
@click.option("--country", metavar="CC", help="Of numbers without +; by default the brand's.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@with_store
def command(
    numbers: tuple[str, ...],
    file: IO[bytes] | None,
    brand: str | None,
    program: str | None,
    reason: str,
    words: str,
    name: str,
    country: str | None,
    data: Path,
    database_url: str | None,
    *,
    of_all: bool,
    as_json: bool,
) -> None:
    """End at once what each NUMBER gets, and keep it out, whether anybody here has it or not.

    Nothing takes that back but START from the handset itself. To exclude twice ends nothing twice.

    Exits 0 when all of it is done, 1 when a line is no number or a text is still on its way.
    """
    if sum((bool(brand), bool(program), of_all)) > 1:
        raise click.UsageError("Say one of --brand, --program and --all-brands.")
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.sending.excluding import exclude

        typed = [*numbers, *_listed(file)]
        if not typed:
            raise click.UsageError("Name a number, or a file of them.")
        user = rights.acting(name)
        wish = _wish(brand, program, reason, words, user.pk, of_all=of_all)
        read, wrong = _read(typed, country or wish.brands[0].country)
        progress = ProgressLine(words="Excluding: {done} of {total} numbers", total=len(read))
        done = exclude(store, read, wish, datetime.now(UTC), progress=progress)
        brands = {row.pk: row.key for row in find_brands(None)}
    for line in done:
        _tell(line, brands[line.brand.id], as_json=as_json)
    for place, error in wrong:
        said = {"line": place, "error": error.code, "sentence": error.message}
        click.echo(json.dumps(said) if as_json else f"{place}: {error.message}", err=not as_json)
    sys.exit(FAILED if wrong or not all(each.is_drained for each in done) else 0)


def _listed(file: IO[bytes] | None) -> list[str]:
    lines = [] if file is None else read_list(file).splitlines()
    return [line.strip() for line in lines if line.strip()]


def _wish(
    brand: str | None, program: str | None, reason: str, words: str, user: int, *, of_all: bool
) -> "Wish":
    from yesword.domain.ids import BrandId
    from yesword.sending.excluding import Door, Reason, Wish
    from yesword.store import programs

    chosen = find_program(program) if program else None
    if chosen is not None:
        ids = [chosen.brand]
    else:
        rows = find_brands(None) if of_all else [find_brand(brand)]
        ids = [BrandId(row.pk) for row in rows]
    return Wish(
        brands=tuple(programs.brand(each) for each in ids),
        program=chosen,
        reason=Reason(reason),
        words=words,
        user=user,
        door=Door.COMMAND,
    )


def _read(
    typed: list[str], country: str
) -> tuple[list[phone.PhoneNumber], list[tuple[int, phone.PhoneError]]]:
    read, wrong = [], []
    for place, each in enumerate(typed, 1):
        try:
            read.append(phone.parse(each, country=country))
        except phone.PhoneError as error:
            wrong.append((place, error))
    return read, wrong


def _tell(line: "Excluded", brand: str, *, as_json: bool) -> None:
    from yesword.domain.ids import to_text
    from yesword.store import programs

    keys = {each.id: each.key for each in programs.of_brand(line.brand.id)}
    ended = [keys.get(each, str(each)) for each in line.ended]
    contact = None if line.contact is None else to_text("con", line.contact)
    if as_json:
        said = {
            "number": line.number.masked(),
            "brand": brand,
            "outcome": line.outcome.value,
            "ended": ended,
            "contact": contact,
            "drained": line.is_drained,
        }
        click.echo(json.dumps(said))
        return
    more = f": {', '.join(ended)}" if ended else ""
    late = "" if line.is_drained else ", and a text is still being handed over"
    click.echo(f"{line.number.masked()}  {brand}  {line.outcome.value.replace('_', ' ')}{more}{late}")


@click.command("exclusions")
@click.option("--brand", metavar="B", help="Of which brand; the only one there is may go unnamed.")
@click.option("--program", metavar="P", help="Only stops that end this program, by name or with everything.")
@click.option("--reason", help="Only with this reason, such as complaint.")
@click.option("--route", type=click.Choice(_ROUTES), help="Only those that came this way.")
@click.option("--since", metavar="TIME", help="Not before this moment.")
@click.option("--until", metavar="TIME", help="Before this moment.")
@click.option("--find", "number", metavar="NUMBER", help="How this one number stands, instead of the list.")
@click.option("--numbers", "in_clear", is_flag=True, help="With numbers in full; needs --user.")
@click.option("--user", "name", metavar="NAME", help="With --numbers: an account that has the right to them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, instead of CSV.")
@with_store
def list_command(
    brand: str | None,
    program: str | None,
    reason: str | None,
    route: str | None,
    since: str | None,
    until: str | None,
    number: str | None,
    name: str | None,
    data: Path,
    database_url: str | None,
    *,
    in_clear: bool,
    as_json: bool,
) -> None:
    """List who is excluded from a brand's texts, newest first, as CSV; numbers are masked.

    Of numbers that nobody here has only traces are kept: --find says whether one is among them.
    """
    if in_clear and not name:
        raise click.UsageError("Say with --user who takes numbers out in full.")
    with using(data, database_url) as store:
        from yesword.domain.ids import BrandId
        from yesword.reporting.exclusions import Route, Wanted

        row = find_brand(brand)
        about = BrandId(row.pk)
        if number:
            _find(store, about, phone.parse(number, country=row.country).e164)
            return
        chosen = find_program(f"{row.key}/{program.rpartition('/')[2]}") if program else None
        wanted = Wanted(
            program=None if chosen is None else chosen.id,
            reason=reason or "",
            route=Route(route) if route else None,
            since=read_time(since) if since else None,
            until=read_time(until) if until else None,
        )
        _list(store, about, wanted, name if in_clear else None, as_json=as_json)


def _find(store: "Store", brand: "BrandId", number: str) -> None:
    from yesword.domain.ids import to_text
    from yesword.reporting import exclusions

    found = exclusions.look_up(store, brand, number)
    who = "nobody here" if found.contact is None else to_text("con", found.contact)
    for stop in found.stands:
        scope = "brand" if stop.scope.program is None else f"program {stop.scope.program}"
        click.echo(f"excluded from {scope} since {stop.at:%Y-%m-%d}, by {stop.route} ({who})")
    if found.trace is not None and found.contact is None:
        click.echo(f"excluded from brand since {found.trace.said}, {found.trace.cause} ({who})")
    if not found.stands and (found.trace is None or found.contact is not None):
        click.echo(f"not excluded ({who})")


def _list(store: "Store", brand: "BrandId", wanted: "Wanted", name: str | None, *, as_json: bool) -> None:
    from yesword.accounts import rights
    from yesword.accounts.rights import Right
    from yesword.reporting import exclusions
    from yesword.store import programs
    from yesword.store.models import AuditEntry

    user = None if name is None else rights.acting(name, Right.NUMBERS)
    keys: dict[int, str] = {each.id: each.key for each in programs.of_brand(brand)}
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if not as_json:
        writer.writerow(("number", "since", "scope", "reason", "route", "state"))
    written = 0
    for line in exclusions.every(store, brand, wanted):
        cells = (
            _number(line, in_clear=user is not None),
            line.at.isoformat(),
            "brand" if line.program is None else keys.get(line.program, "program"),
            line.reason,
            line.route.value,
            line.stands.value,
        )
        if as_json:
            named = zip(("number", "since", "scope", "reason", "route", "state"), cells, strict=True)
            click.echo(json.dumps(dict(named)))
        else:
            writer.writerow(cells)
        written += 1
    if user is not None:
        detail = {"rows": written}
        AuditEntry.objects.create(
            user=user, action="exclusions.taken_out", subject=f"brand {brand}", detail=detail
        )


def _number(line: "Line", *, in_clear: bool) -> str:
    number = line.person.number
    if number is None or line.person.erased_at is not None:
        return ""
    return number if in_clear else phone.parse(number, country=None).masked()
