"""What a person may see and do about their own data, once they have proven their handset.

Where a number has changed hands, whoever has it now sees nothing of whoever had it before, and erases nothing of theirs:
that is for somebody of the brand to look at.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext

from yesword.domain.decisions import Sentence
from yesword.domain.retention import Part, Retention
from yesword.domain.understanding import Right
from yesword.privacy import erasing, wishes
from yesword.privacy.access import Proof, collect
from yesword.privacy.access_json import write_json
from yesword.privacy.access_page import write_readable
from yesword.privacy.duties import controller
from yesword.privacy.erasing import NobodyToEraseError
from yesword.privacy.holding import Controller, Holding
from yesword.privacy.restricting import NobodyThereError
from yesword.privacy.sentences import render as in_words
from yesword.store import models
from yesword.web.installation import store
from yesword.web.law_names import named
from yesword.web.limiting import TokenBuckets, address_key, too_often
from yesword.web.public import handset_proof
from yesword.web.public.handset_proof import proven
from yesword.web.public.my_data import SENDING
from yesword.web.public.receipt import LOOKING, Opened, behind_a_link, frame, here_url
from yesword.web.telling import plain_day

# The page carries its own style and nothing else, so that it can be kept as one file.
_ALONE: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
_FOR_GOOD: Final = (Part.SUPPRESSION, Part.LEAF)
# Collecting all that is held reads everything of a person.
_COPIES: Final = TokenBuckets(per_second=1 / 30, burst=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fate:
    """What an erasure would do, in words."""

    goes: tuple[str, ...]
    stays: tuple[str, ...]  # until a day
    for_good: tuple[str, ...]
    why: str
    citation: str


# --- seeing --------------------------------------------------------------------------------------------------


def _held(request: HttpRequest, opened: Opened, proof: Proof) -> HttpResponse:
    """To be read."""
    wait_s = _COPIES.take(address_key(request))
    if wait_s:
        return too_often(wait_s)
    language = (get_language() or "en")[:2]
    back = here_url("my-data", opened)
    body = write_readable(_collected(opened, proof), language, gettext, plain_day, back=back)
    return HttpResponse(body, headers={"Content-Security-Policy": _ALONE})


def _held_file(request: HttpRequest, opened: Opened, proof: Proof) -> HttpResponse:
    """For programs, to take away."""
    wait_s = _COPIES.take(address_key(request))
    if wait_s:
        return too_often(wait_s)
    name = f"my-data-{models.Brand.objects.get(pk=opened.link.brand).key}.json"
    return HttpResponse(
        write_json(_collected(opened, proof)),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _collected(opened: Opened, proof: Proof) -> Holding:
    found = collect(
        store(), opened.person, datetime.now(UTC), since=proof.since, second_proof=proof.is_second
    )
    wishes.note_access(store(), opened.person, is_second_proof=proof.is_second)
    return found


held = behind_a_link(proven(_held))
held_file = behind_a_link(proven(_held_file))


# --- asking, and restricting ---------------------------------------------------------------------------------


def _ask(request: HttpRequest, opened: Opened, proof: Proof) -> HttpResponse:
    """Have somebody of the brand look at it: for the rest of what is held, or for an erasure that is not ours to do."""
    del proof
    right = Right.ERASURE if request.POST.get("right") == Right.ERASURE.value else Right.ACCESS
    wishes.ask_brand(store(), opened.person, right, datetime.now(UTC))
    return redirect(here_url("my-data", opened, done="asked"))


def _restrict(request: HttpRequest, opened: Opened, proof: Proof) -> HttpResponse:
    del proof
    if request.method != "POST":
        is_so = opened.person.restricted_since is not None
        return render(request, "public/my_data_restrict.html", {**frame(opened), "is_so": is_so})
    try:
        wishes.restrict_now(store(), opened.person, datetime.now(UTC))
    except NobodyThereError as error:
        raise Http404 from error
    return redirect(here_url("my-data", opened, done="restricted"))


ask = behind_a_link(proven(_ask), SENDING)
restrict = behind_a_link(proven(_restrict), (*LOOKING, *SENDING))


# --- erasing -------------------------------------------------------------------------------------------------


def _erase(request: HttpRequest, opened: Opened, proof: Proof) -> HttpResponse:
    """First what would become of it all; with the second press, the doing."""
    here, at = store(), datetime.now(UTC)
    is_theirs_alone = proof.reassigned_at is None
    if request.method != "POST" or not is_theirs_alone:
        try:
            planned = erasing.plan(here, opened.person.id, at)
        except NobodyToEraseError as error:
            raise Http404 from error
        found = {"fate": _fate(planned.retention), "is_theirs_alone": is_theirs_alone}
        return render(request, "public/my_data_erase.html", {**frame(opened), **found})
    try:
        gone = wishes.erase_now(here, opened.person, at)
    except NobodyToEraseError as error:
        raise Http404 from error
    told = {
        **frame(opened),
        "is_gone": True,
        "is_ended": gone.is_ended,
        "fate": _fate(gone.plan.retention),
        "controller": _controller(opened),
    }
    answer = render(request, "public/my_data_gone.html", told)
    handset_proof.forget(answer, opened)
    return answer


erase = behind_a_link(proven(_erase), (*LOOKING, *SENDING))


def _fate(retention: Retention) -> Fate:
    return Fate(
        goes=tuple(_part(each) for each in retention.purged),
        stays=tuple(_part(each) for each in retention.kept if each not in _FOR_GOOD),
        for_good=tuple(_part(each) for each in retention.kept if each in _FOR_GOOD),
        why=in_words(retention.why, gettext, plain_day) if retention.is_kept else "",
        citation=named(retention.citation) if retention.is_kept else "",
    )


def _part(part: Part) -> str:
    return in_words(Sentence.of(f"part.{part.value}"), gettext)


def _controller(opened: Opened) -> Controller:
    return controller(models.Brand.objects.get(pk=opened.link.brand), [opened.program])
