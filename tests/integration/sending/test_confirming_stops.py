"""What the one confirmation of a stop says, asks and in which language, and how many automatic texts one number gets."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from itertools import cycle

import pytest

from factories.leavings import (
    BRAND,
    CANADIAN,
    NEW_YORKER,
    STOPPED,
    STOPPED_ONE,
    brand_row,
    is_in,
    one_more,
)
from factories.readings import Readings
from factories.worlds import ANNA, CLUB, EVENTS, TEXTS, World, publish
from yesword.consent.capping import A_DAY, AN_HOUR, DAY_CAP, HOUR_CAP
from yesword.domain.shipped_texts import shipped
from yesword.domain.understanding import Context, Kind, PendingKind, understand
from yesword.sending import listening
from yesword.store import models
from yesword.store.checking import check_store

# --- one question ----------------------------------------------------------------------------------------------


QUESTION = "Did you mean only Club? Reply ONLY."


@pytest.fixture
def asking(here: World) -> World:
    """A New Yorker in two programs, whose club may ask, and who got its text last."""
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    here.club = publish(brand_row(), sender, asks_which=True)
    here.now[0] = datetime(2026, 3, 2, 17, tzinfo=here.at.tzinfo)  # noon in New York
    here.text(NEW_YORKER, "EVENTS", to=EVENTS)
    here.text(NEW_YORKER, "SAVEMORE")
    here.text(NEW_YORKER, "yes")
    return here


def test_everything_stops_and_the_confirmation_asks_once(asking: World) -> None:
    here = asking
    here.text(NEW_YORKER, "STOP")
    assert here.state(NEW_YORKER).grants == ()
    assert here.shown(NEW_YORKER)[-1] == f"{STOPPED} {QUESTION}"
    before = len(here.shown(NEW_YORKER))
    here.text(NEW_YORKER, "STOP")
    assert len(here.shown(NEW_YORKER)) == before


def test_silence_means_everything(asking: World) -> None:
    here = asking
    here.text(NEW_YORKER, "STOP")
    here.wait(days=2)
    here.settle()
    assert here.state(NEW_YORKER).grants == ()
    assert here.kinds(NEW_YORKER)[-1] == "withdrawn"


def test_only_brings_the_others_back_as_new_grants(asking: World) -> None:
    here = asking
    here.text(NEW_YORKER, "STOP")
    shown = len(here.shown(NEW_YORKER))
    assert here.text(NEW_YORKER, "only") == "narrowed"
    assert is_in(here, here.events, NEW_YORKER)
    assert not is_in(here, here.club, NEW_YORKER)
    assert here.kinds(NEW_YORKER)[-1] == "granted"
    assert here.shown(NEW_YORKER)[shown:] == [STOPPED_ONE]
    assert here.text(NEW_YORKER, "only") != "narrowed"
    assert check_store(here.store).findings == []


def test_an_answer_after_a_day_brings_nothing_back(asking: World) -> None:
    here = asking
    here.text(NEW_YORKER, "STOP")
    here.wait(hours=24)
    assert here.text(NEW_YORKER, "only") != "narrowed"
    assert here.state(NEW_YORKER).grants == ()


def test_after_a_second_stop_nothing_may_be_narrowed(asking: World) -> None:
    here = asking
    for words in ("STOP", "STOP"):
        here.text(NEW_YORKER, words)
    assert here.text(NEW_YORKER, "only") != "narrowed"
    assert here.state(NEW_YORKER).grants == ()


def test_what_had_been_stopped_before_does_not_come_back_with_it(asking: World) -> None:
    here = asking
    news = one_more(here, "news")
    here.text(NEW_YORKER, "NEWS")
    here.text(NEW_YORKER, "STOP NEWS")
    here.wait(hours=1)
    here.plan(here.contact(NEW_YORKER).id)
    here.settle()
    here.text(NEW_YORKER, "STOP")
    assert QUESTION in here.shown(NEW_YORKER)[-1]
    assert here.text(NEW_YORKER, "only") == "narrowed"
    assert is_in(here, here.events, NEW_YORKER)
    assert not is_in(here, news, NEW_YORKER)


@pytest.mark.parametrize(
    "why",
    ["in one program only", "where the law is silent", "the program does not ask", "they said everything"],
)
def test_nothing_is_asked(asking: World, readings: Readings, why: str) -> None:
    here = asking
    number, words = NEW_YORKER, "STOP"
    if why == "in one program only":
        here.text(number, "STOP EVENTS", to=EVENTS)
    elif why == "where the law is silent":
        number = ANNA
        here.text(number, "EVENTS", to=EVENTS)
        here.join(number)
    elif why == "the program does not ask":
        here.wait(hours=1)
        here.text(number, "NEWS" if one_more(here, "news") else "")
    else:
        words = "STOP ALL"
    here.text(number, words)
    assert here.state(number).grants == ()
    assert here.shown(number)[-1] == STOPPED


@pytest.mark.parametrize("language", sorted(shipped()))
def test_the_word_that_each_language_asks_for_is_understood(language: str) -> None:
    asked = shipped()[language].which_texts
    word = asked.rstrip(".").rsplit(maxsplit=1)[-1]
    assert word.isupper()
    hint = "no" if language == "nb" else language
    assert understand(word, [hint], Context(pending=PendingKind.WHICH_TEXTS)).kind is Kind.NARROW
    assert understand(word, [hint]).kind is not Kind.NARROW


# --- in which language -----------------------------------------------------------------------------------------


FRENCH = replace(
    TEXTS, stop="[Brand] : plus de messages.", help="[Brand] : aide.", welcome="[Brand] : bienvenue."
)
PLUS, AIDE = f"{BRAND} : plus de messages.", f"{BRAND} : aide."


@pytest.fixture
def bilingual(here: World) -> World:
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    here.club = publish(brand_row(), sender, texts=(("en", TEXTS), ("fr", FRENCH)), default_language="fr")
    return here


@pytest.mark.parametrize(
    ("words", "answers"),
    [
        pytest.param("STOP", STOPPED, id="an English word"),
        pytest.param("Stop.", STOPPED, id="however it is written"),
        pytest.param("ARRET", PLUS, id="a French word"),
        pytest.param("arrêt", PLUS, id="with its accent"),
        pytest.param("HELP", f"{BRAND}: help.", id="English help"),
        pytest.param("AIDE", AIDE, id="French help"),
        pytest.param("🛑", f"{STOPPED}\n{PLUS}", id="no language at all: both, English first"),
    ],
)
def test_in_canada_the_word_decides_the_language(bilingual: World, words: str, answers: str) -> None:
    here = bilingual
    here.text(CANADIAN, words)
    assert here.shown(CANADIAN) == [answers]


def test_in_canada_a_word_of_the_other_language_goes_before_the_persons_own(bilingual: World) -> None:
    here = bilingual
    here.strangers([CANADIAN], language="fr")
    here.text(CANADIAN, "HELP")
    here.text(CANADIAN, "🛑")
    assert here.shown(CANADIAN) == [f"{BRAND}: help.", PLUS]


def test_elsewhere_the_person_decides_and_then_the_program(bilingual: World) -> None:
    here = bilingual
    here.strangers([ANNA], language="en")
    here.text("+33612345678", "🛑")
    here.text(ANNA, "🛑")
    here.text(ANNA, "HELP")
    assert here.shown("+33612345678") == [PLUS]
    assert here.shown() == [STOPPED, f"{BRAND}: help."]


def test_two_texts_that_do_not_fit_together_go_in_one_language(here: World) -> None:
    long = replace(FRENCH, stop=f"[Brand] : {'plus de messages ' * 30}.")
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    here.club = publish(brand_row(), sender, texts=(("en", TEXTS), ("fr", long)), default_language="fr")
    here.text(CANADIAN, "🛑")
    (shown,) = here.shown(CANADIAN)
    assert shown.startswith(f"{BRAND} : plus de messages")
    assert STOPPED not in shown


def test_a_question_is_put_in_the_language_of_the_program_where_nothing_tells(bilingual: World) -> None:
    here = bilingual
    here.text(CANADIAN, "SAVEMORE")
    here.text(CANADIAN, "SAVEMORE")
    assert here.sql("SELECT kind, language FROM message ORDER BY created_at") == [
        ("consent_request", "fr"),
        ("reply", "en"),
    ]


# --- how many --------------------------------------------------------------------------------------------------


def test_two_machines_fall_silent_and_every_stop_still_stops(on_both: World) -> None:
    """500 exchanges in 24 hours; whatever is answered, the other machine writes again."""
    here = on_both
    count = 500 if here.store.database.vendor == "sqlite" else 120
    sent: list[tuple[datetime, str]] = []
    stops = 0
    for _, words in zip(
        range(count),
        cycle(["START", "STOP", "HELP", "EVENTS", "STOP", "thank you for your message", "what?"]),
    ):
        here.wait(seconds=A_DAY.total_seconds() / count - 20)
        before = len(here.shown())
        what = here.text(ANNA, words, to=EVENTS)
        sent += [(here.at, text) for text in here.shown()[before:]]
        if words == "STOP":
            stops += 1
            assert what == "withdrawn"
            assert here.state().grants == ()
    assert len(sent) == DAY_CAP
    assert here.kinds().count("withdrawn") == stops
    in_an_hour = Counter((at, text) for at, text in sent for other, _ in sent if at - AN_HOUR < other <= at)
    assert max(count for (_, text), count in in_an_hour.items() if text != STOPPED) <= HOUR_CAP
    here.wait(days=1)
    here.text(ANNA, "HELP", to=EVENTS)
    assert len(here.shown()) == DAY_CAP + 1


def test_a_stop_is_confirmed_however_many_texts_went_in_the_hour(here: World) -> None:
    here.join()
    for _ in range(HOUR_CAP):
        here.text(ANNA, "HELP")
    assert len(here.shown()) == HOUR_CAP
    assert here.text(ANNA, "STOP") == "withdrawn"
    assert here.shown()[-1] == STOPPED


def test_a_keyword_that_may_not_be_answered_joins_nothing(here: World) -> None:
    for _ in range(HOUR_CAP):
        here.text(ANNA, "HELP")
    assert here.text(ANNA, "EVENTS", to=EVENTS) == "reply_cap"
    assert here.kinds() == []
    here.wait(hours=1)
    assert here.text(ANNA, "EVENTS", to=EVENTS) == "granted"
    assert is_in(here, here.events)


def test_a_question_that_may_not_be_put_is_not_asked(here: World) -> None:
    for _ in range(HOUR_CAP):
        here.text(ANNA, "HELP")
    assert here.text(ANNA, "SAVEMORE") == "reply_cap"
    assert here.kinds() == []
    assert here.text(ANNA, "yes") != "confirmed"
    here.wait(hours=1)
    here.join()


def test_a_start_counts_though_no_text_says_so(here: World) -> None:
    here.join()
    here.text(ANNA, "STOP")
    for _ in range(HOUR_CAP):
        here.text(ANNA, "HELP")
    assert here.text(ANNA, "START") == "restarted"
    assert is_in(here, here.club)
    assert len(here.shown()) == HOUR_CAP


# --- what the reading is told ----------------------------------------------------------------------------------


def test_the_reading_knows_what_the_programs_are_called_and_what_was_asked(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Context] = []

    def read(text: str, languages: list[str], context: Context) -> object:
        told.append(context)
        return understand(text, languages, context)

    monkeypatch.setattr(listening, "understand", read)
    here.text(ANNA, "SAVEMORE")
    here.text(ANNA, "yes")
    here.text(ANNA, "HELP")
    assert [each.pending for each in told] == [None, PendingKind.CONFIRM_CONSENT, None]
    assert dict(told[0].program_topics) == {
        "club": ("Club", "offers", "shoes", "SAVEMORE"),
        "events": ("Events", "events", "concerts", "EVENTS"),
    }
    assert told[0].program_keywords == (("SAVEMORE", "club"),)
    assert (told[0].confirm_words, told[1].confirm_words) == ((), ("YES",))
