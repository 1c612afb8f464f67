import pytest

from yesword.domain.understanding import Kind, understand
from yesword.domain.understanding.reactions import ReactionTableError, is_reaction, read_reactions

REACTIONS = [
    "Liked “Club offers. Reply STOP to end”",
    'Loved "Reply STOP to end"',
    "Disliked “Reply STOP to end”",
    "Removed a heart from “Reply STOP to end”",
    "👍 to “Reply STOP to end”",
    "❤️ “Reply STOP to end”",
    'Reacted 😂 to "Reply STOP to end"',
    "Vond “Antwoord STOP” leuk",
    "Gillade ”Svara STOPP”",
    "Hat „Antworte STOP“ mit „Gefällt mir“ markiert",
    "Kunne lide “Svar STOP”",
    "Likte «Svar STOPP»",
    "A aimé « Répondez STOP »",
    "Le gustó “Responde BAJA”",
    'Ha messo "Mi piace" a “Rispondi STOP”',
    "Gostou de “Responda SAIR”",
    "Tykkäsi: ”Vastaa STOP”",
    "Polubił(a) „Odpowiedz STOP”",
]


@pytest.mark.parametrize("text", REACTIONS)
def test_a_quotation_with_a_phone_s_own_words_around_it_is_a_reaction(text):
    assert is_reaction(text)
    assert understand(text).rule == "reaction"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("“STOP”", id="only a quotation"),
        pytest.param('"stop"', id="plain quotation marks"),
        pytest.param("Stop “Club offers”", id="a stop that names what to stop"),
        pytest.param("🛑 “Club offers”", id="a stop sign before it"),
        pytest.param("Liked “Club offers”, stop please", id="more after it"),
        pytest.param("I do not like “Club offers”", id="other words before it"),
        pytest.param('... "I want to unsubscribe from these texts"', id="dots before it"),
        pytest.param('> "stop sending me these messages"', id="a mark of quoting before it"),
        pytest.param("‘“unsubscribe me from all of this”’", id="two layers of quotation"),
        pytest.param('!!! "leave me alone and stop texting"', id="only punctuation before it"),
        pytest.param("“", id="a mark alone"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_a_person_writes_around_a_quotation_is_none(text):
    assert not is_reaction(text)


def test_who_reacts_and_asks_to_leave_leaves():
    assert understand("Liked “Club offers. Reply STOP”\nplease stop texting me").kind is Kind.OPT_OUT


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        pytest.param("language,before\n", "columns", id="other columns"),
        pytest.param("language,before,after\nen,,\n", "before the quotation", id="nothing to go by"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(table, problem):
    with pytest.raises(ReactionTableError, match=problem):
        read_reactions(table.splitlines())
