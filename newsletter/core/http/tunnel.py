"""A way through a proxy: CONNECT to a server, so that TLS begins here and ends there."""

from __future__ import annotations

import socket
from collections.abc import Callable

import h11

from newsletter.core.config.proxies import Proxy
from newsletter.core.sentences import said

_PIECE = 4096
_LONGEST_HEAD = 65_536  # bytes


class ProxyRefusal(OSError):  # noqa: N818 - what it is, not what it does
    """The proxy lets nothing through to the server."""


def open_tunnel(
    sock: socket.socket, place: str, *, proxy: Proxy, left: Callable[[], float]
) -> None:
    """Ask a connected proxy for a way to `place`, a host with its port.

    It learns that place and its own login, and nothing else. `left` says how many
    seconds there are, or raises `TimeoutError`. Raises `OSError`.
    """
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
    headers = [("Host", place)]
    if proxy.login:
        headers.append(("Proxy-Authorization", proxy.login))
    asked = h11.Request(method="CONNECT", target=place, headers=headers)
    sock.settimeout(left())
    sock.sendall(http.send(asked) or b"")
    sock.sendall(http.send(h11.EndOfMessage()) or b"")
    try:
        status = _status(http, sock, left)
    except h11.RemoteProtocolError as error:
        raise ProxyRefusal(
            said("the proxy %(name)s does not answer as one: %(why)s", name=proxy.name, why=error)
        ) from error
    if not 200 <= status < 300:
        raise ProxyRefusal(refusal(proxy, status, place))
    if http.trailing_data[0]:
        raise ProxyRefusal(
            said("the proxy %(name)s spoke before the server could", name=proxy.name)
        )


def refusal(proxy: Proxy, status: int, place: str) -> str:
    """Say what a proxy's refusal means, and what to do about it."""
    if status != 407:
        return said(
            "the proxy %(name)s does not lead to %(place)s (it answered %(status)s)",
            name=proxy.name,
            place=place,
            status=status,
        )
    wrong = said("wants a name and a password")
    if proxy.login:
        wrong = said("does not take its name and password")
    return said(
        "the proxy %(name)s %(wrong)s (407): %(variable)s holds them, as in "
        "http://USER:PASSWORD@HOST:PORT, with other signs than letters and digits "
        "as %%XX",
        name=proxy.name,
        wrong=wrong,
        variable=proxy.variable or said("its address"),
    )


def _status(http: h11.Connection, sock: socket.socket, left: Callable[[], float]) -> int:
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            sock.settimeout(left())
            http.receive_data(sock.recv(_PIECE))
        elif isinstance(event, h11.Response):
            return event.status_code
        elif isinstance(event, h11.ConnectionClosed):
            raise h11.RemoteProtocolError("it closed the connection")
