"""What may never be asked is told by tables of ours, and not by those of the Python that runs."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Network, IPv6Network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.core.http.addresses import is_public

# Written down from the registries of special-purpose addresses by hand, apart from the code's.
NEVER = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/29", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "233.252.0.0/24",
    "239.0.0.0/8", "240.0.0.0/4", "255.255.255.255/32",
    "::/128", "::1/128", "::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64",
    "2001::/32", "2001:2::/48", "2001:10::/28", "2001:20::/28", "2001:db8::/32", "2002::/16",
    "3fff::/20", "4000::/3", "5f00::/16", "fc00::/7", "fd00::/8", "fe80::/10", "fec0::/10",
    "ff00::/8",
]  # fmt: skip
# Those that Python counts among its private ones, of every version from 3.8 to 3.14.
PYTHONS = [
    "0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/29",
    "192.0.0.0/24", "192.0.0.170/31", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32", "::1/128", "::/128",
    "64:ff9b:1::/48", "100::/64", "2001::/23", "2001::/32", "2001:2::/48", "2001:db8::/32",
    "2001:10::/28", "2002::/16", "3fff::/20", "fc00::/7", "fe80::/10", "fec0::/10",
]  # fmt: skip


@st.composite
def inside(draw: st.DrawFn) -> str:
    """Draw an address of one of the networks, its ends above all."""
    network = ipaddress.ip_network(draw(st.sampled_from(NEVER + PYTHONS)))
    last = network.num_addresses - 1
    place = draw(st.sampled_from([0, last]) | st.integers(0, last))
    return str(network[place])


@given(inside())
def test_nothing_in_the_networks_is_public(address: str) -> None:
    assert not is_public(address)


@given(inside())
@example("169.254.169.254")
def test_nothing_in_them_is_public_inside_ipv6(address: str) -> None:
    found = ipaddress.ip_address(address)
    if not isinstance(found, ipaddress.IPv4Address):
        return
    whole = int(found)
    assert not is_public(f"::ffff:{address}")
    assert not is_public(f"::{address}")
    assert not is_public(str(ipaddress.IPv6Address((0x64FF9B << 96) | whole)))
    assert not is_public(str(ipaddress.IPv6Address((0x2002 << 112) | (whole << 80) | 1)))
    assert not is_public(str(ipaddress.IPv6Address((0x20010000 << 96) | (whole ^ 0xFFFFFFFF))))
    assert not is_public(f"2606:4700::5efe:{address}")
    assert not is_public(f"2606:4700::200:5efe:{address}")


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "191.255.255.255",
        "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
        "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2003::1", "2606:4700::1111",
        "3ffe:ffff::1", "2606:4700::5efe:1.1.1.1", "::ffff:1.1.1.1", "64:ff9b::101:101",
    ],
)  # fmt: skip
def test_their_neighbours_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    ["2606:4700::1111%eth0", "fe80::1%1", "::ffff:1.1.1.1%eth0", "1.1.1.1%eth0", " 1.1.1.1",
     "1.1.1", "01.1.1.1", "0x1010101", "1.1.1.1/32", "2606:4700::1111/128", "quay.example"],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    assert not is_public(address)


def test_all_that_this_python_counts_as_private_is_refused() -> None:
    networks: list[IPv4Network | IPv6Network] = [
        network
        for constants in ("_IPv4Constants", "_IPv6Constants")
        for network in getattr(ipaddress, constants)._private_networks
    ]
    assert networks
    for network in networks:
        if network != IPv6Network("::ffff:0:0/96"):  # judged as what is inside
            assert not is_public(str(network[0]))
            assert not is_public(str(network[-1]))


def test_the_judgement_does_not_come_from_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ipaddress.IPv4Address, "is_global", property(lambda _: True))
    monkeypatch.setattr(ipaddress.IPv6Address, "is_global", property(lambda _: True))
    assert not is_public("10.0.0.1")
    assert not is_public("3fff::1")
