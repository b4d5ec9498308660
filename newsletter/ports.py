"""The seams: small protocols with their promises (those of sources are in `sourcing`).

Read this second, after the README.

One file is one plug-in, found by its name:

=========  ============================  ===========================================
to add     create                        it must define
=========  ============================  ===========================================
a source   `newsletter/sources/x.py`     `make(options: SourceOptions) -> Source`
a provider `newsletter/providers/x.py`   `make(settings: Settings, clock: Clock) -> Provider`
a check    `newsletter/checks/x.py`      `CODE`, `LEVEL` and `check(subject: Checked)`
=========  ============================  ===========================================

Code outside the package is named by its dotted path instead of the bare name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from newsletter.model import (
    Attempt,
    Claim,
    Edition,
    Message,
    Send,
    SendKind,
    SetAside,
    Submission,
    Subscriber,
    SubscriberState,
)
from newsletter.records import SendView


class Clock(Protocol):
    """The only way to learn the time or to wait."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return after `seconds`; a test's clock moves itself instead of waiting."""
        ...


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

    def problem_with(self, attempt: Attempt, index: int) -> str | None:
        """Say why one recipient would be refused by the provider, before any network.

        Pure. None means nothing is known against the recipient.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """What a new send is made from."""

    publication: str
    edition: date
    kind: SendKind
    message: Message
    provider: str
    batch_size: int
    due_at: datetime  # of the only wave there is so far


class Ledger(Protocol):
    """What was promised, claimed and handed over. Every change is durable before it returns."""

    def find(self, publication: str, edition: date) -> Send | None:
        """Look up the send of an edition."""
        ...

    def unfinished(self, publication: str, *, before: date) -> tuple[date, ...]:
        """List the editions of earlier dates whose send is still open, oldest first."""
        ...

    def freeze(self, freeze: Freeze, *, now: datetime) -> Send:
        """Write send, message, wave, batches and recipients in one transaction.

        The audience is every active, unsuppressed subscriber, each canonical address once. If
        the edition has a send already, that one is returned and nothing is written. Raises
        `NothingToDo` when there is nobody to send to; nothing is written then either.
        """
        ...

    def message(self, send_id: int) -> Message:
        """Give the message as it was frozen."""
        ...

    def lead(self, send_id: int, *, owner: str, now: datetime, lease: timedelta) -> str | None:
        """Make this process the sender of a send, or keep it so.

        Returns None on success, else the owner that is still at work. A leader whose lease is
        over is replaced.
        """
        ...

    def step_down(self, send_id: int, *, owner: str) -> None:
        """Give up leadership; harmless when not the leader."""
        ...

    def orphan(self, send_id: int, *, now: datetime) -> int:
        """Mark what a dead sender left claimed as uncertain; return how many batches.

        Only the leader calls this, and before it claims anything itself.
        """
        ...

    def view(self, send_id: int) -> SendView:
        """Sum up where a send stands."""
        ...

    def claim(self, send_id: int, *, owner: str, attempt_id: str, now: datetime) -> Claim | None:
        """Claim the first planned batch that is due (compare-and-set), with its recipients.

        None: there is none. Recipients set aside before are not in the claim.
        """
        ...

    def set_aside(self, send_id: int, aside: Sequence[SetAside]) -> None:
        """Record recipients who are left out for good, with the reason."""
        ...

    def submitted(self, claim: Claim, submission: Submission, *, now: datetime) -> None:
        """Record that the provider took an attempt; evidence may come late, after a doubt."""
        ...

    def uncertain(self, claim: Claim, *, reason: str, status: int | None, now: datetime) -> None:
        """Record that the provider may have taken an attempt."""
        ...

    def release(self, claim: Claim, *, reason: str, status: int | None, now: datetime) -> None:
        """Put a batch back to planned: nothing was taken. The attempt is kept as history."""
        ...

    def split(self, claim: Claim, *, reason: str, status: int | None, now: datetime) -> None:
        """Put a batch back as two halves of its remaining recipients."""
        ...

    def drop(self, claim: Claim, *, reason: str, now: datetime) -> None:
        """Cancel a claimed batch in which nobody is left to be mailed."""
        ...

    def pause_until(self, send_id: int, until: datetime) -> None:
        """Keep every worker from claiming before a moment; an earlier one never shortens it."""
        ...

    def complete(self, send_id: int, *, now: datetime) -> None:
        """Close a send in which nothing is planned, claimed or uncertain any more."""
        ...

    def resolve(self, send_id: int, batch_number: int, *, accepted: bool, now: datetime) -> bool:
        """Settle an uncertain batch by a person's word: submitted, or planned again.

        False: that batch is not uncertain.
        """
        ...

    def evidence(self, attempt_id: str, *, provider_id: str, now: datetime) -> bool:
        """Record that an event of the provider's proves an attempt was taken.

        Any event that carries the attempt's id proves it. False: there is no such attempt.
        """
        ...

    def audience(self) -> int:
        """Count the subscribers a freeze of this moment would take."""
        ...

    def lacking(self, field: str, *, limit: int) -> tuple[int, tuple[str, ...]]:
        """Count the active subscribers without a value for a merge field, and name the first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check looks at: the edition, the message, and the message as one reader gets it."""

    edition: Edition
    message: Message
    subject: str  # with the longest substitutions put in
    html: str
    text: str
    unsubscribe_url: str
    postal_address: str
    language: str


class Check(Protocol):
    """One rule over the final message; pure and deterministic."""

    def __call__(self, checked: Checked) -> Iterator[tuple[str, str]]:
        """Yield a sentence and a hint for each fault; the level is the publication's to choose."""
        ...


# --- subscribers -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a file, a form or an operator says about somebody; no empty attribute values."""

    address: str  # as it is mailed
    canonical: str
    name: str = ""
    zone: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    state: SubscriberState = SubscriberState.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """One step of a subscriber's life."""

    from_state: SubscriberState | None  # None: the subscriber was added
    to_state: SubscriberState
    at: datetime
    reason: str
    by: str  # "operator", "import 3", later "reader" or a provider's event


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """When, how and by which words a subscription was given."""

    at: datetime
    how: str  # "import", "operator"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is stored of a subscriber, as far as an import compares it."""

    id: int
    state: SubscriberState
    name: str
    zone: str | None
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an address stands in the list: the subscriber, if any, and whether it is suppressed."""

    known: Known | None
    suppressed: bool


class ImportSession(Protocol):
    """One import, inside one transaction: looked up and applied step by step."""

    def look_up(self, step: Sequence[tuple[int, str]]) -> Mapping[int, Standing]:
        """Give the standing for each (line, canonical address), by line.

        Lines ascend, within a step and from step to step. A line that is missing in the answer
        repeats an address of an earlier line of this import.
        """
        ...

    def add(self, people: Sequence[Person]) -> None:
        """Write new subscribers with their first state, all of the step looked up last."""
        ...

    def update(self, people: Sequence[tuple[int, Person]]) -> None:
        """Write name, zone and attributes of subscribers, by id."""
        ...

    def change(self, changes: Sequence[tuple[int, StateChange]]) -> None:
        """Write changes of state, by subscriber's id."""
        ...

    def finish(self, counts: Mapping[str, int]) -> int | None:
        """Record the counts; give the import's id, or None where nothing was written."""
        ...


class SubscriberStore(Protocol):
    """The list of subscribers. Every change is durable before it returns."""

    def importing(
        self, *, file: str, sha256: str, consent: str, now: datetime, dry_run: bool
    ) -> AbstractContextManager[ImportSession]:
        """Open an import; an exception inside the block undoes all of it.

        A dry run writes nothing, and `add`, `update` and `change` must not be called.
        """
        ...

    def standing(self, canonical: str) -> Standing:
        """Look up how an address stands."""
        ...

    def add(self, person: Person, *, change: StateChange, consent: Consent) -> Subscriber | None:
        """Write a new subscriber with first state and consent; None: the address is known."""
        ...

    def change(
        self,
        canonical: str,
        decide: Callable[[Subscriber], StateChange],
        *,
        consent: Consent | None = None,
    ) -> Subscriber | None:
        """Ask `decide` about the subscriber as stored, and write its answer in one transaction.

        What `decide` raises goes to the caller, and nothing is written. None: no such subscriber.
        """
        ...
