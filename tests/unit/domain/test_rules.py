from datetime import UTC, date, datetime

import pytest

from factories.golden import Golden, golden_cases
from yesword.domain.gate import decide
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.rules import Asked, PackError, RuleBook
from yesword.domain.rules.loader import read_pack, read_packs, shipped_packs
from yesword.domain.rules.model import Confidence, Layer, Merge, Severity

PACK = """
[pack]
id = "xx"
name = "Exland"
countries = ["XX"]

[pack.defaults]
layer = "statute"
confidence = "found"
verified_on = 2026-11-22
source = "somewhere"
citation = "Act 1"

[[rule]]
id = "xx.tm"
severity = "hold"
[rule.hours]
classes = ["promotional"]
every_day = ["09:00-12:00", "14:00-18:00"]
sun = []
"""
CHILD = PACK.replace('id = "xx"', 'id = "xx-a"\nparent = "xx"').replace('"xx.tm"', '"xx-a.tm"')
CHILD = CHILD.replace('countries = ["XX"]', 'region = "XX-A"').replace("Exland", "A-region")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def asked(*places: tuple[str, str | None], kind: MessageKind = MessageKind.CAMPAIGN) -> Asked:
    return Asked(
        places=frozenset(places),
        number_country=places[0][0],
        brand_country="ZZ",
        message_class=MessageClass.PROMOTIONAL,
        kind=kind,
    )


def hours_in(book: RuleBook, place: tuple[str, str | None], at: datetime = NOW) -> list[str]:
    return [rule.id for rule, _ in book.resolve(asked(place), at).hours_in(place).rules]


# --- what is refused at load ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        pytest.param(
            "every_day", "everyday", 19, "unknown key everyday|not every weekday", id="a misspelt weekday"
        ),
        pytest.param(
            'severity = "hold"',
            'severity = "strong"',
            16,
            "one of block, hold, warn",
            id="a severity that is none",
        ),
        pytest.param('severity = "hold"', "", 15, "has no severity", id="no severity"),
        pytest.param(
            'severity = "hold"',
            'severity = "hold"\nbreezy = 1',
            17,
            "unknown key breezy",
            id="a key nobody knows",
        ),
        pytest.param('"09:00-12:00"', '"9-12"', 19, "window within one day", id="hours without minutes"),
        pytest.param(
            '"14:00-18:00"', '"18:00-14:00"', 19, "window within one day", id="a window that runs backwards"
        ),
        pytest.param('["promotional"]', '["promotion"]', 18, "one of promotional", id="a class that is none"),
        pytest.param("[rule.hours]", "[rule.ours]", 15, "exactly one of", id="a parameter that is none"),
        pytest.param('"xx.tm"', '"yy.tm"', 15, 'starts with "xx."', id="an id of another pack"),
        pytest.param('countries = ["XX"]', "", 3, "reaches nobody", id="a pack that reaches nobody"),
        pytest.param(
            'name = "Exland"',
            'name = "Exland"\nparent = "yy"',
            5,
            "id of another pack",
            id="an unknown parent",
        ),
        pytest.param(
            "verified_on = 2026-11-22", 'verified_on = "lately"', 10, "a date", id="a date in words"
        ),
        pytest.param('id = "xx"', "id = xx", 3, "valid TOML", id="broken TOML"),
    ],
)
def test_a_pack_that_breaks_the_schema_is_refused_with_its_line(old, new, line, message):
    with pytest.raises(PackError, match=message) as refused:
        read_packs({"xx.toml": PACK.replace(old, new, 1)})
    assert refused.value.fields["file"] == "xx.toml"
    assert int(refused.value.fields["line"]) == line


def test_a_rule_stands_once():
    twice = PACK + PACK[PACK.index("[[rule]]") :]
    with pytest.raises(PackError, match="stands twice"):
        read_pack(twice, "xx.toml")


def test_a_child_may_not_replace_what_may_not_be_relaxed():
    with pytest.raises(PackError, match="may not be relaxed"):
        read_packs({"child.toml": CHILD, "xx.toml": PACK})


def test_the_envelope_is_typed():
    rule = read_pack(PACK, "xx.toml").rules[0]
    assert (rule.layer, rule.confidence, rule.severity) == (Layer.STATUTE, Confidence.FOUND, Severity.HOLD)
    assert (rule.verified_on, rule.merge, rule.citation) == (date(2026, 11, 22), Merge.REPLACE, "Act 1")


# --- what a book answers --------------------------------------------------------------------------------------


def test_the_digest_knows_neither_order_nor_comments_but_every_value():
    book = RuleBook(shipped_packs())
    assert RuleBook(reversed(shipped_packs())).digest == book.digest
    plain, commented = RuleBook.read({"a": PACK}), RuleBook.read({"a": "# a comment\n" + PACK})
    assert plain == commented
    assert RuleBook.read({"a": PACK.replace("18:00", "18:30")}) != plain


def test_the_shipped_book_is_read_once():
    assert RuleBook.load() is RuleBook.load()


def test_a_child_holds_beside_its_parent_or_stands_for_it():
    strictest = CHILD.replace('severity = "hold"', 'severity = "hold"\nmerge = "strictest"')
    assert hours_in(RuleBook.read({"x": PACK, "a": strictest}), ("XX", "XX-A")) == ["xx-a.tm", "xx.tm"]
    relaxed = PACK.replace('severity = "hold"', 'severity = "hold"\nmay_relax = true')
    assert hours_in(RuleBook.read({"x": relaxed, "a": CHILD}), ("XX", "XX-A")) == ["xx-a.tm"]


def test_a_child_from_elsewhere_does_not_replace_what_may_not_be_relaxed_either():
    relaxed = PACK.replace('severity = "hold"', 'severity = "hold"\nmay_relax = true')
    child = RuleBook.read({"x": relaxed, "a": CHILD}).pack("xx-a")
    book = RuleBook([read_pack(PACK, "xx.toml"), child])
    assert hours_in(book, ("XX", "XX-A")) == ["xx-a.tm", "xx.tm"]


def test_what_was_not_found_never_takes_the_place_of_what_was():
    unsure = CHILD.replace('confidence = "found"', 'confidence = "known"')
    relaxed = PACK.replace('severity = "hold"', 'severity = "hold"\nmay_relax = true')
    assert set(hours_in(RuleBook.read({"x": relaxed, "a": unsure}), ("XX", "XX-A"))) == {"xx.tm", "xx-a.tm"}


@pytest.mark.parametrize("status", ["stayed", "proposed", "vacated"])
def test_a_rule_that_is_not_in_force_is_not_there(status):
    pack = PACK.replace('severity = "hold"', f'severity = "hold"\nstatus = "{status}"')
    assert hours_in(RuleBook.read({"x": pack}), ("XX", None)) == []


def test_a_rule_holds_from_its_first_day_up_to_its_last():
    dated = 'severity = "hold"\neffective_from = 2026-12-01\neffective_to = 2027-01-01'
    book = RuleBook.read({"x": PACK.replace('severity = "hold"', dated)})
    days = [(2026, 11, 30), (2026, 12, 1), (2026, 12, 31), (2027, 1, 1)]
    found = [hours_in(book, ("XX", None), datetime(*day, tzinfo=UTC)) for day in days]
    assert found == [[], ["xx.tm"], ["xx.tm"], []]
    assert book.resolve(asked(("XX", None)), NOW).until == datetime(2026, 12, 1, tzinfo=UTC)


def test_somebody_somewhere_in_a_country_is_held_to_the_rules_of_all_its_regions():
    assert "us-fl.ftsa.tm" in hours_in(RuleBook.load(), ("US", None))
    assert "us-fl.ftsa.tm" not in hours_in(RuleBook.load(), ("US", "US-TX"))


def test_the_house_speaks_about_hours_only_where_no_verified_law_does():
    book = RuleBook.load()
    assert hours_in(book, ("US", "US-TX")) == ["us.tcpa.tm"]
    assert hours_in(book, ("DE", None)) == ["house.hours"]
    unsure = RuleBook.read({"x": PACK.replace('confidence = "found"', 'confidence = "known"')})
    assert hours_in(book.with_packs(unsure.packs), ("XX", None)) == ["xx.tm", "house.hours"]


def test_a_member_without_a_pack_of_its_own_is_held_to_the_union():
    assert "eu" in RuleBook.load().resolve(asked(("FR", None)), NOW).packs


def test_the_senders_own_law_is_asked_too():
    question = Asked(
        places=frozenset({("SE", None)}),
        number_country="SE",
        brand_country="DK",
        message_class=MessageClass.PROMOTIONAL,
        kind=MessageKind.CAMPAIGN,
    )
    assert {"se", "dk", "eu", "house"} == set(RuleBook.load().resolve(question, NOW).packs)


def test_every_shipped_rule_says_where_it_is_written():
    for pack in RuleBook.load().packs:
        for rule in pack.rules:
            assert rule.citation, rule.id
            assert rule.source, rule.id


# --- golden cases ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", golden_cases(), ids=lambda case: f"{case.pack}: {case.name}")
def test_golden(case: Golden):
    decision = decide(case.facts, RuleBook.load(), case.at)
    found = {reason.rule for reason in (*decision.reasons, *decision.notes)}
    assert (decision.verdict.value, decision.not_before) == (case.verdict, case.not_before)
    if case.verdict == "send" and not case.is_noted:
        assert not found, f"nothing is held against it: {found}"
    else:
        assert case.rule in found


def test_every_golden_case_pins_a_rule_that_exists():
    ids = {rule.id for pack in RuleBook.load().packs for rule in pack.rules}
    assert {case.rule for case in golden_cases()} <= ids


def test_every_enforced_rule_of_a_law_or_code_has_a_golden_case():
    pinned = {case.rule for case in golden_cases()}
    rules = {rule.id for pack in RuleBook.load().packs for rule in pack.rules}
    assert rules - pinned == set()
