import csv
from importlib import resources

import pytest

from yesword.domain.understanding.concepts import ConceptTableError, Lexicon, concepts_of

FULL_DEPTH = {"en", "nl", "sv", "de", "da", "no", "fr", "es", "it", "pt", "fi", "pl"}
TABLES = sorted(
    resources.files("yesword.domain.understanding").joinpath("concepts").iterdir(), key=lambda file: file.name
)


def concepts_in(file):
    return [row["concept"] for row in csv.DictReader(file.read_text("utf-8").splitlines())]


def test_every_language_at_full_depth_has_every_concept_in_one_order():
    tables = {
        file.name.removesuffix(".csv"): concepts_in(file) for file in TABLES if file.name.endswith(".csv")
    }
    assert tables.keys() >= FULL_DEPTH
    assert [language for language, concepts in tables.items() if concepts != tables["en"]] == []


@pytest.mark.parametrize(
    ("word", "concept"),
    [
        ("stopping", "stop"),
        ("appointment", "appointment"),
        ("afspraak", "appointment"),
        ("termin", "appointment"),
    ],
)
def test_a_word_stands_for_its_concept_whatever_its_language(word, concept):
    assert concept in concepts_of([word])[0]


def test_a_word_that_nobody_listed_stands_for_nothing():
    assert concepts_of(["xqzzy"]) == [()]
    assert concepts_of([]) == []


def test_words_are_read_in_the_language_that_knows_most_of_them():
    among_swedes = concepts_of(["jag", "vill", "inte", "ha", "fler", "sms", "slut"])[-1]
    assert "end" in among_swedes


def test_whole_words_and_beginnings_are_told_apart():
    lexicon = Lexicon("en", ["concept,words", "end,end finish*"])
    assert lexicon.of("end") == {"end"}
    assert lexicon.of("endive") == set()
    assert lexicon.of("finished") == {"end"}


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        pytest.param(["words"], "columns", id="other columns"),
        pytest.param(["concept,words", "stop,"], "missing", id="no words"),
        pytest.param(["concept,words", "stop,a.b"], "one word", id="two words in one"),
        pytest.param(["concept,words", "stop,s*"], "one word", id="too short a beginning"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(table, problem):
    with pytest.raises(ConceptTableError, match=problem):
        Lexicon("en", table)
