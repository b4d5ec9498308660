"""Stories as Markdown files with front matter: the editor's own, dated or taking turns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from newsletter.content.markdown import dates
from newsletter.content.source import Home, NothingUsed, Past, SourceOptions
from newsletter.content.sources import _material, _options
from newsletter.content.sources._front_matter import FrontMatter, read_front_matter
from newsletter.content.sources._near import Near
from newsletter.content.sources._written import written
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Part, Supply
from newsletter.core.sentences import said

_KINDS = ("*.md", "*.markdown", "*.mdx")
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
        return bool(self.front.flag("draft")) or self.front.flag("published") is False


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkdownSource:
    """A folder of stories, one file each."""

    root: Path
    dir: str
    rotate: bool = False
    past: Past = field(default_factory=NothingUsed)
    home: Home = field(default_factory=Home)
    language: str = "en"

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
            key = "draft" if todays[0].front.flag("draft") else "published"
            todays[0].front.refuse(key, said("the story is still marked as a draft"))
        if ready:
            return self._supplied(ready)
        return self._by_turns(_undated(files), faults, day)

    def pool(self, part: Part) -> Iterable[Supply]:
        """Return the undated stories when they take turns."""
        del part
        files, _ = self._files()
        usable, _ = self._usable(_undated(files)) if self.rotate else ([], {})
        return usable

    def _files(self) -> tuple[list[_File], dict[str, SourceError]]:
        """Read every file as far as its front matter, in order; faults by file."""
        files: list[_File] = []
        faults: dict[str, SourceError] = {}
        folder = self.root / self.dir
        if not folder.is_dir():
            raise SourceError(
                said("There is no folder %(dir)s.", dir=self.dir),
                hint=said("Make it, or correct `dir`."),
            )
        for path in sorted(found for kind in _KINDS for found in folder.glob(kind)):
            name = _material.shown(path, root=self.root)
            try:
                text = _material.read_text(path, root=self.root)
                files.append(_file(read_front_matter(text, name=name), zone=self.home.zone))
            except SourceError as error:
                faults[name] = error
        return sorted(files, key=lambda file: (file.order, file.name)), faults

    def _by_turns(
        self, undated: list[_File], faults: Mapping[str, SourceError], day: date
    ) -> Supply:
        if not self.rotate:
            more = said(" (%(count)s without a date)", count=len(undated)) if undated else ""
            raise SourceError(
                said(
                    "%(dir)s has no story dated %(day)s%(more)s%(passed_over)s.",
                    dir=self.dir,
                    day=day,
                    more=more,
                    passed_over=_passed_over(faults),
                ),
                hint="Write one with `newsletter new`, or let those without a date take turns: "
                "rotate = true.",
            )
        stories, more_faults = self._usable(undated)
        passed_over = _passed_over({**faults, **more_faults})
        if not stories:
            raise SourceError(
                said(
                    "%(dir)s has no story dated %(day)s and none without a date%(passed_over)s.",
                    dir=self.dir,
                    day=day,
                    passed_over=passed_over,
                )
            )
        chosen = _material.next_unused(
            stories,
            day,
            part=Part.STORY,
            past=self.past,
            supply=lambda entry: entry,
        )
        found = chosen or stories[0]
        return replace(found, origin=f"{found.origin}{passed_over}")

    def _supplied(self, files: list[_File]) -> Supply:
        """Return the stories of a date. Raises `SourceError` for one that cannot be built."""
        made = [self._made(file.front) for file in files]
        return Supply(
            stories=tuple(story for one in made for story in one.stories),
            origin=", ".join(file.name for file in files),
            own=True,
            no_image=made[0].no_image,
            left_out=tuple(gone for one in made for gone in one.left_out),
        )

    def _usable(self, files: list[_File]) -> tuple[list[Supply], dict[str, SourceError]]:
        """Build the stories that can be built, and name the faults by file."""
        supplies: list[Supply] = []
        faults: dict[str, SourceError] = {}
        for file in files:
            try:
                supplies.append(self._made(file.front))
            except SourceError as error:
                faults[file.name] = error
        return supplies, faults

    def _made(self, front: FrontMatter) -> Supply:
        near = Near(root=self.root, folder=(self.root / front.name).parent, home=self.home)
        return written(front, base=self.home.url, locate=near.locate, language=self.language)


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
        root=options.root,
        dir=chosen["dir"],
        rotate=chosen["rotate"],
        past=options.past,
        home=options.home,
        language=options.language,
    )


def _undated(files: list[_File]) -> list[_File]:
    return [file for file in files if file.date is None and not file.is_held_back]


def _passed_over(faults: Mapping[str, SourceError]) -> str:
    return _material.passed_over([error.what for error in faults.values()])


def _date_in(name: str) -> date | None:
    found = _DATED_NAME.match(name.rpartition("/")[2])
    try:
        return date.fromisoformat(found.group(1)) if found else None
    except ValueError:
        return None


def _file(front: FrontMatter, *, zone: str) -> _File:
    order = front.values.get("order") or 0
    try:
        order = int(order)
    except (TypeError, ValueError):
        front.refuse("order", said("`order` must be a whole number, not “%(order)s”", order=order))
    return _File(front=front, date=_date(front, zone=zone), order=order)


def _date(front: FrontMatter, *, zone: str) -> date | None:
    """Return the date of the front matter, else the one the file's name begins with."""
    value = front.values.get("date")
    if value is None or value == "":
        return _date_in(front.name)
    found = dates.in_zone(value, zone)
    if found is None:
        front.refuse("date", said("“%(value)s” is not a date such as 2026-03-01", value=value))
    return found
