from dataclasses import replace
from datetime import date

import pytest

from factories.programs import a_program
from yesword.domain import composing
from yesword.domain.linting.measuring import reconfirms
from yesword.domain.linting.wordings import standard_way_out
from yesword.domain.shipped_texts import (
    SHIPPED,
    NoShippedTextError,
    day_in,
    shipped,
    shipped_or_english,
    words_in,
)
from yesword.domain.templates import MissingValueError
from yesword.domain.text import measure
from yesword.domain.understanding import understand

PROGRAM = a_program()
LANGUAGES = ("en", "nl", "sv", "de", "da")


def compose(source, person=None, language="en"):
    return composing.compose(source, PROGRAM, PROGRAM.texts_in(language)[1], person)


def anne(name="Anne de Vries", **attributes):
    return composing.person_values(name, attributes)


def test_a_template_is_filled_with_the_program_and_the_person():
    source = "Hi [First name|there]! [Brand] has [category of interest|news] at [location|home]. [stop]"
    text = compose(source, anne(location="Utrecht"))
    assert text == "Hi Anne! Acme has news at Utrecht. STOP"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "part", ["disclosure", "consent_request", "welcome", "help", "stop", "lapsed", "declined"]
)
def test_every_text_of_a_program_can_be_made_in_every_language(language, part):
    text = compose(getattr(PROGRAM.texts_in(language)[1], part), language=language)
    assert "Acme" in text
    assert "[" not in text


@pytest.mark.parametrize("name", ["", "   ", "\t\n"], ids=["empty", "blanks", "controls"])
def test_somebody_without_a_name_is_greeted_all_the_same(name):
    assert compose("Hi [customer name|there]", anne(name)) == "Hi there"


def test_an_attribute_stands_under_its_own_name_and_under_attribute():
    person = anne(**{"Past_Purchase": "boots", "shoe size": "39", "empty": ""})
    source = (
        "[past purchase|nothing] [attribute:Shoe Size|?] [attribute:past purchase|?] [attribute:empty|none]"
    )
    assert compose(source, person) == "boots 39 boots none"


def test_an_attribute_named_with_the_prefix_is_the_same_attribute():
    assert compose("[attribute:shoe size|?]", anne(**{"attribute:shoe size": "39"})) == "39"


@pytest.mark.parametrize("field", ["brand", "Business name", "stop", "terms", "frequency"])
def test_a_person_cannot_speak_for_the_sender(field):
    assert "mallory" not in compose(f"[{field}]", anne(**{field: "mallory"}))


@pytest.mark.parametrize("field", ["date", "time"])
def test_a_person_s_own_date_is_no_date_of_the_sender(field):
    with pytest.raises(MissingValueError):
        compose(f"See you on [{field}]", anne(**{field: "x\nhttps://evil.example"}))


def test_a_date_of_the_sender_is_given_by_the_caller():
    assert compose("See you on [date]", {"date": "5 March"}) == "See you on 5 March"


def test_a_program_without_keywords_still_has_its_texts():
    program = a_program(keywords=())
    assert composing.program_values(program, program.texts_in("en")[1])["keyword"] == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_wording_as_shown_is_whole_and_in_the_language(language):
    shown = composing.disclosure(PROGRAM, language)
    texts = PROGRAM.texts_in(language)[1]
    for part in ("Acme", "STOP", "HELP", PROGRAM.terms_url, PROGRAM.privacy_url, texts.frequency):
        assert part in shown


def test_a_language_that_the_program_does_not_have_falls_back_to_its_own():
    assert composing.disclosure(PROGRAM, "fi") == composing.disclosure(PROGRAM, "en")


OFFERS_ONE = [
    pytest.param("Reply STOP to stop", id="as it is taught"),
    pytest.param("Acme: 20% off. STOP to end", id="a word on its own"),
    pytest.param("Acme: 20% off. Opt out: STOP", id="at the end"),
    pytest.param("REPLY STOP TO OPT OUT", id="all in capitals, with a verb"),
    pytest.param("Text STOP SAVEMORE to 800123", id="with the keyword behind it"),
    pytest.param('Antworten Sie "STOPP"', id="in quotes"),
    pytest.param("Sms:a STOPP till 800123", id="Swedish"),
    pytest.param("Afmelden? Stuur AFMELDEN naar 800123", id="Dutch"),
    pytest.param("Frameld: svar STOP", id="Danish"),
    pytest.param("Reply STOP, or HELP for help.", id="beside help"),
    pytest.param("Répondez ARRÊT pour ne plus rien recevoir", id="French"),
    pytest.param("Responda SAIR para parar", id="Portuguese"),
    pytest.param("(광고) Acme 무료수신거부 0801234567", id="Korean, as the law has it"),
    pytest.param("Leave: https://acme.example/u/k3x9", id="a link"),
]
OFFERS_NONE = [
    pytest.param("", id="nothing"),
    pytest.param("Please stop by on Friday", id="an invitation"),
    pytest.param("NON-STOP SALE", id="a sale without end"),
    pytest.param("Acme NON-STOP: all weekend", id="half of a word in capitals"),
    pytest.param("NON STOP discounts", id="half of a word apart"),
    pytest.param("THE END OF SUMMER SALE", id="the end of summer"),
    pytest.param("END OF SEASON SALE", id="the end of a season"),
    pytest.param("STOP! Look at this", id="a shout"),
    pytest.param("WEEKEND and STOPPER", id="part of a word"),
    pytest.param("Shop at https://acme.example/sale", id="a link to the shop"),
]


@pytest.mark.parametrize("text", OFFERS_ONE)
def test_a_text_that_offers_a_way_out_gets_no_second_one(text):
    assert composing.has_way_out(text)
    assert composing.with_way_out(text, PROGRAM, PROGRAM.texts_in("en")[1]) == text


@pytest.mark.parametrize("text", OFFERS_NONE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_only_looks_so_gets_a_way_out(text, language):
    texts = PROGRAM.texts_in(language)[1]
    whole = composing.with_way_out(text, PROGRAM, texts)
    assert not composing.has_way_out(text)
    assert whole == f"{text} {texts.way_out}"
    assert composing.has_way_out(whole), "what is appended counts as a way out"


@pytest.mark.parametrize("word", composing._STOP_WORDS)
def test_every_word_that_counts_as_a_way_out_is_understood_when_it_is_sent(word):
    assert understand(word, ()).is_withdrawal


@pytest.mark.parametrize(
    ("text", "brand", "is_named"),
    [
        pytest.param("ACME: sale", "Acme", True, id="whatever the case"),
        pytest.param("Olas erbjudanden", "Ola", True, id="in the genitive"),
        pytest.param("Drink a Cola", "Ola", False, id="not inside another word"),
        pytest.param("H&M: sale", "H&M", True, id="with a sign in it"),
        pytest.param("Sale!", "Acme", False, id="not at all"),
    ],
)
def test_the_gate_is_told_whether_the_brand_is_named(text, brand, is_named):
    assert composing.text_facts(text, brand).names_brand == is_named


def test_the_gate_is_told_the_measure():
    facts = composing.text_facts("a" * 161, "Acme")
    assert (facts.encoding, facts.segments, facts.has_way_out) == ("GSM-7", 2, False)


SAID_YES = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "You get this because you said yes to Acme Club on 2 March 2026. Reply STOP to stop."),
        ("nl", "Je krijgt dit omdat je op 2 maart 2026 ja zei tegen Acme Club. Stoppen? Sms STOP."),
        ("sv", "Du får detta eftersom du sa ja till Acme Club den 2 mars 2026. Svara STOP för att avsluta."),
        (
            "de",
            "Sie bekommen diese SMS, weil Sie am 2. März 2026 Acme Club zugestimmt haben. Abmelden? Antworten Sie STOP.",
        ),
        (
            "da",
            "Du får denne sms, fordi du sagde ja til Acme Club den 2. marts 2026. Svar STOP for at stoppe.",
        ),
    ],
)
def test_a_text_that_reconfirms_says_why_it_comes_in_the_place_of_the_way_out(language, line):
    whole = composing.reconfirming(
        "[Brand]: hi [first name|you]", PROGRAM, language, SAID_YES, {"first name": "Ann"}
    )
    assert whole == f"Acme: hi Ann {line}"
    assert reconfirms(whole)


@pytest.mark.parametrize("language", sorted(shipped()))
@pytest.mark.parametrize(
    "template", ["[Brand]: 20% off. [Unsubscribe]", "[Brand]: 20% off. Reply STOP to stop."]
)
def test_a_text_with_a_way_out_of_its_own_says_why_it_comes_and_no_second_way_out(language, template):
    texts = PROGRAM.texts_in("en")[1]
    program = replace(PROGRAM, texts=((language, texts),), default_language=language)
    whole = composing.reconfirming(template, program, language, SAID_YES)
    said = composing.compose(template, program, texts)
    by_link = composing.about_consent("reconfirm", replace(program, sender="ACME"), language, SAID_YES)
    assert whole == f"{said} {by_link.removesuffix(standard_way_out(language, composing.LEAVE_LINK)).strip()}"
    assert "?" not in whole
    assert reconfirms(whole)


def test_a_program_that_people_leave_by_link_says_so_where_it_reconfirms():
    texts = replace(PROGRAM.texts_in("en")[1], way_out="[Unsubscribe]")
    program = replace(PROGRAM, texts=(("en", texts),))
    whole = composing.reconfirming("[Brand]: 20% off.", program, "en", SAID_YES)
    why = "You get this because you said yes to Acme Club on 2 March 2026."
    assert whole == f"Acme: 20% off. {why} To stop: {composing.LEAVE_LINK}"


@pytest.mark.parametrize(
    ("own", "said"),
    [
        pytest.param(
            "As you joined on [Since]. Stop? Text [Stop].", "As you joined on 2 March 2026.", id="two parts"
        ),
        pytest.param(
            "Joined on [Since], reply [Stop] to stop.",
            "Joined on 2 March 2026, reply STOP to stop.",
            id="one",
        ),
    ],
)
def test_a_programs_own_words_lose_their_way_out_where_something_is_left(own, said):
    program = replace(PROGRAM, texts=(("en", replace(PROGRAM.texts_in("en")[1], reconfirm=own)),))
    whole = composing.reconfirming("[Brand]: 20% off. [Unsubscribe]", program, "en", SAID_YES)
    assert whole.endswith(f"{composing.LEAVE_LINK} {said}")


@pytest.mark.parametrize("language", sorted(shipped()))
@pytest.mark.parametrize("key", SHIPPED)
def test_each_wording_that_ships_fits_one_segment_and_offers_a_way_out(language, key):
    texts = replace(PROGRAM.texts_in("en")[1], confirm_words=("YES",))
    program = replace(PROGRAM, name="Club", texts=((language, texts),), default_language=language)
    for month in range(1, 13):
        text = composing.about_consent(key, program, language, date(2026, month, 28), date(2028, month, 28))
        assert measure(text).segments == 1, text
        assert measure(text).encoding.value == "GSM-7", text
        assert composing.has_way_out(text)
        assert "2026" in text
        assert reconfirms(text) or key != "reconfirm"
        assert ("2028" in text and "YES" in text) is (key == "renewal_question")


@pytest.mark.parametrize("language", sorted(shipped()))
def test_what_ships_for_answers_fits_one_segment_and_promises_nothing(language):
    texts = PROGRAM.texts_in("en")[1]
    program = replace(PROGRAM, name="Club", texts=((language, texts),), default_language=language)
    words = words_in(language)
    received = words.access_received.replace("[Until]", words.said(date(2026, 12, 28)))
    code = words.data_code.replace("[Digits]", "012345")
    sources = (received, words.which_texts, words.stop_others, code)
    said = {key: composing.compose(key, program, texts) for key in sources}
    assert "2026" in said[received]
    assert said[received].startswith("Acme")
    assert said[code].startswith("012345 ")
    assert "Acme" in said[code]
    assert "Club" in said[words.which_texts]
    assert "Club" in said[words.stop_others]
    assert "Acme" in said[words.stop_others]
    assert composing.has_way_out(said[words.stop_others])
    for text in said.values():
        assert measure(text).segments == 1, text
        assert measure(text).encoding.value == "GSM-7", text


def test_a_language_that_has_two_names_has_the_same_words():
    assert words_in("no") is words_in("nb") is not None
    assert words_in("el") is None


def test_what_nobody_can_leave_out_is_said_in_english_where_no_words_ship():
    assert shipped_or_english("el") is words_in("en")
    assert shipped_or_english("no") is words_in("nb")


def test_a_program_may_have_words_of_its_own():
    texts = replace(
        PROGRAM.texts_in("en")[1], reconfirm="You asked for [Program] on [Since]: [Stop] ends it."
    )
    program = replace(PROGRAM, texts=(("en", texts),))
    assert (
        composing.why_it_comes(program, "en", SAID_YES)
        == "You asked for Acme Club on 2 March 2026: STOP ends it."
    )


def test_where_no_wording_ships_there_is_none():
    program = replace(PROGRAM, texts=(("ko", PROGRAM.texts_in("en")[1]),), default_language="ko")
    with pytest.raises(NoShippedTextError, match="reconfirm of program club is needed in ko"):
        composing.why_it_comes(program, "ko", SAID_YES)


def test_a_day_in_a_language_that_nobody_described_is_written_as_the_standard_has_it():
    assert day_in("ko", SAID_YES) == "2026-03-02"


# --- a link to leave by --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_has_the_unsubscribe_link_gets_no_other_way_out(language):
    texts = PROGRAM.texts_in(language)[1]
    whole = composing.with_way_out("[Brand]: 20% off. [Unsubscribe]", PROGRAM, texts)
    assert whole.endswith(f": {composing.LEAVE_LINK}")
    assert composing.has_way_out(whole)
    assert texts.way_out not in whole
    assert measure(whole).segments == 1


def test_a_person_cannot_write_the_link_of_somebody_else_into_a_text():
    person = anne(unsubscribe="https://evil.example/u/aaaaaaaaaaa")
    assert "evil" not in compose("[Brand]: hi. [Unsubscribe]", person)


@pytest.mark.parametrize(
    ("sender", "way_out", "by_link"),
    [
        pytest.param("Acme", "Reply STOP to stop.", True, id="nobody can answer a name"),
        pytest.param("800123", "Reply STOP to stop.", False, id="a code can be answered"),
        pytest.param("Acme", "STOP au 36180", False, id="a name that says where to send the word"),
        pytest.param("Acme", "Stop: https://acme.example/u/", False, id="a name with a link of its own"),
    ],
)
def test_where_a_way_out_is_due_it_is_one_that_works(sender, way_out, by_link):
    texts = replace(PROGRAM.texts_in("en")[1], way_out=way_out)
    program = replace(PROGRAM, sender=sender, texts=(("en", texts),), default_language="en")
    whole = composing.with_way_out("[Brand]: 20% off.", program, texts)
    assert (composing.LEAVE_LINK in whole) is by_link
    assert whole.endswith(composing.LEAVE_LINK if by_link else way_out)
    assert composing.has_way_out(composing.personal("[Brand]: 20% off.", program, texts).said)
