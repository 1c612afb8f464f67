"""Carriers' audits: writing one down, its answer, what is done with that, and the clock. For owners and managers only."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yesword.domain.ids import BrandId
from yesword.reporting.audit_answers import MOST_NUMBERS, keeping
from yesword.reporting.audit_answers.keeping import NoAnswerError
from yesword.store import contacts, links
from yesword.store.links import Link
from yesword.store.models import CarrierAudit
from yesword.web import audit_words, parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.console import audit_making
from yesword.web.console.acting import actor, for_actors, leave_trace
from yesword.web.console.addresses import person_url
from yesword.web.console.audit_forms import AuditForm, NumbersForm
from yesword.web.formats import masked
from yesword.web.installation import store
from yesword.web.public.addresses import origin
from yesword.web.public.audit import link_path
from yesword.web.telling import plain_moment

_PAGE: Final = 25
_PEOPLE: Final = 50
_AT_ONCE_S: Final = 2.0  # an answer that is made in so long is shown at once

View = Callable[..., HttpResponse]


def _in_memory(view: View) -> View:
    """Lay the way of an uploaded list: through memory, and never onto a disk. Only then is the form looked at."""
    guarded = csrf_protect(view)

    @csrf_exempt
    @for_actors
    def laid(request: HttpRequest, **more: object) -> HttpResponse:
        if request.method == "POST":
            request.upload_handlers = [MemoryFileUploadHandler(request)]
        return guarded(request, **more)

    return laid


# --- all of them -------------------------------------------------------------------------------------------------


@_in_memory
@require_http_methods(["GET", "HEAD", "POST"])
def list_page(request: HttpRequest) -> HttpResponse:
    """The audits so far, and the form for a new one."""
    brand = brand_of(request)
    if brand is None:
        return render(request, "console/audits.html", {"empty": _empty()})
    zone = zone_of(brand.country)
    senders = keeping.senders_of(BrandId(brand.id))
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AuditForm(senders, brand.country, zone, *given)
    if request.method == "POST" and form.is_valid():
        here, at = store(), datetime.now(UTC)
        audit = keeping.open_audit(here, BrandId(brand.id), form.question, form.asked, actor(request).pk, at)
        with here.database.write():
            leave_trace(request, "audit.opened", f"audit {audit.pk}", numbers=len(form.asked.numbers))
        return _begin(audit, form)
    rows = CarrierAudit.objects.filter(brand_id=brand.id).order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before))
    found, at = list(rows[: _PAGE + 1]), datetime.now(UTC)
    here_url = reverse("console:audits")
    context = {
        "form": form if senders else None,
        "most": MOST_NUMBERS,
        "rows": [(each, audit_words.standing(each, at)) for each in found[:_PAGE]],
        "zone": zone,
        "first_url": here_url if before else "",
        "older_url": f"{here_url}?before={found[_PAGE - 1].pk}" if len(found) > _PAGE else "",
        "empty": None if found else _empty(),
    }
    return render(request, "console/audits.html", context, status=422 if form.errors else 200)


def _begin(audit: CarrierAudit, form: NumbersForm) -> HttpResponse:
    audit_making.begin(store(), audit, form.asked)
    audit_making.wait_for(audit.pk, _AT_ONCE_S)
    return redirect("console:audit", audit.pk)


def _empty() -> parts.Empty:
    return parts.Empty(
        icon="audit",
        title=_("No carrier has asked yet"),
        text=_(
            "Carriers name numbers and want to know within 24 hours how each of them opted in. Whoever does not answer is suspended. The answer is made here, with the proof of each line."
        ),
    )


# --- one of them -------------------------------------------------------------------------------------------------


@require_safe
@for_actors
def page(request: HttpRequest, audit: int) -> HttpResponse:
    return _show(request, _audit_at(audit))


@_in_memory
@require_POST
def again(request: HttpRequest, audit: int) -> HttpResponse:
    """Make the answer from a list that is given again: nothing else holds the numbers."""
    row = _audit_at(audit)
    form = NumbersForm(row.brand.country, request.POST, request.FILES)
    if row.state == CarrierAudit.State.CLOSED:
        raise Http404
    if not form.is_valid():
        return _show(request, row, form=form)
    here = store()
    keeping.begin_again(here, row, form.asked, datetime.now(UTC))
    with here.database.write():
        leave_trace(request, "audit.made_anew", f"audit {row.pk}", numbers=len(form.asked.numbers))
    return _begin(row, form)


@require_POST
@for_actors
def download(request: HttpRequest, audit: int) -> HttpResponse:
    """The answer, with the numbers in it in full. The trace says who took it."""
    row, here = _audit_at(audit), store()
    try:
        data = keeping.read_answer(here, row, datetime.now(UTC))
    except NoAnswerError:
        messages.error(request, _("The answer is no longer kept. Give the list again to make it anew."))
        return redirect("console:audit", row.pk)
    with here.database.write():
        leave_trace(request, "audit.downloaded", f"audit {row.pk}")
    return HttpResponse(
        data,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{keeping.name_of(row)}"'},
    )


@require_POST
@for_actors
def sent(request: HttpRequest, audit: int) -> HttpResponse:
    """Somebody sent the answer: the clock stops."""
    row, here = _audit_at(audit), store()
    if keeping.mark_answered(here, row, actor(request), datetime.now(UTC)):
        with here.database.write():
            leave_trace(request, keeping.SENT, f"audit {row.pk}")
        messages.success(request, _("Answered. The clock has stopped."))
    return redirect("console:audit", row.pk)


@require_POST
@for_actors
def make_link(request: HttpRequest, audit: int) -> HttpResponse:
    """A link for the auditor. It is on this answer and nowhere else."""
    row, here = _audit_at(audit), store()
    try:
        word = keeping.make_link(here, row, datetime.now(UTC))
    except (NoAnswerError, keeping.AuditClosedError) as error:
        raise Http404 from error
    with here.database.write():
        leave_trace(request, "audit.link_made", f"audit {row.pk}")
    return _show(request, row, link=origin(request) + link_path(word))


@require_POST
@for_actors
def end_link(request: HttpRequest, audit: int, link: str) -> HttpResponse:
    """From now on it opens nothing. `link` is its digest, from which nobody finds the word."""
    row, here = _audit_at(audit), store()
    known = {each.digest.hex(): each for each in keeping.links_of(here, row)}
    if link not in known:
        raise Http404
    with here.database.write() as session:
        if links.end(session, known[link].digest, datetime.now(UTC)):
            leave_trace(request, "audit.link_ended", f"audit {row.pk}")
    messages.success(request, _("The link is ended. Whoever has it sees nothing any more."))
    return redirect(f"{reverse('console:audit', args=[row.pk])}#links")


@require_http_methods(["GET", "HEAD", "POST"])
@for_actors
def close(request: HttpRequest, audit: int) -> HttpResponse:
    """Keep nothing of the answer any longer. Asked once more, because it cannot be undone."""
    row, here = _audit_at(audit), store()
    if request.method != "POST":
        crumbs = [*_crumbs(), (_named(row), reverse("console:audit", args=[row.pk]))]
        return render(
            request, "console/campaign_question.html", {"confirm": _close_confirm(row), "crumbs": crumbs}
        )
    keeping.close(here, row, datetime.now(UTC))
    with here.database.write():
        leave_trace(request, "audit.closed", f"audit {row.pk}")
    messages.success(request, _("Closed. Nothing of the answer is kept here."))
    return redirect("console:audit", row.pk)


def _audit_at(number: int) -> CarrierAudit:
    try:
        return keeping.find(number)
    except keeping.NoSuchAuditError as error:
        raise Http404 from error


def _show(
    request: HttpRequest, row: CarrierAudit, *, link: str = "", form: NumbersForm | None = None
) -> HttpResponse:
    at, zone = datetime.now(UTC), zone_of(row.brand.country)
    is_made = keeping.is_kept(store(), row, at)
    is_live = keeping.is_being_made(row, at)
    is_closed = row.state == CarrierAudit.State.CLOSED
    return render(
        request,
        "console/audit.html",
        {
            "audit": row,
            "heading": _named(row),
            "crumbs": _crumbs(),
            "zone": zone,
            "standing": audit_words.standing(row, at),
            "is_open": row.state == CarrierAudit.State.OPEN,
            "is_closed": is_closed,
            "was_sent": keeping.was_sent(row),
            "is_made": is_made,
            "is_live": is_live,
            "progress": parts.Progress(
                label=_("Making the answer"),
                done=row.done_count,
                total=max(row.asked_count, 1),
                state="running",
            ),
            "form": None if is_made or is_live or is_closed else form or NumbersForm(row.brand.country),
            "counts": audit_words.counted(row),
            "lines": sum(row.counts.values()),
            "people": _people(row),
            "people_left": max(len(row.contacts) - _PEOPLE, 0),
            "link_made": parts.Code(text=link) if link else None,
            "links": [
                (each.digest.hex(), _link_told(each, zone))
                for each in keeping.links_of(store(), row)
                if each.holds(at)
            ],
            "close": _close_confirm(row),
        },
        status=422 if form is not None else 200,
    )


def _named(row: CarrierAudit) -> str:
    said = [each for each in (row.carrier, row.reference) if each]
    return " · ".join(said) or _("Audit %(number)s") % {"number": row.pk}


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Carrier audits"), reverse("console:audits"))]


def _people(row: CarrierAudit) -> Sequence[tuple[str, str, str]]:
    """(name, masked number, address of their page) of the first of them."""
    wanted = list(keeping.people(row))[:_PEOPLE]
    with store().database.read() as session:
        found = contacts.read_many(store(), session, wanted)
    return [
        (
            person.name or (_("Erased") if person.erased_at else _("Nameless so far")),
            masked(person.number) if person.erased_at is None else "",
            person_url(each),
        )
        for each in wanted
        if (person := found.get(each)) is not None
    ]


def _link_told(link: Link, zone: str) -> str:
    assert link.expires_at is not None, "those of audits always have an end"
    return ngettext(
        "Made on %(made)s, works until %(until)s, opened once.",
        "Made on %(made)s, works until %(until)s, opened %(count)s times.",
        link.opened,
    ) % {
        "made": plain_moment(link.made_at, zone),
        "until": plain_moment(link.expires_at, zone),
        "count": link.opened,
    }


def _close_confirm(row: CarrierAudit) -> parts.Confirm:
    here = reverse("console:audit-close", args=[row.pk])
    return parts.Confirm(
        id="close",
        title=_("Close this audit?"),
        text=_(
            "The answer is deleted here and the auditor's links open nothing any more. What it added up to stays. This cannot be undone."
        ),
        button=_("Close the audit"),
        action_url=here,
        page_url=here,
        back_url=reverse("console:audit", args=[row.pk]),
    )
