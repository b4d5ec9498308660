"""Write the pages to read as files, for any host that serves files.

They are written beside the folder and put in its place at once: whoever is served sees the old
pages or the new ones. What needs an answer from the publication is not among them.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from newsletter.core.errors import UsageError, Where
from newsletter.web.site.reading import feeds, media, sitemaps
from newsletter.web.site.reading.lists import month_path
from newsletter.web.site.reading.making import Maker
from newsletter.web.site.reading.routes import news, sitemap
from newsletter.web.site.site import Site
from newsletter.web.site.standing import icon_of

MISSING = (
    "joining, leaving and preferences: links of your mails to them lead nowhere",
    "ratings and comments: forms and what is said there from now on",
    "search, and pages in the language of each reader: all are in the publication's",
    "the letters of “Contact us”, and the provider's events",
)
"""What a host of files cannot do."""
_MARK = ".newsletter-export"  # a file in folders that this wrote, and may write again


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    folder: Path
    pages: int
    files: int


def export(site: Site, folder: Path) -> Exported:
    """Write everything that can be read into a folder, whole or not at all.

    A folder that is there must be empty or one that this wrote: it is replaced. Raises
    `UsageError` for any other, and for what cannot be written.
    """
    folder = folder.absolute()
    aside = folder.with_name(f".{folder.name}.before")
    if aside.exists() and not folder.exists():  # a power cut came between the two
        aside.rename(folder)
    _refuse_foreign(folder)
    beside = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
    try:
        written = _write(Maker(site=_still(site), is_live=False), beside)
        shutil.rmtree(aside, ignore_errors=True)
        if folder.exists():
            folder.rename(aside)
        beside.rename(folder)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written: {error.strerror}.",
            hint="Nothing there was changed. Make room, or name another folder.",
            where=Where(file=str(folder), leads=False),
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(aside, ignore_errors=True)
    return replace(written, folder=folder)


def _refuse_foreign(folder: Path) -> None:
    if not folder.exists():
        return
    with suppress(NotADirectoryError):
        if not any(folder.iterdir()) or (folder / _MARK).is_file():
            return
    raise UsageError(
        f"{folder} has files that are not of an export, and an export replaces the whole folder.",
        hint="Name a folder that is empty or not there yet.",
        where=Where(file=str(folder), leads=False),
    )


def _still(site: Site) -> Site:
    """Return the site with pages that lead to nothing a host of files lacks."""
    return replace(site, pages=replace(site.pages, is_live=False))


def _write(maker: Maker, folder: Path) -> Exported:
    folder.mkdir(parents=True)
    (folder / _MARK).write_text("Written by `newsletter web export`, which replaces it all.\n")
    pages = files = 0
    for path, content in _everything(maker):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        files += 1
        pages += path.endswith(".html")
    files += _copy_pictures(maker.site, folder)
    _settle(folder)
    return Exported(folder, pages, files)


def _everything(maker: Maker) -> Iterator[tuple[str, bytes]]:
    """Yield the path and content of every file."""
    site, language = maker.site, maker.site.publication.language
    listed = site.app.archive.everything()
    days = [one.edition for one in listed]
    for path, text in _pages(maker).items():
        yield path, text.encode()
    for one in listed:
        day, text = one.edition, maker.edition(one.edition) or ""
        yield f"editions/{day}/index.html", text.encode()
        if day == days[0]:
            yield "latest/index.html", text.encode()
        drawn = None if one.entry.picture else maker.drawn(day)
        if drawn:
            yield f"editions/{day}/card.png", drawn
    for first in dict.fromkeys(day.replace(day=1) for day in days):
        text = maker.month(first, language) or ""
        yield f"{month_path(first).lstrip('/')}/index.html", text.encode()
    feed = maker.feed()
    yield feeds.ATOM.lstrip("/"), feeds.as_atom(feed)
    yield feeds.JSON.lstrip("/"), feeds.as_json(feed)
    yield sitemaps.ALL.lstrip("/"), sitemap(maker)
    yield sitemaps.NEWS.lstrip("/"), news(maker)
    maps = (site.url(path) for path in (sitemaps.ALL, sitemaps.NEWS))
    yield sitemaps.ROBOTS.lstrip("/"), sitemaps.robots(*maps).encode()
    yield site.pages.style.name, site.pages.style.text.encode()
    yield "icon.svg", icon_of(site.settings).encode()


def _pages(maker: Maker) -> Mapping[str, str]:
    language = maker.site.publication.language
    return {
        "index.html": maker.home(language),
        "archive/index.html": maker.month(None, language) or "",
        "404.html": maker.site.pages.text("fault", language=language, status=404, fault=404),
    }


def _copy_pictures(site: Site, folder: Path) -> int:
    """Copy the publication's pictures, where they are served by this very site."""
    path, home = media.path_of(site.settings), media.folder(site.settings)
    if path is None or not home.is_dir():
        return 0
    target = folder / path.lstrip("/")
    target.mkdir(parents=True, exist_ok=True)
    found = [file for file in sorted(home.iterdir()) if media.is_picture(file.name)]
    for file in found:
        shutil.copyfile(file, target / file.name)
    return len(found)


def _settle(folder: Path) -> None:
    """Have the disk hold every file before they take the others' place."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
