"""People as columns: what is known of a batch's people, one fact of everybody at a time.

A thousand people are looked at in a few calls, each of which goes over a whole column, where a
value per person would cost thousands. All columns of a batch have one length and one order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import compress
from typing import Self, TypeVar, overload

_Fact = TypeVar("_Fact")


_PLAIN = bytes(sign for sign in (*range(0x20, 0x7F), ord("\n")) if sign not in b'"\\')


class Lines(Sequence[str]):
    """A column of texts as the lines of one text, which is parted when a single value is wanted.

    Whatever looks at all values alike, or changes them alike, does it to the text.
    """

    def __init__(self, text: str) -> None:
        """Take the text, without an end behind its last line; an empty one is one empty value."""
        self.text = text

    @cached_property
    def parts(self) -> list[str]:
        """Return the values."""
        return self.text.split("\n")

    @cached_property
    def encoded(self) -> list[bytes]:
        """Return the values as UTF-8; half characters as what UTF-8 has no place for."""
        return self.text.encode(errors="surrogatepass").split(b"\n")

    @cached_property
    def longest(self) -> int:
        """Return the number of bytes of the longest value."""
        return max(map(len, self.encoded))

    @cached_property
    def is_plain(self) -> bool:
        """Say whether all is printable ASCII that stands in a JSON string as it is."""
        return self.text.isascii() and not self.text.encode().translate(None, _PLAIN)

    def __len__(self) -> int:
        """Count them."""
        return self.text.count("\n") + 1

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        """Return one of them, or some."""
        return self.parts[index]

    def __iter__(self) -> Iterator[str]:
        """Go through them in order."""
        return iter(self.parts)

    def __eq__(self, other: object) -> bool:
        """Compare with another column of the same values."""
        return self.parts == list(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        """Be told apart by the values."""
        return hash(self.text)

    def __contains__(self, value: object) -> bool:
        """Say whether it is one of them."""
        if value == "":  # asked of every column, so without a copy
            text = self.text
            return not text or "\n\n" in text or text[0] == "\n" or text[-1] == "\n"
        return isinstance(value, str) and value in self.parts


def lines(column: Sequence[str]) -> str | None:
    """Write a column as the lines of one text; None where a value has line ends of its own."""
    if isinstance(column, Lines):
        return column.text
    text = "\n".join(column)
    return text if text.count("\n") == len(column) - 1 else None


class Wrapped(Lines):
    """A column whose values have the same text before and after what differs."""

    def __init__(self, before: str, column: Lines, after: str) -> None:
        """Take the texts, which have no line ends, and what differs."""
        self.before, self.column, self.after = before, column, after

    @cached_property
    def text(self) -> str:  # type: ignore[override]  # made when it is asked for
        """Return all values as lines."""
        between = f"{self.after}\n{self.before}"
        return f"{self.before}{self.column.text.replace(chr(10), between)}{self.after}"

    @cached_property
    def longest(self) -> int:
        """Return the number of bytes of the longest value."""
        same = self.before + self.after
        return len(same.encode(errors="surrogatepass")) + self.column.longest

    def __len__(self) -> int:
        """Count them."""
        return len(self.column)

    def __contains__(self, value: object) -> bool:
        """Say whether it is one of them."""
        return bool(value or not (self.before or self.after)) and super().__contains__(value)


def wrapped(before: str, column: Sequence[str], after: str = "") -> Sequence[str]:
    """Put the same text before each value, and the same after it."""
    if isinstance(column, Wrapped):
        return Wrapped(before + column.before, column.column, column.after + after)
    if isinstance(column, Lines):
        return Wrapped(before, column, after)
    return [f"{before}{value}{after}" for value in column]


def longest(column: Sequence[str]) -> int:
    """Return the length of the longest value in characters, or a little more; 0 for no value."""
    return column.longest if isinstance(column, Lines) else max(map(len, column), default=0)


def length(column: Sequence[str]) -> int:
    """Return the length of all values together in characters, or a little more."""
    if isinstance(column, Wrapped):
        return len(column) * len(column.before + column.after) + len(column.column.text)
    return len(column.text) if isinstance(column, Lines) else sum(map(len, column))


class Numbers(Sequence[int]):
    """A column of whole numbers, written as the lines of one text."""

    def __init__(self, text: str) -> None:
        """Take the text, as `Lines` does."""
        self.lines = Lines(text)

    def __len__(self) -> int:
        """Count them."""
        return len(self.lines)

    @overload
    def __getitem__(self, index: int) -> int: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...

    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        """Return one of them, or some."""
        found = self.lines.parts[index]
        return int(found) if isinstance(found, str) else list(map(int, found))

    def __iter__(self) -> Iterator[int]:
        """Go through them in order."""
        return map(int, self.lines.parts)


def digits(column: Sequence[int]) -> Sequence[bytes]:
    """Write whole numbers as ASCII."""
    return column.lines.encoded if isinstance(column, Numbers) else [b"%d" % n for n in column]


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Recipients as the ledger holds them, with each subscriber's state of this moment."""

    positions: Sequence[int]  # 1 … recipients of the send; batches are ranges of positions
    addresses: Sequence[str]  # as frozen
    names: Sequence[str]
    tokens: Sequence[str]
    attributes: Sequence[str]  # a JSON object each; empty where nobody asked for them
    # Empty where everybody is active and nobody was suppressed since the freeze.
    states: Sequence[str | None] = ()  # of `SubscriberState`; None: no longer in the list
    suppressed: Sequence[bool] = ()

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
        """Return one of them, or some."""
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
