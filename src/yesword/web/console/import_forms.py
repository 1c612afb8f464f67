"""What is asked about a file that is to be imported: whose people they are, on what they would be texted, and what holds
for rows that do not say it themselves.
"""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yesword.collect.imports.attached import rules_of
from yesword.collect.imports.errors import WordingTableError
from yesword.domain.parties import Origin, Provenance
from yesword.domain.phone import PhoneError, parse
from yesword.reporting.messages import program_names

RULES: Final = 4  # rows of the table of wordings
_BASES: Final = (
    ("express", gettext_lazy("They agreed to texts")),
    ("customer", gettext_lazy("They are customers, where a law lets that do")),
)
_RELATIONS: Final = {
    Origin.SALE: gettext_lazy("They bought something"),
    Origin.CONTRACT: gettext_lazy("They have a contract"),
    Origin.NEGOTIATION: gettext_lazy("They were about to buy something"),
    Origin.ENQUIRY: gettext_lazy("They asked about something"),
    Origin.DONATION: gettext_lazy("They gave a donation"),
    Origin.INTEREST: gettext_lazy("They showed interest"),
    Origin.MEMBERSHIP: gettext_lazy("They are members"),
    Origin.CONTEST: gettext_lazy("They took part in a contest"),
}
_PROVENANCES: Final = {
    Provenance.OWN: gettext_lazy("Collected by this business itself"),
    Provenance.MERGED: gettext_lazy("Came with a business that was taken over"),
    Provenance.SHARED: gettext_lazy("Shared by somebody else: only opt-outs are taken"),
    Provenance.RENTED: gettext_lazy("Rented: only opt-outs are taken"),
    Provenance.PURCHASED: gettext_lazy("Bought: only opt-outs are taken"),
}


class ImportForm(forms.Form):
    program = forms.ChoiceField(
        label=gettext_lazy("Program"), help_text=gettext_lazy("The program that these people joined.")
    )
    file = forms.FileField(
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose a file.")},
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV with a line of column names: phone, name, language, consent date, source, wording … Up to 100 MB."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    country = forms.CharField(
        required=False,
        max_length=2,
        label=gettext_lazy("Country"),
        help_text=gettext_lazy(
            "Two letters, such as NL: of national numbers, and whether 03/04/2024 is in March or in April. By default the brand's own."
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "size": 4}),
    )
    is_opt_outs = forms.BooleanField(
        required=False,
        label=gettext_lazy("Everybody in this file has opted out"),
        help_text=gettext_lazy("Every row is recorded as a stop, whatever its columns say."),
    )
    only_opt_outs = forms.BooleanField(
        required=False,
        label=gettext_lazy("Take only the opt-outs of this file"),
        help_text=gettext_lazy(
            "For the weeks in which another system still sends: import its newest export again and again until you change over."
        ),
    )
    basis = forms.ChoiceField(
        required=False, choices=_BASES, label=gettext_lazy("On what they would be texted")
    )
    relation = forms.ChoiceField(
        required=False,
        choices=[(origin.value, _RELATIONS[origin]) for origin in Origin],
        label=gettext_lazy("How they became customers"),
        help_text=gettext_lazy("Counts for customers only."),
    )
    was_told = forms.BooleanField(
        required=False,
        label=gettext_lazy("They were told, when they gave the number, that refusing is free and easy"),
    )
    bought = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("What all of them bought"),
        help_text=gettext_lazy("Categories, with commas between them. Counts for customers only."),
    )
    provenance = forms.ChoiceField(
        required=False,
        choices=[(each.value, _PROVENANCES[each]) for each in Provenance],
        label=gettext_lazy("Where the file comes from"),
    )
    source = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("Where they agreed"),
        help_text=gettext_lazy("For rows that do not say it: checkout, the form on the site, the shop …"),
    )
    date = forms.DateField(
        required=False,
        label=gettext_lazy("When they agreed"),
        help_text=gettext_lazy("For rows that do not say it, if it was one day for all of them."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    wording = forms.CharField(
        required=False,
        max_length=2000,
        label=gettext_lazy("What they agreed to, word for word"),
        help_text=gettext_lazy("For rows that do not say it. Without it, a row is a claim only."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    canary = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=100,
        label=gettext_lazy("Share to text first, in percent"),
        help_text=gettext_lazy(
            "So many of them get the attribute canary = yes. Send a campaign to those first, and look at what comes back."
        ),
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        field = self.fields["program"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(pk), name) for pk, name in program_names().items()]

    @property
    def rules(self) -> list[dict[str, str]]:
        """The rows of the table, as they were typed."""
        return [
            {
                **{
                    part: self.data.get(f"rule-{row}-{part}", "")
                    for part in ("source", "from", "until", "wording")
                },
                "row": str(row),
            }
            for row in range(1, RULES + 1)
        ]

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].strip().upper()
        if country:
            try:
                parse("0", country=country)
            except PhoneError as error:
                if error.code == "phone_unknown_country":
                    raise forms.ValidationError(
                        _("There is no such country. Use its two letters, such as NL.")
                    ) from error
        return country

    def clean(self) -> dict[str, Any]:
        try:
            rules_of(_cells(self.rules))
        except WordingTableError as error:
            raise forms.ValidationError(
                _(
                    "A row of the table of wordings is not complete: give the wording, and the last day after the first."
                )
            ) from error
        return self.cleaned_data

    def wanted(self) -> dict[str, Any]:
        """What was asked for, as an upload keeps it."""
        said = self.cleaned_data
        return {
            "country": said["country"],
            "is_opt_outs": said["is_opt_outs"],
            "only_opt_outs": said["only_opt_outs"],
            "basis": said["basis"] or "express",
            "relation": said["relation"],
            "was_told": said["was_told"],
            "bought": [each.strip() for each in said["bought"].split(",") if each.strip()],
            "provenance": said["provenance"],
            "source": said["source"].strip(),
            "date": said["date"].isoformat() if said["date"] else "",
            "wording": said["wording"].strip(),
            "rules": [row for row in _cells(self.rules) if any(cell.strip() for cell in row)],
            "canary": said["canary"] or 0,
        }


def _cells(rules: list[dict[str, str]]) -> list[list[str]]:
    return [[rule["source"], rule["from"], rule["until"], rule["wording"]] for rule in rules]


class NumbersForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        error_messages={"required": gettext_lazy("Choose a file.")},
        help_text=gettext_lazy("One number a line, or a CSV with a column of them. Up to 100 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    country = forms.CharField(
        required=False,
        max_length=2,
        label=gettext_lazy("Country"),
        help_text=gettext_lazy(
            "Two letters, such as NL: of national numbers. Without it, only international ones are read."
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "size": 4}),
    )

    clean_country = ImportForm.clean_country
