"""After an outage nothing stale leaves: every kind of text has an end, and what still is of use goes."""

from datetime import timedelta

import pytest

from factories.worlds import ANNA, World, world
from yesword.domain.messages import KINDS, MessageClass, MessageKind, MessageState
from yesword.store.opening import Store

HOUR = timedelta(hours=1)
ANSWERS = frozenset({MessageKind.HELP_REPLY, MessageKind.REPLY})


OWN_END = frozenset({MessageKind.CONSENT_REQUEST, MessageKind.STOP_REPLY, MessageKind.CODE})  # tested below


def reasons(here: World, message: int) -> str:
    """The newest decision, as it was stored."""
    rows = here.sql("SELECT body FROM decision WHERE message_id = %s ORDER BY at DESC LIMIT 1", message)
    return bytes(rows[0][0]).decode()


@pytest.mark.parametrize("kind", [each for each in MessageKind if each not in OWN_END])
@pytest.mark.parametrize("is_late", [False, True], ids=["still of use", "stale"])
def test_a_text_without_an_end_of_its_own_has_that_of_its_kind(
    sqlite_store: Store, kind: MessageKind, *, is_late: bool
) -> None:
    with world(sqlite_store) as here:
        here.join()
        end = here.at + KINDS[kind].useful_for
        is_service = not KINDS[kind].counts and kind is not MessageKind.RENEWAL
        message = here.plan(
            here.contact().id,
            kind=kind,
            message_class=MessageClass.SERVICE if is_service else here.club.message_class,
            conversation_at=end if kind in ANSWERS else None,
        )
        here.now[0] = end + (HOUR if is_late else -HOUR)
        here.settle()
        state, reason = here.message(message)
        assert ('"expired"' in reasons(here, message)) is is_late, (state, reason)
        if is_late:
            assert state in (MessageState.EXPIRED, MessageState.REFUSED)


def outage(here: World, **span: float) -> None:
    """Nobody works for a while, and then somebody does."""
    here.wait(**span)
    here.settle()


def test_a_confirmation_of_a_stop_lives_five_minutes(store: Store) -> None:
    with world(store) as here:
        here.join()
        shown = len(here.shown())
        here.receive(ANNA, "STOP")
        outage(here, minutes=6)
        assert len(here.shown()) == shown
        ((state,),) = here.sql("SELECT state FROM message WHERE kind = 'stop_reply'")
        assert MessageState(state) is MessageState.REFUSED
        assert here.state(ANNA).withdrawal_for(here.club.id) is not None, "the stop itself stands"


def test_a_question_lives_as_long_as_its_moment(store: Store) -> None:
    with world(store) as here:
        here.receive(ANNA, "SAVEMORE")
        outage(here, hours=1)
        assert here.shown() == []
        ((state,),) = here.sql("SELECT state FROM message WHERE kind = 'consent_request'")
        assert MessageState(state) is MessageState.EXPIRED


def test_of_a_mixed_queue_the_stale_is_refused_and_the_rest_goes(store: Store) -> None:
    with world(store) as here:
        people = here.members(3)
        stale = here.plan(people[0], send_by=here.at + HOUR)
        fresh = here.plan(people[1], send_by=here.at + 5 * HOUR)
        open_ended = here.plan(people[2])
        outage(here, hours=2)
        assert here.message(stale) == (MessageState.EXPIRED, "expired")
        assert here.message(fresh)[0] is MessageState.SENT
        assert here.message(open_ended)[0] is MessageState.SENT


def test_a_code_is_of_no_use_after_its_minutes(store: Store) -> None:
    assert KINDS[MessageKind.CODE].useful_for <= timedelta(minutes=5)
    assert all(each.useful_for <= timedelta(days=7) for each in KINDS.values()), "no kind waits for ever"
