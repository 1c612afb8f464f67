"""Putting right what is known of a person: their name, and the language that they read."""

from datetime import UTC, datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yesword.collect.imports.claims import MAX_VALUE
from yesword.privacy.rectifying import ChangedMeanwhileError, Changes, rectify
from yesword.privacy.restricting import NobodyThereError
from yesword.store.contacts import Contact
from yesword.web import languages
from yesword.web.console.acting import actor, for_actors
from yesword.web.console.addresses import living_person_at, person_url
from yesword.web.formats import masked
from yesword.web.installation import store
from yesword.web.telling import language_word


class RectifyForm(forms.Form):
    name = forms.CharField(
        required=False, max_length=MAX_VALUE, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    language = forms.ChoiceField(required=False)

    def __init__(self, *args: object, person: Contact, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["name"].label = _("Name")
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.label = _("Language")
        language.help_text = _("The one that our texts to them are in, as far as they are written in it.")
        codes = dict.fromkeys([*languages.CODES, *([person.language] if person.language else [])])
        language.choices = [("", _("Not known")), *((code, language_word(code)) for code in codes)]


@require_http_methods(["GET", "HEAD", "POST"])
@for_actors
@sensitive_post_parameters("name")
def page(request: HttpRequest, contact: str) -> HttpResponse:
    person = living_person_at(contact).contact
    if request.method != "POST":
        form = RectifyForm(person=person, initial={"name": person.name, "language": person.language})
        return _show(request, person, form)
    form = RectifyForm(request.POST, person=person)
    if not form.is_valid():
        return _show(request, person, form)
    changes = Changes(name=form.cleaned_data["name"], language=form.cleaned_data["language"])
    try:
        found = rectify(store(), person, changes, actor(request).pk, datetime.now(UTC))
    except NobodyThereError:
        messages.warning(request, _("Nothing was changed: the person has been erased meanwhile."))
    except ChangedMeanwhileError:
        messages.warning(
            request,
            _(
                "Nothing was changed: the number went to somebody else meanwhile. Look again whom it is about."
            ),
        )
    else:
        if found.fields or found.was_hidden:
            messages.success(request, _("It is put right. The record of what they agreed to stays as it is."))
        else:
            messages.warning(request, _("Nothing was changed: it says so already."))
    return redirect(person_url(person.id))


def _show(request: HttpRequest, person: Contact, form: RectifyForm) -> HttpResponse:
    return render(
        request,
        "console/person_rectify.html",
        {
            "person": person,
            "form": form,
            "back_url": person_url(person.id),
            "crumbs": [
                (_("People"), reverse("console:people")),
                (person.name or masked(person.number), person_url(person.id)),
            ],
        },
        status=422 if form.errors else 200,
    )
