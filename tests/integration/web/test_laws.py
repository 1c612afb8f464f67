"""Law and hours in the console: packs with their rules in words, what changes when, and the hours of one person."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.utils import translation

from factories.consoles import signed_in
from factories.pages import read
from factories.worlds import world
from yesword.domain.facts import BrandFacts, Cause, Proclamation
from yesword.domain.gate.case import Case
from yesword.domain.gate.waits import waiting
from yesword.domain.ids import ContactId, to_text
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.phone import parse
from yesword.domain.places import places_for
from yesword.domain.question import Supposed, supposing
from yesword.domain.rules import RuleBook
from yesword.reporting import messages as reporting
from yesword.reporting.messages import Filter
from yesword.store import proclamations
from yesword.store.models import User
from yesword.web import legal, legal_terms
from yesword.web.bands import Door, bands, hours_of, hours_only, stretch_at, ticks, window

BOOK = RuleBook.load()
DUTCH, FLORIDIAN, TOLL_FREE = "+31612345601", "+18505550123", "+18005550123"  # 850 has two time zones
SPRING_IN_AMERICA = date(2027, 3, 13)  # the next day has 23 hours
AUTUMN_IN_AMERICA = date(2026, 10, 31)  # the next day has 25
A_MONDAY = "2040-01-09"  # long to come: of today, hours are told from now on


@pytest.fixture(autouse=True)
def in_english():
    """What is told here is told without a request, which would choose the language."""
    with translation.override("en"):
        yield


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def console(here):
    return signed_in(User.Role.VIEWER)


def words(answer):
    plain = unescape(" ".join(re.sub(r"<[^>]+>", " ", read(answer)).split()))
    return re.sub(r" (?=[.,])", "", plain)


def address(contact, tail=""):
    return f"/people/{to_text('con', contact)}{tail}"


def known(here, number, **person):
    (contact,) = here.strangers([number], **person)
    return contact


def promotion_to(number, at):
    parsed = parse(number, country=None)
    return supposing(
        Supposed.EXPRESS,
        kind=MessageKind.CAMPAIGN,
        message_class=MessageClass.PROMOTIONAL,
        country=parsed.country,
        may_text=True,
        places=places_for(parsed),
        brand=BrandFacts(country="NL"),
        at=at,
    )


# --- rules in words ------------------------------------------------------------------------------------------


def test_every_fixed_word_of_the_packs_has_its_words():
    assert legal_terms.wordless() == []


def test_every_parameter_that_a_pack_may_set_has_a_subject():
    from yesword.domain.rules.model import PARAMETERS

    assert set(legal.TOPICS) == set(PARAMETERS)


@pytest.mark.parametrize("pack", BOOK.packs, ids=lambda pack: pack.id)
def test_every_rule_is_told_in_whole_sentences(pack):
    for rule in pack.rules:
        said = legal.asks(rule.parameter)
        assert said, rule.id
        for sentence in said:
            assert sentence[-1] in ".!?)", f"{rule.id}: {sentence}"
            assert not re.search(r"\(\)|: \.$|, ,", sentence), f"{rule.id}: {sentence}"


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("us-fl.ftsa.tm", "Texts may go: every day 08:00–20:00."),
        ("us-ms.tm", "Texts may go: Mon–Sat 08:00–20:00, Sun closed."),
        ("us-fl.ftsa.fq", "At most 3 texts in 24 hours, on one subject."),
        ("us-fl.ftsa.cs", "Asks for at least express written consent, with evidence of grade D or better."),
        ("fr.un", "Each text says how to stop."),
        ("kr.id.label", "The text begins with “(광고)”."),
        ("de.stale", "Consent holds for 4 years, counted from the last text."),
        (
            "au.spam.rv",
            "A stop has to be honoured within 5 business days; Yesword honours it at once.",
        ),
    ],
)
def test_a_rule_says_what_it_asks(rule, sentence):
    assert sentence in legal.asks(BOOK.rule(rule).parameter)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (1, "1 day"),
        (365, "365 days"),
        (548, "548 days"),
        (730, "2 years"),
        (731, "2 years"),
        (1826, "5 years"),
    ],
)
def test_spans_of_whole_years_are_told_in_years(days, told):
    assert legal.days(days) == told


# --- the pages -----------------------------------------------------------------------------------------------


def test_the_list_holds_every_pack_beneath_the_one_that_it_inherits_from(console):
    html = read(console.get("/law"))
    for pack in BOOK.packs:
        assert f'href="/law/{pack.id}"' in html
    assert html.index('href="/law/us"') < html.index('href="/law/us-fl"') < html.index("US carriers")
    assert "no legal advice" in html


@pytest.mark.parametrize("pack", ["us", "us-fl", "eu", "de", "house", "industry-ctia", "provider-twilio"])
def test_a_pack_shows_every_rule_under_an_anchor_of_its_own(console, pack):
    html = unescape(read(console.get(f"/law/{pack}")))
    for rule in BOOK.pack(pack).rules:
        assert html.count(f'id="{rule.id}"') == 1
        assert rule.citation in html


def test_a_pack_that_is_not_there_is_not_found(console):
    assert console.get("/law/atlantis").status_code == 404


def test_a_place_leaves_only_what_speaks_to_people_there(console):
    html = read(console.get("/law?place=US-FL"))
    for spoken in ("us", "us-fl", "industry-ctia", "house"):
        assert f'href="/law/{spoken}"' in html
    for silent in ("us-ok", "nl", "provider-twilio"):
        assert f'href="/law/{silent}"' not in html


def test_a_stayed_rule_says_until_when_and_decides_from_then_on(console):
    before, after = (read(console.get(f"/law/us?on=2027-01-{day}")) for day in (30, 31))
    assert "Stayed until 31 January 2027" in before
    assert "Stayed until" not in after
    card = 'id="us.tcpa.rv.scope"'
    assert before.index('id="section-rests"') < before.index(card)
    assert after.index('id="section-decides"') < after.index(card) < after.index('id="section-noted"')


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("501.616", "Florida: Hours"),
        ("tcpa.tm", "United States: Hours"),
        ("robinson spain", "Spain: Registries"),
        ("zebra crossing", "No rule like that"),
    ],
)
def test_the_search_looks_into_citations_ids_and_sentences(console, asked, found):
    assert found in words(console.get("/law", {"q": asked}))


@pytest.mark.parametrize(
    "asked",
    ["/law?on=soon", "/law/us?on=2027-13-01", "/law/changes?from=x", "/law/changes?to=9999-01-01"],
)
def test_what_is_no_day_is_said_and_breaks_nothing(console, asked):
    assert re.search("That is no day|No law is known for then", words(console.get(asked)))


def test_the_changes_between_two_days_name_the_rule_and_the_day(console):
    said = words(console.get("/law/changes?from=2026-11-22&to=2027-02-01"))
    assert "31 January 2027 United States: How far a stop reaches" in said
    assert "Comes into force: its stay is over" in said
    assert "Nothing changes" in words(console.get("/law/changes?from=2027-02-01&to=2027-02-02"))
    assert "has to be after the first" in words(console.get("/law/changes?from=2027-02-01&to=2026-02-01"))


def test_what_a_change_would_mean_is_counted_on_request_only(here, console):
    here.members(3)
    plain = console.get("/law/changes?from=2026-11-22&to=2027-02-01")
    assert "would be answered otherwise" not in words(plain)
    said = words(console.get("/law/changes?from=2026-11-22&to=2027-02-01&count=1"))
    assert "Queued messages 0 of 0 would be answered otherwise." in said
    assert "Consent that holds 0 of 3 would be answered otherwise." in said


def test_the_world_says_for_each_country_whether_promotion_may_go(console):
    html = read(console.get("/law"))
    countries = [pack for pack in BOOK.packs if len(pack.reach.countries) == 1]
    assert f"of {len(countries)} countries" in html
    assert html.count("door-now") == len(countries) + sum(
        pack.reach.region is not None for pack in BOOK.packs
    )
    assert "door-now" not in read(console.get(f"/law?on={A_MONDAY}")), "now is now, whatever day is looked at"


# --- hours ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first",
    [date(2027, 1, 11), SPRING_IN_AMERICA, AUTUMN_IN_AMERICA, date(2026, 12, 24)],
    ids=["winter days", "a day of 23 hours", "a day of 25 hours", "holidays"],
)
@pytest.mark.parametrize("number", [DUTCH, FLORIDIAN, TOLL_FREE, "+33612345678", "+61412345678"])
def test_what_is_drawn_as_open_is_what_the_gate_lets_go(number, first):
    facts = promotion_to(number, datetime(2026, 10, 1, tzinfo=UTC))
    zone = facts.contact.places[0].zone
    since, until = window(first, 2, zone)
    found = bands(facts, BOOK, since, until)
    assert found.everywhere[0].since == since
    assert found.everywhere[-1].until == until
    at = since
    while at < until:
        wait = waiting(Case(hours_only(facts), BOOK, at))
        is_open = wait is None or wait.until == at
        stretch = stretch_at(found.everywhere, at)
        assert (stretch.door is Door.OPEN) == is_open, at
        at += timedelta(minutes=15)


def test_open_in_some_places_only_is_neither_open_nor_shut():
    facts = promotion_to(FLORIDIAN, datetime(2026, 10, 1, tzinfo=UTC))
    since, until = window(date(2027, 1, 11), 1, "America/New_York")
    found = bands(facts, BOOK, since, until)
    doors = [each.door for each in found.everywhere]
    assert doors == [Door.SHUT, Door.PARTLY, Door.OPEN, Door.PARTLY, Door.SHUT]
    assert found.everywhere[2].since == datetime(2027, 1, 11, 14, tzinfo=UTC), "08:00 in Chicago"


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2027, 3, 14), 23), (date(2026, 11, 1), 25), (date(2027, 3, 13), 24)]
)
def test_a_day_is_as_long_as_its_clocks_make_it(day, hours):
    assert hours_of(day, "America/New_York") == hours
    assert len(ticks(day, 1, "America/New_York", 1)) == min(hours, 24), "a skipped hour has no mark"


def test_nobody_knows_where_a_number_of_no_country_is():
    facts = promotion_to("+881612345678", datetime(2026, 10, 1, tzinfo=UTC))
    since, until = window(date(2027, 1, 11), 2, "UTC")
    found = bands(facts, BOOK, since, until)
    assert found.places == ()
    assert [each.door for each in found.everywhere] == [Door.SHUT]


def test_the_hours_of_a_person_name_places_evidence_and_the_earliest_minute(here, console):
    contact = known(here, FLORIDIAN, name="Noah")
    page = console.get(address(contact, f"/hours?on={A_MONDAY}"))
    said = words(page)
    assert "The earliest lawful minute for promotion to Noah is 9 January 2040, 08:00 Chicago time." in said
    assert "Where the brand is, that is 9 January 2040, 15:00 Amsterdam time." in said
    assert "Florida New York time, by the number’s area code" in said
    assert "Florida Chicago time, by the number’s area code" in said
    assert "Everywhere they may be" in said
    assert "Fla. Stat. 501.616" in said
    html = read(page)
    assert 'href="/law/us-fl#us-fl.ftsa.tm"' in html
    assert FLORIDIAN not in html
    assert FLORIDIAN[2:] not in html


def test_the_table_behind_the_chart_has_every_stretch(here, console):
    contact = known(here, DUTCH)
    said = words(console.get(address(contact, f"/hours?on={A_MONDAY}")))
    assert (
        "Netherlands Open 9 January 2040, 08:00 Amsterdam time 9 January 2040, 20:00 Amsterdam time" in said
    )


def test_a_day_on_which_the_clocks_change_says_so(here, console):
    contact = known(here, DUTCH)
    said = words(console.get(address(contact, "/hours?on=2027-03-27")))
    assert "On 28 March 2027 the clocks change in this zone: the day has 23 hours." in said


def test_another_class_keeps_other_hours(here, console):
    contact = known(here, "+33612345678")
    sunday = "/hours?on=2040-01-08"
    promotion = words(console.get(address(contact, f"{sunday}&class=promotional")))
    assert "9 January 2040, 08:30 Paris time" in promotion
    about_orders = words(console.get(address(contact, f"{sunday}&class=transactional")))
    assert "9 January 2040, 08:30 Paris time" not in about_orders


def test_a_declared_emergency_shuts_the_place(here, console):
    contact = known(here, "+12125550123")
    day = datetime(2040, 1, 9, 5, tzinfo=UTC)  # a Monday that is long to come
    proclamations.proclaim(
        Proclamation(
            cause=Cause.EMERGENCY,
            country="US",
            region="US-NY",
            starts_at=day,
            ends_at=day + timedelta(days=2),
            name="Snow",
        ),
        "a test",
        datetime.now(UTC),
    )
    said = words(console.get(address(contact, "/hours?on=2040-01-09")))
    assert "The earliest lawful minute for promotion to this person is 11 January 2040, 08:00" in said
    assert "New York Open" not in said


@pytest.mark.parametrize("reference", ["con_zzzz", "msg_1", "nonsense"])
def test_hours_of_nobody_are_not_found(here, console, reference):
    assert console.get(f"/people/{reference}/hours").status_code == 404
    assert console.get(f"/people/{to_text('con', ContactId(5))}/hours").status_code == 404


def test_the_page_of_a_person_has_the_hours_too(here, console):
    contact = known(here, DUTCH, name="Anna")
    page = console.get(address(contact))
    assert f'href="{address(contact, "/hours")}"' in read(page)
    assert re.search("The hours let promotion go to Anna now|The earliest lawful minute", words(page))


# --- why -----------------------------------------------------------------------------------------------------


def test_a_refusal_shows_question_rule_fact_and_remedy_and_leads_to_the_card(here, console):
    here.strangers([DUTCH], name="Bruno")
    here.campaign()
    here.settle()
    (line,) = reporting.message_page(here.store, Filter())
    page = console.get(f"/messages/{to_text('msg', line.id)}")
    said = words(page)
    asked, rules, decided, change = (
        said.index(each)
        for each in ("Asked May this text", "Rules that speak", "Decided", "What would change it")
    )
    assert asked < rules < decided < change
    assert "Where they may be Netherlands (Amsterdam time, the number’s country)" in said
    assert "Fact The record has no consent for them." in said
    assert 'href="/law/nl"' in read(page), "the packs that were asked are links"
    rule = re.search(r'class="rule-link" href="/law/([\w-]+)#([\w.-]+)"', read(page))
    assert rule is not None
    assert f'id="{rule[2]}"' in read(console.get(f"/law/{rule[1]}"))


def test_a_text_that_waits_says_which_rule_decided(here, console):
    contact = known(here, FLORIDIAN, name="Noah")
    here.grant([contact], here.club)
    here.now[0] = datetime(2026, 3, 2, 5, tzinfo=UTC)
    here.campaign()
    here.settle()
    (line,) = reporting.message_page(here.store, Filter())
    page = console.get(f"/messages/{to_text('msg', line.id)}")
    said = words(page)
    assert "This one decided Waits until 08:00 in Florida (Fla. Stat. 501.616)." in said
    assert 'href="/law/us-fl#us-fl.ftsa.tm"' in read(page)
    assert said.count("Wait, or learn from the person where they are.") == 1, "a remedy is told once"


def test_the_verdict_before_a_campaign_leads_to_the_rule(here, console):
    from yesword.sending import verdicts

    known(here, DUTCH)
    campaign = here.campaign(is_started=False)
    with here.store.database.write():
        verdict = verdicts.begin(here.store, campaign, here.at)
    while not verdict.is_done:
        verdicts.advance(here.store, here.scales, verdict)
        verdict.refresh_from_db()
    assert re.search(r'href="/law/[\w-]+#[\w.-]+"><code>', read(console.get(f"/campaigns/{campaign.pk}")))


def test_every_kind_of_message_has_a_word_in_the_list():
    from yesword.web.console.messages import KINDS

    assert set(KINDS) == set(MessageKind)


@pytest.mark.parametrize("page", ["/law", "/law/us", "/law/changes", "hours", "person"])
def test_no_id_stands_twice_and_nothing_is_styled_inline(here, console, page):
    contact = known(here, TOLL_FREE)
    where = {"hours": address(contact, f"/hours?on={A_MONDAY}"), "person": address(contact, "?check=club")}
    html = read(console.get(where.get(page, page)))
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert " style=" not in html
