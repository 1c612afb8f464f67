"""What the tests of the queue share: a brand whose texts wait to be looked at, and somebody who is signed in."""

from datetime import datetime

import pytest
from django.core.cache import cache

from factories.consoles import signed_in
from factories.worlds import world
from yesword.web import counted
from yesword.web.console import replies, replies_settling


@pytest.fixture
def here(sqlite_store, monkeypatch):
    """The world, with pages that live by its clock."""
    cache.clear()
    counted.forget()
    with world(sqlite_store) as opened:

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return opened.at.astimezone(tz)

        for module in (replies, replies_settling):
            monkeypatch.setattr(module, "datetime", Clock)
        yield opened


@pytest.fixture
def console(here):
    return signed_in()
