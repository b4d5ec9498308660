"""The contract of a provider, and what one may be able to do besides.

One file of `providers/`, or one package, is one provider, found by its name. Code outside the
package is named by its dotted path instead. The module defines

    make(settings: Settings, clock: Clock) -> Provider
    SECRETS = ("CARRIER_TOKEN",)     the secrets it reads with `settings.secret`, if any

and reads its own table of config.toml with `settings.provider_options(model)`. `make` raises
`ConfigError` for an option or a secret that is missing. CONTRIBUTING.md has a complete example.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, runtime_checkable

from newsletter.core.model import Attempt, Submission
from newsletter.core.model.checkup import Check
from newsletter.core.model.events import Event, Leaving


class Provider(Protocol):
    """Who takes the mail."""

    @property
    def name(self) -> str:
        """Name the provider as config.toml does."""
        ...

    @property
    def max_recipients(self) -> int:
        """Say how many recipients one attempt may have."""
        ...

    def problems(self, attempt: Attempt) -> Mapping[int, str]:
        """Say which recipients the provider would refuse, by their index, and why. Pure.

        Of the others nothing is known against them. The sentences name nobody.
        """
        ...

    def fits(self, attempt: Attempt) -> bool:
        """Say whether the whole attempt is under the provider's size limit. Pure."""
        ...

    def submit(self, attempt: Attempt) -> Submission:
        """Hand over one attempt, once: no retry inside, never half a batch silently.

        May be called from several threads at once. Raises `NotSubmitted` when nothing was
        taken, `Uncertain` when it may have been.
        """
        ...

    def close(self) -> None:
        """Give back connections; harmless when called twice."""
        ...


@runtime_checkable
class Witness(Protocol):
    """What a provider can do besides that tells later whether it took an attempt."""

    def look_up(self, attempt_id: str) -> str | None:
        """Return the provider's id of an attempt that was certainly taken.

        None says nothing: it may have been taken all the same. Never raises for an answer.
        """
        ...


class EventParser(Protocol):
    """Who reads what a provider reports later; a provider's second face, where it has one.

    `providers/x/events.py` defines `make_parser(settings: Settings) -> EventParser`, and `KEY`,
    the name of the secret without which no post can be told genuine, where there is one. The
    package's `SECRETS` names it too.
    """

    def verify(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> None:
        """Refuse a post that is not the provider's own, word for word, with `InputError`.

        Asked before anything else is done with the body. Without a key every post is refused.
        """
        ...

    def parse(
        self, entries: Sequence[Mapping[str, Any]], *, received_at: datetime
    ) -> Sequence[Event]:
        """Read the event of each entry of a post, which are JSON objects, in their order. Pure.

        Unknown events are kept under their own name; `received_at` stands in for a moment that
        is missing. Whoever calls bounds what is returned, and takes a fault as the entry's.
        """
        ...


class SuppressionLists(Protocol):
    """Whom a provider mails no more by lists of its own; a third face, where it has one.

    `providers/x/lists.py` defines `make_lists(settings, clock) -> SuppressionLists`.
    """

    def between(self, start: datetime, end: datetime) -> Iterator[Leaving]:
        """Return who came onto a list from `start` to `end`, both included.

        Raises `NotSubmitted` in the form that says who has to act: `Throttled`, `Unreachable`,
        `AccountRefused`.
        """
        ...

    def close(self) -> None:
        """Give back connections; harmless when called twice."""
        ...


class Statistics(Protocol):
    """What a provider counted by itself; a fourth face, where it has one.

    `providers/x/statistics.py` defines `make_statistics(settings, clock) -> Statistics`.
    """

    def handed_over(self, first: date, last: date) -> int:
        """Count the recipients handed over for this publication on some days, both included.

        The provider's own days; they may begin in any time zone. Raises what
        `SuppressionLists.between` raises.
        """
        ...

    def close(self) -> None:
        """Give back connections; harmless when called twice."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """How an account at a provider is set up."""

    checks: tuple[Check, ...]
    signs_for: tuple[str, ...] = ()  # domains of DKIM signatures
    bounces_at: tuple[str, ...] = ()  # domains of the envelope, which SPF is about
    keys_at: tuple[str, ...] = ()  # names of the DKIM keys


class AccountReview(Protocol):
    """What an account at a provider lacks for a real send; a fifth face, where it has one.

    `providers/x/account.py` defines `make_account(settings, clock) -> AccountReview`.
    """

    def review(self) -> AccountState:
        """Ask the provider; what cannot be asked is a check as well. Never raises for an answer."""
        ...

    def close(self) -> None:
        """Give back connections; harmless when called twice."""
        ...


@runtime_checkable
class Recalls(Protocol):
    """What a provider can do besides that holds mail until a moment and calls it back on request.

    Such a provider heeds `Attempt.booking`. All of it may be called from several threads.
    """

    def reserve(self) -> str:
        """Return a fresh id for one booking; no mail goes out by that.

        Raises `NotSubmitted`, whatever happened: an id nobody uses does no harm.
        """
        ...

    def recall(self, recall_id: str) -> None:
        """Ask that nothing handed over under an id goes out; it may be asked again.

        Raises `DeliveryError` when that is not certain to be in force; `is_recalled` tells.
        """
        ...

    def is_recalled(self, recall_id: str) -> bool:
        """Say whether a recall is in force. Raises `DeliveryError` when there is no telling."""
        ...

    def forget_recall(self, recall_id: str) -> None:
        """Return a recall's place back. Only long after the moment its mail was to go.

        Raises `DeliveryError`; it may be asked again.
        """
        ...
