"""Contests: what may be a word of one, and how a text that enters is read."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from factories.programs import CLUB
from yesword.domain import codec
from yesword.domain.collecting import contest_words
from yesword.domain.collecting.contest_errors import BadContestError, LeavingWordError
from yesword.domain.collecting.contests import (
    Answering,
    ContestDefinition,
    ContestWording,
    Entry,
    Option,
    State,
    check,
    read_age,
    read_entry,
    state_of,
    yes_words,
)

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)
LANGUAGE = CLUB.default_language
VOTE = ContestDefinition(
    name="Colour",
    program=CLUB.id,
    program_version=CLUB.version,
    keywords=("VOTE",),
    answering=Answering.OPTIONS,
    options=(Option(word="A", label="Red"), Option(word="B", label="Blue")),
    opens_at=AT,
    closes_at=AT + A_DAY,
    wordings=((LANGUAGE, ContestWording(title="Colour", consent="Yes")),),
)
WIN = replace(VOTE, keywords=("WIN", "PRIZE"), answering=Answering.FREE, options=())
JUST = replace(WIN, answering=Answering.NONE)


def with_options(*words: str) -> ContestDefinition:
    return replace(VOTE, options=tuple(Option(word=each, label=each) for each in words))


@pytest.mark.parametrize(
    "word", ["STOP", "END", "CANCEL", "QUIT", "HELP", "INFO", "START", "stopp", "AFMELDEN", "HJÄLP"]
)
def test_nobody_leaves_joins_or_asks_for_help_by_answering(word):
    with pytest.raises(LeavingWordError, match=word):
        check(with_options("A", word), CLUB)
    with pytest.raises(LeavingWordError, match=word):
        check(replace(VOTE, keywords=(word,)), CLUB)


@pytest.mark.parametrize(
    ("definition", "why"),
    [
        pytest.param(with_options("A"), "choose from 2", id="one-option"),
        pytest.param(with_options("A", "a."), "twice", id="the-same-option"),
        pytest.param(with_options("A", "VOTE"), "twice", id="an-option-is-the-keyword"),
        pytest.param(with_options("A", "B C"), "not one short word", id="two-words"),
        pytest.param(replace(VOTE, keywords=()), "no word", id="no-keyword"),
        pytest.param(replace(VOTE, closes_at=AT), "closes before", id="no-time"),
        pytest.param(replace(VOTE, winners=1), "from a seed", id="no-seed-named"),
        pytest.param(
            replace(VOTE, winners=1, seed_source="lottery", seed_due_at=AT + A_DAY),
            "comes later",
            id="early-seed",
        ),
        pytest.param(replace(VOTE, right=("C",)), "none of the answers", id="right-is-none"),
        pytest.param(replace(JUST, right=("C",)), "nothing is asked", id="right-of-nothing"),
        pytest.param(replace(WIN, options=VOTE.options), "people choose", id="options-nobody-chooses"),
        pytest.param(replace(VOTE, entries_each=0), "enters once", id="no-entry"),
        pytest.param(replace(VOTE, wordings=()), "any language", id="no-words"),
        pytest.param(
            replace(VOTE, asks_after=True, wordings=((LANGUAGE, ContestWording(title="Colour")),)),
            "do not say to what",
            id="asks-without-terms",
        ),
    ],
)
def test_what_cannot_run_is_refused_in_a_sentence(definition, why):
    with pytest.raises(BadContestError, match=why):
        check(definition, CLUB)


def test_what_can_run_is_taken():
    for each in (VOTE, WIN, JUST):
        check(each, CLUB)


def test_a_yes_word_is_no_answer_to_choose():
    (word, *_) = yes_words(replace(VOTE, takes_yes=True), CLUB)
    with pytest.raises(BadContestError, match="a yes at once"):
        check(replace(with_options("A", word), takes_yes=True), CLUB)
    check(with_options("A", word), CLUB)  # where no yes is taken, it is a word like others


def test_i14_answers_are_named_in_the_language_of_the_page_and_texted_by_the_same_words():
    own = ContestWording(title="Kleur", options=(Option(word="b", label="Blauw"),))
    both = replace(VOTE, wordings=(*VOTE.wordings, ("nl", own)))
    assert [(each.word, each.label) for each in both.options_in("nl")] == [("A", "Red"), ("B", "Blauw")]
    assert both.options_in(LANGUAGE) == VOTE.options
    assert codec.loads(ContestDefinition, both.to_bytes()) == both


def test_a_label_for_an_answer_that_nobody_can_give_is_refused():
    own = ContestWording(title="Colour", options=(Option(word="C", label="Green"),))
    with pytest.raises(BadContestError, match="C stands among the answers in"):
        check(replace(VOTE, wordings=((LANGUAGE, own),)), CLUB)


@pytest.mark.parametrize(
    ("definition", "text", "entry"),
    [
        pytest.param(VOTE, "VOTE B", Entry(answer="B", says_yes=False), id="option"),
        pytest.param(VOTE, " vote:  «b»! ", Entry(answer="B", says_yes=False), id="as-people-type"),
        pytest.param(VOTE, "VOTE B YES", Entry(answer="B", says_yes=True), id="option-and-yes"),
        pytest.param(VOTE, "VOTE YES", None, id="only-a-yes"),
        pytest.param(VOTE, "VOTE C", None, id="no-option"),
        pytest.param(VOTE, "VOTE", None, id="nothing"),
        pytest.param(VOTE, "VOTE A B", None, id="two-options"),
        pytest.param(WIN, "WIN Åmål, Sweden", Entry(answer="Åmål, Sweden", says_yes=False), id="own-words"),
        pytest.param(
            WIN, "PRIZE Amsterdam yes", Entry(answer="Amsterdam", says_yes=True), id="own-words-and-yes"
        ),
        pytest.param(WIN, "WIN yes", Entry(answer="yes", says_yes=False), id="yes-is-the-answer"),
        pytest.param(WIN, "WIN yes yes", Entry(answer="yes", says_yes=True), id="yes-and-yes"),
        pytest.param(
            WIN, "WIN YES Amsterdam", Entry(answer="YES Amsterdam", says_yes=False), id="yes-in-front"
        ),
        pytest.param(JUST, "WIN", Entry(answer="", says_yes=False), id="just-the-word"),
        pytest.param(JUST, "WIN YES", Entry(answer="", says_yes=True), id="just-the-word-and-yes"),
        pytest.param(JUST, "WIN me", None, id="more-than-the-word"),
    ],
)
def test_how_an_entry_is_read(definition, text, entry):
    assert read_entry(text, definition, ("YES",)) == entry


def test_without_the_terms_saying_so_no_word_is_a_yes():
    assert yes_words(VOTE, CLUB) == ()
    assert read_entry("WIN Amsterdam YES", WIN, ()) == Entry(answer="Amsterdam YES", says_yes=False)


@pytest.mark.parametrize(
    ("text", "years"),
    [("34", 34), ("I am 34", 34), ("34 years old", 34), ("about 30 or 40", None), ("yes", None), ("2026", None), ("my number is 34 of the list", None)],
)  # fmt: skip
def test_an_age_is_read_where_it_is_one(text, years):
    assert read_age(text, VOTE, date(2026, 3, 2)) == years


@pytest.mark.parametrize(
    ("text", "years"),
    [("03-03-2008", 17), ("2.3.2008", 18), ("2008-03-02", 18), ("02032008", 18), ("31-02-2008", None), ("3-3-08", None), ("34", None), ("01-01-2030", None)],
)  # fmt: skip
def test_a_date_of_birth_is_read_where_it_is_one(text, years):
    assert read_age(text, replace(VOTE, is_by_birth_date=True), date(2026, 3, 2)) == years


@pytest.mark.parametrize(
    ("at", "more", "state"),
    [
        (AT - A_DAY, {"is_announced": False}, State.DRAFT),
        (AT - A_DAY, {"is_announced": True}, State.ANNOUNCED),
        (AT, {"is_announced": True}, State.OPEN),
        (AT + 2 * A_DAY, {"is_announced": True}, State.OVER),
        (AT + A_DAY, {"is_announced": True, "closed_at": AT}, State.OVER),
        (AT + 2 * A_DAY, {"is_announced": True, "is_committed": True}, State.CLOSED),
        (AT + 2 * A_DAY, {"is_announced": True, "is_committed": True, "is_drawn": True}, State.DRAWN),
    ],
)
def test_how_a_contest_stands(at, more, state):
    assert state_of(VOTE, at, **more) is state


def test_what_a_yes_means_names_the_categories_in_the_language_of_the_page():
    club = replace(CLUB, categories=("shoes", "clothing"))
    assert "schoenen, kleding" in contest_words.suggested(club, "nl")
    assert "shoes" not in contest_words.suggested(club, "nl")
