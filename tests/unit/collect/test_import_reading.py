import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.collect.imports.errors import (
    EmptyFileError,
    FileChangedError,
    NoHeaderError,
    NoPhoneColumnError,
    NotTextError,
    SpreadsheetGivenError,
)
from yesword.collect.imports.headings import lay_out
from yesword.collect.imports.reading import MAX_LINES_A_RECORD, open_source, text_of

TEXT = "telefoon;naam\n0612345678;Åsa Groß\n"


@pytest.fixture
def source(tmp_path):
    def of(content):
        file = tmp_path / "people.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_source(file)

    return of


def rows(source):
    return [record.cells for record in source.records()]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(TEXT.encode(), id="UTF-8"),
        pytest.param(codecs.BOM_UTF8 + TEXT.encode(), id="UTF-8 with a mark"),
        pytest.param(TEXT.encode("utf-16"), id="UTF-16 of this machine"),
        pytest.param(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), id="UTF-16 big end first"),
        pytest.param(TEXT.encode("latin-1"), id="Latin-1"),
        pytest.param(TEXT.replace("\n", "\r\n").encode(), id="Windows line ends"),
        pytest.param(TEXT.replace("\n", "\r").encode(), id="old Mac line ends"),
        pytest.param(("\n\n" + TEXT.replace("\n", "\n \n;\n")).encode(), id="blank lines everywhere"),
        pytest.param(("sep=;\r\n" + TEXT).encode(), id="Excel's line that names the separator"),
        pytest.param(TEXT.rstrip("\n").encode(), id="no end on the last line"),
    ],
)
def test_the_same_people_however_the_file_is_written(source, data):
    found = source(data)
    assert found.header == ("telefoon", "naam")
    assert rows(found) == [("0612345678", "Åsa Groß")]


def test_windows_own_characters_are_read_where_the_file_is_not_utf8(source):
    assert rows(source("phone,name\n1,€uro – Jan".encode("cp1252"))) == [("1", "€uro – Jan")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found_in_the_names(source, delimiter):
    found = source(f'"phone, mobile"{delimiter}name{delimiter}city\n1{delimiter}2{delimiter}3\n')
    assert found.delimiter == delimiter
    assert rows(found) == [("1", "2", "3")]


def test_a_file_of_one_column_needs_no_separator(source):
    assert rows(source("phone\n0612345678\n")) == [("0612345678",)]


def test_a_quote_that_never_closes_costs_its_own_line_only(source):
    people = "".join(f"{number},Bo\n" for number in range(200))
    found = list(source(f'phone,name\n1,"Anna\n{people}').records())
    assert [record.is_open for record in found] == [True, *[False] * 200]
    assert [record.line for record in found] == list(range(2, 203))
    assert MAX_LINES_A_RECORD < 200


def test_lines_are_counted_past_cells_that_hold_several(source):
    found = list(source('phone,name\n1,"a\nb"\n\n2,c\n').records())
    assert [(record.number, record.line) for record in found] == [(1, 2), (2, 5)]


def test_a_file_that_changes_while_it_is_read_is_not_believed(source):
    found = source("phone\n1\n")
    found.path.write_text("phone\n1\n2\n")
    with pytest.raises(FileChangedError):
        rows(found)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyFileError),
        (b"\n \n", EmptyFileError),
        (b"PK\x03\x04rest", SpreadsheetGivenError),
        (b"\xd0\xcf\x11\xe0rest", SpreadsheetGivenError),
        (b"phone\x00\n", NotTextError),
    ],
    ids=["no bytes", "blank lines", "xlsx", "xls", "nul bytes"],
)
def test_what_is_no_text_file_is_refused_in_words(source, data, error):
    with pytest.raises(error):
        source(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(TEXT.encode(), id="UTF-8"),
        pytest.param(codecs.BOM_UTF8 + TEXT.encode(), id="UTF-8 with a mark"),
        pytest.param(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), id="UTF-16 little end first"),
        pytest.param(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), id="UTF-16 big end first"),
        pytest.param(TEXT.encode("cp1252"), id="as Windows wrote it"),
    ],
)
def test_a_list_that_is_held_whole_is_decoded_alike(data):
    assert text_of(data) == TEXT


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(b"PK\x03\x04rest", SpreadsheetGivenError, id="a spreadsheet"),
        pytest.param(TEXT.encode("utf-16-le"), NotTextError, id="UTF-16 without a mark"),
        pytest.param(codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), NotTextError, id="UTF-32"),
    ],
)
def test_a_list_that_is_no_text_is_refused_alike(data, error):
    with pytest.raises(error):
        text_of(data)


cell = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=12
)


@given(rows_given=st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=6))
def test_what_a_csv_writer_writes_is_read_back(tmp_path_factory, rows_given):
    import csv

    file = tmp_path_factory.mktemp("csv") / "people.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("phone", "name", "city"), *rows_given])
    kept = [row for row in rows_given if "".join(row).strip(' \t",')]
    assert [tuple(row) for row in rows(open_source(file)) if "".join(row).strip(' \t",\n')] == [
        row for row in kept if "".join(row).strip(' \t",\n')
    ]


@pytest.mark.parametrize(
    "header",
    [
        "phone,name,language,city,consent date,consent source,consent wording,unsubscribed",
        "telefoonnummer,naam,taal,woonplaats,toestemmingsdatum,bron,toestemmingstekst,afgemeld",
        "Handynummer,Name,Sprache,Ort,Einwilligungsdatum,Quelle,Einwilligungstext,abgemeldet",
        "Mobilnummer,Namn,Språk,Ort,Samtyckesdatum,Källa,Samtyckestext,Avregistrerad",
        "Telefon,Navn,Sprog,By,Samtykkedato,Kilde,Samtykketekst,Frameldt",
        "PHONE_NUMBER,full_name,Lang,CITY,ConsentDate,consent-source,consent_text,OptedOut",
    ],
    ids=["English", "Dutch", "German", "Swedish", "Danish", "as programs write"],
)
def test_columns_are_known_by_their_names(header):
    kinds = [kind for _, kind in lay_out(header.split(",")).described()]
    assert kinds == [
        "phone", "name", "language", "location", "consent_date", "consent_source", "consent_wording", "opted_out",
    ]  # fmt: skip


def test_other_columns_become_attributes_and_addresses_are_not_kept():
    layout = lay_out(["phone", "E-mail", "Past purchase", ""])
    assert [kind for _, kind in layout.described()] == ["phone", "not kept", "attribute", "not kept"]


def test_a_bare_number_column_is_a_phone_only_where_nothing_else_is():
    assert lay_out(["number", "name"]).phones == (0,)
    assert lay_out(["number", "phone"]).phones == (1,)
    assert lay_out(["number", "phone"]).attributes == ((0, "number"),)


def test_a_file_without_column_names_says_so_and_quotes_nobody():
    with pytest.raises(NoHeaderError) as error:
        lay_out(["0612345678", "Anna"])
    assert "0612345678" not in str(error.value)
    with pytest.raises(NoPhoneColumnError, match="naam, plaats"):
        lay_out(["naam", "plaats"])
