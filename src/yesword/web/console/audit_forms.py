"""The forms of a carrier's audit: which source and numbers it asks about, and since when."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yesword.domain.phone import UnknownCountryError
from yesword.reporting.audit_answers import Asked, Question, read_numbers
from yesword.reporting.audit_answers.asking import NoNumbersError, TooManyNumbersError
from yesword.web.console.given_lists import read_list
from yesword.web.error_words import told

LARGEST: Final = 1024 * 1024  # bytes of a list
_TIME: Final = "%Y-%m-%dT%H:%M"
# Why a list cannot be taken, by the error's code.
_REFUSED: Final[dict[str, Promise]] = {
    "audit_without_numbers": gettext_lazy("There is no telephone number in the list."),
    "audit_too_many_numbers": gettext_lazy(
        "That is more than one answer takes. Part the list, and answer each part."
    ),
}


class NumbersForm(forms.Form):
    """A list, pasted or as a file."""

    use_required_attribute = False  # a file will do instead
    numbers = forms.CharField(
        label=gettext_lazy("Numbers"),
        help_text=gettext_lazy(
            "Those that the carrier asks about, one a line, with their country code. They are kept in the sealed answer only."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        label=gettext_lazy("Or a file with them"),
        help_text=gettext_lazy("Text or CSV with nothing but numbers in it."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def __init__(self, country: str, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._country = country

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.errors.pop("numbers", None)
        try:
            cleaned["asked"] = read_numbers(self._listed(cleaned), self._country)
        except forms.ValidationError as error:
            self.add_error("file", error)
        except (NoNumbersError, TooManyNumbersError, UnknownCountryError) as error:
            known = _REFUSED.get(error.code)
            self.add_error("numbers", str(known) if known else told(error))
        return cleaned

    def _listed(self, cleaned: dict[str, Any]) -> str:
        file = cleaned.get("file")
        read = read_list(file, LARGEST) if isinstance(file, UploadedFile) else ""
        return f"{cleaned.get('numbers') or ''}\n{read}"

    @property
    def asked(self) -> Asked:
        asked = self.cleaned_data["asked"]
        assert isinstance(asked, Asked)
        return asked


class AuditForm(NumbersForm):
    sender = forms.ChoiceField(
        label=pgettext_lazy("carrier audit", "Source"),
        help_text=gettext_lazy("The code or number that the texts came from."),
    )
    carrier = forms.CharField(required=False, max_length=120, label=gettext_lazy("Who asks"))
    reference = forms.CharField(
        required=False,
        max_length=120,
        label=gettext_lazy("Their reference"),
        help_text=gettext_lazy("The number of their ticket or message."),
    )
    campaign = forms.CharField(
        required=False,
        max_length=60,
        label=gettext_lazy("Campaign id"),
        help_text=gettext_lazy("As the campaign is registered with the carriers."),
    )
    asked_at = forms.DateTimeField(
        required=False,
        label=gettext_lazy("Asked at"),
        help_text=gettext_lazy(
            "When their question came, on your clock. Empty: now. The 24 hours run from then."
        ),
        widget=forms.DateTimeInput(format=_TIME, attrs={"type": "datetime-local"}),
    )
    field_order = ("sender", "numbers", "file", "carrier", "reference", "campaign", "asked_at")

    def __init__(self, senders: Sequence[str], country: str, zone: str, *given: Any, **more: Any) -> None:
        super().__init__(country, *given, **more)
        self._zone = zone
        field = self.fields["sender"]
        assert isinstance(field, forms.ChoiceField)
        # Nothing is chosen beforehand: an answer about the wrong source says of everybody that they never joined.
        unchosen = [] if len(senders) == 1 else [("", _("Choose one"))]
        field.choices = [*unchosen, *((each, each) for each in senders)]

    def clean_asked_at(self) -> datetime:
        given: datetime | None = self.cleaned_data["asked_at"]
        now = datetime.now(UTC)
        if given is None:
            return now
        asked_at = given.replace(tzinfo=ZoneInfo(self._zone)).astimezone(UTC)
        if asked_at > now:
            raise forms.ValidationError(_("That lies in the future."))
        return asked_at

    @property
    def question(self) -> Question:
        said = self.cleaned_data
        return Question(
            sender=said["sender"],
            asked_at=said["asked_at"],
            carrier=said["carrier"].strip(),
            reference=said["reference"].strip(),
            campaign=said["campaign"].strip(),
        )
