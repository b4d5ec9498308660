"""An item of a feed, whatever its format. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urldefrag

from newsletter.content.feeds import cut, plain
from newsletter.content.web import story_pictures
from newsletter.content.web.links import link_key
from newsletter.core.model import LeftOut

_SHORT = 300  # characters; a story that is whole in a summary is longer
_LONGEST_KEY = 300  # characters; databases limit what they can look up by
_READS_ON = "it leads to the rest of the text on the web"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One item, as its feed has it."""

    guid: str
    link: str | None
    title: str  # plain text, every sign as it was written
    author: str | None  # all who are named, without addresses
    published: datetime | None
    html: str  # its complete markup, as it was written
    is_cut: bool  # its page has more: it says so, or it is a short summary
    pictures: tuple[story_pictures.Found, ...] = ()
    base: str = ""  # what relative addresses in `html` start from
    cut_sign: str = ""  # what says that the text is cut: “…”, “Read more”
    left_out: tuple[LeftOut, ...] = ()  # what was taken out of `html`

    @property
    def key(self) -> str:
        """Identify the item in its feed: guid, else link, else title and date."""
        name = self.guid or self.address or self.title_hash
        fits = len(name) <= _LONGEST_KEY and name.isprintable()
        return name if fits else _hash(name)

    @property
    def address(self) -> str:
        """Identify the link; one page may hold several items, each at its own mark."""
        mark = urldefrag(self.link or "").fragment
        return link_key(self.link or "") + (f"#{mark}" if mark else "")

    @property
    def title_hash(self) -> str:
        """Identify title and date together."""
        day = self.published.date().isoformat() if self.published else ""
        words = re.sub(r"\W+", " ", self.title.casefold()).strip()
        return _hash(f"{words} {day}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The text of an item before it is judged."""

    html: str
    is_summary: bool
    base: str


def made(
    text: Text,
    *,
    guid: str,
    link: str | None,
    title: str,
    author: str | None,
    published: datetime | None,
    pictures: tuple[story_pictures.Found, ...],
) -> FeedItem:
    """Return an item; whether its text is cut is judged here."""
    end = cut.ending(text.html, address=link or "", title=title, base=text.base)
    words = plain.from_html(end.html)
    is_short = text.is_summary and len(words) < _SHORT
    return FeedItem(
        guid=guid,
        link=link,
        title=title,
        author=author,
        published=published,
        html=end.html,
        is_cut=bool(end.sign) or is_short or not words,
        pictures=pictures,
        base=text.base,
        cut_sign=end.sign,
        left_out=(LeftOut(text=end.line, reason=_READS_ON),) if end.line else (),
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]
