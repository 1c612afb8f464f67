"""Providers' lists of opt-outs, page by page, in the form that they document."""

import json
import warnings
from datetime import UTC, datetime

import httpx
import pytest

from yesword.channels.http import Reply
from yesword.channels.http.opt_outs import ListsOptOuts, OptOutListRefusedError, OptOutsAt
from yesword.channels.ports import ListedOptOut

from . import test_bird, test_infobip, test_inmobile
from .test_telnyx import KEY, provider

with warnings.catch_warnings():  # one of its models names a field as its own base does
    warnings.simplefilter("ignore", UserWarning)
    from bird import Bird


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


SUPPRESSION = {
    "id": "ssu_01krdgeqcxet5s7t44vh8rt9mg",
    "destination": "+15550001234",
    "originator": "+15557654321",
    "reason": "keyword_stop",
    "origin": "keyword",
    "applies_to": "all",
    "blocking": True,
    "effective_at": "2026-05-21T12:00:00Z",
    "created_at": "2026-05-21T12:00:01Z",
    "last_asserted_at": "2026-05-21T12:00:00Z",
}


def test_birds_suppressions_are_read_as_its_own_library_reads_them(answers):
    given, asked = answers
    pages = [
        {"data": [SUPPRESSION], "next_cursor": "c/1", "prev_cursor": None, "refresh_cursor": "r"},
        {"data": [], "next_cursor": None, "prev_cursor": "c/0", "refresh_cursor": None},
    ]
    given += [Reply(status=200, headers={}, body=json.dumps(each).encode()) for each in pages]
    assert isinstance(test_bird.provider(), ListsOptOuts)
    assert list(of(test_bird.provider()).opt_outs()) == [
        ListedOptOut(number="+15550001234", sender="+15557654321", at=datetime(2026, 5, 21, 12, tzinfo=UTC))
    ]
    theirs = []

    def answer(request):
        theirs.append(str(request.url))
        return httpx.Response(200, json=pages[len(theirs) - 1])

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        [read] = list(Bird(api_key=test_bird.KEY, http_client=http).sms_suppressions.list())
    assert (read.destination, read.originator) == ("+15550001234", "+15557654321")
    assert [each.url for each in asked] == theirs


def test_infobips_blocklist_is_read_to_its_end_and_only_of_texts(answers):
    given, asked = answers
    record = {
        "sender": "10950",
        "destination": "12022921990",
        "sourceType": "MO",
        "channel": "SMS",
        "accountKey": "8F0792F86035A9F4290821F1EE6BC06A",
        "createdDate": "2022-08-18T12:36:42.123Z",
    }
    of_all = {name: record[name] for name in ("accountKey", "createdDate", "sourceType")}
    pages = [
        [record, record | {"channel": "EMAIL", "destination": "anna@example.com"}],
        [of_all | {"destination": "12022921994"}],
    ]
    given += [
        Reply(
            status=200,
            headers={},
            body=json.dumps(
                {
                    "results": results,
                    "paging": {"page": number, "size": 1000, "totalPages": 2, "totalResults": 3},
                }
            ).encode(),
        )
        for number, results in enumerate(pages)
    ]
    assert isinstance(test_infobip.provider(), ListsOptOuts)
    at = datetime(2022, 8, 18, 12, 36, 42, 123000, tzinfo=UTC)
    assert list(of(test_infobip.provider()).opt_outs()) == [
        ListedOptOut(number="+12022921990", sender="10950", at=at),
        ListedOptOut(number="+12022921994", sender="", at=at),
    ]
    assert [each.url for each in asked] == [
        f"https://api.infobip.com/platform/1/blocklists?page={page}&size=1000" for page in (0, 1)
    ]


def entries(following, *numbers):
    said = {
        "entries": [
            {
                "numberInfo": {"countryCode": "45", "phoneNumber": number},
                "comment": None,
                "id": number,
                "created": "2001-02-24T14:50:23Z",
            }
            for number in numbers
        ],
        "_links": {"next": following, "isLastPage": following is None},
    }
    return Reply(status=200, headers={}, body=json.dumps(said).encode())


def test_inmobiles_blacklist_is_followed_over_an_empty_page(answers):
    given, asked = answers
    given += [
        entries("/v4/blacklist/page/token_page_2", "11223344"),
        entries("/v4/blacklist/page/token_page_3"),
        entries(None, "55667788"),
    ]
    assert isinstance(test_inmobile.provider(), ListsOptOuts)
    first, second = of(test_inmobile.provider()).opt_outs()
    assert first == ListedOptOut(number="+4511223344", at=datetime(2001, 2, 24, 14, 50, 23, tzinfo=UTC))
    assert second.number == "+4555667788"
    assert [each.url for each in asked] == [
        "https://api.inmobile.com/v4/blacklist?pageLimit=250",
        "https://api.inmobile.com/v4/blacklist/page/token_page_2",
        "https://api.inmobile.com/v4/blacklist/page/token_page_3",
    ]


@pytest.mark.parametrize("uri", ["https://evil.example/x", "//evil.example/x"])
def test_the_next_page_is_never_asked_of_another_host(answers, uri):
    answers[0].append(entries(uri, "11223344"))
    with pytest.raises(OptOutListRefusedError):
        list(of(test_inmobile.provider()).opt_outs())
    assert len(answers[1]) == 1


@pytest.mark.parametrize(
    "provider", [test_bird.provider, test_infobip.provider, test_inmobile.provider], ids=["bird", "ib", "im"]
)
@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"data": []}', b'{"entries": []}', b'{"results": []}'])
def test_half_a_list_is_never_an_empty_list(answers, provider, body):
    answers[0].append(Reply(status=200, headers={}, body=body))
    with pytest.raises(OptOutListRefusedError):
        list(of(provider()).opt_outs())
