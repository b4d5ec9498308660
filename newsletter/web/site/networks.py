"""Who asks: the address of a connection, or what a trusted proxy says of it. Pure.

What is kept and counted is never a whole address but its network: 24 bits of IPv4, 48 of IPv6.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NOBODY = "unknown"  # a connection without an address: a socket of this machine
_BITS = {4: 24, 6: 48}
_MOST_HOPS = 20


def networks(written: Sequence[str]) -> tuple[Network, ...]:
    """Read the networks of `[web] trusted_proxies`."""
    return tuple(ipaddress.ip_network(one) for one in written)


def asker(peer: str | None, forwarded: Sequence[str], trusted: Sequence[Network]) -> Address | None:
    """Return who asks: the nearest hop that is no trusted proxy.

    `forwarded` are the `X-Forwarded-For` headers as they came. Whoever is not trusted may write
    into them what he likes: what stands before his own address is never looked at.
    """
    found = _address(peer or "")
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    for hop in reversed(hops[-_MOST_HOPS:]):
        if found is None or not _is_within(found, trusted):
            return found
        told = _address(hop)
        if told is None:
            return found
        found = told
    return found


def network_of(address: Address | None) -> str:
    """Return the network of an address, as it is kept with a consent."""
    if address is None:
        return NOBODY
    kept = _BITS[address.version]
    cut = address.max_prefixlen - kept
    return f"{type(address)(int(address) >> cut << cut)}/{kept}"


def _address(text: str) -> Address | None:
    """Read an address, with or without brackets and a port."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _is_within(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)
