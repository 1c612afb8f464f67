from datetime import date

import pytest

from yesword.domain.linting.finding import Severity
from yesword.domain.linting.law import law, severity
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model.content import Disclosure, Naming
from yesword.domain.rules.model.when import Route

PARENT = """
[pack]
id = "north"
name = "North"
countries = ["DK", "SE"]
[pack.defaults]
layer = "statute"
confidence = "found"
verified_on = 2026-11-22
citation = "Act 1"
source = "facts"
[[rule]]
id = "north.naming"
severity = "block"
may_relax = true
[rule.naming]
kinds = ["campaign"]
[[rule]]
id = "north.di"
severity = "record"
[rule.disclosure]
parts = ["brand"]
[[rule]]
id = "north.late"
severity = "record"
effective_from = 2027-01-01
[rule.disclosure]
parts = ["stop"]
[[rule]]
id = "north.known"
severity = "record"
confidence = "known"
[rule.disclosure]
parts = ["help"]
[[rule]]
id = "north.unverified"
severity = "block"
confidence = "unverified"
[rule.disclosure]
parts = ["terms"]
[[rule]]
id = "north.code"
severity = "record"
[rule.when]
occasions = ["code"]
[rule.disclosure]
parts = ["rates"]
[[rule]]
id = "north.names"
severity = "record"
[rule.when]
routes = ["alphanumeric"]
[rule.disclosure]
parts = ["contact"]
"""
CHILD = """
[pack]
id = "dk2"
name = "Denmark"
parent = "north"
countries = ["DK"]
[pack.defaults]
layer = "statute"
confidence = "found"
verified_on = 2026-11-22
citation = "Act 2"
source = "facts"
[[rule]]
id = "dk2.naming"
severity = "warn"
merge = "strictest"
[rule.naming]
kinds = ["survey"]
"""
REGION = """
[pack]
id = "us-xx"
name = "Somewhere"
region = "US-OK"
[pack.defaults]
layer = "statute"
confidence = "found"
verified_on = 2026-11-22
citation = "Act 3"
source = "facts"
[[rule]]
id = "us-xx.di"
severity = "block"
[rule.disclosure]
parts = ["number"]
"""
BOOK = RuleBook.read({"a.toml": PARENT, "b.toml": CHILD, "c.toml": REGION})
TODAY = date(2026, 11, 22)


def ids(*places, on=TODAY, **more):
    return {rule.id for rule in law(BOOK.packs, places, on, **more).rules}


def test_a_member_brings_its_parent_and_a_neighbour_does_not_bring_the_member():
    assert {"dk2.naming", "north.naming", "north.di"} <= ids("DK")
    assert "dk2.naming" not in ids("SE")
    assert ids("NL") == set()


def test_a_rule_of_a_region_speaks_where_the_region_is_named():
    assert ids("US") == set()
    assert ids("US-OK") == {"us-xx.di"}


def test_a_rule_speaks_from_its_day_on():
    assert "north.late" not in ids("SE")
    assert "north.late" in ids("SE", on=date(2027, 1, 1))


def test_a_rule_for_one_occasion_or_sender_speaks_only_there():
    assert not {"north.code", "north.names"} & ids("SE")
    assert "north.code" in ids("SE", occasion="code")
    assert "north.names" in ids("SE", route=Route.ALPHANUMERIC)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("north.naming", Severity.ERROR),
        ("north.di", Severity.ERROR),
        ("north.known", Severity.WARNING),
        ("north.unverified", Severity.ADVICE),
        ("dk2.naming", Severity.WARNING),
    ],
)
def test_only_what_was_found_is_an_error(rule, expected):
    assert severity(BOOK.rule(rule)) is expected


def test_the_rules_of_one_kind_come_with_their_parameters():
    held = law(BOOK.packs, ("DK",), TODAY)
    assert {rule.id for rule, _ in held.of(Naming)} == {"dk2.naming", "north.naming"}
    assert all(isinstance(asked, Disclosure) for _, asked in held.of(Disclosure))


def test_what_is_only_known_takes_no_parents_place_here_either():
    known = CHILD.replace('severity = "warn"\nmerge = "strictest"', 'severity = "hold"\nconfidence = "known"')
    held = law(RuleBook.read({"north": PARENT, "dk2": known}).packs, ("DK",), TODAY)
    assert {rule.id for rule, _ in held.of(Naming)} == {"dk2.naming", "north.naming"}
