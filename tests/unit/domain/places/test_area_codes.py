"""The table against the numbering plan's own data, which says less but was made by others."""

from collections import defaultdict
from importlib import resources
from pathlib import Path

import phonenumbers
from phonenumbers import geocoder
from phonenumbers.tzdata import TIMEZONE_DATA

from factories.spots import CENTRAL, clock
from yesword.domain.places import (
    country_zones,
)
from yesword.domain.places.area_codes import area_codes

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
