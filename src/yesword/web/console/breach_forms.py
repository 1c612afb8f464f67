"""The forms about a breach: what was found, what is learnt later, and whom it may have touched.

Times are typed as the brand's clock shows them.
"""

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yesword.domain import phone
from yesword.domain.ids import BrandId, ProgramId
from yesword.privacy.breaches import Found, Later, Risk, Touched
from yesword.store import models, programs
from yesword.web.formats import zone_name

RISKS: Final[dict[Risk, Promise]] = {
    Risk.UNLIKELY: gettext_lazy("Unlikely: nobody has to be told"),
    Risk.LIKELY: gettext_lazy("Likely: tell the authority within 72 hours"),
    Risk.HIGH: gettext_lazy("High: tell the people, too"),
}
# The same to choose from: a short word each, which fits where the page is narrow, and below them what follows.
_LEVELS: Final[dict[Risk, Promise]] = {
    Risk.UNLIKELY: pgettext_lazy("risk of a breach", "Unlikely"),
    Risk.LIKELY: pgettext_lazy("risk of a breach", "Likely"),
    Risk.HIGH: pgettext_lazy("risk of a breach", "High"),
}
_WHAT_FOLLOWS: Final = gettext_lazy(
    "Unlikely: nobody has to be told. Likely: the authority, within 72 hours. High: the people, too."
)
_TIME: Final = "%Y-%m-%dT%H:%M"
_LONGEST: Final = 4000
_MOST_RUNS: Final = 200
_SHOWN_LINES: Final = 5
# Ways to say whom a breach may have touched, and the fields of each.
WAYS: Final[dict[str, tuple[str, ...]]] = {
    "program": ("program",),
    "import_run": ("import_run",),
    "span": ("since", "until"),
    "numbers": ("numbers",),
}


class MomentField(forms.Field):
    """A day and time on the clock of `zone`, which whoever makes the form sets."""

    zone: str = "UTC"

    def __init__(self, **more: Any) -> None:
        widget = forms.DateTimeInput(format=_TIME, attrs={"type": "datetime-local"})
        super().__init__(widget=widget, **more)

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(ZoneInfo(self.zone)) if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        try:
            typed = datetime.fromisoformat(str(value).strip())
        except ValueError:
            typed = None
        if typed is None:
            raise forms.ValidationError(_("That is no day and time. Write it as 2026-03-03T18:00."))
        return (typed if typed.tzinfo else typed.replace(tzinfo=ZoneInfo(self.zone))).astimezone(UTC)


class _Form(forms.Form):
    def __init__(self, *args: Any, zone: str, **more: Any) -> None:
        super().__init__(*args, **more)
        told = _("In %(zone)s.") % {"zone": zone_name(zone)}
        for field in self.fields.values():
            if isinstance(field, MomentField):
                field.zone = zone
                field.help_text = f"{field.help_text} {told}".strip()

    def not_ahead(self, name: str) -> None:
        """Nobody has noticed or told anything in the future."""
        moment = self.cleaned_data.get(name)
        if isinstance(moment, datetime) and moment > datetime.now(UTC):
            self.add_error(name, _("This moment is still ahead."))


def _words(label: Any, *, rows: int = 3, required: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class FoundForm(_Form):
    what = _words(
        gettext_lazy("What happened"),
        required=True,
        help_text=gettext_lazy("Without anybody's name or number: this stays when they are erased."),
    )
    noticed_at = MomentField(
        label=gettext_lazy("When somebody noticed"), help_text=gettext_lazy("The 72 hours run from here.")
    )
    happened_at = MomentField(label=gettext_lazy("When it happened"), required=False)
    risk = forms.ChoiceField(
        label=gettext_lazy("Risk to the people"),
        choices=list(_LEVELS.items()),
        initial=Risk.LIKELY,
        help_text=_WHAT_FOLLOWS,
    )
    data_kinds = forms.CharField(
        label=gettext_lazy("Kinds of data"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("With commas between them, such as: numbers, names."),
    )
    people_kinds = forms.CharField(
        label=gettext_lazy("Kinds of people"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("With commas between them, such as: members of the club."),
    )
    people_count = forms.IntegerField(
        label=gettext_lazy("About how many people"), required=False, min_value=0, max_value=10**10
    )
    consequences = _words(gettext_lazy("What may come of it"))
    measures = _words(gettext_lazy("What was done about it"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.not_ahead("noticed_at")
        noticed, happened = cleaned.get("noticed_at"), cleaned.get("happened_at")
        if noticed is not None and happened is not None and happened > noticed:
            self.add_error("happened_at", _("It was noticed before it happened: one of the two is wrong."))
        return cleaned

    def found(self) -> Found:
        said = self.cleaned_data
        return Found(
            what=said["what"],
            noticed_at=said["noticed_at"],
            happened_at=said["happened_at"],
            data=_listed(said["data_kinds"]),
            people=_listed(said["people_kinds"]),
            people_count=said["people_count"],
            risk=Risk(said["risk"]),
            consequences=said["consequences"],
            measures=said["measures"],
        )


class LaterForm(_Form):
    risk = forms.ChoiceField(
        label=gettext_lazy("Risk to the people"), choices=list(_LEVELS.items()), help_text=_WHAT_FOLLOWS
    )
    people_count = forms.IntegerField(
        label=gettext_lazy("About how many people"), required=False, min_value=0, max_value=10**10
    )
    consequences = _words(gettext_lazy("What may come of it"))
    measures = _words(gettext_lazy("What was done about it"))
    authority_told_at = MomentField(label=gettext_lazy("When the authority was told"), required=False)
    why_late = _words(gettext_lazy("Why that was after 72 hours"), rows=2)
    people_told_at = MomentField(label=gettext_lazy("When the people were told"), required=False)
    why_people_not_told = _words(gettext_lazy("Why the people need not be told"), rows=2)

    def __init__(self, *args: Any, row: models.Breach, zone: str) -> None:
        initial = {name: getattr(row, name) for name in self.base_fields}
        super().__init__(*args, zone=zone, initial=initial)
        self._noticed_at = row.noticed_at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("authority_told_at", "people_told_at"):
            self.not_ahead(name)
            told = cleaned.get(name)
            # To the minute, as it is typed.
            if told is not None and told < self._noticed_at.replace(second=0, microsecond=0):
                self.add_error(name, _("That is before anybody had noticed it."))
            elif told is not None:
                cleaned[name] = max(told, self._noticed_at)
        return cleaned

    def later(self) -> Later:
        said = self.cleaned_data
        return Later(**{**said, "risk": Risk(said["risk"])})


class TouchedForm(_Form):
    """Whom a breach may have touched, said in one of four ways; only the fields of that one are asked for."""

    way = forms.ChoiceField(choices=[(each, each) for each in WAYS], widget=forms.HiddenInput)
    program = forms.ChoiceField(label=gettext_lazy("Program"))
    import_run = forms.ChoiceField(label=gettext_lazy("Import"))
    since = MomentField(label=gettext_lazy("From"))
    until = MomentField(label=gettext_lazy("Until"))
    numbers = forms.CharField(
        label=gettext_lazy("Numbers"),
        help_text=gettext_lazy("One on each line."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, brand: models.Brand, zone: str) -> None:
        super().__init__(*args, zone=zone)
        self._brand = brand
        runs = models.ImportRun.objects.filter(brand=brand).order_by("-pk")[:_MOST_RUNS]
        self._choices("program", [(str(each.id), each.name) for each in programs.of_brand(BrandId(brand.pk))])
        self._choices(
            "import_run", [(str(each.pk), f"{each.file_name}, {each.created_at:%Y-%m-%d}") for each in runs]
        )

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def full_clean(self) -> None:
        asked = WAYS.get(self.data.get("way", ""), ())
        for name, field in self.fields.items():
            field.required = name == "way" or name in asked
        super().full_clean()
        for field in self.fields.values():  # as each stands in a form of its own
            field.required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since is not None and until is not None and since >= until:
            self.add_error("until", _("This is not after the beginning."))
        return cleaned

    def clean_numbers(self) -> tuple[str, ...]:
        read, wrong = [], []
        for place, typed in enumerate(self.cleaned_data["numbers"].splitlines(), start=1):
            line = typed.strip()
            try:
                read += [phone.parse(line, country=self._brand.country).e164] if line else []
            except phone.PhoneError:
                wrong.append(str(place))
        if wrong:
            shown = ", ".join(wrong[:_SHOWN_LINES]) + ("…" if len(wrong) > _SHOWN_LINES else "")
            raise forms.ValidationError(_("On these lines stands no number: %(lines)s.") % {"lines": shown})
        return tuple(dict.fromkeys(read))

    def touched(self) -> Touched:
        said = self.cleaned_data
        match said["way"]:
            case "program":
                return Touched(program=ProgramId(int(said["program"])))
            case "import_run":
                return Touched(import_run=int(said["import_run"]))
            case "span":
                return Touched(span=(said["since"], said["until"]))
            case _:
                return Touched(numbers=said["numbers"])


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())
