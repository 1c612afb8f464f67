"""Codes to the handset: who gets one, what it opens, how often, and that nothing but a digest is kept."""

import re
from datetime import timedelta

import pytest

from factories.dumps import dump
from factories.worlds import ANNA, at_once
from yesword.consent import Act, invalidate
from yesword.domain.events import Actor
from yesword.domain.messages import MessageState
from yesword.privacy import codes, owners, restricting
from yesword.privacy.access import Proof, collect
from yesword.privacy.codes import Asked, Purpose, ask_for_code, prove, read_code
from yesword.privacy.erasing import REQUESTED, Wish, erase
from yesword.reporting.messages import Filter, message_page, read_message
from yesword.reporting.people import read_texts
from yesword.reporting.replies import own_texts
from yesword.store import programs

BERT = "+31612345679"


def ask(here, number=ANNA):
    return ask_for_code(here.store, here.contact(number), here.club, Purpose.OWN_DATA, here.at)


def code(here, number=ANNA):
    """The code as the handset shows it."""
    here.settle()
    found = re.match(r"(\d{6}) is your code", here.shown(number)[-1])
    assert found is not None, here.shown(number)
    return found[1]


def tried(here, typed, number=ANNA):
    return prove(here.store, here.contact(number), Purpose.OWN_DATA, typed, here.at)


def other(right):
    """Not this code."""
    return f"{(int(right) + 1) % 10**6:06}"


def change_hands(here):
    act = Act(actor=Actor.CARRIER, route="carrier", occurred_at=here.at, received_at=here.at, language="en")
    with here.store.database.write() as session:
        brand = programs.brand(here.club.brand)
        invalidate(here.store, session, brand, here.contact(), act, here.at, reason="reassigned")


@pytest.fixture
def joined(on_both):
    on_both.join()
    return on_both


@pytest.fixture
def anna(here):
    here.join()
    return here


def test_whoever_types_in_what_the_handset_got_has_the_handset(joined):
    here, asked_at = joined, joined.at
    assert ask(here) is Asked.QUEUED
    right = code(here)
    assert here.shown()[-1] == (
        f"{right} is your code to see or erase what Linde & Loom knows about you. Nobody will ask you for it."
    )
    here.wait(minutes=9)
    assert tried(here, right) == Proof(since=asked_at)


def test_a_code_is_used_once(joined):
    ask(joined)
    right = code(joined)
    assert tried(joined, right) is not None
    assert tried(joined, right) is None


def test_after_ten_minutes_it_opens_nothing(anna):
    ask(anna)
    right = code(anna)
    anna.wait(minutes=10)
    assert tried(anna, right) is None


def test_after_five_wrong_tries_the_right_one_is_wrong_too(joined):
    ask(joined)
    right = code(joined)
    assert [tried(joined, other(right)) for _ in range(5)] == [None] * 5
    assert tried(joined, right) is None


def test_the_fifth_try_may_still_be_right(anna):
    ask(anna)
    right = code(anna)
    for _ in range(4):
        assert tried(anna, other(right)) is None
    assert tried(anna, right) is not None


def test_many_tries_at_once_are_counted_one_by_one(joined):
    here = joined
    ask(here)
    right, person = code(here), here.contact()

    def guess():
        prove(here.store, person, Purpose.OWN_DATA, other(right), here.at)

    at_once(here.store, [guess] * 5)
    assert here.sql("SELECT tries FROM handset_code") == [(5,)]
    assert tried(here, right) is None


def test_only_the_newest_counts(anna):
    ask(anna)
    first = code(anna)
    anna.wait(minutes=1)
    ask(anna)
    newest = code(anna)
    assert tried(anna, first) is None
    assert tried(anna, newest) is not None


def test_a_code_for_something_else_opens_nothing(anna):
    ask(anna)
    right = code(anna)
    anna.sql("UPDATE handset_code SET purpose = 'something else'")
    assert tried(anna, right) is None


def test_the_code_of_somebody_else_opens_nothing(anna):
    anna.join(BERT)
    ask(anna)
    ask(anna, BERT)
    assert tried(anna, code(anna, BERT)) is None


def test_three_an_hour_and_six_a_day_are_sent_and_no_more(joined):
    here = joined
    asked = [ask(here) for _ in range(4)]
    assert asked == [Asked.QUEUED] * 3 + [Asked.TOO_OFTEN]
    here.wait(minutes=61)
    asked = [ask(here) for _ in range(4)]
    assert asked == [Asked.QUEUED] * 3 + [Asked.TOO_OFTEN]
    here.wait(minutes=61)
    assert ask(here) is Asked.TOO_OFTEN
    here.wait(hours=24)
    assert ask(here) is Asked.QUEUED
    assert here.sql("SELECT count(*) FROM handset_code") == [(1,)]


def test_wishes_at_once_do_not_get_past_the_cap(joined):
    here, person = joined, joined.contact()
    got = []

    def wish():
        got.append(ask_for_code(here.store, person, here.club, Purpose.OWN_DATA, here.at))

    at_once(here.store, [wish] * 5)
    assert sorted(each.value for each in got) == ["queued"] * 3 + ["too often"] * 2


def test_who_has_stopped_gets_the_code_and_nothing_else(joined):
    here = joined
    here.text(ANNA, "STOP")
    before = len(here.shown())
    here.wait(minutes=1)
    campaign = here.campaign()
    here.settle()
    assert here.shown()[before:] == []
    ask(here)
    right = code(here)
    assert here.states(campaign).get(MessageState.SENT) is None
    assert tried(here, right) is not None
    here.settle()
    assert len(here.shown()) == before + 1
    assert here.kinds()[-1] == "withdrawn"


def test_a_stop_after_the_wish_holds_the_code_back(anna):
    ask(anna)
    anna.text(ANNA, "STOP")
    assert not [each for each in anna.shown() if "is your code" in each]


def test_a_number_that_changed_hands_gets_none(anna):
    change_hands(anna)
    before = anna.shown()
    assert ask(anna) is Asked.QUEUED
    anna.settle()
    assert anna.shown() == before


def test_whoever_is_restricted_gets_none(anna, kim):
    restricting.restrict(anna.store, anna.contact(), "in dispute", kim, anna.at)
    ask(anna)
    before = anna.shown()
    anna.settle()
    assert anna.shown() == before


def test_a_code_that_could_not_leave_in_time_does_not_leave(anna):
    ask(anna)
    before = anna.shown()
    anna.wait(minutes=6)
    anna.settle()
    assert anna.shown() == before


def test_the_store_holds_a_digest_and_no_code(joined, monkeypatch):
    monkeypatch.setattr(codes, "DIGITS", 20)  # any six digits may stand somewhere in a store by chance
    ask(joined)
    joined.settle()
    (right,) = re.findall(r"^\d{20}", joined.shown()[-1])
    assert right not in dump(joined.store)
    ((digest,),) = joined.sql("SELECT digest FROM handset_code")
    assert len(bytes(digest)) == 32


def test_nobody_else_gets_to_read_it(joined):
    here = joined
    ask(here)
    right, person = code(here), here.contact()
    told = collect(here.store, person, here.at, second_proof=True).sent[-1].text
    shown = read_texts(here.store, person, 10)[-1].text
    (line, *_) = message_page(here.store, Filter())
    viewed = read_message(here.store, line.id)
    for text in (told, shown, line.text, viewed.text, own_texts(here.store, [line.id])[line.id].text):
        assert right not in text
        assert text.startswith("****** is your code")


def test_codes_go_with_the_person(joined, kim):
    here, person = joined, joined.contact()
    ask(here)
    code(here)
    owners.confirm_second_proof(here.store, person, kim, here.at)
    erase(here.store, person.id, Wish(ground=REQUESTED), here.at)
    assert here.sql("SELECT count(*) FROM handset_code") == [(0,)]
    assert here.sql("SELECT count(*) FROM second_proof") == [(0,)]
    assert ask_for_code(here.store, person, here.club, Purpose.OWN_DATA, here.at) is Asked.NO_NUMBER


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("123456", "123456"),
        (" 123 456\n", "123456"),
        ("123-456", "123456"),
        ("12345", None),
        ("1234567", None),
        ("12345a", None),
        ("١٢٣٤٥٦", None),
        ("", None),
    ],
)
def test_a_code_is_read_as_people_type_it(typed, code):
    assert read_code(typed) == code


# --- who has the number now ----------------------------------------------------------------------------------


def known(here, since, at=None):
    return owners.completed(here.store, here.contact(), Proof(since=since), at or here.at)


def test_what_the_brand_has_seen_in_another_way_counts_for_a_month(joined, kim):
    here = joined
    assert not known(here, here.at).is_second
    owners.confirm_second_proof(here.store, here.contact(), kim, here.at)
    assert known(here, here.at).is_second
    assert not known(here, here.at, here.at + timedelta(days=30)).is_second


def test_it_counts_no_more_once_there_is_a_sign_of_somebody_else(joined, kim):
    here = joined
    owners.confirm_second_proof(here.store, here.contact(), kim, here.at)
    here.wait(days=1)
    change_hands(here)
    proof = known(here, here.at)
    assert (proof.is_second, proof.reassigned_at) == (False, here.at)
    here.wait(days=1)
    owners.confirm_second_proof(here.store, here.contact(), kim, here.at)
    proof = known(here, here.at)
    assert proof.is_second
    found = collect(here.store, here.contact(), here.at, since=here.at, second_proof=proof.is_second)
    assert found.record == ()
