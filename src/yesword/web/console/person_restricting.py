"""Restricting a person's data on their wish, and lifting that again."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from yesword.domain.errors import YeswordError
from yesword.privacy import restricting
from yesword.privacy.restricting import NobodyThereError, NoReasonGivenError, NotToldError, Restricted
from yesword.reporting.people import PersonLine
from yesword.web.console.acting import actor, for_actors
from yesword.web.console.addresses import living_person_at, person_url
from yesword.web.console.person import show
from yesword.web.console.person_data import Refused
from yesword.web.formats import count
from yesword.web.installation import store

_LONGEST: Final = 500  # characters of a reason
_REFUSALS: Final[Mapping[type[YeswordError], Promise]] = {
    NoReasonGivenError: gettext_lazy("Say why. The reason stays in the trail, sealed, beside your name."),
    NotToldError: gettext_lazy("Tell the person first, then say here that you have."),
}


@require_POST
@for_actors
@sensitive_post_parameters("reason")
def restrict(request: HttpRequest, contact: str) -> HttpResponse:
    """Keep everything, use nothing."""
    line, reason = living_person_at(contact), _reason(request)
    by = actor(request).pk

    def act() -> Restricted:
        return restricting.restrict(store(), line.contact, reason, by, datetime.now(UTC))

    return _done(request, line, act, Refused(reason=reason, error=""), _restricted)


@require_POST
@for_actors
@sensitive_post_parameters("reason")
def lift(request: HttpRequest, contact: str) -> HttpResponse:
    """Use it again, once the person knows that it will be."""
    line, reason = living_person_at(contact), _reason(request)
    by, was_told = actor(request).pk, request.POST.get("was_told") == "yes"

    def act() -> Restricted:
        return restricting.unrestrict(store(), line.contact, reason, by, was_told=was_told)

    return _done(request, line, act, Refused(reason=reason, error="", was_told=was_told), _lifted)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:_LONGEST]


def _done(
    request: HttpRequest,
    line: PersonLine,
    act: Callable[[], Restricted],
    typed: Refused,
    told: Callable[[Restricted], str],
) -> HttpResponse:
    try:
        done = act()
    except (NoReasonGivenError, NotToldError) as error:
        refused = Refused(reason=typed.reason, error=str(_REFUSALS[type(error)]), was_told=typed.was_told)
        return show(request, line, refused=refused)
    except NobodyThereError:
        messages.warning(request, _("Nothing was changed: the person has been erased meanwhile."))
    else:
        if done.is_changed:
            messages.success(request, told(done))
        else:
            messages.warning(request, _("Nothing was changed: it was so already."))
    return redirect(f"{person_url(line.contact.id)}#data")


def _restricted(done: Restricted) -> str:
    if not done.cancelled:
        return _("Restricted: nothing more goes to them, and they are in no list.")
    return ngettext(
        "Restricted: nothing more goes to them, and they are in no list. %(shown)s text that waited was cancelled.",
        "Restricted: nothing more goes to them, and they are in no list. %(shown)s texts that waited were cancelled.",
        done.cancelled,
    ) % {"shown": count(done.cancelled)}


def _lifted(_done: Restricted) -> str:
    return _("The restriction is lifted. Texts that were cancelled stay cancelled.")
