"""Lists of numbers that somebody else keeps: with column names and without, with dates, senders and what happened."""

from datetime import UTC, datetime

import pytest

from yesword.collect.imports.errors import ImportFileError
from yesword.collect.number_files import open_numbers

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def read(tmp_path):
    def read(text, country="US"):
        path = tmp_path / "list.csv"
        path.write_text(text)
        return [
            (
                each.number and each.number.e164,
                each.at and f"{each.at:%Y-%m-%d %H:%M}",
                each.sender,
                each.kind,
            )
            for each in open_numbers(path, country=country, at=AT).lines()
        ]

    return read


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param("2025550100\n2025550101\n", ("+12025550100", None, "", ""), id="bare national numbers"),
        pytest.param("31687654321\n", ("+31687654321", None, "", ""), id="as it stands in the networks"),
        pytest.param(
            "+12025550100,2026-01-31,YES\n", ("+12025550100", "2026-01-31 00:00", "", "yes"), id="no names"
        ),
        pytest.param(
            "from,to,keyword,created_at\n+15005550006,+12025550100,STOP,2025-04-28 12:00:38+00:00\n",
            ("+12025550100", "2025-04-28 12:00", "+15005550006", ""),
            id="from and to",
        ),
        pytest.param(
            "Phone Number;Date of reassignment;Status\n2025550100;01/31/2026;Reassigned\n",
            ("+12025550100", "2026-01-31 00:00", "", "reassigned"),
            id="American dates",
        ),
        pytest.param(
            "tn,disconnect date\n2025550100,20260131\n", ("+12025550100", "2026-01-31 00:00", "", ""), id="tn"
        ),
        pytest.param("number,date\n2025550100,soon\n", ("+12025550100", None, "", ""), id="no date"),
        pytest.param("number,date\nnone,2026-01-31\n", (None, "2026-01-31 00:00", "", ""), id="no number"),
    ],
)
def test_the_first_line_says(read, text, first):
    assert read(text)[0] == first


@pytest.mark.parametrize(
    "text",
    [pytest.param("", id="nothing"), pytest.param("colour,size\nred,4\n", id="no column with numbers")],
)
def test_a_file_that_is_no_list_is_refused(read, text):
    with pytest.raises(ImportFileError):
        read(text)
