"""Links to a person's own receipt page: made here, shown once, and ended here."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yesword.domain.ids import to_text
from yesword.store import links, programs
from yesword.store.links import LinkKind
from yesword.web.console.acting import for_actors, leave_trace
from yesword.web.console.addresses import person_at, person_url
from yesword.web.console.person import show
from yesword.web.installation import store
from yesword.web.public.addresses import make_receipt_link, origin


@require_POST
@for_actors
def make(request: HttpRequest, contact: str, key: str) -> HttpResponse:
    """A link to the person's page about a program. It is on this answer and nowhere else."""
    line = person_at(contact)
    person = line.contact
    program = programs.by_key(person.brand, key)
    if program is None or person.erased_at is not None:
        raise Http404
    brand = programs.brand(person.brand)
    with store().database.write() as session:
        path = make_receipt_link(session, brand, person.id, program.id, datetime.now(UTC))
        leave_trace(request, "receipt.link_made", to_text("con", person.id), program=program.key)
    return show(request, line, link=origin(request) + path)


@require_POST
@for_actors
def end(request: HttpRequest, contact: str, link: str) -> HttpResponse:
    """From now on it opens nothing. `link` is its digest, from which nobody finds the word."""
    line = person_at(contact)
    person = line.contact
    with store().database.write() as session:
        theirs = {each.digest.hex(): each for each in links.of_contact(session, person.id, LinkKind.RECEIPT)}
        if link not in theirs:
            raise Http404
        if links.end(session, theirs[link].digest, datetime.now(UTC)):
            leave_trace(request, "receipt.link_ended", to_text("con", person.id))
    messages.success(request, _("The link is ended. Whoever has it sees nothing any more."))
    return redirect(f"{person_url(person.id)}#links")
