from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.holidays import (
    Calendar,
    CalendarError,
    UnknownCalendarError,
    business_days_after,
    calendar,
    calendar_ids,
    is_holiday,
)
from yesword.domain.holidays.easter import orthodox_easter, western_easter
from yesword.domain.holidays.loader import read_calendars

KNOWN = {
    ("us-federal", 2024): "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
    ("us-federal", 2026): "01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25",
    ("us-al", 2024): "01-01 01-15 02-19 04-22 05-27 06-03 07-04 09-02 10-14 11-11 11-28 12-25",
    ("us-al", 2026): "01-01 01-19 02-16 04-27 05-25 06-01 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25",
    ("us-la", 2024): (
        "01-01 01-08 01-15 02-13 02-19 03-29 05-27 06-14 06-15 07-04 08-30 09-02 10-14 11-01 11-05 11-11 11-28 12-25"
    ),
    ("us-la", 2026): (
        "01-01 01-08 01-19 02-16 02-17 04-03 05-25 06-19 06-20 07-03 07-04 08-30 09-07 10-12 11-01 11-03 11-11 11-26 12-25"
    ),
    ("us-ms", 2024): "01-01 01-15 02-19 04-29 05-27 07-04 09-02 11-11 11-28 12-25",
    ("us-ms", 2026): "01-01 01-19 02-16 04-27 05-25 07-04 09-07 11-11 11-26 12-25",
    ("us-pa", 2024): "01-01 01-15 02-19 03-29 05-27 06-14 07-04 09-02 10-14 11-05 11-11 11-28 12-25",
    ("us-pa", 2026): "01-01 01-19 02-16 04-03 05-25 06-14 06-15 07-04 09-07 10-12 11-03 11-11 11-26 12-25",
    ("us-ri", 2024): "01-01 01-15 02-19 05-04 05-27 06-19 07-04 08-12 09-02 10-14 11-05 11-11 11-28 12-25",
    ("us-ri", 2025): "01-01 01-20 02-17 05-04 05-05 05-26 06-19 07-04 08-11 09-01 10-13 11-11 11-27 12-25",
    ("us-ut", 2024): "01-01 01-15 02-19 05-27 06-17 07-04 07-24 09-02 10-14 11-11 11-28 12-25",
    ("us-ut", 2026): "01-01 01-19 02-16 04-05 05-25 06-15 07-03 07-04 07-24 09-07 10-12 11-11 11-26 12-25",
    ("ca-federal", 2024): "01-01 03-29 05-20 07-01 09-02 09-30 10-14 11-11 12-25 12-26",
    ("ca-federal", 2026): "01-01 04-03 05-18 07-01 09-07 09-30 10-12 11-11 12-25 12-26",
    ("br", 2023): "01-01 04-07 04-21 05-01 09-07 10-12 11-02 11-15 12-25",
    ("br", 2024): "01-01 03-29 04-21 05-01 09-07 10-12 11-02 11-15 11-20 12-25",
    ("mx", 2024): "01-01 02-05 03-18 05-01 09-16 10-01 11-18 12-25",
    ("mx", 2026): "01-01 02-02 03-16 05-01 09-16 11-16 12-25",
    ("au", 2022): "01-01 01-03 01-26 04-15 04-18 04-25 09-22 12-25 12-26 12-27",
    ("au", 2026): "01-01 01-26 04-03 04-06 04-25 12-25 12-26 12-28",
    (
        "nz",
        2022,
    ): "01-01 01-02 01-03 01-04 02-06 02-07 04-15 04-18 04-25 06-06 06-24 09-26 10-24 12-25 12-26 12-27",
    ("nz", 2026): "01-01 01-02 02-06 04-03 04-06 04-25 04-27 06-01 07-10 10-26 12-25 12-26 12-28",
    ("za", 2024): "01-01 03-21 03-29 04-01 04-27 05-01 05-29 06-16 06-17 08-09 09-24 12-16 12-25 12-26",
    ("za", 2025): "01-01 03-21 04-18 04-21 04-27 04-28 05-01 06-16 08-09 09-24 12-16 12-25 12-26",
    ("jp", 2024): (
        "01-01 01-08 02-11 02-12 02-23 03-20 04-29 05-03 05-04 05-05 05-06 "
        "07-15 08-11 08-12 09-16 09-22 09-23 10-14 11-03 11-04 11-23"
    ),
    ("jp", 2026): (
        "01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23"
    ),
    ("at", 2024): "01-01 01-06 04-01 05-01 05-09 05-20 05-30 08-15 10-26 11-01 12-08 12-25 12-26",
    ("at", 2026): "01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26",
    ("be", 2024): "01-01 04-01 05-01 05-09 05-20 07-21 08-15 11-01 11-11 12-25",
    ("be", 2026): "01-01 04-06 05-01 05-14 05-25 07-21 08-15 11-01 11-11 12-25",
    ("ch", 2024): "01-01 05-09 08-01 12-25",
    ("ch", 2026): "01-01 05-14 08-01 12-25",
    ("de", 2024): "01-01 03-29 04-01 05-01 05-09 05-20 10-03 12-25 12-26",
    ("de", 2026): "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26",
    ("dk", 2023): "01-01 04-06 04-07 04-09 04-10 05-05 05-18 05-28 05-29 12-25 12-26",
    ("dk", 2024): "01-01 03-28 03-29 03-31 04-01 05-09 05-19 05-20 12-25 12-26",
    ("es", 2024): "01-01 01-06 03-29 05-01 08-15 10-12 11-01 12-06 12-08 12-25",
    ("es", 2026): "01-01 01-06 04-03 05-01 08-15 10-12 11-01 12-06 12-08 12-25",
    ("fi", 2024): "01-01 01-06 03-29 03-31 04-01 05-01 05-09 05-19 06-21 06-22 11-02 12-06 12-24 12-25 12-26",
    ("fi", 2026): "01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-19 06-20 10-31 12-06 12-24 12-25 12-26",
    ("fr", 2024): "01-01 04-01 05-01 05-08 05-09 05-20 07-14 08-15 11-01 11-11 12-25",
    ("fr", 2026): "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25",
    ("gb", 2021): "01-01 04-02 04-05 05-03 05-31 08-30 12-25 12-26 12-27 12-28",
    ("gb", 2022): "01-01 01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-25 12-26 12-27",
    ("gb", 2026): "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-26 12-28",
    ("ie", 2024): "01-01 02-05 03-17 04-01 05-06 06-03 08-05 10-28 12-25 12-26",
    ("ie", 2030): "01-01 02-01 03-17 04-22 05-06 06-03 08-05 10-28 12-25 12-26",
    ("it", 2025): "01-01 01-06 04-20 04-21 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26",
    ("it", 2026): "01-01 01-06 04-05 04-06 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26",
    ("nl", 2025): "01-01 04-18 04-20 04-21 04-26 05-05 05-29 06-08 06-09 12-25 12-26",
    ("nl", 2026): "01-01 04-03 04-05 04-06 04-27 05-05 05-14 05-24 05-25 12-25 12-26",
    ("no", 2024): "01-01 03-28 03-29 03-31 04-01 05-01 05-09 05-17 05-19 05-20 12-25 12-26",
    ("no", 2026): "01-01 04-02 04-03 04-05 04-06 05-01 05-14 05-17 05-24 05-25 12-25 12-26",
    ("pl", 2024): "01-01 01-06 03-31 04-01 05-01 05-03 05-19 05-30 08-15 11-01 11-11 12-25 12-26",
    ("pl", 2026): "01-01 01-06 04-05 04-06 05-01 05-03 05-24 06-04 08-15 11-01 11-11 12-24 12-25 12-26",
    (
        "se",
        2024,
    ): "01-01 01-06 03-29 03-31 04-01 05-01 05-09 05-19 06-06 06-21 06-22 11-02 12-24 12-25 12-26 12-31",
    (
        "se",
        2026,
    ): "01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-06 06-19 06-20 10-31 12-24 12-25 12-26 12-31",
}


@pytest.mark.parametrize(("calendar_id", "year"), KNOWN)
def test_a_calendar_has_the_days_that_its_year_had_and_no_other(calendar_id, year):
    days = [f"{day:%m-%d}" for day in calendar(calendar_id).days_off(year)]

    assert days == KNOWN[calendar_id, year].split()


def test_every_shipped_calendar_has_two_years_of_known_days():
    checked = [calendar_id for calendar_id, _ in KNOWN]

    assert {each for each in checked if checked.count(each) >= 2} == set(calendar_ids())


WESTERN = {
    1818: "03-22",
    1943: "04-25",
    1954: "04-18",
    1981: "04-19",
    2024: "03-31",
    2025: "04-20",
    2026: "04-05",
    2027: "03-28",
    2028: "04-16",
    2029: "04-01",
    2030: "04-21",
}
ORTHODOX = {
    1983: "05-08",
    2024: "05-05",
    2025: "04-20",
    2026: "04-12",
    2027: "05-02",
    2028: "04-16",
    2029: "04-08",
    2030: "04-28",
}


@pytest.mark.parametrize("year", WESTERN)
def test_western_easter_is_where_the_gregorian_computus_puts_it(year):
    assert f"{western_easter(year):%m-%d}" == WESTERN[year]


@pytest.mark.parametrize("year", ORTHODOX)
def test_orthodox_easter_is_where_the_julian_computus_puts_it(year):
    assert f"{orthodox_easter(year):%m-%d}" == ORTHODOX[year]


@given(year=st.integers(1583, 9998))
def test_either_easter_is_a_sunday_and_the_orthodox_never_the_earlier_one(year):
    western, orthodox = western_easter(year), orthodox_easter(year)

    assert western.weekday() == orthodox.weekday() == 6
    assert western <= orthodox or year > 2099  # the calendars drift apart for good later on


NAMED = {
    "a Saturday holiday is observed on Friday": (
        "us-federal",
        date(2026, 7, 3),
        "Independence Day (observed)",
    ),
    "and the Saturday itself stays one": ("us-federal", date(2026, 7, 4), "Independence Day"),
    "a Sunday holiday is observed on Monday": ("us-federal", date(2027, 7, 5), "Independence Day (observed)"),
    "New Year's Day on a Saturday, in the year before": (
        "us-federal",
        date(2027, 12, 31),
        "New Year's Day (observed)",
    ),
    "Alabama moves Saturday to Friday too": ("us-al", date(2021, 12, 31), "New Year's Day (observed)"),
    "Mississippi does not move a Saturday": ("us-ms", date(2026, 7, 3), None),
    "Mississippi moves a Sunday": ("us-ms", date(2027, 7, 5), "Independence Day (observed)"),
    "Mardi Gras is a holiday in Louisiana": ("us-la", date(2026, 2, 17), "Mardi Gras"),
    "but none in Alabama": ("us-al", date(2026, 2, 17), None),
    "a Louisiana day that never moves": ("us-la", date(2027, 1, 8), "Battle of New Orleans"),
    "Christmas and Boxing Day both on a weekend": ("gb", date(2021, 12, 28), "Boxing Day (observed)"),
    "a substitute skips the holiday after it": ("gb", date(2022, 12, 27), "Christmas Day (observed)"),
    "the last Monday of May had gone to the jubilee": ("gb", date(2022, 5, 30), None),
    "South Africa's Sunday goes to Monday": ("za", date(2027, 3, 22), "Human Rights Day (observed)"),
    "to that Monday only, a holiday or not": ("za", date(2022, 12, 26), "Day of Goodwill"),
    "a proclaimed day": ("za", date(2022, 12, 27), "Proclaimed beside Christmas Day on a Sunday"),
    "New Zealand has two days after a new-year weekend": (
        "nz",
        date(2022, 1, 4),
        "Day after New Year's Day (observed)",
    ),
    "New Zealand left Anzac Day on its weekend before 2014": ("nz", date(2010, 4, 26), None),
    "Japan's Sunday goes past two more holidays": (
        "jp",
        date(2026, 5, 6),
        "Constitution Memorial Day (observed)",
    ),
    "King's Day leaves its Sunday": ("nl", date(2025, 4, 26), "King's Day"),
    "and that Sunday is no holiday": ("nl", date(2025, 4, 27), None),
    "Saint Brigid's Day is a Monday": ("ie", date(2026, 2, 2), "Saint Brigid's Day"),
    "but for a Friday": ("ie", date(2030, 2, 1), "Saint Brigid's Day"),
    "Juneteenth before its law": ("us-federal", date(2020, 6, 19), None),
    "Juneteenth since": ("us-federal", date(2023, 6, 19), "Juneteenth National Independence Day"),
    "Denmark's Great Prayer Day, the last time": ("dk", date(2023, 5, 5), "Great Prayer Day"),
    "Denmark's Great Prayer Day, abolished": ("dk", date(2024, 4, 26), None),
    "an election year": ("us-ri", date(2026, 11, 3), "Election Day"),
    "no election year": ("us-ri", date(2027, 11, 2), None),
    "two holidays on one day": ("fr", date(2008, 5, 1), "Labour Day and Ascension Day"),
    "midsummer is the Saturday from 20 June": ("se", date(2026, 6, 20), "Midsummer Day"),
    "a mere Sunday": ("us-federal", date(2026, 7, 5), None),
}


@pytest.mark.parametrize(("calendar_id", "day", "name"), NAMED.values(), ids=NAMED)
def test_a_day_is_told_by_its_holiday(calendar_id, day, name):
    assert is_holiday(calendar_id, day) == name


def test_a_proclaimed_day_is_a_holiday_for_who_knows_of_it():
    christmas_eve = date(2026, 12, 24)

    assert is_holiday("us-la", christmas_eve) is None
    assert is_holiday("us-la", christmas_eve, proclaimed=iter([christmas_eve])) == "Proclaimed holiday"


def test_a_proclamation_does_not_rename_a_holiday():
    assert is_holiday("us-la", date(2026, 12, 25), proclaimed=[date(2026, 12, 25)]) == "Christmas Day"


BUSINESS_DAYS = {
    "ten days around an observed holiday": (date(2026, 6, 22), 10, date(2026, 7, 7)),
    "from a Friday": (date(2026, 3, 6), 1, date(2026, 3, 9)),
    "from a Sunday": (date(2026, 3, 8), 1, date(2026, 3, 9)),
    "over New Year": (date(2026, 12, 31), 1, date(2027, 1, 4)),
    "over a New Year kept in December": (date(2027, 12, 30), 1, date(2028, 1, 3)),
    "none": (date(2026, 7, 4), 0, date(2026, 7, 4)),
}


@pytest.mark.parametrize(("start", "n", "end"), BUSINESS_DAYS.values(), ids=BUSINESS_DAYS)
def test_business_days_pass_over_weekends_and_holidays(start, n, end):
    assert business_days_after("us-federal", start, n) == end


def test_business_days_pass_over_proclaimed_days():
    day = business_days_after("us-federal", date(2026, 12, 24), 1, proclaimed=iter([date(2026, 12, 28)]))

    assert day == date(2026, 12, 29)


@given(
    calendar_id=st.sampled_from(calendar_ids()),
    start=st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    n=st.integers(1, 15),
)
def test_the_nth_business_day_has_n_minus_one_between(calendar_id, start, n):
    def is_business(day):
        return day.weekday() < 5 and is_holiday(calendar_id, day) is None

    end = business_days_after(calendar_id, start, n)
    between = [start + timedelta(i) for i in range(1, (end - start).days)]

    assert is_business(end)
    assert sum(map(is_business, between)) == n - 1


@given(calendar_id=st.sampled_from(calendar_ids()), day=st.dates() | st.sampled_from([date.min, date.max]))
def test_every_day_of_any_year_has_an_answer(calendar_id, day):
    assert is_holiday(calendar_id, day) != ""


def test_an_unknown_calendar_is_refused_with_those_there_are():
    with pytest.raises(UnknownCalendarError, match=r'"us-xx".*us-al, us-federal'):
        is_holiday("us-xx", date(2026, 1, 1))


GOOD = """
[xx]
name = "Exland"
source = "Act 1"
confidence = "known"
holidays = [
  { name = "First", on = "1 January" },
  { name = "Second", on = "third Monday of January", from = 2020, to = 2030 },
]
[yy]
name = "Whyland"
source = "Act 2"
confidence = "found"
holidays = [
  { name = "Day", on = "1 May" },
]
"""


def read(text: str) -> Calendar:
    return read_calendars(text, "xx.toml")[0]


def one(on: str, rest: str = "") -> Calendar:
    return read(GOOD.replace('on = "1 January" }', f"on = {on}{rest} }}"))


RULES = {
    "a date": ('"29 May"', 2026, "05-29"),
    "the first of a month's weekdays": ('"first Monday of June"', 2026, "06-01"),
    "the last one of December": ('"last Thursday of December"', 2026, "12-31"),
    "the last one of February": ('"last Saturday of February"', 2020, "02-29"),
    "Orthodox Easter": ('"Orthodox Easter"', 2026, "04-12"),
    "Monday after Orthodox Easter": ('"1 day after Orthodox Easter"', 2026, "04-13"),
    "Mardi Gras": ('"47 days before Easter"', 2025, "03-04"),
    "a weekday on a date, the date being one": ('"Saturday on or after 20 June"', 2026, "06-20"),
    "a weekday after a date, the date being one": ('"Saturday after 20 June"', 2026, "06-27"),
    "a weekday up to a date, the date being one": ('"Saturday on or before 20 June"', 2026, "06-20"),
    "a weekday before a date, the date being one": ('"Saturday before 20 June"', 2026, "06-13"),
    "Saint John, on the Monday after": ('"Monday on or after 24 June"', 2026, "06-29"),
    "the day after a counted weekday": ('"1 day after fourth Thursday of November"', 2026, "11-27"),
    "one proclaimed date": ("2026-06-05", 2026, "06-05"),
    "a table of dates": ("[2025-06-20, 2026-07-10]", 2026, "07-10"),
}


@pytest.mark.parametrize(("on", "year", "day"), RULES.values(), ids=RULES)
def test_a_day_can_be_told_as_laws_tell_it(on, year, day):
    days = one(on).days_off(year)

    assert [f"{each:%m-%d}" for each, name in days.items() if name == "First"] == [day]


def test_a_proclaimed_date_comes_once():
    assert "First" not in one("2026-06-05").days_off(2027).values()


def test_a_day_counted_from_new_year_may_lie_in_the_year_before():
    assert one('"1 day before 1 January"').days_off(2026)[date(2026, 12, 31)] == "First"


def test_a_day_counted_from_the_end_of_a_year_may_lie_in_the_next():
    assert one('"2 days after 31 December"').days_off(2027)[date(2027, 1, 2)] == "First"


BAD = {
    "broken TOML": (("on = ", "on "), 7, "valid TOML"),
    "a calendar twice": (("[yy]", "[xx]"), 10, "valid TOML"),
    "an id in capitals": (("[yy]", "[YY]"), 10, 'id such as "fr"'),
    "a value for a calendar": (("[xx]", "zz = 1\n[xx]"), 2, "a table"),
    "a calendar's key misspelt": (("source", "sauce"), 2, "source to be a string"),
    "a calendar's key unknown": (
        ('name = "Whyland"', 'name = "Whyland"\nregion = "Y"'),
        12,
        "substitution or",
    ),
    "no holidays": (('  { name = "Day", on = "1 May" },\n', ""), 14, "one or more"),
    "a confidence nobody has": (('"found"', '"sure"'), 13, "one of found, known"),
    "a date that is text": (('"found"', '"found"\nverified_on = "2026"'), 14, "a date such as"),
    "a holiday that is text": (('{ name = "Day", on = "1 May" }', '"1 May"'), 10, "a table with name and on"),
    "a holiday without a name": (('name = "Day", ', ""), 15, "name to be a string"),
    "a holiday without a day": ((', on = "1 May"', ""), 15, "a day such as"),
    "a month misspelt": (("1 May", "1 Mai"), 15, "a day such as"),
    "a fifth weekday": (("1 May", "fifth Monday of May"), 15, "a day such as"),
    "a date that no year has": (("1 January", "30 February"), 7, "a day such as"),
    "a date that most years lack": (("1 January", "29 February"), 7, "a day such as"),
    "an offset from an offset": (("1 May", "1 day after 2 days after Easter"), 15, "a day such as"),
    "an empty table of dates": (('"1 May"', "[]"), 15, "a day such as"),
    "a time for a date": (('"1 May"', "2026-05-01T10:00:00"), 15, "a day such as"),
    "a holiday's key unknown": (("to = 2030", "until = 2030"), 8, "from, to, every or except"),
    "a substitution nobody has": (
        ('"1 May"', '"1 May", substitution = "friday"'),
        15,
        "none, nearest_weekday",
    ),
    "a year that is text": (("from = 2020", 'from = "2020"'), 8, "from to be a whole number"),
    "years that are backwards": (("to = 2030", "to = 2019"), 8, "no later than to"),
    "years counted from nowhere": (('"1 May"', '"1 May", every = 2'), 15, "counted from a given year"),
    "every no year": (("to = 2030", "every = 0"), 8, "1 or more years"),
    "a year to leave out that is text": (("to = 2030", 'except = ["2021"]'), 8, "a list of years"),
}


@pytest.mark.parametrize(("change", "line", "expected"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_with_its_line_and_what_was_expected(change, line, expected):
    with pytest.raises(CalendarError) as refused:
        read_calendars(GOOD.replace(*change, 1), "xx.toml")

    assert refused.value.message.startswith(f"xx.toml, line {line}: ")
    assert expected in refused.value.message.partition(". Expected ")[2]


def test_the_file_that_the_refusals_start_from_is_good():
    assert [each.id for each in read_calendars(GOOD, "xx.toml")] == ["xx", "yy"]
