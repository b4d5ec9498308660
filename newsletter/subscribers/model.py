"""The seams of the list: what is said of people, what is stored, and how an import is kept.

`newsletter.subscribers` decides in these values, `newsletter.storage` keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from newsletter.core.model import Frequency, Profile, Subscriber, SubscriberState


class Person(NamedTuple):
    """What a file, a form or an operator says about somebody; no empty attribute values."""

    address: str  # as it is mailed
    canonical: str
    name: str = ""
    zone: str | None = None
    attributes: Mapping[str, str] = MappingProxyType({})
    state: SubscriberState = SubscriberState.ACTIVE
    frequency: Frequency | None = None  # None: nothing was said
    paused_until: date | None = None
    signed_up: datetime | None = None  # when they subscribed, where that is known
    evidence: str = ""  # the person's own words and where they are kept
    locale: str | None = None


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
class Revision:
    """What becomes of a known subscriber: new values of the profile, a new state, a consent."""

    at: datetime
    values: Mapping[str, Any] = field(default_factory=dict)
    change: StateChange | None = None
    consent: Consent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSubscriber(Profile):
    """What is stored of a subscriber, as far as an import compares or changes it."""

    id: int
    state: SubscriberState
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressStatus:
    """How an address stands in the list: the subscriber, if any, and whether it is suppressed."""

    known: KnownSubscriber | None
    suppressed: bool


class Marker(Protocol):
    """Makes the keyed hash under which an erased address stays suppressed."""

    @property
    def prefix(self) -> str:
        """Return how every hash of this key begins."""
        ...

    def __call__(self, canonical: str) -> str:
        """Return the hash of a canonical address. Pure."""
        ...


class ImportRow(NamedTuple):
    """A row of a file that can be taken: who it is about."""

    line: int
    person: Person


class ImportColumns(NamedTuple):
    """Rows of a file that can be taken, by columns: for each field of `Person` its values.

    A field that is not there has its usual value in all of them. Attributes may be JSON already.
    """

    lines: Sequence[int]
    said: Mapping[str, Sequence[Any]]


Columns = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Subscribers as of one moment; its pages are read once, in the transaction it is of."""

    total: int
    keys: tuple[str, ...]  # of all attributes that one of them has, sorted
    pages: Iterator[Columns]  # those of `profile.EXPORTED`, then each attribute


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """How some of an import's rows stand in the list, each address counted once."""

    fresh: Mapping[SubscriberState, int]  # nobody knows them; by the state the file gives
    same: int  # known, not opted out, and nothing the file says differs
    others: Sequence[tuple[ImportRow, AddressStatus]]  # to be looked at one by one, by line


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A known subscriber with new values, the state among them."""

    line: int
    known: KnownSubscriber
    person: Person
    change: StateChange | None = None
    consent: Consent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """One import as it is recorded."""

    id: int
    publication: str  # whose list it is of
    file: str
    sha256: str
    at: datetime
    state: str  # "applying", "done" or "undone"
    reached: int  # the last line that was applied
    counts: Mapping[str, int]
    options: str
    finished_at: datetime | None
    undone_at: datetime | None


Decide = Callable[[Sorted], tuple[Sequence[Update], Mapping[str, int]]]


class ImportSession(Protocol):
    """One import: staged once, then looked up and applied range by range of its lines."""

    def stage(self, people: ImportColumns) -> None:
        """Keep rows for this session. Nothing of the list is touched."""
        ...

    def leave_out_repeats(self) -> int:
        """Keep of each address its last row, in the worst state of all its rows; say how many go.

        Once, after staging.
        """
        ...

    def look_up(self, first: int, last: int) -> Iterator[Sorted]:
        """Say how the rows of these lines stand in the list at this moment, part by part."""
        ...

    def unfinished(self) -> ImportRun | None:
        """Return the import of the same file that was begun and not finished."""
        ...

    def begin(self) -> ImportRun:
        """Record that the import begins; the staged rows are kept."""
        ...

    def apply(self, run: ImportRun, first: int, last: int, decide: Decide) -> ImportRun:
        """Apply a range in one transaction: look up, add who is fresh, write what `decide` says.

        `decide` is asked about each part of it, and also gives the counts to add to the run's.
        Returns the run as it stands then. Raises `TryLater` when another process has applied the
        range meanwhile.
        """
        ...

    def finish(self, run: ImportRun, counts: Mapping[str, int], *, now: datetime) -> None:
        """Record that an import is done, with its final counts."""
        ...


class SubscriberStore(Protocol):
    """The list of one publication. Every change is durable before it returns."""

    def importing(
        self, *, file: str, sha256: str, consent: str, options: str, now: datetime
    ) -> AbstractContextManager[ImportSession]:
        """Open an import. Nothing is written before `begin`; each `apply` is durable by itself.

        Raises `Held` when erased addresses are on record and cannot be recognised.
        """
        ...

    def status_of(self, canonical: str) -> AddressStatus:
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

    def revise(self, canonical: str, decide: Callable[[Subscriber], Revision]) -> Subscriber | None:
        """Do the same with values of the profile beside the state, or without a new one."""
        ...
