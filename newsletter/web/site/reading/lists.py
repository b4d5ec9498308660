"""What lists of editions say of each, and how dates, months and numbers are written. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date, format_skeleton, format_time

from newsletter.content.searching import excerpt, marked
from newsletter.core.model.archive import ArchivedEdition
from newsletter.message.render.language import locale, long_date

Pieces = tuple[tuple[str, bool], ...]  # of a text: (words, whether they were found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An edition in a list."""

    day: str
    short: str  # its date, as short as the list allows
    headline: Pieces
    summary: Pieces
    picture: str | None


def line_of(
    listed: ArchivedEdition, language: str, *, question: str = "", has_weekday: bool = False
) -> Line:
    """Return how a list tells of an edition; the words a question finds are marked."""
    day, entry = listed.edition, listed.entry
    parts = "MMMEd" if has_weekday else "yMMMd"
    headline = entry.headline or long_date(day, language)
    around = excerpt(entry.text, question) if question else ()
    return Line(
        day=day.isoformat(),
        short=_short(day, parts, language),
        headline=marked(headline, question),
        summary=around or ((entry.summary, False),) * bool(entry.summary),
        picture=entry.picture.url if entry.picture else None,
    )


def _short(day: date, parts: str, language: str) -> str:
    """Write some parts of a date, in the order and with the signs of the language."""
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    try:
        return format_skeleton(parts, noon, locale=locale(language))
    except KeyError:  # a language that has no such form
        return format_date(day, "medium", locale=locale(language))


def clock(at: datetime, *, language: str) -> str:
    """Write the time of a moment."""
    return format_time(at, "short", tzinfo=at.tzinfo, locale=locale(language))


def month_name(first: date, language: str) -> str:
    """Write a month and its year."""
    return format_date(first, "LLLL y", locale=locale(language))


def months_of(days: Sequence[date], here: date, language: str) -> list[Mapping[str, Any]]:
    """List the months of the year that is shown, and the other years by their newest month."""
    months = list(dict.fromkeys(day.replace(day=1) for day in days))
    others = {one.year: one for one in reversed(months) if one.year != here.year}
    names = {
        **{
            one: month_name(one, language)
            if one == here
            else format_date(one, "LLLL", locale=locale(language))
            for one in months
            if one.year == here.year
        },
        **{first: str(year) for year, first in sorted(others.items(), reverse=True)},
    }
    newest = months[0]
    return [
        {
            "path": "/archive" if one == newest else month_path(one),
            "name": name,
            "is_here": one == here,
        }
        for one, name in names.items()
    ]


def beside(days: Sequence[date], here: date | None, language: str) -> Mapping[str, str]:
    """Return the addresses and names of the months before and after one, as far as there are."""
    if here is None:
        return {}
    months = list(dict.fromkeys(day.replace(day=1) for day in days))
    at = months.index(here)
    found: dict[str, str] = {}
    if at + 1 < len(months):
        older = months[at + 1]
        found |= {"earlier_path": month_path(older), "earlier_name": month_name(older, language)}
    if at:
        newer = months[at - 1]
        path = month_path(newer) if at > 1 else "/archive"
        found |= {"later_path": path, "later_name": month_name(newer, language)}
    return found


def month_path(first: date) -> str:
    """Return the address of a month below the site's own."""
    return f"/archive/{first:%Y-%m}"


def search_path(question: str, after: int) -> str:
    """Return the address of a search, from a place in its list on."""
    wanted = {"q": question, "after": after} if after else {"q": question}
    return f"/archive?{urlencode(wanted)}"


def last_day(first: date) -> date:
    """Return the last day of a month."""
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
