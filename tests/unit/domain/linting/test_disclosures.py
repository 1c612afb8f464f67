from datetime import date

import pytest

from factories.programs import a_program
from yesword.demo.brand import PROGRAMS, read_demo_program
from yesword.domain import composing
from yesword.domain.collecting.wordings import suggested
from yesword.domain.ids import BrandId
from yesword.domain.linting.disclosures import FormFacts, lint_disclosure
from yesword.domain.linting.finding import Severity
from yesword.domain.linting.sentences import render
from yesword.domain.linting.wordings import languages
from yesword.domain.messages import MessageClass
from yesword.domain.rules import RuleBook

ON = date(2026, 11, 22)
PACKS = RuleBook.load().packs
# As a shop would show it beside an empty box.
SHOWN = {
    "en": "Get offers on shoes and bags from Acme by text, up to 4 texts a month. Msg & data rates may apply. Reply STOP to stop, HELP for help. Terms: https://acme.example/terms Privacy: https://acme.example/privacy",
    "nl": "Ontvang aanbiedingen voor schoenen en tassen van Acme per sms, max. 4 sms per maand. Sms- en datakosten mogelijk. Stoppen? Antwoord STOP. Hulp: HELP. Voorwaarden: https://acme.example/terms Privacy: https://acme.example/privacy",
    "sv": "Få erbjudanden på skor och väskor från Acme via sms, högst 4 sms i månaden. Sms- och datataxa kan gälla. Svara STOP för att avsluta, HELP för hjälp. Villkor: https://acme.example/terms Integritet: https://acme.example/privacy",
    "de": "Angebote für Schuhe und Taschen von Acme per SMS, max. 4 SMS im Monat. SMS-/Datenkosten möglich. Antworte STOP zum Abmelden, HELP für Hilfe. AGB: https://acme.example/terms Datenschutz: https://acme.example/privacy",
    "da": "Få tilbud på sko og tasker fra Acme på sms, højst 4 sms om måneden. Sms- og datatakst gælder. Svar STOP for at stoppe, HELP for hjælp. Vilkår: https://acme.example/terms Privatliv: https://acme.example/privacy",
}
COUNTRY = {"en": "GB", "nl": "NL", "sv": "SE", "de": "DE", "da": "DK"}
# What says each part, so that it can be taken out.
SAYS = {
    "brand": dict.fromkeys(SHOWN, ("Acme",)),
    "use_case": {
        "en": ("offers on shoes and bags",),
        "nl": ("aanbiedingen voor schoenen en tassen",),
        "sv": ("erbjudanden på skor och väskor",),
        "de": ("Angebote für Schuhe und Taschen",),
        "da": ("tilbud på sko og tasker",),
    },
    "categories": {
        "en": (" on shoes and bags",),
        "nl": (" voor schoenen en tassen",),
        "sv": (" på skor och väskor",),
        "de": (" für Schuhe und Taschen",),
        "da": (" på sko og tasker",),
    },
    "frequency": {
        "en": (", up to 4 texts a month",),
        "nl": (", max. 4 sms per maand",),
        "sv": (", högst 4 sms i månaden",),
        "de": (", max. 4 SMS im Monat",),
        "da": (", højst 4 sms om måneden",),
    },
    "rates": {
        "en": ("Msg & data rates may apply. ",),
        "nl": ("Sms- en datakosten mogelijk. ",),
        "sv": ("Sms- och datataxa kan gälla. ",),
        "de": ("SMS-/Datenkosten möglich. ",),
        "da": ("Sms- og datatakst gælder. ",),
    },
    "stop": {
        "en": ("STOP to stop, ",),
        "nl": ("Stoppen? Antwoord STOP. ",),
        "sv": ("STOP för att avsluta, ",),
        "de": ("STOP zum Abmelden, ",),
        "da": ("STOP for at stoppe, ",),
    },
    "help": {
        "en": (", HELP for help",),
        "nl": ("Hulp: HELP. ",),
        "sv": (", HELP för hjälp",),
        "de": (", HELP für Hilfe",),
        "da": (", HELP for hjælp",),
    },
    "terms": {
        "en": ("Terms: https://acme.example/terms ",),
        "nl": ("Voorwaarden: https://acme.example/terms ",),
        "sv": ("Villkor: https://acme.example/terms ",),
        "de": ("AGB: https://acme.example/terms ",),
        "da": ("Vilkår: https://acme.example/terms ",),
    },
    "privacy": {
        "en": ("Privacy: https://acme.example/privacy",),
        "nl": ("Privacy: https://acme.example/privacy",),
        "sv": ("Integritet: https://acme.example/privacy",),
        "de": ("Datenschutz: https://acme.example/privacy",),
        "da": ("Privatliv: https://acme.example/privacy",),
    },
}
CASES = [
    pytest.param(language, part, id=f"{part} in {language}")
    for part, texts in SAYS.items()
    for language in texts
]


def lint(text, language="en", countries=("GB",), asked=None, program=None, **more):
    return lint_disclosure(text, asked, program, language, countries, PACKS, ON, brand="Acme", **more)


def codes(findings, severity=None):
    return {each.code for each in findings if severity in (None, each.severity)}


@pytest.mark.parametrize("language", SHOWN)
def test_a_whole_disclosure_has_nothing_to_remark_in_its_country(language):
    assert lint(SHOWN[language], language, (COUNTRY[language],)) == ()


@pytest.mark.parametrize(("language", "part"), CASES)
def test_each_part_is_missed_when_it_is_taken_out_and_offered_again(language, part):
    text = SHOWN[language]
    for said in SAYS[part][language]:
        assert said in text
        text = text.replace(said, "")
    found = {each.code: each for each in lint(text, language, (COUNTRY[language],))}
    assert f"part.{part}" in found
    missing = found[f"part.{part}"]
    assert RuleBook.load().rule(missing.rule).citation == missing.citation
    assert render(missing.sentence)
    # Taken up, with the brand's own figures and links, the offer mends it.
    program = a_program(brand_name="Acme", categories=("shoes", "bags"))
    offered = {each.code: each.offer for each in lint(text, language, (COUNTRY[language],), program=program)}
    again = offered[f"part.{part}"]
    if part not in ("use_case", "categories"):  # these only the author can say
        assert f"part.{part}" not in codes(lint(f"{text} {again}", language, (COUNTRY[language],)))


def test_the_danish_parts_are_named_by_danish_law_and_the_house_is_named_beside_it():
    found = {each.code: each for each in lint("Få nyheder", "da", ("DK",))}
    assert found["part.withdrawal"].rule == "dk.mfl10.di"
    assert found["part.brand"].rule == "dk.mfl10.di.named"
    assert "house.disclosure" in found["part.brand"].also
    assert found["part.withdrawal"].offer == "Du kan altid trække dit samtykke tilbage: svar STOP."
    assert found["part.stop"].severity is Severity.ERROR
    assert found["part.rates"].severity is Severity.WARNING


def test_what_is_only_known_warns_and_what_was_found_is_an_error():
    found = {each.code: each for each in lint(SHOWN["en"], "en", ("US", "CA", "US-OK"))}
    assert (found["part.address"].rule, found["part.address"].severity) == ("ca.casl.di", Severity.WARNING)
    assert (found["part.no_condition"].rule, found["part.no_condition"].severity) == (
        "us-ok.otsa.di",
        Severity.ERROR,
    )
    federal = {each.code: each for each in lint(SHOWN["en"], "en", ("US",))}
    assert (federal["part.no_condition"].rule, federal["part.no_condition"].severity) == (
        "us.tcpa.di",
        Severity.WARNING,
    )


def test_a_reminder_of_appointments_is_no_condition_of_a_purchase():
    reminders = a_program(message_class=MessageClass.INFORMATIONAL, categories=("appointments",))
    text = "Acme reminds you of appointments by text, up to 4 texts a month. Msg & data rates may apply. Reply STOP to stop, HELP for help. Terms: https://acme.example/terms Privacy: https://acme.example/privacy"
    assert not codes(lint(text, "en", ("US-OK",), program=reminders)) & {
        "part.no_condition",
        "part.automated",
        "part.categories",
    }
    assert "part.no_condition" in codes(lint(text, "en", ("US-OK",)))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param(FormFacts(is_ticked=True), "ticked", id="a box that is ticked already"),
        pytest.param(FormFacts(is_separate_from_terms=False), "bundled", id="part of the terms"),
        pytest.param(FormFacts(is_condition_of_sale=True), "condition_of_sale", id="a condition of a sale"),
        pytest.param(
            FormFacts(is_condition_of_entry=True), "condition_of_entry", id="a condition of a contest"
        ),
    ],
)
def test_how_the_question_stands_on_the_form_is_held_against_it(asked, code):
    (found,) = lint(SHOWN["da"], "da", ("DK",), asked)
    assert (found.code, found.severity) == (code, Severity.ERROR)
    assert lint(SHOWN["da"], "da", ("DK",), FormFacts(is_ticked=False, is_separate_from_terms=True)) == ()


def test_a_ticked_box_is_named_by_the_law_of_the_place():
    (found,) = lint(SHOWN["da"], "da", ("DK",), FormFacts(is_ticked=True))
    assert found.rule == "dk.mfl10.cs"
    assert {"eu.gdpr.4-11", "house.consent.promotional"} & set(found.also)


def test_words_that_are_links_on_the_page_count_as_links():
    text = SHOWN["en"].replace("https://acme.example/terms", "").replace("https://acme.example/privacy", "")
    assert {"part.terms", "part.privacy"} <= codes(lint(text))
    assert lint(text, asked=FormFacts(has_privacy_link=True, has_terms_link=True)) == ()
    assert "part.privacy" in codes(lint(text, asked=FormFacts(has_privacy_link=False, has_terms_link=True)))


def test_words_that_a_carrier_wants_verbatim_are_asked_of_codes_only():
    text = SHOWN["en"].replace("Msg & data", "Usual message and data")
    found = {each.code: each for each in lint(text, "en", ("US",), occasion="code")}
    assert "verbatim" not in found
    text = text.replace("Usual message and data rates may apply", "Rates may apply")
    found = {each.code: each for each in lint(text, "en", ("US",), occasion="code")}
    assert found["verbatim"].offer == "standard message and data rates may apply"
    assert "verbatim" not in codes(lint(text, "en", ("US",)))


def test_a_sentence_that_nobody_can_read_is_remarked_on_with_its_source():
    text = (
        SHOWN["en"]
        + " Notwithstanding anything contained hereinbefore, subscribers acknowledge irrevocably authorising promotional communications"
        " transmitted electronically regarding merchandise, collaborations, sponsorships, affiliated organisations and subsidiaries"
        " worldwide, including successors, assignees, licensees, contractors, representatives, administrators and distributors"
        " irrespective of jurisdictional limitations, technological circumstances or contractual arrangements whatsoever"
    )
    (found,) = (each for each in lint(text) if each.code == "hard_to_read")
    assert found.severity is Severity.ADVICE
    assert "1968" in found.citation
    assert text[slice(*found.span)].endswith("Notwithstanding" + text.partition("Notwithstanding")[2])


def test_the_same_question_has_the_same_answer_in_the_same_order():
    first = lint("Get news", "en", ("DK", "US", "CA"))
    assert first == lint("Get news", "en", ("CA", "US", "DK"))
    assert [each.severity for each in first] == sorted(
        (each.severity for each in first), key=list(Severity).index
    )


@pytest.mark.parametrize(
    ("language", "text", "others"),
    [
        ("en", "Get texts from Acme and partners.", "and partners"),
        ("nl", "Ontvang sms van Acme en haar partners.", "en haar partners"),
        ("sv", "Få sms från Acme och våra samarbetspartner.", "och våra samarbetspartner"),
        ("de", "Erhalte SMS von Acme und unseren Partnern.", "und unseren Partnern"),
        ("da", "Få sms fra Acme og samarbejdspartnere.", "og samarbejdspartnere"),
    ],
)
def test_a_consent_for_partners_too_is_remarked_on(language, text, others):
    found = lint_disclosure(text, None, None, language, ("GB",), PACKS, ON, brand="Acme")
    (partners,) = (each for each in found if each.code == "partners")
    assert (text[slice(*partners.span)], partners.severity) == (others, Severity.WARNING)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We never share your number with agencies and partners."),
        ("nl", "We delen je nummer niet met bureaus en partners."),
        ("sv", "Vi delar aldrig ditt nummer med byråer och partner."),
        ("de", "Wir geben deine Nummer nicht an Agenturen und Partner."),
        ("da", "Vi deler ikke dit nummer med bureauer og partnere."),
    ],
)
def test_who_promises_not_to_share_asks_for_nobody_else(language, text):
    found = lint_disclosure(text, None, None, language, ("GB",), PACKS, ON, brand="Acme")
    assert "partners" not in {each.code for each in found}


# What a poster says, in every language that has wordings.
BY_KEYWORD = {
    "en": "Text JOIN to 800123",
    "nl": "Sms JOIN naar 800123",
    "sv": "Sms:a JOIN till 800123",
    "de": "Senden Sie JOIN an 800123",
    "da": "Sms JOIN til 800123",
    "nb": "Send kodeord JOIN til 800123",
    "fr": "Envoyez JOIN au 800123",
    "es": "Envía JOIN al 800123",
    "it": "Invia JOIN al 800123",
    "pt": "Envie JOIN para 800123",
    "fi": "Lähetä viesti JOIN numeroon 800123",
    "pl": "Wyślij SMS o treści JOIN na numer 800123",
}


def beside_box(text, language):
    found = lint_disclosure(text, FormFacts(has_box=True), None, language, ("GB",), PACKS, ON, brand="Acme")
    return [each for each in found if each.code == "keyword_beside_box"]


def test_each_language_knows_what_a_poster_says():
    assert set(BY_KEYWORD) == set(languages())


@pytest.mark.parametrize("language", BY_KEYWORD)
def test_words_for_a_keyword_beside_a_box_are_objected_to_and_others_offered(language):
    told = BY_KEYWORD[language]
    (found,) = beside_box(f"{told} – Acme.", language)
    assert found.severity is Severity.WARNING
    start, end = found.span
    assert told.endswith(f"{told} – Acme."[start:end])
    assert "Acme" in found.offer
    assert beside_box(found.offer, language) == []


@pytest.mark.parametrize(
    ("language", "topics"),
    [
        ("en", "shoes, clothing"),
        ("nl", "schoenen, kleding"),
        ("sv", "skor, kläder"),
        ("de", "Schuhe, Kleidung"),
        ("da", "sko, tøj"),
    ],
)
def test_what_is_offered_names_the_topics_in_its_own_language(language, topics):
    program = a_program(brand_name="Acme", categories=("shoes", "clothing"))
    box = FormFacts(has_box=True)
    offered = {
        each.code: each.offer for each in lint(BY_KEYWORD[language], language, asked=box, program=program)
    }
    assert topics in offered["keyword_beside_box"]
    assert topics in offered["part.categories"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param(
            "en", 'Offers from Acme: text "JOIN" to +31 6 12345678.', id="in quotes, to a long number"
        ),
        pytest.param("en", "Texting JOIN CLUB to 800123 gets you offers from Acme.", id="two words"),
        pytest.param(None, "Sms JOIN naar 800123 en krijg aanbiedingen van Acme.", id="no language is known"),
    ],
)
def test_words_for_a_keyword_are_known_however_they_are_written(language, text):
    assert len(beside_box(text, language)) == 1


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("en", "Yes, Acme may text me. To stop, text STOP to 800123.", id="how to stop"),
        pytest.param("en", "Yes, Acme may text me. Send stop to 800123 to stop.", id="in small letters"),
        pytest.param("en", "Yes, Acme may text me. Text HELP to 800123 for help.", id="how to get help"),
        pytest.param("en", "Yes, Acme may text me up to 4 offers a month at this number.", id="for a box"),
        pytest.param(
            "nl", "Ja, Acme mag mij sms'en. Stoppen? Sms STOP naar 800123.", id="how to stop, in Dutch"
        ),
        pytest.param("de", "Ja. Zum Abmelden senden Sie STOPP an 800123.", id="how to stop, in German"),
    ],
)
def test_other_words_that_are_texted_are_fine_beside_a_box(language, text):
    assert beside_box(text, language) == []


def test_words_for_a_keyword_are_fine_where_nothing_is_ticked():
    assert "keyword_beside_box" not in codes(lint(f"{BY_KEYWORD['en']} for offers from Acme.", "en"))


@pytest.mark.parametrize("language", SHOWN)
def test_what_ships_for_a_keyword_is_known_and_what_ships_for_a_box_is_fine(language):
    for key in PROGRAMS:
        program = read_demo_program(key, BrandId(1))
        assert len(beside_box(composing.disclosure(program, language), language)) == 1
        for_box = composing.compose(suggested(program, language), program, program.texts_in(language)[1])
        assert beside_box(for_box, language) == []
