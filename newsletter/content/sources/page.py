"""Pasted page text: what an editor copied from the site, one file a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from newsletter.content.pasted import Page, parse_page
from newsletter.content.source import SourceOptions
from newsletter.content.sources import _material, _options
from newsletter.core.errors import InputError, SourceError, Where
from newsletter.core.model import Fact, Part, Quote, Supply, Word

LOCAL = True  # a page that was taken away must not come back from an earlier look

_DEFAULTS: dict[str, _options.Option] = {
    "file": "content/pages/{date}.txt",
    "furniture": [],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSource:
    """The pasted page of a date, for the story and for each feature it carries."""

    root: Path
    file: str
    furniture: tuple[str, ...] = ()

    def path(self, day: date) -> Path:
        """Say where the page of a date is looked for."""
        return self.root / self.file.replace("{date}", day.isoformat())

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the part as the page of the date has it.

        The story part brings the page's other features and its introduction along. Raises
        `SourceError` when there is no page, or the page has no such part.
        """
        path = self.path(day)
        name = _material.shown(path, root=self.root)
        try:
            page = parse_page(_material.read(path, root=self.root), furniture=self.furniture)
        except InputError as error:
            where = Where(file=name, part=part)
            raise SourceError(error.what, hint=error.hint, where=where) from error
        if part is Part.STORY:
            return _story_supply(page, name)
        feature: Fact | Quote | Word | None = getattr(page.features, part)
        if feature is None:
            raise SourceError(f"{name} has no {part}.", where=_of(name, part))
        return Supply(feature=feature, origin=name, own=True)


def make(options: SourceOptions) -> PageSource:
    """Make the source from its table. Options: `file` (with `{date}`), `furniture`."""
    chosen = _options.checked(options, source="page", defaults=_DEFAULTS)
    return PageSource(root=options.root, file=chosen["file"], furniture=tuple(chosen["furniture"]))


def _story_supply(page: Page, name: str) -> Supply:
    if not page.headline:
        raise SourceError(f"{name} has no headline.", where=_of(name, Part.STORY))
    if not page.stories:
        what = f"{name} has a headline but no paragraph below it."
        raise SourceError(what, where=_of(name, Part.STORY))
    return Supply(
        stories=page.stories,
        others=page.features.others,
        intro=page.intro,
        origin=name,
        own=True,
    )


def _of(name: str, part: Part) -> Where:
    return Where(file=name, part=part, leads=False)
