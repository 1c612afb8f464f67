"""Words that people leave with, asked for as answers to something else, are no answers and no way out."""

from datetime import date

import pytest

from yesword.domain import composing
from yesword.domain.composing import has_way_out
from yesword.domain.facts import SenderFacts
from yesword.domain.linting.asking import answers_in, without_answers
from yesword.domain.linting.finding import Severity
from yesword.domain.linting.texts import lint_text
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.rules import RuleBook
from yesword.domain.understanding import understand

ON = date(2026, 11, 22)
PACKS = RuleBook.load().packs
CODE = SenderFacts(address="800123", kind="short_code", can_receive=True)


def words(text, language=None, *, is_asking=False):
    return [text[slice(*span)] for span, _ in answers_in(text, language, is_asking=is_asking)]


ANSWERS = [
    pytest.param("en", "Your table is booked for 7. Reply CANCEL to cancel it", "CANCEL", id="to cancel it"),
    pytest.param("en", "Text END if you cannot come", "END", id="if you cannot come"),
    pytest.param("en", "Text END to 800123 if you cannot come", "END", id="with the number to send to"),
    pytest.param("en", "Reply END or GO", "END", id="one of two answers"),
    pytest.param("en", "Win tickets! Text YES or QUIT to 800123", "QUIT", id="the other of two answers"),
    pytest.param("en", "Reply YES to confirm or CANCEL to cancel", "CANCEL", id="behind another answer"),
    pytest.param("en", "Cannot come? Reply STOP", "STOP", id="even STOP, by the question before"),
    pytest.param("en", "Reply STOP to cancel your appointment", "STOP", id="even STOP, by its purpose"),
    pytest.param("en", "TEXT END TO 800123 IF YOU CANNOT COME", "END", id="all in capitals"),
    pytest.param("en", "Reply CANCEL 2 if you cannot come", "CANCEL 2", id="with a number"),
    pytest.param("nl", "Antwoord UIT om te verzetten", "UIT", id="Dutch"),
    pytest.param("nl", "Antwoord met 'UIT' als je niet komt", "UIT", id="Dutch, in quotes"),
    pytest.param("sv", "Svara AVSLUTA för att avboka", "AVSLUTA", id="Swedish"),
    pytest.param("de", "Antworten Sie ENDE zum Absagen", "ENDE", id="German"),
    pytest.param("da", "Svar SLUT for at aflyse", "SLUT", id="Danish"),
    pytest.param("es", "Responde CANCELAR para cambiar la cita", "CANCELAR", id="Spanish"),
    pytest.param("fr", "Répondez FIN pour reporter", "FIN", id="French"),
]
LEAVING = [
    pytest.param("en", "Reply STOP to stop", id="to stop"),
    pytest.param("en", "Reply STOP to cancel", id="to cancel, as the trade says it"),
    pytest.param("en", "Reply STOP to stop appointment reminders", id="to stop reminders of appointments"),
    pytest.param("en", "Reply CANCEL to unsubscribe", id="to unsubscribe"),
    pytest.param("en", "Reply END or QUIT to opt out", id="two words with one purpose"),
    pytest.param("en", "Reply HELP for help or END to stop", id="beside help"),
    pytest.param("en", "Reply YES to join or STOP to stop", id="beside a yes"),
    pytest.param("en", "REPLY END TO STOP", id="all in capitals"),
    pytest.param("en", "Reply UNSUBSCRIBE to opt out", id="unsubscribe"),
    pytest.param("en", "Txt STOP2quit to 60777", id="as Britain has it"),
    pytest.param("nl", "Antwoord STOP om je af te melden", id="Dutch"),
    pytest.param("nl", "Stuur UITSCHRIJVEN naar 800123", id="Dutch, another word"),
    pytest.param("sv", "Svara AVREGISTRERA för att slippa", id="Swedish"),
    pytest.param("de", "Antworten Sie ABMELDEN, um keine Nachrichten mehr zu erhalten", id="German"),
    pytest.param("da", "Svar AFMELD for at framelde", id="Danish"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "word"), ANSWERS)
def test_a_word_that_people_leave_with_is_found_where_it_is_asked_for_as_an_answer(language, text, word):
    assert words(text, language) == words(text) == [word]
    assert not has_way_out(text), "nor is it the way out"
    assert without_answers(text, language, is_asking=False) == text.replace(word, " " * len(word))


@pytest.mark.parametrize(("language", "text"), LEAVING)
def test_the_way_out_is_no_such_answer(language, text):
    assert words(text, language, is_asking=True) == words(text) == []
    assert has_way_out(text)


@pytest.mark.parametrize(
    "text",
    ["", "Reply YES or NO", "Text JA to 800123", "Reply A, B or C", "Antwoord 1 of 2", "The END is near", "Send us a text before the END OF SUMMER", "Reply NO if you cannot come"],
)  # fmt: skip
def test_other_answers_may_be_asked_for(text):
    assert words(text, is_asking=True) == []


def test_a_word_without_a_purpose_is_an_answer_where_the_text_is_of_a_kind_that_asks():
    text = "Acme: su cita es el viernes. Responde CANCELAR"
    assert (words(text, "es"), words(text, "es", is_asking=True)) == ([], ["CANCELAR"])


@pytest.mark.parametrize("word", composing._SENT_WORDS)
def test_every_word_that_counts_behind_a_verb_is_understood_when_it_is_sent(word):
    assert understand(word, ()).is_withdrawal
    assert has_way_out(f"Reply {word} to stop")
    assert not has_way_out(f"Acme: {word} SMOKING sale")


def test_two_letters_of_dutch_are_no_way_out_because_nobody_leaves_with_them_here():
    assert not understand("UIT", ()).is_withdrawal
    assert not has_way_out("Stuur UIT om te stoppen")
    assert words("Stuur UIT om te stoppen", "nl", is_asking=True) == []


@pytest.mark.parametrize(
    ("language", "country", "text", "word"),
    [
        ("en", "GB", "Acme: your appointment is on Friday at 10:00. Reply CANCEL to cancel it.", "CANCEL"),
        ("nl", "NL", "Acme: je afspraak is vrijdag om 10:00. Antwoord UIT om te verzetten.", "UIT"),
        ("sv", "SE", "Acme: din tid är fredag kl. 10:00. Svara AVSLUTA för att avboka.", "AVSLUTA"),
        ("de", "DE", "Acme: Ihr Termin ist am Freitag um 10:00. Antworten Sie ENDE zum Absagen.", "ENDE"),
        ("da", "DK", "Acme: din tid er fredag kl. 10:00. Svar SLUT for at aflyse.", "SLUT"),
    ],
)
@pytest.mark.parametrize("kind", [MessageKind.REMINDER, MessageKind.SURVEY, MessageKind.CAMPAIGN])
def test_a_text_that_asks_for_such_an_answer_is_refused_and_still_lacks_its_way_out(
    language, country, text, word, kind
):
    is_campaign = kind is MessageKind.CAMPAIGN
    message_class = MessageClass.PROMOTIONAL if is_campaign else MessageClass.INFORMATIONAL

    def lint(said):
        found = lint_text(
            said, None, language, (country,), CODE, message_class, kind, PACKS, ON, brand="Acme"
        )
        return {each.code: each for each in found if each.severity is Severity.ERROR}

    found = lint(text)
    assert set(found) == {"leaving_word", "way_out_missing"}
    assert text[slice(*found["leaving_word"].span)] == word
    assert found["leaving_word"].rule == "house.words.stop"
    assert set(lint(f"{text} {found['way_out_missing'].offer}")) == {"leaving_word"}
