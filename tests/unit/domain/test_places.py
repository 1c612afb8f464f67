from collections import defaultdict
from datetime import UTC, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from phonenumbers import geocoder
from phonenumbers.tzdata import TIMEZONE_DATA

from yesword.domain import places
from yesword.domain.phone import parse
from yesword.domain.places import PlaceEvidence, country_zones, places_for

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)


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
        pytest.param({"stated_region": "ZZ-A"}, places.UnknownRegionError, id="no such country"),
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
        places.read_area_codes(["area_code,country,region,zones", line])
    with pytest.raises(places.BadAreaCodeTableError, match="Line 1 "):
        places.read_area_codes(["area_code,zones", line])


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
    assert set(by_area_code()) <= set(places._area_codes())


def test_every_zone_that_the_numbering_plan_knows_for_an_area_code_is_in_the_table():
    missing = {
        (code, zone)
        for code, zones in by_area_code().items()
        for zone in zones
        if clock(zone) not in {clock(ours) for area in places._area_codes()[code] for ours in area.zones}
    }
    assert missing == set(NOT_THERE)


def test_region_and_country_are_those_of_the_numbering_plan():
    wrong = {}
    for code in by_area_code():
        number = phonenumbers.parse(f"+1{code}5550123")
        country = phonenumbers.region_code_for_number(number)
        areas = places._area_codes()[code]
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
    for module in resources.files("yesword.domain").iterdir():
        if module.name.endswith(".py"):
            assert "import geocoder" not in module.read_text("utf-8")


def test_every_country_with_numbers_has_a_zone():
    assert {region for region in phonenumbers.SUPPORTED_REGIONS if not country_zones(region)} == set()


def test_every_state_and_province_has_an_area_code():
    regions = {area.region for areas in places._area_codes().values() for area in areas if area.region}
    assert len({region for region in regions if region.startswith("US-")}) == 50 + 1 + 5
    assert len({region for region in regions if region.startswith("CA-")}) == 13
