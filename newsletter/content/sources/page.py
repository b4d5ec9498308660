"""Pasted page text: what an editor copied from the site, one file a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from newsletter.content.pasted import (
    Marked,
    Meaning,
    Page,
    Saying,
    Site,
    as_said,
    parse_marked,
    parse_page,
)
from newsletter.content.pasted.learned import LearnedLine, correction, learn, read_site
from newsletter.content.pasted.sayings import LEARNABLE
from newsletter.content.source import SourceOptions
from newsletter.content.sources import _material, _options
from newsletter.core.errors import InputError, SourceError, UsageError, Where
from newsletter.core.model import Fact, Part, Quote, Supply, Word
from newsletter.core.sentences import said

LOCAL = True  # a page that was taken away must not come back from an earlier look

_DEFAULTS: dict[str, _options.Option] = {
    "file": "content/pages/{date}.txt",
    "furniture": [],
    "learned": "content/site.toml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSource:
    """The pasted page of a date, for the story and for each feature it carries."""

    root: Path
    file: str
    furniture: tuple[str, ...] = ()
    learned: str = "content/site.toml"
    publication: str = ""

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
        data = _material.read(path, root=self.root)
        try:
            page = self.read(data, markup=markup_beside(path))
        except InputError as error:
            where = Where(file=name, part=part)
            raise SourceError(error.what, hint=error.hint, where=where) from error
        except UsageError as error:  # it says where in the file of what was learned
            raise SourceError(error.sentence, hint=error.hint, where=error.where) from error
        if part is Part.STORY:
            return _story_supply(page, name)
        feature: Fact | Quote | Word | None = getattr(page.features, part)
        if feature is None:
            raise SourceError(
                said("%(name)s has no %(part)s.", name=name, part=part), where=_of(name, part)
            )
        return Supply(feature=feature, origin=name, own=True)

    def read(self, data: bytes | str, *, markup: str = "", sayings: Sequence[Saying] = ()) -> Page:
        """Read a page with all that is known of the site, and with what is said of its lines.

        `markup`, cleaned, counts where its lines are those of the text. Raises `InputError` for
        what is no text, `UsageError` for a fault in what was learned.
        """
        site = self.site()
        page = self._read(data, markup, site)
        if not sayings:
            return page
        also = tuple(_learned(page, sayings))
        if also:  # they stand for other lines of this page, too
            page = self._read(data, markup, replace(site, lines=(*site.lines, *also)))
        return as_said(page, sayings)

    def _read(self, data: bytes | str, markup: str, site: Site) -> Page:
        lines = _lines(data, markup) if markup else None
        if lines is None:
            return parse_page(data, furniture=self.furniture, site=site)
        return parse_marked(lines, furniture=self.furniture, site=site)

    def site(self) -> Site:
        """Return what is known of the site; its file need not be there."""
        name = self.learned
        return read_site(self._learned_text(), name=name, publication=self.publication)

    def learn(self, line: str, meaning: Meaning) -> None:
        """Keep what somebody says of a line, for every page from now on."""
        path = self.root / self.learned
        before = self._learned_text()
        after = learn(before, correction(line, meaning), name=self.learned)
        if after != before:
            path.parent.mkdir(parents=True, exist_ok=True)
            written = path.with_name(f".{path.name}.new")
            written.write_text(after, encoding="utf-8")
            written.replace(path)

    def _learned_text(self) -> str:
        path = self.root / self.learned
        where = Where(file=self.learned, leads=False)
        try:
            return path.read_text(encoding="utf-8-sig") if path.exists() else ""
        except UnicodeDecodeError as error:
            hint = said("Save it as UTF-8.")
            raise UsageError(
                said("%(name)s is not UTF-8.", name=self.learned), hint=hint, where=where
            ) from error
        except OSError as error:
            what = said(
                "%(name)s cannot be read: %(why)s.",
                name=self.learned,
                why=error.strerror,
            )
            raise UsageError(what, hint=said("Look at the file."), where=where) from error


def beside_of(path: Path) -> Path:
    """Say where the markup of a page is kept, if it was pasted with it."""
    return path.with_suffix(".html")


def markup_beside(path: Path) -> str:
    """Return the markup that was kept beside a page, cleaned; nothing where there is none."""
    beside = beside_of(path)
    if beside == path or not beside.is_file():
        return ""
    from newsletter.content.web.copied import cleaned  # noqa: PLC0415  # a send needs less

    try:
        return cleaned(_material.read_text(beside, root=beside.parent))
    except SourceError:  # the text counts
        return ""


def _lines(data: bytes | str, markup: str) -> Sequence[Marked] | None:
    """Return the lines of a text as its markup tells them; None where they are not the same."""
    from newsletter.content.web.copied import read_copied  # noqa: PLC0415  # a send needs less

    copied = read_copied(markup)
    return copied.lines if copied is not None and copied.is_of(data) else None


def _learned(page: Page, sayings: Iterable[Saying]) -> Iterator[LearnedLine]:
    """Yield what is said of lines for every page to come."""
    for one in sayings:
        meaning = LEARNABLE.get(one.what)
        if one.from_now_on and meaning is not None and one.number <= len(page.lines):
            yield correction(page.lines[one.number - 1].text, meaning)


def make(options: SourceOptions) -> PageSource:
    """Make the source from its table. Options: `file` (with `{date}`), `furniture`, `learned`."""
    chosen = _options.checked(options, source="page", defaults=_DEFAULTS)
    return PageSource(
        root=options.root,
        file=chosen["file"],
        furniture=tuple(chosen["furniture"]),
        learned=chosen["learned"],
        publication=options.home.name,
    )


def _story_supply(page: Page, name: str) -> Supply:
    if not page.headline:
        raise SourceError(said("%(name)s has no headline.", name=name), where=_of(name, Part.STORY))
    if not page.stories:
        what = said("%(name)s has a headline but no paragraph below it.", name=name)
        raise SourceError(what, where=_of(name, Part.STORY))
    return Supply(
        stories=page.stories,
        others=page.features.others,
        intro=page.intro,
        origin=name,
        own=True,
        left_out=page.left_out,
        companions=page.features.companions,
    )


def _of(name: str, part: Part) -> Where:
    return Where(file=name, part=part, leads=False)
