"""Joining from a page: what it leads to, and what it leaves in the record."""

import pytest

from factories.points import CONSENT, probe, published, sent
from factories.worlds import ANNA, CLUB, publish
from yesword.collect import forms, joining, points
from yesword.collect.forms import Next, take
from yesword.collect.joining import BREAKER_AFTER, TICKS_AN_HOUR, Course
from yesword.collect.points import NoSuchPointError
from yesword.collect.tickets import UsedTicketError
from yesword.domain.ages import SaidAge
from yesword.domain.collecting.points import BadPointError, Confirming, Wording
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import EventKind, Grade
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.messages import MessageState
from yesword.proof.evidence.grades import graded_record
from yesword.proof.evidence.opening import record_of
from yesword.store import models, tallies
from yesword.store.programs import disclosure_digest
from yesword.store.tallies import Tallied


def record(here, number=ANNA):
    """Every event of somebody, with what opens of it."""
    with here.store.database.read() as session:
        return list(record_of(here.store, session, here.contact(number)))


def kinds(item):
    return [each["kind"] for each in item.items]


def tallied(here, point):
    with here.store.database.read() as session:
        return tallies.read(session, point.id)


def test_a_form_that_asks_sends_one_question_and_a_yes_makes_a_grant_of_the_best_grade(on_both):
    here = on_both
    point = published(here)
    taken = take(here.store, sent(point, source="poster", probe=probe(point)), here.at)
    assert (taken.next, taken.joined.course) == (Next.ASKED, Course.ASK)
    here.settle()
    assert here.shown() == ["Linde & Loom: reply YES to join Club."]
    assert here.text(ANNA, "yes") == "confirmed"
    asked, confirmed = record(here)
    assert (asked.event.kind, confirmed.event.kind) == (EventKind.REQUESTED, EventKind.CONFIRMED)
    words = consent_text(point.definition, point.program, "en")
    assert "[" not in words
    assert asked.sections["notice"]["text"] == words
    assert asked.event.disclosure == disclosure_digest(words)
    assert asked.sections["context"]["source"] == "poster"
    assert kinds(asked) == [EvidenceKind.FORM_VERSION, EvidenceKind.PRESENTATION_PROBE]
    assert asked.items[0]["sha256"] == point.digest
    assert here.state().grant_for(here.club.id).grade is Grade.A
    assert tallied(here, point) == {"poster": {Tallied.ASKED: 1, Tallied.JOINED: 1}}


def test_a_form_that_grants_leaves_wording_version_and_grade(here):
    point = published(here, confirming=Confirming.NONE)
    taken = take(here.store, sent(point, probe=probe(point)), here.at)
    assert (taken.next, taken.joined.grade) == (Next.DONE, Grade.B)
    (granted,) = record(here)
    assert granted.event.grade is Grade.B
    assert granted.sections["notice"]["sha256"] == disclosure_digest(
        consent_text(point.definition, point.program, "en")
    )
    (found,) = graded_record(here.store, here.contact()).values()
    assert found.grade is Grade.B
    here.settle()
    assert here.shown() == ["Linde & Loom: welcome to Club. Reply STOP to stop."]


def test_a_probe_that_shows_the_wording_too_small_lowers_the_grade(here):
    point = published(here, confirming=Confirming.NONE)
    taken = take(here.store, sent(point, probe=probe(point, font_tenths_px=80)), here.at)
    assert taken.joined.grade is Grade.D


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"text": "Free shoes!"}, id="other words stood there"),
        pytest.param({"is_covered": True}, id="something lay over it"),
        pytest.param({"visible_ms": 0}, id="it never was in view"),
    ],
)
def test_a_probe_that_contradicts_the_yes_leaves_a_request_that_sends_nothing(here, wrong):
    point = published(here, confirming=Confirming.NONE)
    taken = take(here.store, sent(point, probe=probe(point, **wrong)), here.at)
    assert (taken.next, taken.joined.course) == (Next.DONE, Course.WAIT)
    here.settle()
    assert here.shown() == []
    (asked,) = record(here)
    assert asked.event.kind is EventKind.REQUESTED
    assert any(each["is_contradiction"] for each in asked.items[1]["findings"])


def test_of_somebody_in_the_union_nothing_of_the_device_is_kept(here):
    point = published(here, confirming=Confirming.NONE)
    take(here.store, sent(point, probe=probe(point)), here.at)
    ref = record(here)[0].items[1]["ref"]
    from yesword.domain.evidence.probe import read_probe
    from yesword.domain.ids import from_text
    from yesword.proof.evidence.files import read

    kept = read_probe(read(here.store, from_text("evi", ref)).data)
    assert kept.device is None
    assert "poster" not in kept.url


def test_one_page_gives_one_answer(on_both):
    here = on_both
    point = published(here)
    take(here.store, sent(point), here.at)
    with pytest.raises(UsedTicketError):
        take(here.store, sent(point, "+31612345679"), here.at)
    here.settle()
    assert here.carrier.handset("+31612345679") == []


def test_a_number_is_asked_once_a_day_whatever_is_typed_into_forms(here):
    point, other = published(here), published(here, "window")
    assert take(here.store, sent(point, nonce="one"), here.at).joined.course is Course.ASK
    again = take(here.store, sent(point, nonce="two"), here.at)
    assert (again.next, again.joined.course) == (Next.ASKED, Course.ALREADY_ASKED)
    here.wait(hours=23)
    assert take(here.store, sent(other, nonce="three"), here.at).joined.course is Course.ALREADY_ASKED
    here.wait(hours=1, minutes=1)
    assert take(here.store, sent(other, nonce="four"), here.at).joined.course is Course.ASK
    here.wait(hours=25)
    assert take(here.store, sent(other, nonce="five"), here.at).joined.course is Course.CAPPED
    here.settle()
    assert len(here.shown()) <= 2


def test_who_answered_no_is_not_asked_from_a_page_again(here):
    point = published(here)
    take(here.store, sent(point), here.at)
    here.settle()
    assert here.text(ANNA, "no") == "declined"
    here.wait(days=90)
    told = here.shown()
    taken = take(here.store, sent(point, nonce="another"), here.at)
    assert (taken.next, taken.joined.course) == (Next.ASKED, Course.BARRED)
    here.settle()
    assert here.shown() == told
    assert here.kinds() == ["requested", "refused"]


@pytest.mark.parametrize("confirming", [Confirming.ASK, Confirming.NONE])
def test_for_who_stopped_a_form_leaves_a_request_and_sends_nothing(here, confirming):
    point = published(here, confirming=confirming)
    here.join()
    here.text(ANNA, "STOP")
    told = here.shown()
    taken = take(here.store, sent(point), here.at)
    assert taken.joined.course is Course.WAIT
    here.settle()
    assert here.shown() == told
    assert here.kinds()[-1] == "requested"
    assert here.state().grant_for(here.club.id) is None


def test_who_is_in_already_hears_the_same_and_leaves_nothing(here):
    point = published(here)
    here.join()
    before = here.kinds()
    taken = take(here.store, sent(point), here.at)
    assert (taken.next, taken.joined.course) == (Next.ASKED, Course.ALREADY_IN)
    assert here.kinds() == before


def test_a_form_that_asks_many_and_hears_from_few_asks_nobody_and_lets_them_text_first(here):
    point = published(here)
    for number in range(BREAKER_AFTER):
        who = f"+316200000{number:02}"
        assert take(here.store, sent(point, who, nonce=who), here.at).next is Next.ASKED
    taken = take(here.store, sent(point), here.at)
    assert taken.next is Next.CODE
    here.settle()
    assert here.text(ANNA, taken.code.text) == "granted"


def test_nobody_is_asked_more_often_an_hour_than_the_point_says(here):
    point = published(here, settings=(("most_an_hour", "1"),))
    assert take(here.store, sent(point, nonce="one"), here.at).next is Next.ASKED
    assert take(here.store, sent(point, "+31612345679", nonce="two"), here.at).next is Next.CODE
    here.wait(minutes=61)
    assert take(here.store, sent(point, "+31612345680", nonce="three"), here.at).next is Next.ASKED


def test_a_tick_that_joins_is_counted_too_since_anybody_can_type_a_strangers_number(here):
    point = published(here, confirming=Confirming.NONE)
    for number in range(TICKS_AN_HOUR):
        who = f"+316200000{number:02}"
        assert take(here.store, sent(point, who, nonce=who), here.at).next is Next.DONE
    taken = take(here.store, sent(point), here.at)
    assert taken.next is Next.CODE
    here.settle()
    assert here.text(ANNA, taken.code.text) == "granted"
    here.wait(minutes=61)
    assert take(here.store, sent(point, "+31612345680", nonce="later"), here.at).next is Next.DONE


def test_whoever_let_too_many_in_by_a_tick_lets_the_rest_text_first(here):
    point = published(here, confirming=Confirming.NONE)
    assert take(here.store, sent(point), here.at, may_ask=False).next is Next.CODE


def test_a_code_that_comes_from_a_handset_is_no_tick(here):
    point = published(here, confirming=Confirming.REVERSE)
    taken = take(here.store, sent(point), here.at)
    here.text(ANNA, taken.code.text)
    assert here.sql("SELECT count(*) FROM asked_number") == [(0,)]


def test_whoever_made_us_ask_too_many_lets_the_rest_text_first(here):
    point = published(here)
    assert take(here.store, sent(point), here.at, may_ask=False).next is Next.CODE


def test_the_categories_that_were_chosen_are_what_the_grant_covers(here):
    brand, sender = models.Brand.objects.get(), models.Sender.objects.get(address=CLUB)
    here.club = publish(brand, sender, categories=("shoes", "hats"))
    point = published(here, confirming=Confirming.NONE, categories=("shoes", "hats"))
    take(here.store, sent(point, categories=("hats",)), here.at)
    assert here.state().grant_for(here.club.id).scope.categories == ("hats",)
    assert record(here)[0].sections["terms"]["categories"] == ["hats"]


def test_a_new_member_is_told_the_reward_once_and_keeps_it_after_a_stop(here):
    wording = Wording(consent=CONSENT, reward="10% off")
    point = published(here, reward_code="HELLO10", wordings=(("en", wording),))
    take(here.store, sent(point), here.at)
    here.settle()
    here.text(ANNA, "yes")
    assert here.shown()[-1] == "Linde & Loom: welcome to Club. Reply STOP to stop. 10% off: HELLO10"
    here.text(ANNA, "STOP")
    here.wait(days=2)
    code = take(here.store, sent(point, nonce="again"), here.at, may_ask=False).code
    assert here.text(ANNA, code.text) == "granted"
    assert here.shown()[-1] == "Linde & Loom: welcome to Club. Reply STOP to stop."


def test_that_somebody_is_of_age_is_kept_as_a_day_and_in_the_record(here):
    point = published(here, confirming=Confirming.NONE, minimum_age=18)
    take(here.store, sent(point, said_age=SaidAge(years=18, on=here.at)), here.at)
    assert here.contact().adult_since == here.at
    assert record(here)[0].sections["context"]["age"] == "18+"


def test_a_younger_age_is_kept_as_what_was_said_and_makes_no_adult(here):
    here.club = publish(models.Brand.objects.get(), models.Sender.objects.get(address=CLUB), minimum_age=16)
    point = published(here, confirming=Confirming.NONE)
    take(here.store, sent(point, said_age=SaidAge(years=16, on=here.at)), here.at)
    kept = here.contact()
    assert (kept.adult_since, kept.said_age) == (None, SaidAge(years=16, on=here.at))
    assert record(here)[0].sections["context"]["age"] == "16+"
    campaign = here.campaign()
    here.settle()
    assert MessageState.REFUSED not in here.states(campaign)


def test_a_version_never_changes_and_a_new_wording_makes_a_new_one(here):
    first = published(here)
    assert published(here) == first
    second = published(here, wordings=(("en", Wording(consent=CONSENT, title="Join")),))
    assert (first.version, second.version) == (1, 2)
    assert points.by_digest(first.digest).definition == first.definition
    assert points.find("door") == second


def test_a_closed_point_takes_nobody(here):
    published(here)
    points.set_open("door", is_open=False)
    with pytest.raises(NoSuchPointError):
        points.find("door")
    points.set_open("door", is_open=True)
    assert points.find("door").is_open


def test_a_point_without_a_language_of_its_program_is_not_published(here):
    with pytest.raises(BadPointError):
        published(here, wordings=(("xx", Wording()),))


def test_what_a_browser_tells_of_another_page_is_left_aside(here):
    from yesword.domain.evidence.probe import write_probe

    point = published(here)
    told = write_probe(probe(point)).decode()
    assert forms.fitting_probe(told, nonce="a-nonce-of-the-page", point=point) == probe(point)
    assert forms.fitting_probe(told, nonce="another", point=point) is None
    assert forms.fitting_probe("{}", nonce="a-nonce-of-the-page", point=point) is None


def test_who_is_erased_while_their_form_comes_in_is_met_anew(here, monkeypatch):
    point = published(here)
    prepared, looks = joining._prepared, []

    def look(store, given):
        """At first, what was found a moment before the erasure: somebody who is there already."""
        looks.append(given)
        return None if len(looks) == 1 else prepared(store, given)

    monkeypatch.setattr(joining, "_prepared", look)
    taken = take(here.store, sent(point), here.at)
    assert len(looks) == 2
    assert taken.joined.course is Course.ASK
    assert [each.event.kind for each in record(here)] == [EventKind.REQUESTED]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE store_pointversion SET version = 9", "DELETE FROM store_pointversion"],
    ids=["changed", "deleted"],
)
def test_the_database_refuses_to_change_a_version_that_was_published(on_both, statement):
    here = on_both
    published(here)
    with pytest.raises(Exception, match="append-only"), here.store.database.write():
        here.sql(statement)
