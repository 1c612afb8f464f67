"""The difference of two days: what comes, ends, is freed of its stay, or gives way, and nothing besides."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.books import ask, book, codes, law, rule
from yesword.domain.rules import RuleBook, UnknownRuleError
from yesword.domain.rules.differing import Change, LawOf, TurnedDaysError, differences
from yesword.domain.rules.model import Pack
from yesword.domain.rules.resolve import settle

HOURS = {"classes": ["promotional"], "every_day": ["08:00-20:00"]}
NEW_YEAR = date(2027, 1, 1)
BEFORE, AFTER = date(2026, 6, 1), date(2027, 6, 1)
DAYS = st.dates(date(2000, 1, 1), date(2035, 12, 31))
SHIPPED = RuleBook.load()


def told(*packs: str, since: date = BEFORE, until: date = AFTER, of: tuple[str, ...] = ()):
    return [
        (str(each.on), each.change.value, each.rule.id, each.lineage, each.others)
        for each in differences(book(*packs), since, until, of)
    ]


def hours(**envelope):
    return rule(hours=HOURS, severity="hold", **envelope)


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        pytest.param({"effective_from": NEW_YEAR}, [("2027-01-01", "comes")], id="a rule comes into force"),
        pytest.param({"effective_to": NEW_YEAR}, [("2027-01-01", "ends")], id="a rule ends"),
        pytest.param(
            {"status": "stayed", "stayed_until": NEW_YEAR}, [("2027-01-01", "unstayed")], id="a stay is over"
        ),
        pytest.param(
            {"effective_from": date(2026, 7, 1), "effective_to": NEW_YEAR},
            [("2026-07-01", "comes"), ("2027-01-01", "ends")],
            id="a rule that comes and goes in between",
        ),
        pytest.param({"status": "stayed"}, [], id="a stay of which nobody knows the end"),
        pytest.param(
            {"status": "proposed", "effective_from": NEW_YEAR}, [], id="a proposal is not in force on any day"
        ),
        pytest.param({"effective_from": BEFORE}, [], id="what began on the earlier day was there already"),
        pytest.param(
            {"effective_from": AFTER}, [(str(AFTER), "comes")], id="what begins on the later day counts"
        ),
        pytest.param({}, [], id="a rule without dates"),
    ],
)
def test_each_change_is_told_on_its_day(envelope, expected):
    assert [each[:2] for each in told(law(hours(**envelope)))] == expected


def test_a_rule_whose_successor_begins_as_it_ends_is_replaced():
    old, new = hours(id="xx.old", effective_to=NEW_YEAR), hours(id="xx.new", effective_from=NEW_YEAR)
    assert told(law(old, new)) == [
        ("2027-01-01", "replaced", "xx.old", "", ("xx.new",)),
        ("2027-01-01", "comes", "xx.new", "", ()),
    ]


def test_a_parents_rule_gives_way_in_the_childs_lineage_and_speaks_again_when_that_ends():
    parent = law(hours(may_relax=True))
    child = hours(effective_from=date(2026, 7, 1), effective_to=NEW_YEAR)
    north = law(child, pack="xx-n", name="North", parent="xx", region="XX-N")
    assert told(parent, north) == [
        ("2026-07-01", "comes", "xx-n.hours", "", ()),
        ("2026-07-01", "gives_way", "xx.hours", "xx-n", ("xx-n.hours",)),
        ("2027-01-01", "ends", "xx-n.hours", "", ()),
        ("2027-01-01", "returns", "xx.hours", "xx-n", ("xx-n.hours",)),
    ]
    assert [each[2] for each in told(parent, north, of=("xx",))] == ["xx.hours", "xx.hours"]


def test_only_the_packs_that_are_named_are_compared():
    exland = law(hours(effective_from=NEW_YEAR))
    wyland = law(hours(effective_from=NEW_YEAR), pack="yy", name="Wyland", countries=["YY"])
    assert [each[2] for each in told(exland, wyland, of=("yy",))] == ["yy.hours"]
    with pytest.raises(UnknownRuleError, match="zz"):
        told(exland, of=("zz",))


@pytest.mark.parametrize("until", [BEFORE, BEFORE - timedelta(days=1)])
def test_days_in_the_wrong_order_are_refused(until):
    with pytest.raises(TurnedDaysError, match="earlier day first"):
        list(differences(SHIPPED, BEFORE, until))


@settings(max_examples=40)
@given(DAYS, DAYS)
def test_the_changes_lead_from_the_rules_of_one_day_to_those_of_the_other(one, other):
    since, until = sorted((one, other))
    if since == until:
        return
    held = _in_force(since)
    shifts: Counter[tuple[str, str]] = Counter()
    changed = set()
    for each in differences(SHIPPED, since, until):
        if each.lineage:
            shifts[each.lineage, each.rule.id] += 1 if each.change is Change.RETURNS else -1
            continue
        changed.add(each.rule.id)
        if each.change in (Change.COMES, Change.UNSTAYED):
            held.add(each.rule.id)
        else:
            held.remove(each.rule.id)
    assert held == _in_force(until)
    for pack in SHIPPED.packs:
        before, after = _held(pack, since), _held(pack, until)
        for rule_id in held - changed:
            assert (rule_id in after) - (rule_id in before) == shifts[pack.id, rule_id], (pack.id, rule_id)


def _in_force(on: date) -> set[str]:
    return {rule.id for pack in SHIPPED.packs for rule in pack.rules if rule.is_in_force(on)}


def _held(pack: Pack, on: date) -> set[str]:
    return {rule.id for rule in settle(SHIPPED.lineage(pack), on)}


@pytest.mark.parametrize(
    "moment", [datetime(2020, 3, 2, 22, tzinfo=UTC), datetime(2035, 3, 5, 22, tzinfo=UTC)]
)
def test_the_law_of_a_day_holds_at_every_moment(moment):
    rules = book(law(hours(effective_from=NEW_YEAR)))
    assert codes(ask(LawOf(rules, NEW_YEAR), moment, text=None)) == ["quiet_hours"]
    assert codes(ask(LawOf(rules, NEW_YEAR - timedelta(days=1)), moment, text=None)) == []
