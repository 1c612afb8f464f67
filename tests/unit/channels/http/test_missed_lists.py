"""Providers' lists of what came in, in the form that they document and as their own libraries ask for it and read it."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sinch.domains.sms.models.v1.internal.list_inbounds_response import ListInboundsResponse
from telnyx import Telnyx
from telnyx.types.webhook_delivery import WebhookDelivery

from yesword.channels.http import Reply, inmobile, plivo, vonage
from yesword.channels.http.missed import ListRefusedError, Lists, MissedAt

from . import test_elks46, test_sinch, test_telnyx

SINCE = datetime(2026, 3, 1, 8, tzinfo=UTC)
ELKS_TEXT = {
    "id": "s292d2a459e967945fb1c9ea431eed9d8",
    "created": "2026-03-01T08:44:34.135000",
    "direction": "incoming",
    "from": "+46704508449",
    "to": "+46766861069",
    "message": "STOP",
    "cost": 3500,
}
SINCH_TEXT = {
    "id": "01FC66621XXXXX119Z8PMV1QPQ",
    "type": "mo_text",
    "body": "STOP",
    "from": "16051234567",
    "to": "18885551234",
    "received_at": "2026-03-01T08:59:58.000Z",
}
TELNYX_CALL = {
    "id": "f5586561-8ff0-4291-a0ac-84fe544797bd",
    "record_type": "webhook_delivery",
    "status": "failed",
    "webhook": {"record_type": "event", "event_type": "message.received", "payload": test_telnyx.INBOUND},
    "started_at": "2026-03-01T08:59:59.000Z",
    "attempts": [],
}


def answered(said):
    return Reply(status=200, body=json.dumps(said).encode())


def since(provider):
    return MissedAt(account="main", provider=provider, timeout_s=1.0).missed_since(SINCE).items


def query(request):
    return {name: value for name, [value] in parse_qs(urlsplit(request.url).query).items()}


def test_46elks_is_asked_back_to_where_the_gap_began_and_only_what_came_in_is_taken(answers):
    given, asked = answers
    reply = ELKS_TEXT | {"direction": "outgoing-reply", "status": "delivered"}
    given += [
        answered({"data": [reply, ELKS_TEXT], "next": "2026-03-01T08:30:00.430000"}),
        answered({"data": [ELKS_TEXT | {"id": "s1", "created": "2026-03-01T08:10:00", "message": "HELP"}]}),
    ]
    assert isinstance(test_elks46.provider(), Lists)
    items = since(test_elks46.provider())
    assert [(each.provider_id, each.text) for each in items] == [
        ("s1", "HELP"),
        ("s292d2a459e967945fb1c9ea431eed9d8", "STOP"),
    ]
    assert items[1].received_at == datetime(2026, 3, 1, 8, 44, 34, 135000, tzinfo=UTC)
    first = {"end": "2026-03-01T08:00:00.000000", "limit": "100"}
    assert [query(each) for each in asked] == [first, first | {"start": "2026-03-01T08:30:00.430000"}]
    assert asked[0].url.startswith("https://api.46elks.com/a1/sms?")
    assert asked[1].headers["Authorization"].startswith("Basic ")


def test_sinch_is_asked_page_by_page_and_what_is_no_text_is_left_out(answers):
    given, asked = answers
    binary = SINCH_TEXT | {"id": "b", "type": "mo_binary", "udh": "00", "body": "AA=="}
    pages = [
        {"count": 101, "page": 0, "page_size": 100, "inbounds": [SINCH_TEXT, binary]},
        {"count": 101, "page": 1, "page_size": 1, "inbounds": [SINCH_TEXT | {"id": "a", "body": "HELP"}]},
    ]
    for each in pages:
        ListInboundsResponse.model_validate(each)  # its own library reads it
    given += [answered(each) for each in pages]
    assert isinstance(test_sinch.provider(), Lists)
    items = since(test_sinch.provider(region="eu"))
    assert [(each.sender_number, each.text) for each in items] == [
        ("+16051234567", "STOP"),
        ("+16051234567", "HELP"),
    ]
    first = {"start_date": "2026-03-01T08:00:00.000Z", "page": "0", "page_size": "100"}
    assert [query(each) for each in asked] == [first, first | {"page": "1"}]
    assert asked[0].url.startswith(f"https://eu.sms.api.sinch.com/xms/v1/{test_sinch.PLAN}/inbounds?")


def test_an_empty_page_of_sinch_ends_the_list_whatever_it_counts(answers):
    answers[0].append(answered({"count": 500, "page": 0, "page_size": 0, "inbounds": []}))
    assert since(test_sinch.provider()) == ()


def test_telnyx_is_asked_for_its_calls_as_its_own_library_asks(answers):
    given, asked = answers
    WebhookDelivery.model_validate(TELNYX_CALL)
    given += [
        answered({"data": [TELNYX_CALL], "meta": {"page_number": 1, "total_pages": 2}}),
        answered({"data": [], "meta": {"page_number": 2, "total_pages": 2}}),
    ]
    assert isinstance(test_telnyx.provider(), Lists)
    [item] = since(test_telnyx.provider())
    assert (item.provider_id, item.text) == (test_telnyx.INBOUND["id"], test_telnyx.INBOUND["text"])
    theirs = []

    def answer(request):
        theirs.append(request)
        return httpx.Response(200, json={"data": [], "meta": {}})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        Telnyx(api_key=test_telnyx.KEY, http_client=http).webhook_deliveries.list(
            filter={"event_type": "message.received", "started_at": {"gte": "2026-03-01T08:00:00.000Z"}},
            page_number=1,
            page_size=250,
        )
    assert parse_qs(theirs[0].url.query.decode()) == parse_qs(urlsplit(asked[0].url).query)
    assert theirs[0].url.path == urlsplit(asked[0].url).path
    assert query(asked[1])["page[number]"] == "2"


@pytest.mark.parametrize("provider", [test_elks46.provider, test_sinch.provider, test_telnyx.provider])
@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"data": [{}], "inbounds": [{}]}'])
def test_what_cannot_be_read_leaves_nothing_known(answers, provider, body):
    answers[0].append(Reply(status=200, body=body))
    with pytest.raises(ListRefusedError):
        since(provider())


@pytest.mark.parametrize("made", [inmobile.InMobile, plivo.Plivo, vonage.Vonage])
def test_a_list_without_the_words_or_that_tells_them_only_once_is_not_asked_for(made):
    assert not hasattr(made, "list_since")
