"""What somebody does with a row of the queue: confirm, undo, stop, answer, put away. Plain forms that come back to the
queue, at the row that follows.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yesword.consent.correcting import NoReasonError, NoSuchStopError, NotAReadingError, StoppedAgainError
from yesword.domain.decisions import Verdict
from yesword.domain.errors import YeswordError
from yesword.domain.ids import BadIdError, ContactId, EventId, InboundId, ProgramId, from_text, to_text
from yesword.domain.state import Withdrawal
from yesword.domain.text import measure
from yesword.domain.triage import Verb
from yesword.reporting.people import read_person
from yesword.reporting.replies import stops_of, user_names, would_answer
from yesword.sending import inviting, triage
from yesword.sending.inviting import NotInvitableError
from yesword.sending.privacy_requests import AlreadyClosedError
from yesword.sending.triage import (
    AlreadySettledError,
    CannotTextError,
    EmptyAnswerError,
    Item,
    NoSuchRowError,
    NotForThisError,
    Settled,
    WithdrawnPersonError,
)
from yesword.store.database import Session
from yesword.web.brands import brand_of
from yesword.web.console import replies
from yesword.web.console.acting import actor, for_actors, leave_trace
from yesword.web.console.replies import Opened, Weight, after_of, may_correct, page_url, show, weight
from yesword.web.installation import scales, store
from yesword.web.queued_replies import settled_wording
from yesword.web.telling import name_of, name_or_number

_LONGEST: Final = 1600  # characters of an answer: ten texts, as handsets allow
_LONGEST_NOTE: Final = 500

# Why nothing was done.
REFUSALS: Final[Mapping[type[YeswordError], Promise]] = {
    NoReasonError: gettext_lazy("Say why it was no stop. The reason stays in the record, beside your name."),
    NotAReadingError: gettext_lazy(
        "Nothing was changed: an exact word of the law, a keyword or a link is no reading, so nobody can undo it."
    ),
    NoSuchStopError: gettext_lazy(
        "Nothing was changed: that stop is gone. It was undone already, or the person was erased, or the number changed hands."
    ),
    StoppedAgainError: gettext_lazy(
        "Nothing was changed: the person has written a plain stop since, and that one stands."
    ),
    NotForThisError: gettext_lazy("Nothing was changed: that cannot be done about this text."),
    EmptyAnswerError: gettext_lazy("Write an answer first."),
    WithdrawnPersonError: gettext_lazy(
        "Nothing was sent: the person has stopped since, and no answer may go to them."
    ),
    NotInvitableError: gettext_lazy(
        "Nothing was sent: they are in, have said no or stopped, or were asked in this conversation already."
    ),
    CannotTextError: gettext_lazy("Nothing was sent: there is no number that can be texted."),
    AlreadyClosedError: gettext_lazy("Nothing was changed: somebody else has closed the request already."),
}
_VERBS: Final = ["GET", "HEAD", "POST"]

Act = Callable[[Session, InboundId, int, datetime], Settled]


@require_http_methods(_VERBS)
@for_actors
def confirm(request: HttpRequest, inbound: str) -> HttpResponse:
    """It is what it was read as."""
    return _settle(
        request,
        inbound,
        Verb.CONFIRM,
        lambda session, row, user, at: triage.confirm(store(), session, row, user, at),
        _("Confirmed: the text of %(name)s is a stop."),
    )


@require_http_methods(_VERBS)
@for_actors
@sensitive_post_parameters("reason")
def undo(request: HttpRequest, inbound: str) -> HttpResponse:
    """It was misread. Asks for a right of its own, and for a reason."""
    if not may_correct(request):
        raise PermissionDenied
    reason = request.POST.get("reason", "").strip()[:_LONGEST_NOTE]
    return _settle(
        request,
        inbound,
        Verb.UNDO,
        lambda session, row, user, at: triage.undo(store(), session, row, user, reason, at),
        "",
        typed=reason,
    )


@require_http_methods(_VERBS)
@for_actors
def stop(request: HttpRequest, inbound: str) -> HttpResponse:
    """Somebody reads a stop in what was too little for us."""
    return _settle(
        request,
        inbound,
        Verb.STOP,
        lambda session, row, user, at: triage.stop(store(), session, row, user, at),
        _("Stopped: the texts to %(name)s have ended."),
    )


@require_http_methods(_VERBS)
@for_actors
def done(request: HttpRequest, inbound: str) -> HttpResponse:
    """Nothing more to do; of a privacy request, that it was met."""
    note = request.POST.get("note", "").strip()[:_LONGEST_NOTE]
    return _settle(
        request,
        inbound,
        Verb.DONE,
        lambda session, row, user, at: triage.done(store(), session, row, user, at, note),
        _("The text of %(name)s is put away as done."),
        typed=note,
    )


@require_http_methods(_VERBS)
@for_actors
@sensitive_post_parameters("text")
def answer(request: HttpRequest, inbound: str) -> HttpResponse:
    """One text back, in the conversation that theirs opened; or, with `look`, how long it is and what the gate says."""
    text = request.POST.get("text", "").replace("\r\n", "\n").strip()
    if request.method != "POST":
        return _back_to(request, inbound)
    item = item_at(inbound)
    is_look = "look" in request.POST
    is_too_long = len(text) > _LONGEST  # asked first: to weigh a book would take long
    weighed = _weigh(item, text) if text and not is_too_long else None
    if is_look and request.headers.get("HX-Request") == "true":
        return render(request, "console/reply_weight.html", {"weight": weighed})
    after = after_of(request.POST.get("after", ""))
    opened = Opened(item=item, verb=Verb.ANSWER, typed=text, weight=weighed)
    if is_too_long:
        error = _("That is longer than a text can be: %(most)s characters.") % {"most": _LONGEST}
        return show(request, after, _with(opened, error))
    if is_look and Verb.ANSWER in item.verbs:
        return show(request, after, opened)
    if weighed is not None and weighed.verdict == Verdict.REFUSE.value and Verb.ANSWER in item.verbs:
        return show(request, after, _with(opened, _("It was not sent: the rules refuse it.")))
    return _settle(
        request,
        inbound,
        Verb.ANSWER,
        lambda session, row, user, at: triage.answer(store(), session, row, user, text, at),
        _("Your answer to %(name)s is on its way.")
        if weighed is None or not weighed.verdict
        else _("Your answer to %(name)s waits until it may go."),
        typed=text,
    )


@require_http_methods(_VERBS)
@for_actors
def invite(request: HttpRequest, inbound: str) -> HttpResponse:
    """The question of a program, as an answer to their text: their yes to it joins."""
    if request.method != "POST":
        return _back_to(request, inbound)
    item, typed = item_at(inbound), request.POST.get("program", "")
    program = ProgramId(int(typed)) if typed.isdecimal() else None
    with store().database.read() as session:
        offered = inviting.offers(store(), session, item)
    found = next((each for each in offered if each.program.id == program), None)
    if found is None:
        messages.warning(request, str(REFUSALS[NotInvitableError]))
        return _next(request, item)
    weighed = _weigh(item, found.text)
    if weighed.verdict == Verdict.REFUSE.value:
        messages.warning(request, _("It was not sent: the rules refuse it.") + f" {weighed.reason}")
        return _next(request, item)
    chosen = found.program
    return _settle(
        request,
        inbound,
        Verb.ANSWER,
        lambda session, row, user, at: inviting.invite(store(), session, row, chosen.id, user, at),
        _("You have invited %(name)s. Their yes in this conversation lets them in."),
        typed=found.text,
    )


def _with(opened: Opened, error: str) -> Opened:
    return Opened(item=opened.item, verb=opened.verb, typed=opened.typed, weight=opened.weight, error=error)


def _weigh(item: Item, text: str) -> Weight:
    decision = would_answer(store(), scales(), item, text, datetime.now(UTC)) if item.is_answerable else None
    return weight(measure(text), decision)


def item_at(text: str) -> Item:
    """Which row an address names. Raises `Http404`."""
    try:
        with store().database.read() as session:
            return triage.read(store(), session, InboundId(from_text("inb", text)))
    except (BadIdError, NoSuchRowError) as error:
        raise Http404 from error


def _settle(
    request: HttpRequest, inbound: str, verb: Verb, act: Act, told: str, *, typed: str = ""
) -> HttpResponse:
    """Do it with its audit row, in one transaction; drain what it stopped; go on with the next row."""
    if request.method != "POST":
        return _back_to(request, inbound)
    user, item, at = actor(request), item_at(inbound), datetime.now(UTC)
    stopped = stops_read(item.contact, item.events)
    try:
        with store().database.write() as session:
            settled = act(session, item.id, user.pk, at)
            if settled.is_new:
                leave_trace(request, f"reply.{verb.value}", to_text("inb", item.id))
    except AlreadySettledError:
        messages.warning(request, faster(item.id))
    except YeswordError as error:
        refusal = REFUSALS.get(type(error))
        if refusal is None:
            raise
        if verb in {Verb.UNDO, Verb.ANSWER} and verb in item.verbs:
            opened = Opened(item=item, verb=verb, typed=typed, error=str(refusal))
            return show(request, after_of(request.POST.get("after", "")), opened)
        messages.warning(request, str(refusal))
    else:
        messages.success(request, (told or undone(item.contact, stopped)) % {"name": _name(item)})
        if not triage.finish(store(), settled):
            messages.warning(
                request,
                _(
                    "A text that was already with the carrier is still being handed over; no more will follow."
                ),
            )
    return _next(request, item)


def stops_read(contact: ContactId, events: Sequence[EventId]) -> tuple[Withdrawal, ...]:
    """The stops that a text led to, as far as they stand."""
    found = read_person(store(), contact)
    return stops_of(found.state, events) if found is not None else ()


def undone(contact: ContactId, stopped: Sequence[Withdrawal]) -> str:
    """What undoing these stops brought about: texts, unless another stop ends as much."""
    found = read_person(store(), contact)
    ended = [each.scope.program for each in stopped] or [None]
    if found is not None and all(found.state.withdrawal_for(each) is not None for each in ended):
        return _("Undone, but another stop of %(name)s stands: no texts start again.")
    return _("Undone: %(name)s gets texts again, as before that stop. What was cancelled stays cancelled.")


def _name(item: Item) -> str:
    found = read_person(store(), item.contact)
    return name_of(name_or_number(found.contact) if found else "")


def faster(row: InboundId) -> str:
    """What somebody else has done with it already, and that this changed nothing."""
    with store().database.read() as session:
        item = triage.read(store(), session, row)
    who = user_names([item.settled_by]).get(item.settled_by or 0, "")
    said = settled_wording(item.state) % {"who": who or _("Somebody"), "name": _name(item)}
    return _("Nothing was changed, for somebody was faster: %(said)s") % {"said": said}


def _next(request: HttpRequest, item: Item) -> HttpResponse:
    """The same page of the queue, at the row that followed; at its end, at the last one."""
    after = after_of(request.POST.get("after", ""))
    with store().database.read() as session:
        rows = triage.queue(store(), session, item.brand, item.place, 1)
        if not rows:
            rows = triage.queue(store(), session, item.brand, after, replies.PAGE)[-1:]
    brand = brand_of(request)
    at = f"#{to_text('inb', rows[0].id)}" if rows and brand is not None and brand.id == item.brand else ""
    return HttpResponseRedirect(f"{page_url(after)}{at}")


def _back_to(request: HttpRequest, inbound: str) -> HttpResponse:  # noqa: ARG001 - a view's shape
    """An address of a form that somebody reloads."""
    return redirect(f"{page_url(None)}#{to_text('inb', item_at(inbound).id)}")
