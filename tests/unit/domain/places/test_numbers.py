"""What a number alone tells of where somebody is."""

import pytest

from factories.spots import CENTRAL, EASTERN, MOUNTAIN, PACIFIC, clock, regions_and_zones
from yesword.domain import places
from yesword.domain.phone import parse
from yesword.domain.places import (
    PlaceEvidence,
    Postcode,
    country_zones,
    places_for,
)
from yesword.domain.places.area_codes import area_codes, read_area_codes


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
