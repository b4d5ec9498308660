"""What the web has becomes a supply: a story with its picture, or a feature of its page. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from newsletter.content.feeds.items import FeedItem
from newsletter.content.pasted import Page, parse_page
from newsletter.content.source import Fetched, Picture, SourceOptions
from newsletter.content.web import richtext, story_pictures
from newsletter.content.web.links import link
from newsletter.content.web.page import WebPage
from newsletter.core.errors import ConfigError, InputError, SourceError
from newsletter.core.model import Fact, Part, Quote, Story, Supply, Word

TakePicture = Callable[[str], Picture]


def web_address(options: SourceOptions, chosen: str, *, source: str) -> str:
    """Return the address a source was told. Raises `ConfigError` when it is none."""
    if link(chosen.replace("{date}", "2026-03-01")) is None:
        raise ConfigError(
            "`url` must be a web address.",
            hint=f'{{ type = "{source}", url = "https://…" }}',
            where=options.where(source=source, key="url"),
        )
    return chosen


def with_new_address(supply: Supply, fetched: Fetched) -> Supply:
    """Propose the new address in the origin, where the one that was asked moved for good."""
    if fetched.moved_to is None:
        return supply
    note = f"it moved for good: set `url` to {fetched.moved_to} in config.toml"
    return replace(supply, origin=_told(supply.origin, note))


def from_page(web_page: WebPage, *, part: Part, picture: TakePicture, origin: str) -> Supply:
    """Return a part of a page of the web; the story brings its companions along."""
    page = web_page.page
    if part is not Part.STORY:
        return _feature(page, part, origin)
    if not page.headline or not page.stories:
        raise SourceError(f"{origin} has no headline with a paragraph below it.")
    credit = page.image_credit or ""
    image, lack = story_pictures.choose(web_page.pictures, credit=credit, picture=picture)
    lead = replace(
        page.stories[0],
        byline=web_page.author,
        link=link(web_page.url),
        image=image,
        image_credit=None,
    )
    return Supply(
        stories=(lead, *page.stories[1:]),
        others=page.features.others,
        intro=page.intro,
        origin=_told(origin, lack),
        no_image=lack,
    )


def from_item(item: FeedItem, *, part: Part, picture: TakePicture, origin: str) -> Supply:
    """Return a part of an item that carries its whole text.

    Links and emphasis are kept; lines that are features, credits or furniture are not the story's.
    """
    if richtext.is_huge(item.html):
        raise SourceError(f"{origin} is too large to be read for its story.")
    blocks = richtext.blocks(item.html, base=item.link or "")
    page = _page(item, blocks)
    if part is not Part.STORY:
        return _feature(page, part, origin)
    prose = {line for one in page.stories for line in (one.headline, *one.paragraphs)}
    kept = tuple(one.markdown for one in blocks if one.is_heading or one.plain in prose)
    if not kept:
        raise SourceError(f"{origin}: “{item.title}” has no text.")
    image, lack = story_pictures.choose(
        item.pictures, credit=page.image_credit or "", picture=picture
    )
    story = Story(
        headline=item.title,
        paragraphs=kept,
        markup="markdown",
        byline=item.author,
        image=image,
        link=item.link,
    )
    return Supply(
        stories=(story,),
        others=page.features.others,
        origin=_told(origin, lack),
        no_image=lack,
    )


def completed(web_page: WebPage, item: FeedItem) -> WebPage:
    """Add what only the feed knows of a page: author, pictures and, where it is, the credit."""
    return replace(
        web_page,
        url=item.link or web_page.url,
        author=item.author or web_page.author,
        pictures=(*item.pictures, *web_page.pictures),
    )


def _page(item: FeedItem, blocks: tuple[richtext.Block, ...]) -> Page:
    lines = (one.plain for one in blocks if not one.is_heading)
    try:
        return parse_page("\n\n".join((item.title, *lines)))
    except InputError as error:
        raise SourceError(f"“{item.title}”: {error.what}") from error


def _feature(page: Page, part: Part, origin: str) -> Supply:
    feature: Fact | Quote | Word | None = getattr(page.features, part)
    if feature is None:
        raise SourceError(f"{origin} has no {part}.")
    return Supply(feature=feature, origin=origin)


def _told(origin: str, lack: str) -> str:
    return f"{origin} ({lack})" if lack else origin
