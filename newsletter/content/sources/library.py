"""The bundled library: facts, quotes and words, each with its true credit; it ends their chains."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from newsletter.content.library import collection
from newsletter.content.library.collection import Entry
from newsletter.content.source import Past, SourceOptions
from newsletter.content.sources import _options
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Part, Supply
from newsletter.core.sentences import said

LOCAL = True  # it has the same answer at every look
AT_ONCE = True  # it is part of the program


@dataclass(frozen=True, slots=True, kw_only=True)
class LibrarySource:
    """The library's entries for one part, in this publication's own order."""

    entries: tuple[Entry, ...]
    past: Past

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the first entry in the order of the day that readers have not had before.

        An entry that belongs to the date goes before all others, and no entry comes on a date
        that another belongs to. The others take turns by the calendar, so that each comes once
        before one comes again even where nothing is remembered. When all are used, the one that
        was unused for longest comes again. Raises `SourceError` when the library has nothing for
        the part.
        """
        again: list[tuple[date, Supply]] = []
        for entry in in_order(self.entries, day):
            supply = _supply(entry)
            used_on = self.past.used_on(part, supply, day=day)
            if used_on is None:
                return supply
            again.append((used_on, supply))
        if not again:
            raise SourceError(said("The library has no %(part)s for this date.", part=part))
        return min(again, key=lambda one: one[0])[1]

    def pool(self, part: Part) -> Iterator[Supply]:
        """Yield every entry that takes turns, in this publication's order."""
        del part
        return (_supply(entry) for entry in self.entries if entry.date is None)


def make(options: SourceOptions) -> LibrarySource:
    """Make the source. Option: `without`, ids of entries that this publication never uses."""
    entries = collection.entries(options.part)
    if not entries:
        raise ConfigError(
            f"The library has facts, quotes and words, and nothing for [sources] {options.part}.",
            hint="Use the source “page”, “markdown” or “feed” for stories.",
            where=options.where(leads=False),
        )
    defaults: dict[str, _options.Option] = {"without": []}
    without = _options.checked(options, source="library", defaults=defaults)["without"]
    _refuse_unknown(without, entries)
    wanted = [entry for entry in entries if entry.id not in without]
    ordered = sorted(wanted, key=lambda entry: _place(options, entry))
    return LibrarySource(entries=tuple(ordered), past=options.past)


def in_order(entries: tuple[Entry, ...], day: date) -> Iterator[Entry]:
    """Yield the entries that may come on a date, the best first: its own, then turn by turn."""
    today = f"{day:%m-%d}"
    yield from (entry for entry in entries if entry.date == today)
    others = [entry for entry in entries if entry.date is None]
    dates = {entry.date for entry in entries if entry.date is not None}
    first = _turn(day, dates) % max(len(others), 1)
    yield from others[first:]
    yield from others[:first]


def _turn(day: date, dates: set[str]) -> int:
    """Count the days up to a date that no entry belongs to: only those use up a turn."""
    today = f"{day:%m-%d}"
    yearly = dates - {"02-29"}  # which most years do not have: it may cost a turn, never a repeat
    passed = sum(one <= today for one in yearly)
    return day.toordinal() - day.year * len(yearly) - passed


def _place(options: SourceOptions, entry: Entry) -> str:
    return hashlib.sha256(f"{options.seed}/{options.part}/{entry.id}".encode()).hexdigest()


def _supply(entry: Entry) -> Supply:
    return Supply(feature=entry.feature, origin=f"library, {entry.id}")


def _refuse_unknown(without: list[str], entries: tuple[Entry, ...]) -> None:
    unknown = sorted(set(without) - {entry.id for entry in entries})
    if unknown:
        raise ConfigError(
            f"`without` names {', '.join(unknown)}, which the library does not have.",
            hint="The origin of an assembled part names the entry, for example “library, w0001”.",
        )
