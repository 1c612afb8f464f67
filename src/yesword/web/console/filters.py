"""The filter sentence of a campaign, “People whose … and whose …”: its rows as typed, and its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yesword.domain import segments
from yesword.domain.segments import Comparison, Condition
from yesword.reporting.campaigns import Traits
from yesword.store import models
from yesword.web.sentences import listed

MOST_CONDITIONS: Final = 8
_FIELDS: Final[tuple[tuple[str, Promise], ...]] = (
    ("language", gettext_lazy("language")),
    ("country", gettext_lazy("country")),
    ("region", gettext_lazy("state or province")),
    ("source", gettext_lazy("source")),
)
_ATTRIBUTES: Final[dict[str, Promise]] = {
    "location": gettext_lazy("location"),
    "category of interest": gettext_lazy("category of interest"),
    "past purchase": gettext_lazy("past purchase"),
}
COMPARISONS: Final[tuple[tuple[Comparison, Promise], ...]] = (
    (Comparison.IS, gettext_lazy("is")),
    (Comparison.IS_NOT, gettext_lazy("is not")),
    (Comparison.CONTAINS, gettext_lazy("contains")),
    (Comparison.IS_KNOWN, gettext_lazy("is known")),
)
_CLAUSES: Final[dict[Comparison, Promise]] = {
    Comparison.IS: gettext_lazy("whose %(field)s is %(value)s"),
    Comparison.IS_NOT: gettext_lazy("whose %(field)s is not %(value)s"),
    Comparison.CONTAINS: gettext_lazy("whose %(field)s contains %(value)s"),
    Comparison.IS_KNOWN: gettext_lazy("whose %(field)s is known"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionRow:
    """One row as it was typed."""

    field: str = ""
    comparison: str = Comparison.IS.value
    value: str = ""
    error: str = ""


def typed_rows(data: QueryDict) -> list[ConditionRow]:
    """The rows of the filter, kept as typed."""
    rows = zip(data.getlist("field"), data.getlist("comparison"), data.getlist("value"), strict=False)
    return [
        _checked(ConditionRow(field=field.strip(), comparison=comparison, value=value.strip()))
        for field, comparison, value in list(rows)[:MOST_CONDITIONS]
    ]


def _checked(row: ConditionRow) -> ConditionRow:
    if not row.field:
        return row
    known = {each.value for each in Comparison}
    if row.comparison not in known:
        return ConditionRow(field=row.field, value=row.value)
    if not row.value and row.comparison != Comparison.IS_KNOWN:
        return ConditionRow(
            field=row.field,
            comparison=row.comparison,
            error=_("Say what it has to be, or leave this row out."),
        )
    return row


def conditions_of(rows: Sequence[ConditionRow]) -> tuple[Condition, ...]:
    """The rows that say something."""
    return tuple(
        Condition(field=row.field, comparison=Comparison(row.comparison), value=row.value)
        for row in rows
        if row.field and not row.error
    )


def rows_of(campaign: models.Campaign) -> list[ConditionRow]:
    return [
        ConditionRow(field=each.field, comparison=each.comparison.value, value=each.value)
        for each in segments.from_json(campaign.segment)
    ]


def sentence(conditions: Sequence[Condition]) -> str:
    """The filter in words: “People whose language is nl and whose location is Utrecht”."""
    if not conditions:
        return _("Everybody whom the brand knows.")
    clauses = [
        str(_CLAUSES[each.comparison]) % {"field": field_label(each.field), "value": f"“{each.value}”"}
        for each in conditions
    ]
    return _("People %(clauses)s.") % {"clauses": listed(clauses)}


def field_label(field: str) -> str:
    known = dict(_FIELDS) | _ATTRIBUTES
    return str(known.get(field, field))


def field_choices(known: Traits | None, rows: Sequence[ConditionRow]) -> list[tuple[str, str]]:
    """Every field that a row may be about: ours, those that people of the brand have, and those already chosen."""
    names = {*_ATTRIBUTES, *(known.attributes if known else ()), *(each.field for each in rows if each.field)}
    first = [(key, str(label)) for key, label in _FIELDS]
    return first + [(key, field_label(key)) for key in sorted(names - {key for key, _label in first})]
