"""Reverse confirmation: a page shows a code, and only a text from the person's own handset joins."""

import pytest

from factories.points import CONSENT, probe, published, sent
from factories.worlds import ANNA
from yesword.collect import reversing
from yesword.collect.forgetting import forget
from yesword.collect.forms import Next, take
from yesword.collect.reversing import NoCodeLeftError
from yesword.collect.tickets import UsedTicketError
from yesword.domain.ages import SaidAge
from yesword.domain.collecting.points import Confirming, Wording
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import Grade
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.proof.evidence.opening import record_of
from yesword.store import tallies
from yesword.store.tallies import Tallied

BEN = "+31612345679"


def show(here, point, nonce="a-nonce-of-the-page", **more):
    taken = take(here.store, sent(point, nonce=nonce, **more), here.at)
    assert taken.next is Next.CODE
    return taken.code


def reverse(here, **changes):
    return published(here, confirming=Confirming.REVERSE, **changes)


def granted(here, number=ANNA):
    with here.store.database.read() as session:
        return list(record_of(here.store, session, here.contact(number)))[-1]


def test_nothing_goes_to_the_number_that_was_typed_and_its_own_text_joins(on_both):
    here = on_both
    point = reverse(here)
    code = show(here, point, source="poster", name="Anna", probe=probe(point))
    here.settle()
    assert here.carrier.handset(ANNA) == []
    assert here.text(ANNA, code.text) == "granted"
    event = granted(here)
    assert (event.event.grade, event.event.route) == (Grade.A, "reverse")
    words = consent_text(point.definition, point.program, "en")
    assert event.sections["notice"]["text"] == words
    kinds = [each["kind"] for each in event.items]
    assert kinds == [EvidenceKind.INBOUND_TEXT, EvidenceKind.FORM_VERSION, EvidenceKind.PRESENTATION_PROBE]
    assert event.items[1]["sha256"] == point.digest
    assert event.items[2]["findings"] == []
    assert event.sections["context"]["source"] == "poster"
    assert here.contact().name == "Anna"
    assert here.shown() == ["Linde & Loom: welcome to Club. Reply STOP to stop."]
    with here.store.database.read() as session:
        assert tallies.read(session, point.id) == {"poster": {Tallied.CODE: 1, Tallied.JOINED: 1}}


def test_what_was_typed_of_one_number_says_nothing_of_another_that_texts_the_code(here):
    point = reverse(here)
    code = show(here, point, name="Anna", said_age=SaidAge(years=18, on=here.at))
    assert here.text(BEN, code.text) == "granted"
    assert here.contact(BEN).name == ""
    assert here.contact(BEN).adult_since is None
    assert granted(here, BEN).sections["notice"]["text"] == consent_text(
        point.definition, point.program, "en"
    )


def test_what_was_typed_counts_for_its_own_number(here):
    point = reverse(here)
    said_at = here.at
    code = show(here, point, said_age=SaidAge(years=18, on=said_at))
    here.text(ANNA, code.text)
    assert here.contact().adult_since == said_at


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("{digits}", id="the digits alone"),
        pytest.param("yes {digits}", id="in lower case"),
        pytest.param("{digits} YES", id="the other way round"),
    ],
)
def test_people_write_a_code_as_they_like(here, written):
    code = show(here, reverse(here))
    assert here.text(ANNA, written.format(digits=code.digits)) == "granted"


def test_a_code_joins_once_and_not_after_its_hour(here):
    point = reverse(here)
    code = show(here, point)
    assert here.text(ANNA, code.text) == "granted"
    assert here.text(BEN, code.text) != "granted"
    late = show(here, point, nonce="another")
    here.wait(minutes=61)
    assert here.text(BEN, late.text) != "granted"


def test_a_code_from_the_handset_joins_somebody_who_had_stopped(here):
    here.join()
    here.text(ANNA, "STOP")
    code = show(here, reverse(here))
    assert here.text(ANNA, code.text) == "granted"
    assert here.state().grant_for(here.club.id).grade is Grade.A


def test_a_reward_comes_with_the_welcome_that_follows_the_code(here):
    wording = (("en", Wording(consent=CONSENT)),)
    code = show(here, reverse(here, reward_code="HELLO10", wordings=wording))
    here.text(ANNA, code.text)
    assert here.shown()[-1].endswith("Your code: HELLO10")


def test_one_page_shows_one_code(here):
    point = reverse(here)
    show(here, point)
    with pytest.raises(UsedTicketError):
        show(here, point)


def test_codes_that_are_shown_at_the_same_time_differ(here):
    point = reverse(here)
    assert len({show(here, point, nonce=str(each)).digits for each in range(50)}) == 50


def test_where_every_code_is_taken_nobody_gets_somebody_elses(here, monkeypatch):
    point = reverse(here)
    monkeypatch.setattr(reversing.secrets, "randbelow", lambda _: 1)
    show(here, point)
    monkeypatch.setattr(reversing.secrets, "randbelow", lambda _: 0)
    show(here, point, nonce="two")
    with pytest.raises(NoCodeLeftError):
        show(here, point, nonce="three")


def test_what_was_typed_is_forgotten_with_its_code_and_tickets_when_they_are_too_old(on_both):
    here = on_both
    point = reverse(here)
    show(here, point, name="Anna")
    assert forget(here.store, here.at) == 0
    here.wait(minutes=75)
    assert forget(here.store, here.at) == 1
    assert here.sql("SELECT count(*) FROM shown_code") == [(0,)]
    with pytest.raises(UsedTicketError):
        take(here.store, sent(point), here.at)
    here.wait(hours=12)
    assert forget(here.store, here.at) == 2  # of the page, and of what was sent from it
    assert here.sql("SELECT count(*) FROM used_nonce") == [(0,)]
