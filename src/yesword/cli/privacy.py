"""`yesword privacy`: what people may ask about their data, what the brand writes down, and the retention job."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from yesword.cli.breaches import breach
from yesword.cli.duties import close, processing, requests, retain
from yesword.cli.erase import erase
from yesword.cli.finding import find_program, person_named
from yesword.cli.granting import add_granting
from yesword.cli.moments import read_time
from yesword.cli.options import using, with_store
from yesword.cli.written import may_replace, refuse_to_replace, write_private

if TYPE_CHECKING:
    from yesword.domain.places import Whereabouts
    from yesword.privacy.holding import Holding
    from yesword.privacy.restricting import Restricted
    from yesword.store.contacts import Contact
    from yesword.store.opening import Store

Function = TypeVar("Function", bound=Callable[..., Any])

_NUMBER: Final = click.argument("number")
_PROGRAM: Final = click.option(
    "--program", required=True, help="A program of the brand; what is meant is the whole brand."
)
_USER: Final = click.option(
    "--user", "name", required=True, metavar="NAME", help="The account of whoever does it."
)
_DRY_RUN: Final = click.option(
    "--dry-run", "is_dry_run", is_flag=True, help="Say what would change, and change nothing."
)
_LANGUAGES: Final = ("en", "nl", "sv", "de", "da")


@click.group("privacy")
def command() -> None:
    """People's rights over their data: access, rectification, restriction; breaches, the record of processing, retention.

    Who acts is named with --user, and leaves a trace.
    """


for each in (breach, erase, requests, close, processing, retain):
    command.add_command(each)


def _person(store: "Store", number: str, program: str) -> "Contact":
    return person_named(store, number, find_program(program))


# --- access ----------------------------------------------------------------------------------------------------


@command.command("access")
@_NUMBER
@_PROGRAM
@_USER
@click.option(
    "--json", "as_json", type=click.Path(path_type=Path), help="Write it for programs, to this file."
)
@click.option("--html", "as_html", type=click.Path(path_type=Path), help="Write it to be read, to this file.")
@click.option(
    "--language", type=click.Choice(_LANGUAGES), help="Of the page; by default the person's, or English."
)
@click.option(
    "--since", metavar="TIME", help="Since when the number is proven to be theirs; by default only now."
)
@click.option(
    "--second-proof",
    is_flag=True,
    help="They have shown in another way than by their telephone, too, who they are.",
)
@may_replace
@with_store
def access(
    number: str,
    program: str,
    name: str,
    as_json: Path | None,
    as_html: Path | None,
    language: str | None,
    since: str | None,
    data: Path,
    database_url: str | None,
    *,
    second_proof: bool,
    is_forced: bool,
) -> None:
    """Write down everything that the brand holds about whoever has NUMBER. Without a file, only say how much it is.

    A code shows who has the number today. Name, attributes and older conversations stay hidden until there is a
    second proof; what is older than a sign that the number changed hands stays hidden from whoever has it now.
    """
    refuse_to_replace(as_json, as_html, is_forced=is_forced)
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.domain.messages import without_link_words
        from yesword.privacy import traces
        from yesword.privacy.access import collect
        from yesword.privacy.access_json import write_json

        user = rights.acting(name)
        person = _person(store, number, program)
        at = datetime.now(UTC)
        holding = collect(
            store,
            person,
            at,
            since=read_time(since) if since else None,
            second_proof=second_proof,
        )
        if as_json is not None or as_html is not None:
            with store.database.write():
                traces.leave(
                    "privacy.accessed", traces.about(person.id), user.pk, is_second_proof=second_proof
                )
        if as_json is not None:
            _write(as_json, without_link_words(write_json(holding)), is_forced=is_forced)
        if as_html is not None:
            _write(
                as_html, without_link_words(_page(holding, language or person.language)), is_forced=is_forced
            )
        _tell(holding)


def _write(path: Path, text: str, *, is_forced: bool) -> None:
    write_private(path, text.encode(), is_forced=is_forced)
    click.echo(f"Wrote {path}.")


def _page(holding: "Holding", language: str) -> str:
    from django.utils import formats, translation

    from yesword.privacy.access_page import write_readable

    known = language if language in _LANGUAGES else "en"
    pattern = "j. F Y" if known in {"de", "da"} else "j F Y"

    def day(on: date) -> str:
        return str(formats.date_format(on, pattern, use_l10n=False))

    with translation.override(known):
        return write_readable(holding, known, translation.gettext, day)


def _tell(holding: "Holding") -> None:
    click.echo(
        f"{len(holding.record):,} entries of the record · {len(holding.sent):,} texts to them · "
        f"{len(holding.received):,} from them · {len(holding.files):,} files"
    )
    withheld = holding.withheld
    if not withheld.is_anything:
        return
    parts = [
        *(["the name"] if withheld.name else []),
        *(["attributes"] if withheld.attributes else []),
        f"{withheld.events:,} entries",
        f"the details of {withheld.details:,} entries",
        f"{withheld.sent_texts + withheld.received_texts:,} texts",
        f"{withheld.requests:,} requests",
    ]
    shown = ", ".join(part for part in parts if not part.startswith(("0 ", "the details of 0 ")))
    sign = (
        f" The number changed hands, it seems, on {withheld.reassigned_at:%Y-%m-%d}."
        if withheld.reassigned_at
        else ""
    )
    click.echo(f"Not shown: {shown}.{sign}")


@command.command("confirm")
@_NUMBER
@_PROGRAM
@_USER
@with_store
def confirm(number: str, program: str, name: str, data: Path, database_url: str | None) -> None:
    """Say that whoever has NUMBER has shown in another way, too, who they are, such as by a call back or a letter.

    For thirty days a code to their handset then shows them on their own page all that is held, name and older texts
    included. A sign that the number changed hands ends that at once.
    """
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.privacy import owners

        user = rights.acting(name)
        person = _person(store, number, program)
        owners.confirm_second_proof(store, person, user.pk, datetime.now(UTC))
        days = owners.SECOND_PROOF_LASTS.days
        click.echo(f"Confirmed. With a code to their handset they see all of it, for {days} days.")


# --- rectification and restriction -----------------------------------------------------------------------------


@command.command("rectify")
@_NUMBER
@_PROGRAM
@_USER
@click.option("--name", "person_name", help="Their name.")
@click.option("--language", help="The language they read, such as nl.")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="An attribute; may be repeated.")
@click.option("--unset", "taken", multiple=True, metavar="NAME", help="An attribute to take away.")
@click.option("--region", help="Where they live, such as US-FL, in the place of all that was concluded.")
@click.option("--country", help="The country where they live, such as NL.")
@click.option("--zone", help="The time zone they are in, such as Europe/Amsterdam.")
@click.option(
    "--recipient",
    type=click.Choice(["person", "sole_trader", "company", "public_body"]),
    help="What they are to the law.",
)
@click.option("--number", "new_number", help="Refused: another number is another contact.")
@_DRY_RUN
@with_store
def rectify(
    number: str,
    program: str,
    name: str,
    person_name: str | None,
    language: str | None,
    given: tuple[str, ...],
    taken: tuple[str, ...],
    region: str | None,
    country: str | None,
    zone: str | None,
    recipient: str | None,
    new_number: str | None,
    data: Path,
    database_url: str | None,
    *,
    is_dry_run: bool,
) -> None:
    """Put right what is held about whoever has NUMBER. The record of consent is never changed."""
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.domain.parties import RecipientKind
        from yesword.privacy import rectifying

        user = rights.acting(name)
        changes = rectifying.Changes(
            name=person_name,
            language=language,
            attributes={**dict(_pair(each) for each in given), **dict.fromkeys(taken)},
            whereabouts=_whereabouts(region, country, zone),
            recipient=RecipientKind(recipient) if recipient else None,
            number=new_number,
        )
        person = _person(store, number, program)
        found = rectifying.rectify(store, person, changes, user.pk, datetime.now(UTC), is_dry_run=is_dry_run)
        if not found.fields:
            click.echo("It says so already.")
            return
        click.echo(f"{'Would change' if is_dry_run else 'Changed'}: {', '.join(found.fields)}.")


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        message = f"{text!r} is not NAME=VALUE."
        raise click.BadParameter(message, param_hint="--set")
    return name.strip(), value.strip()


def _whereabouts(region: str | None, country: str | None, zone: str | None) -> "Whereabouts | None":
    from yesword.domain.places import Whereabouts

    if not (region or country or zone):
        return None
    return Whereabouts(stated_region=region, stated_country=country, stated_zone=zone)


@command.command("restrict")
@_NUMBER
@_PROGRAM
@_USER
@click.option("--reason", required=True, help="Why; stays with the trace, sealed.")
@_DRY_RUN
@with_store
def restrict(
    number: str,
    program: str,
    name: str,
    reason: str,
    data: Path,
    database_url: str | None,
    *,
    is_dry_run: bool,
) -> None:
    """Keep what is held about whoever has NUMBER, and use it for nothing: no text goes, and they are in no list."""
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.privacy import restricting

        user = rights.acting(name)
        person = _person(store, number, program)
        done = restricting.restrict(store, person, reason, user.pk, datetime.now(UTC), is_dry_run=is_dry_run)
        _told(done, "restricted", is_dry_run=is_dry_run)


@command.command("unrestrict")
@_NUMBER
@_PROGRAM
@_USER
@click.option("--reason", required=True, help="Why; stays with the trace, sealed.")
@click.option("--told", "was_told", is_flag=True, help="The person has been told that it is lifted.")
@_DRY_RUN
@with_store
def unrestrict(
    number: str,
    program: str,
    name: str,
    reason: str,
    data: Path,
    database_url: str | None,
    *,
    was_told: bool,
    is_dry_run: bool,
) -> None:
    """Lift the restriction of whoever has NUMBER. They have to be told before (GDPR, article 18(3))."""
    with using(data, database_url) as store:
        from yesword.accounts import rights
        from yesword.privacy import restricting

        user = rights.acting(name)
        person = _person(store, number, program)
        done = restricting.unrestrict(
            store, person, reason, user.pk, was_told=was_told, is_dry_run=is_dry_run
        )
        _told(done, "unrestricted", is_dry_run=is_dry_run)


def _told(done: "Restricted", state: str, *, is_dry_run: bool) -> None:
    if not done.is_changed:
        click.echo(f"They are {state} already.")
        return
    texts = f" {done.cancelled:,} waiting texts {'would be' if is_dry_run else 'were'} cancelled."
    click.echo(f"{'Would be' if is_dry_run else 'Now'} {state}.{texts if done.cancelled else ''}")


# --- who may take numbers out ----------------------------------------------------------------------------------


add_granting(command, "NUMBERS", "take out lists with numbers in the clear")
