"""How the linter is asked at the command line, how its findings read there and in JSON, and what they stop."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from yesword.domain.errors import YeswordError

if TYPE_CHECKING:
    from yesword.domain.linting.finding import Finding

_MARKS: Final = {"error": "error  ", "warning": "warning", "advice": "advice "}

despite_findings = click.option(
    "--despite-findings", is_flag=True, help="Go on although the linter finds errors in the wording."
)


class WordingError(YeswordError):
    """{what}: the wording breaks rules, so {stopped}. Mend it, or go on all the same with --despite-findings."""

    code = "wording_errors"


def read_places(stated: Iterable[str]) -> tuple[str, ...]:
    """Countries and regions as they are typed: dk, US-OK. Raises where there is no such place."""
    from yesword.domain.places.regions import read_land, read_region

    return tuple(read_region(each) if "-" in each else read_land(each) for each in stated)


def as_object(finding: "Finding") -> dict[str, Any]:
    """What programs may rely on; the keys are stable."""
    from yesword.domain.linting.sentences import render

    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "rule": finding.rule,
        "pack": finding.pack,
        "citation": finding.citation,
        "sentence": render(finding.sentence),
        "offer": finding.offer,
        "span": finding.span,
        "where": finding.where or None,
        "also": list(finding.also),
    }


def lines(findings: "Iterable[Finding]") -> Iterator[str]:
    """Three lines a finding: what is wrong and where, by which rule, and what to write."""
    from yesword.domain.linting.sentences import render

    for finding in findings:
        where = f"{finding.where}: " if finding.where else ""
        yield f"{_MARKS[finding.severity.value]}  {where}{render(finding.sentence)}"
        yield f"         {finding.rule} · {finding.citation}"
        if finding.offer:
            yield f"         Write: {finding.offer}"


def stop_at_errors(findings: "Iterable[Finding]", what: str, stopped: str, *, despite: bool) -> None:
    """Raises `WordingError` where there is an error among them and nobody said to go on."""
    from yesword.domain.linting.finding import has_errors

    if not despite and has_errors(findings):
        raise WordingError(what=what, stopped=stopped)
