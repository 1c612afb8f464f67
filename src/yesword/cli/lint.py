"""`yesword lint`: reads wordings for what they lack, before anybody gets them. Needs no store, and no Django."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from yesword.cli.misuse import MisuseError
from yesword.cli.moments import read_day
from yesword.cli.remarks import as_object, lines, read_places
from yesword.domain.errors import YeswordError
from yesword.domain.messages import MessageClass, MessageKind

if TYPE_CHECKING:
    from yesword.domain.facts import SenderFacts
    from yesword.domain.linting.disclosures import FormFacts
    from yesword.domain.linting.finding import Finding
    from yesword.domain.programs import Program

EXIT_ERRORS: Final = 1
EXIT_BAD_INPUT: Final = 2
# What a text is for, when only its class is told.
_USUAL_KIND: Final = {
    MessageClass.PROMOTIONAL: MessageKind.CAMPAIGN,
    MessageClass.INFORMATIONAL: MessageKind.REMINDER,
    MessageClass.TRANSACTIONAL: MessageKind.REMINDER,
    MessageClass.CONVERSATIONAL: MessageKind.REPLY,
    MessageClass.SERVICE: MessageKind.HELP_REPLY,
}


class NothingToLintError(MisuseError):
    """There is nothing to read. Give --text, --disclosure or --program."""

    code = "nothing_to_lint"


class NoCountryError(MisuseError):
    """Nobody said where the people are. Give --country, such as DK or US-OK; repeat it for several."""

    code = "no_country"


class NoBrandError(MisuseError):
    """A program's file does not name the brand. Give --brand."""

    code = "no_brand"


class UnreadableFileError(MisuseError):
    """{file} cannot be read: {reason}."""

    code = "unreadable_file"


class UnknownLintLanguageError(MisuseError):
    """There are no wordings in {language}. Use one of {known}, or leave --lang out."""

    code = "unknown_lint_language"


@click.command("lint")
@click.option("--text", help="A text to read.")
@click.option("--disclosure", metavar="FILE", help="A file with the wording that asks for consent.")
@click.option(
    "--program", "program_file", metavar="FILE", help="A program's TOML file, to read all that it says."
)
@click.option(
    "--country", "countries", multiple=True, metavar="CC", help="Where the people are: DK, US-OK; repeatable."
)
@click.option("--brand", default="", help="The name of the sender, to look for.")
@click.option("--lang", "language", metavar="XX", help="Language of the wording; by default the country's.")
@click.option(
    "--class",
    "message_class",
    type=click.Choice([each.value for each in MessageClass]),
    default=MessageClass.PROMOTIONAL.value,
    show_default=True,
    help="Class of the text.",
)
@click.option("--kind", type=click.Choice([each.value for each in MessageKind]), help="What the text is for.")
@click.option("--sender", metavar="S", help="Short code, number or name that the text comes from.")
@click.option("--reason", default="", help="Why the text needs more than one segment.")
@click.option("--boxed", is_flag=True, help="The wording stands beside a box to tick.")
@click.option("--ticked", is_flag=True, help="On the form, the box is ticked already.")
@click.option("--bundled", is_flag=True, help="On the form, the consent is part of the terms.")
@click.option("--needed-to-buy", is_flag=True, help="On the form, a sale depends on the consent.")
@click.option(
    "--needed-to-enter", is_flag=True, help="On the form, entering a contest depends on the consent."
)
@click.option("--linked", is_flag=True, help="On the form, the words for terms and privacy are links.")
@click.option(
    "--at", "on", metavar="DATE", help="By the rules of this day, such as 2027-02-01; today by default."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(as_json: bool, **options: Any) -> None:  # noqa: FBT001
    """Read a text, a disclosure or a program, and say what is wrong with its wording, by which rule, and what to write.

    Exits 0 when no error is found, 1 when one is, and 2 when the question makes no sense.
    """
    try:
        findings = _lint(**options)
    except YeswordError as error:
        if as_json:
            click.echo(json.dumps({"error": error.code, "sentence": error.message}, ensure_ascii=False))
        else:
            click.echo(error.message, err=True)
        sys.exit(EXIT_BAD_INPUT)
    from yesword.domain.linting.finding import has_errors

    if as_json:
        click.echo(
            json.dumps({"findings": [as_object(each) for each in findings]}, indent=1, ensure_ascii=False)
        )
    else:
        click.echo("\n".join(lines(findings)) or "Nothing to remark.")
    sys.exit(EXIT_ERRORS if has_errors(findings) else 0)


def _lint(
    *,
    text: str | None,
    disclosure: str | None,
    program_file: str | None,
    countries: tuple[str, ...],
    brand: str,
    language: str | None,
    message_class: str,
    kind: str | None,
    sender: str | None,
    reason: str,
    on: str | None,
    **form: bool,
) -> "tuple[Finding, ...]":
    if text is None and disclosure is None and program_file is None:
        raise NothingToLintError
    places = _places(countries)
    day = _day(on)
    spoken = _language(language, places[0])
    # Late, for a question that makes no sense needs none of these.
    from yesword.domain.linting.disclosures import lint_disclosure
    from yesword.domain.linting.finding import ordered
    from yesword.domain.linting.texts import lint_text
    from yesword.domain.rules import RuleBook

    packs = RuleBook.load().packs
    found: list[Finding] = []
    program = None if program_file is None else _program(program_file, brand, places[0][:2])
    if program is not None:
        from yesword.domain.linting.programs import lint_program

        found += lint_program(program, packs, day, countries=places)
    if disclosure is not None:
        asked = _form(**form)
        wording = _read(disclosure)
        found += lint_disclosure(wording, asked, program, spoken, places, packs, day, brand=brand)
    if text is not None:
        chosen = MessageClass(message_class)
        found += lint_text(
            text,
            program,
            spoken,
            places,
            None if sender is None else _sender(sender),
            chosen,
            MessageKind(kind) if kind else _USUAL_KIND[chosen],
            packs,
            day,
            brand=brand,
            reason=reason,
        )
    return ordered(found)


def _places(countries: tuple[str, ...]) -> tuple[str, ...]:
    if not countries:
        raise NoCountryError
    return read_places(countries)


def _day(given: str | None) -> date:
    if given is None:
        return datetime.now(UTC).date()
    return read_day(given)


def _language(given: str | None, place: str) -> str | None:
    """A language that we have wordings in; nothing when none was given and the country's is not among them."""
    from yesword.domain.languages import language_of
    from yesword.domain.linting.wordings import languages, wordings

    found = wordings(given or language_of(place[:2]))
    if given is not None and found is None:
        raise UnknownLintLanguageError(language=given, known=", ".join(languages()))
    return found.language if found else None


def _program(file: str, brand: str, country: str) -> "Program":
    from yesword.domain.ids import BrandId
    from yesword.domain.program_files import read_program

    if not brand:
        raise NoBrandError
    return read_program(_read(file), file=file, brand=BrandId(0), brand_name=brand, brand_country=country)


def _read(file: str) -> str:
    try:
        return Path(file).read_text("utf-8").strip()
    except OSError as error:
        raise UnreadableFileError(file=file, reason=error.strerror or error) from error
    except UnicodeDecodeError as error:
        raise UnreadableFileError(file=file, reason="it is not UTF-8") from error


def _form(
    *, boxed: bool, ticked: bool, bundled: bool, needed_to_buy: bool, needed_to_enter: bool, linked: bool
) -> "FormFacts":
    from yesword.domain.linting.disclosures import FormFacts

    return FormFacts(
        has_box=boxed,
        is_ticked=ticked,
        is_separate_from_terms=not bundled,
        is_condition_of_sale=needed_to_buy,
        is_condition_of_entry=needed_to_enter,
        has_privacy_link=linked,
        has_terms_link=linked,
    )


def _sender(address: str) -> "SenderFacts":
    from yesword.domain.facts import SenderFacts
    from yesword.domain.phone import ALPHANUMERIC, sender_kind

    kind = sender_kind(address)
    return SenderFacts(address=address, kind=kind, can_receive=kind != ALPHANUMERIC)
