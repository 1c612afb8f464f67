import string
from importlib import resources
from pathlib import Path

import pytest

from yesword.domain.composing import has_way_out
from yesword.domain.linting import wordings
from yesword.domain.linting.parts import Wording, offer, says
from yesword.domain.linting.wordings import WordingFileError, read_wordings
from yesword.domain.rules.model.content import Part

LANGUAGES = ("da", "de", "en", "es", "fi", "fr", "it", "nb", "nl", "pl", "pt", "sv")
# What a brand would fill in where only it knows.
FILLED = {
    "address": {
        "da": "Storegade 1",
        "de": "Hauptstraße 1",
        "en": "1 High Street",
        "es": "Calle Mayor 1",
        "fi": "Pääkatu 1",
        "fr": "1 rue Haute",
        "it": "Via Roma 1",
        "nb": "Storgata 1",
        "nl": "Dorpsstraat 1",
        "pl": "ul. Długa 1",
        "pt": "Rua Nova 1",
        "sv": "Storgatan 1",
    },
    "use_case": {
        "da": "tilbud på sko",
        "de": "Angebote für Schuhe",
        "en": "offers on shoes",
        "es": "ofertas de zapatos",
        "fi": "tarjouksia kengistä",
        "fr": "des offres de chaussures",
        "it": "offerte di scarpe",
        "nb": "tilbud på sko",
        "nl": "aanbiedingen voor schoenen",
        "pl": "oferty butów",
        "pt": "ofertas de sapatos",
        "sv": "erbjudanden på skor",
    },
    "categories": {
        "da": "sko",
        "de": "Schuhe",
        "en": "shoes",
        "es": "zapatos",
        "fi": "kengät",
        "fr": "chaussures",
        "it": "scarpe",
        "nb": "sko",
        "nl": "schoenen",
        "pl": "buty",
        "pt": "sapatos",
        "sv": "skor",
    },
    "frequency": {
        "da": "højst 4 sms om måneden",
        "de": "max. 4 SMS im Monat",
        "en": "up to four texts a month",
        "es": "hasta 4 SMS al mes",
        "fi": "enintään neljä viestiä kuukaudessa",
        "fr": "jusqu'à 4 SMS par mois",
        "it": "fino a 4 SMS al mese",
        "nb": "inntil fire SMS i måneden",
        "nl": "max. vier sms per maand",
        "pl": "do 4 SMS-ów miesięcznie",
        "pt": "até 4 SMS por mês",
        "sv": "högst 4 sms i månaden",
    },
}


def filled(language: str, part: Part) -> str:
    """The wording as offered, with what the brand knows."""
    said = wordings.wordings(language)
    values = {name: texts[language] for name, texts in FILLED.items()}
    values |= {
        "brand": "Acme",
        "program": "Club",
        "support": "acme.example/help",
        "terms": "https://acme.example/t",
        "privacy": "https://acme.example/p",
    }
    return said.parts[part.value].offer.format_map(values)


def test_there_are_wordings_in_all_languages_that_are_promised():
    assert wordings.languages() == LANGUAGES


def test_the_parts_are_those_of_the_rule_model():
    assert set(wordings.PARTS) == {part.value for part in Part}


@pytest.mark.parametrize("part", Part, ids=lambda part: part.value)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wording_that_is_offered_is_recognised_when_it_is_taken_up(language, part):
    taken_up = Wording(
        text=filled(language, part), language=language, brand="Acme", program="Club", categories=("shoes",)
    )
    assert says(part, taken_up), taken_up.text


@pytest.mark.parametrize("part", sorted(set(Part) - {Part.BRAND, Part.PROGRAM}), ids=lambda part: part.value)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_greeting_and_a_name_say_none_of_the_parts(language, part):
    assert not says(part, Wording(text="Acme: 1234567", language=language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_standard_way_out_is_seen_as_one_by_reply_and_by_link(language):
    by_reply = wordings.standard_way_out(language)
    by_link = wordings.standard_way_out(language, "https://acme.example/u/k3x9")
    assert has_way_out(by_reply)
    assert has_way_out(by_link)
    assert "https://acme.example/u/k3x9" in by_link
    # It is the line that makes it so, and not the letters of the language.
    assert not has_way_out(by_link.replace("https://acme.example/u/k3x9", ""))


@pytest.mark.parametrize(("written", "found"), [("no", "nb"), ("nl-BE", "nl"), ("EN_us", "en")])
def test_a_language_is_found_however_its_code_is_written(written, found):
    assert wordings.wordings(written).language == found


def test_a_language_without_wordings_gets_the_english_line():
    assert wordings.wordings("ko") is None
    assert wordings.standard_way_out("ko") == wordings.standard_way_out("en")


def test_an_offer_leaves_no_brace_and_says_nothing_rather_than_no_word():
    bare = Wording(text="", language="en")
    offered = {part: offer(part, bare) for part in Part}
    assert offered[Part.FREQUENCY] is None
    assert offered[Part.STOP] == "Reply STOP to stop."
    assert not any("{" in each for each in offered.values() if each)


ENGLISH = resources.files(wordings.__package__).joinpath("data", "en.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        pytest.param("[parts.rates]", "[parts.rate]", "parts.rate", id="a part that nobody knows"),
        pytest.param(
            "[parts.channel]\nsays = [", "[parts.channel]\nsay = [", "parts.channel.say", id="a misspelt key"
        ),
        pytest.param('greetings = ["hi"', 'greeting = ["hi"', "selling.greeting", id="a misspelt list"),
        pytest.param("day = [", "days = [", "periods.days", id="a period that is none"),
        pytest.param(
            '"deals", "promotion*"', '"(deals", "promotion*"', "parts.use_case.says", id="an open bracket"
        ),
        pytest.param(
            '"deals", "promotion*"', '"deals…", "promotion*"', "parts.use_case.says", id="a gap at the end"
        ),
        pytest.param(
            '"deals", "promotion*"', '"", "promotion*"', "parts.use_case.says", id="an empty phrase"
        ),
        pytest.param(
            '"{frequency}."', '"{how_often}."', "parts.frequency.offer", id="a field that nobody fills"
        ),
        pytest.param(
            '"{frequency}."', '"{frequency."', "parts.frequency.offer", id="a field without its end"
        ),
        pytest.param('"{frequency}."', '""', "parts.frequency.offer", id="nothing to offer"),
        pytest.param(
            '"To stop: {link}"', '"To stop: {brand}"', "way_out.link", id="a way out without its link"
        ),
        pytest.param('language = "en"', 'language = "English"', "language", id="no code"),
        pytest.param("two = 2", 'two = "2"', "numbers", id="a number that is a word"),
        pytest.param("leaving = []", "leaving = [2]", "answers.leaving", id="a word that is a number"),
        pytest.param(
            "[parts.brand]\nsays = []",
            '[parts.brand]\nsays = ["we"]',
            "parts.brand.says",
            id="a phrase for a name",
        ),
        pytest.param(
            '[parts.terms]\nsays = ["terms", "t&c*", "conditions of (use|service)"]',
            "[parts.terms]\nsays = []",
            "parts.terms.says",
            id="a part that cannot be said",
        ),
        pytest.param("[answers]", "[answers", "TOML", id="no TOML"),
    ],
)
def test_a_file_with_a_mistake_is_refused_by_file_and_key(old, new, key):
    assert ENGLISH.count(old) == 1
    with pytest.raises(WordingFileError) as error:
        read_wordings(ENGLISH.replace(old, new), "en.toml")
    assert (error.value.fields["file"], error.value.fields["key"]) == ("en.toml", key)


def test_a_file_that_lacks_a_table_is_refused():
    without = ENGLISH[: ENGLISH.index("[answers]")]
    with pytest.raises(WordingFileError, match="answers: it is missing"):
        read_wordings(without, "en.toml")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_offered_names_known_fields_only(language):
    said = wordings.wordings(language)
    for part in said.parts.values():
        used = {name for _, name, _, _ in string.Formatter().parse(part.offer) if name}
        assert used <= wordings.FIELDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_how_to_shows_the_standard_way_out(language):
    page = (Path(__file__).resolve().parents[4] / "docs" / "how-to" / "write-wordings.md").read_text("utf-8")
    assert wordings.standard_way_out(language) in page
    assert wordings.standard_way_out(language, "https://…") in page
