"""Reading what was typed into a form: parsed at the edge, each wrong field with what is wrong and what to do."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yesword.collect.application_forms import Answers
from yesword.domain import phone
from yesword.domain.ages import SaidAge
from yesword.domain.collecting.ages import AgeGate, is_of_age
from yesword.domain.collecting.points import PointDefinition
from yesword.domain.phone import PhoneNumber
from yesword.domain.programs import Program
from yesword.web.public.form_pages import (
    GENERAL,
    SPECIFIC,
    Typed,
    countries_of,
    country_named,
    gate_of,
    questions_of,
)

LONGEST: Final = 80
_TICKED: Final = ("agree", "of_age", "passed_on", SPECIFIC, GENERAL)
TRAP: Final = "website"  # people do not see this field, and programs that fill in everything do

# By the code of the error; the rest say what the plain sentence says.
_WRONG: Final[dict[str, Promise]] = {
    "phone_none": gettext_lazy("Type your mobile number."),
    "phone_too_short": gettext_lazy("A digit is missing. Check your number."),
    "phone_too_long": gettext_lazy("There is a digit too many. Check your number."),
    "phone_letters": gettext_lazy("A number has digits only. Check your number."),
    "phone_several": gettext_lazy("Type one number only."),
    "phone_unknown_calling_code": gettext_lazy(
        "No country has the code after the +. Check your number, or leave the country code out."
    ),
}
_UNANSWERED: Final[dict[str, Promise]] = {
    SPECIFIC: gettext_lazy("Answer the question about this job with yes or no."),
    GENERAL: gettext_lazy("Answer the question about others with yes or no."),
}
_NOT_A_NUMBER: Final = gettext_lazy("That is no mobile number that we can text. Check it for a wrong digit.")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Read:
    """What was typed, as far as it could be read. Nothing of it counts while there are errors."""

    typed: Typed
    number: PhoneNumber | None = None
    categories: tuple[str, ...] = ()
    said_age: SaidAge | None = None
    answers: Answers | None = None  # of an application


def read(data: QueryDict, definition: PointDefinition, program: Program, at: datetime) -> Read:
    errors: dict[str, str] = {}
    countries = countries_of(definition, program)
    country = data.get("country", "")
    country = country if country in countries else countries[0]
    asks = questions_of(definition, program, program.default_language)
    answers = _answers(data, [each.name for each in asks])
    number, wrong = read_number(data.get("number", ""), country, countries)
    # A no costs no more than a yes, and no number either.
    is_needed = bool(data.get("number", "").strip()) or answers is None or answers.has_yes
    if wrong and is_needed:
        errors["number"] = wrong
    chosen = tuple(each for each in definition.categories if each in data.getlist("category"))
    if definition.categories and not chosen:
        errors["category"] = _("Choose at least one.")
    gate, said_age = gate_of(definition, program), None
    if gate is not None and (answers is None or answers.has_yes):
        wrong = _too_young(data, gate, at)
        if wrong:
            errors["age"] = wrong
        else:
            said_age = SaidAge(years=gate.minimum, on=at.astimezone(UTC))
    for each in asks:
        if data.get(each.name) not in ("yes", "no"):
            errors[each.name] = str(_UNANSWERED[each.name])
    if not asks and data.get("agree") != "yes":
        errors["agree"] = _("Tick the box if you agree. Without that we may not text you.")
    return Read(
        typed=Typed(
            number=data.get("number", "")[:LONGEST],
            country=country,
            name=data.get("name", "").strip()[:LONGEST],
            categories=chosen,
            born=data.get("born", "")[:10],
            job=_job(data),
            ticks=_ticks(data),
            errors=errors,
        ),
        number=number,
        categories=chosen,
        said_age=said_age,
        answers=answers,
    )


def _ticks(data: QueryDict) -> dict[str, str]:
    said = {each: data.get(each, "") for each in _TICKED}
    return {name: each for name, each in said.items() if each in ("yes", "no")}


def _answers(data: QueryDict, asked: list[str]) -> Answers | None:
    """What was answered, as far as it was; None where nothing is asked that takes a no."""
    if not asked:
        return None
    said = {name: data.get(name) == "yes" for name in asked}
    return Answers(specific=said[SPECIFIC], general=said.get(GENERAL), job=_job(data))


def _job(data: QueryDict) -> str:
    """On one line, for it goes into the record."""
    return " ".join(data.get("job", "").split())[:LONGEST]


def read_number(raw: str, country: str, countries: tuple[str, ...]) -> tuple[PhoneNumber | None, str]:
    """The number, or what is wrong with it. Neither says whether anybody here knows it."""
    try:
        number = phone.parse(raw[:LONGEST], country=country)
    except phone.PhoneError as error:
        return None, str(_WRONG.get(error.code, _NOT_A_NUMBER))
    if not number.may_text:
        return None, _("That is a fixed line, which gets no texts. Type your mobile number.")
    if number.country not in countries:
        named = ", ".join(country_named(each) for each in countries)
        return None, _("We text only numbers from here: %(countries)s.") % {"countries": named}
    return number, ""


def _too_young(data: QueryDict, gate: AgeGate, at: datetime) -> str:
    if not gate.is_by_birth_date:
        return (
            ""
            if data.get("of_age") == "yes"
            else _("Only for people of %(age)s and older.") % {"age": gate.minimum}
        )
    try:
        born = date.fromisoformat(data.get("born", ""))
    except ValueError:
        return _("Give your date of birth. Only whether you are old enough is kept.")
    if is_of_age(born, gate.minimum, at.date()):
        return ""
    return _("Only for people of %(age)s and older.") % {"age": gate.minimum}
