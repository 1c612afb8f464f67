import pytest

from yesword.domain.understanding import Kind, Label, Scope, understand
from yesword.domain.understanding.grammar import PhraseTableError, grammar, read_phrases
from yesword.domain.understanding.normalise import normalise
from yesword.domain.understanding.phrases import _match, _matches

LEAVING = {
    "en": [
        "unsubscribe me",
        "Take me off your list",
        "please take me off",
        "stop texting me",
        "Don't text me again!",
        "no more texts",
        "Stop. Thank you",
        "I no longer wish to receive these messages",
        "how do I unsubscribe?",
        "I never signed up for this",
        "lose my number",
        "If you don't stop texting me I'll call the police",
        "no thanks, remove me from your list",
    ],
    "nl": [
        "haal me van de lijst",
        "nee dank je, haal me van de lijst",
        "Haal mij aub van jullie lijst af",
        "geen sms meer sturen aub",
        "ik wil geen berichten meer ontvangen",
        "Stop met het sturen van berichten",
        "laat me met rust",
    ],
    "sv": [
        "sluta skicka",
        "Sluta skicka sms till mig!",
        "ta bort mig från listan",
        "jag vill inte ha fler sms",
    ],
    "de": [
        "hör auf mir zu schreiben",
        "Hören Sie bitte auf, mir SMS zu schicken",
        "bitte keine SMS mehr schicken",
        "Nehmen Sie mich aus dem Verteiler",
        "Ich möchte keine Nachrichten mehr erhalten",
    ],
    "da": [
        "ikke flere sms tak",
        "Nu er det nok",
        "fjern mig fra listen",
        "hold op med at skrive til mig",
        "jeg ønsker ikke at modtage flere beskeder",
    ],
    "no": ["slutt å sende meg sms"],
    "fr": ["arrêtez de m'envoyer des messages", "je ne veux plus recevoir de sms"],
    "es": ["no mas mensajes", "déjame en paz por favor", "no quiero recibir más mensajes"],
    "it": ["non voglio più ricevere messaggi"],
    "pt": ["não quero mais receber mensagens"],
    "fi": ["lopettakaa viestien lähettäminen"],
    "pl": ["nie chcę więcej smsów"],
}

STAYING = [
    "don't stop",
    "please don't stop texting me",
    "stop by at five",
    "Can you stop by the shop on your way?",
    "please cancel my appointment",
    "no more duplicate charges",
    "we have got to stop this bill",
    "I can't stop laughing",
    "he told me to stop",
    "stop texting while driving",
    "leave me alone with him for a minute",
    "I want to stop smoking",
    "I don't want to miss this",
    "remove me from the waitlist",
    "don't leave me alone",
    "Kan ik mijn afspraak annuleren?",
    "ik stop morgen met roken",
    "jag slutar klockan fem",
    "sluta inte skicka",
    "Hör nicht auf mir zu schreiben",
    "Ich höre um fünf auf",
    "jeg stopper klokken fem",
    "stop ikke",
    "I gave him the wrong number",
    "what data do you have on me",
]


@pytest.mark.parametrize(
    ("language", "text"), [(lang, text) for lang, texts in LEAVING.items() for text in texts]
)
def test_who_asks_to_be_left_alone_is(language, text):
    intent = understand(text)
    assert (intent.kind, intent.label) == (Kind.OPT_OUT, Label.OPT_OUT)
    assert intent.span is not None


@pytest.mark.parametrize("text", STAYING)
def test_who_does_not_ask_to_be_left_alone_is_not(text):
    assert understand(text).label is Label.OTHER


@pytest.mark.parametrize(
    ("text", "kind", "label"),
    [
        ("Sorry, you have the wrong number", Kind.WRONG_NUMBER, Label.OPT_OUT),
        ("verkeerd nummer", Kind.WRONG_NUMBER, Label.OPT_OUT),
        ("Fel nummer!", Kind.WRONG_NUMBER, Label.OPT_OUT),
        ("falsche Nummer", Kind.WRONG_NUMBER, Label.OPT_OUT),
        ("forkert nummer", Kind.WRONG_NUMBER, Label.OPT_OUT),
        ("please delete my data", Kind.PRIVACY_REQUEST, Label.OPT_OUT),
        ("Verwijder mijn gegevens", Kind.PRIVACY_REQUEST, Label.OPT_OUT),
        ("Radera mina uppgifter", Kind.PRIVACY_REQUEST, Label.OPT_OUT),
        ("Löschen Sie meine Daten", Kind.PRIVACY_REQUEST, Label.OPT_OUT),
        ("slet mine oplysninger", Kind.PRIVACY_REQUEST, Label.OPT_OUT),
        ("welke gegevens hebben jullie over mij", Kind.PRIVACY_REQUEST, Label.OTHER),
        ("I'll report you to the FCC", Kind.COMPLAINT, Label.OPT_OUT),
        ("I will report you", Kind.COMPLAINT, Label.OPT_OUT),
        ("who is this please?", Kind.HELP, Label.HELP),
        ("how did you get my number", Kind.HELP, Label.HELP),
        ("met wie spreek ik", Kind.HELP, Label.HELP),
        ("Woher haben Sie meine Nummer", Kind.HELP, Label.HELP),
        ("please sign me up", Kind.OPT_IN, Label.OPT_IN),
        ("don't sign me up", Kind.OTHER, Label.OTHER),
    ],
)
def test_more_than_stop_is_told_apart(text, kind, label):
    intent = understand(text)
    assert (intent.kind, intent.label) == (kind, label)


def test_leaving_wins_and_the_rest_is_kept():
    intent = understand("Wrong number. Stop texting me or I'll report you!")
    assert intent.kind is Kind.OPT_OUT
    assert set(intent.also) == {Kind.WRONG_NUMBER, Kind.COMPLAINT}


def test_all_in_a_phrase_means_everything():
    assert understand("please unsubscribe me from all your lists").scope is Scope.EVERYTHING


def test_the_span_is_the_part_that_decided():
    text = "Hi Anna, ＳＴＯＰ texting me, ok?"
    assert text[slice(*understand(text).span)] == "ＳＴＯＰ texting me"


def test_our_own_text_quoted_by_a_reaction_is_no_answer():
    assert understand("Liked “Club offers. Stop texting me? Reply STOP”").rule == "reaction"


def test_a_reaction_hides_no_line_that_says_stop():
    assert understand("Liked “Club offers”\nSTOP").kind is Kind.OPT_OUT


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        pytest.param("pattern\n", "columns", id="other columns"),
        pytest.param("{head}leave,,,stop\n", "meaning 'leave'", id="unknown meaning"),
        pytest.param(
            "{head}opt_out,,,[please] stop\n", "begins", id="begins with a word that may be missing"
        ),
        pytest.param("{head}opt_out,,,^ *2 stop\n", "begins", id="begins with a gap"),
        pytest.param("{head}opt_out,,,stop @texts\n", "no set", id="a set that nobody named"),
        pytest.param("{head}opt_out,,,stop *9 me\n", "gap", id="too wide a gap"),
        pytest.param("{head}opt_out,,,stop [*2] me\n", "element", id="a gap in brackets"),
        pytest.param("{head}opt_out,,,stop opt-out\n", "single words", id="an alternative of two words"),
        pytest.param('{head}opt_out,,,", stop"\n', "begins", id="begins with a pause"),
        pytest.param("{head}opt_out,,,stop ( texts\n", "between", id="a bracket that stays open"),
        pytest.param("{head}opt_out,,,stop ) ( texts\n", "between", id="brackets the wrong way round"),
        pytest.param("{head}opt_out,,,( stop ) ( texts )\n", "between", id="two pairs of brackets"),
        pytest.param("{head}opt_out,,,stop ( ) texts\n", "nothing is named", id="nothing in brackets"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(table, problem):
    head = "meaning,scope,confidence,pattern\n"
    with pytest.raises(PhraseTableError, match=f"of the en phrases.*{problem}"):
        read_phrases([("en", table.format(head=head).splitlines())])


def plainest(phrase):
    """The pattern's own words: the first of each choice, nothing that may be missing."""
    return tuple(
        min(step.words) for step in phrase.steps if step.does in {"word", "mark"} and not step.may_be_missing
    )


def test_every_pattern_matches_its_own_plainest_words():
    phrases = grammar().phrases
    assert {phrase.language for phrase in phrases} >= set(LEAVING)
    unmatched = [p.pattern for p in phrases if all(m.phrase is not p for m in _matches(plainest(p)))]
    assert unmatched == []


def matched(pattern, *texts):
    """What one pattern matches in each text: the places of the match, and of what it names."""
    table = read_phrases([("en", ["meaning,scope,confidence,pattern", f'opt_out,,,"{pattern}"'])])
    found = (_match(table.phrases[0], normalise(text).tokens, 0, table) for text in texts)
    return [match and (match.first, match.after, match.named) for match in found]


CLAUSES = ("offers off, reminders fine", "offers off. reminders fine", "offers off\nreminders fine")


def test_a_mark_in_a_pattern_is_a_pause_a_stop_or_a_new_line():
    assert matched("offers off , reminders", *CLAUSES) == [(0, 4, (0, 4))] * 3
    assert matched("offers off , reminders", "offers off reminders", "offers off? reminders") == [None, None]


def test_a_mark_may_be_missing():
    assert matched("offers off [,] reminders", *CLAUSES) == [(0, 4, (0, 4))] * 3
    assert matched("offers off [,] reminders", "offers off reminders") == [(0, 3, (0, 3))]


def test_a_gap_still_crosses_no_mark():
    assert matched("offers *4 reminders", *CLAUSES) == [None] * 3


def test_what_is_named_is_what_stands_in_brackets():
    assert matched("( offers *2 ) but [please] keep", "offers texts off but please keep") == [(0, 6, (0, 3))]
    assert matched("all [of] ( except *2 ) please", "all of except the bills please") == [(0, 6, (2, 5))]
    assert matched("( offers *2 ) but keep", "offers texts off but lose") == [None]


def test_only_patterns_of_which_every_step_has_a_word_in_the_text_are_tried():
    words = ("please", "stop", "texting", "me")
    tried = list(grammar().candidates(words))
    assert all(any(word in step for word in words) for phrase in tried for step in phrase.needed)
    assert {match.phrase.pattern for match in _matches(words)} <= {phrase.pattern for phrase in tried}
    assert len(tried) < len(grammar().phrases) / 20
    assert list(grammar().candidates([])) == []
