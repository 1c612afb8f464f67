"""What the forms share whose author writes, for one program, what people will read in each of its languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yesword.domain.programs import Program
from yesword.web.telling import language_word


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is said in each language: its name in the wording, and its field."""

    name: str
    label: Promise
    longest: int
    lines: int = 1

    def field(self, language: str) -> forms.CharField:
        attrs: dict[str, Any] = {"lang": language, "dir": "auto"}
        widget: forms.Widget = forms.TextInput(attrs=attrs)
        if self.lines > 1:
            widget = forms.Textarea(attrs={**attrs, "rows": self.lines})
        return forms.CharField(required=False, label=str(self.label), max_length=self.longest, widget=widget)


class AddressField(forms.RegexField):
    """The last part of an address, or the short name in commands."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            r"^[a-zA-Z0-9-]+$",  # capitals are made small
            label=gettext_lazy("In the address"),
            error_messages={
                "invalid": gettext_lazy("Write small letters, digits and hyphens only, such as spring-2027.")
            },
            **more,
        )


class WordedForm(forms.Form):
    """`programs`: those that it may be for. A form that is not new keeps its address, so it has no `key`."""

    worded: ClassVar[Sequence[Part]] = ()
    consent_help: ClassVar[Promise]

    program = forms.ChoiceField(label=gettext_lazy("Program"))
    name = forms.CharField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("Only your colleagues see it."), max_length=120
    )

    def __init__(
        self,
        data: QueryDict | None,
        programs: Mapping[int, Program],
        *,
        initial: Mapping[str, Any] | None = None,
        is_new: bool = True,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.programs = programs
        program = self.fields["program"]
        assert isinstance(program, forms.ChoiceField)
        program.choices = [(str(each.id), f"{each.name} · {each.sender}") for each in programs.values()]
        if not is_new:
            del self.fields["key"]
        self._shape()
        for name, field in self.fields.items():
            if name in self.errors:
                field.widget.attrs["aria-invalid"] = "true"

    def _shape(self) -> None:
        """Add what each language says, before anything is checked."""
        for language in self.chosen.languages if self.chosen else ():
            self.fields[f"speaks_{language}"] = forms.BooleanField(
                required=False, label=_("Offer it in %(language)s") % {"language": language_word(language)}
            )
            for part in self.worded:
                self.fields[f"{part.name}_{language}"] = part.field(language)
            self.fields[f"consent_{language}"].help_text = str(self.consent_help)

    @property
    def chosen(self) -> Program | None:
        """The program as typed, or the first one."""
        typed = str(self["program"].value() or "")
        if typed.isdecimal() and int(typed) in self.programs:
            return self.programs[int(typed)]
        return next(iter(self.programs.values()), None)

    @property
    def parts(self) -> list[str]:
        """What it says in each language, in the order of the page."""
        return [part.name for part in self.worded]

    @property
    def wordings(self) -> list[tuple[str, str, forms.BoundField, list[forms.BoundField]]]:
        """Language, its name, whether it is offered, and the fields of its wording."""
        return [
            (
                each,
                str(language_word(each)),
                self[f"speaks_{each}"],
                [self[f"{part}_{each}"] for part in self.parts],
            )
            for each in (self.chosen.languages if self.chosen else ())
        ]


def as_text(value: object) -> str:
    """What was typed into a field of a wording."""
    return str(value or "").replace("\r\n", "\n").strip()
