from dataclasses import replace
from datetime import date
from importlib import resources

import pytest

from yesword.domain.ids import BrandId
from yesword.domain.linting import categories, wordings
from yesword.domain.linting.finding import Severity
from yesword.domain.linting.programs import lint_program
from yesword.domain.linting.sentences import render
from yesword.domain.program_files import read_program
from yesword.domain.programs import Frequency
from yesword.domain.rules import RuleBook

ON = date(2026, 11, 22)
PACKS = RuleBook.load().packs
DEMO = ("alerts", "club", "events", "feedback", "reminders")
PLACES = ("NL", "BE", "SE", "DE", "AT", "DK", "GB", "US", "US-FL", "US-OK")


def demo(key):
    text = resources.files("yesword.demo").joinpath("programs", f"{key}.toml").read_text("utf-8")
    return read_program(text, file=key, brand=BrandId(1), brand_name="Wintelroos", brand_country="NL")


CLUB = demo("club")


def saying(language, **texts):
    return replace(
        CLUB,
        texts=tuple(
            (each, replace(said, **texts) if each == language else said) for each, said in CLUB.texts
        ),
    )


def lint(program, countries=PLACES):
    return lint_program(program, PACKS, ON, countries=countries)


def errors(program, countries=PLACES):
    return {(each.where, each.code) for each in lint(program, countries) if each.severity is Severity.ERROR}


@pytest.mark.parametrize("key", DEMO)
def test_a_program_of_the_demo_has_nothing_to_remark(key):
    assert [(each.where, each.code, render(each.sentence)) for each in lint(demo(key))] == []


def test_a_confirmation_that_asks_is_held_to_the_rules_with_its_question():
    """The question is part of the text: two sentences that are fine apart may be too long together in Canada."""
    asking = replace(CLUB, asks_which=True)
    assert errors(asking) == set()
    long = saying("en", stop="[Brand]: " + "no more messages to you. " * 5)
    where = ("CA",)
    before = {each.code for each in lint(long, where) if each.where == "en.stop"}
    after = {each.code for each in lint(replace(long, asks_which=True), where) if each.where == "en.stop"}
    assert after - before


def test_canada_wants_an_address_that_the_demo_does_not_give_and_only_warns_of_it():
    found = lint(CLUB, ("CA",))
    assert {each.code for each in found} == {"part.address", "part.third_parties"}
    assert {each.severity for each in found} == {Severity.WARNING}


@pytest.mark.parametrize(
    ("language", "name", "text", "code"),
    [
        pytest.param("en", "welcome", "Welcome to [Brand]: offers, [Frequency]. Msg & data rates may apply. [Help] for help.", "part.stop", id="a welcome without the way out"),
        pytest.param("nl", "welcome", "Welkom bij [Program]: aanbiedingen, [Frequency]. Sms-kosten mogelijk. Hulp: [Help]. Stoppen: [Stop].", "part.brand", id="a welcome without the brand"),
        pytest.param("sv", "help", "[Brand] [Program]: [Frequency]. Frågor: [Support] Avsluta: [Stop].", "part.rates", id="a HELP reply without the rates"),
        pytest.param("de", "help", "[Brand] [Program]: [Frequency]. SMS-/Datenkosten möglich. Abmelden: [Stop].", "part.contact", id="a HELP reply without a human"),
        pytest.param("da", "stop", "[Brand]: tak for denne gang.", "part.confirmed_out", id="a STOP reply that does not say that it is over"),
        pytest.param("en", "stop", "[Brand]: you are signed off and get no more messages. Come back for 20% off!", "sells", id="a STOP reply that sells"),
        pytest.param("da", "stop", "[Brand]: du er afmeldt og får ikke flere beskeder. Brug rabatkode RETUR.", "sells", id="a STOP reply with a code for a discount"),
        pytest.param("de", "help", "[Brand] [Program]: [Frequency]. Fragen: [Support] SMS-/Datenkosten möglich. Jetzt kaufen: 20 % Rabatt. Abmelden: [Stop].", "sells", id="a HELP reply that sells"),
        pytest.param("en", "disclosure", "Text [Keyword] to [Code]", "part.use_case", id="a disclosure that says nothing"),
        pytest.param("nl", "way_out", "Bel ons om te stoppen.", "way_out_not_recognised", id="a way out that is none"),
        pytest.param("nl", "disclosure", "[Attribute:x]", "template", id="a template that cannot be made"),
    ],
)  # fmt: skip
def test_each_mistake_is_found_in_its_text(language, name, text, code):
    found = errors(saying(language, **{name: text}))
    where = language if code == "template" else f"{language}.{name}"
    assert (where, code) in found
    assert all(place == where for place, _ in found)


@pytest.mark.parametrize("language", CLUB.languages)
def test_a_way_out_that_is_not_recognised_is_offered_the_standard_one(language):
    (found,) = lint(saying(language, way_out="…"))
    assert found.code == "way_out_not_recognised"
    assert lint(saying(language, way_out=found.offer)) == ()


@pytest.mark.parametrize("word", ["CANCEL", "end", "UIT", "SLUT", "Afmelden", "CANCEL 2"])
def test_a_yes_is_no_word_that_people_leave_with(word):
    assert ("nl.confirm_words", "leaving_word") in errors(saying("nl", confirm_words=("JA", word)))
    assert ("keywords", "leaving_word") in errors(replace(CLUB, keywords=("SAVEMORE", word)))


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "up to two texts a month"), ("nl", "max. één sms per maand"), ("sv", "högst 2 sms i månaden"), ("de", "max. drei SMS im Monat"), ("da", "højst 3 sms om måneden")],
)  # fmt: skip
def test_words_that_promise_less_than_is_counted_break_their_word(language, said):
    found = errors(saying(language, frequency=said))
    assert (f"{language}.frequency", "frequency_broken") in found
    assert (f"{language}.disclosure", "frequency_broken") in found
    assert all(place.startswith(f"{language}.") for place, _ in found)


def test_words_that_promise_more_are_only_remarked_on():
    found = lint(replace(CLUB, frequency=Frequency(count=1, days=30)))
    assert {(each.code, each.severity) for each in found} == {("frequency_exceeds", Severity.ADVICE)}


def test_one_a_week_keeps_four_a_month():
    assert errors(saying("en", frequency="one text a week")) == set()


def test_the_country_of_the_brand_is_asked_where_none_is_named():
    broken = saying("en", disclosure="Text [Keyword] to [Code]")
    assert {each.rule.split(".")[0] for each in lint_program(broken, PACKS, ON)} <= {"nl", "eu", "house"}


@pytest.mark.parametrize(
    ("category", "meant"),
    [
        pytest.param("alchohol", "alcohol", id="a slip"),
        pytest.param("Alcohol", "alcohol", id="in capitals"),
        pytest.param("debt-relief", "debt_relief", id="another hyphen"),
        pytest.param("sex", "adult", id="sex"),
        pytest.param("guns", "firearms", id="guns"),
        pytest.param("weed", "cannabis", id="weed"),
        pytest.param("vape", "tobacco", id="vape"),
        pytest.param("betting", "gambling", id="betting"),
        pytest.param("loan", "loans", id="one loan"),
        pytest.param("wine", "alcohol", id="a drink"),
        pytest.param("kansspelen", "gambling", id="Dutch"),
        pytest.param("vapen", "firearms", id="Swedish"),
        pytest.param("zigaretten", "tobacco", id="German"),
        pytest.param("våben", "firearms", id="Danish"),
    ],
)
def test_a_category_that_rules_know_by_another_word_is_remarked_on(category, meant):
    (found,) = (
        each
        for each in lint(replace(CLUB, categories=(*CLUB.categories, category)))
        if each.where == "categories"
    )
    assert (found.code, found.severity, found.offer) == ("category_meant", Severity.WARNING, meant)
    assert dict(found.sentence.args) == {"category": category, "meant": meant}


def test_the_categories_of_the_rules_are_taken_as_they_are():
    for category in categories.known(PACKS):
        assert categories.meant(category, categories.known(PACKS)) is None


@pytest.mark.parametrize(
    "category", ["shoes", "garden", "events", "bags", "sports", "food", "news", "feedback"]
)
def test_other_categories_are_free_words(category):
    assert categories.meant(category, categories.known(PACKS)) is None


def test_each_synonym_leads_to_a_category_that_some_rule_knows():
    known = categories.known(PACKS)
    for language in ("en", "nl", "sv", "de", "da"):
        synonyms = wordings.wordings(language).synonyms
        assert set(synonyms) <= known
        for category, words in synonyms.items():
            assert {word: categories.meant(word, known) for word in words} == dict.fromkeys(words, category)
