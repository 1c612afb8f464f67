from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.segments import (
    BadConditionError,
    Comparison,
    Condition,
    Traits,
    from_json,
    matches,
    to_json,
)

words = st.sampled_from(
    ["language", "country", "region", "source", "city", "shoe size", "a", "A", "Straße", ""]
)
conditions = st.lists(
    st.builds(Condition, field=words, comparison=st.sampled_from(Comparison), value=words), max_size=4
)
people = st.builds(
    Traits,
    language=words,
    country=words,
    regions=st.lists(words, max_size=3).map(tuple),
    source=words,
    attributes=st.lists(st.tuples(words, words), max_size=3).map(tuple),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(Comparison).map(str),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)


@given(conditions)
def test_conditions_are_read_back_as_they_were_written(given_conditions):
    assert list(from_json(to_json(given_conditions))) == given_conditions


@given(conditions, people)
def test_one_more_condition_never_lets_more_people_in(given_conditions, person):
    if matches(given_conditions, person):
        assert matches(given_conditions[1:], person)


@given(words, words, people)
def test_is_and_is_not_part_all_people_in_two(field, value, person):
    is_so, is_not = (
        matches([Condition(field=field, comparison=comparison, value=value)], person)
        for comparison in (Comparison.IS, Comparison.IS_NOT)
    )
    assert is_so != is_not


@given(words, words, people)
def test_what_is_so_is_known_and_contained(field, value, person):
    if matches([Condition(field=field, comparison=Comparison.IS, value=value)], person):
        assert matches([Condition(field=field, comparison=Comparison.CONTAINS, value=value)], person)
        assert matches([Condition(field=field, comparison=Comparison.IS_KNOWN)], person)


@given(st.lists(json_values, max_size=3))
def test_whatever_a_client_sends_is_read_or_refused(rows):
    try:
        read = from_json(rows)
    except BadConditionError:
        return
    assert to_json(read) == rows
