"""Collection points: the list, and each one with its link, its versions, where people come from and whether it is held back."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from yesword.collect import points
from yesword.collect.joining import is_capped
from yesword.collect.points import Point
from yesword.domain.collecting.points import BOXES, PointDefinition, PointKind
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.programs import Program
from yesword.store import models, programs, shown_pages, tallies
from yesword.store.tallies import Tallied
from yesword.web import parts, qr
from yesword.web.brands import brand_of, zone_of
from yesword.web.console import embedding
from yesword.web.console.acting import for_actors, leave_trace, may_act
from yesword.web.console.box_fields import codes_of
from yesword.web.console.point_building import FORMS
from yesword.web.console.point_fields import CONFIRMINGS
from yesword.web.formats import count
from yesword.web.installation import store
from yesword.web.public.addresses import origin
from yesword.web.telling import language_word

MEDIA: Final[Sequence[tuple[str, Promise]]] = (
    ("store", gettext_lazy("In the shop")),
    ("profile", gettext_lazy("Company profile")),
    ("social", gettext_lazy("Social media")),
    ("site", gettext_lazy("Own site")),
    ("email", gettext_lazy("E-mail")),
    ("print", gettext_lazy("Print")),
)
KINDS: Final[dict[str, Promise]] = {
    PointKind.FORM.value: gettext_lazy("Form"),
    PointKind.POPUP.value: gettext_lazy("Pop-up"),
    PointKind.CHECKOUT.value: gettext_lazy("Checkout box"),
    PointKind.CONTEST.value: gettext_lazy("Contest"),
    PointKind.LEAD_AD.value: gettext_lazy("Lead ad"),
    PointKind.EMAIL.value: gettext_lazy("Invitation by e-mail"),
    PointKind.KIOSK.value: gettext_lazy("Tablet in the shop"),
    PointKind.PAPER.value: gettext_lazy("Paper list"),
    PointKind.SPOKEN.value: gettext_lazy("Spoken"),
    PointKind.APPLICATION.value: gettext_lazy("Job application"),
    PointKind.CONVERSATION.value: gettext_lazy("Conversation"),
}


class TagForm(forms.Form):
    label = forms.CharField(label=gettext_lazy("Where the link stands"), max_length=80)
    medium = forms.ChoiceField(label=gettext_lazy("Kind of place"), choices=MEDIA)


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceLine:
    """How many came by one link. Nobody counts who merely looked."""

    label: str
    medium: str
    url: str
    codes: int
    asked: int
    joined: int
    drawing: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of a wording: "same", "gone" or "new" since the version before."""

    kind: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionLine:
    number: int
    published_at: Any
    digest: str
    is_now: bool
    changes: Sequence[tuple[str, Sequence[Piece]]]  # language → what became of the wording
    pictures: Sequence[tuple[str, int, str]]  # language, width, digest


@require_safe
def list_page(request: HttpRequest) -> HttpResponse:
    brand = brand_of(request)
    rows = list(points.of_brand(brand.id)) if brand else []
    names = {int(each.id): each.name for each in programs.of_brand(brand.id)} if brand else {}
    table = parts.Table(
        caption=_("Collection points, newest first"),
        columns=[
            parts.Column(label=_("Name")),
            parts.Column(label=_("Kind")),
            parts.Column(label=_("Program")),
            parts.Column(label=_("Now"), kind=parts.Kind.STATE),
        ],
        rows=[
            parts.Row(
                cells=[
                    each.name,
                    KINDS.get(each.kind, each.kind),
                    names.get(each.program_id, ""),
                    state_of(each),
                ],
                url=reverse("console:point", args=[each.key]),
                id=f"point-{each.key}",
            )
            for each in rows
        ],
    )
    empty = parts.Empty(
        icon="plus",
        title=_("Nobody is asked anywhere yet"),
        text=_(
            "A form asks people for their number and their yes, on a page of its own: behind a link, a QR code on the counter, or a card on the table."
        ),
        action_url=reverse("console:point-new") if may_act(request) and names else "",
        action_label=_("Make a form"),
    )
    context = {
        "table": table,
        "empty": empty,
        "has_any": bool(rows),
        "may_act": may_act(request) and bool(names),
    }
    return render(request, "console/points.html", context)


def state_of(row: models.CollectionPoint) -> str:
    """A word of `states.STATES`."""
    if not row.version:
        return "draft"
    return "open" if row.is_open else "closed"


@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    row = _row(request, key)
    point = points.newest(row.pk)
    program = points.program_of(row)
    here = store()
    with here.database.read() as session:
        capped = point is not None and is_capped(session, point, timezone.now())
    context: dict[str, Any] = {
        "point": row,
        "published": point,
        "program": program,
        "state": state_of(row),
        "is_capped": capped,
        "has_draft": bool(row.draft),
        "may_edit": row.kind in FORMS,
        "may_act": may_act(request),
        "zone": zone_of(program.brand_country),
        "crumbs": [(_("Collect"), reverse("console:points"))],
        "tag_form": TagForm(),
        "cta_url": _call_to_action(request, row),
    }
    if point is not None:
        context |= _published_context(request, row, point)
    return render(request, "console/point.html", context)


@require_safe
def tent(request: HttpRequest, key: str) -> HttpResponse:
    """A card to fold and put on a table: printed from the browser, twice on a sheet."""
    row = _row(request, key)
    point = points.newest(row.pk)
    if point is None or point.definition.kind not in (PointKind.FORM, PointKind.APPLICATION):
        raise Http404
    wanted = request.GET.get("language", "")
    languages = point.definition.languages or point.program.languages
    language = wanted if wanted in languages else languages[0]
    url = form_url(request, row.key, request.GET.get("s", ""))
    wording = point.definition.wording_in(language)
    context = {
        "point": row,
        "brand": point.program.brand_name,
        "program": point.program,
        "language": language,
        "title": wording.title or point.definition.name,
        "benefit": wording.benefit,
        "wording": consent_text(point.definition, point.program, language),
        "url": url.partition("://")[2],
        "drawing": qr.drawing(url, _("The link of the form, for a camera")),
        "sides": (1, 2),
    }
    return render(request, "console/point_tent.html", context)


@require_safe
def picture(request: HttpRequest, key: str, digest: str) -> HttpResponse:
    """How a published page looked."""
    row = _row(request, key)
    with store().database.read() as session:
        found = shown_pages.read(session, digest)
    if found is None or found.brand != row.brand_id or found.media_type != "image/png":
        raise Http404
    return HttpResponse(found.body, content_type="image/png")


@for_actors
@require_POST
def set_open(request: HttpRequest, key: str) -> HttpResponse:
    row = _row(request, key)
    is_open = request.POST.get("open") == "yes"
    with store().database.write():
        points.set_open(row.key, is_open=is_open)
        leave_trace(request, "point.open" if is_open else "point.close", f"point {row.pk}")
    said = _("The form is open.") if is_open else _("The form is closed. Whoever is in stays in.")
    messages.success(request, said)
    return redirect("console:point", key=row.key)


@for_actors
@require_POST
def add_tag(request: HttpRequest, key: str) -> HttpResponse:
    row = _row(request, key)
    form = TagForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say where the link stands."))
        return redirect("console:point", key=row.key)
    with store().database.write():
        tag = models.SourceTag.objects.create(
            point=row,
            code=secrets.token_hex(4),
            medium=form.cleaned_data["medium"],
            label=form.cleaned_data["label"],
        )
        leave_trace(request, "point.tag", f"point {row.pk}", tag=tag.code)
    return redirect(f"{reverse('console:point', args=[row.key])}#sources")


def form_url(request: HttpRequest, key: str, source: str = "") -> str:
    return f"{origin(request)}{reverse('public:form', args=[key])}{f'?s={source}' if source else ''}"


def _row(request: HttpRequest, key: str) -> models.CollectionPoint:
    brand = brand_of(request)
    row = None
    if brand is not None:
        row = (
            models.CollectionPoint.objects.select_related("brand").filter(brand_id=brand.id, key=key).first()
        )
    if row is None:
        raise Http404
    return row


def _published_context(request: HttpRequest, row: models.CollectionPoint, point: Point) -> dict[str, Any]:
    definition = point.definition
    url = form_url(request, row.key)
    return {
        "url": url,
        "is_form": definition.kind in (PointKind.FORM, PointKind.EMAIL, PointKind.APPLICATION),
        "may_embed": definition.kind is PointKind.FORM,
        "codes": codes_of(point) if definition.kind in BOXES else (),
        "embed": embedding.of_form(request, point) if definition.kind is PointKind.FORM else None,
        "drawing": qr.drawing(url, _("The link of the form, for a camera")),
        "facts": [
            (_("Program"), point.program.name),
            (_("How a yes becomes a consent"), _confirming(definition)),
            (_("Languages"), ", ".join(str(language_word(each)) for each in definition.languages)),
            (_("Countries"), ", ".join(definition.countries or (point.program.brand_country,))),
            *([(_("Code of the reward"), definition.reward_code)] if definition.reward_code else []),
            *(_totals(row) if definition.kind is PointKind.POPUP else []),
        ],
        "sources": _sources(request, row),
        "versions": _versions(row),
    }


def _confirming(definition: PointDefinition) -> Promise:
    made_of = FORMS.get(definition.kind.value)
    own = made_of.confirmings if made_of else CONFIRMINGS
    return own.get(definition.confirming, CONFIRMINGS[definition.confirming])


def _totals(row: models.CollectionPoint) -> list[tuple[str, str]]:
    """Of a pop-up, which has no link of its own to count by."""
    with store().database.read() as session:
        found = tallies.read(session, row.pk)
    words = {
        Tallied.CODE: _("Codes shown"),
        Tallied.ASKED: _("Asked by text"),
        Tallied.JOINED: _("Joined"),
    }
    return [
        (word, count(sum(counts.get(what, 0) for counts in found.values()))) for what, word in words.items()
    ]


def _sources(request: HttpRequest, row: models.CollectionPoint) -> list[SourceLine]:
    with store().database.read() as session:
        found = tallies.read(session, row.pk)
    media = {code: str(word) for code, word in MEDIA}
    tags = [
        (each.code, each.label, media.get(each.medium, ""))
        for each in models.SourceTag.objects.filter(point=row)
    ]
    lines = []
    for code, label, medium in [("", _("Without a tag"), ""), *tags]:
        counts = found.get(code, {})
        url = form_url(request, row.key, code)
        lines.append(
            SourceLine(
                label=label,
                medium=medium,
                url=url,
                codes=counts.get(Tallied.CODE, 0),
                asked=counts.get(Tallied.ASKED, 0),
                joined=counts.get(Tallied.JOINED, 0),
                drawing=qr.drawing(url, label) if code else "",
            )
        )
    return lines


def _versions(row: models.CollectionPoint) -> list[VersionLine]:
    """Newest first, each with what became of the wording since the one before."""
    kept = [
        points.by_digest(each)
        for each in row.pointversion_set.order_by("version").values_list("digest", flat=True)
    ]
    made = [each for each in kept if each is not None]
    dates = dict(row.pointversion_set.values_list("version", "published_at"))
    lines = []
    for before, point in zip([None, *made], made, strict=False):
        lines.append(
            VersionLine(
                number=point.version,
                published_at=dates[point.version],
                digest=point.digest,
                is_now=point.version == row.version,
                changes=_changes(before, point),
                pictures=_pictures(point),
            )
        )
    return lines[::-1]


def _changes(before: Point | None, point: Point) -> list[tuple[str, Sequence[Piece]]]:
    found: list[tuple[str, Sequence[Piece]]] = []
    for language in point.definition.languages:
        now = _said(point.definition, point.program, language)
        earlier = now
        if before is not None:
            is_known = language in before.definition.languages
            earlier = _said(before.definition, before.program, language) if is_known else ""
        found.append((str(language_word(language)), pieces(earlier, now)))
    return found


def _said(definition: PointDefinition, program: Program, language: str) -> str:
    return consent_text(definition, program, language)


def pieces(earlier: str, now: str) -> list[Piece]:
    """The wording word by word, with what is gone and what is new."""
    old, new = earlier.split(), now.split()
    found: list[Piece] = []
    for kind, start, end, begins, ends in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece(kind="same", words=" ".join(new[begins:ends])))
            continue
        if end > start:
            found.append(Piece(kind="gone", words=" ".join(old[start:end])))
        if ends > begins:
            found.append(Piece(kind="new", words=" ".join(new[begins:ends])))
    return found


def _pictures(point: Point) -> list[tuple[str, int, str]]:
    found = []
    with store().database.read() as session:
        for language, digest in point.pages:
            named = str(language_word(language))
            found += [(named, each.width or 0, each.digest) for each in shown_pages.pictures(session, digest)]
    return found


def _call_to_action(request: HttpRequest, row: models.CollectionPoint) -> str:
    program = points.program_of(row)
    return origin(request) + reverse("public:call-to-action", args=[row.brand.key, program.key])
