"""Pictures for stories, from the web: measured where they are, or kept as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from newsletter.content import pictures
from newsletter.content.source import Fetch, Picture
from newsletter.core.errors import InputError, SourceError
from newsletter.core.http import addresses
from newsletter.core.sentences import said


def make_pictures(fetch: Fetch, folder: Path, *, public: str | None) -> Callable[[str], Picture]:
    """Make what gives a story its picture.

    With `public`, the web address at which `folder` is served, a picture is stored there under a
    name of its own, once; without, it is only measured, and readers ask its own address.
    """
    if public is None:
        return _Measured(fetch=fetch)
    return _Kept(fetch=fetch, folder=folder, public=public.rstrip("/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """Pictures that stay where they are."""

    fetch: Fetch

    def __call__(self, url: str) -> Picture:
        """Fetch and measure. Raises `SourceError` when it is not fit for a mail."""
        if not url.startswith("https://"):
            raise SourceError(
                said("%(address)s has no https address", address=addresses.shown(url))
            )
        try:
            width, height = pictures.size(_body(self.fetch, url), name=addresses.shown(url))
        except InputError as error:
            raise SourceError(error.what.removesuffix(".")) from error
        return Picture(url=url, width=width, height=height)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Pictures in a folder of the publication."""

    fetch: Fetch
    folder: Path
    public: str

    def __call__(self, url: str) -> Picture:
        """Return the stored picture; fetch, shrink and store it where that was not done yet."""
        name = pictures.key(url)
        paths = [self.folder / f"{name}{suffix}" for suffix in pictures.SUFFIXES]
        path = next((path for path in paths if path.exists()), None)
        try:
            kept = self._made(url, name) if path is None else pictures.measured(path)
        except InputError as error:
            raise SourceError(error.what.removesuffix(".")) from error
        return Picture(url=f"{self.public}/{kept.file}", width=kept.width, height=kept.height)

    def _made(self, url: str, name: str) -> pictures.Kept:
        made = pictures.small(_body(self.fetch, url), name=addresses.shown(url))
        return pictures.kept_as(made, self.folder / f"{name}{made.suffix}")


def _body(fetch: Fetch, url: str) -> bytes:
    return fetch(url, accept="image/*", most_bytes=pictures.MOST_BYTES).body
