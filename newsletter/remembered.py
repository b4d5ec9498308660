"""What is remembered of the web: answers of addresses, and the items of feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


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
        """Give all items of a feed that are remembered; none for a feed that is new."""
        ...

    def remember(self, feed: str, items: Sequence[SeenItem]) -> None:
        """Add items; one that is known stays as it was seen first."""
        ...
