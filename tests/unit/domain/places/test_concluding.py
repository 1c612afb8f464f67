"""What is stated, and how evidence adds up."""

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.spots import CENTRAL, EASTERN, MOUNTAIN, PACIFIC, regions_and_zones
from yesword.domain import codec
from yesword.domain.phone import parse
from yesword.domain.places import (
    EvidenceFamily,
    Place,
    PlaceEvidence,
    Postcode,
    Whereabouts,
    places_for,
)


@pytest.mark.parametrize("known", ["stated_country", "network_country"])
def test_a_country_is_added_to_that_of_the_number(known):
    assert regions_and_zones("+31612345678", **{known: "be"}) == {
        ("NL", "Europe/Amsterdam"),
        ("BE", "Europe/Brussels"),
    }
    assert regions_and_zones("+13055550123", **{known: "JM"}) == {
        ("US-FL", EASTERN),
        ("JM", "America/Jamaica"),
    }


@pytest.mark.parametrize("known", ["stated_country", "network_country"])
def test_the_country_alone_says_no_more_than_an_area_code_of_it(known):
    assert regions_and_zones("+13055550123", **{known: "US"}) == {("US-FL", EASTERN)}
    assert regions_and_zones("+14165550123", **{known: "CA"}) == {("CA-ON", "America/Toronto")}


def test_but_puerto_rico_is_not_what_people_mean_by_the_united_states():
    found = regions_and_zones("+17875550123", stated_country="US")
    assert {("US-PR", "America/Puerto_Rico"), ("US", CENTRAL)} <= found
    assert regions_and_zones("+17875550123", stated_country="PR") == {("US-PR", "America/Puerto_Rico")}


def test_what_is_known_may_come_as_one_value_or_by_name():
    number = parse("+13055550123", country=None)
    both = Whereabouts(stated_region="US-WA", stated_zone=PACIFIC)
    assert places_for(number, both) is places_for(number, stated_region="US-WA", stated_zone=PACIFIC)
    assert places_for(number, both, stated_zone=MOUNTAIN) is places_for(
        number, replace(both, stated_zone=MOUNTAIN)
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param("+590690001234", ("FR", "FR-971", "America/Guadeloupe"), id="Guadeloupe is France"),
        pytest.param("+262692123456", ("FR", "FR-974", "Indian/Reunion"), id="and so is Réunion"),
        pytest.param("+358181234567", ("FI", "FI-01", "Europe/Mariehamn"), id="Åland is Finland"),
        pytest.param("+4741234567", ("NO", None, "Europe/Oslo"), id="Norway"),
        pytest.param("+447781123456", ("GG", None, "Europe/Guernsey"), id="but Guernsey makes its own law"),
    ],
)
def test_a_territory_is_a_region_of_the_state_whose_law_holds(raw, expected):
    found = {(place.country, place.region, place.zone) for place in places_for(parse(raw, country=None))}
    assert found == {expected}


def test_an_address_in_a_territory_has_the_clock_of_there():
    assert regions_and_zones("+8821612345678", stated_region="FR-974") == {("FR-974", "Indian/Reunion")}
    assert regions_and_zones("+8821612345678", stated_region="US-PR") == {("US-PR", "America/Puerto_Rico")}


def test_a_chosen_zone_that_the_area_code_does_not_have_adds_the_states_that_keep_it():
    found = regions_and_zones("+12125550123", stated_zone=CENTRAL)
    assert {zone for _, zone in found} == {CENTRAL}
    regions = {region for region, _ in found}
    assert {"US-NY", "US-TX", "US-IL", "US-FL"} <= regions, "a number moved out of New York"
    assert not {"US", "US-WA", "US-CA"} & regions, "states without Central time"


def test_a_chosen_zone_that_an_address_explains_adds_nothing():
    assert regions_and_zones("+12125550123", stated_region="US-TX", stated_zone=CENTRAL) == {
        ("US-NY", CENTRAL),
        ("US-TX", CENTRAL),
    }


def test_a_chosen_zone_without_a_country_sets_the_hours_only():
    assert regions_and_zones("+12125550123", stated_zone="Etc/UTC") == {("US-NY", "Etc/UTC")}
    assert regions_and_zones("+12125550123", stated_zone="US/Eastern") == {("US-NY", "US/Eastern")}


@pytest.mark.parametrize(
    ("raw", "known", "expected"),
    [
        pytest.param("+13055550123", {}, {"US-FL": {"number"}}, id="an area code"),
        pytest.param(
            "+13055550123",
            {"stated_region": "US-WA"},
            {"US-WA": {"residence"}, "US-FL": {"number"}},
            id="an address elsewhere",
        ),
        pytest.param(
            "+13055550123",
            {"stated_region": "US-FL"},
            {"US-FL": {"residence", "number"}},
            id="an address there",
        ),
        pytest.param(
            "+13055550123",
            {"stated_country": "US", "network_country": "US"},
            {"US-FL": {"residence", "location", "number"}},
            id="a country speaks for the region that is known of it",
        ),
        pytest.param(
            "+13055550123",
            {"stated_zone": EASTERN},
            {"US-FL": {"location", "number"}},
            id="a zone that the region keeps",
        ),
        pytest.param(
            "+13055550123",
            {"stated_zone": "Europe/Amsterdam"},
            {"US-FL": {"number"}, "NL": {"location"}},
            id="a zone far from there",
        ),
        pytest.param(
            "+31612345678",
            {"network_country": "DE"},
            {"NL": {"number"}, "DE": {"location"}},
            id="a network abroad",
        ),
    ],
)
def test_a_place_says_on_which_sorts_of_evidence_it_rests(raw, known, expected):
    found = defaultdict(set)
    for place in places_for(parse(raw, country=None), **known):
        found[place.region or place.country] |= place.families
    assert found == {
        where: {EvidenceFamily(each) for each in families} for where, families in expected.items()
    }


def test_the_evidence_for_the_hour_is_apart_from_that_for_the_region():
    number = parse("+13055550123", country=None)
    (place,) = places_for(number, stated_region="US-FL", stated_zone=EASTERN)
    assert place.evidence is PlaceEvidence.STATED_ZONE
    assert place.grounds == (
        PlaceEvidence.STATED_ZONE,
        PlaceEvidence.STATED_ADDRESS,
        PlaceEvidence.AREA_CODE,
    )
    found = places_for(number, stated_region="US-FL")
    assert [(place.zone, place.evidence) for place in found] == [
        (EASTERN, PlaceEvidence.STATED_ADDRESS),
        (CENTRAL, PlaceEvidence.STATED_ADDRESS),
    ], "what two clues say counts once, by the better"


def test_a_place_stored_without_its_grounds_rests_on_its_evidence():
    stored = b'["US","US-FL","America/New_York","area_code"]'
    assert codec.loads(Place, stored).families == {EvidenceFamily.NUMBER}
    stored = b'["US","US-FL","America/New_York","stated_zone"]'
    assert codec.loads(Place, stored).families == set(EvidenceFamily), "what named the region was not kept"
    stored = b'["NL",null,"Europe/Amsterdam","stated_zone"]'
    assert codec.loads(Place, stored).families == {EvidenceFamily.LOCATION}


def test_every_evidence_is_of_one_family():
    assert {evidence.family for evidence in PlaceEvidence} == set(EvidenceFamily)


def test_places_with_one_zone_are_told_apart_although_their_hashes_agree():
    (miami,) = places_for(parse("+13055550123", country=None))
    (boston,) = places_for(parse("+16175550123", country=None))
    assert hash(miami) == hash(boston)
    assert len({miami, boston, replace(miami)}) == 2


NUMBERS = [
    parse(raw, country=None)
    for raw in (
        *("+13055550123", "+18505550123", "+19025550123", "+18765550123", "+17875550123"),
        *("+18005550123", "+31612345678", "+61412345678", "+590690001234", "+8821612345678"),
    )
]
NOTHING = st.none()
countries = st.sampled_from(["US", "CA", "PR", "NL", "AU", "JM", "FR", "AX"])
zones = st.sampled_from(
    [EASTERN, CENTRAL, "America/St_Johns", "Europe/Amsterdam", "Asia/Kathmandu", "Etc/UTC"]
)
regions = st.sampled_from(["US-FL", "US-WA", "US-PR", "CA-ON", "NL-UT", "FR-971"])
postcodes = st.sampled_from(
    [("US", "33101"), ("US", "98101"), ("US", "09012"), ("CA", "X0A 0H0"), ("NL", "3512 JE"), ("PR", "00901")]
).map(lambda pair: Postcode(country=pair[0], code=pair[1]))
residences = st.builds(
    Whereabouts,
    stated_region=NOTHING | regions,
    stated_country=NOTHING | countries,
    postcode=NOTHING | postcodes,
)
known_things = st.builds(
    Whereabouts,
    stated_zone=NOTHING | zones,
    stated_region=NOTHING | regions,
    stated_country=NOTHING | countries,
    postcode=NOTHING | postcodes,
    network_country=NOTHING | countries,
)
numbers = st.sampled_from(NUMBERS)


def by_region(found):
    return {(place.country, place.region) for place in found if place.region is not None}


@given(numbers, residences)
def test_no_residence_takes_a_place_from_the_area_code(number, known):
    by_number = {(place.region, place.zone) for place in places_for(number) if place.region is not None}
    assert by_number <= {(place.region, place.zone) for place in places_for(number, known)}


@given(numbers, known_things)
def test_nothing_takes_the_number_out_of_its_country(number, known):
    countries_of_number = {place.country for place in places_for(number)}
    assert countries_of_number <= {place.country for place in places_for(number, known)}
    assert by_region(places_for(number)) <= by_region(places_for(number, known))


@given(numbers, known_things, countries)
def test_a_network_takes_no_place_away(number, known, country):
    before = places_for(number, replace(known, network_country=None))
    after = places_for(number, replace(known, network_country=country))
    kept = {(place.country, place.region, place.zone) for place in after}
    if known.stated_zone is None:
        assert {(place.country, place.region, place.zone) for place in before} <= kept
    assert {place.country for place in after} >= {place.country for place in places_for(number)}


@given(numbers, known_things)
def test_the_same_question_has_the_very_same_answer(number, known):
    again = parse(number.e164, country=None)
    assert places_for(again, replace(known)) is places_for(number, known)


@given(numbers, known_things)
def test_each_place_stands_once_the_best_evidence_first_with_grounds_in_order(number, known):
    found = places_for(number, known)
    keys = [(place.country, place.region, place.zone) for place in found]
    assert len(set(keys)) == len(keys)
    order = list(PlaceEvidence)
    ranks = [order.index(place.evidence) for place in found]
    assert ranks == sorted(ranks)
    for place in found:
        assert place.grounds
        assert all(order.index(one) < order.index(next_) for one, next_ in pairwise(place.grounds))
        if known.stated_zone is not None:
            assert (place.zone, place.evidence) == (known.stated_zone, PlaceEvidence.STATED_ZONE)


@given(numbers, known_things)
def test_places_come_back_as_they_were_stored(number, known):
    found = places_for(number, known)
    assert codec.loads(tuple[Place, ...], codec.dumps(found)) == found
