"""`yesword evidence`: adding what shows a consent, showing how well each is backed, and the pages as people were shown them."""

from datetime import UTC, datetime
from mimetypes import guess_extension
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.finding import find_program, person_named
from yesword.cli.misuse import MisuseError
from yesword.cli.moments import read_time
from yesword.cli.options import using, with_store
from yesword.cli.written import may_replace, private_file, refuse_to_replace
from yesword.domain.events import Basis
from yesword.domain.evidence.kinds import EvidenceKind

if TYPE_CHECKING:
    from yesword.domain.events import ConsentEvent
    from yesword.domain.evidence import Graded
    from yesword.domain.programs import Program
    from yesword.proof.evidence.attaching import Attached
    from yesword.proof.renders import Shown
    from yesword.store.blobs import BlobRow
    from yesword.store.contacts import Contact
    from yesword.store.models import User
    from yesword.store.opening import Store

_ADDED = (EvidenceKind.SCAN, EvidenceKind.RECORDING, EvidenceKind.ATTESTATION)
_BASES = (Basis.EXPRESS_WRITTEN, Basis.EXPRESS)


class UnreadableWordingError(MisuseError):
    """{file} is no text in UTF-8 with something in it. Write the words that the person agreed to into it."""

    code = "evidence_unreadable_wording"


@click.group("evidence")
def command() -> None:
    """What backs the consent of people: scans, recordings, statements, and the wordings as they were shown."""


_USER = click.option(
    "--user", "name", metavar="NAME", help="The account of whoever does it, for the audit trail."
)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


# --- adding --------------------------------------------------------------------------------------------------


@command.command("add")
@click.argument("number")
@click.option("--program", required=True, help="The program's key, such as club.")
@click.option(
    "--kind", type=click.Choice([each.value for each in _ADDED]), required=True, help="What the file is."
)
@click.option("--file", type=_FILE, required=True, help="The scan, the recording, or the statement.")
@click.option(
    "--happened-at",
    "happened_at",
    metavar="DATE",
    required=True,
    help="When the person agreed. A day is taken from its beginning, in UTC.",
)
@click.option(
    "--language", required=True, metavar="L", help="Of the words that the person agreed to, such as nl."
)
@click.option(
    "--wording",
    type=_FILE,
    help="These words, in a text file. By default the program's own of that day, if there was one.",
)
@click.option(
    "--basis",
    type=click.Choice([each.value for each in _BASES]),
    help="What the file shows. By default a scan shows written consent, and the others that it was given.",
)
@click.option("--note", default="", help="What else there is to say; sealed with the rest.")
@_USER
@with_store
def add(
    number: str,
    program: str,
    kind: str,
    file: Path,
    happened_at: str,
    language: str,
    wording: Path | None,
    basis: str | None,
    note: str,
    name: str | None,
    data: Path,
    database_url: str | None,
) -> None:
    """Add evidence of a consent of NUMBER (+31…) that was given before, away from here.

    It is recorded as a consent of that day which reached us today, of grade C. It lifts no stop: whoever has left comes
    back by their own phone alone.
    """
    at = datetime.now(UTC)
    then = read_time(happened_at)
    words = None if wording is None else _words(wording)
    with using(data, database_url) as store:
        from yesword.proof.evidence.attaching import Attachment, attach

        chosen, person = _found(store, number, program)
        user = _acting(name)
        attached = attach(
            store,
            person,
            chosen,
            Attachment(
                kind=EvidenceKind(kind),
                data=file.read_bytes(),
                happened_at=then,
                language=language,
                wording=words,
                basis=Basis(basis) if basis else None,
                note=note.strip(),
                by=user.pk if user else None,
            ),
            at,
        )
    _tell(attached, chosen)


def _tell(attached: "Attached", program: "Program") -> None:
    from yesword.domain.ids import to_text

    file, event = attached.file, attached.event
    if attached.was_kept:
        click.echo(f"The file is on record already, as {file.ref}, and is not kept twice.")
    else:
        click.echo(f"Kept {file.ref}: {file.media_type.value}, {file.size} bytes.")
    click.echo(
        f"Recorded {to_text('evt', event.id)}: consent to {program.key} of {event.occurred_at:%Y-%m-%d}."
    )
    _tell_grade(attached.graded)
    if attached.is_stopped:
        click.echo("It permits nothing: they have stopped, and only their own phone can let them in again.")
    elif attached.is_refused and not attached.is_granted:
        click.echo(
            "It permits nothing: they were asked and said no, and only their own phone can take that back."
        )


def _tell_grade(graded: "Graded") -> None:
    from yesword.domain.evidence.sentences import render

    reasons = " ".join(render(each) for each in graded.reasons)
    click.echo(f"Grade {graded.grade.value}: {reasons}")
    for sentence in (*graded.does_not_prove, *graded.remarks):
        click.echo(f"  {render(sentence)}")


# --- showing -------------------------------------------------------------------------------------------------


@command.command("show")
@click.argument("number")
@click.option("--program", required=True, help="The program's key, such as club.")
@_USER
@with_store
def show(number: str, program: str, name: str | None, data: Path, database_url: str | None) -> None:
    """Say how well each event of NUMBER in a program is backed, what that does not prove, and list the files.

    That it was looked at stands in the audit trail.
    """
    with using(data, database_url) as store:
        from yesword.domain.ids import to_text
        from yesword.proof.evidence import losses
        from yesword.proof.evidence.grades import graded_record
        from yesword.proof.evidence.opening import record_of
        from yesword.store import blobs

        chosen, person = _found(store, number, program)
        user = _acting(name)
        _trace(user, "evidence.shown", person, program=chosen.key)
        graded = graded_record(store, person)
        with store.database.read() as session:
            record = list(record_of(store, session, person))
            files = blobs.of_contact(session, person.id)
            items = [item for each in record for item in each.items]
            lost = losses.lost(session, person, store.vault.seal(person.id), items, datetime.now(UTC))
        for each in record:
            if each.event.scope.program not in (None, chosen.id):
                continue
            click.echo(_headline(each.event))
            found = graded[each.event.id]
            if found is None:
                click.echo("Its evidence was erased.")
            else:
                _tell_grade(found)
            for item in each.items:
                reason = lost.get(str(item.get("sha256", "")))
                told = f"  {item.get('kind')} {item.get('ref', '')}".rstrip()
                click.echo(f"{told}: it {reason}. It was tampered with, or lost." if reason else told)
            click.echo("")
        for row in files:
            click.echo(_line(to_text("evi", row.id), row))


def _headline(event: "ConsentEvent") -> str:
    from yesword.domain.ids import to_text

    return f"{to_text('evt', event.id)} {event.kind.value} on {event.occurred_at:%Y-%m-%d %H:%M} UTC by {event.route}"


def _line(ref: str, row: "BlobRow") -> str:
    told = f"{ref}: {row.kind}, {row.media_type}, {row.size} bytes, of {row.kept_at:%Y-%m-%d}"
    if not row.is_there:
        return f"{told}; gone"
    return told if row.purge_at is None else f"{told}; goes on {row.purge_at:%Y-%m-%d}"


@command.command("extract")
@click.argument("file", metavar="ID")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write; by default evi_… in this folder.",
)
@may_replace
@_USER
@with_store
def extract(
    file: str,
    output: Path | None,
    name: str | None,
    data: Path,
    database_url: str | None,
    *,
    is_forced: bool,
) -> None:
    """Write the file ID (evi_…) out, readable by you alone. That it was taken out stands in the audit trail.

    What it is was told from its first bytes: open it with care.
    """
    with using(data, database_url) as store:
        from yesword.domain.ids import from_text
        from yesword.proof.evidence.files import PREFIX, read
        from yesword.store import contacts

        user = _acting(name)
        found = read(store, from_text(PREFIX, file))
        path = output or Path(f"{file.strip().lower()}{guess_extension(found.media_type) or ''}")
        with store.database.read() as session:
            person = contacts.read(store, session, found.contact)
        assert person is not None, "a file is of somebody"
        with private_file(path, is_forced=is_forced) as writing:
            _trace(user, "evidence.extracted", person, file=file.strip().lower())
            writing.write(found.data)
    click.echo(f"Wrote {path}: {found.kind.value}, {found.media_type}, {len(found.data)} bytes.")


# --- pages ---------------------------------------------------------------------------------------------------


@command.command("render")
@click.option("--program", required=True, help="The program's key, such as club.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder to write the pages and pictures to as well.",
)
@may_replace
@with_store
def render(
    program: str, output: Path | None, data: Path, database_url: str | None, *, is_forced: bool
) -> None:
    """Keep the wording of a program as a page in each of its languages, with pictures on a telephone and on a desk.

    The pictures take Chromium; without it the pages alone are kept. Doing it again adds what is missing.
    """
    at = datetime.now(UTC)
    with using(data, database_url) as store:
        from yesword.proof.renders import publish_program

        published = publish_program(store, find_program(program), at)
        tell_pages(published)
        if output is not None:
            _write_pages(store, published, program.rpartition("/")[2], output, is_forced=is_forced)


def tell_pages(published: "tuple[Shown, ...]") -> None:
    for each in published:
        click.echo(f"Page in {each.language}: {each.page}")
        for width, digest in sorted(each.pictures.items()):
            click.echo(f"  {width} pixels wide: {digest}")
    for trouble in dict.fromkeys(str(each.trouble) for each in published if each.trouble is not None):
        click.echo(trouble, err=True)


def _write_pages(
    store: "Store", published: "tuple[Shown, ...]", key: str, folder: Path, *, is_forced: bool
) -> None:
    from yesword.store import shown_pages

    named: dict[Path, str] = {}
    for each in published:
        named[folder / f"{key}-{each.language}.html"] = each.page
        for width, digest in each.pictures.items():
            named[folder / f"{key}-{each.language}-{width}.png"] = digest
    refuse_to_replace(*named, is_forced=is_forced, makes_folder=True)
    folder.mkdir(parents=True, exist_ok=True)
    with store.database.read() as session:
        for path, digest in named.items():
            kept = shown_pages.read(session, digest)
            assert kept is not None, "it was just published"
            path.write_bytes(kept.body)
    click.echo(f"Written to {folder}.")


# --- what they share -----------------------------------------------------------------------------------------


def _found(store: "Store", number: str, program: str) -> "tuple[Program, Contact]":
    chosen = find_program(program)
    return chosen, person_named(store, number, chosen)


def _acting(name: str | None) -> "User | None":
    from yesword.accounts import rights

    return None if name is None else rights.acting(name)


def _trace(user: "User | None", action: str, person: "Contact", **detail: str) -> None:
    from yesword.privacy import traces

    traces.leave(action, traces.about(person.id), None if user is None else user.pk, **detail)


def _words(file: Path) -> str:
    try:
        words = file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise UnreadableWordingError(file=file.name) from error
    if not words:
        raise UnreadableWordingError(file=file.name)
    return words
