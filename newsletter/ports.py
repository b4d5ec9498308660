"""The seams: small protocols with their promises; more are in `sourcing` and `recalling`.

Read this second, after the README.

One file is one plug-in, found by its name:

=========  ============================  ===========================================
to add     create                        it must define
=========  ============================  ===========================================
a source   `newsletter/content/sources/x.py`     `make(options: SourceOptions) -> Source`
a provider `newsletter/providers/x.py`   `make(settings: Settings, clock: Clock) -> Provider`
a check    `newsletter/message/checks/x.py`      `CODE`, `LEVEL` and `check(subject: Checked)`
=========  ============================  ===========================================

Code outside the package is named by its dotted path instead of the bare name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable

from newsletter.core.model import (
    Attempt,
    Claim,
    Message,
    People,
    Send,
    SendKind,
    SendStatus,
    SetAside,
    Submission,
)
from newsletter.core.model.events import Event, Leaving
from newsletter.core.model.records import Health, SendView
from newsletter.core.model.waves import CanaryPlan


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
        """Give the provider's id of an attempt that was certainly taken.

        None says nothing: it may have been taken all the same. Never raises for an answer.
        """
        ...


class EventParser(Protocol):
    """Who reads what a provider reports later; a provider's second face, where it has one.

    `newsletter/providers/x/events.py` defines `make_parser(settings: Settings) -> EventParser`.
    """

    def verify(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> None:
        """Refuse a post that is not the provider's own, word for word, with `InputError`.

        Asked before anything else is done with the body. Without a key every post is refused.
        """
        ...

    def parse(self, body: bytes, *, received_at: datetime) -> tuple[Event, ...]:
        """Read the events of a post, in its order. Pure.

        Unknown events are kept under their own name; `received_at` stands in for a moment that
        is missing. Raises `InputError` when the post is no list of events.
        """
        ...


class SuppressionLists(Protocol):
    """Whom a provider mails no more by lists of its own; a third face, where it has one.

    `newsletter/providers/x/lists.py` defines `make_lists(settings, clock) -> SuppressionLists`.
    """

    def between(self, start: datetime, end: datetime) -> Iterator[Leaving]:
        """Give who came onto a list from `start` to `end`, both included.

        Raises `NotSubmitted` in the form that says who has to act: `Throttled`, `Unreachable`,
        `AccountRefused`.
        """
        ...

    def close(self) -> None:
        """Give back connections; harmless when called twice."""
        ...


Mornings = Callable[[Iterable[str]], Mapping[str, datetime]]  # zones, known or not → their moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a freeze takes: active, not suppressed, wanting the edition, and in the segment."""

    publication: str
    edition: date
    segment: str = ""  # see `segments`; empty: everyone


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """What a new send is made from."""

    publication: str
    edition: date
    kind: SendKind
    message: Message
    provider: str
    batch_size: int
    due_at: datetime  # when all are to have it
    mornings: Mornings | None = None  # instead: when the readers of each zone are
    canary: CanaryPlan | None = None
    cap: int | None = None  # the most recipients; the same ones come first each day
    named: tuple[str, ...] = ()  # of a test send: its addresses
    segment: str = ""  # empty: everyone

    @property
    def audience(self) -> Audience:
        """Give whom the send of an edition takes."""
        return Audience(publication=self.publication, edition=self.edition, segment=self.segment)


class Ledger(Protocol):
    """What was promised, claimed and handed over. Every change is durable before it returns."""

    def find(self, publication: str, edition: date) -> Send | None:
        """Look up the send of an edition."""
        ...

    def open_sends(self, publication: str) -> tuple[Send, ...]:
        """List the sends of editions that are open, oldest edition first."""
        ...

    def publications(self) -> tuple[str, ...]:
        """Name the publications that have sends."""
        ...

    def unfinished(self, publication: str, *, before: date) -> tuple[date, ...]:
        """List the editions of earlier dates whose send is still open, oldest first."""
        ...

    def freeze(self, freeze: Freeze, *, now: datetime) -> Send:
        """Write send, message, wave, batches and recipients in one transaction.

        The audience is that of the freeze, at this moment, each canonical address once. If
        the edition has a send already, that one is returned and nothing is written. Raises
        `NothingToDo` when there is nobody to send to; nothing is written then either.
        """
        ...

    def message(self, send_id: int, *, digest: str | None = None) -> Message:
        """Give the message of a send, as it was frozen or corrected last, or one by its digest."""
        ...

    def lead(self, send_id: int, *, owner: str, now: datetime, lease: timedelta) -> str | None:
        """Make this process the leader of a send, or keep it so.

        Returns None on success, else the owner that leads. A leader whose lease is over is
        replaced. Leading only keeps a second `newsletter send` away; claims do not ask for it.
        """
        ...

    def step_down(self, send_id: int, *, owner: str) -> None:
        """Give up leadership; harmless when not the leader."""
        ...

    def renew(self, send_id: int, *, owner: str, now: datetime, lease: timedelta) -> None:
        """Prolong the leases of everything an owner has claimed of a send."""
        ...

    def claimants(self, send_id: int) -> tuple[str, ...]:
        """Name the owners of what is claimed of a send."""
        ...

    def orphan(self, send_id: int, *, gone: Sequence[str], now: datetime) -> int:
        """Mark as uncertain what is claimed by owners in `gone` or under a lease that is over.

        Returns how many batches. A late answer still settles them.
        """
        ...

    def view(self, send_id: int) -> SendView:
        """Sum up where a send stands."""
        ...

    def together(self) -> AbstractContextManager[None]:
        """Make the changes of a block, by this thread, durable at once: all when it ends, or none.

        Only `submitted` and a few `claim` after it belong into one, since other senders may wait
        for what it touches.
        """
        ...

    def claim(
        self,
        send_id: int,
        *,
        owner: str,
        attempt_id: str,
        now: datetime,
        lease: timedelta,
        most: int | None = None,
        ahead: timedelta | None = None,
    ) -> Claim | None:
        """Claim the first planned batch that is due (compare-and-set).

        The claim is this owner's until the lease is over. `most`: none while so many batches of
        the send are claimed, by whomever. `ahead`: for mail that the provider holds, claimed so
        long before the batch is due, which has to be booked before it is handed over
        (`RecallRecords.book`). None: there is none.
        """
        ...

    def people(self, claim: Claim, *, attributes: bool = True) -> People:
        """Read a claimed batch with each subscriber's state of this moment: an opt-out wins late.

        Who was set aside before is not in it. Attributes need not be read. In any order.
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
        """Keep every sender from claiming before a moment; an earlier one never shortens it.

        It holds for all open sends of the same publication and provider.
        """
        ...

    def steer(self, send_id: int, status: SendStatus) -> bool:
        """Pause a send, open it again, or cancel it with all that is planned in it.

        Senders at work hear it before their next batch. False: it is in no state that allows it.
        """
        ...

    def correct(self, send_id: int, message: Message, *, note: str, now: datetime) -> bool:
        """Replace the message of a paused send for all that is not handed over, on record.

        False: it has this message already, or is not paused.
        """
        ...

    def health(self, send_id: int, *, now: datetime) -> Health:
        """Sum up what is reported of a send so far."""
        ...

    def alarm(self, send_id: int, kind: str) -> bool:
        """Pause an open send because of what is reported of it, once for each kind."""
        ...

    def reopen(self, send_id: int) -> None:
        """Pause a send that is complete, because something of it may be called back."""
        ...

    def complete(self, send_id: int, *, now: datetime) -> None:
        """Close a send in which nothing is planned, claimed or uncertain; not a cancelled one."""
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

    def zones(self, segment: str = "") -> Mapping[str, int]:
        """Count who of a segment may be mailed, by zone, known or not; "" has those without one."""
        ...

    def doubtful(self, send_id: int, *, before: datetime) -> tuple[str, ...]:
        """List the attempts of a send that are in doubt since before a moment."""
        ...

    def audience(self, audience: Audience) -> int:
        """Count the subscribers a freeze would take at this moment."""
        ...

    def outside(self, send: Send) -> int:
        """Count who wants the edition of a send at this moment, and is not in the send."""
        ...

    def lacking(self, field: str, audience: Audience, *, limit: int) -> tuple[int, tuple[str, ...]]:
        """Count who of an audience has no value for a merge field, and name the first."""
        ...
