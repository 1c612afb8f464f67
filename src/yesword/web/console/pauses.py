"""Resuming what was paused by itself: a page with one question, since it wants a reason."""

from datetime import UTC, datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yesword.domain.thresholds import Level
from yesword.reporting import watching
from yesword.reporting.watching import NoSuchPauseError
from yesword.store.models import SendingAlarm
from yesword.web import pausing
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.acting import actor, for_actors
from yesword.web.installation import store


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.fields["reason"].label = _("Why it may go on")
        self.fields["reason"].help_text = _(
            "What was wrong, and what is different now. It stays in the trail, beside your name."
        )


@require_http_methods(["GET", "HEAD", "POST"])
@for_actors
def resume(request: HttpRequest, pause: int) -> HttpResponse:
    row = get_object_or_404(SendingAlarm, pk=pause, level=Level.PAUSE.value)
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    back = f"{reverse('console:leaving')}#pauses"
    if row.ended_at is not None:
        messages.warning(request, _("It goes on already: somebody resumed it."))
        return redirect(back)
    if request.method == "POST" and form.is_valid():
        try:
            watching.resume(
                store(), row.pk, form.cleaned_data["reason"], actor(request).pk, datetime.now(UTC)
            )
        except NoSuchPauseError:
            messages.warning(request, _("It goes on already: somebody resumed it."))
        else:
            messages.success(
                request, _("It goes on. What was queued is sent in the next minutes; the figures begin anew.")
            )
        return redirect(back)
    brand = brand_of(request)
    return render(
        request,
        "console/pause_resume.html",
        {
            "form": form,
            "pause": pausing.line_of(row, pausing.names_of([row])),
            "zone": zone_of(brand.country) if brand else "UTC",
            "back_url": back,
            "crumbs": [(_("Leaving"), reverse("console:leaving"))],
        },
        status=422 if form.errors else 200,
    )
