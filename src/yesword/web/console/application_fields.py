"""The fields of an application form: the program that its second question is about, and the words of both questions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yesword.domain.collecting.applications import (
    ASKED_GENERALLY,
    GENERAL,
    USE,
    SamePurposeError,
    Use,
    with_general,
)
from yesword.domain.collecting.points import Confirming, PointDefinition, PointKind
from yesword.domain.programs import Program
from yesword.web.console.point_fields import PointForm
from yesword.web.console.worded_fields import Part, as_text
from yesword.web.error_words import told

USES: Final[Mapping[Use, Promise]] = {
    Use.JOBS: gettext_lazy("Jobs at your company"),
    Use.RECRUITER: gettext_lazy("A recruiter writes to applicants"),
    Use.NOTICES: gettext_lazy("Interviews, timecards and payments"),
}
_ASKS: Final = "asks_"
_GENERALLY: Final = Part("asks", gettext_lazy("About others"), 1200, 6)


class ApplicationForm(PointForm):
    """As of a form; no box stands there, but two questions."""

    kind = PointKind.APPLICATION
    leaves_out = ("lets_choose", "reward_code")

    general = forms.ChoiceField(
        required=False,
        label=gettext_lazy("The second question is about"),
        help_text=gettext_lazy(
            "A program of its own, such as other jobs. It is asked apart, after the first."
        ),
    )
    use = forms.ChoiceField(
        required=False,
        label=gettext_lazy("What the texts are for"),
        help_text=gettext_lazy("Which of the questions that ship it asks, where you write none yourself."),
        choices=[(each.value, word) for each, word in USES.items()],
    )

    def _shape(self) -> None:
        super()._shape()
        general = self.fields["general"]
        assert isinstance(general, forms.ChoiceField)
        general.choices = [
            ("", _("Nothing: it asks about this job only")),
            *((each.key, f"{each.name} · {each.sender}") for each in self.programs.values()),
        ]
        for language in self.chosen.languages if self.chosen else ():
            del self.fields[f"reward_{language}"]
            first = self.fields[f"consent_{language}"]
            first.label, first.help_text = (
                _("About this job"),
                _("Empty: the question that ships. It takes a yes or a no."),
            )
            self.fields[f"{_ASKS}{language}"] = _GENERALLY.field(language)
            self.fields[f"{_ASKS}{language}"].help_text = first.help_text

    @property
    def parts(self) -> list[str]:
        return [*(each for each in super().parts if each != "reward"), "asks"]

    @property
    def general_program(self) -> Program | None:
        """As typed."""
        return self._general(self._typed)

    def _general(self, value: Any) -> Program | None:
        key = str(value("general") or "")
        return next((each for each in self.programs.values() if each.key == key), None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        general, chosen = self.general_program, self.chosen
        if general is not None and chosen is not None and general.id == chosen.id:
            self.add_error("general", told(SamePurposeError(program=general.name)))
        return cleaned

    def _definition(self, program: Program, value: Any) -> PointDefinition:
        made = super()._definition(program, value)
        own = {ASKED_GENERALLY + each: as_text(value(f"{_ASKS}{each}")) for each in made.languages}
        use = str(value("use") or Use.JOBS.value)
        settings = dict(made.settings) | {USE: use} | {name: said for name, said in own.items() if said}
        made = replace(made, settings=tuple(sorted(settings.items())))
        general = self._general(value)
        if general is None or general.id == program.id:
            return made
        return with_general(made, general, Use(use))


def first_application(program: Program | None, page_language: str) -> dict[str, Any]:
    """What a new one begins with: the safest way, and the questions that ship."""
    values: dict[str, Any] = {"confirming": Confirming.REVERSE.value, "use": Use.JOBS.value}
    for language in program.languages if program else ():
        values[f"speaks_{language}"] = language in (
            program.default_language if program else "",
            page_language,
        )
    return values


def application_values(definition: PointDefinition) -> dict[str, Any]:
    """The fields of a version that only an application has."""
    values: dict[str, Any] = {"general": definition.setting(GENERAL), "use": definition.setting(USE)}
    return values | {
        f"{_ASKS}{each}": definition.setting(ASKED_GENERALLY + each) for each in definition.languages
    }
