"""IP addresses are kept shortened, and no longer than they are needed."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.evidence.addresses import NotAnAddressError, purge_after, shorten

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        pytest.param("203.0.113.77", "203.0.113.0/24", id="IPv4"),
        pytest.param(" 203.0.113.77\n", "203.0.113.0/24", id="with space around it"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48", id="IPv6"),
        pytest.param("2001:0DB8:0001:0002::6", "2001:db8:1::/48", id="IPv6 in another spelling"),
        pytest.param("::ffff:203.0.113.77", "203.0.113.0/24", id="IPv4 within IPv6, as servers log it"),
        pytest.param("::ffff:cb00:714d", "203.0.113.0/24", id="the same in hexadecimal"),
        pytest.param("fe80::1%eth0", "fe80::/48", id="with a zone"),
        pytest.param("2002:cb00:714d::1", "203.0.113.0/24", id="6to4, which has the IPv4 address in front"),
        pytest.param("64:ff9b::203.0.113.77", "203.0.113.0/24", id="NAT64, which has it at the end"),
    ],
)
def test_an_address_is_cut_to_its_network(address, kept):
    assert shorten(address) == kept


@pytest.mark.parametrize(
    "given_one",
    [
        pytest.param("", id="nothing"),
        pytest.param("203.0.113", id="three parts"),
        pytest.param("203.0.113.077", id="octal, which readers take differently"),
        pytest.param("203.0.113.77:443", id="with a port"),
        pytest.param("[2001:db8::1]", id="in brackets"),
        pytest.param("example.org", id="a name"),
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(given_one):
    with pytest.raises(NotAnAddressError) as refused:
        shorten(given_one)
    assert not given_one or given_one not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


@given(st.integers(0, 2**32 - 1), st.integers(0, 255))
def test_256_neighbours_cannot_be_told_apart(number, other):
    neighbour = IPv4Address(number & ~0xFF | other)
    assert shorten(str(IPv4Address(number))) == shorten(str(neighbour))


@given(st.integers(0, 2**128 - 1))
def test_what_is_kept_never_holds_more_than_the_front_of_the_address(number):
    address = IPv6Address(number)
    kept = ip_network(shorten(str(address)))
    assert kept.prefixlen in (24, 48)
    inner = address.ipv4_mapped or address.sixtofour
    assert (inner or address) in kept or kept.version == 4


@given(st.ip_addresses())
def test_a_shortened_address_is_shortened_already(address):
    network = ip_network(shorten(str(address)))
    assert ip_address(str(network.network_address)).version == network.version
    if network.version == 4:
        assert shorten(str(network.network_address)) == str(network)


# --- until when ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("confirmed_after", "claim_days", "kept_days"),
    [
        pytest.param(None, None, 30, id="thirty days where nobody confirmed"),
        pytest.param(2, None, 2, id="until the handset confirmed"),
        pytest.param(45, None, 30, id="thirty days although the handset confirmed later"),
        pytest.param(-1, None, 0, id="not at all where the handset had confirmed before"),
        pytest.param(None, 1461, 1461, id="as long as the law asks for it"),
        pytest.param(2, 1461, 1461, id="as long as the law asks, confirmed or not"),
        pytest.param(None, 7, 30, id="thirty days where the law asks for less"),
    ],
)
def test_an_address_goes_when_nothing_needs_it_any_more(confirmed_after, claim_days, kept_days):
    confirmed_at = None if confirmed_after is None else NOON + timedelta(days=confirmed_after)
    claim_period = None if claim_days is None else timedelta(days=claim_days)
    gone_at = purge_after(claim_period=claim_period, confirmed_at=confirmed_at, collected_at=NOON)
    assert gone_at - NOON == timedelta(days=kept_days)
