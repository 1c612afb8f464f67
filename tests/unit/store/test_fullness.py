"""A full disk is known by whatever the one who found out raises."""

import errno
import sqlite3

import psycopg.errors
import pytest
from django.db.utils import OperationalError

from yesword.store.fullness import is_full


def sqlite_error(tmp_path):
    connection = sqlite3.connect(tmp_path / "small.sqlite3")
    connection.execute("CREATE TABLE t (body BLOB)")
    connection.execute("PRAGMA max_page_count=2")
    try:
        with pytest.raises(sqlite3.OperationalError) as raised:
            connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
    finally:
        connection.close()
    return raised.value


def test_sqlite_says_so(tmp_path):
    assert is_full(sqlite_error(tmp_path))


def test_what_was_made_of_it_says_so_too(tmp_path):
    with pytest.raises(OperationalError) as raised:
        raise OperationalError from sqlite_error(tmp_path)
    assert is_full(raised.value)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(OSError(errno.ENOSPC, "No space left on device"), True, id="a file system without room"),
        pytest.param(OSError(errno.EDQUOT, "Disk quota exceeded"), True, id="a quota that is used up"),
        pytest.param(psycopg.errors.DiskFull("could not extend file"), True, id="PostgreSQL"),
        pytest.param(OSError(errno.EACCES, "Permission denied"), False, id="no right to write"),
        pytest.param(sqlite3.OperationalError("database is locked"), False, id="a database that is locked"),
        pytest.param(ZeroDivisionError(), False, id="a mistake of ours"),
    ],
)
def test_others(error, expected):
    assert is_full(error) is expected
