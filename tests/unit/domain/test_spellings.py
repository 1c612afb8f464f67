"""One number in a text, however it is written there; and nobody else's."""

import pytest

from yesword.domain.spellings import shows

NUMBER, CODE = "+31612345001", "31"

SHOWN = [
    "+31612345001",
    "31612345001",
    "0031612345001",
    "011 31 6 12345001",
    "0612345001",
    "612345001",
    "06 12345001",
    "06-12 34 50 01",
    "(06) 12.34.50.01",
    "+31 (0)6 12345001",
    "+31 (0) 6 - 1234 5001",
    "31612345001.0",
    "3.1612345001E+10",
    "06/12345001",
    "tel:+31612345001",
    "line 7;wrong;Anna;06 12345001;nl",
    "0612345904 0612345001",
    "+31612345904 / +31 6 12345001",
    "order 4711 0612345001",
    "\uff10\uff16 \uff11\uff12\uff13\uff14\uff15\uff10\uff10\uff11",
    "\u0660\u0666\u0661\u0662\u0663\u0664\u0665\u0660\u0660\u0661",
    "06\u00a012\u200b345\u2011001",
]

NOT_SHOWN = [
    "",
    "06 12345002",
    "+31612345002",
    "06123450012",
    "+49 1612345001",
    "00491612345001",
    "+46612345001",
    "12345001",
    "2026-03-06 12:34:50.01",
]


@pytest.mark.parametrize("text", SHOWN)
def test_it_is_seen_however_it_is_written(text):
    assert shows(text, NUMBER, CODE)


@pytest.mark.parametrize("text", NOT_SHOWN)
def test_another_number_is_not_taken_for_it(text):
    assert not shows(text, NUMBER, CODE)


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("+12025550143", "1", "(202) 555-0143"),
        ("+12025550143", "1", "1-202-555-0143"),
        ("+79161234567", "7", "8 (916) 123-45-67"),
        ("+36201234567", "36", "06 20 123 4567"),
        ("+4561234567", "45", "61 23 45 67"),
    ],
)
def test_the_ways_of_other_countries_are_known(number, code, text):
    assert shows(text, number, code)
