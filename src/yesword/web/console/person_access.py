"""Taking out what is held of a person, as a file for them: to be read, or for programs. It holds the number in the clear."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yesword.accounts.rights import Right
from yesword.domain.ids import ContactId, to_text
from yesword.domain.messages import without_link_words
from yesword.privacy import traces
from yesword.privacy.access import collect
from yesword.privacy.access_json import write_json
from yesword.privacy.access_page import write_readable
from yesword.privacy.holding import Holding
from yesword.privacy.owners import confirm_second_proof
from yesword.sending import privacy_requests
from yesword.sending.privacy_requests import PrivacyRequest, State
from yesword.web import languages
from yesword.web.console.acting import actor, for_actors, may_use
from yesword.web.console.addresses import living_person_at, person_url
from yesword.web.installation import store
from yesword.web.telling import plain_day

_JSON: Final = "json"
_PAGE: Final = "page"


@require_POST
@for_actors
def download(request: HttpRequest, contact: str) -> HttpResponse:
    """What is proven to be about whoever asks, by the text that they asked with and by what else they have shown."""
    if not may_use(request, Right.NUMBERS):
        raise PermissionDenied
    form = request.POST.get("form", "")
    if form not in (_JSON, _PAGE):
        raise Http404
    person, here = living_person_at(contact).contact, store()
    is_second_proof = request.POST.get("second_proof") == "yes"
    holding = collect(
        here,
        person,
        datetime.now(UTC),
        since=_proven_since(_requests(person.id)),
        second_proof=is_second_proof,
    )
    with here.database.write():
        about = traces.about(person.id)
        traces.leave("privacy.accessed", about, actor(request).pk, is_second_proof=is_second_proof, form=form)
    name = f"data-{to_text('con', person.id)}"
    if form == _JSON:
        return _file(without_link_words(write_json(holding)), "application/json", f"{name}.json")
    return _file(
        without_link_words(_readable(holding, person.language)), "text/html; charset=utf-8", f"{name}.html"
    )


@require_POST
@for_actors
def confirm(request: HttpRequest, contact: str) -> HttpResponse:
    """Somebody of the brand has seen, in another way than by the handset, that whoever asks is the person."""
    if not may_use(request, Right.NUMBERS):
        raise PermissionDenied
    person = living_person_at(contact).contact
    confirm_second_proof(store(), person, actor(request).pk, datetime.now(UTC))
    messages.success(
        request, _("Confirmed. For 30 days their own page shows them their name and what is older, too.")
    )
    return redirect(f"{person_url(person.id)}#data")


def _requests(contact: ContactId) -> list[PrivacyRequest]:
    with store().database.read() as session:
        return privacy_requests.of_contact(store(), session, contact)


def _proven_since(requests: Sequence[PrivacyRequest]) -> datetime | None:
    """A text that asks comes from the handset, so whoever asks had the number then."""
    return min((each.asked_at for each in requests if each.state is State.OPEN), default=None)


def _readable(holding: Holding, language: str) -> str:
    """In the person's language, not in that of whoever downloads it."""
    known = language if language in languages.CODES else "en"
    with translation.override(known):
        return write_readable(holding, known, translation.gettext, plain_day)


def _file(text: str, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(text, content_type=kind, headers=headers)
