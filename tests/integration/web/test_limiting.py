"""How often one address may ask."""

import re

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from yesword.web import limiting
from yesword.web.limiting import AddressLimit, TokenBuckets, address_key, limited
from yesword.web.public import forms, kiosk, popups


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_a_burst_goes_through_and_then_as_much_as_flows_back():
    clock = Clock()
    buckets = TokenBuckets(per_second=2, burst=3, clock=clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    clock.now = 0.5
    assert [buckets.take("a") for _ in range(2)] == [0, 0.5]
    clock.now = 1000
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_whoever_is_refused_is_not_held_back_longer_for_having_asked():
    clock = Clock()
    buckets = TokenBuckets(per_second=1, burst=1, clock=clock)
    buckets.take("a")
    for _ in range(10):
        assert buckets.take("a")
    clock.now = 1
    assert buckets.take("a") == 0


def test_each_has_a_bucket_of_their_own():
    buckets = TokenBuckets(per_second=1, burst=1, clock=Clock())
    assert [buckets.take("a"), buckets.take("b")] == [0, 0]
    assert buckets.take("a") == 1


def test_no_more_than_so_many_are_remembered(monkeypatch):
    monkeypatch.setattr(limiting, "MOST_ADDRESSES", 2)
    buckets = TokenBuckets(per_second=1, burst=1, clock=Clock())
    for key in "abc":
        buckets.take(key)
    assert len(buckets._levels) == 2
    assert buckets.take("a") == 0  # forgotten, so it starts anew
    assert buckets.take("c") == 1


def asked_from(address):
    return RequestFactory(REMOTE_ADDR=address).get("/")


def test_a_network_counts_as_one_and_no_address_is_kept():
    here, beside, elsewhere = (
        address_key(asked_from(each)) for each in ("192.0.2.7", "192.0.2.9", "192.0.3.7")
    )
    assert here == beside != elsewhere
    assert re.fullmatch("[0-9a-f]{64}", here), "a digest under a key"
    assert address_key(asked_from("not an address")) == address_key(asked_from(""))


def test_what_one_connection_has_of_ipv6_counts_as_one():
    here, beside, elsewhere = (
        address_key(asked_from(each)) for each in ("2001:db8:1:2::5", "2001:db8:1:2:9::1", "2001:db8:1:3::5")
    )
    assert here == beside != elsewhere


def test_a_view_that_is_asked_too_often_says_when_to_come_back():
    view = limited(AddressLimit(per_second=0.5, burst=1))(lambda request: HttpResponse("here"))
    assert view(asked_from("192.0.2.7")).content == b"here"
    answer = view(asked_from("192.0.2.7"))
    assert (answer.status_code, answer["Retry-After"]) == (429, "2")
    assert view(asked_from("198.51.100.7")).content == b"here"


def test_an_address_that_asks_ten_thousand_times_takes_nothing_from_its_neighbours():
    limit = AddressLimit(per_second=1e-9, burst=20)
    machine, neighbour = asked_from("192.0.2.66"), asked_from("192.0.2.7")
    assert sum(limit.take(machine) == 0 for _ in range(10_000)) == 20
    assert [limit.take(neighbour) for _ in range(20)] == [0] * 20


def test_many_addresses_of_a_network_are_slowed_together_and_others_are_not():
    limit = AddressLimit(per_second=1e-9, burst=20)
    machines = [asked_from(f"192.0.2.{each}") for each in range(10, 60)]
    assert sum(limit.take(machine) == 0 for machine in machines for _ in range(20)) == 100
    assert limit.take(asked_from("192.0.2.7"))
    assert limit.take(asked_from("198.51.100.7")) == 0


def test_where_all_of_a_network_have_a_cap_no_address_reaches_it_alone():
    cap = TokenBuckets(per_second=1e-9, burst=12)
    limit = AddressLimit(per_second=1e-9, burst=8, network=cap)
    machine, neighbour = asked_from("192.0.2.66"), asked_from("192.0.2.7")
    assert sum(limit.take(machine) == 0 for _ in range(50)) == 8
    assert sum(limit.take(neighbour) == 0 for _ in range(50)) == 4


@pytest.mark.parametrize("module", [forms, popups, kiosk])
def test_no_limit_on_those_who_sign_up_can_be_used_up_by_one_address(module):
    limits = [each for each in vars(module).values() if isinstance(each, AddressLimit)]
    assert len(limits) > 2
    for each in limits:
        assert each.one._burst < each.network._burst
        assert each.one._per_second < each.network._per_second
