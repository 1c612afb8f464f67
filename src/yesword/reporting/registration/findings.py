"""What a check of a registration answers: which field, which rejections it would be, what is wrong and how to mend it."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from yesword.domain.decisions import Argument, Sentence
from yesword.reporting.registration.tables import Kind, Rejection, checks, codes_of


class Grade(enum.StrEnum):
    REJECTED = "rejected"  # as it stands, it would be
    CONFIRM = "confirm"  # it cannot be seen from here: the operator has to look


_ORDER: Final = {grade: place for place, grade in enumerate(Grade)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    check: str  # stable, e.g. "cta_brand"
    grade: Grade
    field: str  # as in fields.py, or a key of the details
    codes: tuple[Rejection, ...]  # none: no reviewer numbers it, and the form itself or a rule asks for it
    sentence: Sentence  # its id is that of the check

    @property
    def problem(self) -> str:
        check = checks()[self.check]
        return (check.ask if self.grade is Grade.CONFIRM else check.wrong).format(**dict(self.sentence.args))

    @property
    def remedy(self) -> str:
        return checks()[self.check].mend.format(**dict(self.sentence.args))


def found(kind: Kind, check: str, field: str, **arguments: Argument) -> Finding:
    return _finding(kind, check, field, Grade.REJECTED, arguments)


def asked(kind: Kind, check: str, field: str, **arguments: Argument) -> Finding:
    """A question to the operator."""
    return _finding(kind, check, field, Grade.CONFIRM, arguments)


def _finding(kind: Kind, check: str, field: str, grade: Grade, arguments: dict[str, Argument]) -> Finding:
    return Finding(
        check=check,
        grade=grade,
        field=field,
        codes=codes_of(check, kind),
        sentence=Sentence.of(check, **arguments),
    )


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What would be rejected first; nothing twice."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda each: _ORDER[each.grade]))
