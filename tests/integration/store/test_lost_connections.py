"""A connection to PostgreSQL that died: told to whoever was in a transaction, and opened anew for whoever comes next."""

import psycopg
import pytest
from django.db import Error, connections

from factories.worlds import ANNA, world
from yesword.channels.ports import InboundText
from yesword.sending import taking
from yesword.store import models

pytestmark = pytest.mark.postgres


@pytest.fixture
def store(postgresql_store):
    return postgresql_store


def cut(store):
    """As a server does that is started again, or a firewall that forgets."""
    number = connections["default"].connection.info.backend_pid
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
        assert cursor.fetchone() == (True,)
    other.close()


def clock_of(session):
    return session.first("server_clock")


def ask_in_vain(store):
    with store.database.read() as session, pytest.raises(psycopg.OperationalError):
        clock_of(session)


def test_the_first_to_come_is_told_and_the_next_one_is_served(store):
    with store.database.read() as session:
        clock_of(session)
    cut(store)
    ask_in_vain(store)
    assert store.database.is_lost
    with store.database.read() as session:
        assert clock_of(session)
    assert not store.database.is_lost


def test_so_it_is_for_what_asks_by_models(store):
    with store.database.read() as session:
        clock_of(session)
    cut(store)
    ask_in_vain(store)
    assert models.Account.objects.count() == 0


def test_whoever_is_in_a_transaction_hears_that_it_is_lost(store):
    def lose_it_midway():
        with store.database.write() as session:
            session.run("insert_key_check", name="pepper-9", digest=b"x")
            cut(store)
            models.Account.objects.count()

    with pytest.raises(Error):
        lose_it_midway()
    with store.database.read() as session:
        assert "pepper-9" not in [name for name, _ in session.rows("key_checks")]


def test_a_text_that_could_not_be_kept_is_taken_when_it_is_brought_again(store):
    with world(store) as here:
        here.join()
        account = models.Account.objects.get().pk
        stop = InboundText(
            account="simulator",
            provider_id="again",
            sender_number=ANNA,
            to_address=here.club.sender,
            text="STOP",
            received_at=here.at,
        )
        cut(store)
        assert taking.take(store, account, [stop], clock=lambda: here.at) == [False]
        assert taking.take(store, account, [stop], clock=lambda: here.at) == [True]
        assert here.state().grant_for(here.club.id) is None
