"""Which contacts a campaign is for: a list of conditions that all hold. What may be sent to them is the gate's to say."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from yesword.domain import templates
from yesword.domain.errors import YeswordError


class Comparison(enum.StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    IS_KNOWN = "is_known"


class BadConditionError(YeswordError):
    """The condition {condition} cannot be read. Give a field, one of {comparisons}, and a value."""

    code = "bad_condition"


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """`field` is language, country, region, source, or the name of an attribute, written as in templates."""

    field: str
    comparison: Comparison
    value: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Traits:
    """What a segment may look at."""

    language: str
    country: str
    regions: tuple[str, ...]
    source: str
    attributes: tuple[tuple[str, str], ...]


def matches(conditions: Iterable[Condition], traits: Traits) -> bool:
    return all(_holds(condition, traits) for condition in conditions)


def _holds(condition: Condition, traits: Traits) -> bool:
    present = {value.casefold() for value in _values(condition.field, traits) if value}
    wanted = condition.value.casefold()
    match condition.comparison:
        case Comparison.IS:
            return wanted in present
        case Comparison.IS_NOT:
            return wanted not in present
        case Comparison.CONTAINS:
            return any(wanted in value for value in present)
        case Comparison.IS_KNOWN:
            return bool(present)


def _values(field: str, traits: Traits) -> Sequence[str]:
    match field:
        case "language":
            return [traits.language]
        case "country":
            return [traits.country]
        case "region":
            return traits.regions
        case "source":
            return [traits.source]
        case _:
            return [value for key, value in traits.attributes if _name(key) == _name(field)]


@lru_cache(maxsize=1024)
def _name(written: str) -> str:
    """Case and underscores make no difference: `IS_NOT` with a name that nobody has would be everybody."""
    return templates.field_name(written).removeprefix(templates.ATTRIBUTE)


def to_json(conditions: Iterable[Condition]) -> list[list[str]]:
    return [[each.field, each.comparison.value, each.value] for each in conditions]


def from_json(rows: Iterable[Sequence[str]]) -> tuple[Condition, ...]:
    return tuple(_condition(row) for row in rows)


def _condition(row: Sequence[str]) -> Condition:
    try:
        field, comparison, value = (_text(each) for each in row)
        return Condition(field=field, comparison=Comparison(comparison), value=value)
    except (ValueError, TypeError) as error:
        raise BadConditionError(condition=row, comparisons=", ".join(Comparison)) from error


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise TypeError(given)
    return given
