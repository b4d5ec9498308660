"""Which addresses may be asked, and how they are written. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from newsletter.core.errors import SourceError

_PORTS = {"http": 80, "https": 443}
_LONGEST = 2000  # characters
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_KEPT = "!#$%&'()*+,/:;=?@[]~"  # characters of an address that are written as they are
_WIKIMEDIA = re.compile(
    r"(?:^|\.)(?:wiki(?:media|pedia|quote|source|news|books|data)|wiktionary)\.org$"
)
_ENCODED = re.compile(r"%(?![0-9A-Fa-f]{2})")


def is_public(address: str) -> bool:
    """Say whether a resolved IP address is one of the open internet.

    IPv4 addresses inside IPv6 ones (mapped, 6to4, Teredo, NAT64) are judged as what they reach.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _inside(found) if isinstance(found, ipaddress.IPv6Address) else ()
    return all(one.is_global and not one.is_multicast for one in (found, *inner)) or (
        isinstance(found, ipaddress.IPv6Address)
        and found.ipv4_mapped is not None
        and is_public(str(found.ipv4_mapped))
    )


def _inside(address: ipaddress.IPv6Address) -> Sequence[ipaddress.IPv4Address]:
    candidates = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        candidates.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return [one for one in candidates if one is not None]


def normal(url: str, *, any_port: bool) -> str:
    """Return an address in ASCII, without its fragment, as it is asked for.

    Raises `SourceError` for what is no http or https address, names a user, or, unless
    `any_port`, another port than 80 and 443.
    """
    if len(url) > _LONGEST:
        raise SourceError(f"“{url[:60]}…” is {len(url)} characters long, which no address is.")
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
        name = host if ":" in host else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise SourceError(f"“{url}” is no web address.") from error
    _refuse(parts, port=port, any_port=any_port)
    where = f"[{name}]" if ":" in name else name
    netloc = where if port in {None, _PORTS[parts.scheme]} else f"{where}:{port}"
    path, query = (
        _ENCODED.sub("%25", quote(part, safe=_KEPT)) for part in (parts.path, parts.query)
    )
    return urlunsplit((parts.scheme, netloc, path or "/", query, ""))


def _refuse(parts: SplitResult, *, port: int | None, any_port: bool) -> None:
    if parts.scheme not in _PORTS or not parts.hostname:
        raise SourceError(f"“{parts.geturl()}” is no http or https address.")
    if parts.username or parts.password:
        raise SourceError(
            f"The address of {parts.hostname} holds a user name or password.",
            hint="Passwords do not belong into addresses: they end up in logs.",
        )
    if not any_port and port not in {None, 80, 443}:
        raise SourceError(
            f"{parts.hostname} is to be asked on port {port}; only 80 and 443 are allowed.",
            hint="Set allow_private = true in [fetch] if that is meant.",
        )


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
