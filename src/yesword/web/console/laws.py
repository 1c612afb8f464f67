"""The law that texts are held against: all packs, and a search in what they say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from yesword.domain.rules import RuleBook
from yesword.domain.rules.differing import differences
from yesword.domain.rules.model import Pack, Rule
from yesword.domain.rules.model.times import Hours
from yesword.web import parts
from yesword.web.console import world
from yesword.web.console.addresses import pack_url, rule_url
from yesword.web.console.days import read_day, today
from yesword.web.console.law_changes import AHEAD, changes_url, grouped
from yesword.web.console.law_pack import decides, is_quoted, standing
from yesword.web.installation import rules
from yesword.web.law_names import named
from yesword.web.legal import asks, order, topic, week_words

_FOUND_AT_MOST: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class PackLine:
    """One pack in the list, with those that inherit from it."""

    name: str
    url: str
    id: str
    decides: str
    counts: str
    marks: list[tuple[str, str]]  # state and word, of rules that are not plainly in force
    children: list["PackLine"] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One rule that fits what was searched for."""

    pack: str
    topic: str
    asks: str
    citation: str
    url: str
    is_quoted: bool


@require_safe
def list_page(request: HttpRequest) -> HttpResponse:
    book, now = rules(), today(request)
    on, problem = read_day(request.GET.get("on", ""), now)
    places = _places(book)
    place = request.GET.get("place", "")
    place = place if place in {code for code, _name in places} else ""
    asked = request.GET.get("q", "").strip()[:80]
    shown = _reaching(book, place) if place else {pack.id for pack in book.packs}
    found = list(_search(book, shown, asked)) if asked else []
    ahead = grouped(book, differences(book, on, on + AHEAD))
    context: dict[str, Any] = {
        "on": on,
        "problem": problem,
        "is_today": on == now,
        "place": place,
        "lands": [(code, name, code == place) for code, name in places],
        "asked": asked,
        "is_filtered": bool(place or asked or on != now),
        "all_url": reverse("console:law"),
        "groups": _groups(book, shown, on, "" if on == now else f"?on={on.isoformat()}") if not asked else [],
        "found": found[:_FOUND_AT_MOST],
        "is_cut": len(found) > _FOUND_AT_MOST,
        "ahead": ahead[:3],
        "changes_url": changes_url(on, on + AHEAD),
        "world": world.doors(request, book) if not asked and not place and on == now else None,
        "empty": parts.Empty(
            icon="search",
            title=_("No rule like that"),
            text=_("No rule of these packs says so. Try a word of its citation, or fewer words."),
            action_url=reverse("console:law"),
            action_label=_("Show all packs"),
        ),
    }
    return render(request, "console/laws.html", context)


# --- all packs -----------------------------------------------------------------------------------------------


def _places(book: RuleBook) -> list[tuple[str, str]]:
    """Countries and regions with a pack of their own, by name."""
    codes = [(code, named(pack.name)) for pack in book.packs if (code := world.code_of(pack))]
    return sorted(codes, key=lambda each: each[1])


def _reaching(book: RuleBook, place: str) -> set[str]:
    """The packs that speak about people there: of the place, of its numbers, and of everywhere."""
    country, region = place[:2], place if "-" in place else None
    found = {pack.id for line in book.lineages(country, region) for pack in line}
    return found | {
        pack.id for pack in book.packs if country in pack.reach.number_countries or pack.reach.is_everywhere
    }


def _groups(book: RuleBook, shown: set[str], on: date, suffix: str) -> list[tuple[str, list[PackLine]]]:
    lands = [each for each in book.packs if each.reach.countries or each.reach.region]
    industry = [each for each in book.packs if each.reach.number_countries]
    providers = [each for each in book.packs if each.reach.providers]
    house = [each for each in book.packs if each.reach.is_everywhere]
    groups = [
        (_("Countries and regions"), lands),
        (_("Industry and carriers"), industry),
        (_("Providers"), providers),
        (_("The house"), house),
    ]
    told = [(title, _tree(packs, shown, on, suffix)) for title, packs in groups]
    return [(title, lines) for title, lines in told if lines]


def _tree(packs: Sequence[Pack], shown: set[str], on: date, suffix: str) -> list[PackLine]:
    """Parents with their children beneath, each by name."""
    inside = sorted((each for each in packs if each.id in shown), key=lambda each: each.name)
    ids = {each.id for each in inside}

    def line(pack: Pack) -> PackLine:
        children = [line(each) for each in inside if each.parent == pack.id]
        return _line(pack, on, suffix, children)

    return [line(each) for each in inside if each.parent not in ids]


def _line(pack: Pack, on: date, suffix: str, children: list[PackLine]) -> PackLine:
    holding = [rule for rule in pack.rules if rule.is_in_force(on)]
    deciding = sorted((rule for rule in holding if decides(rule)), key=order)
    marks: dict[tuple[str, str], None] = {}
    for rule in pack.rules:
        state, word = standing(rule, on)
        if state not in {"in_force", "ended"}:
            marks[state, word] = None
    return PackLine(
        name=named(pack.name),
        url=pack_url(pack.id) + suffix,
        id=pack.id,
        decides=", ".join(_decided(deciding)),
        counts=ngettext("{count} rule", "{count} rules", len(pack.rules)).format(count=len(pack.rules)),
        marks=list(marks),
        children=children,
    )


def _decided(deciding: Sequence[Rule]) -> Iterator[str]:
    """Subjects once each; hours in full, where there is one rule about them."""
    hours = [rule.parameter.week for rule in deciding if isinstance(rule.parameter, Hours)]
    told = set()
    for rule in deciding:
        subject = topic(rule.parameter)
        if subject in told:
            continue
        told.add(subject)
        is_hours = isinstance(rule.parameter, Hours)
        yield f"{subject} ({week_words(hours[0])})" if is_hours and len(hours) == 1 else subject


def _search(book: RuleBook, shown: set[str], asked: str) -> Iterator[Found]:
    """Rules that have every word, in whatever they say."""
    words = asked.casefold().split()
    for pack in book.packs:
        if pack.id not in shown:
            continue
        for rule in sorted(pack.rules, key=order):
            said = " ".join(asks(rule.parameter))
            about = topic(rule.parameter)
            text = f"{pack.name} {named(pack.name)} {rule.id} {rule.citation} {rule.note} {about} {said}".casefold()
            if all(word in text for word in words):
                yield Found(
                    pack=named(pack.name),
                    topic=about,
                    asks=said,
                    citation=rule.citation,
                    url=rule_url(rule.id),
                    is_quoted=is_quoted(rule),
                )
