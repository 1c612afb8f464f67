"""What the store says of reminders, on either database."""

from collections.abc import Iterator

import pytest

from factories.worlds import World, world
from yesword.domain.ids import EventId, bucket_of
from yesword.domain.messages import MessageKind, MessageState
from yesword.sending.renewals import told
from yesword.store import models
from yesword.store.opening import Store


@pytest.fixture
def here(store: Store) -> Iterator[World]:
    with world(store) as made:
        yield made


def test_reminders_are_told_by_person_oldest_first_and_no_other_texts(here: World) -> None:
    one, two, three = here.members(3)
    assert len({bucket_of(each) for each in (one, two, three)}) > 1
    here.plan(one)
    first = here.plan(one, kind=MessageKind.RENEWAL, answers=EventId(7))
    here.wait(days=1)
    second = here.plan(one, kind=MessageKind.RENEWAL, answers=EventId(8))
    other = here.plan(two, kind=MessageKind.RENEWAL, answers=EventId(9))
    here.plan(three, kind=MessageKind.RENEWAL, answers=EventId(10))
    with here.store.database.read() as session:
        found = told(session, [two, one])
    assert {each: [line.id for line in lines] for each, lines in found.items()} == {
        one: [first, second],
        two: [other],
    }
    (line,) = found[two]
    assert (line.grant, line.program, line.state) == (9, here.club.id, MessageState.QUEUED)
    assert (line.created_at, line.handed_at) == (here.at, None)


def test_nobody_asked_about_is_nobody_told_of(here: World) -> None:
    with here.store.database.read() as session:
        assert told(session, []) == {}


def test_only_who_moves_the_cursor_of_a_round_has_the_page(here: World) -> None:
    rounds = models.RenewalRound.objects
    rounds.create(brand_id=here.club.brand, started_at=here.at)
    page = rounds.filter(brand_id=here.club.brand, cursor=0, is_done=False)
    assert [page.update(cursor=1 << 60), page.update(cursor=1 << 60)] == [1, 0]
