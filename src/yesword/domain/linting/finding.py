"""What the linter answers: findings, each with the rule it is held against and, where there is one, a wording to use."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from yesword.domain.decisions import Sentence


class Severity(enum.StrEnum):
    ERROR = "error"  # a rule that was found in a source, or our own, is broken
    WARNING = "warning"  # a rule that only warns, or is only known
    ADVICE = "advice"  # it could be better


_ORDER: Final = {severity: place for place, severity in enumerate(Severity)}
_NO_PLACE: Final = (1 << 30, 1 << 30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    code: str  # stable, e.g. "way_out_missing"
    rule: str  # id within the packs, or house.wording.…, where no pack has a rule on it
    pack: str
    citation: str
    severity: Severity
    sentence: Sentence
    offer: str | None = None  # a wording, in the language of the text, that would do
    span: tuple[int, int] | None = None  # characters of the text that it is about; None: the whole
    also: tuple[str, ...] = ()  # other rules that ask for the same
    where: str = ""  # of a program: language and text, such as "en.welcome"


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Gravest first, then in the order of the text; nothing twice."""
    return tuple(sorted(dict.fromkeys(findings), key=_key))


def _key(finding: Finding) -> tuple[object, ...]:
    place = finding.span or _NO_PLACE
    return (_ORDER[finding.severity], finding.where, place, finding.code, finding.rule)


def at(findings: Iterable[Finding], where: str) -> tuple[Finding, ...]:
    """The findings of one text of a program, saying which."""
    return tuple(replace(finding, where=where) for finding in findings)


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def wording(code: str, severity: Severity, sentence: Sentence, **more: object) -> Finding:
    """A finding on a matter of wording that no pack has a rule about."""
    finding = Finding(
        code=code,
        rule=f"house.wording.{code}",
        pack="house",
        citation="house rule",
        severity=severity,
        sentence=sentence,
    )
    return replace(finding, **more)  # type: ignore[arg-type]
