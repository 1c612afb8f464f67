"""A provider's own list of opt-outs beside ours: what differs is found both ways, and mended without overruling a handset."""

from dataclasses import replace
from datetime import timedelta

import pytest

from factories.databases import on_both
from factories.worlds import ANNA, CLUB, world
from yesword.domain.messages import MessageState
from yesword.domain.retention import Override
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.reporting import opt_out_mending, opt_outs
from yesword.reporting.alerts import AlertKind, open_alerts
from yesword.reporting.opt_outs import FILE, NobodyTextsFromItError, OptOut
from yesword.reporting.people import read_events
from yesword.store import models, programs, suppressions

BEN, EVE, STRANGER = "+31687654321", "+31687654322", "+31687654399"


@pytest.fixture
def here(chosen_store):
    with world(chosen_store) as made:
        made.members(3, numbers=[ANNA, BEN, EVE])
        made.wait(hours=1)
        yield made


@pytest.fixture
def user(here):
    return models.User.objects.create(name="olga", role=models.User.Role.OWNER).pk


def compare(here, *entries):
    found = [each if isinstance(each, OptOut) else OptOut(number=each) for each in entries]
    check = opt_outs.compare(here.store, here.account, found, here.at, source=FILE)
    opt_out_mending.tell(here.account, check, here.at)
    return check


def left(check):
    found = opt_outs.left(check)
    return found.ours, found.ours_known, found.theirs


def is_in(here, number):
    return here.state(number).grant_for(here.club.id) is not None


def drift():
    return [each.subject for each in open_alerts() if each.kind == AlertKind.DRIFT.value]


def is_traced(here, number):
    with here.store.database.read() as session:
        return number in suppressions.find(here.store, session, here.club.brand, [number])


@on_both
def test_what_each_side_lacks_is_found_and_nothing_is_changed_by_looking(here):
    here.text(BEN, "STOP")
    check = compare(here, ANNA, STRANGER)
    assert (check.listed, check.agreed, left(check)) == (2, 0, (2, 1, 1))
    assert is_in(here, ANNA)
    assert drift() == [f"account {here.account.key}"]
    check = compare(here, BEN)
    assert (check.agreed, left(check)) == (1, (0, 0, 0))
    assert drift() == [], "it is over when the two agree"
    assert models.OptOutDifference.objects.count() == 0, "only the newest comparison keeps its differences"


@on_both
def test_recording_them_ends_everything_of_the_brand_and_keeps_strangers_out(here, user):
    told_at = here.at - timedelta(days=3)
    check = compare(here, OptOut(number=ANNA, at=here.at), OptOut(number=STRANGER, at=told_at))
    message = here.plan(here.contact(ANNA).id)
    done = opt_out_mending.repair(here.store, check, here.at, user)
    opt_out_mending.tell(here.account, check, here.at)
    assert (done.withdrawn, done.traced, done.is_drained) == (1, 1, True)
    assert not is_in(here, ANNA)
    assert here.message(message)[0] is MessageState.CANCELLED
    assert is_traced(here, STRANGER)
    event = max(read_events(here.store, here.contact(ANNA)), key=lambda each: each.event.seq).event
    assert (event.kind.value, event.actor.value, event.reason) == ("withdrawn", "carrier", "carrier_list")
    assert (left(check), drift()) == ((0, 0, 0), [])
    assert opt_out_mending.repair(here.store, check, here.at, user).withdrawn == 0
    again = compare(here, ANNA, STRANGER)
    assert (again.agreed, left(again)) == (2, (0, 0, 0))
    assert models.AuditEntry.objects.filter(action="opt_outs.recorded", user_id=user).count() == 1


@on_both
def test_whoever_said_yes_from_their_handset_after_the_date_of_the_list_stays(here, user):
    old = OptOut(number=ANNA, at=here.at - timedelta(days=300))
    check = compare(here, old)
    assert (check.came_back, left(check)) == (1, (0, 0, 0))
    undated = compare(here, ANNA)
    assert left(undated) == (1, 1, 0), "without a date the block that stands is the newer word"


def test_a_start_between_the_comparison_and_the_press_is_the_last_word(here, user):
    here.text(ANNA, "STOP")
    here.wait(hours=1)
    here.text(ANNA, "START")
    here.wait(hours=1)
    check = compare(here, ANNA)
    assert left(check) == (1, 1, 0)
    here.wait(hours=1)
    here.text(ANNA, "STOP")
    here.wait(hours=1)
    here.text(ANNA, "START")
    here.wait(hours=1)
    assert opt_out_mending.repair(here.store, check, here.at, user).withdrawn == 0
    assert is_in(here, ANNA)


def test_a_list_speaks_for_its_own_sender_and_no_other_brand(here, user):
    other = models.Account.objects.create(key="other", channel="simulator")
    with pytest.raises(NobodyTextsFromItError):
        opt_outs.compare(here.store, other, [OptOut(number=ANNA)], here.at, source=FILE)
    brand = models.Brand.objects.create(key="b2", name="Second", country="NL", origin="second.example/1")
    sender = programs.sender_for(here.account, "+31600000009")
    programs.publish(replace(here.club, brand=brand.pk, key="second"), sender)
    check = compare(here, OptOut(number=ANNA, sender="31600000009"))
    rows = models.OptOutDifference.objects.filter(check_of=check)
    assert [(each.brand_id, each.contact_id) for each in rows] == [(brand.pk, None)]
    check = compare(here, OptOut(number=ANNA, sender=CLUB))
    rows = models.OptOutDifference.objects.filter(check_of=check)
    assert [each.brand_id for each in rows] == [here.club.brand]


@on_both
def test_the_list_for_them_holds_who_stopped_all_that_comes_from_there(here, user):
    here.text(BEN, "STOP")
    here.grant([here.contact(EVE).id], here.events)
    here.text(EVE, f"STOP {here.club.key}")
    check = compare(here)
    assert next(iter(opt_out_mending.numbers_for_them(here.store, check)))[0] == BEN
    assert left(check)[2] == len(list(opt_out_mending.numbers_for_them(here.store, check)))
    opt_out_mending.handed_over(check, user, 1)
    assert left(check) == (0, 0, 0)
    assert left(compare(here))[2] == 1, "the next comparison says that they did not enter it"


@on_both
def test_a_number_in_a_list_twice_is_one_and_no_number_stands_in_the_rows(here):
    check = compare(here, ANNA, ANNA, STRANGER, STRANGER)
    assert left(check) == (2, 1, 0)
    for row in here.sql("SELECT * FROM store_optoutdifference"):
        assert ANNA[3:] not in str(row)
        assert STRANGER[3:] not in str(row)


def test_somebody_who_came_in_since_with_such_a_number_is_stopped_too(here, user):
    check = compare(here, OptOut(number=STRANGER, at=here.at))
    here.members(1, numbers=[STRANGER])
    assert opt_out_mending.repair(here.store, check, here.at, user).withdrawn == 1
    assert not is_in(here, STRANGER)


def test_an_erasure_takes_the_person_out_of_the_differences(here, user):
    compare(here, ANNA)
    assert models.OptOutDifference.objects.count() == 1
    erasing.erase(
        here.store,
        here.contact(ANNA).id,
        Wish(ground=REQUESTED, overrides=(Override(days=0, reason="none"),)),
        here.at,
    )
    assert models.OptOutDifference.objects.count() == 0
