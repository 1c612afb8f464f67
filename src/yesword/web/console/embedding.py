"""How a form gets onto another site: what a site puts into its page, and what that page has to allow."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from yesword.collect import points, popups
from yesword.collect.points import NoSuchPointError, Point
from yesword.domain.collecting.popups import PopupOptions, policy, read_options, snippet
from yesword.web import parts
from yesword.web.public.addresses import origin


@dataclass(frozen=True, kw_only=True, slots=True)
class Embedding:
    """`console/point_embed.html`."""

    point: Point
    options: PopupOptions
    codes: Sequence[tuple[str, parts.Code]]  # id on the page, and what to copy


def of_form(request: HttpRequest, form: Point) -> Embedding | None:
    """The pop-up of a form; None where there is none, or it is closed."""
    try:
        popup = points.find(popups.key_for(form.key))
    except NoSuchPointError:
        return None
    here = origin(request)
    language = popup.program.default_language
    title = popup.definition.wording_in(language).title or popup.program.name
    written = snippet(
        f"{here}{reverse('public:popup-script')}",
        popup.key,
        f"{here}{reverse('public:form', args=[form.key])}",
        escape(title),
    )
    return Embedding(
        point=popup,
        options=read_options(popup.definition),
        codes=[
            ("snippet", parts.Code(text=written, label=_("Before the end of the body of each page"))),
            (
                "policy",
                parts.Code(
                    text=policy(here),
                    label=_("What the Content-Security-Policy of the page has to allow, if it has one"),
                ),
            ),
        ],
    )
