"""What somebody does on a person's page about what was read from their words: undo a stop, close a privacy request."""

from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from yesword.consent import correct
from yesword.consent.correcting import NoReasonError
from yesword.domain.errors import YeswordError
from yesword.domain.ids import BadIdError, EventId, RequestId, from_text, to_text
from yesword.sending import privacy_requests
from yesword.sending.privacy_requests import AlreadyClosedError, NoSuchRequestError, State
from yesword.store import programs
from yesword.web.console.acting import actor, for_actors, leave_trace
from yesword.web.console.addresses import person_at, person_url
from yesword.web.console.person import show
from yesword.web.console.person_readings import Typed
from yesword.web.console.replies import may_correct
from yesword.web.console.replies_settling import REFUSALS, stops_read, undone
from yesword.web.installation import store
from yesword.web.telling import name_of

_LONGEST: Final = 500  # characters of a reason or a note


@require_POST
@for_actors
@sensitive_post_parameters("reason")
def undo(request: HttpRequest, contact: str, event: str) -> HttpResponse:
    """Say that a stop had been misread, and why. Asks for a right of its own."""
    if not may_correct(request):
        raise PermissionDenied
    line, stop = person_at(contact), EventId(_id("evt", event))
    reason = request.POST.get("reason", "").strip()[:_LONGEST]
    here, person = store(), line.contact
    stopped = stops_read(person.id, [stop])
    try:
        with here.database.write() as session:
            brand = programs.brand(person.brand)
            correct(here, session, brand, person, stop, actor(request).pk, reason, datetime.now(UTC))
            leave_trace(request, "stop.undo", to_text("con", person.id), event=event)
    except NoReasonError as error:
        typed = Typed(event=stop, reason=reason, error=str(REFUSALS[type(error)]))
        return show(request, line, typed=typed)
    except YeswordError as error:
        if type(error) not in REFUSALS:
            raise
        messages.warning(request, str(REFUSALS[type(error)]))
    else:
        messages.success(request, undone(person.id, stopped) % {"name": name_of(person.name)})
    return redirect(person_url(person.id))


@require_POST
@for_actors
def close(request: HttpRequest, contact: str, asked: str) -> HttpResponse:
    """The person got what they asked for."""
    line, here = person_at(contact), store()
    user = actor(request)
    note = request.POST.get("note", "").strip()[:_LONGEST]
    try:
        with here.database.write() as session:
            found = privacy_requests.read(here, session, RequestId(_id("prq", asked)))
            if found.contact != line.contact.id:
                raise Http404
            privacy_requests.close(here, session, found.id, user.pk, datetime.now(UTC), note)
            if found.state is State.OPEN:
                leave_trace(request, "privacy.close", to_text("con", line.contact.id), asked=asked)
    except NoSuchRequestError as error:
        raise Http404 from error
    except AlreadyClosedError as error:
        messages.warning(
            request,
            _("Nothing was changed, for %(who)s closed the request already.") % {"who": error.fields["who"]},
        )
    else:
        messages.success(request, _("The request is closed."))
    return redirect(f"{person_url(line.contact.id)}#requests")


def _id(prefix: str, text: str) -> int:
    try:
        return from_text(prefix, text)
    except BadIdError as error:
        raise Http404 from error
