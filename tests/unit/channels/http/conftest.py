"""A provider whose lists are asked for, played."""

import pytest

from yesword.channels.http import missed, opt_outs


@pytest.fixture
def answers(monkeypatch):
    """What the provider answers, one after the other; and what it was asked."""
    given, asked = [], []

    def ask(request, timeout_s):
        asked.append(request)
        return given.pop(0)

    for each in (missed, opt_outs):
        monkeypatch.setattr(each, "ask", ask)
    return given, asked
