"""Begin a day's content: an empty story to write, or a pasted page put in its place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from newsletter.content import stories as content_stories
from newsletter.content.edition_fields import Front, ImageTable, StoryTable, fronted
from newsletter.content.escaping import escaped
from newsletter.content.parts import Parts
from newsletter.content.pasted import Page, Saying
from newsletter.content.pasted.sayings import LEARNABLE
from newsletter.content.source import Home, SourceOptions, Web
from newsletter.content.sources import article, markdown, page
from newsletter.content.sources.page import PageSource, beside_of
from newsletter.content.web.page import WebPage, read_web_page
from newsletter.core.config.settings import Settings
from newsletter.core.errors import InputError, SourceError, UsageError, Where
from newsletter.core.model import Image, Part, Story, Supply
from newsletter.core.sentences import said
from newsletter.editions.files import free_name


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedPage:
    """A pasted page where its source will find it."""

    path: Path
    page: Page


def begin_story(day: date, settings: Settings) -> Path:
    """Write an empty story for a date where the `markdown` source looks, and say where.

    It is no valid story until it has a title and a text. Raises `UsageError` when the file
    exists or no `markdown` stands in the chain.
    """
    path = markdown.make(source_options("markdown", settings)).path(day)
    create(path, _empty(day).encode())
    return path


def story_file(day: date, settings: Settings) -> Path:
    """Return the file of a date's story: the pasted page, else the Markdown one, begun if need be.

    Raises `UsageError` where neither stands in the chain.
    """
    for name, make in (("page", page.make), ("markdown", markdown.make)):
        if any(one.type == name for one in settings.sources.story):
            path = make(source_options(name, settings)).path(day)
            if path.exists():
                return path
    return begin_story(day, settings)


def _empty(day: date) -> str:
    """Write a story's front matter without its words."""
    title, *others = (_asked(front) for front in fronted(StoryTable).values())
    picture = (_asked(front) for front in fronted(ImageTable).values())
    head = (f"# The story of {day}. Without a title it is not used.", title, f"date = {day}")
    about = "# A picture needs all three lines, and an address on the web."
    return "\n".join(("+++", *head, *others, about, *picture, "+++", "", ""))


def _asked(front: Front) -> str:
    return f"{'# ' if front.waits else ''}{front.key} = {front.draft}"


def keep_page(
    day: date,
    data: bytes,
    settings: Settings,
    *,
    markup: str = "",
    instead: bool = False,
    sayings: Sequence[Saying] = (),
) -> PastedPage:
    """Put a pasted page where the `page` source looks, byte for byte, and say what it holds.

    Its `markup`, cleaned, is kept beside it, so that the page is read the same at every time. What
    is said of its lines for every page to come is learned.

    `instead` of another page that is there already: that one is put aside. Raises `InputError`
    when it has no headline with a paragraph below, `UsageError` when the file exists or no `page`
    stands in the chain; nothing is written then.
    """
    source = page_source(settings)
    found = source.read(data, markup=markup, sayings=sayings)
    if not found.headline or not found.stories:
        raise InputError(
            said("The page has no headline with a paragraph below it, so it was not kept."),
            hint="Copy it from the headline on; `newsletter page parse FILE` shows what was read.",
        )
    for one in sayings:
        meaning = LEARNABLE.get(one.what)
        if one.from_now_on and meaning is not None and one.number <= len(found.lines):
            source.learn(found.lines[one.number - 1].text, meaning)
    path = source.path(day)
    for old in (path, beside_of(path)) if instead else ():
        if old.exists():
            old.replace(free_name(old))
    create(path, data)
    if markup and beside_of(path) != path:
        create(beside_of(path), markup.encode())
    return PastedPage(path=path, page=found)


def page_source(settings: Settings) -> PageSource:
    """Return the `page` source of the story's chain; `UsageError` where it is not in it."""
    return page.make(source_options("page", settings))


def source_options(source: str, settings: Settings) -> SourceOptions:
    """Return what a source of the story's chain is made from; `UsageError` where it is in none."""
    entry = next((one for one in settings.sources.story if one.type == source), None)
    if entry is None:
        raise UsageError(
            said(
                "The chain [sources] story has no “%(source)s”, so nobody would look there.",
                source=source,
            ),
            hint=f'Add {{ type = "{source}" }} to it in config.toml.',
            where=Where(key="sources.story", part=Part.STORY, leads=False),
        )
    return SourceOptions(
        options=entry.options,
        root=settings.root,
        part=Part.STORY,
        home=Home(name=settings.publication.name),
    )


def create(path: Path, content: bytes) -> None:
    """Write a new file; raises `UsageError` when it exists already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise UsageError(
            said("%(path)s exists already and stays as it is.", path=path),
            hint=said("Edit it, or move it away first."),
            where=Where(file=str(path), leads=False),
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """A draft made from a page."""

    path: Path
    url: str
    headline: str
    published: str | None  # as the page has it
    paragraphs: int
    image: str | None
    left_out: tuple[str, ...]  # what the page has and a story has no place for, and why no image


def take_over(url: str, day: date, settings: Settings, *, web: Web) -> TakenOver:
    """Write the story of a page where the `markdown` source looks.

    Raises `InputError` when the page cannot be had or has no story, `UsageError` when the file
    exists or no `markdown` stands in the chain; nothing is written then.
    """
    path = markdown.make(source_options("markdown", settings)).path(day)
    try:
        page = read_web_page(web.fetch(url, accept=article.ACCEPT), name=url)
        found = content_stories.parts_of(page)
        supply = content_stories.from_page(page, part=Part.STORY, picture=web.picture, origin=url)
    except SourceError as error:
        raise InputError(
            said("Nothing was taken over. %(what)s", what=error.what),
            hint=error.hint or "Copy the page's text and use `newsletter new --from-page -`.",
        ) from error
    lead = supply.stories[0]
    create(path, _draft(supply.stories, page, found, day).encode())
    return TakenOver(
        path=path,
        url=page.url,
        headline=lead.headline,
        published=page.date,
        paragraphs=sum(len(story.paragraphs) for story in supply.stories),
        image=lead.image.url if lead.image else None,
        left_out=tuple(_left_out(found, supply)),
    )


def _draft(stories: tuple[Story, ...], page: WebPage, found: Parts, day: date) -> str:
    """Write the file: the lead story, and further ones below headings of their own."""
    lead, *others = stories
    front = {one.key: getattr(lead, key) for key, one in fronted(StoryTable).items()}
    head = [f"{key} = {_toml(value)}" for key, value in front.items() if value]
    head.insert(1, f"date = {day}")
    body = list(lead.paragraphs)
    for story in others:
        body += [f"## {escaped(story.headline)}", *story.paragraphs]
    picture = _picture_lines(lead.image, page, found)
    lines = ("+++", *head, *picture, "+++", "", "\n\n".join(body), "")
    return "\n".join(lines)


def _picture_lines(image: Image | None, page: WebPage, found: Parts) -> Iterator[str]:
    """Yield the picture's lines; commented out where words or credit are missing."""
    front = fronted(ImageTable)
    if image is not None:
        values = {key: getattr(image, key) for key in front}
        yield from (f"{one.key} = {_toml(values[key])}" for key, one in front.items())
    elif usable := [one for one in page.pictures if not one.refusal]:
        first = usable[0]
        credit = first.credit or found.image_credit or ""
        values = {"url": first.url, "alt": first.alt, "credit": credit}
        yield "# A picture needs all three lines."
        yield from (f"# {one.key} = {_toml(values[key])}" for key, one in front.items())


def _left_out(found: Parts, supply: Supply) -> Iterator[str]:
    features = found.features
    yield from (name for name in ("fact", "quote", "word") if getattr(features, name))
    yield from (other.label for other in supply.others)
    for reason, count in Counter(one.reason for one in supply.left_out).items():
        yield f"{reason} ({count})"
    if supply.no_image:
        yield supply.no_image


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "")
