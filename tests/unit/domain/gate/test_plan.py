"""Plans and what they remember: nobody's answer may depend on who was asked before."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from factories.books import EXLAND, NOBODYS_BRAND, ask, book, exland, law, rule
from factories.questions import NOON, grant, granted, place, question, requested, sent, service
from yesword.domain.decisions import Verdict
from yesword.domain.events import Basis, Scope
from yesword.domain.gate import decide
from yesword.domain.gate.plan import plan_for
from yesword.domain.messages import MessageKind
from yesword.domain.parties import SenderTrait
from yesword.domain.rules import RuleBook

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = NOON + 12 * HOUR
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
PROMOTIONAL = {"classes": ["promotional"]}
DAYTIME = {**PROMOTIONAL, "every_day": ["08:00-20:00"]}
TOMORROW = date(2026, 11, 24)


def fresh(packs: RuleBook) -> RuleBook:
    """The same book, which nobody has asked anything yet."""
    return RuleBook(packs.packs)


def facts(**changes):
    return question(**{"places": (EXLAND,), "brand": NOBODYS_BRAND, **changes})


def after(packs: RuleBook, first, second, at=NIGHT, first_at=None):
    """The second answer of a book that has answered the first, beside that of one that has not."""
    used = fresh(packs)
    decide(first, used, first_at or at)
    return decide(second, used, at).to_bytes(), decide(second, fresh(packs), at).to_bytes()


def test_one_sort_of_text_is_planned_once():
    packs = fresh(exland(rule(hours=DAYTIME, severity="hold")))
    one, other = facts(), facts(state=granted(grant(basis=Basis.EXPRESS)), contact={"requests_before": 3})
    assert plan_for(one, packs, NOON) is plan_for(other, packs, NIGHT)
    elsewhere = facts(places=(place("XX", "Asia/Tokyo"),))
    assert plan_for(one, packs, NOON) is not plan_for(elsewhere, packs, NOON)


def test_each_stretch_of_days_has_its_own_plan():
    packs = fresh(exland(rule(hours=DAYTIME, severity="hold", effective_from=TOMORROW)))
    today, tomorrow = plan_for(facts(), packs, NIGHT), plan_for(facts(), packs, MIDNIGHT)
    assert (len(today.openings), len(tomorrow.openings)) == (0, 1)
    assert plan_for(facts(), packs, NIGHT) is today


CAP = {**PROMOTIONAL, "count": 1, "seconds": 86400, "key": "brand"}
TEXTED = facts(contact={"recent": (sent(NIGHT - HOUR),)})
AT_NIGHT = rule(hours=DAYTIME, severity="hold")


def test_a_cap_from_tomorrow_on_holds_whoever_was_asked_about_before():
    packs = exland(AT_NIGHT, rule(cap=CAP, severity="hold", effective_from=TOMORROW))
    for first, second in ((facts(), TEXTED), (TEXTED, facts())):
        used, unused = after(packs, first, second)
        assert used == unused


def test_hours_that_consent_lifts_from_tomorrow_on_are_lifted_for_nobody_else():
    lifted = rule(
        hours={**PROMOTIONAL, "every_day": ["12:00-20:00"], "unlocked_by": ["any_hour"]},
        severity="hold",
        effective_from=TOMORROW,
        id="xx.new",
    )
    packs = exland(AT_NIGHT, lifted)
    any_hour = facts(state=granted(grant(scope=Scope(program=grant().scope.program, at_any_hour=True))))
    for first, second in ((any_hour, facts()), (facts(), any_hour)):
        used, unused = after(packs, first, second)
        assert used == unused


def test_a_fresh_answer_and_another_request_are_told_apart_from_tomorrow_on_too():
    packs = exland(
        rule(hours={"classes": ["service"], "every_day": ["08:00-20:00"]}, severity="hold", id="xx.service"),
        rule(hours={**PROMOTIONAL, "every_day": ["12:00-20:00"]}, severity="hold"),
        rule(asking_by_text={"is_promotional": True}, effective_from=TOMORROW),
        rule(conversation={"reply_within_s": 86400}),
    )
    keyword, form = (
        facts(
            asked=service(MessageKind.CONSENT_REQUEST),
            state=requested(NIGHT, lapses_at=NIGHT + 2 * DAY, from_handset=from_handset),
        )
        for from_handset in (True, False)
    )
    for first, second in ((keyword, form), (form, keyword)):
        used, unused = after(packs, first, second)
        assert used == unused


@pytest.mark.parametrize(
    "first_at", [NIGHT - DAY, NIGHT - HOUR, NIGHT + HOUR, NIGHT + 10 * HOUR, NIGHT + 30 * DAY]
)
@pytest.mark.parametrize("at", [NIGHT, NOON, NIGHT + 9 * HOUR, NIGHT + timedelta(seconds=30)])
def test_a_moment_that_was_asked_about_before_changes_no_other(first_at, at):
    packs = exland(
        AT_NIGHT, rule(hours={**DAYTIME, "sun": [], "calendar": "us-federal"}, id="xx.b", severity="hold")
    )
    used, unused = after(packs, facts(), facts(), at, first_at)
    assert used == unused


def test_two_moments_of_one_minute_are_told_with_their_own_seconds():
    packs = exland(AT_NIGHT)
    used, unused = after(packs, facts(), facts(), NIGHT + timedelta(seconds=59), NIGHT)
    assert used == unused


def test_brands_of_one_country_are_told_apart():
    packs = book(
        law(rule(label={**PROMOTIONAL, "literal": "AD", "position": "first"}, when={"senders": ["charity"]}))
    )
    charity = replace(NOBODYS_BRAND, traits=(SenderTrait.CHARITY,))
    assert ask(packs).verdict is Verdict.SEND
    assert ask(packs, brand=charity).verdict is Verdict.REFUSE


def test_when_too_many_plans_are_kept_they_are_made_anew(monkeypatch):
    monkeypatch.setattr("yesword.domain.gate.plan._MOST_PLANS", 3)
    packs = fresh(exland(AT_NIGHT))
    zones = ["Etc/UTC", "Asia/Tokyo", "Europe/Paris", "America/New_York", "Asia/Kolkata"]
    for zone in zones * 2:
        asked = facts(places=(place("XX", zone),))
        assert decide(asked, packs, NIGHT) == decide(asked, fresh(packs), NIGHT)
    assert len(packs.plans) <= 3
