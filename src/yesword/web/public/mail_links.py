"""The links of an invitation by e-mail: the way out, and the picture by which an opened letter is known where that is counted.

To look ends nothing, so no scanner that follows every link unsubscribes anybody; one button does, and so does the
program of whoever reads the letter, with one call (RFC 8058). What ends is e-mail: no text stops or starts by it.
"""

import base64
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from yesword.collect import invitations
from yesword.collect.invitations import Opens
from yesword.store.invitations import Step
from yesword.store.invitees import LEFT
from yesword.web.access import open_to_all
from yesword.web.installation import store
from yesword.web.languages import CODES
from yesword.web.limiting import AddressLimit, limited

# Mail providers call for all of their people from few addresses, and a wrong word costs one digest.
_LINKS: Final = AddressLimit(per_second=20, burst=400)
_DOT: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@csrf_exempt  # the word in the address is the secret, and mail programs send no cookies
@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
@limited(_LINKS)
def way_out(request: HttpRequest, word: str) -> HttpResponse:
    found = invitations.leaving(store(), word)
    language = found.language if found and found.language else get_language_from_request(request)
    with translation.override(language if language in CODES else "en"):
        if found is None:
            return render(request, "public/leave_none.html", status=404)
        if request.method == "POST":
            invitations.end_letters(store(), found.invitation, LEFT, datetime.now(UTC))
            return render(request, "public/mail_left.html", {"leaving": found})
        return render(request, "public/mail_leave.html", {"leaving": found})


@open_to_all
@require_safe
@limited(_LINKS)
def picture(request: HttpRequest, word: str) -> HttpResponse:
    """The same dot for every word, whoever asks."""
    if request.method == "GET":
        invitations.note(store(), word, Opens.PICTURE, Step.OPENED, datetime.now(UTC))
    return HttpResponse(_DOT, content_type="image/gif", headers={"Cache-Control": "no-store"})
