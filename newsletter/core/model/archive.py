"""An edition that was sent, as the archive lists it and as it shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from newsletter.core.model.content import FrozenEdition
from newsletter.core.model.records import Correction


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPicture:
    """The picture of a lead story."""

    url: str
    alt: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEntry:
    """What a list tells of an edition, and the words it is found by."""

    headline: str
    summary: str
    text: str  # everything below the headline, on one line
    picture: ArchivedPicture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedEdition:
    """One line of the archive."""

    edition: date
    entry: ArchiveEntry
    sent_at: datetime  # when its send was frozen
    changed_at: datetime  # when it was corrected last; else the same


@dataclass(frozen=True, slots=True, kw_only=True)
class SentEdition:
    """An edition as it was sent, with what was corrected since."""

    listed: ArchivedEdition
    frozen: FrozenEdition
    corrections: tuple[Correction, ...]  # the oldest first


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """What changes whenever anything of the archive does."""

    editions: int
    latest: date | None
    changed_at: datetime | None
