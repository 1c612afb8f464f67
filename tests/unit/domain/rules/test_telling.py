"""Rules in plain English: every shipped one can be told, and what is told is what it says."""

import re
from datetime import date

import pytest

from factories.books import book, law, rule
from yesword.domain.rules import RuleBook, telling

SHIPPED = [rule for pack in RuleBook.load().packs for rule in pack.rules]
WEEK = {day: ["08:00-20:00"] for day in ("mon", "tue", "wed", "thu", "fri")} | {
    "sat": ["09:00-12:00", "13:00-17:00"],
    "sun": [],
}


def only(**fields):
    (pack,) = book(law(rule(**fields))).packs
    return pack.rules[0]


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        pytest.param(
            {"hours": {"classes": ["promotional"], "every_day": ["08:00-20:00"]}},
            "hours: promotional; 08:00-20:00 every day",
            id="the same hours every day",
        ),
        pytest.param(
            {
                "hours": {
                    "classes": ["promotional"],
                    "calendar": "us-federal",
                    "zone": "America/Chicago",
                    **WEEK,
                }
            },
            "hours: promotional; Mon-Fri 08:00-20:00, Sat 09:00-12:00 and 13:00-17:00, Sun closed, "
            "on holidays (us-federal) closed; zone America/Chicago",
            id="days that follow each other and are alike are told once",
        ),
        pytest.param(
            {"cap": {"classes": ["promotional"], "count": 3, "seconds": 86400, "key": "subject"}},
            "cap: promotional; count 3; in any 1 day; per subject",
            id="a span in its largest whole unit",
        ),
        pytest.param(
            {"stop_reach": {"scope": "brand"}}, "stop reach: scope brand", id="how far a stop reaches"
        ),
        pytest.param(
            {"soft_opt_in": {"classes": ["promotional"], "origins": []}},
            "soft opt in: promotional; origins none",
            id="an empty list that had to be written",
        ),
        pytest.param(
            {"age": {"categories": ["alcohol"]}}, "age: categories alcohol; minimum 18", id="the usual age"
        ),
    ],
)
def test_a_parameter_reads_as_a_person_would_say_it(parameter, words):
    assert telling.asks(only(**parameter).parameter) == words


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda each: each.id)
def test_every_shipped_rule_can_be_told(shipped):
    for words in (
        telling.asks(shipped.parameter),
        telling.standing(shipped),
        *telling.conditions(shipped.when),
    ):
        assert words == " ".join(words.split())
        assert not re.search(r"\(\)|\w=|<\w+[.:]", words), "no value shows its Python form"


@pytest.mark.parametrize(
    ("envelope", "words"),
    [
        pytest.param({}, "Decides: it refuses.", id="found, and blocking"),
        pytest.param({"severity": "hold"}, "Decides: it makes a text wait, or asks for more.", id="holding"),
        pytest.param({"severity": "warn"}, "Noted only: it warns.", id="a warning"),
        pytest.param(
            {"confidence": "known"},
            "Noted only: the fact is known, and only what was found in a source decides.",
            id="known, and blocking",
        ),
        pytest.param(
            {"confidence": "known", "severity": "hold"},
            "May make a text wait, and refuses nothing: the fact is known, but was not found in a source.",
            id="known, and holding",
        ),
        pytest.param(
            {"status": "stayed"},
            "Decides nothing on 2027-01-01: it is stayed, and nobody knows until when.",
            id="stayed without an end",
        ),
        pytest.param(
            {"status": "stayed", "stayed_until": date(2027, 2, 1)},
            "Decides nothing on 2027-01-01: it is stayed until 2027-02-01.",
            id="stayed until a day",
        ),
        pytest.param(
            {"status": "vacated"},
            "Decides nothing on 2027-01-01: it is vacated.",
            id="struck down by a court",
        ),
        pytest.param(
            {"effective_from": date(2028, 1, 1)},
            "Decides nothing on 2027-01-01: it comes into force on 2028-01-01.",
            id="not yet in force",
        ),
        pytest.param(
            {"effective_to": date(2026, 1, 1)},
            "Decides nothing on 2027-01-01: it ended on 2026-01-01.",
            id="no longer in force",
        ),
    ],
)
def test_it_says_whether_a_rule_decides_and_why_not(envelope, words):
    assert telling.power(only(stop_reach={"scope": "brand"}, **envelope), date(2027, 1, 1)) == words


def test_what_is_on_record_holds_no_text():
    found = telling.power(only(mixed={"is_promotional": True}), date(2027, 1, 1))
    assert found == "On record: no text is held against it."
