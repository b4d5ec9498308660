"""Begin a day's content: an empty story to write, or a pasted page put in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from newsletter.content.pasted import Page, parse_page
from newsletter.content.source import SourceOptions
from newsletter.content.sources import markdown, page
from newsletter.core.config.settings import Settings
from newsletter.core.errors import InputError, UsageError
from newsletter.core.model import Part
from newsletter.editions.folder import free_name

_STORY = """\
+++
# The story of {day}. Without a title it is not used.
title = ""
date = {day}
byline = ""
# link = "https://…"
# A picture needs all three lines, and an address on the web.
# image = "https://…"
# image_alt = "What the picture shows, for those who do not see it"
# image_credit = "Who took it"
+++

"""


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
    create(path, _STORY.format(day=day).encode())
    return path


def keep_page(day: date, data: bytes, settings: Settings, *, instead: bool = False) -> PastedPage:
    """Put a pasted page where the `page` source looks, byte for byte, and say what it holds.

    `instead` of another page that is there already: that one is put aside. Raises `InputError`
    when it has no headline with a paragraph below, `UsageError` when the file exists or no `page`
    stands in the chain; nothing is written then.
    """
    source = page.make(source_options("page", settings))
    found = parse_page(data, furniture=source.furniture)
    if not found.headline or not found.stories:
        raise InputError(
            "The page has no headline with a paragraph below it, so it was not kept.",
            hint="Copy it from the headline on; `newsletter page parse FILE` shows what was read.",
        )
    path = source.path(day)
    if instead and path.exists():
        path.replace(free_name(path))
    create(path, data)
    return PastedPage(path=path, page=found)


def source_options(source: str, settings: Settings) -> SourceOptions:
    """Give what a source of the story's chain is made from; `UsageError` where it is in none."""
    entry = next((one for one in settings.sources.story if one.type == source), None)
    if entry is None:
        raise UsageError(
            f"The chain [sources] story has no “{source}”, so nobody would look there.",
            hint=f'Add {{ type = "{source}" }} to it in config.toml.',
        )
    return SourceOptions(options=entry.options, root=settings.root, part=Part.STORY)


def create(path: Path, content: bytes) -> None:
    """Write a new file; raises `UsageError` when it exists already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise UsageError(
            f"{path} exists already and stays as it is.",
            hint="Edit it, or move it away first.",
        ) from error
