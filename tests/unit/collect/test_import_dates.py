from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.collect.imports.dates import consent_date
from yesword.collect.imports.provenance import is_bought
from yesword.collect.imports.refusals import RefusedRowError

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = datetime(2024, 4, 3, tzinfo=UTC)


def read(cell, country="NL"):
    try:
        return consent_date(cell, country=country, at=NOW)
    except RefusedRowError as error:
        return error.code


@pytest.mark.parametrize(
    "cell",
    [
        "2024-04-03", "2024/04/03", "2024.4.3", "20240403", "3-4-2024", "03/04/2024", "03.04.2024", "3. 4. 2024",
        "3 april 2024", "3 apr. 2024", "April 3rd, 2024", "45385", "2024-04-03T02:00+02:00", "2024-04-03 00:00:00.000Z",
        "3-4-2024 0:00", "1712102400", "1712102400000", "2024-04-02T24:00Z",
    ],
)  # fmt: skip
def test_one_day_in_many_writings(cell):
    assert read(cell) == DAY


@pytest.mark.parametrize(
    ("cell", "country", "expected"),
    [
        pytest.param("03/04/2024", "NL", DAY, id="day first in the Netherlands"),
        pytest.param("04/03/2024", "US", DAY, id="month first in the United States"),
        pytest.param(
            "04-03-2024 12:00 AM", "US", DAY, id="dashes too, and midnight by a clock of twelve hours"
        ),
        pytest.param("03.04.2024", "US", DAY, id="dots put the day first everywhere"),
        pytest.param("03/04/2024", "CA", "consent_date_ambiguous", id="Canada writes both ways"),
        pytest.param("03/04/2024", None, "consent_date_ambiguous", id="no country is known"),
        pytest.param("31/03/2024", "CA", DAY - timedelta(days=3), id="31 can only be a day"),
        pytest.param(
            "03/31/2024", "NL", DAY - timedelta(days=3), id="31 can only be a day, wherever it stands"
        ),
        pytest.param("04/04/2024", None, DAY + timedelta(days=1), id="the same either way"),
    ],
)
def test_slashes_follow_the_custom_of_the_country_or_are_refused(cell, country, expected):
    assert read(cell, country) == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2024-02-30", "consent_date_impossible"),
        ("2023-02-29", "consent_date_impossible"),
        ("2024-13-01", "consent_date_impossible"),
        ("40/40/2024", "consent_date_impossible"),
        ("2024-04-03 25:00", "consent_date_impossible"),
        ("2024-04-03 13:00 PM", "consent_date_impossible"),
        ("2026-03-04", "consent_date_future"),
        ("9999-12-31", "consent_date_future"),
        ("99999", "consent_date_future"),
        ("1989-12-31", "consent_date_too_old"),
        ("0001-01-01T00:00+14:00", "consent_date_impossible"),
        ("32000", "consent_date_too_old"),
        ("2024", "consent_date_unreadable"),
        ("3-4-24", "consent_date_unreadable"),
        ("yes", "consent_date_unreadable"),
        ("3 grune 2024", "consent_date_unreadable"),
        ("٢٠٢٤-٠٤-٠٣", "consent_date_unreadable"),
    ],
)
def test_what_cannot_be_a_date_of_consent_says_why(cell, code):
    assert read(cell) == code


def test_a_clock_without_a_zone_may_be_ahead_of_ours():
    assert read("2026-03-02 20:00") == NOW + timedelta(hours=8)


@given(st.text(max_size=30))
def test_any_cell_gets_a_date_or_a_reason(cell):
    assert isinstance(read(cell), datetime | str)


@given(st.datetimes(datetime(1990, 1, 1, tzinfo=UTC).replace(tzinfo=None), NOW.replace(tzinfo=None)))
def test_iso_times_read_back(moment):
    assert read(moment.isoformat()) == moment.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "source",
    [
        "Purchased list", "bought", "list was bought from ListCo", "rented from ListCo", "data broker", "exchanged contacts",
        "gekochte lijst", "adressenbestand ingekocht", "gekaufte Adressen", "Adresshändler", "köpt lista",
        "inköpta adresser", "købt liste",
    ],
)  # fmt: skip
def test_consent_that_was_bought_is_seen(source):
    assert is_bought(source)


@pytest.mark.parametrize(
    "source",
    [
        "", "checkout", "box ticked when she bought a coat", "bought online, box ticked", "purchase at the checkout",
        "customer list", "sold at the market, paper form", "aankoop in de winkel", "formulier", "Kauf im Laden", "köp i kassan",
    ],
)  # fmt: skip
def test_a_purchase_is_no_purchased_list(source):
    assert not is_bought(source)
