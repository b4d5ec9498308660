"""The web for tests: a clock that stands, a store in memory, a `Fetch` over loopback, a feed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from newsletter.content.source import Fetch, Fetched, SeenItem, StoredAnswer
from newsletter.content.web import is_public, make_fetch
from newsletter.core.errors import SourceError
from newsletter.core.http.client import HttpClient
from tests.support.ledger import MovingClock
from tests.support.time import PATIENCE

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


class Memory:
    """What a database would keep."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], StoredAnswer] = {}
        self.items: dict[str, dict[str, SeenItem]] = {}

    def answer(self, url: str, accept: str) -> StoredAnswer | None:
        return self.answers.get((url, accept))

    def keep(self, answer: StoredAnswer) -> None:
        self.answers[answer.url, answer.accept] = replace(answer)

    def seen(self, feed: str) -> tuple[SeenItem, ...]:
        return tuple(self.items.get(feed, {}).values())

    def remember(self, feed: str, items: Any) -> None:
        known = self.items.setdefault(feed, {})
        for item in items:
            known.setdefault(item.key, item)


@contextmanager
def open_fetch(
    store: Memory | None = None,
    *,
    clock: MovingClock | None = None,
    allow_private: bool = True,
    deadline: float = PATIENCE,
    contact: str | None = "editor@brief.example.org",
    allow: Callable[[str], bool] | None = None,
) -> Iterator[Fetch]:
    """Return a real `Fetch`; it may reach this machine unless told otherwise."""
    with HttpClient(allow=allow or (None if allow_private else is_public)) as wire:
        yield make_fetch(
            wire,
            store or Memory(),
            agent="test/1" + (f" (+mailto:{contact})" if contact else ""),
            has_contact=contact is not None,
            clock=clock or MovingClock(NOW),
            jitter=lambda: 0.0,
            allow_private=allow_private,
            deadline=deadline,
        )


class RecordedWeb:
    """A `Fetch` that knows some addresses, and counts what it was asked."""

    def __init__(self, pages: Mapping[str, bytes | str], *, moved_to: str | None = None) -> None:
        self.pages = dict(pages)
        self.moved_to = moved_to
        self.asked: list[str] = []

    def __call__(
        self,
        url: str,
        *,
        accept: str = "*/*",
        most_bytes: int = 5_000_000,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        self.asked.append(url)
        if url not in self.pages:
            raise SourceError(f"{url} answered 404; it is not asked again before 08:00 UTC.")
        body = self.pages[url]
        data = body.encode() if isinstance(body, str) else body
        return Fetched(url=url, status=200, headers={}, body=data, at=NOW, moved_to=self.moved_to)


LONG = "The harbour board met on Saturday and agreed on the winter hours of the ferry. " * 6


def rss_item(
    title: str = "The ferry keeps its hours",
    *,
    guid: str = "id-1",
    link: str = "https://site.example/ferry",
    published: datetime | None = NOW,
    content: str | None = f"<p>{LONG}</p>",
    description: str = "",
    more: str = "",
) -> str:
    """Write an item of an RSS feed."""
    date = f"<pubDate>{format_datetime(published)}</pubDate>" if published else ""
    body = f"<content:encoded><![CDATA[{content}]]></content:encoded>" if content else ""
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link>"
        f'<guid isPermaLink="false">{guid}</guid>{date}'
        f"<description><![CDATA[{description}]]></description>{body}{more}</item>"
    )


def rss(*items: str) -> str:
    """Write an RSS feed."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Site</title>'
        f"<link>https://site.example</link>{''.join(items)}</channel></rss>"
    )


def web_page(title: str = "The ferry keeps its hours", *, head: str = "", body: str = "") -> str:
    """Write a page with three paragraphs."""
    text = "".join(
        f"<p>{part} of three: the harbour board met on Saturday and agreed on the winter hours of "
        "the ferry, after it had heard its crew and those who take it to work each day.</p>"
        for part in ("One", "Two", "Three")
    )
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head><body>'
        f"<nav>top of page</nav><article><h1>{title}</h1>{text}{body}</article>"
        "<footer>bottom of page</footer></body></html>"
    )
