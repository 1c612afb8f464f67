"""Numbers that were typed on a page and never joined: nothing of them stays, in the store or in the vault."""

from datetime import UTC, datetime, timedelta

import pytest

from factories.joins import digests, leading, named, traits
from factories.points import published, sent
from factories.worlds import ANNA, World, world
from yesword.collect.forms import take
from yesword.collect.joining import Course
from yesword.domain.collecting.points import Confirming
from yesword.privacy import retaining
from yesword.store import contacts, prepared_keys
from yesword.store.opening import Store
from yesword.store.vault import OF_PEOPLE

BEN = "+31612340001"


@pytest.fixture
def here(store: Store):
    with world(store) as made:
        # Ids and keys are dated by the machine's own clock; by day, texts go at once.
        made.now[0] = (datetime.now(UTC) + timedelta(days=1)).replace(hour=12, minute=0, second=0)
        yield made


def vault(here: World) -> tuple[int, int]:
    """Keys that open anything of anybody, and numbers that are found."""
    rows = here.store.vault.rows
    cursor, keys = -(2**63), []
    while page := rows.keys_after(cursor, 500):
        keys += page
        cursor = page[-1][0]
    found = [each for each in rows.look_ups_after(-(2**63), 500) if each[2] in OF_PEOPLE]
    return len(keys), len(found)


def round_of_a_day(here: World, **later: float) -> dict[str, int]:
    here.wait(**later)
    here.settle()
    done = retaining.run(here.store, here.at, with_people=False)
    assert done.is_done
    return dict(done.counts)


def people(here: World) -> int:
    return here.sql("SELECT count(*) FROM contact WHERE erased_at IS NULL")[0][0]


def test_a_number_on_a_page_that_shows_a_code_leaves_nothing(here):
    here.now[0] = datetime.now(UTC)
    before = vault(here)
    point = published(here, confirming=Confirming.REVERSE)
    take(here.store, sent(point), here.at)
    assert vault(here) == (before[0] + 1, before[1] + 1)
    round_of_a_day(here, hours=20)
    assert vault(here) == (before[0] + 1, before[1] + 1)
    round_of_a_day(here, hours=30)
    assert vault(here) == before


def test_whoever_was_asked_and_never_answered_is_forgotten_and_may_sign_up_again(here):
    point = published(here)
    take(here.store, sent(point), here.at)
    here.settle()
    old = here.contact().id
    assert round_of_a_day(here, days=1, hours=2)["lapsed"] == 0
    counts = round_of_a_day(here, days=2)
    assert (counts["lapsed"], people(here)) == (1, 0)
    assert vault(here)[1] == 0
    assert here.sql("SELECT sealed FROM consent_event WHERE sealed IS NOT NULL AND kind = 'requested'") == []
    assert here.sql("SELECT count(*) FROM suppression") == [(0,)]
    # What caps need is kept under a digest that is of no brand.
    assert here.sql("SELECT count(*) FROM asked_number") == [(1,)]
    assert leading(named(here.store, digests(here.store, ANNA)), traits(here.store, old)) == []
    again = take(here.store, sent(point, nonce="second"), here.at)
    assert again.joined.course is Course.ASK
    assert again.joined.contact != old
    here.settle()
    assert here.text(ANNA, "yes") == "confirmed"


def test_a_number_that_was_never_asked_goes_without_a_trace(here):
    point = published(here)
    for nonce in ("one", "two"):
        take(here.store, sent(point, nonce=nonce), here.at)
        here.settle()
        here.wait(days=1, hours=1)
    round_of_a_day(here, days=3)
    third = take(here.store, sent(point, nonce="three"), here.at)
    assert third.joined.course is Course.CAPPED
    events = here.sql("SELECT count(*) FROM consent_event")
    assert people(here) == 1
    prepared_keys.let_go(
        here.store, datetime.now(UTC) + timedelta(days=3)
    )  # their row is there: the key stays
    keys = vault(here)[0]
    counts = round_of_a_day(here, days=3)
    assert (counts["lapsed"], people(here)) == (1, 0)
    assert here.sql("SELECT count(*) FROM consent_event") == events
    round_of_a_day(here, days=2)
    assert vault(here) == (keys - 1, 0)


def test_who_said_no_for_good_is_forgotten_and_still_not_asked(here):
    point = published(here)
    take(here.store, sent(point), here.at)
    here.settle()
    person = here.contact()
    from yesword.consent import Act, refuse_for_good
    from yesword.domain.events import CONFIRM_LINK, Actor
    from yesword.store import programs

    act = Act(
        actor=Actor.HANDSET, route=CONFIRM_LINK, occurred_at=here.at, received_at=here.at, language="en"
    )
    request = here.state().requests[0].event
    with here.store.database.write() as session:
        brand = programs.brand(here.club.brand)
        refuse_for_good(here.store, session, brand, person, here.club, request, act, here.at)
    assert round_of_a_day(here, days=4)["lapsed"] == 1
    assert vault(here)[1] == 0
    here.wait(days=40)
    again = take(here.store, sent(point, nonce="second"), here.at)
    assert again.joined.course is Course.WAIT
    here.settle()
    assert len(here.shown()) == 1


@pytest.mark.parametrize("how", ["joined", "wrote", "known before"])
def test_whoever_is_more_than_a_number_on_a_page_stays(here, how):
    point = published(here)
    if how == "known before":
        here.strangers([ANNA], source="import")
    take(here.store, sent(point), here.at)
    here.settle()
    if how != "known before":
        here.text(ANNA, "yes" if how == "joined" else "what is this about, please?")
    assert round_of_a_day(here, days=5)["lapsed"] == 0
    assert people(here) == 1
    assert vault(here)[1] == 1


def test_a_key_that_is_asked_for_again_is_not_let_go_meanwhile(here):
    brand = here.club.brand
    ((first, _),) = contacts.prepare(here.store, brand, [BEN])
    soon = datetime.now(UTC) + timedelta(hours=23)
    assert prepared_keys.let_go(here.store, soon) == 0
    late = datetime.now(UTC) + timedelta(hours=25)
    assert prepared_keys.let_go(here.store, late) == 1
    ((second, seal),) = contacts.prepare(here.store, brand, [BEN])
    assert second != first
    assert seal is not None


def test_people_who_were_made_keep_their_keys(here):
    here.members(3)
    late = datetime.now(UTC) + timedelta(days=3)
    assert prepared_keys.let_go(here.store, late) == 0
    assert vault(here)[1] == 3
    assert here.store.vault.rows.prepared_before(2**62, 10) == []
