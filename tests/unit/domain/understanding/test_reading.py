import pytest

from yesword.domain.understanding import Context, Kind, Label, PendingKind, Right, Scope, understand

POLL = Context(pending=PendingKind.POLL, program_keywords=(("EVENTS", "events"),))
TALKING = Context(pending=PendingKind.CONVERSATION, program_keywords=(("EVENTS", "events"),))
WHICH = Context(pending=PendingKind.WHICH_TEXTS)


@pytest.mark.parametrize("context", [POLL, TALKING])
@pytest.mark.parametrize("text", ["EVENTS", "START", "join", "yes", "no", "1", "👍"])
def test_in_a_poll_or_a_conversation_a_word_is_an_answer_and_no_command(text, context):
    assert understand(text, context=context).kind is Kind.OTHER


@pytest.mark.parametrize("context", [POLL, TALKING, WHICH])
@pytest.mark.parametrize("text", ["STOP", "afmelden", "my answer is B\nSTOP", "take me off your list"])
def test_a_stop_stops_whatever_was_asked(text, context):
    assert understand(text, context=context).is_withdrawal


@pytest.mark.parametrize("context", [POLL, TALKING])
@pytest.mark.parametrize("text", ["HELP", "INFO", "who is this?"])
def test_help_helps_whatever_was_asked(text, context):
    assert understand(text, context=context).kind is Kind.HELP


@pytest.mark.parametrize("text", ["ONLY", "alleen", "bara", "Nur.", "kun"])
def test_only_answers_the_question_which_texts_were_meant(text):
    assert understand(text, context=WHICH).kind is Kind.NARROW
    assert understand(text).kind is Kind.OTHER


def test_an_unsure_wish_to_leave_ends_texts_and_is_put_before_a_person():
    intent = understand("sorry, wrong number")
    assert (intent.is_withdrawal, intent.is_probable) == (True, True)


def test_two_doubts_are_less_than_one():
    once, twice = understand("wrong number"), understand("Wrong number. You have the wrong person")
    assert once.confidence < twice.confidence or not twice.is_probable


@pytest.mark.parametrize("text", ["STOP", "stop please", "AFMELDEN", "haal me van de lijst"])
def test_a_plain_wish_to_leave_needs_nobody(text):
    assert not understand(text).is_probable


@pytest.mark.parametrize(
    ("text", "right", "is_withdrawal"),
    [
        ("what data do you have on me", Right.ACCESS, False),
        ("delete all my data", Right.ERASURE, True),
        ("stop texting me and delete my data", Right.ERASURE, True),
        ("welke gegevens hebben jullie van mij", Right.ACCESS, False),
        ("stop texting me", None, True),
    ],
)
def test_a_privacy_request_says_what_it_asks_for(text, right, is_withdrawal):
    intent = understand(text)
    assert (intent.right, intent.is_withdrawal) == (right, is_withdrawal)


def test_what_a_guard_vetoes_ends_nothing_however_sure_the_model_is():
    intent = understand("please don't stop texting me")
    assert (intent.label, intent.is_withdrawal) == (Label.OTHER, False)


@pytest.mark.parametrize("text", ["st0p texting me", "ѕtop texting me", "ＳＴＯＰ ｔｅｘｔｉｎｇ ｍｅ"])
def test_a_mask_over_the_letters_hides_nothing(text):
    assert understand(text).is_withdrawal


@pytest.mark.parametrize(
    "text", ["stop full stop", "stop period", "please stop exclamation mark", "stop punkt"]
)
def test_dictated_punctuation_is_no_word(text):
    assert understand(text).kind is Kind.OPT_OUT


def test_a_signature_of_a_phone_says_nothing():
    assert understand("Von meinem iPhone gesendet").kind is Kind.OTHER


def test_the_model_may_be_left_out():
    text = "honestly I would rather not have any of this in my inbox of texts from now on"
    assert understand(text, with_model=False).rule == "nothing_matched"


@pytest.mark.parametrize("text", ["B STOP", "2 stop", "stop 2", "answer: Paris, stop", "Paris stop"])
def test_a_stop_beside_the_answer_of_a_contest_still_stops(text):
    assert understand(text, context=POLL).is_withdrawal


@pytest.mark.parametrize("text", ["bus stop", "the end", "2 shop"])
def test_an_answer_that_holds_no_stop_is_an_answer(text):
    intent = understand(text, context=POLL)
    assert intent.is_withdrawal is (text in {"bus stop", "the end"})
    assert not understand(text).is_withdrawal


@pytest.mark.parametrize(
    "text",
    [
        "wrong number, that's not me",
        "Sorry, wrong number. I'm not Karen",
        "verkeerd nummer, dat ben ik niet",
        "Fel nummer, det är inte jag",
        "Falsche Nummer, das bin ich nicht",
        "forkert nummer, det er ikke mig",
    ],
)
def test_who_says_that_it_is_not_them_has_surely_got_the_number_of_somebody_else(text):
    intent = understand(text)
    assert (intent.kind, intent.is_probable) == (Kind.WRONG_NUMBER, False)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Jag vill att ni raderar alla uppgifter ni har om mig enligt GDPR", Right.ERASURE),
        ("krever innsyn OG sletting. takk", Right.ERASURE),
    ],
)
def test_the_model_takes_no_right_from_a_text(text, right):
    assert understand(text).right is right


@pytest.mark.parametrize("text", ["B stop", "2 STOP", "stop 2", "STOP A"])
def test_a_letter_or_a_number_beside_a_stop_is_an_answer_whoever_asked(text):
    assert understand(text).is_withdrawal


RUNNING = Context(
    brands=("Wintelroos",),
    program_keywords=(("SAVEMORE", "club"),),
    program_topics=(
        ("club", ("Club", "offers", "shoes", "SAVEMORE")),
        ("events", ("Events", "events", "EVENTS")),
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        "STOP WINTELROOS",
        "stop wintelroos please",
        "afmelden Wintelroos",
        "STOPP Wintelroos",
        "STOP to 800123",
    ],
)
def test_a_stop_with_the_name_or_the_number_of_the_brand_is_a_stop(text):
    intent = understand(text, context=RUNNING)
    assert (intent.kind, intent.scope, intent.is_exact) == (Kind.OPT_OUT, Scope.UNSPECIFIED, True)


@pytest.mark.parametrize(
    ("text", "program"), [("STOP EVENTS", "events"), ("STOP CLUB", "club"), ("SAVEMORE stop", "club")]
)
def test_a_stop_with_the_name_or_the_keyword_of_a_program_on_another_code_ends_that_one(text, program):
    intent = understand(text, context=RUNNING)
    assert (intent.scope, intent.program, intent.is_exact) == (Scope.PROGRAM, program, True)


@pytest.mark.parametrize(
    "text", ["STOP. Call me instead.", "Stop! My number changed.", "Stopp. Jag är på jobbet"]
)
def test_a_first_sentence_that_leaves_stops_and_is_looked_at(text):
    intent = understand(text)
    assert (intent.is_withdrawal, intent.is_probable, intent.is_exact) == (True, True, False)


@pytest.mark.parametrize("text", ["Stop, I'm driving", "stop, wait, I meant Saturday"])
def test_first_words_that_may_leave_are_looked_at_and_end_nothing(text):
    intent = understand(text)
    assert (intent.is_withdrawal, intent.rule) == (False, "suspected, first words")


@pytest.mark.parametrize(
    "text", ["STOP ALL STOP ALL", "Don't contact me. Don't contact me!", "Do not call, do not call"]
)
def test_what_leaves_leaves_said_twice(text):
    assert understand(text).is_withdrawal


@pytest.mark.parametrize(
    "signature",
    [
        "Anna",
        "/Anna",
        "Groetjes, Anna",
        "Sent from Outlook for Android",
        "Get Outlook for iOS",
        "Sent from Yahoo Mail on Android",
    ],
)
def test_a_name_or_a_program_below_a_text_changes_nothing(signature):
    assert (
        understand(f"not interested\n{signature}").is_withdrawal == understand("not interested").is_withdrawal
    )
    assert not understand(f"don't stop\n{signature}").is_withdrawal


@pytest.mark.parametrize(
    "text",
    [
        "I love these texts",
        "these texts are great",
        "I did not say stop",
        "Why did the texts stop?",
        "peruuta varaus",
        "why did you stop sending me coupons?",
        "I'm not getting your texts anymore",
        "jag får inga sms längre, varför?",
    ],
)
def test_who_likes_or_misses_the_texts_keeps_them(text):
    assert not understand(text).is_withdrawal
