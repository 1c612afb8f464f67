"""Which tests of a file run on both databases.

A page or a job that is tried in dozens of ways sends the same statements each time. Those tests that send them all between
them carry `on_both`; the others run on SQLite, through the fixture `chosen_store`.
"""

import pytest

on_both = pytest.mark.parametrize(
    "chosen_store", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
