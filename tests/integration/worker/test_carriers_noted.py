"""Since when a carrier takes no texts: whoever sends notes it, and whoever comes after it knows better."""

from factories.worlds import world
from yesword.sending import gaps


def away_since(here):
    with here.store.database.read() as session:
        return gaps.listening(session)[here.account.pk].away_since


def test_a_carrier_that_a_dead_dispatcher_had_noted_as_away_is_back_for_the_next_one(sqlite_store):
    with world(sqlite_store) as here:
        gaps.beat(here.store, here.account.pk, here.at)
        gaps.note_away(here.store, here.account.pk, here.at)
        assert away_since(here) == here.at
        here.dispatcher._note_carriers()
        assert away_since(here) is None
