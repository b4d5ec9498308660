"""HTTP requests over kept-open connections, each with a deadline for the whole of it.

h11 speaks the protocol; sockets, deadlines and kept connections are ours. What is never done here:
follow a redirect, keep a cookie, try again, log a header or a body, read the environment: whoever
opens a client says which proxies there are. A kept connection that the server closed at the moment
it is used again ends in `NoAnswer`, because nobody can tell that from a server that took the
request and died; idle connections are therefore given up early.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from functools import cache, lru_cache
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

import h11

from newsletter.core.config.proxies import Proxies, Proxy
from newsletter.core.http.answer import Answer, NeverSent, NoAnswer
from newsletter.core.http.pool import Pool
from newsletter.core.http.sockets import Allow, Connection, Deadline, Origin
from newsletter.core.http.tunnel import refusal
from newsletter.core.sentences import said

MOST_BYTES = 1_000_000


class HttpClient:
    """Connections to servers, usable from several threads at once."""

    def __init__(
        self,
        *,
        connections: int = 10,
        allow: Allow | None = None,
        trust: ssl.SSLContext | None = None,
        proxies: Proxies | None = None,
    ) -> None:
        """Open nothing yet.

        `allow` is asked about every resolved IP address before it is connected to, and with it
        the names that are asked for through one of the `proxies` are judged; `trust` replaces
        the system's certificate authorities.
        """
        self._pool = Pool(
            connections=connections,
            allow=allow,
            trust=trust or _system_trust(),
        )
        self._proxies = proxies or Proxies()

    def exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout: float,
        body: bytes | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> Answer:
        """Send one request, once, and read its answer within `timeout` seconds in all.

        `url` and `headers` are ASCII. Raises `NeverSent` when the server cannot have the whole
        request, else `NoAnswer`; an answer over `most_bytes` is none. A request without a body
        is harmless to repeat, so its failed write is not told apart from a failed read.
        """
        limit = Deadline(timeout)
        place = _placed(url)
        origin = place.origin
        proxy = self._proxies.towards(origin.host, origin.port, secure=origin.secure)
        relay = None if origin.secure else proxy  # over TLS it carries bytes and reads none
        fields = [("Host", place.host), *headers.items(), *_length(body), *_login(relay)]
        target = f"http://{place.host}{place.target}" if relay else place.target
        try:
            asked = h11.Request(method=method, target=target, headers=fields)
        except h11.LocalProtocolError as error:
            raise NeverSent(
                said("the request cannot be written as HTTP: %(why)s", why=error)
            ) from error
        with self._pool.connection(origin, limit, proxy=proxy) as connection:
            one = _Exchange(connection, limit, most_bytes)
            one.ask(asked, body)
            answer = one.answer()
        if relay and answer.status == 407:
            raise NeverSent(said("no connection: %(why)s", why=refusal(relay, 407, place.host)))
        return answer

    def close(self) -> None:
        """Close the connections; harmless when called twice."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@cache
def _system_trust() -> ssl.SSLContext:
    # Reading the authorities takes a tenth of a second, so it is done once.
    return ssl.create_default_context()


class _Place(NamedTuple):
    origin: Origin
    host: str  # as the header says it
    target: str


@lru_cache(maxsize=256)
def _placed(url: str) -> _Place:
    """Part an address. Raises `NeverSent` for one that nobody can be asked at."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NeverSent(said("no connection: %(why)s", why=error)) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NeverSent(said("no connection: the address must begin with http:// or https://"))
    secure = parts.scheme == "https"
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return _Place(
        origin=Origin(parts.hostname, port or (443 if secure else 80), secure=secure),
        host=name if port is None else f"{name}:{port}",
        target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )


def _length(body: bytes | None) -> list[tuple[str, str]]:
    return [] if body is None else [("Content-Length", str(len(body)))]


def _login(relay: Proxy | None) -> list[tuple[str, str]]:
    return [("Proxy-Authorization", relay.login)] if relay and relay.login else []


class _Exchange:
    """A request on its way, and what comes back."""

    def __init__(self, connection: Connection, limit: Deadline, most_bytes: int) -> None:
        self._connection = connection
        self._limit = limit
        self._most_bytes = most_bytes
        self._handed_over = True
        self._status: int | None = None

    def ask(self, request: h11.Request, body: bytes | None) -> None:
        """Write the request. Raises `NeverSent` when it is not out in time.

        A server may answer before it has read all, and close; so after a failed write the answer
        is still read.
        """
        http = self._connection.http
        head = http.send(request) or b""
        try:
            self._connection.write((head,) if body is None else (head, body), self._limit)
        except TimeoutError as error:
            if body is None:
                raise NoAnswer(self._late()) from error
            raise NeverSent(
                self._not_out(said("within %(seconds)s seconds", seconds=f"{self._limit:g}"))
            ) from error
        except OSError:
            self._handed_over = body is None
            http.send_failed()
            return
        if body:
            http.send_with_data_passthrough(h11.Data(data=body))
        http.send(h11.EndOfMessage())

    def answer(self) -> Answer:
        """Read the whole answer. Raises `NoAnswer`, and `NeverSent` after a failed write."""
        try:
            return self._read()
        except TimeoutError as error:
            raise self._failure(self._late()) from error
        except h11.RemoteProtocolError as error:
            raise self._failure(said("it broke off, or is not HTTP")) from error
        except OSError as error:
            raise self._failure(said("the connection was lost: %(why)s", why=error)) from error

    def _read(self) -> Answer:
        headers: dict[str, str] = {}
        pieces = bytearray()
        while True:
            event = self._connection.read(self._limit)
            if isinstance(event, h11.Response):
                self._status, headers = event.status_code, _joined(event)
            elif isinstance(event, h11.Data):
                pieces += event.data
                if len(pieces) > self._most_bytes:
                    what = said("it is longer than %(most)s bytes", most=self._most_bytes)
                    raise NoAnswer(what, status=self._status)
            elif isinstance(event, h11.EndOfMessage):
                break
            elif isinstance(event, h11.ConnectionClosed):
                raise h11.RemoteProtocolError("closed without an answer")
        assert self._status is not None
        return Answer(
            status=self._status,
            headers=headers,
            body=bytes(pieces),
            whole_request=self._handed_over,
        )

    def _failure(self, what: str) -> NeverSent | NoAnswer:
        if not self._handed_over:
            return NeverSent(self._not_out(said("before the connection was lost")))
        return NoAnswer(what, status=self._status)

    def _late(self) -> str:
        return said("it did not end within %(seconds)s seconds", seconds=f"{self._limit:g}")

    def _not_out(self, how: str) -> str:
        return said("the request was not handed over completely %(how)s", how=how)


def _joined(response: h11.Response) -> dict[str, str]:
    joined: dict[str, str] = {}
    for raw_name, raw_value in response.headers:  # names come in lower case
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
