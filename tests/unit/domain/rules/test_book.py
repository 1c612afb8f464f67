"""A set of packs: what it is equal to, how its packs descend, and between which days nothing in it changes."""

from datetime import UTC, datetime

import pytest

from factories.books import book, law, rule
from yesword.domain.rules import RuleBook, UnknownRuleError
from yesword.domain.rules.loader import shipped_packs

HOURS = {"classes": ["promotional"], "every_day": ["09:00-18:00"]}
EXLAND = law(rule(hours=HOURS, severity="hold", may_relax=True))
NORTH = law(rule(hours=HOURS, severity="hold"), pack="xx-n", name="North", parent="xx", region="XX-N")
SOUTH = law(rule(hours=HOURS, severity="hold"), pack="xx-s", name="South", parent="xx", region="XX-S")
UNION = law(rule(mixed={"is_promotional": True}), pack="un", name="Union", countries=["XX", "YY"])


def ids(lines):
    return [tuple(pack.id for pack in line) for line in lines]


def test_the_digest_knows_neither_order_nor_comments_but_every_value():
    assert RuleBook(reversed(shipped_packs())).digest == RuleBook(shipped_packs()).digest
    plain, commented = RuleBook.read({"a": EXLAND}), RuleBook.read({"a": "# a comment\n" + EXLAND})
    assert plain == commented
    assert hash(plain) == hash(commented)
    assert RuleBook.read({"a": EXLAND.replace("18:00", "18:30")}) != plain


def test_the_shipped_book_is_read_once():
    assert RuleBook.load() is RuleBook.load()


def test_packs_come_and_go():
    both = book(EXLAND, UNION)
    assert both.without("un") == book(EXLAND)
    assert book(EXLAND).with_packs(book(UNION).packs) == both


def test_a_rule_or_a_pack_that_is_not_there_is_told():
    with pytest.raises(UnknownRuleError, match="yy"):
        book(EXLAND).pack("yy")
    with pytest.raises(UnknownRuleError, match=r"xx\.cap"):
        book(EXLAND).rule("xx.cap")
    assert book(EXLAND).rule("xx.hours").pack == "xx"


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        pytest.param("XX-N", [("un",), ("xx", "xx-n")], id="in a region with a pack"),
        pytest.param("XX-W", [("un",), ("xx",)], id="in a region without one"),
        pytest.param(None, [("un",), ("xx",)], id="in the country as such"),
    ],
)
def test_every_lineage_of_a_place_speaks_root_first_and_once(region, expected):
    assert ids(book(EXLAND, NORTH, SOUTH, UNION).lineages("XX", region)) == expected


def test_somebody_anywhere_in_a_country_may_be_in_each_of_its_regions():
    found = ids(book(EXLAND, NORTH, SOUTH, UNION).lineages("XX", None, may_be_any_region=True))
    assert {("un",), ("xx", "xx-n"), ("xx", "xx-s")} <= set(found)


def test_a_place_without_packs_has_no_lineage():
    assert ids(book(EXLAND).lineages("YY", None)) == []


def test_a_place_is_called_what_its_own_pack_is_called():
    packs = book(EXLAND, NORTH, UNION)
    assert packs.place_name("XX", "XX-N") == "North"
    assert packs.place_name("XX", None) == "Exland"
    assert packs.place_name("YY", None) == "YY", "the Union's name is not the country's"
    assert packs.place_name("YY", "YY-A") == "YY-A"


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_stretch_ends_where_some_rule_begins_or_ends_or_is_no_longer_stayed():
    packs = book(
        law(
            rule(hours=HOURS, severity="hold", effective_from=day("2026-12-01").date()),
            rule(
                stop_reach={"scope": "brand"},
                status="stayed",
                effective_from=day("2026-02-01").date(),
                effective_to=day("2028-01-01").date(),
                stayed_until=day("2027-01-31").date(),
            ),
        )
    )
    borders = ["2026-02-01", "2026-12-01", "2027-01-31", "2028-01-01"]
    here = ["Etc/UTC"]
    stretches = [packs.stretch(day(each), here) for each in borders]
    assert [since for since, _ in stretches] == [day(each) for each in borders]
    assert [until for _, until in stretches[:-1]] == [day(each) for each in borders[1:]]
    assert packs.stretch(datetime(2026, 11, 30, 23, 59, 59, 999999, UTC), here)[1] == day("2026-12-01")
    assert packs.stretch(day("2020-01-01"), here)[1] == day("2026-02-01")
    assert packs.stretch(day("2040-01-01"), here)[0] == day("2028-01-01")


def test_a_day_of_the_law_begins_at_midnight_where_the_person_is():
    packs = book(law(rule(hours=HOURS, severity="hold", effective_from=day("2026-12-01").date())))
    madrid, new_york = "Europe/Madrid", "America/New_York"
    begins = {zone: packs.stretch(day("2026-11-01"), [zone])[1] for zone in (madrid, new_york)}
    assert begins == {
        madrid: datetime(2026, 11, 30, 23, tzinfo=UTC),
        new_york: datetime(2026, 12, 1, 5, tzinfo=UTC),
    }
    assert packs.stretch(day("2026-11-01"), [new_york, madrid])[1] == begins[madrid]
    assert packs.day(begins[madrid], madrid) == day("2026-12-01").date()
    assert packs.day(begins[madrid], new_york) == day("2026-11-30").date()


def test_the_labels_that_any_pack_wants_are_known_to_the_book():
    ad = {"classes": ["promotional"], "literal": "AD", "position": "first"}
    out = {"classes": ["promotional"], "literal": "080", "position": "end"}
    packs = book(
        law(rule(label=ad), rule(label=out, id="xx.out")), law(rule(label=ad), pack="yy", countries=["YY"])
    )
    assert packs.labels == (("080", "end"), ("AD", "first"))


def test_every_shipped_rule_says_where_it_is_written():
    for pack in RuleBook.load().packs:
        for each in pack.rules:
            assert each.citation, each.id
            assert each.source, each.id
