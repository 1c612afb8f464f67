"""Invitations by e-mail to join by text: written, filled with a list, sent, held, and what came of them."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yesword.collect import invitee_lists, inviting, letters, points
from yesword.collect.invitation_errors import BadInvitationError, InvitationStateError
from yesword.collect.invitee_lists import BadListError
from yesword.collect.inviting import NoSuchInvitationError
from yesword.collect.letters import Links, Reader, Sender
from yesword.collect.points import NoSuchPointError
from yesword.domain.ids import BrandId
from yesword.reporting import invitations as reporting
from yesword.reporting.invitations import Line, Stage
from yesword.store.invitations import State
from yesword.store.models import CollectionPoint, InvitationCampaign
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.acting import actor, for_actors, leave_trace, may_act
from yesword.web.console.invitation_form import InvitationForm
from yesword.web.error_words import told
from yesword.web.formats import count as shown_count
from yesword.web.installation import store
from yesword.web.telling import language_word

LARGEST: Final = 2 * 1024 * 1024  # bytes, which stay in memory: no list of addresses lies on the disk
_STAGES: Final[dict[Stage, Promise]] = {
    Stage.SENT: gettext_lazy("Sent"),
    Stage.OPENED: gettext_lazy("Opened"),
    Stage.CLICKED: gettext_lazy("Clicked"),
    Stage.SIGNED_UP: gettext_lazy("Signed up"),
    Stage.CONFIRMED: gettext_lazy("Confirmed by text"),
}
_OF: Final[dict[Stage, Promise]] = {
    Stage.SENT: gettext_lazy("%(share)s of the letters sent"),
    Stage.OPENED: gettext_lazy("%(share)s of those who opened"),
    Stage.CLICKED: gettext_lazy("%(share)s of those who clicked"),
    Stage.SIGNED_UP: gettext_lazy("%(share)s of those who signed up"),
}
_STATES: Final[dict[State, Promise]] = {
    State.BARRED: gettext_lazy("Not written to"),
    State.FAILED: gettext_lazy("Failed"),
    State.UNCERTAIN: gettext_lazy("Uncertain"),
}
_REASONS: Final[dict[str, Promise]] = {
    "mail_left": gettext_lazy("They want no more e-mail."),
    "mail_complaint": gettext_lazy("They called an earlier letter spam."),
    "mail_bounced": gettext_lazy("There is no such mail box."),
    "erased": gettext_lazy("They were erased, and stay left alone."),
    "gone": gettext_lazy("They were erased meanwhile."),
    "restricted": gettext_lazy("Their data is restricted."),
    "stopped_texts": gettext_lazy("They have stopped your texts."),
    "said_no": gettext_lazy("They said no when asked."),
    "already_in": gettext_lazy("They get these texts already."),
    "owner_gone": gettext_lazy("The process that was sending it ended in the middle."),
    "connection_lost": gettext_lazy("The mail server went away before it said that it has the letter."),
    "tried_too_often": gettext_lazy("The mail server put it off too often."),
    "mail_bad_letter": gettext_lazy("A letter to that person cannot be written."),
}
_PAUSES: Final[dict[str, Promise]] = {
    "too_many_failed": gettext_lazy(
        "It paused itself: more than one in eight letters failed. Look after the list before you resume, or mail providers take the rest for spam."
    ),
    "point_closed": gettext_lazy("It paused itself: the form that it leads to is closed."),
    "store_restored": gettext_lazy(
        "It was paused because the store was put back from a backup: some of its e-mails may have gone since that backup, and would go again."
    ),
}
_REJECTED: Final[dict[str, Promise]] = {
    "mail_bad_address": gettext_lazy("no e-mail address"),
    "mail_gateway_address": gettext_lazy("a telephone behind an e-mail address, which is a text"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelRow:
    label: Promise
    count: int | None  # None: not measured
    of_before: str
    of_sent: str
    width: float  # percent


@require_safe
def list_page(request: HttpRequest) -> HttpResponse:
    brand = brand_of(request)
    found = InvitationCampaign.objects.select_related("point").order_by("-pk")
    rows = list(found.filter(brand_id=brand.id)[:200]) if brand else []
    table = parts.Table(
        caption=_("Invitations by e-mail, newest first"),
        columns=[
            parts.Column(label=_("Name")),
            parts.Column(label=_("State"), kind=parts.Kind.STATE),
            parts.Column(label=_("Leads to")),
            parts.Column(label=_("Started"), kind=parts.Kind.TIME),
        ],
        rows=[
            parts.Row(
                cells=[each.name, _state(each), each.point.name, each.started_at],
                url=reverse("console:invitation", args=[each.pk]),
                id=f"invitation-{each.pk}",
            )
            for each in rows
        ],
        zone=zone_of(brand.country) if brand else "UTC",
    )
    can_make = may_act(request) and bool(_pages(request))
    empty = parts.Empty(
        icon="send",
        title=_("Nobody was invited by e-mail yet"),
        text=_(
            "People who read your e-mails may not be texted for that. A letter asks them: with a link to a form, or for an answer of one word."
        ),
        action_url=reverse("console:invitation-new") if can_make else "",
        action_label=_("Write an invitation"),
    )
    context = {"table": table, "empty": empty, "has_any": bool(rows), "may_act": can_make}
    return render(request, "console/invitations.html", context)


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _write(request, None)


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int) -> HttpResponse:
    return _write(request, _row(request, number))


def _write(request: HttpRequest, row: InvitationCampaign | None) -> HttpResponse:
    form = InvitationForm(request.POST if request.method == "POST" else None, _pages(request), row)
    if request.method == "POST" and form.is_valid():
        try:
            with store().database.write():
                written = form.campaign(actor(request).pk)
                if row is None:
                    row = inviting.create(written)
                else:
                    inviting.rewrite(row, written)
                leave_trace(request, "invitation.write", f"invitation {row.pk}")
            return redirect("console:invitation", row.pk)
        except (BadInvitationError, InvitationStateError, NoSuchPointError) as error:
            form.add_error(None, told(error))
    context = {
        "form": form,
        "invitation": row,
        "crumbs": [(_("Invitations by e-mail"), reverse("console:invitations"))],
    }
    return render(request, "console/invitation_new.html", context, status=422 if form.errors else 200)


@require_safe
def page(request: HttpRequest, number: int) -> HttpResponse:
    row = _row(request, number)
    found = reporting.result(store(), row)
    is_live = row.state == row.State.RUNNING
    can_act = may_act(request)
    done = found.people - found.waiting
    here = reverse("console:invitation", args=[row.pk])
    context: dict[str, Any] = {
        "invitation": row,
        "state": _state(row),
        "zone": zone_of(row.brand.country),
        "result": found,
        "is_draft": row.state == row.State.DRAFT,
        "is_open": row.state in (row.State.DRAFT, row.State.RUNNING, row.State.PAUSED),
        "is_live": is_live,
        "may_act": can_act,
        "pause_reason": _PAUSES.get(row.pause_reason, ""),
        "funnel": [_funnel_row(line) for line in found.lines],
        "reasons": [
            (_STATES.get(state, state), _reason(reason), total) for state, reason, total in found.reasons
        ],
        "previews": _previews(row),
        "crumbs": [(_("Invitations by e-mail"), reverse("console:invitations"))],
        "progress": parts.Progress(
            label=_("Sending “%(name)s”") % {"name": row.name},
            done=done,
            total=found.people,
            state=_state(row),
            poll_url=here if is_live else "",
            pause_url=_move_url(row, "pause") if is_live and can_act else "",
            resume_url=_move_url(row, "resume") if row.state == row.State.PAUSED and can_act else "",
        ),
    }
    return render(request, "console/invitation.html", context)


def _previews(row: InvitationCampaign) -> list[tuple[str, str, str]]:
    """(language, subject, text) as somebody of whom nothing is known would read it."""
    point = points.newest(row.point_id)
    if point is None:
        return []
    sender = Sender(address="invitations@example.org", origin="https://link.example")
    where = Links(
        page="https://link.example/f/…",
        leave="https://link.example/m/…",
        reply_to=sender.address,
        message_id="<preview@example.org>",
    )
    wordings = inviting.wordings_of(row)
    found = []
    for language in wordings:
        reader = Reader(mail=sender.address, language=language)
        letter = letters.invitation_letter(wordings, point, reader, where, sender)
        found.append((language_word(language), letter.subject, letter.text))
    return found


@for_actors
@require_POST
def people(request: HttpRequest, number: int) -> HttpResponse:
    """Put a list in line. It is read in memory, and nothing of it stays but the people."""
    row = _row(request, number)
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > LARGEST:
        said = _(
            "Choose a CSV file of at most 2 MB. For a longer list there is the command `yesword invite`."
        )
        messages.error(request, said)
        return redirect("console:invitation", row.pk)
    try:
        added = inviting.add_people(store(), row, invitee_lists.reader(file.read()), timezone.now())
    except (BadListError, InvitationStateError) as error:
        messages.error(request, told(error))
        return redirect("console:invitation", row.pk)
    with store().database.write():
        leave_trace(request, "invitation.people", f"invitation {row.pk}", invited=added.invited)
    messages.success(request, _added(added))
    return redirect("console:invitation", row.pk)


def _added(added: inviting.Added) -> str:
    said = [
        ngettext("%(count)s person will be invited.", "%(count)s people will be invited.", added.invited)
        % {"count": shown_count(added.invited)}
    ]
    if added.left:
        said.append(
            ngettext(
                "%(count)s wants no e-mail, which is recorded.",
                "%(count)s want no e-mail, which is recorded.",
                added.left,
            )
            % {"count": shown_count(added.left)}
        )
    if added.again:
        said.append(
            ngettext("%(count)s was in it already.", "%(count)s were in it already.", added.again)
            % {"count": shown_count(added.again)}
        )
    for code, total in added.rejected.most_common():
        said.append(
            _("Left out: %(count)s, %(why)s.")
            % {"count": shown_count(total), "why": _REJECTED.get(code, code)}
        )
    return " ".join(said)


@for_actors
@require_POST
def move(request: HttpRequest, number: int, wish: str) -> HttpResponse:
    """Start, pause or resume it."""
    row = _row(request, number)
    if wish not in ("start", "pause", "resume"):
        raise Http404
    try:
        with store().database.write():
            if wish == "start":
                inviting.start(row, timezone.now())
            elif wish == "pause":
                inviting.pause(row)
            else:
                inviting.resume(row)
            leave_trace(request, f"invitation.{wish}", f"invitation {row.pk}")
    except (InvitationStateError, NoSuchPointError) as error:
        messages.error(request, told(error))
    return redirect("console:invitation", row.pk)


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    row = _row(request, number)
    back = reverse("console:invitation", args=[row.pk])
    if request.method != "POST":
        confirm = parts.Confirm(
            id="cancel",
            title=_("Cancel “%(name)s”?") % {"name": row.name},
            text=_("What is not sent yet never goes. Links in letters that people have go on working."),
            button=_("Cancel it"),
            action_url=reverse("console:invitation-cancel", args=[row.pk]),
            back_url=back,
        )
        crumbs = [(_("Invitations by e-mail"), reverse("console:invitations")), (row.name, back)]
        return render(request, "console/campaign_question.html", {"confirm": confirm, "crumbs": crumbs})
    try:
        with store().database.write():
            inviting.cancel(store(), row, timezone.now())
            leave_trace(request, "invitation.cancel", f"invitation {row.pk}")
    except InvitationStateError as error:
        messages.error(request, told(error))
    return redirect(back)


def _row(request: HttpRequest, number: int) -> InvitationCampaign:
    brand = brand_of(request)
    try:
        row = inviting.find(number)
    except NoSuchInvitationError as error:
        raise Http404 from error
    if brand is None or row.brand_id != brand.id:
        raise Http404
    return row


def _pages(request: HttpRequest) -> list[CollectionPoint]:
    """The open forms of the brand."""
    brand = brand_of(request)
    rows = points.of_brand(BrandId(brand.id)) if brand else []
    kinds = {each.value for each in inviting.PAGES}
    return [each for each in rows if each.kind in kinds and each.is_open and each.version]


def _state(row: InvitationCampaign) -> str:
    return "finished" if row.state == row.State.DONE else row.state


def _move_url(row: InvitationCampaign, wish: str) -> str:
    return reverse("console:invitation-move", args=[row.pk, wish])


def _funnel_row(line: Line) -> FunnelRow:
    of_before = ""
    if line.of_before is not None and line.before is not None:
        of_before = str(_OF[line.before]) % {"share": _percent(line.of_before)}
    return FunnelRow(
        label=_STAGES[line.stage],
        count=line.count,
        of_before=of_before,
        of_sent="" if line.of_sent is None else _percent(line.of_sent),
        width=100.0 if line.stage is Stage.SENT and line.count else round(100 * (line.of_sent or 0), 2),
    )


def _percent(share: float) -> str:
    return f"{number_format(share * 100, 1)}\N{NO-BREAK SPACE}%"


def _reason(code: str) -> str:
    known = _REASONS.get(code)
    if known:
        return str(known)
    return _("The mail server refused it with the code %(code)s.") % {"code": code.removeprefix("refused_")}
