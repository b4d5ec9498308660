"""A story as it is written in one file: its front matter's keys and its text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from newsletter.content import bylines
from newsletter.content.edition_fields import StoryTable, fronted
from newsletter.content.markdown import body
from newsletter.content.markdown.targets import Locate
from newsletter.content.sources._front_matter import FrontMatter
from newsletter.content.validity import is_web_address
from newsletter.core.model import Image, LeftOut, Story, Supply
from newsletter.core.sentences import said

_NO_PICTURE = "the picture has no `image_alt` and no `image_credit`"


def written(front: FrontMatter, *, base: str, locate: Locate, language: str = "en") -> Supply:
    """Build the story. Raises `SourceError` with file and line when something is missing."""
    headline = _text(front, "title") or _text(front, "headline")
    read = body.read(front.body, headline=headline or "", base=base, locate=locate)
    headline = headline or read.heading
    if not headline:
        key = next((key for key in ("title", "headline") if key in front.lines), "")
        front.refuse(key, said("the story has no headline"), hint=said('Give it one: title = "…".'))
    if not read.blocks:
        front.refuse("", said("there is no text below the front matter"))
    image, left_out = _image(front, locate)
    lines: dict[str, Any] = {
        key: _text(front, one.key)
        for key, one in fronted(StoryTable).items()
        if key not in {"headline", "byline", "link"}
    }
    story = Story(
        headline=headline,
        paragraphs=read.blocks,
        markup="markdown",
        byline=_byline(front, language),
        link=_link(front, locate),
        image=image,
        image_credit=_text(front, "image_credit"),
        **lines,
    )
    return Supply(
        stories=(story,),
        origin=front.name,
        no_image=left_out[0].reason if left_out else "",
        left_out=(*left_out, *read.left_out),
    )


def _text(front: FrontMatter, key: str) -> str | None:
    """Return a value in one line; a number or a date of TOML as it is written there."""
    value: Any = front.values.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        front.refuse(key, said("`%(key)s` must be a text in quotation marks", key=key))
    return " ".join(str(value).split()) or None


def _byline(front: FrontMatter, language: str) -> str | None:
    """Return who wrote it: `byline`, else what other programs call `author` or `authors`."""
    keys = ("byline",) if front.values.get("byline") else ("author", "authors")
    names = (name for key in keys for name in _names(front.values.get(key)))
    return bylines.byline(names, language=language)


def _names(value: Any) -> Iterator[str]:
    """Yield the names in a text, a list, or a table with a `name`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _names(entry)
    elif isinstance(value, dict):
        yield from _names(value.get("name"))


def _link(front: FrontMatter, locate: Locate) -> str | None:
    written_link = _text(front, "link")
    found = locate(written_link, False) if written_link else None  # noqa: FBT003  # no picture
    return (found.address or written_link) if found else None


def _image(front: FrontMatter, locate: Locate) -> tuple[Image | None, tuple[LeftOut, ...]]:
    """Return the picture, or what was left out: one that another program's front matter names."""
    value = front.values.get("image")
    is_foreign = isinstance(value, dict | list) or not (
        _is_secure(value) or front.values.get("image_alt") or front.values.get("image_credit")
    )
    if value and is_foreign:
        text = value if isinstance(value, str) else "image"
        return None, (LeftOut(text=text, reason=_NO_PICTURE),)
    url = _text(front, "image")
    if url is None:
        return None, ()
    alt, credit = (_needed_by_image(front, key) for key in ("image_alt", "image_credit"))
    found = locate(url, True)  # noqa: FBT003  # a picture
    if not _is_secure(found.address):
        front.refuse(
            "image",
            said("the image address must begin with https://, not “%(url)s”", url=url),
            hint=said(
                "Readers' mail programs fetch it from the web; a file of this machine is no use."
            ),
        )
    return Image(url=str(found.address), alt=alt, credit=credit), ()


def _is_secure(url: Any) -> bool:
    return isinstance(url, str) and is_web_address(url, schemes=("https",))


def _needed_by_image(front: FrontMatter, key: str) -> str:
    value = _text(front, key)
    if not value:
        front.refuse("image", said("the image has no `%(key)s`", key=key))
    return value
