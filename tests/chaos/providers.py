"""The providers that misbehave while senders are killed, and who got a mail from them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from newsletter.sandbox.faults import FaultKind, Rule
from newsletter.sandbox.server import Sandbox
from tests.support.chaos import SharedClock
from tests.support.unruly_smtp import UnrulyServer, greylisting, unruly

_RECALLS = "/v3/user/scheduled_sends"
_PER_CONNECTION = 40  # mails, then the mail server ends it
NOT_YET = {  # so that a send can be frozen before its provider is there
    "NEWSLETTER_DELIVERY__PROVIDER": "smtp",
    "NEWSLETTER_SMTP__HOST": "127.0.0.1",
    "NEWSLETTER_SMTP__SECURITY": "none",
}


@dataclass(frozen=True, kw_only=True)
class Provided:
    """A provider at work: how a sender reaches it, who got how many mails, how often it failed."""

    environment: Mapping[str, str]
    mails: Callable[[], Counter[str]]
    hits: Callable[[], int]


def provider(
    name: str, folder: Path, *, chance: random.Random, clock: SharedClock, is_ahead: bool
) -> AbstractContextManager[Provided]:
    """Run a provider of this name."""
    if name == "smtp":
        return _mail_server(chance, clock)
    return _sendgrid(folder, faults(chance, is_ahead=is_ahead), clock)


@contextmanager
def _sendgrid(folder: Path, rules: list[Rule], clock: SharedClock) -> Iterator[Provided]:
    with Sandbox(
        folder / "mailbox", faults=rules, clock=lambda: clock.now().timestamp(), store="index"
    ) as sandbox:
        yield Provided(
            environment={"NEWSLETTER_SENDGRID__BASE_URL": sandbox.url},
            mails=lambda: Counter(mail.recipient for mail in sandbox.mails()),
            hits=lambda: sum(request.fault is not None for request in sandbox.requests),
        )


def faults(chance: random.Random, *, is_ahead: bool) -> list[Rule]:
    """Draw what the provider does wrong; ahead of time no more doubts than can be recalled."""
    once = 1 if is_ahead else None

    def rule(fault: FaultKind, share: float, **more: Any) -> Rule:
        return Rule(fault=fault, share=share, seed=chance.randrange(2**32), **more)

    doubtful = [
        rule("reset-after-body", 0.02, accept=True, times=once),
        rule("reset-after-body", 0.02, accept=False, times=once),
        rule("status", 0.02, status=502, body="html", accept=True, times=once),
        rule("status", 0.02, status=503, accept=False, times=once),
        rule("lost", 0.02, times=once),
        rule("close", 0.02, accept=True, times=once),
        rule("garbage", 0.02, accept=True, times=once),
        rule("reset-in-body", 0.02, times=once),
    ]
    return [
        *(chance.sample(doubtful, 2) if is_ahead else doubtful),
        rule("reset-before-body", 0.03),
        rule("throttle", 0.03, reset=2),
        rule("slow", 0.05, seconds=0.05),
        rule("slow", 0.03, seconds=0.01, remaining=0, reset=2),
        rule("status", 0.1, status=503, path=_RECALLS, accept=chance.random() < 0.5),
    ]


@contextmanager
def _mail_server(chance: random.Random, clock: SharedClock) -> Iterator[Provided]:
    """Run a mail server that defers some people once, some for ever, and loses its words."""
    manners = _Manners(seed=chance.randrange(2**32))
    wait = timedelta(minutes=chance.choice((4, 12)))
    does = UnrulyServer(
        on_rcpt=manners.noting(greylisting(clock, wait, whom=manners.is_stranger)),
        on_content=manners.noting(manners.of_content),
        hang_up_in_content=manners.hangs_up,
        most_per_connection=_PER_CONNECTION,
    )
    with unruly(does) as server:
        yield Provided(
            environment={"NEWSLETTER_SMTP__PORT": str(server.port)},
            mails=lambda: Counter(server.addresses),
            hits=lambda: manners.hits,
        )


@dataclass
class _Manners:
    """How a mail server treats each person; the same seed treats them alike."""

    seed: int
    hits: int = 0
    _met: set[tuple[str, str]] = field(default_factory=set)

    def is_stranger(self, address: str) -> bool:
        return self._drawn("stranger", address) < 0.1

    def of_content(self, address: str) -> str | None:
        """Answer a whole copy: a full mailbox for ever, a busy moment once, or no word at all."""
        if self._drawn("full", address) < 0.03:
            return f"452 4.2.2 <{address}>: mailbox full"
        if self._drawn("busy", address) < 0.05 and self._is_first("busy", address):
            return "451 4.3.0 busy, come again"
        if self._drawn("silent", address) < 0.02 and self._is_first("silent", address):
            return "hang up"  # and the copy is taken
        return None

    def hangs_up(self, address: str) -> bool:
        """Say whether to end the connection before a copy is whole."""
        first = self._drawn("torn", address) < 0.02 and self._is_first("torn", address)
        self.hits += first
        return first

    def noting(self, script: Callable[[str], str | None]) -> Callable[[str], str | None]:
        """Count what a script says no to."""

        def noted(address: str) -> str | None:
            said = script(address)
            self.hits += said is not None
            return said

        return noted

    def _drawn(self, what: str, address: str) -> float:
        return random.Random(f"{self.seed}-{what}-{address}").random()

    def _is_first(self, what: str, address: str) -> bool:
        known = (what, address) in self._met
        self._met.add((what, address))
        return not known
