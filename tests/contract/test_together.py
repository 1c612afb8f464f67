"""Writes of one transaction that are put together, on either database."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from yesword.store.database import Session
from yesword.store.opening import Store


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each statement had that was executed for many."""
    sizes: list[int] = []
    execute = Session._execute_many

    def note(self: Session, sql: str, rows: Sequence[Mapping[str, Any]]) -> int:
        sizes.append(len(rows))
        return execute(self, sql, rows)

    monkeypatch.setattr(Session, "_execute_many", note)
    return sizes


def put(session: Session, *names: str) -> None:
    for each in names:
        session.put("take_inbound_ref", [{"account_id": 1, "provider_id": each, "received_at": 0}])


def known(session: Session, *names: str) -> set[str]:
    rows = session.rows("known_inbound_refs", account_id=1, ids=session.texts(names))
    return {row[0] for row in rows}


def test_what_is_put_alone_is_written_at_once(store: Store, written: list[int]) -> None:
    with store.database.write() as session:
        put(session, "a", "b")
        assert written == [1, 1]


def test_what_is_put_together_is_one_statement(store: Store, written: list[int]) -> None:
    with store.database.write() as session:
        with session.together():
            put(session, "a", "b", "c")
            assert written == []
        assert written == [3]
        assert known(session, "a", "b", "c") == {"a", "b", "c"}


def test_whatever_looks_at_the_table_sees_what_was_put(store: Store, written: list[int]) -> None:
    with store.database.write() as session, session.together():
        put(session, "a", "b")
        assert session.rows("listening_endpoints", brand_id=1) == []
        assert written == [], "another table"
        assert known(session, "a", "b", "c") == {"a", "b"}
        put(session, "c")
        assert known(session, "c") == {"c"}
    assert written == [2, 1]


def test_what_is_put_off_is_done_once_for_all_and_may_put_more(store: Store, written: list[int]) -> None:
    done = []

    def deed(session: Session, items: list[str]) -> None:
        done.append(list(items))
        put(session, *(f"of {each}" for each in items))

    with store.database.write() as session:
        session.put_off(["now"], deed)
        assert done == [["now"]]
        with session.together():
            session.put_off(["a"], deed)
            put(session, "a")
            session.put_off(["b"], deed)
            assert len(done) == 1
        assert done == [["now"], ["a", "b"]]
        assert known(session, "a", "of a", "of b", "of now") == {"a", "of a", "of b", "of now"}
    assert written == [1, 3]


def fail(store: Store) -> None:
    with store.database.write() as session, session.together():
        put(session, "a")
        session.put_off(["a"], lambda _session, _items: pytest.fail("nothing is done of what failed"))
        raise ZeroDivisionError


def test_of_what_fails_nothing_is_written(store: Store, written: list[int]) -> None:
    with pytest.raises(ZeroDivisionError):
        fail(store)
    with store.database.read() as session:
        assert known(session, "a") == set()
    assert written == []
