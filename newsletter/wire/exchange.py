"""HTTP requests over kept-open connections, each with a deadline for the whole of it.

What it never does: follow a redirect, read proxy settings from the environment, keep a cookie,
try again, log a header or a body. A kept connection that the server closed at the moment it is
used again ends in `NoAnswer`, because nobody can tell that from a server that took the request
and died; idle connections are therefore given up early.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator, Mapping
from functools import cache
from types import TracebackType
from typing import Self

import httpcore2

from newsletter.wire.answer import Answer, NeverSent, NoAnswer, NotAllowed, WireError
from newsletter.wire.sockets import Allow, Backend, Deadline

KEEP_IDLE = 5.0  # seconds; shorter than any server or middlebox is known to keep a connection
MOST_BYTES = 1_000_000

# At DEBUG httpcore2 logs the headers of answers.
logging.getLogger("httpcore2").setLevel(logging.INFO)

_BEFORE_THE_REQUEST = (
    httpcore2.PoolTimeout,
    httpcore2.ConnectTimeout,
    httpcore2.ConnectError,
    httpcore2.UnsupportedProtocol,
)
_FAILURES = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
)


class Wire:
    """Connections to servers, usable from several threads at once."""

    def __init__(
        self,
        *,
        connections: int = 10,
        allow: Allow | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Open nothing yet.

        `allow` is asked about every resolved IP address before it is connected to; `trust`
        replaces the system's certificate authorities.
        """
        self._pool = httpcore2.ConnectionPool(
            ssl_context=trust or _system_trust(),
            max_connections=connections,
            keepalive_expiry=KEEP_IDLE,
            network_backend=Backend(allow),
        )

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
        outgoing = _Outgoing(body)
        status: int | None = None
        try:
            with self._pool.stream(
                method,
                url,
                headers=[*headers.items(), *outgoing.headers.items()],
                content=None if body is None else iter(outgoing),
                extensions={"timeout": dict.fromkeys(("pool", "connect", "write", "read"), limit)},
            ) as response:
                status = response.status
                return Answer(
                    status=status,
                    headers=_joined(response.headers),
                    body=_whole_body(response, status, most_bytes),
                    whole_request=outgoing.handed_over,
                )
        except _FAILURES as error:
            raise _failure(error, outgoing, status=status, timeout=timeout) from error

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


class _Outgoing:
    """A request's body that knows whether all of it was handed over.

    httpcore2 swallows a failed write and goes on to read, for servers that answer early; but it
    comes back for the next piece only when the piece before was written.
    """

    def __init__(self, body: bytes | None) -> None:
        self._body = body
        self.handed_over = body is None
        self.headers = {} if body is None else {"Content-Length": str(len(body))}

    def __iter__(self) -> Iterator[bytes]:
        yield self._body or b""
        self.handed_over = True


def _joined(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _whole_body(response: httpcore2.Response, status: int, most_bytes: int) -> bytes:
    pieces = bytearray()
    for piece in response.iter_stream():
        pieces += piece
        if len(pieces) > most_bytes:
            raise NoAnswer(f"it is longer than {most_bytes} bytes", status=status)
    return bytes(pieces)


def _is_forbidden(error: BaseException | None) -> bool:
    # httpcore2 wraps what its backend raises, more than once.
    while error is not None:
        if isinstance(error, PermissionError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _failure(
    error: Exception, outgoing: _Outgoing, *, status: int | None, timeout: float
) -> WireError:
    """Class a failure by what the server can have: see sendgrid.md 2."""
    if _is_forbidden(error):
        return NotAllowed(str(error))
    if isinstance(error, _BEFORE_THE_REQUEST):
        return NeverSent(f"no connection: {error}" if str(error) else "no free connection")
    late = isinstance(error, httpcore2.TimeoutException)
    if not outgoing.handed_over:
        how = f"within {timeout:g} seconds" if late else "before the connection was lost"
        return NeverSent(f"the request was not handed over completely {how}")
    if late:
        return NoAnswer(f"it did not end within {timeout:g} seconds", status=status)
    if isinstance(error, httpcore2.ProtocolError):
        return NoAnswer("it broke off, or is not HTTP", status=status)
    return NoAnswer(f"the connection was lost: {error}", status=status)
