"""One pack of rules: what it reaches, and each rule as a card, by what it may do on a day."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yesword.domain.rules import RuleBook, UnknownRuleError
from yesword.domain.rules.model import Merge, OnRecord, Pack, Rule, Severity, Status
from yesword.domain.rules.sources import source_of
from yesword.web import parts
from yesword.web.console.addresses import pack_url
from yesword.web.console.days import read_day, today
from yesword.web.installation import rules
from yesword.web.law_names import named
from yesword.web.legal import asks, order, topic
from yesword.web.legal_scope import scope
from yesword.web.legal_terms import term
from yesword.web.telling import plain_day


@require_safe
def pack_page(request: HttpRequest, pack: str) -> HttpResponse:
    """The rules of one pack, by what they may do on a day."""
    book = rules()
    try:
        shown = book.pack(pack)
    except UnknownRuleError as error:
        raise Http404 from error
    now = today(request)
    on, problem = read_day(request.GET.get("on", ""), now)
    line = book.lineage(shown)
    children = [each for each in book.packs if each.parent == shown.id]
    context: dict[str, Any] = {
        "pack": shown,
        "on": on,
        "problem": problem,
        "is_today": on == now,
        "today_url": pack_url(shown.id),
        "reach": reach(shown, book),
        "parents": [(each.name, pack_url(each.id)) for each in line[:-1]],
        "children": [(each.name, pack_url(each.id)) for each in sorted(children, key=lambda each: each.name)],
        "sections": _sections(book, shown, on),
        "digest": shown.digest,
        "crumbs": [
            (_("Law"), reverse("console:law")),
            *((each.name, pack_url(each.id)) for each in line[:-1]),
        ],
    }
    return render(request, "console/law_pack.html", context)


def reach(pack: Pack, book: RuleBook) -> str:
    """To which texts the pack speaks, in a sentence."""
    told = pack.reach
    said = []
    if told.is_everywhere:
        said.append(_("Speaks to every text, wherever it goes."))
    if told.region or len(told.countries) == 1:
        said.append(_("Speaks to texts to people in {place}.").format(place=named(pack.name)))
    elif told.countries:
        names = ", ".join(named(book.place_name(each, None)) for each in told.countries)
        said.append(
            _("Speaks to texts to people in {count} countries: {names}.").format(
                count=len(told.countries), names=names
            )
        )
    if told.has_senders:
        said.append(_("And to texts that are sent from there."))
    if told.number_countries:
        names = ", ".join(named(book.place_name(each, None)) for each in told.number_countries)
        said.append(_("Speaks to texts to numbers of {names}.").format(names=names))
    if told.providers:
        said.append(
            _("Speaks to texts that leave by an account with {names}.").format(names=named(pack.name))
        )
    return " ".join(said)


def decides(rule: Rule) -> bool:
    """Whether a text can wait or be refused because of it."""
    return rule.is_enforced and not isinstance(rule.parameter, OnRecord)


def standing(rule: Rule, on: date) -> tuple[str, str]:
    """How it stands on a day: a word of `states.STATES`, and a wording where there is more to say."""
    if rule.status is Status.STAYED and not rule.is_in_force(on):
        if rule.stayed_until is None:
            return "stayed", _("Stayed, nobody knows until when")
        return "stayed", _("Stayed until {day}").format(day=plain_day(rule.stayed_until))
    if rule.status in (Status.PROPOSED, Status.VACATED):
        return rule.status.value, ""
    if on < rule.effective_from:
        return "ahead", _("In force from {day}").format(day=plain_day(rule.effective_from))
    if on >= rule.effective_to:
        return "ended", _("In force until {day}").format(day=plain_day(rule.effective_to - timedelta(days=1)))
    return ("contested" if rule.status is Status.CONTESTED else "in_force"), ""


def _sections(book: RuleBook, pack: Pack, on: date) -> list[tuple[str, str, str, list[parts.RuleCard]]]:
    """Key, title, what that means, and cards; in the order of their weight."""
    kept: dict[str, list[parts.RuleCard]] = {"decides": [], "noted": [], "record": [], "rests": []}
    for rule in sorted(pack.rules, key=order):
        kept[_weight(rule, on)].append(card(book, pack, rule, on))
    titles = {
        "decides": (_("What decides"), _("A text waits, or is refused, because of these.")),
        "noted": (
            _("Noted only"),
            _(
                "Told beside an answer, and never changing it: a warning, or a fact that was not found in a source."
            ),
        ),
        "record": (_("On record"), _("No text is held against these; other parts, and you, look them up.")),
        "rests": (_("Not in force on this day"), _("Proposed, stayed, vacated, over, or still to come.")),
    }
    return [(key, *titles[key], cards) for key, cards in kept.items() if cards]


def _weight(rule: Rule, on: date) -> str:
    if not rule.is_in_force(on):
        return "rests"
    if isinstance(rule.parameter, OnRecord) or rule.severity is Severity.RECORD:
        return "record"
    return "decides" if rule.is_enforced else "noted"


def card(book: RuleBook, pack: Pack, rule: Rule, on: date) -> parts.RuleCard:
    state, word = standing(rule, on)
    facts = scope(rule)
    if rule.effective_from != date.min and state != "ahead":
        facts.append((_("In force since"), plain_day(rule.effective_from)))
    if rule.effective_to != date.max and state != "ended":
        facts.append((_("In force until"), plain_day(rule.effective_to - timedelta(days=1))))
    if rule.stayed_part:
        facts.append((_("What is stayed"), rule.stayed_part))
    return parts.RuleCard(
        anchor=rule.id,
        topic=topic(rule.parameter),
        asks=asks(rule.parameter),
        citation=rule.citation,
        source=source_of(rule),
        layer=term(rule.layer),
        verified_on=plain_day(rule.verified_on),
        status=state,
        status_word=word,
        confidence="" if rule.is_house else rule.confidence.value,
        facts=facts,
        note=rule.note,
        relation=_relation(book, pack, rule, on),
        is_quoted=is_quoted(rule),
    )


def _relation(book: RuleBook, pack: Pack, rule: Rule, on: date) -> str:
    """What becomes of the parent's rule on the same matter."""
    if not rule.is_in_force(on) or not decides(rule):
        return ""
    above = [
        each
        for parent in book.lineage(pack)[:-1]
        for each in parent.rules
        if each.parameter.slot == rule.parameter.slot and decides(each) and each.is_in_force(on)
    ]
    if not above:
        return ""
    names = ", ".join(dict.fromkeys(named(each.pack_name) for each in above))
    if rule.merge is Merge.REPLACE and rule.is_verified and all(each.may_relax for each in above):
        return _("Stands for the rule of {packs} on this matter.").format(packs=names)
    return _("Holds beside the rule of {packs} on this matter.").format(packs=names)


def is_quoted(rule: Rule) -> bool:
    return rule.parameter.table == "information"
