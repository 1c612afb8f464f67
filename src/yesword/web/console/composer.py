"""Writing a campaign: its form, and the pages that show it with its filter sentence and its preview."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from yesword.domain import composing, segments, templates
from yesword.domain.ids import BrandId, ProgramId
from yesword.domain.programs import Program
from yesword.domain.segments import Condition
from yesword.reporting import campaigns as reporting
from yesword.sending import campaigns, verdicts
from yesword.store import models, programs
from yesword.web.brands import zone_of
from yesword.web.console.acting import actor, for_actors, leave_trace
from yesword.web.console.addresses import campaign_url
from yesword.web.console.filters import (
    COMPARISONS,
    MOST_CONDITIONS,
    ConditionRow,
    conditions_of,
    field_choices,
    rows_of,
    sentence,
    typed_rows,
)
from yesword.web.console.previews import preview, remarks_on, said, says_way_out
from yesword.web.formats import zone_name
from yesword.web.installation import store
from yesword.web.telling import language_word

_LONGEST: Final = 1600  # characters: ten segments and more, which nobody should send anyway
_ELLIPSIS: Final = "…"  # what a button puts where the writer's own words belong
_TIME: Final = "%Y-%m-%dT%H:%M"

# What may stand in a text, and how a field is put there. Those of a person need words for when it is not known.
_CHIPS: Final[tuple[tuple[Promise, str], ...]] = (
    (gettext_lazy("First name"), "[First name|…]"),
    (gettext_lazy("Full name"), "[Customer Name|…]"),
    (gettext_lazy("Location"), "[Location|…]"),
    (gettext_lazy("Category of interest"), "[Category of interest|…]"),
    (gettext_lazy("Past purchase"), "[Past purchase|…]"),
    (gettext_lazy("Brand"), "[Brand]"),
    (gettext_lazy("Program"), "[Program]"),
    (gettext_lazy("How to reach you"), "[Support]"),
    (gettext_lazy("Unsubscribe link"), "[Unsubscribe]"),
)


class CampaignForm(forms.Form):
    program = forms.ChoiceField(
        label=gettext_lazy("Program"),
        help_text=gettext_lazy("Only people who said yes to this program get the text."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("Only your colleagues see it."), max_length=120
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto", "data-composes": "text"}),
    )
    is_mixed = forms.BooleanField(
        required=False,
        label=gettext_lazy("It informs, and it is meant to sell too"),
        help_text=gettext_lazy(
            "Then it is held to be promotion, and goes only to people who agreed to that."
        ),
    )
    invites = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Invite to another program"),
        help_text=gettext_lazy(
            "Its question stands at the end of the text; a yes within seven days joins. Only members who are not in it, and never said no to it, get the text."
        ),
    )
    despite = forms.CharField(
        required=False, label=gettext_lazy("Send it all the same: I answer for this wording")
    )
    send_by = forms.CharField(
        required=False, widget=forms.DateTimeInput(format=_TIME, attrs={"type": "datetime-local"})
    )

    def __init__(self, data: QueryDict | None = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.programs = known_programs()
        field = self.fields["program"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.id), _program_label(each)) for each in self.programs.values()]
        invites = self.fields["invites"]
        assert isinstance(invites, forms.ChoiceField)
        invites.choices = [("", _("None")), *field.choices]
        self.fields["send_by"].label = _("Send by")
        self.fields["send_by"].help_text = _(
            "After this moment nobody gets it any more, not even those who wait. In %(zone)s."
        ) % {"zone": zone_name(self.zone)}

    @property
    def chosen(self) -> Program | None:
        """The program as typed, or the first one."""
        typed = str(self["program"].value() or "")
        if typed.isdecimal() and int(typed) in self.programs:
            return self.programs[int(typed)]
        return next(iter(self.programs.values()), None)

    @property
    def zone(self) -> str:
        chosen = self.chosen
        return zone_of(chosen.brand_country) if chosen else "UTC"

    @property
    def typed_text(self) -> str:
        """The text as it stands in the form; browsers send lines with two characters at their end."""
        return str(self["text"].value() or "").replace("\r\n", "\n")

    @property
    def says_mixed(self) -> bool:
        return bool(self["is_mixed"].value())

    @property
    def invited(self) -> ProgramId | None:
        """The program whose question the text puts, where it may: another one of the same brand."""
        typed, chosen = str(self["invites"].value() or ""), self.chosen
        found = self.programs.get(int(typed)) if typed.isdecimal() else None
        if found is None or chosen is None or found.id == chosen.id or found.brand != chosen.brand:
            return None
        return found.id

    def clean_invites(self) -> str:
        typed = str(self.cleaned_data["invites"])
        if typed and self.invited is None:
            raise forms.ValidationError(_("Choose another program of the same brand."))
        return typed

    @property
    def answered_for(self) -> str:
        """The errors that the writer has ticked: a tick for others, of another wording, is none for these."""
        return str(self["despite"].value() or "")

    def clean_text(self) -> str:
        text = self.typed_text.strip()
        program = self.chosen
        try:
            for part in templates.parse(text).parts:
                if isinstance(part, templates.Field) and part.fallback == _ELLIPSIS:
                    raise forms.ValidationError(
                        _(
                            "Say what to write in place of … for whom “%(field)s” is not known (character %(position)s)."
                        )
                        % {"field": part.name, "position": part.position}
                    )
            if program is not None:
                for language in program.languages:
                    composing.compose(text, program, program.texts_in(language)[1])
        except templates.TemplateError as error:
            raise forms.ValidationError(said(error, text)) from error
        return text

    def clean_send_by(self) -> datetime | None:
        typed: str = self.cleaned_data["send_by"]
        if not typed:
            return None
        try:
            moment = datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(self.zone))
        except ValueError:
            raise forms.ValidationError(_("That is no day and time. Write it as 2026-03-03T18:00.")) from None
        if moment <= timezone.now():
            raise forms.ValidationError(_("This moment has passed, so nobody would get the text."))
        return moment


def known_programs() -> dict[int, Program]:
    rows = models.Program.objects.order_by("brand_id", "pk").values_list("pk", "version")
    return {pk: programs.version(pk, version) for pk, version in rows}


def _program_label(program: Program) -> str:
    return f"{program.name} · {program.brand_name} · {program.sender}"


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def new_page(request: HttpRequest) -> HttpResponse:
    """A campaign that is not there yet; `like` takes over the text of another."""
    initial: dict[str, Any] = {}
    rows: list[ConditionRow] = []
    like = request.GET.get("like", "")
    if like.isdecimal():
        model = get_object_or_404(models.Campaign, pk=int(like))
        initial = {
            "program": str(model.program_id),
            "text": model.template,
            "is_mixed": model.is_mixed,
            "invites": str(model.invites_id or ""),
        }
        rows = rows_of(model)
    return _compose(request, None, initial, rows)


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_page(request: HttpRequest, campaign: int) -> HttpResponse:
    row = get_object_or_404(models.Campaign, pk=campaign)
    if row.state != models.Campaign.State.DRAFT:
        return redirect(campaign_url(row.pk))
    program = programs.current(ProgramId(row.program_id))
    zone = ZoneInfo(zone_of(program.brand_country))
    initial = {
        "program": str(row.program_id),
        "name": row.name,
        "text": row.template,
        "is_mixed": row.is_mixed,
        "invites": str(row.invites_id or ""),
        "send_by": row.send_by.astimezone(zone).strftime(_TIME) if row.send_by else "",
    }
    return _compose(request, row, initial, rows_of(row))


@for_actors
@require_POST
def preview_part(request: HttpRequest) -> HttpResponse:
    """The preview alone, as it is typed."""
    form, rows = CampaignForm(request.POST), typed_rows(request.POST)
    return render(request, "console/campaign_preview.html", _shown_context(form, rows))


def _compose(
    request: HttpRequest,
    row: models.Campaign | None,
    initial: Mapping[str, Any],
    rows: list[ConditionRow],
) -> HttpResponse:
    if request.method != "POST":
        return _page(request, row, CampaignForm(initial=initial), rows or [ConditionRow()], status=200)
    rows = typed_rows(request.POST)
    asked = _asked(request.POST)
    if asked is not None:
        # Not bound: who only looks is not told yet what is missing.
        form = CampaignForm(initial=_changed(request.POST, asked).dict())
        return _page(request, row, form, _with(rows, asked), status=200)
    form = CampaignForm(request.POST)
    if not form.is_valid() or any(each.error for each in rows):
        return _page(request, row, form, rows or [ConditionRow()], status=422)
    if not _is_answered_for(form, conditions_of(rows)):
        return _page(request, row, form, rows or [ConditionRow()], status=422)
    saved = _save(request, row, form, conditions_of(rows))
    return redirect(campaign_url(saved.pk))


def _is_answered_for(form: CampaignForm, conditions: tuple[Condition, ...]) -> bool:
    """Whether the wording has no error but such as the gate refuses, or the writer ticked those."""
    program = form.chosen
    assert program is not None
    found = remarks_on(
        program,
        form.cleaned_data["text"],
        conditions,
        timezone.now(),
        is_mixed=form.says_mixed,
        invites=form.invited,
    )
    if found.to_answer_for in ("", form.answered_for):
        return True
    form.add_error("despite", _("The wording breaks a rule. Mend it, or tick that you send it all the same."))
    return False


def _asked(data: QueryDict) -> str | None:
    """Which of the buttons that change the form and do not save it was pressed."""
    return next((name for name in ("preview", "insert", "add") if name in data), None)


def _changed(data: QueryDict, asked: str) -> QueryDict:
    """What was typed, with the field that was asked for at the end of the text."""
    if asked != "insert":
        return data
    changed = data.copy()
    text = changed.get("text", "")
    gap = "" if not text or text.endswith((" ", "\n")) else " "
    changed["text"] = f"{text}{gap}{changed.get('insert', '')}"
    return changed


def _with(rows: list[ConditionRow], asked: str) -> list[ConditionRow]:
    if asked == "add" and len(rows) < MOST_CONDITIONS:
        return [*rows, ConditionRow()]
    return rows or [ConditionRow()]


def _save(
    request: HttpRequest,
    row: models.Campaign | None,
    form: CampaignForm,
    conditions: tuple[Condition, ...],
) -> models.Campaign:
    """Keep the draft, and have it counted again: a verdict of another text is no verdict."""
    program = form.chosen
    assert program is not None
    wanted = form.cleaned_data
    here = store()
    with here.database.write():
        if row is None:
            row = campaigns.create(
                campaigns.NewCampaign(
                    brand=BrandId(program.brand),
                    program=program.id,
                    name=wanted["name"],
                    template=wanted["text"],
                    segment=conditions,
                    send_by=wanted["send_by"],
                    is_mixed=wanted["is_mixed"],
                    invites=form.invited,
                    created_by=actor(request).pk,
                )
            )
            leave_trace(request, "campaign.create", f"campaign {row.pk}")
        else:
            models.Campaign.objects.filter(pk=row.pk, state=models.Campaign.State.DRAFT).update(
                brand_id=program.brand,
                program_id=program.id,
                name=wanted["name"],
                template=wanted["text"],
                segment=segments.to_json(conditions),
                send_by=wanted["send_by"],
                is_mixed=wanted["is_mixed"],
                invites_id=form.invited,
            )
            row.refresh_from_db()
            leave_trace(request, "campaign.edit", f"campaign {row.pk}")
        verdicts.begin(here, row, timezone.now())
    return row


def _page(
    request: HttpRequest,
    row: models.Campaign | None,
    form: CampaignForm,
    rows: list[ConditionRow],
    *,
    status: int,
) -> HttpResponse:
    program = form.chosen
    known = reporting.traits(store(), program.brand) if program else None
    context = {
        "campaign": row,
        "rows": rows,
        "may_add": len(rows) < MOST_CONDITIONS,
        "fields": field_choices(known, rows),
        "comparisons": [(each.value, label) for each, label in COMPARISONS],
        "values": known.values if known else (),
        "chips": _CHIPS,
        **_shown_context(form, rows),
    }
    return render(request, "console/campaign_new.html", context, status=status)


def _shown_context(form: CampaignForm, rows: Sequence[ConditionRow]) -> dict[str, Any]:
    program = form.chosen
    ends: list[tuple[str, str]] = []
    if program is not None:
        ends = [(language_word(code), words) for code, words in reporting.way_outs(program)]
    shown = None
    if program is not None:
        shown = preview(
            program,
            form.typed_text,
            conditions_of(rows),
            timezone.now(),
            is_mixed=form.says_mixed,
            invites=form.invited,
        )
    return {
        "form": form,
        "preview": shown,
        "sentence": sentence(conditions_of(rows)),
        "way_outs": ends,
        "has_way_out": program is not None and says_way_out(program, form.typed_text),
        "zone": form.zone,
    }
