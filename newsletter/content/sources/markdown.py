"""Stories as Markdown files with front matter: the editor's own, dated or taking turns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from newsletter.content import blocks
from newsletter.content.edition_fields import StoryTable, fronted
from newsletter.content.source import NothingUsed, Past, SourceOptions
from newsletter.content.sources import _material, _options
from newsletter.content.sources._front_matter import FrontMatter, read_front_matter
from newsletter.content.validity import is_web_address
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Image, Part, Story, Supply

LOCAL = True  # a story that was taken away must not come back from an earlier look

_DEFAULTS: dict[str, _options.Option] = {"dir": "content/stories", "rotate": False}
_DATED_NAME = re.compile(r"(\d{4}-\d\d-\d\d)(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file whose front matter could be read; its story is only built when it is needed."""

    front: FrontMatter
    date: date | None
    order: int

    @property
    def name(self) -> str:
        """Name the file."""
        return self.front.name

    @property
    def is_held_back(self) -> bool:
        """Say whether its author does not want it out yet."""
        return bool(self.front.values.get("draft"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkdownSource:
    """A folder of stories, one file each."""

    root: Path
    dir: str
    rotate: bool = False
    past: Past = field(default_factory=NothingUsed)

    def path(self, day: date) -> Path:
        """Say where a new story for a date belongs."""
        return self.root / self.dir / f"{day.isoformat()}.md"

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the stories of the date in their `order`, else the undated one whose turn it is.

        Turns follow the calendar in the order of the files: as many days on end as there are
        undated stories without a repeat. Raises `SourceError` with file and line when a story of
        this date cannot be used, and when there is none. A fault in another file only costs that
        story its turns and is named in the origin.
        """
        del part  # `make` refuses any chain but the stories'
        files, faults = self._files()
        own_fault = next((faults[name] for name in faults if _date_in(name) == day), None)
        if own_fault is not None:
            raise own_fault
        todays = [file for file in files if file.date == day]
        ready = [file for file in todays if not file.is_held_back]
        if todays and not ready:
            todays[0].front.refuse("draft", "the story is still marked as a draft")
        if ready:
            stories = tuple(_story(file.front) for file in ready)
            return Supply(stories=stories, origin=", ".join(file.name for file in ready), own=True)
        return self._by_turns(_undated(files), faults, day)

    def pool(self, part: Part) -> Iterable[Supply]:
        """Return the undated stories when they take turns."""
        del part
        files, _ = self._files()
        stories, _ = _usable(_undated(files))
        return [Supply(stories=(story,), origin=name) for story, name in stories if self.rotate]

    def _files(self) -> tuple[list[_File], dict[str, SourceError]]:
        """Read every file as far as its front matter, in order; faults by file."""
        files: list[_File] = []
        faults: dict[str, SourceError] = {}
        for path in sorted((self.root / self.dir).glob("*.md")):
            name = _material.shown(path, root=self.root)
            try:
                text = _material.read_text(path, root=self.root)
                files.append(_file(read_front_matter(text, name=name)))
            except SourceError as error:
                faults[name] = error
        return sorted(files, key=lambda file: (file.order, file.name)), faults

    def _by_turns(
        self, undated: list[_File], faults: Mapping[str, SourceError], day: date
    ) -> Supply:
        if not self.rotate:
            more = f" ({len(undated)} without a date)" if undated else ""
            raise SourceError(
                f"{self.dir} has no story dated {day}{more}{_passed_over(faults)}.",
                hint="Write one with `newsletter new`, or let those without a date take turns: "
                "rotate = true.",
            )
        stories, more_faults = _usable(undated)
        passed_over = _passed_over({**faults, **more_faults})
        if not stories:
            raise SourceError(
                f"{self.dir} has no story dated {day} and none without a date{passed_over}."
            )
        chosen = _material.next_unused(
            stories,
            day,
            part=Part.STORY,
            past=self.past,
            supply=lambda entry: Supply(stories=(entry[0],)),
        )
        story, name = chosen or stories[0]
        return Supply(stories=(story,), origin=f"{name}{passed_over}")


def make(options: SourceOptions) -> MarkdownSource:
    """Make the source from its table. Options: `dir`, and `rotate` for undated stories."""
    if options.part is not Part.STORY:
        raise ConfigError(
            f"Markdown files are stories; [sources] {options.part} cannot use them.",
            hint=f"Use the source “table” in [sources] {options.part}.",
            where=options.where(leads=False),
        )
    chosen = _options.checked(options, source="markdown", defaults=_DEFAULTS)
    return MarkdownSource(
        root=options.root, dir=chosen["dir"], rotate=chosen["rotate"], past=options.past
    )


def _undated(files: list[_File]) -> list[_File]:
    return [file for file in files if file.date is None and not file.is_held_back]


def _usable(files: list[_File]) -> tuple[list[tuple[Story, str]], dict[str, SourceError]]:
    """Build the stories that can be built, each with its file's name, and name the faults."""
    stories: list[tuple[Story, str]] = []
    faults: dict[str, SourceError] = {}
    for file in files:
        try:
            stories.append((_story(file.front), file.name))
        except SourceError as error:
            faults[file.name] = error
    return stories, faults


def _passed_over(faults: Mapping[str, SourceError]) -> str:
    return _material.passed_over([error.what for error in faults.values()])


def _date_in(name: str) -> date | None:
    found = _DATED_NAME.match(name.rpartition("/")[2])
    try:
        return date.fromisoformat(found.group(1)) if found else None
    except ValueError:
        return None


def _file(front: FrontMatter) -> _File:
    order = front.values.get("order", 0)
    try:
        order = int(order)
    except (TypeError, ValueError):
        front.refuse("order", f"`order` must be a whole number, not “{order}”")
    return _File(front=front, date=_date(front), order=order)


def _date(front: FrontMatter) -> date | None:
    """Return the date of the front matter, else the one the file's name begins with."""
    value = front.values.get("date")
    if value is None or value == "":
        return _date_in(front.name)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        front.refuse("date", f"“{value}” is not a date such as 2026-03-01")


def _story(front: FrontMatter) -> Story:
    """Build the story. Raises `SourceError` with file and line when something is missing."""
    headline = _text(front, "title") or _text(front, "headline")
    if not headline:
        key = next((key for key in ("title", "headline") if key in front.lines), "")
        front.refuse(key, "the story has no headline", hint='Give it one: title = "…".')
    paragraphs = blocks.split(front.body, "markdown")
    if not paragraphs:
        front.refuse("", "there is no text below the front matter")
    lines: dict[str, Any] = {
        key: _text(front, one.key) for key, one in fronted(StoryTable).items() if key != "headline"
    }
    return Story(
        headline=headline,
        paragraphs=paragraphs,
        markup="markdown",
        image=_image(front),
        image_credit=_text(front, "image_credit"),
        **lines,
    )


def _text(front: FrontMatter, key: str) -> str | None:
    value: Any = front.values.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        front.refuse(key, f"`{key}` must be a text in quotation marks")
    return " ".join(value.split()) or None


def _image(front: FrontMatter) -> Image | None:
    url = _text(front, "image")
    if url is None:
        return None
    alt, credit = (_needed_by_image(front, key) for key in ("image_alt", "image_credit"))
    if not is_web_address(url, schemes=("https",)):
        front.refuse(
            "image",
            f"the image address must begin with https://, not “{url}”",
            hint="Readers' mail programs fetch it from the web; a file of this machine is no use.",
        )
    return Image(url=url, alt=alt, credit=credit)


def _needed_by_image(front: FrontMatter, key: str) -> str:
    value = _text(front, key)
    if not value:
        front.refuse("image", f"the image has no `{key}`")
    return value
