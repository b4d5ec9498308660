"""Which addresses may be asked, and how they are written. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from newsletter.core.errors import SourceError
from newsletter.core.sentences import said
from newsletter.core.web_addresses import as_carried

_LONGEST = 2000  # characters
_WIKIMEDIA = re.compile(
    r"(?:^|\.)(?:wiki(?:media|pedia|quote|source|news|books|data)|wiktionary)\.org$"
)

# What is never asked, told here and not left to the tables of the Python that runs: these differ
# from version to version. From IANA's registries of special-purpose addresses, 2026-11.
_NEVER_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private use
            "100.64.0.0/10",  # behind a carrier's NAT
            "127.0.0.0/8",  # this machine
            "169.254.0.0/16",  # this link; the metadata of clouds
            "172.16.0.0/12",  # private use
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",  # private use
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and 255.255.255.255
        ),
    )
)
# Of IPv6 only what is given out to networks can be public; all else is private, local, reserved,
# discard-only (100::/64), segment routing (5f00::/16), multicast, or IPv4 in another form.
_GIVEN_OUT = IPv6Network("2000::/3")
_NEVER_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, given up by RFC 7526
            "3fff::/20",  # documentation
        ),
    )
)
# Forms of IPv4 that lead to the address in their last 32 bits.
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})  # the 32 bits before it


def is_public(address: str) -> bool:
    """Say whether a resolved IP address is one of the open internet.

    IPv4 addresses inside IPv6 ones are judged as what they reach. An address with a zone, such
    as `fe80::1%eth0`, is one of this machine's links.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _NEVER_V4)
    if found.scope_id is not None:
        return False
    if found in _MAPPED or found in _NAT64:
        return is_public(str(_inside(found)))
    if found not in _GIVEN_OUT or any(found in network for network in _NEVER_V6):
        return False
    is_tunnel = int(found) >> 32 & 0xFFFF_FFFF in _ISATAP
    return not is_tunnel or is_public(str(_inside(found)))


# Names that lead nowhere on the open internet, or to whatever the network of the proxy makes them.
_OWN_NAMES = re.compile(
    r"(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa)$"
)
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.ASCII)


def is_public_name(host: str, allow: Callable[[str], bool]) -> bool:
    """Say whether a host may be asked for where somebody else looks it up.

    A literal address is judged by `allow`; one in a shorter form, such as `127.1` or `0x7f.1`, is
    none that anybody means well with. A name needs a dot, and must not be one of a private network.
    """
    name = host.lower().rstrip(".")
    if ":" in name:
        return allow(name)
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        is_whole = len(labels) == 4 and all(re.fullmatch(r"0|[1-9][0-9]{0,2}", x) for x in labels)
        return is_whole and allow(name)
    return len(labels) > 1 and not _OWN_NAMES.search(name)


def _inside(address: IPv6Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFF_FFFF)


def normal(url: str, *, any_port: bool, base: str = "") -> str:
    """Return an address in ASCII, without its fragment, as it is asked for.

    A relative one is joined to `base`. Raises `SourceError` for what is no http or https address,
    names a user, or, unless `any_port`, another port than 80 and 443.
    """
    if len(url) > _LONGEST:
        raise SourceError(
            said(
                "“%(url)s…” is %(count)s characters long, which no address is.",
                url=url[:60],
                count=len(url),
            )
        )
    carried = as_carried(url, base=base)
    if carried is None:
        raise _refusal(url, base)
    parts = urlsplit(carried)
    if not any_port and parts.port not in {None, 80, 443}:
        raise SourceError(
            said(
                "%(host)s is to be asked on port %(port)s; only 80 and 443 are allowed.",
                host=parts.hostname,
                port=parts.port,
            ),
            hint="Set allow_private = true in [fetch] if that is meant.",
        )
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))


def from_header(value: str) -> str:
    """Return an address out of a header that was read as Latin-1, its bytes percent-encoded."""
    return quote(value.encode("latin-1", "replace"), safe="".join(map(chr, range(0x21, 0x7F))))


def _refusal(url: str, base: str) -> SourceError:
    try:
        parts = urlsplit(urljoin(base, url.strip()))
        host = parts.hostname
    except ValueError:
        return SourceError(said("“%(url)s” is no web address.", url=url))
    if parts.scheme not in {"http", "https"} or not host:
        return SourceError(said("“%(url)s” is no http or https address.", url=url))
    if "@" in parts.netloc:
        return SourceError(
            said("The address of %(host)s holds a user name or password.", host=host),
            hint=said("Passwords do not belong into addresses: they end up in logs."),
        )
    return SourceError(said("“%(url)s” is no web address.", url=url))


def shown(url: str) -> str:
    """Return an address for sentences: without its query, which may hold a key."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def same_host(one: str, other: str) -> bool:
    """Say whether two addresses lead to the same host and port."""
    return urlsplit(one)[:2] == urlsplit(other)[:2]


def is_wikimedia(url: str) -> bool:
    """Say whether an address belongs to Wikimedia, which wants to know whom to write to."""
    return bool(_WIKIMEDIA.search(urlsplit(url).hostname or ""))
