"""A person's way to their own data, from their receipt page: a code to the handset, and what it opens.

Whoever merely holds the link learns nothing here, not even whether a text could be sent: all are answered alike. What may
be seen and done is in `my_rights`.
"""

from datetime import UTC, datetime
from typing import Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from yesword.privacy.access import Proof
from yesword.privacy.codes import LASTS, Purpose, ask_for_code, prove, read_code
from yesword.sending import privacy_requests
from yesword.sending.privacy_requests import State
from yesword.web.formats import masked
from yesword.web.installation import store
from yesword.web.limiting import TokenBuckets, address_key, too_often
from yesword.web.public import handset_proof
from yesword.web.public.receipt import LOOKING, Opened, behind_a_link, frame, here_url

SENDING: Final = ("POST",)

# Of one network, over all links. How many go to one person is counted in the store.
_ASKS: Final = TokenBuckets(per_second=1 / 300, burst=6)
_TRIES: Final = TokenBuckets(per_second=1 / 30, burst=20)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("The code"),
        help_text=_("Six digits, from the newest text."),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "class": "open-code",
                "dir": "ltr",
            }
        ),
    )

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(_("A code has six digits."))
        return code


@behind_a_link
def page(request: HttpRequest, opened: Opened) -> HttpResponse:
    """With a proof, what may be done; without one, where it begins."""
    proof = handset_proof.proof_of(request, opened)
    if proof is None:
        return render(
            request, "public/my_data_start.html", {**frame(opened), "number": masked(opened.person.number)}
        )
    return _opened(request, opened, proof)


def _opened(request: HttpRequest, opened: Opened, proof: Proof) -> HttpResponse:
    here = store()
    with here.database.read() as session:
        asked = privacy_requests.of_contact(here, session, opened.person.id)
    return render(
        request,
        "public/my_data_open.html",
        {
            **frame(opened),
            "number": opened.person.number,
            "minutes": int(handset_proof.LASTS.total_seconds()) // 60,
            "is_whole": proof.is_second and proof.reassigned_at is None,
            "reassigned_at": proof.reassigned_at,
            "restricted_since": opened.person.restricted_since,
            # What a former owner of the number asked for is none of theirs.
            "requests": [
                each
                for each in asked
                if each.state is State.OPEN and not proof.is_former_owners(each.asked_at)
            ],
            "done": request.GET.get("done", ""),
        },
    )


def _send(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Send a code, if one may be sent. The answer does not tell."""
    wait_s = _ASKS.take(address_key(request))
    if wait_s:
        return too_often(wait_s)
    ask_for_code(store(), opened.person, opened.program, Purpose.OWN_DATA, datetime.now(UTC))
    return redirect(here_url("my-data-code", opened))


send = behind_a_link(_send, SENDING)


def _enter(request: HttpRequest, opened: Opened) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        wait_s = _TRIES.take(address_key(request))
        if wait_s:
            return too_often(wait_s)
        proof = _proof(opened, form)
        if proof is not None:
            answer = redirect(here_url("my-data", opened))
            handset_proof.remember(answer, opened, proof)
            return answer
    return render(
        request,
        "public/my_data_code.html",
        {
            **frame(opened),
            "form": form,
            "number": masked(opened.person.number),
            "minutes": int(LASTS.total_seconds()) // 60,
        },
        status=422 if form.errors else 200,
    )


def _proof(opened: Opened, form: CodeForm) -> Proof | None:
    if not form.is_valid():
        return None
    code = form.cleaned_data["code"]
    found = prove(store(), opened.person, Purpose.OWN_DATA, code, datetime.now(UTC))
    if found is None:
        wrong = _(
            "That is not it, or it has run out, was used, or was tried too often. Have another one sent."
        )
        form.add_error("code", wrong)
    return found


enter = behind_a_link(sensitive_post_parameters("code")(_enter), (*LOOKING, *SENDING))


def _close(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Forget the proof: somebody else may use this browser next."""
    del request
    answer = redirect(here_url("my-data", opened))
    handset_proof.forget(answer, opened)
    return answer


close = behind_a_link(_close, SENDING)
