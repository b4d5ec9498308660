"""People as columns: what is known of a batch's people, one fact of everybody at a time.

A thousand people are looked at in a few calls, each of which goes over a whole column, where a
value per person would cost thousands. All columns of a batch have one length and one order, that
of the positions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import compress
from typing import Self, TypeVar, overload

_Fact = TypeVar("_Fact")


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Recipients as the ledger holds them, with each subscriber's state of this moment."""

    positions: Sequence[int]  # 1 … recipients of the send; batches are ranges of positions
    addresses: Sequence[str]  # as frozen
    names: Sequence[str]
    tokens: Sequence[str]
    attributes: Sequence[Mapping[str, str]]
    states: Sequence[str | None]  # of `SubscriberState`; None: no longer in the list
    suppressed: Sequence[bool]

    def __len__(self) -> int:
        """Count them."""
        return len(self.positions)

    def without(self, indexes: Collection[int]) -> People:
        """Leave some out."""
        if not indexes:
            return self
        columns = {one.name: getattr(self, one.name) for one in fields(self)}
        stay = _all_but(indexes, len(self))
        return People(**{name: _chosen(column, stay) for name, column in columns.items()})


NOBODY = People(
    positions=(), addresses=(), names=(), tokens=(), attributes=(), states=(), suppressed=()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One person of an attempt, ready for the provider."""

    position: int
    address: str
    name: str
    substitutions: Mapping[str, str]  # tag → value
    unsubscribe_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients(Sequence[Recipient]):
    """The people of an attempt: for one provider a sequence of recipients, for another columns."""

    positions: Sequence[int]
    addresses: Sequence[str]
    names: Sequence[str]
    unsubscribe_urls: Sequence[str]
    substitutions: Mapping[str, Sequence[str]]  # tag → everybody's value

    @classmethod
    def of(cls, people: Iterable[Recipient]) -> Self:
        """Put single recipients together; all have values for the same tags."""
        people = tuple(people)
        tags = people[0].substitutions if people else ()
        return cls(
            positions=tuple(one.position for one in people),
            addresses=tuple(one.address for one in people),
            names=tuple(one.name for one in people),
            unsubscribe_urls=tuple(one.unsubscribe_url for one in people),
            substitutions={tag: tuple(one.substitutions[tag] for one in people) for tag in tags},
        )

    def __len__(self) -> int:
        """Count them."""
        return len(self.positions)

    @overload
    def __getitem__(self, index: int) -> Recipient: ...

    @overload
    def __getitem__(self, index: slice) -> Recipients: ...

    def __getitem__(self, index: int | slice) -> Recipient | Recipients:
        """Give one of them, or some."""
        if isinstance(index, slice):
            some = set(range(len(self))[index])
            return self.without(set(range(len(self))) - some)
        return Recipient(
            position=self.positions[index],
            address=self.addresses[index],
            name=self.names[index],
            substitutions={tag: values[index] for tag, values in self.substitutions.items()},
            unsubscribe_url=self.unsubscribe_urls[index],
        )

    def __iter__(self) -> Iterator[Recipient]:
        """Go through them in order."""
        return map(self.__getitem__, range(len(self)))

    def without(self, indexes: Collection[int]) -> Recipients:
        """Leave some out."""
        if not indexes:
            return self
        stay = _all_but(indexes, len(self))
        values = self.substitutions.items()
        return Recipients(
            positions=_chosen(self.positions, stay),
            addresses=_chosen(self.addresses, stay),
            names=_chosen(self.names, stay),
            unsubscribe_urls=_chosen(self.unsubscribe_urls, stay),
            substitutions={tag: _chosen(column, stay) for tag, column in values},
        )


def _all_but(indexes: Collection[int], count: int) -> Sequence[bool]:
    stay = [True] * count
    for index in indexes:
        stay[index] = False
    return stay


def _chosen(column: Sequence[_Fact], which: Sequence[bool]) -> Sequence[_Fact]:
    return tuple(compress(column, which))
