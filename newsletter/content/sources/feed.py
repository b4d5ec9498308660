"""A story from a feed: RSS, Atom, RDF or JSON Feed, whole or with the rest from its page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from newsletter.content import stories
from newsletter.content.feeds import plain
from newsletter.content.feeds.items import FeedItem, read_items
from newsletter.content.feeds.selection import choose
from newsletter.content.source import FeedMemory, Fetch, Past, SourceOptions
from newsletter.content.sources import _options, article
from newsletter.content.web.page import read_web_page
from newsletter.core.errors import SourceError
from newsletter.core.model import Part, Story, Supply
from newsletter.core.sentences import said

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "application/json;q=0.9, */*;q=0.5"
)
_DEFAULTS: dict[str, _options.Option] = {"url": "", "full": True, "max_age": 36}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSource:
    """The newest item of a feed that is fresh, new and unused."""

    url: str
    full: bool
    max_age: timedelta
    fetch_page: Fetch
    seen: FeedMemory
    past: Past
    picture: stories.TakePicture
    now: datetime | None
    language: str

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the part as today's item of the feed has it.

        Rules of content.md 7.2: published at most `max_age` ago and not before the last edition
        was sent, not in the future, not there when the feed was new, not used before. An item
        that is cut is read from its own page, unless `full` is off. Where the page cannot be read,
        a summary that does not say that it is cut stands for itself. Raises `SourceError` with the
        reason when there is none.
        """
        # Without a clock (in tests), the end of the edition's day.
        now = self.now or datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)
        fetched = self.fetch_page(self.url, accept=_ACCEPT)
        items = read_items(fetched, name=self.url, language=self.language)
        links = Counter(item.address for item in items)
        choice = choose(
            items,
            self.seen.seen(self.url),
            now=now,
            max_age=self.max_age,
            last_sent=self.past.last_sent(day=day),
            used_on=lambda item: self._used_on(item, day, is_own=links[item.address] == 1),
        )
        self.seen.remember(self.url, choice.remember)
        if choice.item is None:
            raise SourceError(
                said(
                    "%(url)s has no story for today: %(reason)s.",
                    url=self.url,
                    reason=choice.reason,
                )
            )
        return stories.with_new_address(self._supply(choice.item, part), fetched)

    def _supply(self, item: FeedItem, part: Part) -> Supply:
        if not (self.full and item.is_cut):
            return self._own_text(item, part)
        try:
            return self._page(item, part)
        except SourceError as error:
            if item.cut_sign or not _has_words(item):
                raise
            return self._own_text(item, part, note=error.what.rstrip("."))

    def _own_text(self, item: FeedItem, part: Part, *, note: str = "") -> Supply:
        """Return what the feed itself has of an item; `note` says why its page was not taken."""
        origin = item.link or self.url
        told = f"{origin} (the feed’s own text: {note})" if note else origin
        return stories.from_item(
            item, part=part, picture=self.picture, origin=told, language=self.language
        )

    def _page(self, item: FeedItem, part: Part) -> Supply:
        if item.link is None:
            raise SourceError(
                said(
                    "%(url)s has only a summary of “%(title)s”, and no link.",
                    url=self.url,
                    title=item.title,
                )
            )
        page = self.fetch_page(item.link, accept=article.ACCEPT)
        try:
            found = read_web_page(page, name=item.link)
        except SourceError as error:
            raise SourceError(
                said(
                    "%(url)s has only a summary of “%(title)s”: %(why)s",
                    url=self.url,
                    title=item.title,
                    why=error.what,
                )
            ) from error
        return stories.from_page(
            stories.completed(found, item),
            part=part,
            picture=self.picture,
            origin=item.link,
        )

    def _used_on(self, item: FeedItem, day: date, *, is_own: bool) -> date | None:
        """Say when an item was used; a link that several items share tells nothing of one."""
        link = item.link if is_own else None
        story = Story(headline=item.title, paragraphs=(), link=link)
        return self.past.used_on(Part.STORY, Supply(stories=(story,)), day=day)


def _has_words(item: FeedItem) -> bool:
    return bool(plain.from_html(item.html))


def make(options: SourceOptions) -> FeedSource:
    """Make the source from its table. Options: `url`, `full`, `max_age` in hours."""
    chosen = _options.checked(options, source="feed", defaults=_DEFAULTS)
    return FeedSource(
        url=stories.web_address(options, chosen["url"], source="feed"),
        full=chosen["full"],
        max_age=timedelta(hours=chosen["max_age"]),
        fetch_page=options.fetch,
        seen=options.seen,
        past=options.past,
        picture=options.picture,
        now=options.now,
        language=options.language,
    )
