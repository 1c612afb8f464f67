"""The fields of a form that its author fills in, and the definition that they make."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yesword.domain.collecting.points import (
    BadPointError,
    Confirming,
    PointDefinition,
    PointKind,
    Wording,
    check,
)
from yesword.domain.collecting.wordings import suggested, worded
from yesword.domain.programs import Program
from yesword.store import models
from yesword.web.console.worded_fields import AddressField, Part, WordedForm, as_text
from yesword.web.error_words import told

CONFIRMINGS: Final[Mapping[Confirming, Promise]] = {
    Confirming.REVERSE: gettext_lazy("The person texts a code: nothing goes to a number that somebody typed"),
    Confirming.ASK: gettext_lazy("One text asks, and only a yes from that phone joins"),
    Confirming.NONE: gettext_lazy("The tick itself joins"),
}
_PARTS: Final[Sequence[Part]] = (
    Part("title", gettext_lazy("Heading"), 80),
    Part("benefit", gettext_lazy("Why one would join"), 240, 2),
    Part("button", gettext_lazy("On the button"), 40),
    Part("thanks", gettext_lazy("After it was sent"), 240),
    Part("reward", gettext_lazy("What a new member gets"), 80),
    Part("consent", gettext_lazy("Beside the box"), 1200, 6),  # a template
)
_MORE: Final = (
    "countries",
    "lets_choose",
    "asks_name",
    "minimum_age",
    "reward_code",
    "accent",
    "most_an_hour",
)
_LIST: Final = re.compile(r"[,;\s]+")


class PointForm(WordedForm):
    """All in one page: what it is, and per language what it says."""

    kind: ClassVar[PointKind] = PointKind.FORM
    confirmings: ClassVar[Mapping[Confirming, Promise]] = CONFIRMINGS
    leaves_out: ClassVar[Sequence[str]] = ()  # fields that its kind has no use for

    worded = _PARTS
    consent_help = gettext_lazy(
        "Empty: the wording that ships. [Brand], [Frequency] and the like are filled in."
    )

    key = AddressField(
        help_text=gettext_lazy("Small letters, digits and hyphens: the page stands at /f/ and this."),
        max_length=60,
    )
    confirming = forms.ChoiceField(
        label=gettext_lazy("How a yes becomes a consent"),
        choices=[(each.value, word) for each, word in CONFIRMINGS.items()],
    )
    countries = forms.CharField(
        required=False,
        label=gettext_lazy("Countries"),
        help_text=gettext_lazy(
            "Whose numbers it takes, in two letters each: NL, BE. Empty: your own country."
        ),
        max_length=120,
    )
    lets_choose = forms.BooleanField(
        required=False, label=gettext_lazy("People choose among the categories of the program")
    )
    asks_name = forms.BooleanField(
        required=False, label=gettext_lazy("It asks for a name, which may be left out")
    )
    minimum_age = forms.IntegerField(
        required=False,
        min_value=13,
        max_value=99,
        label=gettext_lazy("From the age of"),
        help_text=gettext_lazy("Where the program or the law asks for more, that counts."),
    )
    reward_code = forms.CharField(
        required=False,
        label=gettext_lazy("Code of the reward"),
        help_text=gettext_lazy("Told in the welcome, once to each number, and kept when somebody leaves."),
        max_length=40,
    )
    accent = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        required=False,
        label=gettext_lazy("Colour of the button"),
        help_text=gettext_lazy("Such as #7a1f5c. The ink on it is chosen so that it can be read."),
        error_messages={
            "invalid": gettext_lazy("Write # and six digits or letters from a to f, such as #7a1f5c.")
        },
    )
    most_an_hour = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=500,
        label=gettext_lazy("Texts that ask, an hour at most"),
        help_text=gettext_lazy("Empty: 500. When it is reached, people are shown a code to text instead."),
    )

    def _shape(self) -> None:
        super()._shape()
        for name in self.leaves_out:
            del self.fields[name]

    @property
    def more(self) -> list[forms.BoundField]:
        """What its kind has of the fields that most authors leave as they are."""
        return [self[name] for name in _MORE if name in self.fields]

    @property
    def languages(self) -> list[str]:
        """Those that are offered, as typed; the program's own where none is."""
        chosen = self.chosen
        if chosen is None:
            return []
        return [each for each in chosen.languages if self[f"speaks_{each}"].value()] or [
            chosen.default_language
        ]

    def typed_definition(self) -> PointDefinition | None:
        """What it would be, as far as it is typed; None where it could not be shown yet."""
        program = self.chosen
        if program is None:
            return None
        made = self._definition(program, self._typed)
        try:
            check(made, program)
        except BadPointError:
            return None
        return worded(made, program)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        program = self.chosen
        if program is not None and not self.errors:
            try:
                check(self._definition(program, cleaned.get), program)
            except BadPointError as error:
                raise forms.ValidationError(told(error)) from error
        return cleaned

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"]).lower()
        if models.CollectionPoint.objects.filter(key=key).exists():
            raise forms.ValidationError(_("That address is taken. Choose another."))
        return key

    @property
    def definition(self) -> PointDefinition:
        """Of a form that is valid."""
        program = self.chosen
        assert program is not None, "a valid form has a program"
        return self._definition(program, self.cleaned_data.get)

    def _typed(self, name: str) -> Any:
        return self[name].value() if name in self.fields else None

    def _definition(self, program: Program, value: Any) -> PointDefinition:
        age, most = str(value("minimum_age") or ""), str(value("most_an_hour") or "")
        return PointDefinition(
            kind=self.kind,
            name=str(value("name") or ""),
            program=program.id,
            program_version=program.version,
            confirming=Confirming(value("confirming") or Confirming.REVERSE.value),
            wordings=tuple(
                (each, Wording(**{part.name: as_text(value(f"{part.name}_{each}")) for part in _PARTS}))
                for each in self.languages
            ),
            countries=tuple(each.upper() for each in _LIST.split(str(value("countries") or "")) if each),
            categories=program.categories if value("lets_choose") else (),
            asks_name=bool(value("asks_name")),
            minimum_age=int(age) if age.isdecimal() else None,
            reward_code=as_text(value("reward_code")),
            accent=as_text(value("accent")).lower(),
            settings=(("most_an_hour", most),) if most.isdecimal() else (),
        )


def first_values(program: Program | None, page_language: str) -> dict[str, Any]:
    """What a new form begins with: the safest way, and wordings that lack nothing."""
    values: dict[str, Any] = {"confirming": Confirming.REVERSE.value}
    if program is None:
        return values
    for language in program.languages:
        values[f"consent_{language}"] = suggested(program, language)
        values[f"speaks_{language}"] = language in (program.default_language, page_language)
    return values


def values_of(definition: PointDefinition) -> dict[str, Any]:
    """The fields of a version, to be changed into the next one."""
    values: dict[str, Any] = {
        "program": str(definition.program),
        "name": definition.name,
        "confirming": definition.confirming.value,
        "countries": ", ".join(definition.countries),
        "lets_choose": bool(definition.categories),
        "asks_name": definition.asks_name,
        "minimum_age": definition.minimum_age or "",
        "reward_code": definition.reward_code,
        "accent": definition.accent,
        "most_an_hour": definition.setting("most_an_hour"),
    }
    for language, wording in definition.wordings:
        values[f"speaks_{language}"] = True
        values |= {f"{part.name}_{language}": getattr(wording, part.name) for part in _PARTS}
    return values
