import pytest

from yesword.domain.segments import (
    BadConditionError,
    Comparison,
    Condition,
    Traits,
    from_json,
    matches,
    to_json,
)

ANNE = Traits(
    language="nl",
    country="NL",
    regions=("NL-NH", "NL-UT"),
    source="import",
    attributes=(("shoe_size", "39"), ("City", "Århus"), ("vip", "")),
)


def condition(field, comparison, value=""):
    return Condition(field=field, comparison=comparison, value=value)


def test_without_conditions_a_segment_is_everybody():
    assert matches([], ANNE)


@pytest.mark.parametrize(
    ("field", "comparison", "value", "holds"),
    [
        pytest.param("language", Comparison.IS, "nl", True, id="her language"),
        pytest.param("language", Comparison.IS, "de", False, id="another language"),
        pytest.param("country", Comparison.IS, "nl", True, id="case makes no difference"),
        pytest.param("source", Comparison.IS_NOT, "form", True, id="did not come by a form"),
        pytest.param("region", Comparison.IS, "nl-ut", True, id="one of her regions"),
        pytest.param("region", Comparison.IS_NOT, "NL-UT", False, id="none of her regions may be it"),
        pytest.param("City", Comparison.CONTAINS, "ÅRH", True, id="part of an attribute"),
        pytest.param("City", Comparison.CONTAINS, "oslo", False, id="no part of an attribute"),
        pytest.param("Shoe size", Comparison.IS, "39", True, id="an attribute as templates write it"),
        pytest.param("attribute:shoe size", Comparison.IS, "39", True, id="with the prefix of templates"),
        pytest.param("SHOE SIZE", Comparison.IS_NOT, "39", False, id="not the others because of its case"),
        pytest.param("City", Comparison.IS_KNOWN, "", True, id="known"),
        pytest.param("vip", Comparison.IS_KNOWN, "", False, id="an empty value is not known"),
        pytest.param("age", Comparison.IS_KNOWN, "", False, id="never heard of"),
        pytest.param("age", Comparison.IS_NOT, "40", True, id="what is not known is not that"),
        pytest.param("vip", Comparison.IS, "", False, id="nothing is not a value"),
    ],
)
def test_a_condition_is_held_against_one_person(field, comparison, value, holds):
    assert matches([condition(field, comparison, value)], ANNE) == holds


def test_all_conditions_have_to_hold():
    dutch, german = (condition("language", Comparison.IS, language) for language in ("nl", "de"))
    assert matches([dutch], ANNE)
    assert not matches([dutch, german], ANNE)


def test_conditions_are_stored_as_lists_of_three():
    conditions = (condition("city", Comparison.CONTAINS, "a"), condition("vip", Comparison.IS_KNOWN))
    assert to_json(conditions) == [["city", "contains", "a"], ["vip", "is_known", ""]]
    assert from_json(to_json(conditions)) == conditions


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(["city", "likes", "x"], id="no such comparison"),
        pytest.param(["city", "is"], id="no value"),
        pytest.param(["city", "is", "x", "y"], id="too much"),
        pytest.param(["city", "is", 5], id="a number for a value"),
        pytest.param([None, "is", "x"], id="no field"),
        pytest.param(["city", ["is"], "x"], id="a list for a comparison"),
        pytest.param(None, id="nothing"),
        pytest.param(7, id="a number"),
        pytest.param({"field": "city"}, id="an object"),
    ],
)
def test_a_condition_that_cannot_be_read_is_refused_with_what_would_do(row):
    with pytest.raises(BadConditionError, match="is_known"):
        from_json([row])
