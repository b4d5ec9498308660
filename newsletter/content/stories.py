"""What the web has becomes a supply: a story with its picture, or a feature of its page. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from newsletter.content import html
from newsletter.content.feeds.items import FeedItem
from newsletter.content.parts import Parts, read_parts
from newsletter.content.source import Fetched, Picture, SourceOptions
from newsletter.content.web import story_pictures
from newsletter.content.web.links import link
from newsletter.content.web.page import WebPage
from newsletter.content.web.story_pictures import Found
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Fact, LeftOut, Part, Quote, Story, Supply, Word
from newsletter.core.sentences import said

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


def from_page(page: WebPage, *, part: Part, picture: TakePicture, origin: str) -> Supply:
    """Return a part of a page of the web; the story brings its companions along."""
    return _supply(
        parts_of(page),
        Story(headline=page.headline, paragraphs=(), byline=page.author, link=link(page.url)),
        part=part,
        pictures=(page.pictures, picture),
        left_out=page.left_out,
        origin=origin,
    )


def parts_of(page: WebPage) -> Parts:
    """Return what the text of a page is: one story, or a digest with its features."""
    return read_parts(page.headline, page.blocks, base=page.url)


def from_item(
    item: FeedItem, *, part: Part, picture: TakePicture, origin: str, language: str = ""
) -> Supply:
    """Return a part of an item that carries its whole text; `language` is that of its quotes."""
    base = item.base or item.link or ""
    text = html.read(item.html, base=base, language=language, name=origin)
    parts = read_parts(item.title, text.blocks, base=base)
    return _supply(
        parts,
        Story(headline=item.title, paragraphs=(), byline=item.author, link=item.link),
        part=part,
        pictures=(item.pictures, picture),
        left_out=(*text.left_out, *item.left_out),
        origin=origin,
    )


def _supply(
    parts: Parts,
    lead: Story,
    *,
    part: Part,
    pictures: tuple[Sequence[Found], TakePicture],
    left_out: tuple[LeftOut, ...],
    origin: str,
) -> Supply:
    """Return a part of an article; `lead` has what is known of its story besides the text."""
    if part is not Part.STORY:
        return _feature(parts, part, origin)
    if not parts.stories:
        raise SourceError(
            said("%(origin)s: “%(headline)s” has no text.", origin=origin, headline=lead.headline)
        )
    found, take = pictures
    chosen = story_pictures.chosen(found, credit=parts.image_credit or "", picture=take)
    first = parts.stories[0]
    lead = replace(lead, headline=first.headline, paragraphs=first.paragraphs, markup=first.markup)
    return Supply(
        stories=(replace(lead, image=chosen.image), *parts.stories[1:]),
        others=parts.features.others,
        companions=parts.features.companions,
        origin=_told(origin, chosen.lack),
        no_image=chosen.lack,
        left_out=(*left_out, *parts.left_out, *chosen.left_out),
    )


def completed(web_page: WebPage, item: FeedItem) -> WebPage:
    """Add what only the feed knows of a page: author, pictures and, where it is, the credit."""
    return replace(
        web_page,
        url=item.link or web_page.url,
        author=item.author or web_page.author,
        pictures=(*item.pictures, *web_page.pictures),
    )


def _feature(parts: Parts, part: Part, origin: str) -> Supply:
    feature: Fact | Quote | Word | None = getattr(parts.features, part)
    if feature is None:
        raise SourceError(said("%(origin)s has no %(part)s.", origin=origin, part=part))
    return Supply(feature=feature, origin=origin)


def _told(origin: str, lack: str) -> str:
    return f"{origin} ({lack})" if lack else origin
