"""Column names and cells about customers, addresses and kinds of recipients, in five languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.collect.imports import cells
from yesword.collect.imports.headings import Column, lay_out
from yesword.domain.parties import RecipientKind


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("ZIP Code", Column.POSTCODE),
        ("Default Address Zip", Column.POSTCODE),
        ("Postcode", Column.POSTCODE),
        ("PLZ", Column.POSTCODE),
        ("Postnummer", Column.POSTCODE),
        ("Time zone", Column.ZONE),
        ("Tijdzone", Column.ZONE),
        ("Zeitzone", Column.ZONE),
        ("Tidszon", Column.ZONE),
        ("recipient_kind", Column.RECIPIENT),
        ("Rechtsvorm", Column.RECIPIENT),
        ("Rechtsform", Column.RECIPIENT),
        ("Företagsform", Column.RECIPIENT),
        ("Virksomhedsform", Column.RECIPIENT),
        ("Last Order Date", Column.LAST_PURCHASE),
        ("Laatste aankoop", Column.LAST_PURCHASE),
        ("Letzter Kauf", Column.LAST_PURCHASE),
        ("Senaste köp", Column.LAST_PURCHASE),
        ("Seneste køb", Column.LAST_PURCHASE),
        ("Gekochte categorieën", Column.BOUGHT),
    ],
)
def test_a_column_is_known_by_its_name(name, column):
    assert lay_out(["phone", name]).places == {column: 1}


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("Company", RecipientKind.COMPANY),
        ("B.V.", RecipientKind.COMPANY),
        ("GmbH", RecipientKind.COMPANY),
        ("ApS", RecipientKind.COMPANY),
        ("A/S", RecipientKind.COMPANY),
        ("zzp'er", RecipientKind.SOLE_TRADER),
        ("Einzelunternehmen", RecipientKind.SOLE_TRADER),
        ("enskild firma", RecipientKind.SOLE_TRADER),
        ("Gemeente", RecipientKind.PUBLIC_BODY),
        ("myndighet", RecipientKind.PUBLIC_BODY),
        ("Particulier", RecipientKind.PERSON),
        ("forbruger", RecipientKind.PERSON),
        ("VIP", None),
    ],
)
def test_a_kind_of_recipient_is_known_by_its_name(cell, kind):
    assert cells.recipient(cell) is kind


def test_no_word_names_two_kinds_of_recipients():
    words = [word for said in cells._RECIPIENTS.values() for word in cells._words(said)]
    assert len(words) == len(set(words))


def test_categories_are_read_one_by_one():
    assert cells.listed(" shoes; coats,bags | ") == ("shoes", "coats", "bags")


@given(
    st.sampled_from(sorted(cells._NOTHING)),
    st.sampled_from((str, str.upper, str.title, str.capitalize)),
    st.text(" .-/_", max_size=2),
)
def test_a_way_to_write_that_nothing_is_known_is_understood_however_it_is_written(word, shape, around):
    written = around + shape(word).replace(" ", "/") + around
    assert cells.is_nothing(written) == cells._is_nothing(written)


@given(st.text(max_size=cells._LONGEST_NOTHING) | st.text("nN/aA-0nul gGkKlLiIoOuU", max_size=6))
def test_what_is_known_by_its_first_letter_to_say_something_says_something(cell):
    assert cells.is_nothing(cell) == (not cell or cells._is_nothing(cell))
