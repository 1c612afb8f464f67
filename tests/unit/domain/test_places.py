from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import geocoder
from phonenumbers.tzdata import TIMEZONE_DATA

from yesword.domain import codec, places
from yesword.domain.phone import parse
from yesword.domain.places import (
    EvidenceFamily,
    Place,
    PlaceEvidence,
    Postcode,
    Whereabouts,
    country_zones,
    places_for,
)
from yesword.domain.places.area_codes import area_codes, read_area_codes
from yesword.domain.places.postcodes import read_zip_prefixes

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)

SATELLITE = parse("+8821612345678", country=None)  # nowhere, so that all else speaks for itself


def regions_and_zones(raw, **stated):
    return {
        (place.region or place.country, place.zone)
        for place in places_for(parse(raw, country=None), **stated)
    }


@pytest.mark.parametrize(
    ("area_code", "expected"),
    [
        pytest.param("305", {("US-FL", EASTERN)}, id="Miami"),
        pytest.param("850", {("US-FL", EASTERN), ("US-FL", CENTRAL)}, id="the Florida panhandle"),
        pytest.param("423", {("US-TN", EASTERN), ("US-TN", CENTRAL)}, id="Chattanooga"),
        pytest.param("931", {("US-TN", EASTERN), ("US-TN", CENTRAL)}, id="the Cumberland plateau"),
        pytest.param("270", {("US-KY", EASTERN), ("US-KY", CENTRAL)}, id="western Kentucky"),
        pytest.param("364", {("US-KY", EASTERN), ("US-KY", CENTRAL)}, id="its overlay"),
        pytest.param("812", {("US-IN", EASTERN), ("US-IN", CENTRAL)}, id="southern Indiana"),
        pytest.param("317", {("US-IN", EASTERN)}, id="Indianapolis"),
        pytest.param("701", {("US-ND", CENTRAL), ("US-ND", MOUNTAIN)}, id="North Dakota"),
        pytest.param("605", {("US-SD", CENTRAL), ("US-SD", MOUNTAIN)}, id="South Dakota"),
        pytest.param("308", {("US-NE", CENTRAL), ("US-NE", MOUNTAIN)}, id="western Nebraska"),
        pytest.param("208", {("US-ID", "America/Boise"), ("US-ID", PACIFIC)}, id="Idaho"),
        pytest.param("915", {("US-TX", MOUNTAIN)}, id="El Paso"),
        pytest.param("602", {("US-AZ", "America/Phoenix")}, id="Phoenix has no summer time"),
        pytest.param(
            "928", {("US-AZ", "America/Phoenix"), ("US-AZ", MOUNTAIN)}, id="but the Navajo Nation does"
        ),
        pytest.param("202", {("US-DC", EASTERN)}, id="Washington"),
        pytest.param("787", {("US-PR", "America/Puerto_Rico")}, id="Puerto Rico is under federal law"),
        pytest.param("671", {("US-GU", "Pacific/Guam")}, id="and so is Guam"),
        pytest.param("416", {("CA-ON", "America/Toronto")}, id="Toronto"),
        pytest.param(
            "902", {("CA-NS", "America/Halifax"), ("CA-PE", "America/Halifax")}, id="two provinces share one"
        ),
        pytest.param("876", {("JM", "America/Jamaica")}, id="Jamaica"),
    ],
)
def test_an_area_code_stands_for_all_its_regions_and_zones(area_code, expected):
    assert regions_and_zones(f"+1{area_code}5550123") == expected
    evidence = {place.evidence for place in places_for(parse(f"+1{area_code}5550123", country=None))}
    assert evidence == {PlaceEvidence.AREA_CODE}


@pytest.mark.parametrize(
    "raw", [pytest.param("+18005550123", id="800"), pytest.param("+15005550123", id="500")]
)
def test_a_number_without_a_place_has_every_zone_of_the_country(raw):
    found = places_for(parse(raw, country=None))
    assert {place.zone for place in found} == {
        *(EASTERN, CENTRAL, MOUNTAIN, PACIFIC),
        *("America/Phoenix", "America/Anchorage", "America/Adak", "Pacific/Honolulu"),
    }
    assert {(place.country, place.region, place.evidence) for place in found} == {
        ("US", None, PlaceEvidence.TOLL_FREE)
    }


@pytest.mark.parametrize(
    ("raw", "zones"),
    [
        pytest.param("+31612345678", {"Europe/Amsterdam"}, id="one zone"),
        pytest.param("+4915112345678", {"Europe/Berlin"}, id="two names for one clock"),
        pytest.param("+34612345678", {"Europe/Madrid", "Atlantic/Canary"}, id="mainland and islands"),
        pytest.param("+447781123456", {"Europe/Guernsey"}, id="an island with a code of its own"),
        pytest.param("+38343201234", {"Europe/Belgrade"}, id="a country that zone.tab lacks"),
        pytest.param("+8821612345678", set(), id="a satellite is nowhere"),
    ],
)
def test_elsewhere_a_number_stands_for_its_country(raw, zones):
    assert {place.zone for place in places_for(parse(raw, country=None))} == zones


def test_australia_keeps_each_of_its_clocks():
    zones = country_zones("AU")
    cities = ("Australia/Sydney", "Australia/Brisbane", "Australia/Adelaide", "Australia/Perth")
    assert {clock(city) for city in cities} <= {clock(zone) for zone in zones}
    assert len({clock(zone) for zone in zones}) == len(zones), "each clock once"
    assert "Australia/Sydney" in zones, "named by the zone of most people"


def test_a_stated_zone_sets_the_hours_while_the_area_code_keeps_its_law():
    assert regions_and_zones("+18505550123", stated_zone=CENTRAL) == {("US-FL", CENTRAL)}
    assert regions_and_zones("+13055550123", stated_zone="Europe/Amsterdam") == {
        ("US-FL", "Europe/Amsterdam"),
        ("NL", "Europe/Amsterdam"),
    }


def test_a_stated_region_is_added_to_that_of_the_area_code():
    assert regions_and_zones("+13055550123", stated_region="us-wa") == {
        ("US-FL", EASTERN),
        ("US-WA", PACIFIC),
    }


def test_a_stated_region_replaces_what_only_the_country_was_known_for():
    assert regions_and_zones("+18005550123", stated_region="US-FL") == {
        ("US-FL", EASTERN),
        ("US-FL", CENTRAL),
    }
    assert regions_and_zones("+31612345678", stated_region="NL-UT") == {("NL-UT", "Europe/Amsterdam")}
    assert regions_and_zones("+31612345678", stated_region="US-WA") == {
        ("US-WA", PACIFIC),
        ("NL", "Europe/Amsterdam"),
    }


def test_a_stated_zone_and_region_go_together():
    assert regions_and_zones("+13055550123", stated_region="US-TN", stated_zone=CENTRAL) == {
        ("US-FL", CENTRAL),
        ("US-TN", CENTRAL),
    }


@pytest.mark.parametrize(
    ("stated", "error"),
    [
        pytest.param({"stated_zone": "Mars/Base"}, places.UnknownZoneError, id="no such zone"),
        pytest.param({"stated_zone": "../../etc/passwd"}, places.UnknownZoneError, id="a path is no zone"),
        pytest.param({"stated_zone": ""}, places.UnknownZoneError, id="an empty zone"),
        pytest.param({"stated_region": "US-XX"}, places.UnknownRegionError, id="no such state"),
        pytest.param({"stated_region": "Florida"}, places.UnknownRegionError, id="a name is no code"),
        pytest.param({"stated_region": "ZZ-A"}, places.UnknownRegionError, id="a region of no country"),
        pytest.param({"stated_country": "ZZ"}, places.UnknownPlaceCountryError, id="no such country"),
        pytest.param({"stated_country": "Denmark"}, places.UnknownPlaceCountryError, id="a country's name"),
        pytest.param({"stated_country": ""}, places.UnknownPlaceCountryError, id="an empty country"),
        pytest.param({"network_country": "310"}, places.UnknownPlaceCountryError, id="a network's code"),
        pytest.param(
            {"postcode": Postcode(country="ZZ", code="1")},
            places.UnknownPlaceCountryError,
            id="a postcode of none",
        ),
    ],
)
def test_what_is_stated_must_exist(stated, error):
    with pytest.raises(error, match=r"\.$"):
        places_for(parse("+31612345678", country=None), **stated)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("305,US,US-FL", "four fields", id="a field missing"),
        pytest.param("3O5,US,US-FL,America/New_York", "area code", id="a letter in the code"),
        pytest.param("305,US,CA-ON,America/New_York", "region", id="another country's region"),
        pytest.param("305,US,US-FL,America/Miami", "zone", id="a zone that is none"),
        pytest.param("305,US,US-FL,", "zone", id="no zone"),
        pytest.param("305,USA,,America/New_York", "country", id="three letters for a country"),
    ],
)
def test_the_table_refuses_what_it_does_not_know(line, problem):
    with pytest.raises(places.BadAreaCodeTableError, match=f"Line 2 .*{problem}"):
        read_area_codes(["area_code,country,region,zones", line])
    with pytest.raises(places.BadAreaCodeTableError, match="Line 1 "):
        read_area_codes(["area_code,zones", line])


# --- postcodes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "code", "regions"),
    [
        pytest.param("US", "33101", {"US-FL"}, id="Miami"),
        pytest.param("US", "33101-1234", {"US-FL"}, id="with its block"),
        pytest.param("US", "331011234", {"US-FL"}, id="with its block, run together"),
        pytest.param("us", " 33101 ", {"US-FL"}, id="small letters and spaces"),
        pytest.param("US", "02134", {"US-MA"}, id="Boston"),
        pytest.param("US", "2134", {"US-MA"}, id="Boston, out of a spreadsheet"),
        pytest.param("US", "00501", {"US-NY"}, id="the lowest there is"),
        pytest.param("US", "00901", {"US-PR"}, id="San Juan"),
        pytest.param("PR", "00901", {"US-PR"}, id="San Juan as a country"),
        pytest.param("PR", "33101", {"US-FL", "US-PR"}, id="two words that differ"),
        pytest.param("US", "00802", {"US-VI"}, id="Saint Thomas"),
        pytest.param("US", "05501", {"US-MA"}, id="Massachusetts within Vermont's range"),
        pytest.param("US", "06390", {"US-CT", "US-NY"}, id="New York's island by way of Connecticut"),
        pytest.param("US", "20001", {"US-DC"}, id="Washington"),
        pytest.param("US", "20101", {"US-VA"}, id="Virginia within the District's range"),
        pytest.param("US", "39901", {"US-GA"}, id="Georgia beyond Mississippi"),
        pytest.param("US", "73301", {"US-TX"}, id="Austin within Oklahoma's range"),
        pytest.param("US", "83414", {"US-ID", "US-WY"}, id="Wyoming by way of Idaho"),
        pytest.param("US", "88510", {"US-TX"}, id="El Paso beyond New Mexico"),
        pytest.param("US", "96799", {"US-HI", "US-AS"}, id="Samoa among Hawaii"),
        pytest.param("US", "96910", {"US-GU", "US-MP"}, id="Guam"),
        pytest.param("US", "99950", {"US-AK"}, id="the highest there is"),
        pytest.param("CA", "K1A 0B1", {"CA-ON"}, id="Ottawa"),
        pytest.param("CA", "k1a0b1", {"CA-ON"}, id="Ottawa without a space"),
        pytest.param("CA", "H2X", {"CA-QC"}, id="half a code is Montreal all the same"),
        pytest.param("CA", "A1B 2C3", {"CA-NL"}, id="Newfoundland"),
        pytest.param("CA", "X0A 0H0", {"CA-NT", "CA-NU"}, id="two territories share a letter"),
        pytest.param("CA", "Y1A 1A1", {"CA-YT"}, id="Yukon"),
    ],
)
def test_a_postcode_tells_the_region(country, code, regions):
    found = places_for(SATELLITE, postcode=Postcode(country=country, code=code))
    assert {place.region for place in found} == regions
    assert {place.country for place in found} == {region[:2] for region in regions}
    assert {place.evidence for place in found} == {PlaceEvidence.POSTCODE}


@pytest.mark.parametrize(
    ("country", "code"),
    [
        pytest.param("US", "09012", id="armed forces in Europe"),
        pytest.param("US", "34002", id="armed forces in the Americas"),
        pytest.param("US", "96201", id="armed forces in the Pacific"),
        pytest.param("US", "00000", id="a prefix that nobody has"),
        pytest.param("US", "34501", id="a gap in Florida's range"),
        pytest.param("NL", "3512 JE", id="Utrecht"),
        pytest.param("GB", "SW1A 1AA", id="Westminster"),
        pytest.param("IE", "D02 X285", id="Dublin"),
    ],
)
def test_a_postcode_that_tells_no_region_stands_for_its_country(country, code):
    found = places_for(SATELLITE, postcode=Postcode(country=country, code=code))
    assert [(place.country, place.region, place.zone) for place in found] == [
        (country, None, zone) for zone in country_zones(country)
    ]


@pytest.mark.parametrize(
    ("country", "code"),
    [
        pytest.param("US", "K1A 0B1", id="Canada's in the United States"),
        pytest.param("US", "331", id="too short"),
        pytest.param("US", "331011", id="too long"),
        pytest.param("US", "3310O", id="a letter O"),
        pytest.param("US", "٣٣١٠١", id="other digits"),
        pytest.param("US", "", id="empty"),
        pytest.param("CA", "33101", id="a ZIP code in Canada"),
        pytest.param("CA", "D1A 0B1", id="a letter that the post does not use"),
        pytest.param("CA", "W1A 0B1", id="a letter that no province has"),
        pytest.param("CA", "K1A 0B", id="a digit missing"),
        pytest.param("NL", " - ", id="no postcode at all"),
    ],
)
def test_what_cannot_be_a_postcode_is_refused_and_not_repeated(country, code):
    with pytest.raises(places.BadPostcodeError, match=f"not a postcode of {country}") as caught:
        places_for(SATELLITE, postcode=Postcode(country=country, code=code))
    assert caught.value.fields == {"country": country}


def test_every_state_has_a_postcode_and_a_province_a_letter():
    zips = (Postcode(country="US", code=f"{prefix:03}01") for prefix in range(1000))
    letters = (Postcode(country="CA", code=f"{letter}1A 1A1") for letter in "ABCEGHJKLMNPRSTVXY")
    found = {
        place.region
        for code in (*zips, *letters)
        for place in places_for(SATELLITE, postcode=code)
        if place.region
    }
    assert found == {area.region for areas in area_codes().values() for area in areas if area.region}


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        pytest.param(["331,331"], "Line 2 .*three fields", id="a field missing"),
        pytest.param(["33,34,US-FL"], "Line 2 .*three digits", id="two digits"),
        pytest.param(["332,331,US-FL"], "Line 2 .*out of order", id="a range backwards"),
        pytest.param(["331,339,US-FL", "335,340,US-FL"], "Line 3 .*twice", id="ranges that overlap"),
        pytest.param(["331,331,US-XX"], "Line 2 .*region", id="no such state"),
        pytest.param(["331,331,CA-ON"], "Line 2 .*region", id="another country's region"),
        pytest.param(["331,331,"], "Line 2 .*region", id="no region"),
    ],
)
def test_the_postcode_table_refuses_what_it_does_not_know(lines, problem):
    with pytest.raises(places.BadPostcodeTableError, match=problem):
        read_zip_prefixes(["first,last,regions", *lines])
    with pytest.raises(places.BadPostcodeTableError, match="Line 1 "):
        read_zip_prefixes(["prefix,regions", *lines])


def test_a_moved_number_with_a_postcode_elsewhere_is_in_both_places():
    assert regions_and_zones("+13055550123", postcode=Postcode(country="US", code="98101")) == {
        ("US-FL", EASTERN),
        ("US-WA", PACIFIC),
    }
    assert regions_and_zones("+13055550123", postcode=Postcode(country="NL", code="3512 JE")) == {
        ("US-FL", EASTERN),
        ("NL", "Europe/Amsterdam"),
    }


# --- countries that are stated, and the network ---------------------------------------------------------------


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


# --- a chosen zone --------------------------------------------------------------------------------------------


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


# --- on what a place rests ------------------------------------------------------------------------------------


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


# --- clocks ---------------------------------------------------------------------------------------------------


def hours_there(raw, at, **known):
    """Hours from UTC at every place of the number."""
    found = places_for(parse(raw, country=None), **known)
    return {at.astimezone(ZoneInfo(place.zone)).utcoffset() / timedelta(hours=1) for place in found}


JANUARY, JULY = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "january", "july"),
    [
        pytest.param("+919812345678", {5.5}, {5.5}, id="India: half an hour"),
        pytest.param("+989123456789", {3.5}, {3.5}, id="Iran: half an hour, summer time given up"),
        pytest.param("+9779841234567", {5.75}, {5.75}, id="Nepal: three quarters"),
        pytest.param("+64211234567", {13, 13.75}, {12, 12.75}, id="New Zealand and the Chathams"),
        pytest.param("+17095550123", {-4, -3.5}, {-3, -2.5}, id="Newfoundland and Labrador"),
        pytest.param(
            "+61412345678",
            {8, 8.75, 9.5, 10, 10.5, 11},
            {8, 8.75, 9.5, 10, 10.5},
            id="Australia: half of it changes",
        ),
        pytest.param("+12085550123", {-7, -8}, {-6, -7}, id="Idaho"),
        pytest.param(
            "+5511961234567", {-5, -4, -3, -2}, {-5, -4, -3, -2}, id="Brazil: four zones, no summer time"
        ),
        pytest.param("+16025550123", {-7}, {-7}, id="Phoenix"),
        pytest.param("+31612345678", {1}, {2}, id="north of the line summer is in July"),
        pytest.param("+56961234567", {-3, -5}, {-3, -4, -6}, id="and south of it in January"),
        pytest.param("+353851234567", {0}, {1}, id="Ireland, whose law calls winter the exception"),
    ],
)
def test_every_clock_of_a_country_counts_in_winter_and_summer(raw, january, july):
    assert hours_there(raw, JANUARY) == january
    assert hours_there(raw, JULY) == july


@pytest.mark.parametrize(
    ("raw", "change", "before", "after"),
    [
        pytest.param("+13055550123", datetime(2026, 3, 8, 7, tzinfo=UTC), -5, -4, id="Miami forward"),
        pytest.param("+13055550123", datetime(2026, 11, 1, 6, tzinfo=UTC), -4, -5, id="Miami back"),
        pytest.param("+31612345678", datetime(2026, 3, 29, 1, tzinfo=UTC), 1, 2, id="Amsterdam forward"),
        pytest.param("+31612345678", datetime(2026, 10, 25, 1, tzinfo=UTC), 2, 1, id="Amsterdam back"),
    ],
)
def test_a_place_follows_the_change_of_its_clock_to_the_second(raw, change, before, after):
    assert hours_there(raw, change - timedelta(seconds=1)) == {before}
    assert hours_there(raw, change) == {after}


# --- numbers of no place --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("+881612345678", id="satellite, 881"),
        pytest.param("+8821612345678", id="network without a country, 882"),
        pytest.param("+883510012345", id="network without a country, 883"),
        pytest.param("+870773111632", id="Inmarsat, 870"),
        pytest.param("+80012345678", id="toll-free in many countries, 800"),
    ],
)
def test_a_number_of_no_country_is_only_where_something_else_says(raw):
    number = parse(raw, country=None)
    assert places_for(number) == ()
    assert regions_and_zones(raw, network_country="NP") == {("NP", "Asia/Kathmandu")}
    assert regions_and_zones(raw, stated_zone="Asia/Kolkata") == {("IN", "Asia/Kolkata")}
    assert regions_and_zones(raw, stated_region="US-WA") == {("US-WA", PACIFIC)}
    assert places_for(number, stated_zone="Etc/UTC") == (), "an hour is no place"


def test_toll_free_of_another_country_is_anywhere_within_it():
    assert {zone for _, zone in regions_and_zones("+611800123456")} == set(country_zones("AU"))


@pytest.mark.parametrize(
    ("area_code", "country", "zone"),
    [
        pytest.param("242", "BS", "America/Nassau", id="Bahamas"),
        pytest.param("246", "BB", "America/Barbados", id="Barbados"),
        pytest.param("441", "BM", "Atlantic/Bermuda", id="Bermuda"),
        pytest.param("649", "TC", "America/Grand_Turk", id="Turks and Caicos"),
        pytest.param("658", "JM", "America/Jamaica", id="Jamaica"),
        pytest.param("809", "DO", "America/Santo_Domingo", id="Dominican Republic"),
        pytest.param("868", "TT", "America/Port_of_Spain", id="Trinidad and Tobago"),
    ],
)
def test_the_caribbean_is_not_the_united_states(area_code, country, zone):
    places_there = [
        (place.country, place.region, clock(place.zone))
        for place in places_for(parse(f"+1{area_code}3590123", country=None))
    ]
    assert places_there == [(country, None, clock(zone))]


@pytest.mark.parametrize(("area_code", "region"), [("457", "US-LA"), ("471", "US-MS"), ("679", "US-MI")])
def test_area_codes_newer_than_the_numbering_data_are_in_the_table(area_code, region):
    assert {area.region for area in area_codes()[area_code]} == {region}


# --- what holds whatever is known -----------------------------------------------------------------------------

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


# --- the table against the numbering plan's own data, which says less but was made by others ------------------

STATES = dict(
    line.strip().rsplit(" ", 1)
    for line in """
        Alabama AL
        Alaska AK
        Arizona AZ
        Arkansas AR
        California CA
        Colorado CO
        Connecticut CT
        Delaware DE
        Florida FL
        Georgia GA
        Hawaii HI
        Idaho ID
        Illinois IL
        Indiana IN
        Iowa IA
        Kansas KS
        Kentucky KY
        Louisiana LA
        Maine ME
        Maryland MD
        Massachusetts MA
        Michigan MI
        Minnesota MN
        Mississippi MS
        Missouri MO
        Montana MT
        Nebraska NE
        Nevada NV
        New Hampshire NH
        New Jersey NJ
        New Mexico NM
        New York NY
        North Carolina NC
        North Dakota ND
        Ohio OH
        Oklahoma OK
        Oregon OR
        Pennsylvania PA
        Rhode Island RI
        South Carolina SC
        South Dakota SD
        Tennessee TN
        Texas TX
        Utah UT
        Vermont VT
        Virginia VA
        Washington State WA
        Washington D.C. DC
        West Virginia WV
        Wisconsin WI
        Wyoming WY
        Puerto Rico PR
        Guam GU
        U.S. Virgin Islands VI
        Northern Mariana Islands MP
        American Samoa AS
        Alberta AB
        British Columbia BC
        British Colombia BC
        Manitoba MB
        Ontario ON
        New Brunswick NB
        Newfoundland and Labrador NL
        Quebec QC
        Saskatchewan SK
    """.strip().splitlines()
)
TERRITORIES = {"PR", "GU", "VI", "MP", "AS"}

# Where the plan's zones are wrong: (area code, zone) and why.
NOT_THERE = {
    ("689", CENTRAL): "overlays 407 and 321, Orlando",
    ("879", "America/Puerto_Rico"): "overlays 709, where the plan itself has no such zone",
    ("907", "Pacific/Honolulu"): "Hawaii's clock is the Aleutians' only in winter; Adak stands for them",
    ("867", "America/Vancouver"): "Yukon left Pacific time in 2020; Whitehorse stands for it",
}


def by_area_code():
    zones = defaultdict(set)
    for prefix, found in TIMEZONE_DATA.items():
        if prefix.startswith("1") and len(prefix) >= 4:
            zones[prefix[1:4]] |= set(found)
    return zones


def clock(zone):
    rules = ZoneInfo(zone)
    return tuple(
        (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=d)).astimezone(rules).utcoffset()
        for d in range(365)
    )


def test_every_area_code_of_the_numbering_plan_is_in_the_table():
    assert set(by_area_code()) <= set(area_codes())


def test_every_zone_that_the_numbering_plan_knows_for_an_area_code_is_in_the_table():
    missing = {
        (code, zone)
        for code, zones in by_area_code().items()
        for zone in zones
        if clock(zone) not in {clock(ours) for area in area_codes()[code] for ours in area.zones}
    }
    assert missing == set(NOT_THERE)


def test_region_and_country_are_those_of_the_numbering_plan():
    wrong = {}
    for code in by_area_code():
        number = phonenumbers.parse(f"+1{code}5550123")
        country = phonenumbers.region_code_for_number(number)
        areas = area_codes()[code]
        if country is not None and {area.country for area in areas} != {
            "US" if country in TERRITORIES else country
        }:
            wrong[code] = country
        description = geocoder.description_for_number(number, "en")
        state = STATES.get(description) or description.rsplit(", ", 1)[-1]
        ours = {(area.region or "").removeprefix(f"{area.country}-") for area in areas}
        if len(state) == 2 and ours != {state}:
            wrong[code] = description
    assert wrong == {}


def test_the_library_that_only_tests_may_load_stays_out_of_the_package():
    modules = list(Path(str(resources.files("yesword.domain"))).rglob("*.py"))
    assert modules
    for module in modules:
        assert "import geocoder" not in module.read_text("utf-8")


def test_every_country_with_numbers_has_a_zone():
    assert {region for region in phonenumbers.SUPPORTED_REGIONS if not country_zones(region)} == set()


def test_every_state_and_province_has_an_area_code():
    regions = {area.region for areas in area_codes().values() for area in areas if area.region}
    assert len({region for region in regions if region.startswith("US-")}) == 50 + 1 + 5
    assert len({region for region in regions if region.startswith("CA-")}) == 13
