"""How much a text ends, what its one confirmation says, and how many automatic texts one number gets."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle

import pytest

from factories.readings import Readings, from_one_program, leaving, reading
from factories.worlds import ANNA, CLUB, EVENTS, TEXTS, World, publish, world
from yesword.consent.capping import A_DAY, AN_HOUR, DAY_CAP, HOUR_CAP
from yesword.domain.messages import MessageState
from yesword.domain.programs import OptIn, Program
from yesword.domain.shipped_texts import shipped
from yesword.domain.triage import TriageKind
from yesword.domain.understanding import Context, Kind, PendingKind, Scope, understand
from yesword.sending import listening, triage
from yesword.store import models
from yesword.store.checking import check_store
from yesword.store.opening import Store

BRAND = "Linde & Loom"
NEW_YORKER = "+12125550123"
CANADIAN = "+14165550123"
STOPPED, STOPPED_ONE = f"{BRAND}: no more messages.", f"{BRAND}: no more of these."


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    return reading(monkeypatch)


@pytest.fixture
def here(sqlite_store: Store, readings: Readings) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store, readings: Readings) -> Iterator[World]:
    with world(store) as made:
        yield made


def brand_row() -> models.Brand:
    return models.Brand.objects.get(key="demo")


def one_more(here: World, key: str, address: str = CLUB, **changes: object) -> Program:
    sender = models.Sender.objects.get(account=here.account, address=address)
    usual = {"key": key, "name": key.title(), "keywords": (key.upper(),), "opt_in": OptIn.SINGLE}
    return publish(brand_row(), sender, **(usual | changes))


def waiting(here: World) -> list[triage.Item]:
    with here.store.database.read() as session:
        return triage.queue(here.store, session, here.club.brand)


def is_in(here: World, program: Program, number: str = ANNA) -> bool:
    return here.state(number).grant_for(program.id) is not None


# --- which program -------------------------------------------------------------------------------------------


@pytest.fixture
def in_both(here: World) -> World:
    here.join()
    here.text(ANNA, "EVENTS", to=EVENTS)
    return here


def test_a_stop_that_names_a_program_ends_that_one_only(in_both: World, readings: Readings) -> None:
    here = in_both
    readings["no more concerts"] = from_one_program("events")
    assert here.text(ANNA, "no more concerts") == "withdrawn"
    assert is_in(here, here.club)
    assert not is_in(here, here.events)
    assert here.shown()[-1] == STOPPED_ONE
    assert waiting(here) == []


def test_a_keyword_that_names_a_program_ends_that_one_only(in_both: World) -> None:
    here = in_both
    here.text(ANNA, "STOP EVENTS", to=EVENTS)
    assert is_in(here, here.club)
    assert not is_in(here, here.events)


def test_of_one_program_only_that_is_meant(here: World, readings: Readings) -> None:
    here.join()
    readings["not these any more"] = from_one_program(None)
    here.text(ANNA, "not these any more")
    (withdrawal,) = here.state().withdrawals
    assert withdrawal.scope.program == here.club.id
    assert waiting(here) == []


def test_where_nothing_says_which_all_end_and_somebody_looks(in_both: World, readings: Readings) -> None:
    here = in_both
    readings["not these any more"] = from_one_program(None)
    here.text(ANNA, "not these any more")
    assert here.state().grants == ()
    assert [item.kind for item in waiting(here)] == [TriageKind.PROBABLE_STOP]


def test_where_a_rule_makes_it_reach_everything_it_does(
    in_both: World, readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From February 2027 the FCC's rule holds, unless it is stayed again: a stop reaches the whole caller."""
    here = in_both
    readings["no more concerts"] = from_one_program("events")
    here.text(NEW_YORKER, "EVENTS", to=EVENTS)
    here.grant([here.contact(NEW_YORKER).id], here.club)
    here.now[0] = datetime(2027, 3, 2, 17, tzinfo=here.at.tzinfo)
    here.text(NEW_YORKER, "no more concerts")
    assert here.state(NEW_YORKER).grants == ()
    here.text(ANNA, "no more concerts")
    assert is_in(here, here.club)


def test_words_for_everything_end_everything(in_both: World, readings: Readings) -> None:
    here = in_both
    readings["all of it"] = leaving(scope=Scope.EVERYTHING)
    here.text(ANNA, "all of it")
    assert here.state().grants == ()
    assert here.shown()[-1] == STOPPED


def test_on_a_shared_sender_a_named_program_is_of_its_own_brand(here: World, readings: Readings) -> None:
    other = models.Brand.objects.create(
        key="other", name="Birch", country="NL", origin="example.org/ledger/other"
    )
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    birch = publish(other, sender, key="birch", name="Birch", keywords=("BIRCH",), opt_in=OptIn.SINGLE)
    here.join()
    here.text(ANNA, "BIRCH")
    readings["no more birch"] = from_one_program("birch")
    here.text(ANNA, "no more birch")
    assert is_in(here, here.club)
    assert birch.brand != here.club.brand
    ((kinds,),) = here.sql("SELECT count(*) FROM consent_event WHERE kind = 'withdrawn'")
    assert kinds == 1


def test_a_program_that_the_person_is_not_in_is_as_good_as_none(here: World, readings: Readings) -> None:
    """Which one was meant may be a slip of the reading. That never lets texts go on."""
    here.join()
    readings["not these"] = from_one_program("events")
    here.text(ANNA, "not these")
    assert not is_in(here, here.club)
    assert waiting(here) == []


def test_to_say_exactly_what_has_ended_already_ends_no_more(here: World) -> None:
    here.join()
    here.text(ANNA, "EVENTS", to=EVENTS)
    here.text(ANNA, "STOP EVENTS")
    here.text(ANNA, "STOP EVENTS")
    assert is_in(here, here.club)
    assert not is_in(here, here.events)


def test_where_it_is_none_of_several_all_end_and_somebody_looks(here: World, readings: Readings) -> None:
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    brand = models.Brand.objects.get(key="demo")
    shoes = publish(brand, sender, key="shoes", name="Shoes", keywords=("SHOES",), opt_in=OptIn.SINGLE)
    here.join()
    here.text(ANNA, "SHOES")
    readings["not these"] = from_one_program("events")
    here.text(ANNA, "not these")
    assert not is_in(here, here.club)
    assert not is_in(here, shoes)
    assert [item.kind for item in waiting(here)] == [TriageKind.PROBABLE_STOP]


def test_a_program_that_the_person_was_only_asked_about_ends_alone(here: World, readings: Readings) -> None:
    here.text(ANNA, "EVENTS", to=EVENTS)
    assert here.text(ANNA, "SAVEMORE") == "asked"
    readings["not the club"] = from_one_program("club")
    here.text(ANNA, "not the club")
    assert is_in(here, here.events)
    assert here.state().request_for(here.club.id) is None


@pytest.mark.parametrize("words", ["STOP BIRCH", "no more birch"])
def test_a_brand_that_does_not_know_the_person_takes_no_stop_from_those_that_do(
    here: World, readings: Readings, words: str
) -> None:
    other = models.Brand.objects.create(
        key="other", name="Birch", country="NL", origin="example.org/ledger/other"
    )
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    publish(other, sender, key="birch", name="Birch", keywords=("BIRCH",), opt_in=OptIn.SINGLE)
    here.join()
    readings["no more birch"] = from_one_program("birch")
    before = len(here.shown())
    here.text(ANNA, words)
    assert not is_in(here, here.club)
    assert [text.partition(":")[0] for text in here.shown()[before:]] == ["Linde & Loom"]
    assert here.sql("SELECT count(*) FROM contact WHERE brand_id = %s", other.pk) == [(0,)]


# --- a number of somebody else -------------------------------------------------------------------------------


NOT_HER = "this is not Anna, you have the wrong number"


def test_a_number_of_somebody_else_loses_what_its_owner_allowed(on_both: World, readings: Readings) -> None:
    here = on_both
    readings[NOT_HER] = leaving(kind=Kind.WRONG_NUMBER)
    here.join()
    assert here.text(ANNA, NOT_HER) == "withdrawn"
    assert here.kinds()[-1] == "invalidated"
    assert here.shown()[-1] == STOPPED
    assert here.text(ANNA, "START") == "nothing_to_start"
    assert here.state().grants == ()
    assert waiting(here) == []
    assert check_store(here.store).findings == []


def test_the_answer_to_a_new_owner_does_not_name_the_old_one(here: World, readings: Readings) -> None:
    readings[NOT_HER] = leaving(kind=Kind.WRONG_NUMBER)
    texts = replace(TEXTS, stop="[Brand]: no more messages, [First name|friend].")
    sender = models.Sender.objects.get(account=here.account, address=CLUB)
    here.club = publish(brand_row(), sender, texts=(("en", texts),))
    here.members(1, numbers=[ANNA], name="Anna Berg")
    here.text(ANNA, NOT_HER)
    assert here.shown() == [f"{BRAND}: no more messages, friend."]


def test_a_sure_stop_that_says_so_besides_is_one_of_somebody_else(here: World, readings: Readings) -> None:
    readings["stop, wrong number"] = leaving(also=(Kind.WRONG_NUMBER,))
    here.join()
    here.text(ANNA, "stop, wrong number")
    assert here.kinds()[-1] == "invalidated"


def test_a_new_owner_may_join_and_gets_nothing_of_the_old_one(here: World, readings: Readings) -> None:
    readings[NOT_HER] = leaving(kind=Kind.WRONG_NUMBER)
    here.text(ANNA, "EVENTS", to=EVENTS)
    here.join()
    here.text(ANNA, NOT_HER)
    here.join()
    assert is_in(here, here.club)
    assert not is_in(here, here.events)


def test_where_it_is_not_sure_somebody_says_whose_it_is(on_both: World, readings: Readings) -> None:
    here = on_both
    readings[NOT_HER] = leaving(0.8, kind=Kind.WRONG_NUMBER)
    here.join()
    here.text(ANNA, NOT_HER)
    assert here.kinds()[-1] == "withdrawn"
    (item,) = waiting(here)
    with here.store.database.write() as session:
        settled = triage.confirm(here.store, session, item.id, 1, here.at)
    assert triage.finish(here.store, settled, here.at)
    assert here.kinds()[-1] == "invalidated"
    assert here.text(ANNA, "START") == "nothing_to_start"


def test_a_start_after_an_unsure_one_brings_nothing_of_the_former_owner_back(
    here: World, readings: Readings
) -> None:
    readings[NOT_HER] = leaving(0.8, kind=Kind.WRONG_NUMBER)
    here.join()
    here.text(ANNA, NOT_HER)
    assert here.text(ANNA, "START") == "nothing_to_start"
    assert here.state().grants == ()


def test_who_came_back_meanwhile_from_that_handset_keeps_what_they_joined(
    here: World, readings: Readings
) -> None:
    readings[NOT_HER] = leaving(0.8, kind=Kind.WRONG_NUMBER)
    here.join()
    here.text(ANNA, NOT_HER)
    here.join()
    (item,) = waiting(here)
    with here.store.database.write() as session:
        triage.confirm(here.store, session, item.id, 1, here.at)
    assert is_in(here, here.club)


def test_a_text_that_is_on_its_way_to_the_old_owner_is_waited_for(here: World, readings: Readings) -> None:
    readings[NOT_HER] = leaving(kind=Kind.WRONG_NUMBER)
    here.join()
    queued = here.plan(here.contact().id, due_at=here.at + timedelta(days=1))
    handled = here.receive(ANNA, NOT_HER)
    assert len(handled.withdrawn) == 1
    assert here.message(queued) == (MessageState.CANCELLED, "withdrawn")


# --- one question --------------------------------------------------------------------------------------------


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


# --- in which language ---------------------------------------------------------------------------------------


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


# --- how many ------------------------------------------------------------------------------------------------


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


# --- what the reading is told --------------------------------------------------------------------------------


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
