"""Entering a paper list: its scan once, then its rows. What cannot be entered stays in the form, as it was typed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yesword.collect import offline, paper, scans
from yesword.collect.paper import PaperList, PaperRow
from yesword.collect.points import Point
from yesword.domain.collecting.asking import Course
from yesword.domain.collecting.offline import CONFIRMS, YES, FutureSigningError, OldSigningError, day_began
from yesword.domain.collecting.points import BadPointError, PointKind
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.evidence.media import (
    EmptyMediaError,
    MediaError,
    MediaTooLargeError,
    MediaType,
)
from yesword.proof.evidence.files import AcceptedFile, accept
from yesword.web.console.acting import actor, leave_trace, may_act
from yesword.web.console.shop import (
    ChoosingForm,
    Chosen,
    Outcome,
    chosen_of,
    known_programs,
    local_now,
    outcome,
)
from yesword.web.error_words import told
from yesword.web.installation import rules, store
from yesword.web.public.form_fields import read_number
from yesword.web.telling import language_word

FIRST: Final = 8  # empty rows of a new list
MORE: Final = 8
MOST: Final = 100  # rows of one form
_LARGEST: Final = 20 * 1024 * 1024
_LONGEST: Final = 80
_SCANS: Final = ", ".join(f".{each}" for each in ("pdf", "png", "jpg", "jpeg", "webp", "heic", "tif", "tiff"))
_SCAN_WRONG: Final[dict[type[MediaError], Promise]] = {
    EmptyMediaError: gettext_lazy("The file is empty. Choose it again."),
    MediaTooLargeError: gettext_lazy("The file is larger than 20 MB. Scan it in grey, or in parts."),
}


class PaperForm(forms.Form):
    """What holds for every row."""

    wording = forms.CharField(
        label=gettext_lazy("What was printed above the signatures"),
        help_text=gettext_lazy(
            "To the letter. It is what these people agreed to, and is kept with each of them."
        ),
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    scan = forms.FileField(
        required=False,
        label=gettext_lazy("Scan of the list"),
        help_text=gettext_lazy(
            "PDF or picture, up to 20 MB. It is kept sealed with each person on the list."
        ),
        widget=forms.FileInput(attrs={"accept": _SCANS}),
    )
    confirms = forms.BooleanField(
        required=False,
        label=gettext_lazy("Each person confirms by text before anything else is sent"),
        help_text=gettext_lazy(
            "Only who signed today is asked by text. Who signed earlier is asked nothing, and joins by their own text."
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Line:
    """One row as it was typed, with what is wrong with it or what becomes of it."""

    index: int
    number: str = ""
    name: str = ""
    day: str = ""
    errors: tuple[tuple[str, str], ...] = ()
    row: PaperRow | None = None
    outcome: Outcome | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.number or self.name)

    @property
    def wrong(self) -> dict[str, str]:
        return dict(self.errors)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def page(request: HttpRequest) -> HttpResponse:
    known = known_programs(request)
    chosen = chosen_of(request.POST if request.method == "POST" else request.GET, known)
    if chosen is None:
        return render(request, "console/paper.html", {"chosen": None, "may_act": False})
    if request.method != "POST":
        return _page(request, chosen, PaperForm(initial=_initial(chosen)), _empty(0, FIRST))
    actor(request)
    return _posted(request, chosen)


def _posted(request: HttpRequest, chosen: Chosen) -> HttpResponse:
    now = datetime.now(UTC)
    form = PaperForm(request.POST, request.FILES)
    is_complete = form.is_valid()
    kept, scan = _scan(request, form, chosen)
    draft = None if not is_complete else _drafted(form, chosen)
    lines = _read(request, chosen, draft, now)
    if "more" in request.POST:
        # Not bound: who only asks for rows is not told yet what is missing.
        blank = PaperForm(initial=request.POST.dict())
        typed = [replace(each, errors=(), row=None) for each in lines]
        rows = [*typed, *_empty(len(typed), min(MORE, MOST - len(typed)))]
        return _page(request, chosen, blank, rows, kept=kept, status=200)
    if not any(not each.is_empty for each in lines) and not form.errors:
        form.add_error(None, _("Type at least one row of the list."))
    if form.errors or draft is None:
        return _page(request, chosen, form, lines, kept=kept, status=422)
    confirms = offline.must_confirm(draft, rules().packs, now.date()) or form.cleaned_data["confirms"]
    if "preview" in request.POST:
        shown = [_foreseen(each, chosen, draft, scan, now, confirms=confirms) for each in lines]
        return _page(request, chosen, form, shown, kept=kept, status=200)
    if scan is None:
        form.add_error("scan", _("Choose the scan of the list: without it there is nothing to show later."))
        return _page(request, chosen, form, lines, kept=kept, status=422)
    return _enter(request, chosen, form, lines, kept, scan, now, confirms=confirms)


def _enter(
    request: HttpRequest,
    chosen: Chosen,
    form: PaperForm,
    lines: Sequence[Line],
    kept: str,
    scan: AcceptedFile,
    now: datetime,
    *,
    confirms: bool,
) -> HttpResponse:
    user = actor(request)
    point = offline.place(
        chosen.program,
        PointKind.PAPER,
        chosen.language,
        form.cleaned_data["wording"],
        confirms=form.cleaned_data["confirms"],
        by=user.pk,
    )
    entering = PaperList(point=point, language=chosen.language, scan=scan, confirms=confirms, user=user.pk)
    courses = [paper.enter(store(), entering, each.row, now).course for each in lines if each.row is not None]
    with store().database.write():
        leave_trace(request, "paper.enter", f"point {point.id}", rows=len(courses))
    _tell(request, courses)
    left = [each for each in lines if each.errors]
    if left:
        messages.warning(
            request,
            ngettext(
                "%(count)s row could not be read and stays in the form.",
                "%(count)s rows could not be read and stay in the form.",
                len(left),
            )
            % {"count": len(left)},
        )
        shown = [replace(each, index=index) for index, each in enumerate(left)]
        return _page(request, chosen, form, shown, kept=kept, status=422)
    scans.drop(store(), chosen.program.brand, kept)
    return redirect(f"{request.path}?program={chosen.program.id}&language={chosen.language}")


def _tell(request: HttpRequest, courses: Sequence[Course]) -> None:
    """What became of them, counted."""
    counts = {each: courses.count(each) for each in courses}
    told: dict[Course, str] = {
        Course.GRANT: ngettext(
            "%(count)s person joined.", "%(count)s people joined.", counts.get(Course.GRANT, 0)
        ),
        Course.ASK: ngettext(
            "%(count)s person is asked by text.",
            "%(count)s people are asked by text.",
            counts.get(Course.ASK, 0),
        ),
        Course.WAIT: ngettext(
            "%(count)s person is noted and gets no text until they text you.",
            "%(count)s people are noted and get no text until they text you.",
            counts.get(Course.WAIT, 0),
        ),
    }
    said = [told[each] % {"count": counts[each]} for each in told if each in counts]
    rest = len(courses) - sum(counts.get(each, 0) for each in told)
    if rest:
        said.append(
            ngettext("Nothing changed for %(count)s person.", "Nothing changed for %(count)s people.", rest)
            % {"count": rest}
        )
    if said:
        messages.success(request, " ".join(said))


def _scan(request: HttpRequest, form: PaperForm, chosen: Chosen) -> tuple[str, AcceptedFile | None]:
    """The scan that was just sent, or the one that waits; with the word by which it is found again."""
    brand, here = chosen.program.brand, store()
    given = request.FILES.get("scan")
    if given is None:
        word = request.POST.get("kept", "")
        found = scans.get(here, brand, word) if word else None
        return (word, found) if found is not None else ("", None)
    try:
        scan = accept(EvidenceKind.SCAN, given.read(_LARGEST + 1))
    except MediaError as error:
        usual = _("That is no PDF or picture that can be kept. Save it as PDF, and choose that.")
        form.add_error("scan", str(_SCAN_WRONG.get(type(error), usual)))
        return "", None
    return scans.put(here, brand, scan), scan


def _drafted(form: PaperForm, chosen: Chosen) -> Point | None:
    try:
        definition = offline.drafted(
            chosen.program,
            PointKind.PAPER,
            chosen.language,
            form.cleaned_data["wording"],
            confirms=form.cleaned_data["confirms"],
        )
    except BadPointError as error:
        form.add_error("wording", told(error))
        return None
    return offline.unpublished(chosen.program, definition)


def _read(request: HttpRequest, chosen: Chosen, draft: Point | None, now: datetime) -> list[Line]:
    data = request.POST
    count = sum(1 for name in data if name.startswith("number_"))
    countries = offline.countries_of(draft) if draft else (chosen.program.brand_country,)
    seen: set[str] = set()
    lines = []
    for index in range(min(count, MOST)):
        line = Line(
            index=index,
            number=data.get(f"number_{index}", "").strip()[:_LONGEST],
            name=data.get(f"name_{index}", "").strip()[:_LONGEST],
            day=data.get(f"day_{index}", "").strip()[:10],
        )
        lines.append(line if line.is_empty else _checked(line, chosen, countries, seen, now))
    return lines


def _checked(line: Line, chosen: Chosen, countries: tuple[str, ...], seen: set[str], now: datetime) -> Line:
    errors: list[tuple[str, str]] = []
    number, wrong = read_number(line.number, countries[0], countries)
    if number is None:
        errors.append(("number", wrong))
    elif number.e164 in seen:
        errors.append(("number", _("This number stands in a row above already.")))
    else:
        seen.add(number.e164)
    signed_at = None
    try:
        signed_at = day_began(date.fromisoformat(line.day), chosen.zone, now)
    except FutureSigningError:
        errors.append(("day", _("That day is still to come.")))
    except OldSigningError:
        errors.append(("day", _("That is more than five years ago. Ask such people anew.")))
    except ValueError:
        errors.append(("day", _("Give the day on which they signed.")))
    if errors or number is None or signed_at is None:
        return replace(line, errors=tuple(errors))
    return replace(line, row=PaperRow(number=number, signed_at=signed_at, name=line.name))


def _foreseen(
    line: Line, chosen: Chosen, draft: Point, scan: AcceptedFile | None, now: datetime, *, confirms: bool
) -> Line:
    if line.row is None:
        return line
    nothing = scan or _NO_SCAN
    looking = PaperList(point=draft, language=chosen.language, scan=nothing, confirms=confirms)
    return replace(line, outcome=outcome(paper.preview(store(), looking, line.row, now), chosen.program))


_NO_SCAN: Final = accept(EvidenceKind.ATTESTATION, b"none yet", MediaType.TEXT.value)  # to look ahead with


def _initial(chosen: Chosen) -> dict[str, Any]:
    definition = offline.drafted(chosen.program, PointKind.PAPER, chosen.language, "")
    return {
        "wording": consent_text(definition, chosen.program, chosen.language),
        "confirms": definition.setting(CONFIRMS, YES) == YES,
    }


def _empty(start: int, count: int) -> list[Line]:
    return [Line(index=start + each) for each in range(max(count, 0))]


def _page(
    request: HttpRequest,
    chosen: Chosen,
    form: PaperForm,
    lines: Sequence[Line],
    *,
    kept: str = "",
    status: int = 200,
) -> HttpResponse:
    now = datetime.now(UTC)
    form.use_required_attribute = False  # looking ahead takes no scan yet
    form.fields["scan"].required = not kept
    definition = offline.drafted(chosen.program, PointKind.PAPER, chosen.language, "")
    point = offline.unpublished(chosen.program, replace(definition, settings=()))
    context = {
        "chosen": chosen,
        "choosing": ChoosingForm(known_programs(request), chosen),
        "language_named": language_word(chosen.language),
        "form": form,
        "lines": lines,
        "has_wrong_lines": any(each.errors for each in lines),
        "kept": kept,
        "may_more": len(lines) < MOST,
        "may_act": may_act(request),
        "today": local_now(chosen.zone, now).date().isoformat(),
        "law_confirms": offline.must_confirm(point, rules().packs, now.date()),
    }
    return render(request, "console/paper.html", context, status=status)
