"""Erasing a person: first what would become of their data, then, with a typed word, the doing of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yesword.domain.decisions import Sentence
from yesword.domain.ids import to_text
from yesword.domain.retention import Part, Retention
from yesword.domain.rules.model.envelope import Confidence
from yesword.domain.understanding import Right
from yesword.privacy import erasing
from yesword.privacy.erasing import OPERATOR, REQUESTED, NobodyToEraseError, Plan, StillSendingError, Wish
from yesword.privacy.sentences import render as in_words
from yesword.sending import privacy_requests
from yesword.sending.privacy_requests import AlreadyClosedError, PrivacyRequest, State
from yesword.store.contacts import Contact
from yesword.store.erasures import HELD, ErasureRow
from yesword.web import parts
from yesword.web.console.acting import actor, for_actors, leave_trace
from yesword.web.console.addresses import person_at, person_url
from yesword.web.console.person_data import erasure_of, is_half_done
from yesword.web.console.person_erased import ground_word
from yesword.web.formats import count, masked
from yesword.web.installation import store
from yesword.web.law_names import named
from yesword.web.telling import plain_day

_DIGITS: Final = 2  # of the number, which its mask shows, too
_WORD: Final = "ERASE"  # to be typed where the number cannot be read; the same in every language
_FOR_GOOD: Final = (Part.SUPPRESSION, Part.LEAF)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanView:
    """What goes now, what stays until when and why, and what stays for good."""

    goes: Sequence[str]
    stays: Sequence[str]
    for_good: Sequence[str]
    until: str
    ground: str
    citation: str
    is_unverified: bool
    said: str  # to the person
    events: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_actors
def page(request: HttpRequest, contact: str) -> HttpResponse:
    """The plan; or, once the word is typed, the erasure. What was begun goes on without one."""
    person = person_at(contact).contact
    begun = erasure_of(person.id)
    if person.erased_at is not None and not is_half_done(begun):
        return redirect(person_url(person.id))
    if request.method == "POST" and is_half_done(begun):
        return _erase(request, person, begun)
    if person.erased_at is not None:
        return redirect(person_url(person.id))
    if request.method == "POST":
        word = _word(person)
        if request.POST.get("typed", "").strip() == word:
            return _erase(request, person, None)
        error = _("That is not it. Type %(word)s to erase this person, or go back.") % {"word": word}
        return _show(request, person, error)
    return _show(request, person)


def _word(person: Contact) -> str:
    """Something that is another one for the next person, so that nobody is erased in the place of somebody else."""
    return person.number[-_DIGITS:] if person.number else _WORD


# --- the plan --------------------------------------------------------------------------------------------------


def _show(request: HttpRequest, person: Contact, error: str = "") -> HttpResponse:
    found = erasing.plan(store(), person.id, datetime.now(UTC))
    asked = _open(person)
    url = reverse("console:person-erase", args=[to_text("con", person.id)])
    name = person.name or masked(person.number) or to_text("con", person.id)
    return render(
        request,
        "console/person_erase.html",
        {
            "plan": _plan(found),
            "is_half_done": is_half_done(erasure_of(person.id)),
            "is_asked": any(each.right is Right.ERASURE for each in asked),
            "wants_to_see": any(each.right is Right.ACCESS for each in asked),
            "number": masked(person.number),
            "confirm": parts.Confirm(
                id="erase",
                title=_("Erase %(name)s?") % {"name": name},
                text=_("This cannot be undone by anybody: the key that opens these data is destroyed."),
                button=_("Erase this person"),
                action_url=url,
                word=_word(person),
                back_url=person_url(person.id),
            ),
            "error": error,
            "crumbs": [(_("People"), reverse("console:people")), (name, person_url(person.id))],
        },
        status=422 if error else 200,
    )


def _plan(found: Plan) -> PlanView:
    retention = found.retention
    stays = [each for each in retention.kept if each not in _FOR_GOOD]
    return PlanView(
        goes=[_part(each) for each in retention.purged],
        stays=[_part(each) for each in stays],
        for_good=[_part(each) for each in retention.kept if each in _FOR_GOOD],
        until=plain_day(retention.erase_at.date()) if retention.is_kept else "",
        ground=ground_word(retention.policy) if retention.is_kept else "",
        citation=named(retention.citation),
        is_unverified=retention.is_kept and retention.confidence is not Confidence.FOUND,
        said=_said(retention),
        events=ngettext(
            "%(shown)s entry of their record is touched.",
            "%(shown)s entries of their record are touched.",
            found.events,
        )
        % {"shown": count(found.events)},
    )


def _part(part: Part) -> str:
    return in_words(Sentence.of(f"part.{part.value}"), gettext)


def _said(retention: Retention) -> str:
    return in_words(retention.why, gettext, plain_day)


# --- the doing -------------------------------------------------------------------------------------------------


def _erase(request: HttpRequest, person: Contact, begun: ErasureRow | None) -> HttpResponse:
    here, user, at = store(), actor(request), datetime.now(UTC)
    wanted = [each for each in _open(person) if each.right is Right.ERASURE]
    ground = REQUESTED if wanted else OPERATOR
    about = to_text("con", person.id)
    with here.database.write():  # before: whoever looks afterwards finds who began it
        leave_trace(request, "privacy.erase", about, ground=begun.ground if begun else ground)
    try:
        done = erasing.erase(here, person.id, Wish(ground=ground, by=user.pk), at)
    except StillSendingError:
        messages.warning(
            request,
            _(
                "They are stopped, and nothing more goes to them. One text is still being handed over, so the rest of the erasure waits for it: go on with it in a few minutes."
            ),
        )
    except NobodyToEraseError:
        messages.warning(request, _("Nothing was changed: somebody else has erased this person already."))
    else:
        _close(wanted, user.pk, at)
        messages.success(request, _ended(done))
    return redirect(person_url(person.id))


def _ended(done: ErasureRow) -> str:
    if done.stage == HELD and done.retain_until is not None:
        return _("Erased, but for the proof, which is locked away until %(day)s.") % {
            "day": plain_day(done.retain_until.date())
        }
    return _("Erased. Nothing of them can be read any more.")


def _close(requests: Sequence[PrivacyRequest], user: int, at: datetime) -> None:
    """They got what they asked for. Somebody who was faster has said so already."""
    for each in requests:
        try:
            with store().database.write() as session:
                privacy_requests.close(store(), session, each.id, user, at)
        except AlreadyClosedError:
            continue


def _open(person: Contact) -> list[PrivacyRequest]:
    with store().database.read() as session:
        found = privacy_requests.of_contact(store(), session, person.id)
    return [each for each in found if each.state is State.OPEN]
