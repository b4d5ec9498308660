"""A story from a page of the web, by its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from newsletter.content import stories
from newsletter.content.source import Fetch, SourceOptions
from newsletter.content.sources import _options
from newsletter.content.web.page import read_web_page
from newsletter.core.model import Part, Supply

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_DEFAULTS: dict[str, _options.Option] = {"url": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPageSource:
    """A page whose address is known beforehand, with the date in it or always the same."""

    url: str
    fetch_page: Fetch
    picture: stories.TakePicture

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the part as the page of the date has it.

        The text is found by trafilatura and read line by line as a pasted page is, so the story
        brings other “… of the Day” lines along. Raises `SourceError` when the page cannot be
        had or has no such part.
        """
        url = self.url.replace("{date}", day.isoformat())
        fetched = self.fetch_page(url, accept=ACCEPT)
        page = read_web_page(fetched, name=url)
        supply = stories.from_page(page, part=part, picture=self.picture, origin=url)
        return stories.with_new_address(supply, fetched) if url == self.url else supply


def make(options: SourceOptions) -> WebPageSource:
    """Make the source from its table. Option: `url`, in which `{date}` is the edition's date."""
    chosen = _options.checked(options, source="article", defaults=_DEFAULTS)
    return WebPageSource(
        url=stories.web_address(options, chosen["url"], source="article"),
        fetch_page=options.fetch,
        picture=options.picture,
    )
