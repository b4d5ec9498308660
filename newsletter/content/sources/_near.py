"""Where the links and pictures of a story lead: its own folder, the publication's address."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from newsletter.content.markdown.targets import Target, absolute
from newsletter.content.source import Home
from newsletter.core.errors import InputError

_HERE = (
    "a file of this machine, where readers’ mail programs cannot fetch it; put it on the web, "
    "or set [media] url"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """What is near a story: the folder of its file, and the publication's home."""

    root: Path
    folder: Path
    home: Home

    def locate(self, address: str, is_picture: bool) -> Target:  # noqa: FBT001  # as `Locate` has it
        """Return where an address of the story leads.

        A picture that lies beside the story is kept in `content/media`, where that is served.
        """
        file = self._file(address) if is_picture else None
        if file is None:
            return absolute(address, base=self.home.url)
        if not self.home.media:
            return Target(None, _HERE)
        try:
            name = _kept(file, self.root / "content" / "media", file.stat().st_mtime_ns)
        except (InputError, OSError) as error:
            said = error.what if isinstance(error, InputError) else str(error.strerror)
            return Target(None, said.removesuffix("."))
        return Target(f"{self.home.media.rstrip('/')}/{name}")

    def _file(self, address: str) -> Path | None:
        """Find the publication's own file that a relative address means."""
        try:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or not parts.path:
                return None
            path = unquote(parts.path)
            start = self.root if path.startswith("/") else self.folder
            found = (start / path.lstrip("/")).resolve()
            is_ours = found.is_relative_to(self.root.resolve())
            return found if is_ours and found.is_file() else None
        except (OSError, ValueError):
            return None


@lru_cache(maxsize=256)  # a look at the stories happens often, making a picture small takes long
def _kept(file: Path, folder: Path, changed: int) -> str:
    from newsletter.content import pictures  # Pillow, which a send has no use for

    del changed  # another moment is another picture
    return pictures.keep(file.read_bytes(), folder, name=file.name).file
