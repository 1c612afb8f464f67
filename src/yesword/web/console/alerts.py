"""Who is told when something is wrong: where alerts go, what is wrong now, and a test."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yesword.mail.addresses import BadAddressError, GatewayAddressError
from yesword.mail.sending import BadLetterError, NoServerError
from yesword.mail.servers import BadServerError, BareServerError
from yesword.mail.settings import BadSenderError, NoMailError
from yesword.reporting import alert_routes, alerts
from yesword.reporting.alerts import AlertKind
from yesword.sending.webhooks import BadEndpointError
from yesword.store import alert_settings
from yesword.store.alert_settings import Route
from yesword.store.sealing import UnreadableError
from yesword.web import languages
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.acting import actor, for_actors
from yesword.web.error_words import told
from yesword.web.installation import store
from yesword.worker import alert_words
from yesword.worker.alerting import Alerting, NoRouteError, NotToldError

# What may come of a test.
_TROUBLE: Final = (
    NotToldError,
    NoMailError,
    BadSenderError,
    BadServerError,
    BareServerError,
    NoServerError,
    BadLetterError,
)


class RouteForm(forms.Form):
    mail = forms.CharField(required=False, max_length=254, widget=forms.EmailInput())
    webhook = forms.CharField(required=False, max_length=500, widget=forms.URLInput())
    language = forms.ChoiceField()
    kinds = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple())

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["mail"].label = _("E-mail address")
        self.fields["mail"].help_text = _(
            "It is kept under a key. Letters need a mail server; docs/how-to/stop-everything.md says how."
        )
        self.fields["webhook"].label = _("Webhook address")
        self.fields["webhook"].help_text = _("It is called with a signature, as Standard Webhooks has it.")
        self.fields["language"].label = _("Language of the alerts")
        self.fields["language"].choices = [(code, name) for code, name in languages.NAMES]  # type: ignore[attr-defined]
        self.fields["kinds"].label = _("Tell me when")
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]
            (kind.value, words[0]) for kind, words in alert_words.WORDS.items()
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertLine:
    what: str
    remedy: str
    subject: str
    began_at: datetime
    is_told: bool


@require_http_methods(["GET", "HEAD", "POST"])
@for_actors
def page(request: HttpRequest) -> HttpResponse:
    route = _route(request)
    form = RouteForm(request.POST) if request.method == "POST" else RouteForm(initial=_initial(route))
    if request.method == "POST" and form.is_valid() and _keep(request, form):
        return redirect("console:alerts")
    brand = brand_of(request)
    return render(
        request,
        "console/alerts.html",
        {
            "form": form,
            "leads_somewhere": route.leads_somewhere,
            "lines": _lines(),
            "zone": zone_of(brand.country) if brand else "UTC",
        },
        status=422 if form.errors else 200,
    )


@require_POST
@for_actors
def test(request: HttpRequest) -> HttpResponse:
    try:
        Alerting(store=store(), clock=lambda: datetime.now(UTC)).try_out()
    except NoRouteError:
        messages.warning(request, _("Alerts lead nowhere yet: give an e-mail address or a webhook first."))
    except UnreadableError:
        messages.error(request, _unreadable())
    except _TROUBLE as error:
        messages.error(request, _("The test did not go out: %(why)s") % {"why": told(error)})
    else:
        messages.success(request, _("The test was taken. Look whether it has come."))
    return redirect("console:alerts")


def _route(request: HttpRequest) -> Route:
    try:
        return alert_settings.read(store())
    except UnreadableError:
        messages.warning(request, _unreadable())
        return Route()


def _unreadable() -> str:
    return _("Where alerts go cannot be read: its key is not here. Set it anew.")


def _initial(route: Route) -> dict[str, object]:
    return {
        "mail": route.mail,
        "webhook": route.webhook,
        "language": route.language,
        "kinds": [kind.value for kind in AlertKind if kind.value not in route.unwanted],
    }


def _keep(request: HttpRequest, form: RouteForm) -> bool:
    said = form.cleaned_data
    wanted = set(said["kinds"])
    try:
        kept, is_new_secret = alert_routes.change(
            store(),
            actor(request).pk,
            mail=said["mail"],
            webhook=said["webhook"],
            language=said["language"],
            off=[kind.value for kind in AlertKind if kind.value not in wanted],
            on=wanted,
        )
    except BadAddressError:
        form.add_error("mail", _("That is no e-mail address that can be written to."))
    except GatewayAddressError:
        form.add_error("mail", _("That address is a telephone behind an e-mail address: it would be a text."))
    except BadEndpointError:
        form.add_error("webhook", _("Give a whole address that begins with https://."))
    else:
        messages.success(request, _("Kept. Try it out with a test."))
        if is_new_secret:
            messages.info(
                request,
                _("The secret that signs, shown now and never again: %(secret)s") % {"secret": kept.secret},
            )
        return True
    return False


def _lines() -> Sequence[AlertLine]:
    found = []
    for row in alerts.open_alerts():
        what, remedy = alert_words.WORDS[AlertKind(row.kind)]
        found.append(
            AlertLine(
                what=str(what),
                remedy=str(remedy),
                subject=row.subject,
                began_at=row.began_at,
                is_told=row.told_at is not None,
            )
        )
    return found
