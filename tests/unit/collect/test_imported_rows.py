"""Every odd row of the golden file, judged on its own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from yesword.collect.imports.claims import Custom, Note, interpret, judge, shows_a_number
from yesword.collect.imports.headings import lay_out
from yesword.collect.imports.reading import open_source
from yesword.domain.errors import YeswordError

GOLDEN = Path(__file__).parents[2] / "fixtures" / "imports" / "odd-rows.csv"
CUSTOM = Custom(country="NL", at=datetime(2026, 3, 2, 12, tzinfo=UTC))
SOURCE = open_source(GOLDEN)
LAYOUT = lay_out(SOURCE.header)
RECORDS = list(SOURCE.records())


def name_of(record):
    return record.cells[0].partition(",")[0]


def expected_of(record):
    return record.cells[1] if len(record.cells) > 1 else record.cells[0].split(",")[1]


def judged_or_refused(record):
    try:
        return judge(record, LAYOUT, CUSTOM)
    except YeswordError as error:
        return error


def outcome_of(record):
    found = judged_or_refused(record)
    if isinstance(found, YeswordError):
        return found.code
    return "out" if found.is_opt_out else found.grade.value


def claim_of(case):
    record = next(each for each in RECORDS if name_of(each) == case)
    return interpret(record, LAYOUT, CUSTOM, judge(record, LAYOUT, CUSTOM).number)


@pytest.mark.parametrize("record", [pytest.param(each, id=name_of(each)) for each in RECORDS])
def test_each_odd_row_has_its_outcome(record):
    assert outcome_of(record) == expected_of(record)


def test_no_case_is_swallowed_by_another():
    lines = GOLDEN.read_text().splitlines()
    continued, blank, header = 1, 1, 1
    assert len(RECORDS) == len(lines) - continued - blank - header
    assert len({name_of(each) for each in RECORDS}) == len(RECORDS)


@pytest.mark.parametrize("record", [pytest.param(each, id=name_of(each)) for each in RECORDS])
def test_a_refusal_never_quotes_the_row(record):
    said = str(judged_or_refused(record))
    assert not [cell for cell in record.cells[2:] if len(cell) > 3 and cell in said]


def test_a_name_is_put_together_from_its_parts():
    assert claim_of("national with trunk 0").name == "Anna de Vries"


def test_the_city_is_the_location_that_templates_know():
    claim = claim_of("national with trunk 0")
    assert dict(claim.attributes)["location"] == "Utrecht"
    assert dict(claim.attributes)["category of interest"] == "shoes"


def test_a_state_is_evidence_of_place_and_stays_searchable():
    claim = claim_of("an American with a state")
    assert claim.whereabouts.stated_region == "US-FL"
    assert dict(claim.attributes)["region"] == "FL"


def test_the_row_is_kept_whole_as_evidence():
    claim = claim_of("a second number among the attributes")
    assert claim.row["mobile"] == "06 10000060"
    assert claim.row["category of interest"] == "06 20000060"


def test_no_number_or_address_is_kept_beside_the_person():
    claim = claim_of("a second number among the attributes")
    assert "category of interest" not in dict(claim.attributes)
    assert claim.notes == (Note.NUMBER_LEFT_OUT,)
    assert claim_of("an address for a name").name == ""


@pytest.mark.parametrize(
    ("case", "note"),
    [("an unknown language", Note.LANGUAGE_UNKNOWN), ("an unknown state", Note.REGION_UNKNOWN)],
)
def test_what_is_not_understood_is_told_and_does_not_cost_the_row(case, note):
    assert claim_of(case).notes == (note,)


def test_of_who_opted_out_nothing_but_the_number_and_the_evidence_is_kept():
    claim = claim_of("unsubscribed on a day")
    assert (claim.name, claim.attributes) == ("", ())
    assert claim.judged.consented_at == datetime(2025, 1, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        ("0612345678", True),
        ("bel 06-12 34 56 78 na zes", True),
        ("+46701740605", True),
        ("anna@example.org", True),
        ("2024-03-31", False),
        ("31-03-2024", False),
        ("maat 42, 3 paar", False),
        ("1234567", False),
    ],
)
def test_numbers_are_seen_in_text(text, shows):
    assert shows_a_number(text, "NL") is shows
