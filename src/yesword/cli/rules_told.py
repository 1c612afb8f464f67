"""What the commands about rules share: a day as an option, a rule as JSON, and saying lines."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import click

from yesword.cli.moments import read_day
from yesword.domain.rules import telling
from yesword.domain.rules.model import Rule
from yesword.domain.rules.sources import source_of


def _day(_context: click.Context, _parameter: click.Parameter, given: str | None) -> date | None:
    return None if given is None else read_day(given)


DAY: Final[dict[str, Any]] = {
    "callback": _day,
    "metavar": "DATE",
}


def rule_object(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "pack": rule.pack,
        "parameter": rule.parameter.table,
        "asks": telling.asks(rule.parameter),
        "when": list(telling.conditions(rule.when)),
        "citation": rule.citation,
        "source": rule.source,
        "source_address": source_of(rule).address or None,
        "is_primary_source": source_of(rule).is_primary,
        "layer": rule.layer.value,
        "status": rule.status.value,
        "confidence": rule.confidence.value,
        "severity": rule.severity.value,
        "is_enforced": rule.is_enforced,
        "effective_from": _day_or_none(rule.effective_from),
        "effective_to": _day_or_none(rule.effective_to),
        "stayed_until": _day_or_none(rule.stayed_until),
    }


def _day_or_none(day: date | None) -> str | None:
    return None if day in (None, date.min, date.max) else str(day)


def say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
