"""Which proxy stands between here and a server, as the environment says. Pure.

The usual variables: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` for both, and `NO_PROXY`; in small
letters too, which win. This machine is never asked through a proxy.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from newsletter.core.config.masking import masked_text
from newsletter.core.errors import ConfigError

_FORM = "http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy that is spoken to with HTTP."""

    host: str
    port: int
    login: str | None = field(default=None, repr=False)  # value of `Proxy-Authorization`
    variable: str = ""  # that names it

    @property
    def name(self) -> str:
        """Return what may be shown of it: never the password."""
        return f"{self.host}:{self.port}"


class Exemption(NamedTuple):
    """An entry of `NO_PROXY`: a name with all below it, or a network; of all ports or one."""

    name: str
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None
    port: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """The proxies of this process."""

    plain: Proxy | None = None  # for http://
    secure: Proxy | None = None  # for https://
    exempt: tuple[Exemption, ...] = ()

    def towards(self, host: str, port: int, *, secure: bool) -> Proxy | None:
        """Return the proxy on the way to a server; None: it is asked directly."""
        proxy = self.secure if secure else self.plain
        if proxy is None or _is_this_machine(host):
            return None
        is_exempt = any(_covers(one, host.lower().rstrip("."), port) for one in self.exempt)
        return None if is_exempt else proxy


def from_environment(environment: Mapping[str, str]) -> Proxies:
    """Read the variables. Raises `ConfigError` for a proxy that cannot be one."""
    every = _proxy(environment, "all_proxy")
    # A web server hands a request's header `Proxy` to CGI programs as HTTP_PROXY.
    is_cgi = "REQUEST_METHOD" in environment
    plain = _proxy(environment, "http_proxy", only_small=is_cgi)
    named = _value(environment, "no_proxy")[1]
    entries = (_exemption(word) for word in re.split(r"[,\s]+", named) if word)
    return Proxies(
        plain=plain or every,
        secure=_proxy(environment, "https_proxy") or every,
        exempt=tuple(entries),
    )


def _value(
    environment: Mapping[str, str], small: str, *, only_small: bool = False
) -> tuple[str, str]:
    names = (small,) if only_small else (small, small.upper())
    found = ((name, environment.get(name, "").strip()) for name in names)
    return next((one for one in found if one[1]), (small.upper(), ""))


def _proxy(environment: Mapping[str, str], small: str, *, only_small: bool = False) -> Proxy | None:
    variable, value = _value(environment, small, only_small=only_small)
    if not value:
        return None
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        host, port = parts.hostname, parts.port
        login = _login(parts.username, parts.password)
    except ValueError:
        parts, host, port, login = urlsplit(""), None, None, None
    if parts.scheme != "http" or not host or not host.isascii() or parts.path.strip("/"):
        raise ConfigError(
            f"{variable} names no proxy that can be used: “{_shown(value)}”.",
            hint=f"Write it as {_FORM}. To use none, take {variable} out of the environment, or "
            "name the hosts in NO_PROXY.",
        )
    return Proxy(host=host, port=port or 80, login=login, variable=variable)


def _shown(value: str) -> str:
    """Return a value without what may be a password, whatever its form."""
    return f"…@{value.rpartition('@')[2]}" if "@" in value else masked_text(value)


def _login(user: str | None, password: str | None) -> str | None:
    if user is None:
        return None
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"


def _exemption(word: str) -> Exemption:
    """Read `*`, `example.org`, `.example.org`, `*.example.org`, `10.0.0.0/8`, each with a port."""
    text, port = _parted(word.lower())
    try:
        return Exemption("", ipaddress.ip_network(text, strict=False), port)
    except ValueError:
        name = text if text == "*" else text.removeprefix("*").strip(".")
        return Exemption(name, None, port)


def _parted(word: str) -> tuple[str, int | None]:
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(\d+))?", word)
    if bracketed:
        return bracketed[1], int(bracketed[2]) if bracketed[2] else None
    found = re.fullmatch(r"([^:]+):(\d+)", word)
    return (found[1], int(found[2])) if found else (word, None)


def _covers(one: Exemption, host: str, port: int) -> bool:
    if one.port is not None and one.port != port:
        return False
    if one.network is not None:
        address = _address(host)
        return address is not None and address in one.network
    if one.name in {"", "*"}:
        return bool(one.name)
    return host == one.name or host.endswith(f".{one.name}")


def _is_this_machine(host: str) -> bool:
    name = host.lower().rstrip(".")
    address = _address(name)
    if address is not None:
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address).is_loopback
    return name == "localhost" or name.endswith(".localhost")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
