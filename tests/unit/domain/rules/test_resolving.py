"""Which rules speak to a text: by place, day, lineage, and by what `when` asks."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from factories.books import EXLAND, HOUSE, NOBODYS_BRAND, book, exland, law, rule
from factories.questions import NOON, place
from yesword.domain.facts import BrandFacts
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import RecipientKind, SenderTrait
from yesword.domain.places import PlaceEvidence
from yesword.domain.rules import Asked, RuleBook, resolve
from yesword.domain.rules.loader import read_pack

HOURS = {"classes": ["promotional"], "every_day": ["09:00-18:00"]}
NORTH_PLACE = place("XX", "Etc/UTC", "XX-N")


def asked(*places, **changes) -> Asked:
    usual = Asked(
        places=places or (EXLAND,),
        number_country=places[0].country if places else "XX",
        brand=NOBODYS_BRAND,
        message_class=MessageClass.PROMOTIONAL,
        kind=MessageKind.CAMPAIGN,
        route="short_code",
    )
    return usual._replace(**changes)


def speaking(packs: RuleBook, *places, at: datetime = NOON, **changes) -> list[str]:
    return [each.id for each in resolve(packs, asked(*places, **changes), at).concerned]


def hours_in(packs: RuleBook, at_place, at: datetime = NOON, **changes) -> list[str]:
    (here,) = resolve(packs, asked(at_place, **changes), at).places
    return [each.id for each, _ in here.hours]


def parent(**changes) -> str:
    return law(rule(hours=HOURS, severity="hold", **changes))


def child(**changes) -> str:
    reach = {"pack": "xx-n", "name": "North", "parent": "xx", "region": "XX-N"}
    return law(rule(hours=HOURS, severity="hold", **changes), **reach)


# --- within a lineage -----------------------------------------------------------------------------------------


def test_a_child_holds_beside_its_parent_or_stands_for_it():
    beside = book(parent(), child(merge="strictest"))
    assert hours_in(beside, NORTH_PLACE) == ["xx-n.hours", "xx.hours"]
    assert hours_in(book(parent(may_relax=True), child()), NORTH_PLACE) == ["xx-n.hours"]


def test_a_child_stands_for_its_parent_only_on_the_same_matter():
    cap = {"classes": ["promotional"], "count": 1, "seconds": 3600, "key": "brand"}
    by_day = rule(cap={**cap, "seconds": 86400}, severity="hold")
    reach = {"pack": "xx-n", "parent": "xx", "region": "XX-N"}
    packs = book(law(rule(cap=cap, severity="hold", may_relax=True)), law(by_day, **reach))
    assert speaking(packs, NORTH_PLACE) == ["xx-n.cap", "xx.cap"]


def test_a_child_from_elsewhere_does_not_replace_what_may_not_be_relaxed_either():
    read = book(parent(may_relax=True), child()).pack("xx-n")
    assert hours_in(RuleBook([read_pack(parent(), "xx.toml"), read]), NORTH_PLACE) == [
        "xx-n.hours",
        "xx.hours",
    ]


@pytest.mark.parametrize("confidence", ["known", "unverified"])
def test_what_was_not_found_never_takes_the_place_of_what_was(confidence):
    packs = book(parent(may_relax=True), child(confidence=confidence))
    assert hours_in(packs, NORTH_PLACE) == ["xx-n.hours", "xx.hours"]


def test_a_child_that_only_warns_takes_no_place():
    reach = {"pack": "xx-n", "parent": "xx", "region": "XX-N"}
    warns = law(rule(hours=HOURS, severity="warn"), **reach)
    assert hours_in(book(parent(may_relax=True), warns), NORTH_PLACE) == ["xx-n.hours", "xx.hours"]


def test_a_child_that_is_not_in_force_yet_takes_no_place():
    packs = book(parent(may_relax=True), child(effective_from=datetime(2027, 1, 1, tzinfo=UTC).date()))
    assert hours_in(packs, NORTH_PLACE) == ["xx.hours"]
    assert hours_in(packs, NORTH_PLACE, datetime(2027, 1, 1, tzinfo=UTC)) == ["xx-n.hours"]


# --- days and statuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "holds"),
    [("in_force", True), ("contested", True), ("stayed", False), ("proposed", False), ("vacated", False)],
)
def test_only_a_rule_in_force_or_contested_holds(status, holds):
    assert hours_in(book(parent(status=status)), EXLAND) == (["xx.hours"] if holds else [])


def on(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def test_a_rule_holds_from_its_first_day_up_to_its_last():
    packs = book(parent(effective_from=on(2026, 12, 1).date(), effective_to=on(2027, 1, 1).date()))
    days = [on(2026, 11, 30), on(2026, 12, 1), on(2026, 12, 31), on(2027, 1, 1)]
    assert [hours_in(packs, EXLAND, day) for day in days] == [[], ["xx.hours"], ["xx.hours"], []]
    assert resolve(packs, asked(), NOON).until == on(2026, 12, 1)


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        pytest.param({}, on(2027, 1, 31), id="from the end of the stay"),
        pytest.param({"effective_from": on(2026, 1, 1).date()}, on(2027, 1, 31), id="effective before it"),
        pytest.param({"effective_from": on(2027, 3, 1).date()}, on(2027, 3, 1), id="effective only later"),
    ],
)
def test_a_stayed_rule_holds_from_the_day_on_which_the_stay_ends(changes, first):
    packs = book(parent(status="stayed", stayed_until=on(2027, 1, 31).date(), **changes))
    assert hours_in(packs, EXLAND, first.replace(day=1, month=1)) == []
    assert hours_in(packs, EXLAND, first) == ["xx.hours"]
    the_day_before = datetime.fromtimestamp(first.timestamp() - 86400, UTC)
    assert hours_in(packs, EXLAND, the_day_before) == []


def test_a_stay_without_an_end_has_none():
    assert hours_in(book(parent(status="stayed")), EXLAND, on(2100, 1, 1)) == []


# --- places ---------------------------------------------------------------------------------------------------


def test_somebody_somewhere_in_a_country_is_held_to_the_rules_of_all_its_regions():
    packs = book(parent(), child(merge="strictest"))
    assert hours_in(packs, EXLAND) == ["xx-n.hours", "xx.hours"]
    assert hours_in(packs, place("XX", "Etc/UTC", "XX-W")) == ["xx.hours"]


def test_every_place_is_held_to_its_own_hours():
    other = law(rule(hours=HOURS, severity="hold"), pack="yy", countries=["YY"])
    found = resolve(book(parent(), other), asked(EXLAND, place("YY", "Etc/UTC")), NOON)
    assert [[each.id for each, _ in here.hours] for here in found.places] == [["xx.hours"], ["yy.hours"]]
    assert {each.id for each in found.concerned} == {"xx.hours", "yy.hours"}


def test_somebody_somewhere_in_a_country_may_be_where_no_region_relaxes_its_law():
    packs = book(parent(may_relax=True), child())
    assert set(hours_in(packs, EXLAND)) == {"xx-n.hours", "xx.hours"}


SILENT = law(
    rule(hours=HOURS, severity="hold", layer="house", where_silent=True, id="house.hours"),
    pack="house",
    everywhere=True,
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, ["xx.hours"], id="a verified law speaks"),
        pytest.param({"confidence": "known"}, ["xx.hours", "house.hours"], id="a law that is only known"),
        pytest.param({"severity": "warn"}, ["xx.hours", "house.hours"], id="a law that only warns"),
        pytest.param({"status": "stayed"}, ["house.hours"], id="a law that is stayed"),
        pytest.param(
            {"hours": {**HOURS, "classes": ["informational"]}}, ["house.hours"], id="a law about other texts"
        ),
        pytest.param({"when": {"routes": ["long_code"]}}, ["house.hours"], id="a law about other senders"),
    ],
)  # fmt: skip
def test_the_house_speaks_about_hours_only_where_no_verified_law_does(changes, expected):
    packs = book(SILENT, law(rule(**{"hours": HOURS, "severity": "hold", **changes})))
    assert hours_in(packs, EXLAND) == expected


# --- whose packs are asked ------------------------------------------------------------------------------------

MIXED = {"conversation": {"reply_within_s": 60}}


@pytest.mark.parametrize(
    ("reach", "changes", "speaks"),
    [
        pytest.param({"everywhere": True}, {}, True, id="everywhere"),
        pytest.param({"countries": ["ZZ"]}, {}, True, id="the sender's own country"),
        pytest.param({"countries": ["YY"]}, {}, False, id="somebody else's country"),
        pytest.param({"countries": ["YY"]}, {"number_country": "YY"}, True, id="the number's country"),
        pytest.param({"number_countries": ["XX"]}, {}, True, id="numbers of the country"),
        pytest.param({"number_countries": ["XX"]}, {"number_country": "YY"}, False, id="numbers of another"),
        pytest.param({"providers": ["acme"]}, {"provider": "acme"}, True, id="the sender's provider"),
        pytest.param({"providers": ["acme"]}, {"provider": "other"}, False, id="another provider"),
        pytest.param({"providers": ["acme"]}, {}, False, id="no provider is known"),
    ],
)
def test_a_pack_speaks_to_whom_it_reaches(reach, changes, speaks):
    packs = book(law(rule(**MIXED), pack="aa", **reach))
    assert speaking(packs, **changes) == (["aa.conversation"] if speaks else [])


@pytest.mark.parametrize(
    ("region", "country", "speaks"),
    [
        pytest.param("XX-N", "XX", True, id="sent from the region"),
        pytest.param("XX-S", "XX", False, id="sent from another"),
        pytest.param(None, "XX", False, id="nobody says from where"),
        pytest.param("XX-N", "ZZ", False, id="to people abroad"),
    ],
)
def test_a_regions_law_may_reach_texts_that_are_sent_from_it(region, country, speaks):
    packs = book(law(rule(**MIXED), pack="xx-n", region="XX-N", senders=True))
    brand = BrandFacts(country="XX", region=region)
    person = place(country, "Etc/UTC", f"{country}-W")
    assert speaking(packs, person, brand=brand) == (["xx-n.conversation"] if speaks else [])


def test_the_law_closest_to_the_person_comes_first_and_the_house_last():
    reach = {"pack": "xx-n", "parent": "xx", "region": "XX-N"}
    packs = book(
        HOUSE,
        law(rule(**MIXED)),
        law(rule(**MIXED, merge="strictest"), **reach),
        law(rule(**MIXED, layer="code"), pack="code", everywhere=True),
    )
    order = ["xx-n.conversation", "xx.conversation", "code.conversation", "house.conversation"]
    assert [each for each in speaking(packs, NORTH_PLACE) if each.endswith("conversation")] == order


def test_a_rule_is_asked_once_however_many_places_it_holds_in():
    packs = book(law(rule(**MIXED)))
    two = (place("XX", "Etc/UTC", "XX-A"), place("XX", "Etc/GMT+1", "XX-B"))
    assert speaking(packs, *two) == ["xx.conversation"]


def test_a_rule_on_record_concerns_no_text():
    packs = book(law(rule(information={"topic": "scope", "summary": "Nothing."}, severity="record")))
    found = resolve(packs, asked(), NOON)
    assert (found.concerned, found.packs) == ((), ("xx",))


# --- when -----------------------------------------------------------------------------------------------------

ADDRESS, AREA_CODE = PlaceEvidence.STATED_ADDRESS, PlaceEvidence.AREA_CODE


@pytest.mark.parametrize(
    ("when", "changes", "speaks"),
    [
        pytest.param({}, {}, True, id="nothing is asked"),
        pytest.param({"recipients": ["company"]}, {"recipient": RecipientKind.COMPANY}, True, id="a company"),
        pytest.param({"recipients": ["company"]}, {}, False, id="not a company"),
        pytest.param({"recipients": ["company", "person"]}, {}, True, id="one of two recipients"),
        pytest.param(
            {"senders": ["charity"]},
            {"brand": replace(NOBODYS_BRAND, traits=(SenderTrait.CHARITY, SenderTrait.BANK))},
            True,
            id="one trait of several",
        ),
        pytest.param({"senders": ["charity"]}, {}, False, id="a sender without the trait"),
        pytest.param(
            {"unless_senders": ["charity"]},
            {"brand": replace(NOBODYS_BRAND, traits=(SenderTrait.CHARITY,))},
            False,
            id="a sender who is exempt",
        ),
        pytest.param({"unless_senders": ["charity"]}, {}, True, id="a sender who is not exempt"),
        pytest.param({"routes": ["short_code"]}, {}, True, id="a short code"),
        pytest.param({"routes": ["long_code", "toll_free"]}, {}, False, id="another route"),
        pytest.param({"routes": ["short_code"]}, {"route": None}, False, id="nobody says by what route"),
        pytest.param({"channels": ["sms"]}, {}, True, id="by sms"),
        pytest.param({"channels": ["mms", "rcs"]}, {}, False, id="by other channels"),
        pytest.param({"providers": ["acme"]}, {"provider": "acme"}, True, id="a provider"),
        pytest.param({"providers": ["acme"]}, {"provider": "other"}, False, id="another provider"),
        pytest.param({"categories": ["shoes", "bags"]}, {"categories": ("bags", "hats")}, True, id="a category"),
        pytest.param({"categories": ["shoes"]}, {"categories": ("bags",)}, False, id="another category"),
        pytest.param({"categories": ["shoes"]}, {}, False, id="no category is known"),
        pytest.param({"occasions": ["cart"]}, {"occasion": "cart"}, True, id="an occasion"),
        pytest.param({"occasions": ["cart"]}, {"occasion": "fraud"}, False, id="another occasion"),
        pytest.param({"presumption": "conclusive"}, {}, True, id="a presumption is only on record"),
        pytest.param({"unless_relation": ["sale"]}, {}, True, id="the person's record is not asked here"),
        pytest.param({"routes": ["short_code"], "occasions": ["cart"]}, {}, False, id="one of two is not met"),
        pytest.param(
            {"routes": ["short_code"], "occasions": ["cart"]}, {"occasion": "cart"}, True, id="both are met"
        ),
    ],
)  # fmt: skip
def test_a_rule_speaks_when_all_that_it_asks_is_met(when, changes, speaks):
    packs = book(law(rule(**MIXED, when=when)))
    assert speaking(packs, **changes) == (["xx.conversation"] if speaks else [])


@pytest.mark.parametrize(
    ("evidence", "grounds", "speaks"),
    [
        pytest.param(ADDRESS, (), True, id="who lives there"),
        pytest.param(AREA_CODE, (), False, id="who has a number of there"),
        pytest.param(AREA_CODE, (ADDRESS, AREA_CODE), True, id="who does both"),
        pytest.param(PlaceEvidence.NETWORK, (), False, id="who is there now"),
    ],
)
def test_a_law_for_residents_asks_for_evidence_of_residence(evidence, grounds, speaks):
    packs = book(law(rule(**MIXED, when={"evidence": ["residence"]})))
    here = replace(EXLAND, evidence=evidence, grounds=grounds)
    abroad = asked(here, number_country="YY")
    found = [each.id for each in resolve(packs, abroad, NOON).concerned]
    assert found == (["xx.conversation"] if speaks else [])


def test_evidence_for_one_place_is_none_for_another():
    hours = rule(hours=HOURS, severity="hold", when={"evidence": ["residence"]})
    packs = book(law(hours), law({**hours, "id": "yy.hours"}, pack="yy", countries=["YY"]))
    lives = replace(EXLAND, evidence=ADDRESS)
    called = replace(EXLAND, country="YY", evidence=AREA_CODE)
    here, there = resolve(packs, asked(lives, called, number_country="ZZ"), NOON).places
    assert [each.id for each, _ in here.hours] == ["xx.hours"]
    assert there.hours == ()


# --- the exception for customers ------------------------------------------------------------------------------

SOFT = {"classes": ["promotional"], "origins": ["sale"]}


def test_each_lineage_tells_its_own_exceptions_for_customers():
    packs = book(
        law(rule(soft_opt_in=SOFT), rule(soft_opt_in=SOFT, id="xx.other")),
        law(rule(soft_opt_in=SOFT, confidence="known"), pack="un", countries=["XX"]),
        law(rule(soft_opt_in=SOFT), pack="zz", countries=["ZZ"]),
    )
    lines = resolve(packs, asked(), NOON).lines
    # The one that is only known decides nothing, and so has no say.
    assert sorted([each.id for each, _ in line.soft_opt_ins] for line in lines) == [
        ["xx.soft_opt_in", "xx.other"],
        ["zz.soft_opt_in"],
    ]


def test_a_place_that_no_pack_knows_is_a_line_without_an_exception():
    (line,) = resolve(exland(rule(soft_opt_in=SOFT)), asked(place("YY", "Etc/UTC")), NOON).lines
    assert (line.soft_opt_ins, line.rules) == ((), frozenset())
