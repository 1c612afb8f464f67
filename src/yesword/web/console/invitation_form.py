"""What an invitation by e-mail is written in: its words in each language, where it leads, and why people may be written to."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yesword.collect.inviting import NewCampaign, wordings_of
from yesword.collect.letters import LONGEST_BODY, LONGEST_SUBJECT, Wording
from yesword.domain.collecting.invitation_words import fixed_words, languages
from yesword.store.models import CollectionPoint, InvitationCampaign
from yesword.web.telling import language_word


class InvitationForm(forms.Form):
    """A language with neither subject nor text is left out; whoever speaks it gets the first one."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("For you; the people do not see it."),
        max_length=120,
    )
    point = forms.ChoiceField(label=gettext_lazy("Form that the letter leads to"))
    permitted_by = forms.CharField(
        label=gettext_lazy("Why these people may be e-mailed"),
        help_text=gettext_lazy(
            "Such as “newsletter sign-up on our site”. It is kept. To be e-mailed permits no text: that is what you ask for."
        ),
        max_length=200,
    )
    measures_opens = forms.BooleanField(
        required=False,
        label=gettext_lazy("Count who opens the letter, by a picture"),
        help_text=gettext_lazy(
            "In the EU this needs the reader's consent. Without it clicks are counted, and opens are not."
        ),
    )

    def __init__(
        self, data: Any, pages: list[CollectionPoint], row: InvitationCampaign | None = None
    ) -> None:
        given = _initial(row)
        super().__init__(data, initial=given)
        point = self.fields["point"]
        assert isinstance(point, forms.ChoiceField)
        point.choices = [(each.key, f"{each.name} · /f/{each.key}") for each in pages]
        for language in languages():
            named = {"language": language_word(language)}
            self.fields[f"subject_{language}"] = forms.CharField(
                required=False, label=_("Subject in %(language)s") % named, max_length=LONGEST_SUBJECT
            )
            self.fields[f"body_{language}"] = forms.CharField(
                required=False,
                label=_("Text in %(language)s") % named,
                max_length=LONGEST_BODY,
                widget=forms.Textarea(attrs={"rows": 8}),
            )

    @property
    def words(self) -> Iterator[tuple[str, BoundField, BoundField]]:
        for language in languages():
            yield language_word(language), self[f"subject_{language}"], self[f"body_{language}"]

    def campaign(self, created_by: int | None) -> NewCampaign:
        typed = self.cleaned_data
        wordings: Mapping[str, Wording] = {
            each: Wording(subject=typed[f"subject_{each}"], body=typed[f"body_{each}"].replace("\r\n", "\n"))
            for each in languages()
            if typed[f"subject_{each}"] or typed[f"body_{each}"]
        }
        return NewCampaign(
            point=typed["point"],
            name=typed["name"],
            wordings=wordings,
            permitted_by=typed["permitted_by"],
            measures_opens=typed["measures_opens"],
            created_by=created_by,
        )


def _initial(row: InvitationCampaign | None) -> dict[str, object]:
    given: dict[str, object] = {}
    if row is None:
        for language in languages():
            fixed = fixed_words(language)
            given |= {f"subject_{language}": fixed.subject, f"body_{language}": fixed.body}
        return given
    for language, wording in wordings_of(row).items():
        given |= {f"subject_{language}": wording.subject, f"body_{language}": wording.body}
    return given | {
        "name": row.name,
        "point": row.point.key,
        "permitted_by": row.permitted_by,
        "measures_opens": row.measures_opens,
    }
