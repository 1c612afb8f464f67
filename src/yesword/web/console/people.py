"""People: who is known, and how each stands with the programs. Found by name, or by a number that never leaves the form."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from yesword.domain import phone
from yesword.domain.ids import BadIdError, ContactId, from_text, to_text
from yesword.domain.programs import Program
from yesword.reporting.people import (
    LOOKED_AT,
    PeoplePage,
    PersonLine,
    Wanted,
    find_by_number,
    people_page,
)
from yesword.reporting.programs import BrandLine
from yesword.reporting.standings import Standing, standing_of
from yesword.store import programs, suppressions
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.counted import figures_of
from yesword.web.error_words import told
from yesword.web.formats import count, masked
from yesword.web.installation import store
from yesword.web.telling import language_word, plain_day, plain_month

_SEARCHES: Final = "people-searches"  # of this session: a name that was looked for stays out of the address
_SEARCHES_KEPT: Final = 10
_FEWEST_DIGITS: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """How a person stands with one program."""

    state: str
    program: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    name: str
    number: str
    url: str
    language: str
    marks: tuple[Mark, ...]
    known_since: datetime


@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    brand = brand_of(request)
    if brand is None:
        return render(request, "console/people.html", {"empty": _empty()})
    return _show(request, brand)


@require_POST
@sensitive_post_parameters("q")
def search(request: HttpRequest) -> HttpResponse:
    """A number leads to its person; a name to a list whose address does not repeat it."""
    brand = brand_of(request)
    asked = request.POST.get("q", "").strip()
    if brand is None or not asked:
        return redirect("console:people")
    has_letters = any(character.isalpha() for character in asked)
    if not has_letters and sum(character.isdecimal() for character in asked) >= _FEWEST_DIGITS:
        return _search_number(request, brand, asked)
    kept = dict(list(request.session.get(_SEARCHES, {}).items())[-_SEARCHES_KEPT + 1 :])
    token = secrets.token_urlsafe(6)
    request.session[_SEARCHES] = {**kept, token: asked[:80]}
    return HttpResponseRedirect(f"{reverse('console:people')}?{urlencode({'search': token})}")


def _search_number(request: HttpRequest, brand: BrandLine, asked: str) -> HttpResponse:
    try:
        number = phone.parse(asked, country=brand.country)
    except phone.PhoneError as error:
        return _show(request, brand, status=422, asked=asked, problem=told(error))
    found = find_by_number(store(), brand.id, number.e164)
    if found is not None:
        return redirect("console:person", to_text("con", found))
    return _show(request, brand, asked=asked, notice=_nobody(brand, number))


def _nobody(brand: BrandLine, number: phone.PhoneNumber) -> parts.Notice:
    """That nobody has the number; and where a stop of theirs outlived them, that it holds."""
    here = store()
    with here.database.read() as session:
        stopped = suppressions.find(here, session, brand.id, [number.e164])
    if stopped:
        since, is_month = stopped[number.e164].since.date(), stopped[number.e164].is_month
        words = {
            "number": number.masked(),
            "brand": brand.name,
            "day": plain_month(since) if is_month else plain_day(since),
        }
        return parts.Notice(
            tone="brick",
            title=_("Whoever has the number %(number)s has stopped the texts of %(brand)s.") % words,
            text=_(
                "Nothing may be texted to it, whoever brings it back. Since %(day)s only a trace is kept that nobody can read a number from. Only they can change it, by texting START or a keyword from their own phone."
            )
            % words,
        )
    return parts.Notice(
        tone="slate",
        title=_("Nobody with the number %(number)s is known to %(brand)s.")
        % {"number": number.masked(), "brand": brand.name},
        text=_("So nothing may be texted to it. People join by texting a keyword, or come with an import."),
    )


def _show(
    request: HttpRequest,
    brand: BrandLine,
    *,
    status: int = 200,
    asked: str = "",
    problem: str = "",
    notice: parts.Notice | None = None,
) -> HttpResponse:
    here, at = store(), datetime.now(UTC)
    running = programs.of_brand(brand.id)
    program = next((each for each in running if each.key == request.GET.get("program")), None)
    standing = _standing(request.GET.get("state"))
    name = str(request.session.get(_SEARCHES, {}).get(request.GET.get("search", ""), ""))
    page = people_page(
        here,
        brand.id,
        Wanted(name=name, program=program.id if program else None, standing=standing),
        [each.id for each in running],
        at,
        after=_contact_id(request.GET.get("after")),
    )
    is_all = not name and program is None and standing is None
    figures = figures_of(here, brand.id)
    rows = [_row(each, running, at) for each in page.people]
    return render(
        request,
        "console/people.html",
        {
            "brand": brand,
            "zone": zone_of(brand.country),
            "rows": rows,
            "empty": _empty() if is_all and not rows and not asked and "after" not in request.GET else None,
            "total": figures.people if figures and is_all else None,
            "counted_at": figures.at if figures and is_all else None,
            "first_url": _url(request, after=None) if "after" in request.GET else "",
            "next_url": _next_url(request, page),
            "cut_short": _cut_short(page),
            "programs": [(each.key, each.name, each == program) for each in running],
            "states": [(each.value, each is standing) for each in Standing if each is not Standing.NONE],
            "is_filtered": program is not None or standing is not None or bool(name),
            "asked": asked or name,
            "search": request.GET.get("search", "") if name else "",
            "problem": problem,
            "notice": notice,
        },
        status=status,
    )


def _row(line: PersonLine, running: Sequence[Program], at: datetime) -> PersonRow:
    person = line.contact
    words = [(program, standing_of(line.state, program.id, at)) for program in running]
    marks = [
        Mark(state=word.value, program=program.name) for program, word in words if word is not Standing.NONE
    ]
    if not marks and line.state.withdrawal_for(None) is not None:
        marks = [Mark(state="erased" if line.state.is_erased else "withdrawn", program=_("everything"))]
    return PersonRow(
        name=person.name if person.erased_at is None else _("Erased person"),
        number=masked(person.number) if person.erased_at is None else "",
        url=reverse("console:person", args=[to_text("con", person.id)]),
        language=language_word(person.language),
        marks=tuple(marks),
        known_since=person.created_at,
    )


def _standing(text: str | None) -> Standing | None:
    try:
        return Standing(text) if text else None
    except ValueError:
        return None


def _contact_id(text: str | None) -> ContactId | None:
    try:
        return ContactId(from_text("con", text)) if text else None
    except BadIdError:
        return None


def _url(request: HttpRequest, *, after: ContactId | None) -> str:
    asked = {name: request.GET[name] for name in ("program", "state", "search") if request.GET.get(name)}
    if after is not None:
        asked["after"] = to_text("con", after)
    return f"{reverse('console:people')}?{urlencode(asked)}" if asked else reverse("console:people")


def _next_url(request: HttpRequest, page: PeoplePage) -> str:
    return _url(request, after=page.next_after) if page.next_after is not None else ""


def _cut_short(page: PeoplePage) -> str:
    if not page.is_cut_short:
        return ""
    return _("%(count)s people were looked at for this page. The next page looks further.") % {
        "count": count(LOOKED_AT)
    }


def _empty() -> parts.Empty:
    return parts.Empty(
        icon="people",
        title=_("Nobody is known yet"),
        text=_(
            "People appear here when they text a keyword, or when you import them with the consent that you can show."
        ),
        action_url=reverse("console:programs"),
        action_label=_("See the keywords"),
    )
