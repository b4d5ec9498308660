"""The calendar of editions: one month, each date with where its edition stands."""

from __future__ import annotations

import calendar as weeks
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.core.errors import NewsletterError
from newsletter.editions.status import Day, EditionStatus
from newsletter.web.desk.header import day_and_month, long_date, month_header
from newsletter.web.desk.session import Opener, with_app
from newsletter.web.desk.templates import page
from newsletter.web.desk.words import N_, _

_SUMMED = tuple(one for one in EditionStatus if one not in {EditionStatus.FREE, EditionStatus.NONE})
_EMPTY = frozenset({EditionStatus.FREE, EditionStatus.NONE})
_WORDS: Mapping[EditionStatus, str] = {
    EditionStatus.FREE: N_("No brief"),
    EditionStatus.NONE: N_("Prepare"),
    EditionStatus.ASSEMBLED: N_("Draft"),
    EditionStatus.HELD: N_("To correct"),
    EditionStatus.MISSED: N_("Did not go out"),
    EditionStatus.APPROVED: N_("Approved"),
    EditionStatus.CHANGED: N_("Changed since approval"),
    EditionStatus.OPEN: N_("Going out"),
    EditionStatus.PAUSED: N_("Stopped"),
    EditionStatus.CANCELLED: N_("Ended early"),
    EditionStatus.COMPLETE: N_("Sent"),
}
_DAYS = (
    (N_("Monday"), N_("Mon")),
    (N_("Tuesday"), N_("Tue")),
    (N_("Wednesday"), N_("Wed")),
    (N_("Thursday"), N_("Thu")),
    (N_("Friday"), N_("Fri")),
    (N_("Saturday"), N_("Sat")),
    (N_("Sunday"), N_("Sun")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One date of the month, as the page shows it."""

    date: date
    status: EditionStatus
    label: str
    headline: str
    path: str  # below the token: where a click leads
    shown: str  # the day's number, with its month where that begins or is another
    name: str  # the date written out
    is_today: bool
    is_outside: bool  # of the month before or after
    is_blank: bool  # it is over, and there was nothing
    is_coming: bool  # there is to be an edition, and nothing is there yet


class Month:
    """Answers the calendar page."""

    def __init__(self, opened: Opener) -> None:
        self._opened = opened

    def routes(self) -> list[BaseRoute]:
        """Return the page's address."""
        return [Route("/calendar/", self.start), Route("/calendar/{month:day}", self.page)]

    async def start(self, _request: Request) -> Response:
        """Lead to the month of today."""
        today = await with_app(self._opened, lambda app: app.today())
        return RedirectResponse(f"{today.replace(day=1)}")

    async def page(self, request: Request) -> Response:
        """Return the month a date lies in."""
        first = request.path_params["month"].replace(day=1)

        def read(app: App) -> tuple[list[Day], date]:
            shown = shown_days(first)
            return list(app.edition_calendar.days(shown[0], shown[-1])), app.today()

        today = first
        try:
            days, today = await with_app(self._opened, read)
        except NewsletterError as error:
            return _page(first, today=today, status=422, error=error, weeks=(), sums=())
        weeks_of_month = list(rows(days, month=first, today=today))
        counted = list(sums(days, month=first))
        return _page(first, today=today, error=None, weeks=weeks_of_month, sums=counted)


def _page(first: date, *, today: date, **values: Any) -> Response:
    names = [(_(name), _(short)) for name, short in _DAYS]
    tomorrow = today + timedelta(days=1)
    return page("calendar", **month_header(first), **values, names=names, tomorrow=tomorrow)


def shown_days(first: date) -> list[date]:
    """List the dates of a month's page: whole weeks, from Monday to Sunday."""
    return list(weeks.Calendar().itermonthdates(first.year, first.month))


def rows(days: Iterable[Day], *, month: date, today: date) -> Iterator[list[Cell]]:
    """Yield the weeks of a month's page."""
    cells = [_cell(day, month=month, today=today) for day in days]
    for start in range(0, len(cells), 7):
        yield cells[start : start + 7]


def sums(days: Iterable[Day], *, month: date) -> Iterator[tuple[EditionStatus, str, int]]:
    """Count the month's editions by where they stand; what there is none of is left out."""
    counts = Counter(day.status for day in days if day.date.month == month.month)
    for status in _SUMMED:
        if counts[status]:
            yield status, _(_WORDS[status]), counts[status]


def _cell(day: Day, *, month: date, today: date) -> Cell:
    is_empty = day.status in _EMPTY and not day.headline
    is_outside = day.date.month != month.month
    begins = day.date.day == 1 and is_outside
    return Cell(
        date=day.date,
        status=day.status,
        label=_(_WORDS[day.status]),
        headline=day.headline,
        path=f"{day.date}/today",
        shown=day_and_month(day.date) if begins else str(day.date.day),
        name=long_date(day.date),
        is_today=day.date == today,
        is_outside=is_outside,
        is_blank=is_empty and day.date < today,
        is_coming=is_empty and day.date >= today,
    )
