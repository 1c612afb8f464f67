"""Regions by postcode."""

import pytest

from factories.spots import EASTERN, PACIFIC, SATELLITE, regions_and_zones
from yesword.domain import places
from yesword.domain.places import (
    PlaceEvidence,
    Postcode,
    country_zones,
    places_for,
)
from yesword.domain.places.area_codes import area_codes
from yesword.domain.places.postcodes import read_zip_prefixes


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
