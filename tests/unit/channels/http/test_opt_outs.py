"""Providers' lists of opt-outs, page by page, in the form that they document."""

import json
from datetime import UTC, datetime

import pytest

from yesword.channels.http import Reply, opt_outs
from yesword.channels.http.opt_outs import ListsOptOuts, OptOutListRefusedError, OptOutsAt
from yesword.channels.ports import ListedOptOut

from .test_telnyx import KEY, provider


def page(number, pages, *entries):
    said = {
        "data": list(entries),
        "meta": {"total_pages": pages, "total_results": 2, "page_number": number, "page_size": 250},
    }
    return Reply(status=200, headers={}, body=json.dumps(said).encode())


ENTRY = {
    "from": "+15005550006",
    "to": "+14155550100",
    "messaging_profile_id": "abc",
    "keyword": "STOP",
    "created_at": "2025-04-28 12:00:38.631252+00:00",
}


@pytest.fixture
def answers(monkeypatch):
    """What the provider answers, one after the other; and what it was asked."""
    given, asked = [], []

    def ask(request, timeout_s):
        asked.append(request)
        return given.pop(0)

    monkeypatch.setattr(opt_outs, "ask", ask)
    return given, asked


def of(provider):
    return OptOutsAt(account="us", provider=provider, timeout_s=1.0)


def test_all_pages_of_telnyx_are_read_in_order(answers):
    given, asked = answers
    given += [page(1, 2, ENTRY), page(2, 2, ENTRY | {"to": "+14155550101", "from": None})]
    assert isinstance(provider(), ListsOptOuts)
    first, second = of(provider()).opt_outs()
    assert first == ListedOptOut(
        number="+14155550100",
        sender="+15005550006",
        at=datetime(2025, 4, 28, 12, 0, 38, 631252, tzinfo=UTC),
    )
    assert (second.number, second.sender) == ("+14155550101", "")
    assert [each.url for each in asked] == [
        f"https://api.telnyx.com/v2/messaging_optouts?page%5Bnumber%5D={number}&page%5Bsize%5D=250&redaction_enabled=false"
        for number in (1, 2)
    ]
    assert asked[0].headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(status=401, headers={}, body=b"{}"), id="the key is wrong"),
        pytest.param(Reply(status=200, headers={}, body=b"<html>"), id="something between us answers"),
        pytest.param(Reply(status=200, headers={}, body=b'{"data": []}'), id="half of it"),
    ],
)
def test_a_list_that_is_not_handed_over_is_an_error_and_never_an_empty_list(answers, reply):
    answers[0].append(reply)
    with pytest.raises(OptOutListRefusedError) as raised:
        list(of(provider()).opt_outs())
    assert KEY not in str(raised.value)
