"""The very same sent from a page twice, even at once: it counts once, and both lead to the same."""

from datetime import timedelta

import pytest

from factories.points import published, sent
from factories.worlds import ANNA, at_once
from yesword.collect import repeats
from yesword.collect.forms import Next, take
from yesword.collect.tickets import UsedTicketError
from yesword.domain.collecting.points import Confirming

WAYS = [
    pytest.param(Confirming.REVERSE, Next.CODE, id="a code"),
    pytest.param(Confirming.ASK, Next.ASKED, id="a question"),
    pytest.param(Confirming.NONE, Next.DONE, id="a tick"),
]


@pytest.mark.parametrize(("confirming", "following"), WAYS)
def test_two_at_once_count_once_and_lead_to_the_same(on_both, confirming, following):
    here, found = on_both, []
    same = sent(published(here, confirming=confirming))

    def send():
        try:
            found.append(take(here.store, same, here.at))
        except UsedTicketError:
            found.append(repeats.taken(here.store, same, None, here.at))

    at_once(here.store, [send] * 3)
    assert {(each.next, each.code) for each in found} == {(following, found[0].code)}
    assert (found[0].code is not None) == (following is Next.CODE)
    ((shown,),) = here.sql("SELECT count(*) FROM shown_code")
    ((events,),) = here.sql("SELECT count(*) FROM consent_event")
    assert (shown, events) == ((1, 0) if following is Next.CODE else (0, 1))


@pytest.mark.parametrize(("confirming", "following"), WAYS)
def test_a_repeat_is_one_for_a_minute_and_only_of_the_same_words(here, confirming, following):
    point = published(here, confirming=confirming)
    first = sent(point, name="Anna")
    assert repeats.taken(here.store, first, None, here.at) is None
    take(here.store, first, here.at)
    assert repeats.taken(here.store, first, None, here.at + timedelta(minutes=1)).next is following
    assert repeats.taken(here.store, first, None, here.at + timedelta(seconds=61)) is None
    for other in (
        sent(point, "+31612345679", name="Anna"),
        sent(point, name="Bea"),
        sent(point, ANNA, "of another page", name="Anna"),
    ):
        assert repeats.taken(here.store, other, None, here.at) is None


def test_a_code_that_somebody_else_got_in_the_same_moment_is_not_theirs(here):
    point = published(here, confirming=Confirming.REVERSE)
    anna, bea = sent(point), sent(point, "+31612345679", "of another page")
    codes = [take(here.store, each, here.at).code for each in (anna, bea)]
    assert [repeats.taken(here.store, each, None, here.at).code for each in (anna, bea)] == codes
