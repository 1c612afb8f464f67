"""From a text's link to the person's own page: a code to the handset, and then a link of another kind.

Whoever merely holds the text's link learns nothing here, not even whether a code could be sent.
"""

from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.debug import sensitive_post_parameters

from yesword.privacy.access import Proof
from yesword.privacy.codes import LASTS, Purpose, ask_for_code, prove
from yesword.store import programs
from yesword.web.installation import store
from yesword.web.limiting import TokenBuckets, address_key, too_often
from yesword.web.public import handset_proof
from yesword.web.public.addresses import make_receipt_link
from yesword.web.public.leave import LOOKING, SENDING, Reached, behind_a_word, frame
from yesword.web.public.my_data import CodeForm
from yesword.web.public.receipt import find, here_url

# Of one network, over all links. How many go to one person is counted in the store.
_ASKS: Final = TokenBuckets(per_second=1 / 300, burst=6)
_TRIES: Final = TokenBuckets(per_second=1 / 30, burst=20)


def _send(request: HttpRequest, reached: Reached) -> HttpResponse:
    """Send a code, if one may be sent. The answer does not tell."""
    wait_s = _ASKS.take(address_key(request))
    if wait_s:
        return too_often(wait_s)
    ask_for_code(store(), reached.who.contact, reached.program, Purpose.OWN_DATA, datetime.now(UTC))
    return redirect(f"{reverse('public:leave-code', args=[reached.word])}?lang={get_language()}")


def _enter(request: HttpRequest, reached: Reached) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        wait_s = _TRIES.take(address_key(request))
        if wait_s:
            return too_often(wait_s)
        proof = _proof(reached, form)
        if proof is not None:
            return _opened(reached, proof)
    context = {**frame(reached), "form": form, "minutes": int(LASTS.total_seconds()) // 60}
    return render(request, "public/leave_code.html", context, status=422 if form.errors else 200)


def _proof(reached: Reached, form: CodeForm) -> Proof | None:
    if not form.is_valid():
        return None
    code = form.cleaned_data["code"]
    found = prove(store(), reached.who.contact, Purpose.OWN_DATA, code, datetime.now(UTC))
    if found is None:
        form.add_error(
            "code",
            gettext(
                "That is not it, or it has run out, was used, or was tried too often. Have another one sent."
            ),
        )
    return found


def _opened(reached: Reached, proof: Proof) -> HttpResponse:
    """Lead to a page of their own, made just now, which this browser may open."""
    contact, program = reached.who.contact, reached.program
    with store().database.write() as session:
        brand = programs.brand(contact.brand)
        path = make_receipt_link(session, brand, contact.id, program.id, datetime.now(UTC))
    opened = find(path.rstrip("/").rpartition("/")[2])
    assert opened is not None, "it was made just now"
    answer = redirect(here_url("my-preferences", opened))
    handset_proof.remember(answer, opened, proof)
    return answer


send = behind_a_word(_send, SENDING)
enter = behind_a_word(sensitive_post_parameters("code")(_enter), (*LOOKING, *SENDING))
