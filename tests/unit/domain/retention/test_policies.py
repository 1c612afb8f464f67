"""Policies are read strictly, and take periods and citations from the packs wherever a pack has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.retention.policies import Period, Policies, read_policies, shipped_policies
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model.envelope import Confidence
from yesword.domain.rules.model.records import Retention
from yesword.domain.rules.tables import PackError

BOOK = RuleBook.load()
HOUSE = """
[[policy]]
id = "house"
everywhere = true
years = 3
citation = "house rule"
confidence = "unverified"
counts_from = ["last_use"]
ground = "legal_claims"
"""
GERMAN = """
[[policy]]
id = "de"
countries = ["DE"]
rule = "de.uwg7a.rc"
counts_from = ["grant"]
ground = "legal_claims"
"""


def read(text: str) -> Policies:
    return read_policies(text, "mine.toml", BOOK)


def test_a_policy_takes_period_citation_and_confidence_from_its_rule():
    policy = read(HOUSE + GERMAN).of("DE")[0]
    rule = BOOK.rule("de.uwg7a.rc")
    assert (policy.citation, policy.confidence, policy.rule) == (rule.citation, rule.confidence, rule)
    assert policy.period == Period(years=5)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("x = ", "TOML", id="no TOML"),
        pytest.param("", "a list", id="nothing"),
        pytest.param(GERMAN, "exactly one", id="no policy of the house"),
        pytest.param(HOUSE + HOUSE.replace('"house"', '"home"'), "exactly one", id="two houses"),
        pytest.param(HOUSE + GERMAN + GERMAN, "each id once", id="an id twice"),
        pytest.param(HOUSE + 'color = "red"', "unknown key color", id="an unknown key"),
        pytest.param(
            HOUSE + GERMAN.replace("uwg7a.rc", "uwg99"), "no rule de.uwg99", id="a rule that is none"
        ),
        pytest.param(
            HOUSE + GERMAN.replace("de.uwg7a.rc", "eu.gdpr.7.proof"), "no least time", id="no period"
        ),
        pytest.param(HOUSE + GERMAN.replace("de.uwg7a.rc", "eu.gdpr.8"), "no least time", id="another rule"),
        pytest.param(HOUSE + GERMAN.replace('"DE"', '"Germany"'), "ISO codes", id="a country by name"),
        pytest.param(HOUSE + GERMAN.replace('"grant"', '"birth"'), "grant", id="a moment that is none"),
        pytest.param(HOUSE + GERMAN.replace('"grant"', ""), "one moment", id="counting from nothing"),
        pytest.param(HOUSE + GERMAN + "years = 5", "a rule, or years", id="two periods"),
        pytest.param(HOUSE + GERMAN + 'citation = "x"', "the rule alone", id="two citations"),
        pytest.param(HOUSE.replace("years = 3", ""), "a rule, or years", id="no period at all"),
        pytest.param(HOUSE.replace('citation = "house rule"', ""), "with a citation", id="nobody's years"),
        pytest.param(HOUSE + GERMAN + 'pack = "eu"', "countries, a pack", id="two places"),
        pytest.param(
            HOUSE + GERMAN.replace('countries = ["DE"]', 'pack = "moon"'),
            "no pack moon",
            id="a pack that is none",
        ),
    ],
)
def test_what_is_not_understood_is_refused_with_what_was_expected(text, says):
    with pytest.raises(PackError) as refused:
        read(text)
    assert says in str(refused.value)
    assert "mine.toml, line" in str(refused.value)


def test_the_line_of_a_mistake_is_told():
    text = HOUSE + GERMAN.replace("de.uwg7a.rc", "de.none")
    with pytest.raises(PackError) as refused:
        read(text)
    line = int(refused.value.fields["line"])
    assert "de.none" in text.splitlines()[line - 1]


def test_a_country_with_a_policy_of_its_own_leaves_that_of_its_union():
    assert [each.id for each in shipped_policies().of("DE")] == ["de"]
    assert [each.id for each in shipped_policies().of("NL")] == ["eu"]


@given(st.text(max_size=6))
def test_every_place_has_a_policy(place):
    assert shipped_policies().of(place)


def test_every_member_of_the_eu_can_tell_the_exception_to_the_right_of_erasure():
    for country in (*BOOK.pack("eu").reach.countries, "GB"):
        assert all("17(3)(e)" in each.exception for each in shipped_policies().of(country))


def test_a_period_that_no_law_names_is_not_called_found():
    own = [each for each in shipped_policies().all if each.rule is None]
    assert own
    assert {each.confidence for each in own} == {Confidence.UNVERIFIED}
    assert all("house rule" in each.citation for each in own)


def test_no_least_time_of_a_country_is_forgotten():
    """Where a pack of a country names one, that country has a policy that is at least as long."""
    for pack in BOOK.packs:
        for rule in pack.rules:
            if isinstance(rule.parameter, Retention) and rule.parameter.least_days:
                for country in pack.reach.countries:
                    periods = [each.period for each in shipped_policies().of(country)]
                    days = max(each.years * 366 + each.days for each in periods)
                    assert days >= rule.parameter.least_days, rule.id


@pytest.mark.parametrize(
    ("days", "period"),
    [
        pytest.param(31, Period(days=31), id="a month stays in days"),
        pytest.param(364, Period(days=364), id="not quite a year"),
        pytest.param(365, Period(years=1), id="a year"),
        pytest.param(366, Period(years=1), id="a leap year"),
        pytest.param(731, Period(years=2), id="two years"),
        pytest.param(1000, Period(days=1000), id="no number of years"),
        pytest.param(1095, Period(years=3), id="three years"),
        pytest.param(1096, Period(years=3), id="three years with a leap day"),
        pytest.param(1461, Period(years=4), id="four years"),
        pytest.param(1826, Period(years=5), id="five years"),
        pytest.param(3653, Period(years=10), id="ten years"),
    ],
)
def test_days_that_are_years_count_as_years(days, period):
    assert Period.of_days(days) == period
