"""From what age a point may take people: what it asks itself, its program, and the law of the places that it serves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from yesword.domain.collecting.points import PointDefinition
from yesword.domain.linting.law import law
from yesword.domain.programs import Program
from yesword.domain.rules.model import Pack
from yesword.domain.rules.model.consent import Age


@dataclass(frozen=True, kw_only=True, slots=True)
class AgeGate:
    minimum: int
    is_by_birth_date: bool  # a mere "yes" is not enough


def age_gate(
    definition: PointDefinition, program: Program, countries: Iterable[str], packs: Iterable[Pack], on: date
) -> AgeGate | None:
    """The strictest that anybody asks for; None where nobody does."""
    minimum = max(definition.minimum_age or 0, program.minimum_age or 0)
    is_by_birth_date = False
    about = set(definition.categories or program.categories)
    for _, rule in law(packs, countries, on, categories=tuple(sorted(about))).of(Age):
        is_of_class = not rule.classes or program.message_class in rule.classes
        if is_of_class and about.intersection(rule.categories):
            minimum = max(minimum, rule.minimum)
            is_by_birth_date = is_by_birth_date or rule.is_by_birth_date
    return AgeGate(minimum=minimum, is_by_birth_date=is_by_birth_date) if minimum else None


def is_of_age(born: date, minimum: int, on: date) -> bool:
    had_birthday = (on.month, on.day) >= (born.month, born.day)
    return on.year - born.year - (0 if had_birthday else 1) >= minimum
