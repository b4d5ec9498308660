"""The sandbox without a socket: each request is one call, and no real time goes by.

It has the face of `HttpClient`, so that a provider can be put on top of it. Faults do here what
they do to a connection; what takes time moves the clock that is given.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from newsletter.core.clock import Clock
from newsletter.core.http.answer import Answer, HttpFailure, NeverSent, NoAnswer
from newsletter.core.http.client import MOST_BYTES, HttpClient
from newsletter.sandbox import exchange
from newsletter.sandbox.account import Account, AccountSettings
from newsletter.sandbox.api import MAIL_SEND
from newsletter.sandbox.dialogue import Exchange
from newsletter.sandbox.drafts import Draft
from newsletter.sandbox.events import Event, Kind, bodies, signed_headers
from newsletter.sandbox.faults import FaultPlan, Rule
from newsletter.sandbox.webhook import signing_key

_ENOUGH = 10_000_000  # requests a minute: nobody is throttled who was not asked for


class DirectSandbox(HttpClient):
    """A local SendGrid v3 in this very thread, with its mails in memory."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        faults: Sequence[Rule] = (),
        on_request: Callable[[str], None] = lambda _moment: None,
    ) -> None:
        """Open nothing. `on_request` hears "before" and "after" each request that carries mail.

        Of all others it hears "".
        """
        settings = AccountSettings(store="index", keep_requests=1, rate_limit=_ENOUGH)
        self.account = _Reporting(folder, settings, clock=lambda: clock.now().timestamp())
        self.account.faults = FaultPlan(faults)
        self._key = signing_key(folder)
        self._clock = clock
        self._on_request = on_request
        self._one_at_a_time = threading.RLock()

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
        """Carry out one request; raises what `HttpClient.exchange` raises."""
        del most_bytes
        content = body or b""
        parts = urlsplit(url)
        sent = {name.lower(): value for name, value in headers.items()}
        head = exchange.Request(
            method=method,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers=sent | {"content-length": str(len(content))},
        )
        with self._one_at_a_time:
            self._on_request("before" if head.path == MAIL_SEND else "")
            call = _Call(content, self._clock, timeout)
            _run(Exchange(call, self.account, head).run())
            self._on_request("after" if head.path == MAIL_SEND else "")
        return call.outcome()

    def posts(self) -> list[tuple[bytes, dict[str, str]]]:
        """Return what the events since the last call make: the bodies of posts, signed."""
        with self._one_at_a_time:
            self.account.deliver_due()
            events, self.account.events = self.account.events, []
        now = self._clock.now().timestamp()
        return [(body, signed_headers(self._key, body, at=now)) for body in bodies(events)]

    def close(self) -> None:
        """Keep the account: another life of the program asks it next."""


class _Reporting(Account):
    """An account whose events are kept until somebody asks for them."""

    def __init__(
        self, folder: Path, settings: AccountSettings, *, clock: Callable[[], float]
    ) -> None:
        self.events: list[Event] = []
        super().__init__(folder, settings, clock=clock)

    def _report(self, kind: Kind, about: tuple[Draft, ...]) -> None:
        self.events += (self._event(kind, draft) for draft in about)


class _Call:
    """One request without a connection: a `Line` whose time is the clock's."""

    def __init__(self, body: bytes, clock: Clock, timeout: float) -> None:
        self._body = body
        self._clock = clock
        self._left = timeout
        self._answer: exchange.Answer | None = None
        self._failure: HttpFailure | None = None
        self._is_whole = False

    def outcome(self) -> Answer:
        """Return the answer as a client has it. Raises `NeverSent` or `NoAnswer`."""
        if self._failure is not None:
            raise self._failure
        if self._answer is None:
            raise NoAnswer("the connection was closed without an answer")
        headers = {name.lower(): value for name, value in self._answer.headers}
        return Answer(status=self._answer.status, headers=headers, body=self._answer.body)

    async def read_body(self, *, keep: int) -> tuple[bytes, int]:
        """Return the body."""
        self._is_whole = True
        return self._body[:keep], len(self._body)

    async def read_some(self, least: int) -> bytes:
        """Return the first bytes of the body."""
        return self._body[:least]

    async def send(self, answer: exchange.Answer) -> None:
        """Answer, unless the client has gone by now."""
        if self._failure is None:
            self._answer = answer

    async def dribble(self, answer: exchange.Answer, interval: float) -> None:
        """Answer as late as the last byte would be."""
        await self.wait(interval * (len(answer.body) + 1))
        await self.send(answer)

    async def send_garbage(self) -> None:
        """Answer what is no HTTP."""
        self._fail("the answer is no HTTP")

    async def hold(self) -> None:
        """Let the client wait in vain."""
        await self.wait(self._left)

    async def wait(self, seconds: float) -> None:
        """Move the clock; a client whose time is over goes away."""
        self._clock.sleep(min(seconds, self._left))
        self._left -= seconds
        if self._left <= 0:
            self._fail("no answer within the time limit")

    def reset(self) -> None:
        """Break off."""
        self._fail("the connection was reset")

    def close(self) -> None:
        """End without an answer."""
        self._fail("the connection was closed without an answer")

    def _fail(self, why: str) -> None:
        self._failure = NoAnswer(why) if self._is_whole else NeverSent(why)


def _run(dialogue: Coroutine[Any, Any, None]) -> None:
    """Run what waits for nothing but the clock, without a loop of events."""
    try:
        dialogue.send(None)
    except StopIteration:
        return
    raise AssertionError("a call without a socket waits for nothing")
