"""Try a text: what would happen if somebody sent it, and why. It is read and forgotten; nothing is kept or sent."""

from typing import Final

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yesword.domain.understanding import PendingKind
from yesword.domain.understanding.keywords import ANY_LANGUAGE
from yesword.reporting.programs import BrandLine
from yesword.store import programs
from yesword.web import known_words
from yesword.web.brands import brand_of
from yesword.web.readings import Setting, read

_LONGEST: Final = 10_000  # characters: far more than a phone sends

_ASKED: Final = (
    ("", gettext_lazy("Nothing")),
    (PendingKind.CONFIRM_CONSENT, gettext_lazy("Whether they want to join")),
    (PendingKind.REMINDER, gettext_lazy("Whether their consent should go on")),
    (PendingKind.WHICH_TEXTS, gettext_lazy("Which texts their stop was about")),
    (PendingKind.POLL, gettext_lazy("A poll")),
    (PendingKind.CONVERSATION, gettext_lazy("A person is writing with them")),
)


class TextField(forms.CharField):
    """A text as it came: browsers send lines with two characters at their end."""

    def to_python(self, value: object) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class TryForm(forms.Form):
    text = TextField(
        label=gettext_lazy("What they text"),
        max_length=_LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type a text, as somebody would send it.")},
    )
    program = forms.ChoiceField(
        label=gettext_lazy("Texted to the code of"),
        required=False,
        help_text=gettext_lazy("Keywords count only on the code of their program."),
    )
    asked = forms.ChoiceField(
        label=gettext_lazy("What was asked last"),
        choices=_ASKED,
        required=False,
        help_text=gettext_lazy("A yes or a no answers a question, or nothing."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Their language"),
        required=False,
        help_text=gettext_lazy("Only a hint: people leave in any language."),
    )

    def __init__(self, data: QueryDict | None, brand: BrandLine | None) -> None:
        super().__init__(data)
        self.brand = brand
        self.programs = programs.of_brand(brand.id) if brand else []
        languages = [each for each in known_words.languages() if each[0] != ANY_LANGUAGE]
        self._offer("program", _("None of your programs"), [(each.key, each.name) for each in self.programs])
        self._offer("language", _("Not known"), languages)
        for name, field in self.fields.items():
            if name in self.errors:
                field.widget.attrs["aria-invalid"] = "true"

    def _offer(self, name: str, nothing: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        # None is chosen without "(optional)" beside it: the choice itself says that there is one.
        field.choices = [("", nothing), *choices]

    @property
    def setting(self) -> Setting:
        chosen = next((each for each in self.programs if each.key == self.cleaned_data["program"]), None)
        language, asked = self.cleaned_data["language"], self.cleaned_data["asked"]
        here = programs.on_sender(programs.sender_of(chosen).id) if chosen else []
        brands = dict.fromkeys(each.brand for each in (*here, *self.programs))
        return Setting(
            brand=self.brand.name if self.brand else _("the brand"),
            programs=here,
            others=[each for brand in brands for each in programs.of_brand(brand) if each not in here],
            asked_by=chosen,
            languages=(language,) if language else (),
            pending=PendingKind(asked) if asked else None,
        )


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("text")
def page(request: HttpRequest) -> HttpResponse:
    """The form, and beneath it what would come of the text. A text goes into no address, no log and no store."""
    form = TryForm(request.POST if request.method == "POST" else None, brand_of(request))
    reading = read(form.cleaned_data["text"], form.setting) if form.is_valid() else None
    return render(
        request,
        "console/replies_try.html",
        {"form": form, "settings": [form["program"], form["asked"], form["language"]], "reading": reading},
        status=422 if form.errors else 200,
    )
