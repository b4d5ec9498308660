"""An edition as the site shows it: what was sent, when, and what was corrected since. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.lists import format_list

from newsletter.core.errors import NewsletterError
from newsletter.core.model import Edition, Story
from newsletter.core.model.archive import ArchivedEdition, SentEdition
from newsletter.core.model.records import Correction
from newsletter.editions.reader import from_toml
from newsletter.message.render.language import locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A correction as readers see it."""

    date: date
    at: datetime | None  # in the publication's zone, where the moment is known
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An edition, its place in the archive, and its moments in the publication's zone."""

    listed: ArchivedEdition
    edition: Edition
    sent_at: datetime
    changed_at: datetime
    notes: tuple[Note, ...]

    @property
    def headline(self) -> str:
        """Return what the edition is called; its date where it has no words for that."""
        return self.listed.entry.headline or self.edition.date.isoformat()

    @property
    def lead(self) -> Story | None:
        """Return the lead story."""
        return self.edition.stories[0] if self.edition.stories else None


def shown(sent: SentEdition, *, zone: str) -> Shown:
    """Return what the site shows of an edition.

    One that cannot be read any more, such as of a much older release, is shown with its words.
    """
    listed, here = sent.listed, ZoneInfo(zone)
    edition = _edition(sent)
    return Shown(
        listed=listed,
        edition=edition,
        sent_at=listed.sent_at.astimezone(here),
        changed_at=listed.changed_at.astimezone(here),
        notes=tuple(_notes(edition, sent.corrections, here)),
    )


def _edition(sent: SentEdition) -> Edition:
    day, entry = sent.listed.edition, sent.listed.entry
    try:
        return from_toml(sent.frozen.content, day=day, name=f"{day}/edition.toml")
    except (NewsletterError, ValueError, TypeError):
        headline = entry.headline or day.isoformat()
        return Edition(date=day, stories=(Story(headline=headline, paragraphs=(entry.text,)),))


def _notes(edition: Edition, corrections: Sequence[Correction], here: ZoneInfo) -> Iterator[Note]:
    moments = {one.note: one.at for one in corrections}
    for note in edition.corrections:
        at = moments.get(note.text)
        yield Note(date=note.date, at=at.astimezone(here) if at else None, text=note.text)


def authors(byline: str, *, language: str) -> tuple[str, ...]:
    """Return the names of a byline that was joined by the custom of a language."""
    custom = locale("en-GB" if language.partition("-")[0] == "en" else language)
    _, last, _ = _between(format_list(["\0", "\1"], locale=custom))
    _, comma, _ = _between(format_list(["\0", "\1", "\2"], locale=custom))
    before, is_list, final = byline.rpartition(last)
    if not is_list or not last.strip():
        return (byline,)
    names = (*before.split(comma), final)
    return tuple(name.strip() for name in names if name.strip())


def _between(joined: str) -> tuple[str, str, str]:
    """Part a list of signs into what stands before its first two, between them, and after."""
    before, _, rest = joined.partition("\0")
    between, _, after = rest.partition("\1")
    return before, between, after
