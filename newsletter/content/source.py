"""The contract of a source: what it is made from, what it may ask, and what it gives.

One file of `sources/` is one source, found by its name. Code outside the package is named by its
dotted path instead. The module defines

    make(options: SourceOptions) -> Source
    SECRETS = ("MUSEUM_API_KEY",)    the secrets it reads with `options.secret`, if any
    LOCAL = True                     where its material is files of the publication

and holds its options to what it knows (`content/sources/_options.py`). CONTRIBUTING.md has a
complete example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from newsletter.core.errors import SourceError, Where
from newsletter.core.model import Part, Supply
from newsletter.core.sentences import said


def _no_secret(_name: str) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address answered, within the limits of docs/content.md#the-web."""

    url: str  # where it was found in the end, after redirects
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    at: datetime  # when this body was fetched; earlier than now if nothing has changed since
    moved_to: str | None = None  # where it moved for good, as was seen twice in a row


class Fetch(Protocol):
    """The only way from a source to the network."""

    def __call__(
        self,
        url: str,
        *,
        accept: str = "*/*",
        most_bytes: int = 5_000_000,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Ask an address, politely, within one deadline; raises `SourceError` with the reason.

        Only a 2xx answer is returned. One that has not changed (304) is the stored body.
        """
        ...


class Past(Protocol):
    """What readers were given before: the no-repeat ledger, seen from a source."""

    def used_on(self, part: Part, supply: Supply, *, day: date) -> date | None:
        """Say when this supply, or one nearly the same, was last used before `day`.

        Looks back 365 days, never at `day` itself: a date always gives the same edition.
        """
        ...

    def last_sent(self, *, day: date) -> datetime | None:
        """Say when the latest edition before `day` was frozen; None when none was."""
        ...


def offline(
    url: str,
    *,
    accept: str = "*/*",
    most_bytes: int = 5_000_000,
    headers: Mapping[str, str] | None = None,
) -> Fetched:
    """Refuse every address: the `Fetch` where there is no network."""
    del accept, most_bytes, headers
    raise SourceError(said("%(url)s was not asked: there is no network here", url=url))


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that is there, as readers' mail programs will ask for it."""

    url: str
    width: int | None = None  # pixels, where it was measured
    height: int | None = None


def unmeasured(url: str) -> Picture:
    """Take a picture's address as it is: where there is no network."""
    return Picture(url=url)


def _stay() -> None:
    return None


class NothingSeen:
    """The `FeedMemory` in which every feed is new."""

    def seen(self, feed: str) -> tuple[SeenItem, ...]:
        """Know of nothing."""
        del feed
        return ()

    def remember(self, feed: str, items: Sequence[SeenItem]) -> None:
        """Forget it."""
        del feed, items


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The network as sources meet it."""

    fetch: Fetch = offline
    seen: FeedMemory = field(default_factory=NothingSeen)
    # Fetches, measures and stores a picture; raises `SourceError` for one that cannot be used.
    picture: Callable[[str], Picture] = unmeasured
    close: Callable[[], None] = _stay  # gives connections back; harmless when called twice


NO_WEB = Web()


class NothingUsed:
    """The `Past` of a publication that has not begun."""

    def used_on(self, part: Part, supply: Supply, *, day: date) -> date | None:
        """Know of nothing."""
        del part, supply, day
        return None

    def last_sent(self, *, day: date) -> datetime | None:
        """Know of no send."""
        del day
        return None


NOTHING_USED = NothingUsed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The publication as its own texts see it."""

    name: str = ""
    url: str = ""  # where its relative addresses begin
    zone: str = "UTC"  # IANA; in it a moment has its date
    media: str | None = None  # where content/media is served


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """What a source is made from: its table in config.toml and its surroundings."""

    options: Mapping[str, Any]  # without `type`; a source refuses keys it does not know
    root: Path  # relative paths in `options` start here
    part: Part  # the chain this source stands in
    fetch: Fetch = offline
    seen: FeedMemory = field(default_factory=NothingSeen)
    picture: Callable[[str], Picture] = unmeasured
    past: Past = field(default_factory=NothingUsed)
    seed: str = "main"  # the publication's id: two publications take another order
    language: str = "en"
    home: Home = field(default_factory=Home)
    now: datetime | None = None  # the moment of assembling, UTC; None in tests without a clock
    secret: Callable[[str], str | None] = _no_secret  # by a name in the module's SECRETS

    def where(self, *, source: str = "", key: str = "", leads: bool = True) -> Where:
        """Say where in config.toml this chain stands, or an option of a source in it."""
        chain = f"sources.{self.part}"
        return Where(
            key=f"{chain}.{key}" if key else chain,
            part=self.part,
            place=f"[sources] {self.part}" + (f", type “{source}”" if source else ""),
            leads=leads,
        )


@runtime_checkable
class Pool(Protocol):
    """A source whose entries take turns.

    When all of them were used within a year, the one of longest ago may come again, as the last
    resort of a chain.
    """

    def pool(self, part: Part) -> Iterable[Supply]:
        """Return every entry that takes turns; what belongs to one date only is not among them."""
        ...


class Source(Protocol):
    """Where a part comes from."""

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the part for a publication date.

        The same date gives the same answer as long as the material is the same. Raises
        `SourceError` when there is no valid part, with the reason; never returns an empty supply.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """The last word of an address: its last good answer, or why it has none."""

    url: str
    accept: str
    found_at: str = ""  # where the body was in the end, after redirects
    moved: int = 0  # how often in a row it led there by permanent redirects alone
    status: int = 0
    etag: str | None = None  # exactly as received, quotation marks included
    last_modified: str | None = None  # exactly as received
    headers: Mapping[str, str]
    body: bytes
    at: datetime  # when the body was fetched
    expires: datetime  # not asked again before
    refusal: str | None = None  # the sentence of a failure that came after the body


class AnswerStore(Protocol):
    """Where answers are kept between two commands."""

    def answer(self, url: str, accept: str) -> StoredAnswer | None:
        """Look up what an address said last."""
        ...

    def keep(self, answer: StoredAnswer) -> None:
        """Put an answer in the place of the one before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenItem:
    """An item of a feed as it was when it was seen first."""

    key: str  # its guid, else its link, else title and date
    link: str  # without scheme, `www.`, tracking and trailing slash; may be empty
    title_hash: str
    first_seen: datetime
    is_old: bool  # it stood there already when the feed was new


class FeedMemory(Protocol):
    """Which items of a feed were seen before."""

    def seen(self, feed: str) -> tuple[SeenItem, ...]:
        """Return all items of a feed that are remembered; none for a feed that is new."""
        ...

    def remember(self, feed: str, items: Sequence[SeenItem]) -> None:
        """Add items; one that is known stays as it was seen first."""
        ...
