"""`yesword check`: what the gate would say to a text that is not sent.

With `--consent` the question supposes a consent and needs no store, no program and no Django; without, the store is
asked, which `check_store` does.
"""

import json
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from yesword.cli.misuse import MisuseError
from yesword.cli.moments import read_time
from yesword.cli.options import with_store
from yesword.domain.decisions import Decision, Reason, Verdict
from yesword.domain.errors import YeswordError
from yesword.domain.explain import render, tree
from yesword.domain.facts import BrandFacts, GateFacts, SenderFacts
from yesword.domain.gate import decide
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.phone import ALPHANUMERIC, parse, sender_kind
from yesword.domain.places import Postcode, country_zones, places_for
from yesword.domain.question import Supposed, supposing, usual_kind, wording_of
from yesword.domain.rules import RuleBook
from yesword.domain.tracing import Trace, trace

if TYPE_CHECKING:
    from yesword.consent.obstacles import Obstacle

EXIT_CODES: Final = {Verdict.SEND: 0, Verdict.WAIT: 3, Verdict.REFUSE: 4}
EXIT_BAD_INPUT: Final = 2


class TwoQuestionsError(MisuseError):
    """--consent supposes a consent and asks no store; --program asks the store. Leave one of the two out."""

    code = "two_questions"


class NoNumberGivenError(MisuseError):
    """No number was given. Write it in full, such as +13055550123."""

    code = "no_number_given"


class NoSenderGivenError(MisuseError):
    """--sender names nothing. Give a short code, a number or a name, or leave it out."""

    code = "no_sender_given"


class KnownToTheStoreError(MisuseError):
    """The store knows where a person is and where a sender is registered. Leave --region, --postcode, --zone and --registered out, or suppose a consent."""

    code = "known_to_the_store"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """What a question says of where the person is."""

    zone: str | None
    region: str | None
    postcode: str | None


class UnknownBrandCountryError(MisuseError):
    """{country} is not a country code. Use two letters, such as NL."""

    code = "unknown_brand_country"


@click.command("check")
@click.argument("number", required=False)
@click.option("--program", metavar="P", help="Ask about this program, from the store.")
@click.option(
    "--consent",
    type=click.Choice([each.value for each in Supposed]),
    help="Suppose this consent, and ask without a store.",
)
@click.option(
    "--class",
    "message_class",
    type=click.Choice([each.value for each in MessageClass]),
    help="Class of the text.",
)
@click.option(
    "--kind",
    type=click.Choice([each.value for each in MessageKind]),
    help="What the text is for; a campaign's by default.",
)
@click.option("--brand-country", metavar="CC", help="Country of the sender; by default that of the number.")
@click.option("--text", help="The wording, to check it too.")
@click.option("--sender", metavar="S", help="Short code, number or name that it comes from, to check it too.")
@click.option(
    "--registered", multiple=True, metavar="R", help="A registry that the sender stands in, such as tcr."
)
@click.option("--region", metavar="R", help="Where the person lives, such as US-FL.")
@click.option("--postcode", metavar="CODE", help="Their postcode, in the country of the number.")
@click.option("--zone", metavar="Z", help="The time zone that they chose, such as America/New_York.")
@click.option("--at", metavar="TIME", help="A day, or a time with its offset; now by default.")
@with_store
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    number: str | None,
    program: str | None,
    consent: str | None,
    message_class: str | None,
    kind: str | None,
    brand_country: str | None,
    text: str | None,
    sender: str | None,
    registered: tuple[str, ...],
    region: str | None,
    postcode: str | None,
    zone: str | None,
    at: str | None,
    data: Path,
    database_url: str | None,
    *,
    as_json: bool,
) -> None:
    """Ask whether a text may go to NUMBER, and why; nothing is sent.

    Exits 0 when it may go, 3 when it has to wait, also because nothing is sent from this store at all, 4 when it may not go, and 2 when the question makes no sense. A rule
    whose input the question lacks is not asked, and the last line says so. Where the person is, and what the sender is
    registered with, the store knows; a question that supposes a consent may say it.
    """
    held: tuple[Obstacle, ...] = ()
    try:
        moment = datetime.now(UTC) if at is None else read_time(at)
        if consent is None:
            from yesword.cli import check_store

            if registered or region or postcode or zone:
                raise KnownToTheStoreError
            weighed, held = check_store.check(
                data=data,
                database_url=database_url,
                number=number,
                program=program,
                message_class=message_class,
                kind=kind,
                text=text,
                sender=sender,
                at=moment,
            )
            decision, facts = weighed.decision, weighed.facts
        else:
            if program is not None:
                raise TwoQuestionsError
            decision, facts = _supposing(
                number,
                Supposed(consent),
                message_class,
                kind,
                brand_country,
                text,
                None if sender is None else _sender(sender, registered),
                Stated(zone=zone, region=region, postcode=postcode),
                moment,
            )
    except YeswordError as error:
        _complain(error, as_json=as_json)
        sys.exit(EXIT_BAD_INPUT)
    traced = trace(decision, facts, RuleBook.load())
    shown = "" if number is None else _masked(number, facts)
    if as_json:
        found = as_object(decision) | {"number": shown or None} | as_traced(traced)
        found |= {"held": [{"code": each.code, "sentence": each.sentence} for each in held]}
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        click.echo(tree(decision, trace=traced, number=shown))
        for obstacle in held:
            click.echo(obstacle.sentence)
    sys.exit(EXIT_CODES[Verdict.WAIT if held and decision.verdict is Verdict.SEND else decision.verdict])


def _supposing(
    number: str | None,
    consent: Supposed,
    message_class: str | None,
    kind: str | None,
    brand_country: str | None,
    text: str | None,
    sender: SenderFacts | None,
    stated: Stated,
    at: datetime,
) -> tuple[Decision, GateFacts]:
    if number is None:
        raise NoNumberGivenError
    parsed = parse(number, country=None)
    code = Postcode(country=parsed.country, code=stated.postcode) if stated.postcode else None
    places = places_for(parsed, stated_zone=stated.zone, stated_region=stated.region, postcode=code)
    chosen_class = MessageClass(message_class) if message_class else None
    facts = supposing(
        consent,
        kind=MessageKind(kind) if kind else usual_kind(consent, chosen_class),
        message_class=chosen_class,
        country=parsed.country,
        may_text=parsed.may_text,
        places=places,
        brand=BrandFacts(country=_country(brand_country, parsed.country)),
        at=at,
        text=wording_of(text, RuleBook.load().labels) if text is not None else None,
        sender=sender,
    )
    decision = decide(facts, RuleBook.load(), at)
    # There is neither a program nor a brand in such a question, so nobody can miss the brand's name in the text.
    named = decision.skipped if text is None else (*decision.skipped, "naming")
    return replace(decision, skipped=named), facts


def _masked(number: str, facts: GateFacts) -> str:
    """The country and the last digits. What was understood as a number once is understood again."""
    country = facts.brand.country
    return parse(number, country=country if country_zones(country) else None).masked()


def _country(given: str | None, default: str) -> str:
    if given is None:
        return default
    country = given.strip().upper()
    if not country_zones(country):
        raise UnknownBrandCountryError(country=given)
    return country


def _sender(address: str, registered: tuple[str, ...]) -> SenderFacts:
    if not address.strip():
        raise NoSenderGivenError
    kind = sender_kind(address)
    return SenderFacts(
        address=address,
        kind=kind,
        can_receive=kind != ALPHANUMERIC,
        registrations=registered or None,
    )


def as_object(decision: Decision) -> dict[str, Any]:
    """What programs may rely on; the keys are stable."""
    not_before = decision.not_before
    return {
        "verdict": decision.verdict.value,
        "at": _utc(decision.at),
        "not_before": None if not_before is None else _utc(not_before),
        "reasons": [_reason(each) for each in decision.reasons],
        "notes": [_reason(each) for each in decision.notes],
        "skipped": list(decision.skipped),
        "packs": list(decision.packs),
    }


def as_traced(traced: Trace) -> dict[str, Any]:
    """What was asked about, where the person may be, and what became of each rule; the keys are stable, too."""
    return {
        "asked": {
            "program": traced.program or None,
            "class": traced.message.message_class.value,
            "kind": traced.message.kind.value,
            "categories": list(traced.categories),
        },
        "places": [
            {
                "country": each.place.country,
                "region": each.place.region,
                "zone": each.place.zone,
                "evidence": each.place.evidence.value,
                "name": each.name,
                "local": each.local.isoformat(),
            }
            for each in traced.places
        ],
        "rules": [
            {
                "rule": each.rule,
                "citation": each.citation,
                "outcome": each.outcome.value,
                "fact": None if each.fact is None else render(each.fact),
            }
            for each in traced.heard
        ],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "pack": reason.pack,
        "rule": reason.rule,
        "citation": reason.citation,
        "fact": render(reason.fact),
        "sentence": render(reason.sentence),
        "remedy": render(reason.remedy),
        "not_before": None if reason.not_before is None else _utc(reason.not_before),
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _complain(error: YeswordError, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": error.code, "sentence": error.message}, ensure_ascii=False))
    else:
        click.echo(error.message, err=True)
