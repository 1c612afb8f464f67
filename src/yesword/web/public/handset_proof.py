"""That whoever looks has typed in a code which went to the handset: kept for a quarter of an hour, in a signed cookie.

The cookie goes to the pages under one link only, and says which link and which person it is for. It holds nothing to be
kept secret, and none of it is believed without its signature.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from yesword.domain.times import from_micros, to_micros
from yesword.privacy import owners
from yesword.privacy.access import Proof
from yesword.web.installation import store
from yesword.web.public.receipt import Opened, here_url

LASTS: Final = timedelta(minutes=15)

_SALT: Final = "yesword.web.public.handset_proof"

ProvenPage = Callable[[HttpRequest, Opened, Proof], HttpResponse]


def remember(answer: HttpResponse, opened: Opened, proof: Proof) -> None:
    """Let the browser that asks open the pages under this link, for a while."""
    said = [opened.link.digest.hex(), opened.person.id, to_micros(proof.since)]
    answer.set_cookie(
        _name(),
        signing.dumps(said, salt=_SALT),
        max_age=int(LASTS.total_seconds()),
        path=_path(opened),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def forget(answer: HttpResponse, opened: Opened) -> None:
    answer.delete_cookie(_name(), path=_path(opened), samesite="Strict")


def proof_of(request: HttpRequest, opened: Opened) -> Proof | None:
    """What this browser has shown, and whatever has become known since. None: nothing, or nothing that still counts."""
    try:
        link, contact, since = signing.loads(request.COOKIES.get(_name(), ""), salt=_SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError):
        return None
    if (link, contact) != (opened.link.digest.hex(), opened.person.id):
        return None
    proof = owners.completed(store(), opened.person, Proof(since=from_micros(since)), datetime.now(UTC))
    # A sign since the code that the number has gone to somebody else: it shows nothing any more.
    return None if proof.is_former_owners(proof.since) else proof


def proven(page: ProvenPage) -> Callable[[HttpRequest, Opened], HttpResponse]:
    """Mark a page as one that takes a proof; without one it leads to where one is given."""

    def guarded(request: HttpRequest, opened: Opened) -> HttpResponse:
        proof = proof_of(request, opened)
        if proof is None:
            return redirect(here_url("my-data", opened))
        return page(request, opened, proof)

    return guarded


def _name() -> str:
    return f"{'__Secure-' if settings.SESSION_COOKIE_SECURE else ''}yesword-handset"


def _path(opened: Opened) -> str:
    return reverse("public:my-data", args=[opened.word])
