"""Contests and votes: the list, each one as it runs, its closing and its draw, and the winners."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yesword.collect import contest_draws, contests
from yesword.collect.contest_refusals import NoSuchContestError
from yesword.collect.contests import Contest
from yesword.collect.points import KeyTakenError
from yesword.domain.collecting import contest_words
from yesword.domain.collecting.contest_errors import ContestError
from yesword.domain.collecting.contests import State
from yesword.domain.collecting.points import BadPointError
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.ids import to_text
from yesword.domain.linting.finding import Severity
from yesword.domain.programs import Program
from yesword.store import contacts, programs
from yesword.store import contests as rows
from yesword.store.database import Session
from yesword.web import parts, qr, votes
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.acting import actor, for_actors, leave_trace, may_act
from yesword.web.console.contest_fields import (
    ANSWERINGS,
    CloseForm,
    ContestForm,
    DrawForm,
    first_values,
    local_moment,
    values_of,
)
from yesword.web.console.previews import Remark, remark_lines
from yesword.web.console.shop import known_programs
from yesword.web.error_words import told
from yesword.web.formats import masked
from yesword.web.installation import store
from yesword.web.public.addresses import origin
from yesword.web.telling import language_word, plain_moment

# How a contest stands, as a word of `states.STATES`.
STATES: Final[Mapping[State, str]] = {
    State.DRAFT: "draft",
    State.ANNOUNCED: "scheduled",
    State.OPEN: "open",
    State.OVER: "counting",
    State.CLOSED: "closed",
    State.DRAWN: "finished",
}
# What may be against it: its own rules, and those of the collection point that pins its terms.
_REFUSALS: Final = (ContestError, BadPointError, KeyTakenError)


@dataclass(frozen=True, kw_only=True, slots=True)
class WinnerLine:
    place: int
    digest: str
    number: str  # masked; in full once somebody asked
    contact: str  # empty where the entry was deleted
    answer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TermsLine:
    language: str
    named: str
    wording: str
    remarks: Sequence[Remark]


@require_safe
def list_page(request: HttpRequest) -> HttpResponse:
    brand, at = brand_of(request), datetime.now(UTC)
    found = list(contests.of_brand(brand.id)) if brand else []
    has_programs = bool(brand and programs.of_brand(brand.id))
    with store().database.read() as session:
        lines = [
            (each, contests.standing(session, each, at), contest_draws.results(session, each))
            for each in found
        ]
    table = parts.Table(
        caption=_("Contests, newest first"),
        columns=[
            parts.Column(label=_("Name")),
            parts.Column(label=_("Keyword")),
            parts.Column(label=_("Now"), kind=parts.Kind.STATE),
            parts.Column(label=_("Closes"), kind=parts.Kind.TIME),
            parts.Column(label=_("Entries"), kind=parts.Kind.NUMBER),
        ],
        rows=[
            parts.Row(
                cells=[
                    each.name,
                    f"{', '.join(each.definition.keywords)} · {each.program.sender}",
                    STATES[state],
                    each.closes_at,
                    results.entered,
                ],
                url=reverse("console:contest", args=[each.key]),
                id=f"contest-{each.key}",
            )
            for each, state, results in lines
        ],
        zone=zone_of(brand.country) if brand else "UTC",
    )
    empty = parts.Empty(
        icon="plus",
        title=_("No contest yet"),
        text=_(
            "People enter by text. Entering allows you nothing; whoever wants your texts says so apart from it. Winners are drawn so that anybody can draw them again."
        ),
        action_url=reverse("console:contest-new") if may_act(request) and has_programs else "",
        action_label=_("Make a contest"),
    )
    context = {
        "table": table,
        "empty": empty,
        "has_any": bool(found),
        "may_act": may_act(request) and has_programs,
    }
    return render(request, "console/contests.html", context)


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def new_page(request: HttpRequest) -> HttpResponse:
    known = known_programs(request)
    first = next(iter(known.values()), None)
    initial = first_values(first, (get_language() or "en")[:2], datetime.now(UTC))
    return _build(request, known, None, initial)


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_page(request: HttpRequest, key: str) -> HttpResponse:
    contest = _contest(request, key)
    return _build(request, known_programs(request), contest, values_of(contest.definition, contest.program))


@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    return _shown(request, _contest(request, key))


@for_actors
@require_POST
def announce(request: HttpRequest, key: str) -> HttpResponse:
    contest = _contest(request, key)
    try:
        with store().database.write():
            despite = request.POST.get("despite") == "yes"
            contests.announce(contest, datetime.now(UTC), despite=despite, by=actor(request).pk)
            leave_trace(request, "contest.announce", f"contest {contest.id}")
    except _REFUSALS as error:
        return _shown(request, contest, wrong=told(error))
    messages.success(request, _("It is announced: its page is there, and its keyword is its own."))
    return redirect("console:contest", key=key)


@for_actors
@require_POST
def close(request: HttpRequest, key: str) -> HttpResponse:
    contest = _contest(request, key)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _shown(request, contest, close_form=form)
    typed = form.cleaned_data
    due = local_moment(typed["seed_at"], contest.program.brand_country) if typed["seed_at"] else None
    try:
        with store().database.write():
            fixed = contest_draws.close(
                store(),
                contest,
                datetime.now(UTC),
                is_early=request.POST.get("early") == "yes",
                seed_source=typed["seed_source"].strip(),
                seed_due_at=due,
            )
            leave_trace(request, "contest.close", f"contest {contest.id}", list=fixed.list_digest)
    except _REFUSALS as error:
        return _shown(request, contest, wrong=told(error))
    messages.success(request, _("It is closed. The digest of its list stands on its page."))
    return redirect("console:contest", key=key)


@for_actors
@require_POST
def draw(request: HttpRequest, key: str) -> HttpResponse:
    contest = _contest(request, key)
    form = DrawForm(request.POST)
    if not form.is_valid():
        return _shown(request, contest, draw_form=form)
    typed = form.cleaned_data
    seed_at = local_moment(typed["seed_at"], contest.program.brand_country)
    try:
        with store().database.write():
            drawn = contest_draws.draw(
                store(), contest, typed["seed"], typed["source"], seed_at, datetime.now(UTC)
            )
            leave_trace(request, "contest.draw", f"contest {contest.id}", seed=drawn.seed)
    except _REFUSALS as error:
        form.add_error(None, told(error))
        return _shown(request, contest, draw_form=form)
    said = ngettext("%(count)s winner is drawn.", "%(count)s winners are drawn.", len(drawn.winners))
    messages.success(request, said % {"count": len(drawn.winners)})
    return redirect(f"{reverse('console:contest', args=[key])}#winners")


@for_actors
@require_POST
def show_number(request: HttpRequest, key: str, place: int) -> HttpResponse:
    """The number of one winner in full, once, for whoever asked; the trace says who did."""
    contest = _contest(request, key)
    with store().database.write() as session:
        found = next((each for each in contest_draws.winners(session, contest) if each.place == place), None)
        if found is None or found.entry is None:
            raise Http404
        leave_trace(request, "number.shown", to_text("con", found.entry.contact))
    return _shown(request, contest, shown_place=place)


# --- building ------------------------------------------------------------------------------------------------


def _build(
    request: HttpRequest, known: Mapping[int, Program], contest: Contest | None, initial: Mapping[str, Any]
) -> HttpResponse:
    if request.method != "POST":
        return _form(request, ContestForm(None, known, initial=initial, is_new=contest is None), contest)
    form = ContestForm(request.POST, known, is_new=contest is None)
    if not form.is_valid():
        return _form(request, form, contest)
    definition = form.definition
    key = contest.key if contest is not None else form.cleaned_data["key"]
    assert form.chosen is not None, "a valid form has a program"
    try:
        with store().database.write():
            kept = contests.draft(form.chosen.brand, key, definition, datetime.now(UTC))
            leave_trace(request, "contest.save", f"contest {kept.id}")
    except _REFUSALS as error:
        form.add_error(None, told(error))
        return _form(request, form, contest)
    messages.success(request, _("It is kept. Look at it once more, and announce it."))
    return redirect("console:contest", key=key)


def _form(request: HttpRequest, form: ContestForm, contest: Contest | None) -> HttpResponse:
    crumbs = [(_("Contests"), reverse("console:contests"))]
    if contest is not None:
        crumbs.append((contest.name, reverse("console:contest", args=[contest.key])))
    zone = zone_of(form.chosen.brand_country) if form.chosen else "UTC"
    context = {"form": form, "contest": contest, "crumbs": crumbs, "zone": zone, "may_key": contest is None}
    return render(request, "console/contest_edit.html", context, status=422 if form.errors else 200)


# --- showing -------------------------------------------------------------------------------------------------


def _contest(request: HttpRequest, key: str) -> Contest:
    brand = brand_of(request)
    try:
        contest = contests.find(key)
    except NoSuchContestError as error:
        raise Http404 from error
    if brand is None or contest.brand != brand.id:
        raise Http404
    return contest


def _shown(
    request: HttpRequest,
    contest: Contest,
    *,
    wrong: str = "",
    close_form: CloseForm | None = None,
    draw_form: DrawForm | None = None,
    shown_place: int = 0,
) -> HttpResponse:
    at, program, definition = datetime.now(UTC), contest.program, contest.definition
    zone = zone_of(program.brand_country)
    with store().database.read() as session:
        state = contests.standing(session, contest, at)
        fixed, drawn = rows.commitment(session, contest.id), rows.drawn(session, contest.id)
        results = contest_draws.results(session, contest)
        winners = _winners(session, contest, shown_place, may_see=may_act(request))
    terms = _terms(contest, at) if definition.asks else []
    url = f"{origin(request)}{reverse('public:contest', args=[contest.key])}" if contest.is_announced else ""
    seed_is_over = bool(definition.winners and definition.seed_due_at and definition.seed_due_at <= at)
    refused = bool(wrong or (draw_form and draw_form.errors) or (close_form and close_form.errors))
    context = {
        "contest": contest,
        "program": program,
        "state": STATES[state],
        "stands": state.value,
        "zone": zone,
        "crumbs": [(_("Contests"), reverse("console:contests"))],
        "may_act": may_act(request),
        "may_change": not contest.is_announced or definition.opens_at > at,
        "facts": _facts(contest, zone),
        "results": results,
        "chart": votes.chart(contest.definition.options_in(get_language() or ""), results.counts),
        "yes_by_reply": results.yeses.get(rows.BY_REPLY, 0),
        "yes_by_entry": results.yeses.get(rows.BY_ENTRY, 0),
        "fixed": fixed,
        "drawn": drawn,
        "winners": winners,
        "terms": terms,
        "has_findings": any(each.remarks for each in terms),
        "url": url,
        "drawing": qr.drawing(url, _("The link of the contest, for a camera")) if url else "",
        "wrong": wrong,
        "seed_is_over": seed_is_over,
        "close_form": close_form or CloseForm(),
        "draw_form": draw_form or DrawForm(),
        "form": draw_form,
        "fate": _fate(contest, fixed, drawn, zone),
        "counted_at": at,
    }
    return render(request, "console/contest.html", context, status=422 if refused else 200)


def _facts(contest: Contest, zone: str) -> list[tuple[str, str]]:
    definition = contest.definition
    ways = [
        *([_("The reply asks, and a separate yes joins")] if definition.asks_after else []),
        *(
            [_("A yes-word behind the answer joins: %(text)s") % {"text": f"{contest_words.example(definition)} {contest.yes_words[0]}"}]
            if definition.takes_yes
            else []
        ),
    ]  # fmt: skip
    return [
        (_("Program"), contest.program.name),
        (_("Texted"), f"{contest_words.example(definition)} → {contest.program.sender}"),
        (_("What people answer"), str(ANSWERINGS[definition.answering])),
        (_("Opens"), plain_moment(definition.opens_at, zone)),
        (_("Closes"), plain_moment(contest.closes_at, zone)),
        (_("Entries for each number"), str(definition.entries_each)),
        (_("Winners"), str(definition.winners)),
        *([(_("From the age of"), str(definition.minimum_age))] if definition.minimum_age else []),
        *([(_("Where the seed comes from"), definition.seed_source)] if definition.seed_source else []),
        (_("Asks for consent"), "; ".join(ways) or _("No: entering is all")),
    ]


def _fate(contest: Contest, fixed: rows.Fixed | None, drawn: Any, zone: str) -> str:
    """When entries are deleted, or were."""
    if contest.others_deleted_at is not None:
        return _("Entries were deleted on %(day)s.") % {"day": plain_moment(contest.others_deleted_at, zone)}
    if fixed is None:
        return ""
    when = plain_moment(contest_draws.others_due(contest, fixed, drawn), zone)
    if contest.definition.winners and fixed.commitment.entries and drawn is None:
        return _("If nobody is drawn until then, all entries are deleted on %(day)s.") % {"day": when}
    return _("Entries that did not win are deleted on %(day)s.") % {"day": when}


def _terms(contest: Contest, at: datetime) -> list[TermsLine]:
    """What a yes means, per language, with what the linter says of it; once it is announced, as it was pinned."""
    found = []
    for language in contest.definition.languages:
        pinned = contest.point
        said = (
            consent_text(pinned.definition, contest.program, language)
            if pinned is not None
            else contests.terms_text(contest, language)
        )
        findings = (
            [] if pinned is not None else contests.findings(contest.definition, contest.program, language, at)
        )
        found.append(
            TermsLine(
                language=language,
                named=str(language_word(language)),
                wording=said,
                remarks=remark_lines(
                    [each for each in findings if each.severity is not Severity.ADVICE], contest.program
                ),
            )
        )
    return found


def _winners(session: Session, contest: Contest, shown_place: int, *, may_see: bool) -> list[WinnerLine]:
    found = []
    for each in contest_draws.winners(session, contest):
        person = None if each.entry is None else contacts.read(store(), session, each.entry.contact)
        seal = None if each.entry is None else store().vault.seal(each.entry.contact)
        number = "" if person is None else person.number or ""
        is_shown = may_see and each.place == shown_place
        found.append(
            WinnerLine(
                place=each.place,
                digest=each.digest,
                number=(number if is_shown else masked(number)) if number else "",
                contact="" if each.entry is None or person is None else to_text("con", each.entry.contact),
                answer="" if each.entry is None or seal is None else rows.opened(seal, each.entry).answer,
            )
        )
    return found
