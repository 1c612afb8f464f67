"""What changes in law between two days, and what that would mean for what is on record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yesword.domain.rules import RuleBook
from yesword.domain.rules.differing import Change, Difference, LawOf, differences
from yesword.sending import repercussions
from yesword.web import parts
from yesword.web.console.addresses import pack_url, rule_url
from yesword.web.console.days import read_day, today
from yesword.web.console.law_pack import is_quoted
from yesword.web.installation import rules, store
from yesword.web.law_names import named
from yesword.web.legal import asks, topic
from yesword.web.telling import plain_day

AHEAD: Final = timedelta(days=366)
_SAMPLE: Final = 500  # messages, and grants, that a page asks about at most


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeLine:
    state: str
    word: str
    pack: str
    topic: str
    asks: str
    citation: str
    rule: str
    url: str
    others: list[tuple[str, str]]  # the rules that follow it, or stand for it
    lineage: str
    is_quoted: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """What a change would mean for some of what is on record."""

    asked: int
    changed: int
    is_all: bool
    turns: list[tuple[str, str, str, str, int]]  # was, becomes, rule, its address, how many


@require_safe
def changes_page(request: HttpRequest) -> HttpResponse:
    """What comes into force and what ends between two days."""
    book, now = rules(), today(request)
    since, problem = read_day(request.GET.get("from", ""), now)
    until, further = read_day(request.GET.get("to", ""), since + AHEAD)
    if not problem and not further and until <= since:
        further = _("The second day has to be after the first.")
    days = [] if problem or further else grouped(book, differences(book, since, until))
    counted = bool(days) and "count" in request.GET
    context: dict[str, Any] = {
        "since": since,
        "until": until,
        "problem": problem,
        "further": further,
        "days": days,
        "meanings": _meanings(book, since, until) if counted else [],
        "count_url": f"{changes_url(since, until)}&count=1#meaning" if days and not counted else "",
        "sample": _SAMPLE,
        "command": parts.Code(
            text=f"yesword rules diff --from {since.isoformat()} --to {until.isoformat()} --data DIR",
            label=_("To ask about all of them, from the terminal"),
        ),
        "empty": parts.Empty(
            icon="law",
            title=_("Nothing changes"),
            text=_("By what these packs know, the same rules are in force on both days."),
        ),
        "crumbs": [(_("Law"), reverse("console:law"))],
    }
    return render(request, "console/law_changes.html", context)


def _meanings(book: RuleBook, since: date, until: date) -> list[tuple[str, Meaning]]:
    """Some messages and grants, asked about under the law of either day. Nothing is stored."""
    here, at = store(), datetime.now(UTC)
    comparison = repercussions.Comparison(LawOf(book, since), LawOf(book, until))
    return [
        (_("Queued messages"), _meaning(repercussions.on_queue(here, comparison, at, sample=_SAMPLE))),
        (_("Consent that holds"), _meaning(repercussions.on_grants(here, comparison, at, sample=_SAMPLE))),
    ]


def _meaning(tally: repercussions.Tally) -> Meaning:
    return Meaning(
        asked=tally.asked,
        changed=tally.changed,
        is_all=tally.asked < _SAMPLE,
        turns=[
            (turn.was.value, turn.becomes.value, turn.rule, rule_url(turn.rule), count)
            for turn, count in tally.turns.most_common()
        ],
    )


def changes_url(since: date, until: date) -> str:
    return (
        f"{reverse('console:law-changes')}?{urlencode({'from': since.isoformat(), 'to': until.isoformat()})}"
    )


def grouped(book: RuleBook, changes: Iterable[Difference]) -> list[tuple[str, list[ChangeLine]]]:
    """By the day on which it is so."""
    days: dict[date, list[ChangeLine]] = {}
    for each in changes:
        days.setdefault(each.on, []).append(_change(book, each))
    return [(plain_day(day), lines) for day, lines in days.items()]


def _change(book: RuleBook, change: Difference) -> ChangeLine:
    rule = change.rule
    state, word = {
        Change.COMES: ("in_force", _("Comes into force")),
        Change.UNSTAYED: ("in_force", _("Comes into force: its stay is over")),
        Change.ENDS: ("ended", _("Ends")),
        Change.REPLACED: ("ended", _("Ends, and another follows it")),
        Change.GIVES_WAY: ("noted", _("Gives way")),
        Change.RETURNS: ("in_force", _("Speaks again")),
    }[change.change]
    return ChangeLine(
        state=state,
        word=word,
        pack=named(rule.pack_name),
        topic=topic(rule.parameter),
        asks=" ".join(asks(rule.parameter)),
        citation=rule.citation,
        rule=rule.id,
        url=f"{pack_url(rule.pack)}?on={change.on.isoformat()}#{rule.id}",
        others=[(each, rule_url(each)) for each in change.others],
        lineage=book.pack(change.lineage).name if change.lineage else "",
        is_quoted=is_quoted(rule),
    )
